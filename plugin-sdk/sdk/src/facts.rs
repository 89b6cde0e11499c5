//! What one evaluation knows: who is judged, when, and the resources, each type read once.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use blastwall_model::{AccountId, Unknown};

use crate::listing::{Listed, Listing, ResourceType};
use crate::moment;

/// Where resources come from: the host in the sandbox, a list in a test.
pub trait Source {
    /// The resources of a type, as JSON arrays of documents.
    fn pages(&self, resource_type: &str) -> Box<dyn Iterator<Item = String> + '_>;

    /// Why resources of the type may be missing altogether; empty if the listing is complete.
    fn gaps(&self, resource_type: &str) -> Vec<String>;
}

/// What is asked of a plugin.
#[derive(Clone, Debug)]
pub struct Request {
    /// The ids of the checks to run, each with its parameters as one JSON object.
    pub checks: Vec<(String, String)>,
    /// The account to judge.
    pub account: AccountId,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The moment of the scan, RFC 3339.
    pub scanned_at: String,
}

/// A type that some check joins: read at first use, then shared by all checks.
struct Kept {
    kind: ResourceType,
    listing: OnceCell<Listing>,
}

/// All that is known of the account in one evaluation.
pub(crate) struct Facts {
    pub(crate) account: AccountId,
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
            let listing = OnceCell::new();
            (kind.name, Kept { kind, listing })
        };
        Self {
            account: request.account.clone(),
            partition: request.partition.clone(),
            scanned_at: request.scanned_at.clone(),
            scanned_at_seconds: moment::seconds(&request.scanned_at),
            source,
            kept: joined.map(keep).collect(),
        }
    }

    /// Hands the resources of a type to `visit`, in one piece if some check joins the type and in
    /// pages otherwise, so that an account of any size fits into the memory of the plugin.
    pub(crate) fn visit(&self, kind: ResourceType, visit: &mut dyn FnMut(&Listing)) {
        if let Some(listing) = self.listing(kind.name) {
            return visit(listing);
        }
        for page in self.source.pages(kind.name) {
            visit(&(kind.read)(&mut std::iter::once(page)));
        }
    }

    fn listing(&self, resource_type: &str) -> Option<&Listing> {
        let kept = self.kept.get(resource_type)?;
        let read = || (kept.kind.read)(&mut self.source.pages(resource_type));
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
        let mut reasons = self.source.gaps(T::TYPE);
        reasons.extend(listing.malformed.iter().map(|malformed| {
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
            path: format!("the list of {}", T::TYPE),
            reason,
        })
    }

    pub(crate) fn days_since(&self, moment: &str) -> Option<i64> {
        Some(moment::days(
            moment::seconds(moment)?,
            self.scanned_at_seconds?,
        ))
    }
}
