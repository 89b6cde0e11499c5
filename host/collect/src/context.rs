//! What every collector is given.

use std::collections::BTreeSet;

use blastwall_aws::{Failure, Session};
use blastwall_model::{Arn, GapKind, IdError};

use crate::Shared;

/// One account, and what is wanted of it.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// The session in the account.
    pub(crate) session: &'a Session,
    /// The types that are wanted.
    pub(crate) types: &'a BTreeSet<String>,
    /// Whether tags are wanted that take calls of their own.
    pub(crate) tags: bool,
    /// What the whole scan shares.
    pub(crate) shared: &'a Shared,
    /// The regions that are looked at, sorted; empty if no wanted type has regions.
    pub(crate) regions: &'a [String],
    /// The regions that the user confined the scan to.
    pub(crate) confined: Option<&'a [String]>,
}

impl Context<'_> {
    /// Whether documents of this type are wanted.
    pub(crate) fn wants(&self, kind: &str) -> bool {
        self.types.contains(kind)
    }

    /// Those of these types that are wanted.
    pub(crate) fn wanted(&self, kinds: &[&'static str]) -> Vec<&'static str> {
        kinds
            .iter()
            .copied()
            .filter(|kind| self.wants(kind))
            .collect()
    }

    /// The region that answers for global services.
    pub(crate) fn global_region(&self) -> &'static str {
        self.session.partition().global_region()
    }

    /// The ARN of something in the account: `arn(service, region, resource)`.
    pub(crate) fn arn(&self, service: &str, region: &str, resource: &str) -> Result<Arn, Failure> {
        self.arn_of(service, region, self.session.account().as_str(), resource)
    }

    /// The ARN of something that may belong to another account, or to none by name.
    pub(crate) fn arn_of(
        &self,
        service: &str,
        region: &str,
        account: &str,
        resource: &str,
    ) -> Result<Arn, Failure> {
        let partition = self.session.partition();
        parse_arn(&format!(
            "arn:{partition}:{service}:{region}:{account}:{resource}"
        ))
    }
}

/// An ARN out of an answer; an answer without one cannot be read.
pub(crate) fn parse_arn(text: &str) -> Result<Arn, Failure> {
    text.parse().map_err(|error: IdError| {
        Failure::new(GapKind::Malformed, "MalformedAnswer", &error.to_string())
    })
}
