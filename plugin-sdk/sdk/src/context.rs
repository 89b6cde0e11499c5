//! What a check may look at beside what it judges.

use std::rc::Rc;

use blastwall_model::Unknown;

use crate::account::Account;
use crate::facts::{Facts, Judged};
use crate::listing::ResourceType;
use crate::organization::Organization;

/// What a check may look at beside what it judges.
pub struct Context {
    account: Option<Account>,
    organization: Organization,
}

impl Context {
    /// `reads` is what the check asked to be collected.
    pub(crate) fn new(facts: &Rc<Facts>, reads: &'static [ResourceType]) -> Self {
        let account = match &facts.judged {
            Judged::Account(id) => Some(Account::new(id.clone(), Rc::clone(facts), reads)),
            Judged::Organization(_) => None,
        };
        Self {
            account,
            organization: Organization::new(Rc::clone(facts), reads),
        }
    }

    /// The account that is judged.
    ///
    /// # Errors
    /// If the organization is judged, which is no account.
    pub fn account(&self) -> Result<&Account, Unknown> {
        self.account.as_ref().ok_or_else(|| Unknown {
            path: "the account".to_owned(),
            reason: "the organization is judged: take `organization: &Organization`".to_owned(),
        })
    }

    /// The organization that is judged, or the one around the account.
    #[must_use]
    pub fn organization(&self) -> &Organization {
        &self.organization
    }
}
