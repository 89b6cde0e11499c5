//! A case once read: everything owned, policies shared.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Answer;
use crate::context::{Context, Keys};
use crate::decide::{
    Decision, KmsGrant, Layers, Level, Organization, Request, UnderlyingBucket,
    decide as decide_request, decide_through_access_point,
};
use crate::language::Policy;
use crate::principal::Principal;

/// Policies by level, root first.
pub(super) type Levels = Vec<Vec<Arc<Policy>>>;

/// One request with every policy layer; see the [module](super) for the format it is read from.
#[derive(Clone, Debug)]
pub struct Case {
    pub(super) id: Option<String>,
    pub(super) ignored: Vec<String>,
    pub(super) principal: Principal,
    pub(super) role_path: Option<String>,
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) resource_account: String,
    pub(super) context: Context,
    pub(super) identity: Vec<Arc<Policy>>,
    pub(super) boundary: Option<Arc<Policy>>,
    pub(super) session: Option<Vec<Arc<Policy>>>,
    pub(super) resource_policy: Option<Arc<Policy>>,
    pub(super) kms_grants: Vec<KmsGrant>,
    pub(super) scps: Option<Levels>,
    pub(super) rcps: Option<Levels>,
    pub(super) vpc_endpoints: Vec<Arc<Policy>>,
    pub(super) restrict_public_buckets: bool,
    pub(super) organization: Option<CaseOrganization>,
    pub(super) bucket: Option<CaseBucket>,
}

/// The bucket behind the access point that the request names.
#[derive(Clone, Debug)]
pub(super) struct CaseBucket {
    pub(super) resource: String,
    pub(super) resource_account: String,
    pub(super) policy: Option<Arc<Policy>>,
}

/// What is attached where.
#[derive(Clone, Debug, Default)]
pub(super) struct CaseOrganization {
    pub(super) management_account: String,
    pub(super) scps: BTreeMap<String, Levels>,
    pub(super) rcps: BTreeMap<String, Levels>,
}

impl Case {
    /// The `id` it came with.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Decides the case.
    #[must_use]
    pub fn decide(&self) -> Decision {
        self.with_layers(|request, layers| match &self.bucket {
            None => decide_request(request, layers),
            Some(bucket) => {
                let bucket = UnderlyingBucket {
                    resource: &bucket.resource,
                    resource_account: &bucket.resource_account,
                    policy: bucket.policy.as_deref(),
                    // Those of another account are not in a case.
                    rcps: layers
                        .rcps
                        .filter(|_| bucket.resource_account == request.resource_account),
                    restrict_public_buckets: layers.restrict_public_buckets,
                };
                decide_through_access_point(request, layers, &bucket).decision()
            }
        })
    }

    /// Decides the case and adds its id.
    #[must_use]
    pub fn answer(&self) -> Answer {
        Answer {
            id: self.id.clone(),
            decision: self.decide(),
            ignored: self.ignored.clone(),
        }
    }

    /// The request's context as fixed keys of an open question; all others stay open.
    #[must_use]
    pub fn fixed_keys(&self) -> Keys {
        self.context
            .iter()
            .fold(Keys::new(), |keys, (key, values)| {
                keys.fixed(key, values.iter().cloned())
            })
    }

    /// Runs something on the request and the policies that bind it.
    pub fn with_layers<R>(&self, run: impl FnOnce(&Request<'_>, &Layers<'_>) -> R) -> R {
        let request = Request {
            principal: &self.principal,
            role_path: self.role_path.as_deref(),
            action: &self.action,
            resource: &self.resource,
            resource_account: &self.resource_account,
            context: &self.context,
        };
        let identity = references(&self.identity);
        let session = self.session.as_deref().map(references);
        let endpoints = references(&self.vpc_endpoints);
        let scps = self.scps.as_deref().map(by_level);
        let rcps = self.rcps.as_deref().map(by_level);
        let scps = scps.as_deref().map(slices);
        let rcps = rcps.as_deref().map(slices);
        let layers = Layers {
            scps: scps.as_deref(),
            rcps: rcps.as_deref(),
            identity: &identity,
            boundary: self.boundary.as_deref(),
            session: session.as_deref(),
            resource: self.resource_policy.as_deref(),
            kms_grants: &self.kms_grants,
            vpc_endpoints: &endpoints,
            restrict_public_buckets: self.restrict_public_buckets,
        };
        let Some(organization) = &self.organization else {
            return run(&request, &layers);
        };
        // Only two accounts matter: the caller's and the resource's.
        let of = |table: &BTreeMap<String, Levels>, account: Option<&str>| {
            account
                .and_then(|account| table.get_key_value(account))
                .map(|(account, levels)| (account.clone(), levels.clone()))
        };
        let scps = of(&organization.scps, self.principal.acting_account());
        let rcps = of(&organization.rcps, Some(&self.resource_account));
        let scp_levels = scps.as_ref().map(|(_, levels)| by_level(levels));
        let rcp_levels = rcps.as_ref().map(|(_, levels)| by_level(levels));
        let scp_slices = scp_levels.as_deref().map(slices);
        let rcp_slices = rcp_levels.as_deref().map(slices);
        let organization = Organization {
            management_account: &organization.management_account,
            scps: entry(scps.as_ref(), scp_slices.as_deref()),
            rcps: entry(rcps.as_ref(), rcp_slices.as_deref()),
        };
        let selected = organization.select_for(&request);
        // What is given directly counts where the organization has nothing to say.
        let layers = Layers {
            scps: selected.scps.or(layers.scps),
            rcps: selected.rcps.or(layers.rcps),
            ..layers
        };
        run(&request, &layers)
    }
}

fn entry<'a>(
    account: Option<&'a (String, Levels)>,
    levels: Option<&'a [Level<'a>]>,
) -> BTreeMap<&'a str, &'a [Level<'a>]> {
    account
        .zip(levels)
        .map(|((account, _), levels)| (account.as_str(), levels))
        .into_iter()
        .collect()
}

fn references(policies: &[Arc<Policy>]) -> Vec<&Policy> {
    policies.iter().map(AsRef::as_ref).collect()
}

fn by_level(levels: &[Vec<Arc<Policy>>]) -> Vec<Vec<&Policy>> {
    levels.iter().map(|level| references(level)).collect()
}

fn slices<'a>(levels: &'a [Vec<&'a Policy>]) -> Vec<Level<'a>> {
    levels.iter().map(Vec::as_slice).collect()
}
