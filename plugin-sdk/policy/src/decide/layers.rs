//! The policies that apply to a request, by layer.

use std::fmt;

use super::grants::KmsGrant;
use crate::language::Policy;

/// The SCPs or RCPs attached at one level: the root, an OU, or the account.
pub type Level<'a> = &'a [&'a Policy];

/// Every policy that applies to a request. The default has no policy anywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layers<'a> {
    /// Service control policies by level, root first and account last; `None` when none bind the
    /// caller. A level without a policy refuses everything.
    pub scps: Option<&'a [Level<'a>]>,
    /// Resource control policies likewise. The full-access policy that AWS attaches is implied.
    pub rcps: Option<&'a [Level<'a>]>,
    /// Identity policies of the caller, those of its groups included.
    pub identity: &'a [&'a Policy],
    /// The caller's permissions boundary.
    pub boundary: Option<&'a Policy>,
    /// Session policies, inline and managed; `None` when the session was made without.
    pub session: Option<&'a [&'a Policy]>,
    /// The policy of the resource: the trust policy for `sts:AssumeRole…`, the key policy for KMS.
    pub resource: Option<&'a Policy>,
    /// Grants on the KMS key that the request is about.
    pub kms_grants: &'a [KmsGrant],
    /// Policies of the VPC endpoints the request passes; each must allow.
    pub vpc_endpoints: &'a [&'a Policy],
    /// The effective S3 setting RestrictPublicBuckets of the bucket.
    pub restrict_public_buckets: bool,
}

/// One layer, or one level of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// SCPs at a level, the root being 0.
    Scp {
        /// Index into [`Layers::scps`].
        level: usize,
    },
    /// RCPs at a level, the root being 0.
    Rcp {
        /// Index into [`Layers::rcps`].
        level: usize,
    },
    /// A VPC endpoint's policy.
    VpcEndpoint {
        /// Index into [`Layers::vpc_endpoints`].
        endpoint: usize,
    },
    /// The resource's policy.
    Resource,
    /// Identity policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
}

impl Layer {
    /// The policy at an index within this layer.
    #[must_use]
    pub fn policy<'a>(self, layers: &Layers<'a>, index: usize) -> Option<&'a Policy> {
        let at_level = |levels: Option<&'a [Level<'a>]>, level: usize| -> Option<&'a Policy> {
            levels?.get(level)?.get(index).copied()
        };
        match self {
            Self::Scp { level } => at_level(layers.scps, level),
            Self::Rcp { level } => at_level(layers.rcps, level),
            Self::VpcEndpoint { endpoint } => layers.vpc_endpoints.get(endpoint).copied(),
            Self::Resource => layers.resource,
            Self::Identity => layers.identity.get(index).copied(),
            Self::Boundary => layers.boundary,
            Self::Session => layers.session?.get(index).copied(),
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scp { level } => write!(formatter, "service control policies at level {level}"),
            Self::Rcp { level } => write!(formatter, "resource control policies at level {level}"),
            Self::VpcEndpoint { endpoint } => write!(formatter, "VPC endpoint policy {endpoint}"),
            Self::Resource => formatter.write_str("resource policy"),
            Self::Identity => formatter.write_str("identity policies"),
            Self::Boundary => formatter.write_str("permissions boundary"),
            Self::Session => formatter.write_str("session policies"),
        }
    }
}
