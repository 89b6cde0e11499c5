//! Who belongs together: the account, its organization, and accounts that are trusted by name.

use blastwall_model::Unknown;
use blastwall_model::resources::{Account as OrganizationAccount, Organization as Description};
use blastwall_policy::Policy;
use blastwall_policy::analysis::{Audience, Grant, audience, statement_safeguards};
use blastwall_policy::condition::{Condition, OperatorKind};
use blastwall_policy::language::{Effect, PrincipalEntry, Statement};

use crate::account::Account;
use crate::organization::Organization;

/// Those who are no strangers to an account: itself, the members of its organization, and accounts
/// that a parameter of the check names.
///
/// A check that asks names [`Account`](blastwall_model::resources::Account) and
/// [`Organization`](blastwall_model::resources::Organization) of AWS Organizations in `reads`.
#[derive(Clone, Copy)]
pub struct Insiders<'a> {
    account: &'a Account,
    organization: &'a Organization,
    trusted: &'a [String],
}

impl<'a> Insiders<'a> {
    /// The insiders of an account, with accounts that are trusted besides, as twelve digits.
    #[must_use]
    pub fn new(
        account: &'a Account,
        organization: &'a Organization,
        trusted: &'a [String],
    ) -> Self {
        Self {
            account,
            organization,
            trusted,
        }
    }

    /// Whether an account is an insider.
    ///
    /// # Errors
    /// If it may be a member of the organization that could not be seen.
    pub fn has_account(&self, id: &str) -> Result<bool, Unknown> {
        if id == self.account.id().as_str() || self.trusted.iter().any(|trusted| trusted == id) {
            return Ok(true);
        }
        let members = self.organization.seen::<OrganizationAccount>()?;
        let mut ids = members
            .iter()
            .map(|member| member.config.account_id.known());
        if ids.any(|member| member.is_some_and(|member| member == id)) {
            return Ok(true);
        }
        self.organization.all::<OrganizationAccount>()?;
        Ok(false)
    }

    /// Whether an id, `o-…`, is that of the organization.
    ///
    /// # Errors
    /// If it is not known which organization this is.
    pub fn has_organization(&self, id: &str) -> Result<bool, Unknown> {
        for description in self.organization.all::<Description>()? {
            if description.config.id.required()? == id {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the policy of a resource allows to outsiders: everybody, other accounts, other
    /// organizations. Services and identity providers do not count, nor does what only certain
    /// networks may do, nor what a statement denies to all outsiders.
    ///
    /// # Errors
    /// If there are none for certain, but some may be.
    pub fn outsiders(&self, policy: &Policy) -> Result<Vec<Grant>, Unknown> {
        let mut outside = Vec::new();
        let mut undecided = None;
        for grant in audience(policy, self.account.id().as_str()) {
            let Some(statement) = policy.statements.get(grant.statement) else {
                continue;
            };
            match self.lets_out(&grant.audience, statement, policy) {
                Ok(true) => outside.push(grant),
                Ok(false) => {}
                Err(unknown) => undecided = Some(unknown),
            }
        }
        match undecided {
            Some(unknown) if outside.is_empty() => Err(unknown),
            _ => Ok(outside),
        }
    }

    fn lets_out(
        &self,
        audience: &Audience,
        statement: &Statement,
        policy: &Policy,
    ) -> Result<bool, Unknown> {
        let inside = match audience {
            Audience::Service { .. } | Audience::IdentityProvider { .. } | Audience::Nobody(_) => {
                true
            }
            Audience::Anyone => statement_safeguards(statement).network,
            Audience::Organization(id) => self.has_organization(id)?,
            Audience::OrganizationPath(path) => {
                self.has_organization(path.split('/').next().unwrap_or_default())?
            }
            Audience::Account(id) => self.has_account(id)?,
            Audience::Principal(principal) => match principal.account() {
                Some(id) => self.has_account(id)?,
                None => false,
            },
            Audience::PrincipalPattern(pattern) => match pattern.split(':').nth(4) {
                Some(id) if is_account(id) => self.has_account(id)?,
                _ => false,
            },
            // S3 shows the ARN of whom it knows; only its own old notation has no account.
            Audience::CanonicalUser(_) => false,
        };
        if inside {
            return Ok(false);
        }
        for fence in &policy.statements {
            if covers(fence, statement) && self.keeps_outsiders_out(fence)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a statement denies what it covers to all who are not insiders: to everybody, on the
    /// one condition that the caller is not of the organization or of an account that is inside.
    fn keeps_outsiders_out(&self, statement: &Statement) -> Result<bool, Unknown> {
        let everybody = statement.principal.as_ref().is_some_and(|clause| {
            !clause.negated && clause.entries.contains(&PrincipalEntry::Anyone)
        });
        if statement.effect != Effect::Deny || !everybody {
            return Ok(false);
        }
        let mut fences = statement
            .conditions
            .iter()
            .filter(|condition| !spares_services(condition));
        let (Some(fence), None) = (fences.next(), fences.next()) else {
            return Ok(false);
        };
        let operator = fence.operator;
        let text = matches!(
            operator.kind,
            OperatorKind::StringEquals
                | OperatorKind::StringEqualsIgnoreCase
                | OperatorKind::StringLike
        );
        if !operator.negated || operator.quantifier.is_some() || !text {
            return Ok(false);
        }
        for value in &fence.values {
            if !value.is_fixed() {
                return Ok(false);
            }
            let inside = match &*fence.key {
                "aws:principalorgid" => self.has_organization(value.as_str())?,
                "aws:principalaccount" => self.has_account(value.as_str())?,
                _ => return Ok(false),
            };
            if !inside {
                return Ok(false);
            }
        }
        Ok(!fence.values.is_empty())
    }
}

/// `aws:PrincipalIsAWSService` being false: the usual exception for services.
fn spares_services(condition: &Condition) -> bool {
    &*condition.key == "aws:principalisawsservice"
        && condition.operator.kind == OperatorKind::Bool
        && !condition.operator.negated
        && condition
            .values
            .iter()
            .all(|value| value.boolean() == Some(false))
}

/// Whether a statement covers every action and resource that another one names.
fn covers(fence: &Statement, allowed: &Statement) -> bool {
    if fence.actions.negated || allowed.actions.negated && !fence.actions.covers_everything() {
        return false;
    }
    // A pattern taken as text is covered only by what takes in everything that it matches.
    let actions = allowed
        .actions
        .patterns
        .iter()
        .all(|pattern| fence.actions.covers(pattern.as_str()));
    let resources = match (&fence.resources, &allowed.resources) {
        (None, _) => true,
        (Some(fence), _) if fence.covers_everything() => true,
        (Some(fence), Some(allowed)) if !fence.negated && !allowed.negated => allowed
            .patterns
            .iter()
            .all(|pattern| fence.covers(pattern.as_str())),
        _ => false,
    };
    actions && resources
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
