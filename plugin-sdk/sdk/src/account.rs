//! The account as a check sees it.

use std::rc::Rc;

use blastwall_model::{AccountId, Unknown};

use crate::facts::{Facts, Place};
use crate::listing::{Listed, ResourceType};

/// The account that is being judged, with the resources that the check reads.
pub struct Account {
    id: AccountId,
    facts: Rc<Facts>,
    reads: &'static [ResourceType],
}

impl Account {
    pub(crate) fn new(id: AccountId, facts: Rc<Facts>, reads: &'static [ResourceType]) -> Self {
        Self { id, facts, reads }
    }

    /// Its twelve digits.
    #[must_use]
    pub fn id(&self) -> &AccountId {
        &self.id
    }

    /// `aws`, `aws-cn` or `aws-us-gov`.
    #[must_use]
    pub fn partition(&self) -> &str {
        &self.facts.partition
    }

    /// The moment of the scan, RFC 3339: the only clock there is.
    #[must_use]
    pub fn scanned_at(&self) -> &str {
        &self.facts.scanned_at
    }

    /// All resources of a type, in the order of their ARNs: `account.all::<SecurityGroup>()?`.
    ///
    /// They are read once and shared by all checks of the plugin.
    ///
    /// # Errors
    /// If the listing has a gap or a document does not have the shape of the type: what is missing
    /// could be what matters. A type that the check does not name in `reads` was not collected
    /// for it, so it is unknown too.
    pub fn all<T: Listed>(&self) -> Result<&[T], Unknown> {
        self.declared::<T>()?;
        self.facts.all()
    }

    /// The resources of a type that could be seen, which may not be all: for rules that one
    /// resource decides, however many are missing.
    ///
    /// # Errors
    /// If the check does not name the type in `reads`.
    pub fn seen<T: Listed>(&self) -> Result<&[T], Unknown> {
        self.declared::<T>()?;
        Ok(self.facts.seen())
    }

    /// Whole days from a moment (RFC 3339) to the scan.
    ///
    /// # Errors
    /// If the text is no such moment.
    pub fn days_since(&self, moment: &str) -> Result<i64, Unknown> {
        self.facts.days_since(moment)
    }

    fn declared<T: Listed>(&self) -> Result<(), Unknown> {
        self.facts.declared::<T>(self.reads, Place::Subject)
    }
}
