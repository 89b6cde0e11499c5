//! Endpoint services, with what is behind them and the endpoints that lead to them.

use std::collections::{BTreeMap, BTreeSet};

use super::outside::{TrustSummary, summarize};
use super::resources::Places;
use super::{WorkloadIndex, WorkloadRow};
use crate::facts::{CREATE_ENDPOINT, Endpoint, EndpointService, Exposure, Policies};

/// An endpoint service.
#[derive(Clone, Debug)]
pub(crate) struct EndpointServiceRow {
    pub(crate) facts: EndpointService,
    /// Whom it allows to connect.
    pub(crate) allowed: TrustSummary,
    /// What answers, and on what that hangs.
    pub(crate) targets: Vec<(WorkloadIndex, Exposure)>,
    pub(crate) endpoints: Vec<Endpoint>,
}

impl EndpointServiceRow {
    /// The accounts that it allows to connect by name, by id.
    pub(crate) fn accounts(&self) -> BTreeSet<&str> {
        let identities = self.allowed.identities.iter();
        let of_identities = identities.filter_map(|identity| identity.account());
        let named = self.allowed.accounts.iter().map(AsRef::as_ref);
        named.chain(of_identities).collect()
    }
}

/// The services of all accounts, in the order of their ARNs.
pub(super) fn endpoint_service_rows(
    mut services: Vec<EndpointService>,
    endpoints: Vec<Endpoint>,
    workloads: &[WorkloadRow],
    policies: &Policies,
) -> Vec<EndpointServiceRow> {
    if services.is_empty() {
        return Vec::new();
    }
    let mut of_service: BTreeMap<String, Vec<Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        let all = of_service.entry(endpoint.service.clone()).or_default();
        all.push(endpoint);
    }
    services.sort_by(|one, other| one.arn.cmp(&other.arn));
    let places = Places::of(workloads);
    let rows = services.into_iter().map(|mut facts| {
        let found = places.found(workloads, std::mem::take(&mut facts.ways));
        let leave = facts.leave.and_then(|leave| policies.get(leave));
        let allowed = leave.map(|stored| summarize(&stored.policy, &[CREATE_ENDPOINT]));
        EndpointServiceRow {
            allowed: allowed.unwrap_or_default(),
            // Functions are asked as well who invokes them: that is not followed here.
            targets: found
                .into_iter()
                .filter(|(_, exposure)| exposure.past.is_none())
                .map(|(place, exposure)| (WorkloadIndex::new(place), exposure))
                .collect(),
            endpoints: of_service.remove(&facts.id).unwrap_or_default(),
            facts,
        }
    });
    rows.collect()
}
