//! How the internet reaches workloads: by public addresses, load balancers, APIs, and services that are on the
//! internet by themselves.
//!
//! Each way is read from the documents of one account, with the networks of those that share subnets with it, and
//! leads to a workload by its ARN, or to an address in a VPC, either of which may be of another account. What was not
//! collected takes no way away: it becomes a condition of it.

mod apis;
mod balancers;
mod documents;
mod endpoint_services;
mod hosts;
mod open;
mod ranges;
mod rules;
mod services;
mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use blastwall_model::{Arn, Document};

use self::documents::Documents;
pub(crate) use self::endpoint_services::{CREATE_ENDPOINT, Endpoint, EndpointService};
use super::interfaces::InterfaceFacts;
use super::stores::StorePolicy;
use super::{Policies, Unjudged};

/// The types that tell of the networks around what listens.
pub(super) use self::rules::TYPES as NETWORK_TYPES;

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    rules::TYPES
        .into_iter()
        .chain(hosts::TYPES)
        .chain(balancers::TYPES)
        .chain(tasks::TYPES)
        .chain(apis::TYPES)
        .chain(services::TYPES)
        .chain(endpoint_services::TYPES)
}

/// How likely a way in lets somebody run code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likelihood {
    Low,
    Medium,
    High,
}

/// How the internet reaches a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exposure {
    /// By what, in words.
    pub(crate) by: String,
    pub(crate) likelihood: Likelihood,
    /// Why it is that likely, in words.
    pub(crate) because: String,
    /// What would have to be the case, in words.
    pub(crate) conditions: Vec<String>,
    /// The policy that has a say besides, if one does.
    pub(crate) past: Option<Past>,
}

/// A policy that has to let strangers, or the service that they go through, pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Past {
    /// The policy of an API, and what strangers ask of it; then that of the function, as below.
    Api {
        arn: Arn,
        policy: StorePolicy,
        then: Box<Option<Past>>,
    },
    /// The policy of the function, which has to let in a service for this.
    Service {
        service: &'static str,
        /// The id of what the service acts for, as it stands in its ARN.
        source: String,
        /// The version or alias that is invoked, if it is one.
        qualifier: Option<String>,
    },
    /// The policy of the function, which has to let in everybody by its address.
    Url { qualifier: Option<String> },
}

/// The ways in of an account.
#[derive(Clone, Debug, Default)]
pub(crate) struct WaysIn {
    /// By the ARN of what they lead to, without a version or alias.
    pub(crate) to: BTreeMap<String, Vec<Exposure>>,
    /// The network interfaces of instances and tasks, by their ARN.
    pub(crate) interfaces: BTreeMap<String, Vec<InterfaceFacts>>,
    /// To addresses of which the account does not tell what has them.
    pub(crate) to_addresses: Vec<ToAddress>,
    /// What is not on the internet, but open to endpoints of other VPCs.
    pub(crate) services: Vec<EndpointService>,
    /// The endpoints that lead to such services.
    pub(crate) endpoints: Vec<Endpoint>,
    /// Whether some of it hangs on networks that the account does not tell of.
    pub(crate) is_open: bool,
}

/// A way to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToAddress {
    pub(crate) vpc: String,
    /// Whether the address is one of the VPC itself, as far as is known.
    pub(crate) inside: bool,
    pub(crate) address: Ipv4Addr,
    pub(crate) exposure: Exposure,
}

impl WaysIn {
    pub(super) fn read<'a>(
        documents: impl Iterator<Item = &'a Document>,
        policies: &mut Policies,
        unjudged: &mut Vec<Unjudged>,
    ) -> Self {
        let wanted: BTreeSet<&str> = types().collect();
        let documents = Documents::read(documents, |kind| wanted.contains(kind));
        let rules = rules::Rules::read(&documents);
        let hosts = hosts::Hosts::read(&documents);
        let tasks = tasks::Tasks::read(&documents);
        let mut ways = Self::default();
        hosts.add_ways(&rules, &mut ways);
        tasks.add_ways(&rules, &mut ways);
        hosts.add_interfaces(&mut ways);
        tasks.add_interfaces(&mut ways);
        let balancers = balancers::Balancers::read(&documents, &rules, &hosts, &tasks);
        balancers.add_ways(&mut ways);
        apis::add_ways(&documents, &balancers, policies, unjudged, &mut ways);
        services::add_ways(&documents, &mut ways);
        ways.services = endpoint_services::services(&documents, &balancers, policies);
        ways.endpoints = endpoint_services::endpoints(&documents);
        ways.is_open = rules.has_missed();
        for exposures in ways.to.values_mut() {
            let mut kept: Vec<Exposure> = Vec::new();
            for exposure in exposures.drain(..) {
                if !kept.contains(&exposure) {
                    kept.push(exposure);
                }
            }
            *exposures = kept;
        }
        ways
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.to.is_empty() && self.to_addresses.is_empty()
    }

    fn add(&mut self, arn: &str, exposure: Exposure) {
        self.to.entry(arn.to_owned()).or_default().push(exposure);
    }

    /// Takes in those of another part of the account.
    pub(super) fn extend(&mut self, other: Self) {
        for (arn, exposures) in other.to {
            self.to.entry(arn).or_default().extend(exposures);
        }
        for (arn, interfaces) in other.interfaces {
            self.interfaces.entry(arn).or_default().extend(interfaces);
        }
        self.to_addresses.extend(other.to_addresses);
        self.services.extend(other.services);
        self.endpoints.extend(other.endpoints);
        self.is_open |= other.is_open;
    }
}

/// The function behind a name, in a region of an account, or an ARN; with the version or alias that is behind
/// it. Source: Lambda API Reference, `FunctionName`.
pub(super) fn function_of(
    name: &str,
    partition: &str,
    region: &str,
    account: &str,
) -> Option<(String, Option<String>)> {
    let (region, account, rest) = match name.split_once(":function:") {
        Some((before, rest)) => {
            let parts: Vec<&str> = before.split(':').collect();
            match parts.as_slice() {
                // arn:aws:lambda:eu-west-1:111122223333:function:name
                ["arn", _, "lambda", region, account] => (*region, *account, rest),
                // 111122223333:function:name
                [account] => (region, *account, rest),
                _ => return None,
            }
        }
        None => (region, account, name),
    };
    let (name, qualifier) = match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier.to_owned())),
        None => (rest, None),
    };
    // What invokes the latest version names the function.
    let qualifier = qualifier.filter(|qualifier| qualifier != "$LATEST" && !qualifier.is_empty());
    let whole = !name.is_empty() && !name.contains(['$', '/', '{']);
    whole.then(|| {
        (
            format!("arn:{partition}:lambda:{region}:{account}:function:{name}"),
            qualifier,
        )
    })
}
