//! Who asks, and what is known of it.

use blastwall_model::AccountId;
use blastwall_policy::Principal;

use super::ask::{QuestionError, Questions};
use crate::arns::ANY_NAME;
use crate::world::{AccountIndex, PrincipalIndex, PrincipalRow};

/// The caller with what is known of it.
pub(super) struct Caller<'w> {
    pub(super) principal: Principal,
    /// Its user, or the role behind it.
    pub(super) row: Option<(PrincipalIndex, &'w PrincipalRow)>,
    pub(super) account: Option<AccountIndex>,
    /// Whether whoever has the account makes it, with any policy.
    pub(super) made: bool,
}

impl Questions {
    pub(super) fn caller(&self, text: &str) -> Result<Caller<'_>, QuestionError> {
        let principal = Principal::parse(text)?;
        let account = principal
            .acting_account()
            .and_then(|id| self.world.find_account(id));
        let find = || {
            let index = match &principal {
                Principal::User { arn, .. } | Principal::Role { arn, .. } => {
                    self.world.find_principal(arn)?
                }
                Principal::RoleSession { role, .. } => {
                    self.world.find_role_by_name(account?, role)?
                }
                // AWS User Guide: a federated user has what the user and the session allow.
                _ => return None,
            };
            Some((index, self.world.principal(index)?))
        };
        let row = find();
        let has_row = matches!(
            principal,
            Principal::User { .. } | Principal::Role { .. } | Principal::RoleSession { .. }
        );
        if has_row && row.is_none() {
            self.exists(account, "principal", text, |_| true)?;
        }
        Ok(Caller {
            principal,
            row,
            account,
            made: false,
        })
    }

    /// A role of an account that whoever has the account makes, with any policy.
    pub(super) fn made_caller(&self, account: &AccountId) -> Result<Caller<'_>, QuestionError> {
        let arn = format!(
            "arn:{}:iam::{account}:role/{ANY_NAME}",
            self.world.partition
        );
        Ok(Caller {
            principal: Principal::parse(&arn)?,
            row: None,
            account: self.world.find_account(account.as_str()),
            made: true,
        })
    }

    /// An account that was looked into has what was seen in it and nothing else.
    pub(super) fn exists(
        &self,
        account: Option<AccountIndex>,
        what: &'static str,
        name: &str,
        counts: impl Fn(&PrincipalRow) -> bool,
    ) -> Result<(), QuestionError> {
        let Some(row) = account
            .and_then(|index| self.world.account(index))
            .filter(|row| row.seen && !self.unseen.contains_key(&row.id))
        else {
            return Ok(());
        };
        let known = row.principals.clone().map(PrincipalIndex::new);
        Err(QuestionError::Missing {
            what,
            name: name.to_owned(),
            account: row.id.clone(),
            known: known
                .filter_map(|index| self.world.principal(index))
                .filter(|row| counts(row))
                .map(|row| row.arn.to_string())
                .collect(),
        })
    }

    /// What of the caller's own policies was not seen.
    pub(super) fn identity_gaps(&self, caller: &Caller<'_>) -> Vec<String> {
        match (&caller.principal, caller.row) {
            _ if caller.made => Vec::new(),
            (Principal::FederatedUser { .. }, _) => vec![
                "the permissions of a federated user are those of the user who made the session, which are not recorded"
                    .to_owned(),
            ],
            (_, Some((_, row))) if !row.gaps.is_empty() => row.gaps.clone(),
            (_, Some(_)) => Vec::new(),
            (
                Principal::User { .. } | Principal::Role { .. } | Principal::RoleSession { .. },
                None,
            ) => vec![format!(
                "the policies of {}: {}",
                caller.principal,
                self.why_unseen(caller.principal.acting_account().unwrap_or_default())
            )],
            _ => Vec::new(),
        }
    }

    /// Why nothing is known of the principals of an account.
    pub(super) fn why_unseen(&self, id: &str) -> String {
        if let Some(why) = self.unseen.get(id) {
            return format!("account {id} was not seen: {why}");
        }
        if let Some(why) = self.world.set_aside.get(id) {
            return format!("account {id}: {why}");
        }
        match self.world.find_account(id) {
            Some(_) => format!("account {id} was not looked into"),
            None => format!("account {id} is not of this organization"),
        }
    }
}

/// The path of a role, with a slash at both ends.
pub(super) fn role_path(row: &PrincipalRow) -> Option<&str> {
    let resource = row.arn.resource().strip_prefix("role")?;
    let end = resource.rfind('/')?;
    resource.get(..=end)
}
