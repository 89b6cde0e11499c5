//! Who is asked what Identity Center tells, and whether anybody told.
//!
//! It answers the management account and the accounts that it is delegated to, in one region. A scan that is
//! confined to other accounts or regions hears nothing of assignments, which must not look as if there were none.

use std::collections::BTreeSet;

use blastwall_collect::is_of_identity_center;
use blastwall_model::resources::identity_center::DirectoryInstanceKind;
use blastwall_model::{Access, AccountId, Coverage, GLOBAL, Gap, GapKind, Kind};
use blastwall_organization::Organization;

/// The principal of Identity Center, as it stands in delegations.
const IDENTITY_CENTER: &str = "sso.amazonaws.com";

/// What everything else about Identity Center hangs on.
const ACTION: &str = "sso:ListInstances";

/// The accounts that Identity Center answers, the management account first.
pub(crate) fn spokesmen(organization: &Organization) -> impl Iterator<Item = AccountId> {
    let management = organization.management_account.clone();
    let delegated = organization.delegated_to(IDENTITY_CENTER);
    management.into_iter().chain(delegated)
}

/// What was heard of Identity Center.
pub(crate) struct Hearing {
    /// The types that were to be told.
    types: BTreeSet<String>,
    /// All who could have told.
    able: Vec<AccountId>,
    /// The one that was to be asked.
    asked: Option<AccountId>,
    /// The regions that were asked, if not all.
    regions: Option<Vec<String>>,
    /// Whether the one that was to be asked was entered.
    entered: bool,
    /// Whether an instance was found, or whoever made what is stored said why not.
    told: bool,
}

impl Hearing {
    /// Of the one that is `asked` for these `types`, in these `regions` if not in all.
    pub(crate) fn new(
        organization: &Organization,
        types: &BTreeSet<String>,
        asked: Option<AccountId>,
        regions: Option<Vec<String>>,
    ) -> Self {
        let types = types.iter().filter(|kind| is_of_identity_center(kind));
        Self {
            types: types.cloned().collect(),
            // Of an organization that could not be seen, its note tells.
            able: match organization.note {
                None => spokesmen(organization).collect(),
                Some(_) => Vec::new(),
            },
            asked,
            regions,
            entered: false,
            told: organization.gaps.iter().any(|gap| gap.action == ACTION),
        }
    }

    /// The same of what is stored: whether the one that was to be asked was entered, its own coverage tells.
    pub(crate) fn of_stored(self) -> Self {
        Self {
            entered: true,
            regions: None,
            ..self
        }
    }

    /// Takes note of an account that was looked into.
    pub(crate) fn hear(&mut self, coverage: &Coverage) {
        if self.asked.as_ref() == Some(&coverage.account) {
            self.entered |= matches!(coverage.access, Access::Entered { .. });
        }
        let mut services = coverage.services.values();
        self.told |= services.any(|service| {
            let instances = service.resources.get(DirectoryInstanceKind::TYPE);
            instances.is_some_and(|count| *count > 0)
        });
    }

    /// What of it was not heard, and why; none if it was, or nobody could have told.
    pub(crate) fn gap(&self) -> Option<Gap> {
        if self.types.is_empty() || self.able.is_empty() || self.told {
            return None;
        }
        let able: Vec<&str> = self.able.iter().map(AccountId::as_str).collect();
        let able = able.join(" or ");
        let why = match (&self.asked, &self.regions) {
            (None, _) => {
                format!("NotAsked: nobody but {able} may ask, and the filters leave that out")
            }
            (Some(asked), _) if !self.entered => {
                format!("NotAsked: account {asked}, which was to ask, was not entered")
            }
            (Some(_), Some(regions)) => format!(
                "NotFound: Identity Center lives in one region, and no instance of it was seen in {}",
                regions.join(", ")
            ),
            (Some(_), None) => return None,
        };
        Some(Gap {
            types: self.types.iter().cloned().collect(),
            action: ACTION.to_owned(),
            region: GLOBAL.to_owned(),
            resource: None,
            kind: GapKind::Unsupported,
            answer: why,
        })
    }
}

#[cfg(test)]
mod tests {
    use blastwall_aws::Partition;
    use blastwall_organization::{Caller, from_documents};

    use super::*;

    const MANAGEMENT: &str = "111111111111";

    fn hearing(asked: Option<&str>, regions: Option<&[&str]>) -> Hearing {
        let caller = Caller {
            account: MANAGEMENT.parse().unwrap(),
            arn: format!("arn:aws:iam::{MANAGEMENT}:role/scan")
                .parse()
                .unwrap(),
            partition: Partition::AWS,
        };
        let mut organization = from_documents(&[], caller).unwrap();
        organization.note = None;
        organization.management_account = Some(MANAGEMENT.parse().unwrap());
        let types = ["AWS::IAM::Role", "AWS::SSO::Assignment"].map(str::to_owned);
        Hearing::new(
            &organization,
            &types.into(),
            asked.map(|id| id.parse().unwrap()),
            regions.map(|regions| regions.iter().map(|one| (*one).to_owned()).collect()),
        )
    }

    fn entered(hearing: &mut Hearing) {
        let account: AccountId = MANAGEMENT.parse().unwrap();
        let snapshot = crate::origin::nothing(&account, Access::Entered { role: None });
        hearing.hear(&snapshot.coverage);
    }

    #[test]
    fn nobody_was_asked() {
        let gap = hearing(None, None).gap().unwrap();
        assert_eq!(gap.types, ["AWS::SSO::Assignment"]);
        assert!(gap.answer.contains(MANAGEMENT), "{gap:?}");
    }

    #[test]
    fn nobody_let_in() {
        let gap = hearing(Some(MANAGEMENT), None).gap().unwrap();
        assert!(gap.answer.contains("was not entered"), "{gap:?}");
    }

    #[test]
    fn another_region() {
        let mut hearing = hearing(Some(MANAGEMENT), Some(&["eu-west-1"]));
        entered(&mut hearing);
        let gap = hearing.gap().unwrap();
        assert!(gap.answer.contains("seen in eu-west-1"), "{gap:?}");
    }

    #[test]
    fn no_instance_anywhere_is_none() {
        let mut hearing = hearing(Some(MANAGEMENT), None);
        entered(&mut hearing);
        assert_eq!(hearing.gap(), None);
    }
}
