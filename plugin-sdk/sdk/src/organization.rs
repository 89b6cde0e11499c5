//! The organization as a check sees it.

use std::rc::Rc;

use blastwall_model::Unknown;

use crate::facts::{Facts, Judged, Place, unknown_list};
use crate::listing::{Listed, ResourceType};

/// The organization around the account that is judged, or the one that is judged itself.
///
/// What the organization itself has (`AWS::Organizations::*`: accounts, units, policies) can be
/// asked for by every check; what its accounts have, by checks of the organization alone, because
/// accounts are judged one by one and none sees into another.
pub struct Organization {
    facts: Rc<Facts>,
    reads: &'static [ResourceType],
}

impl Organization {
    pub(crate) fn new(facts: Rc<Facts>, reads: &'static [ResourceType]) -> Self {
        Self { facts, reads }
    }

    /// Its id, `o-…`, in an evaluation of the organization; none in one of an account.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match &self.facts.judged {
            Judged::Organization(id) => Some(id),
            Judged::Account(_) => None,
        }
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

    /// All resources of a type, in the order of their accounts and ARNs, kept for all checks of the
    /// plugin. For types of which an organization has more than fit into the memory of a plugin,
    /// [`Organization::each`] keeps none.
    ///
    /// # Errors
    /// If some could not be seen, an account that was not read included; or if the check does not
    /// name the type in `reads`, or judges an account and asks for what accounts have.
    pub fn all<T: Listed>(&self) -> Result<&[T], Unknown> {
        self.declared::<T>()?;
        self.facts.all()
    }

    /// The resources of a type that could be seen, which may not be all: for rules that one
    /// resource decides, however many are missing.
    ///
    /// # Errors
    /// If the check does not name the type in `reads`, or judges an account and asks for what
    /// accounts have.
    pub fn seen<T: Listed>(&self) -> Result<&[T], Unknown> {
        self.declared::<T>()?;
        Ok(self.facts.seen())
    }

    /// Visits the resources of a type page by page and keeps none of them: for millions.
    ///
    /// # Errors
    /// As [`Organization::all`], after everything that could be seen was visited.
    pub fn each<T: Listed>(&self, mut visit: impl FnMut(&T)) -> Result<(), Unknown> {
        self.declared::<T>()?;
        let mut malformed = Vec::new();
        let kind = ResourceType::of::<T>();
        self.facts
            .stream(Place::Organization, kind, &mut |listing| {
                let resources = listing.resources.downcast_ref::<Vec<T>>();
                resources.into_iter().flatten().for_each(&mut visit);
                malformed.extend_from_slice(&listing.malformed);
            });
        match unknown_list(T::TYPE, self.facts.gaps(T::TYPE), &malformed) {
            None => Ok(()),
            Some(unknown) => Err(unknown),
        }
    }

    /// Whole days from a moment (RFC 3339) to the scan.
    ///
    /// # Errors
    /// If the text is no such moment.
    pub fn days_since(&self, moment: &str) -> Result<i64, Unknown> {
        self.facts.days_since(moment)
    }

    fn declared<T: Listed>(&self) -> Result<(), Unknown> {
        self.facts.declared::<T>(self.reads, Place::Organization)
    }
}
