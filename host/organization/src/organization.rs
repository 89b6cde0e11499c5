//! An organization as the rest of the program sees it: accounts with their place in the tree.
//!
//! Everything here is made from `AWS::Organizations::*` documents by
//! [`from_documents`](crate::from_documents), whether they have just been fetched or come from an
//! organization at rest, so that both are treated alike. Pure: nothing here talks to AWS.

use blastwall_model::resources::DelegatedAdministratorKind;
use blastwall_model::{AccountId, Document, Field, Gap, Kind, Tags, Unknown};
use serde::{Deserialize, Serialize};

use crate::Caller;
use crate::note::Note;
use crate::status::Status;

/// An organization, or a single account that belongs to none or cannot see its own.
#[derive(Clone, Debug)]
pub struct Organization {
    /// Its id, `o-…`; none outside an organization.
    pub id: Option<String>,
    /// The id of its root, `r-…`, if known.
    pub root_id: Option<String>,
    /// The management account, if known.
    pub management_account: Option<AccountId>,
    /// Who asked.
    pub caller: Caller,
    /// The accounts, sorted by id. The caller's own account is always among them.
    pub accounts: Vec<AccountEntry>,
    /// The organizational units, sorted by path.
    pub units: Vec<Unit>,
    /// The `AWS::Organizations::*` documents, sorted.
    pub documents: Vec<Document>,
    /// What could not be seen, sorted.
    pub gaps: Vec<Gap>,
    /// Why this is one account instead of an organization, if it is.
    pub note: Option<Note>,
}

/// What could not be seen of an organization, as it is kept beside its documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationCoverage {
    /// What could not be seen, sorted.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// Why this is one account instead of an organization, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

impl Organization {
    /// What could not be seen.
    #[must_use]
    pub fn coverage(&self) -> OrganizationCoverage {
        OrganizationCoverage {
            gaps: self.gaps.clone(),
            note: self.note.clone(),
        }
    }

    /// The same organization, of which this could not be seen.
    #[must_use]
    pub fn with_coverage(mut self, coverage: OrganizationCoverage) -> Self {
        self.gaps = coverage.gaps;
        self.note = coverage.note;
        self
    }

    /// The account with this id.
    #[must_use]
    pub fn account(&self, id: &AccountId) -> Option<&AccountEntry> {
        self.accounts.iter().find(|account| account.id == *id)
    }

    /// The accounts that administer a service for the organization, by its principal (`sso.amazonaws.com`),
    /// sorted.
    #[must_use]
    pub fn delegated_to(&self, service: &str) -> Vec<AccountId> {
        let kind = DelegatedAdministratorKind::TYPE;
        let documents = self.documents.iter().filter(|one| one.kind == kind);
        let mut accounts: Vec<AccountId> = documents
            .filter_map(|document| {
                let administrator = document.to::<DelegatedAdministratorKind>().ok()?.config;
                let services = administrator.service_principals.known()?;
                let administers = services.iter().any(|own| own == service);
                administers.then(|| administrator.account_id.known()?.parse().ok())?
            })
            .collect();
        accounts.sort();
        accounts
    }

    /// The units directly in a root or unit, sorted by path.
    pub fn units_in<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a Unit> {
        self.units
            .iter()
            .filter(move |unit| unit.parent.as_deref() == Some(parent))
    }

    /// The accounts directly in a root or unit, sorted by id.
    pub fn accounts_in<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a AccountEntry> {
        self.accounts
            .iter()
            .filter(move |account| account.parent.as_deref() == Some(parent))
    }
}

/// One account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountEntry {
    /// Twelve digits.
    pub id: AccountId,
    /// Its name; its id where the name is not known.
    pub name: String,
    /// The e-mail address of its root user, if known.
    pub email: Option<String>,
    /// Where it stands in its life.
    pub status: Status,
    /// When it joined, RFC 3339, if known.
    pub joined: Option<String>,
    /// Its tags.
    pub tags: Field<Tags>,
    /// Whether it is the management account.
    pub management: bool,
    /// The id of the root or unit that it is in, if known.
    pub parent: Option<String>,
    /// The ids of the units above it, the outermost first, without the root.
    pub ou_ids: Vec<String>,
    /// The names of the units above it, the outermost first, without the root; empty for an
    /// account directly in the root.
    pub ou_path: Vec<String>,
    /// Why the units above it are not known; `ou_ids` and `ou_path` then hold what is known of
    /// them, from the account upwards.
    pub place_unknown: Option<Unknown>,
}

impl AccountEntry {
    /// An account of which nothing but the id is known: it belongs to no organization that could be
    /// seen.
    #[must_use]
    pub fn unlisted(id: AccountId) -> Self {
        Self {
            name: id.to_string(),
            id,
            email: None,
            status: Status::Active,
            joined: None,
            tags: Field::ABSENT,
            management: false,
            parent: None,
            ou_ids: Vec::new(),
            ou_path: Vec::new(),
            place_unknown: None,
        }
    }
}

/// One organizational unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its id, `ou-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The id of the root or unit that it is in, if known.
    pub parent: Option<String>,
    /// The names from below the root down to itself.
    pub path: Vec<String>,
}
