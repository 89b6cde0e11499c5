//! What one evaluation knows: who is judged, when, and the resources, each joined type read once.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use blastwall_model::{AccountId, Unknown, is_of_organization};

use crate::listing::{Listed, Listing, Malformed, ResourceType};
use crate::moment;

/// Which resources are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Those of the account or the organization that is judged.
    Subject,
    /// Those across the organization.
    Organization,
}

/// Where resources come from: the host in the sandbox, a list in a test.
pub trait Source {
    /// The resources of a type, as JSON arrays of documents.
    fn pages(&self, place: Place, resource_type: &str) -> Box<dyn Iterator<Item = String> + '_>;

    /// Why resources of the type may be missing altogether; empty if the listing is complete.
    fn gaps(&self, place: Place, resource_type: &str) -> Vec<String>;
}

/// Who is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// One account.
    Account(AccountId),
    /// The organization with this id, `o-…`.
    Organization(String),
}

/// What is asked of a plugin.
#[derive(Clone, Debug)]
pub struct Request {
    /// The ids of the checks to run, each with its parameters as one JSON object.
    pub checks: Vec<(String, String)>,
    /// Who is judged.
    pub judged: Judged,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The moment of the scan, RFC 3339.
    pub scanned_at: String,
}

/// A type that some check joins: read at first use, then shared by all checks.
struct Kept {
    kind: ResourceType,
    place: Place,
    listing: OnceCell<Listing>,
}

/// All that is known in one evaluation.
pub(crate) struct Facts {
    pub(crate) judged: Judged,
    pub(crate) partition: String,
    pub(crate) scanned_at: String,
    scanned_at_seconds: Option<i64>,
    source: Box<dyn Source>,
    kept: BTreeMap<&'static str, Kept>,
}

impl Facts {
    pub(crate) fn new(
        request: &Request,
        joined: impl Iterator<Item = ResourceType>,
        source: Box<dyn Source>,
    ) -> Self {
        let keep = |kind: ResourceType| {
            let kept = Kept {
                kind,
                place: place(&request.judged, kind.name),
                listing: OnceCell::new(),
            };
            (kind.name, kept)
        };
        Self {
            judged: request.judged.clone(),
            partition: request.partition.clone(),
            scanned_at: request.scanned_at.clone(),
            scanned_at_seconds: moment::seconds(&request.scanned_at),
            source,
            kept: joined.map(keep).collect(),
        }
    }

    /// Where resources of a type are asked for: what the organization itself has is the
    /// organization's, and so is everything when the organization is judged.
    pub(crate) fn place(&self, resource_type: &str) -> Place {
        place(&self.judged, resource_type)
    }

    /// Hands the resources that are judged to `visit`, in one piece if some check joins the type and
    /// in pages otherwise, so that an account of any size fits into the memory of the plugin.
    pub(crate) fn visit(&self, kind: ResourceType, visit: &mut dyn FnMut(&Listing)) {
        match self.listing(kind.name) {
            Some(listing) => visit(listing),
            None => self.stream(Place::Subject, kind, visit),
        }
    }

    /// Hands the resources of a type to `visit` page by page, and keeps none.
    pub(crate) fn stream(&self, place: Place, kind: ResourceType, visit: &mut dyn FnMut(&Listing)) {
        let mut next = Some(0);
        for page in self.source.pages(place, kind.name) {
            let listing = (kind.read)(&mut std::iter::once(page)).placed(next);
            let count = u32::try_from(listing.count).ok();
            next = listing
                .first
                .zip(count)
                .and_then(|(first, count)| first.checked_add(count));
            visit(&listing);
        }
    }

    fn listing(&self, resource_type: &str) -> Option<&Listing> {
        let kept = self.kept.get(resource_type)?;
        // What is judged is judged where it was handed out.
        let first = (kept.place == Place::Subject).then_some(0);
        let read =
            || (kept.kind.read)(&mut self.source.pages(kept.place, resource_type)).placed(first);
        Some(kept.listing.get_or_init(read))
    }

    /// The resources that are there and readable.
    pub(crate) fn seen<T: Listed>(&self) -> &[T] {
        self.listing(T::TYPE)
            .and_then(|listing| listing.resources.downcast_ref::<Vec<T>>())
            .map_or(&[], Vec::as_slice)
    }

    /// Why [`Facts::seen`] may not be all.
    pub(crate) fn missing<T: Listed>(&self) -> Option<Unknown> {
        let listing = self.listing(T::TYPE)?;
        unknown_list(T::TYPE, self.gaps(T::TYPE), &listing.malformed)
    }

    /// Why resources of a type may be missing altogether.
    pub(crate) fn gaps(&self, resource_type: &str) -> Vec<String> {
        self.source.gaps(self.place(resource_type), resource_type)
    }

    /// Fails for a type that the check did not ask to be collected, or asks for in the wrong place.
    pub(crate) fn declared<T: Listed>(
        &self,
        reads: &[ResourceType],
        place: Place,
    ) -> Result<(), Unknown> {
        let reason = if !reads.iter().any(|kind| kind.name == T::TYPE) {
            "the check does not name the type in `reads`"
        } else if self.place(T::TYPE) == place {
            return Ok(());
        } else {
            match place {
                Place::Subject => {
                    "the organization has it, not the account: take `organization: &Organization`"
                }
                Place::Organization => "one account is judged, and none sees into another",
            }
        };
        Err(Unknown {
            path: format!("the list of {}", T::TYPE),
            reason: reason.to_owned(),
        })
    }

    /// All resources of a type, if none may be missing.
    pub(crate) fn all<T: Listed>(&self) -> Result<&[T], Unknown> {
        match self.missing::<T>() {
            None => Ok(self.seen()),
            Some(unknown) => Err(unknown),
        }
    }

    /// Whole days from a moment (RFC 3339) to the scan.
    pub(crate) fn days_since(&self, moment: &str) -> Result<i64, Unknown> {
        let days = moment::seconds(moment)
            .zip(self.scanned_at_seconds)
            .map(|(moment, scan)| moment::days(moment, scan));
        days.ok_or_else(|| Unknown {
            path: "a moment in time".to_owned(),
            reason: format!(
                "the days from `{moment}` to `{}` cannot be counted",
                self.scanned_at
            ),
        })
    }
}

fn place(judged: &Judged, resource_type: &str) -> Place {
    match judged {
        Judged::Organization(_) => Place::Organization,
        Judged::Account(_) if is_of_organization(resource_type) => Place::Organization,
        Judged::Account(_) => Place::Subject,
    }
}

/// What is said of a list that may not be whole; none if it is.
pub(crate) fn unknown_list(
    resource_type: &str,
    mut reasons: Vec<String>,
    malformed: &[Malformed],
) -> Option<Unknown> {
    reasons.extend(malformed.iter().map(|malformed| {
        let resource = malformed.arn.as_ref().map_or("", |arn| arn.as_str());
        format!("{resource} {}", malformed.message)
            .trim()
            .to_owned()
    }));
    // One reason is enough to act on; an account with a hundred regions refused has a hundred.
    let more = reasons.len().saturating_sub(1);
    let mut reason = reasons.into_iter().next()?;
    if more > 0 {
        reason.push_str(&format!(" (and {more} more)"));
    }
    Some(Unknown {
        path: format!("the list of {resource_type}"),
        reason,
    })
}
