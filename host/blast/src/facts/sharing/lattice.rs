//! VPC Lattice: services, the networks that they are in, the VPCs whose hosts reach those, and what answers.
//!
//! Sources: VPC Lattice User Guide, "How VPC Lattice works" and "Control access to VPC Lattice services using auth
//! policies".

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::Arn;
use serde_json::Value;

use super::{Read, last, list, of, text};
use crate::facts::{Policies, PolicyIndex, Unjudged, in_words};

const SERVICE: &str = "AWS::VpcLattice::Service";
const NETWORK: &str = "AWS::VpcLattice::ServiceNetwork";
const IN_NETWORK: &str = "AWS::VpcLattice::ServiceNetworkServiceAssociation";
const VPC: &str = "AWS::VpcLattice::ServiceNetworkVpcAssociation";
const LISTENER: &str = "AWS::VpcLattice::Listener";
const RULE: &str = "AWS::VpcLattice::Rule";
const TARGETS: &str = "AWS::VpcLattice::TargetGroup";
const AUTH_POLICY: &str = "AWS::VpcLattice::AuthPolicy";

/// The types that are read here.
pub(super) const TYPES: &[&str] = &[
    SERVICE,
    NETWORK,
    IN_NETWORK,
    VPC,
    LISTENER,
    RULE,
    TARGETS,
    AUTH_POLICY,
];

/// A service or a network of services.
#[derive(Clone, Debug)]
pub(crate) struct LatticeFacts {
    pub(crate) arn: Arn,
    pub(crate) account: String,
    /// Whether it asks who calls.
    pub(crate) asks: bool,
}

/// A VPC whose hosts reach a network of services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LatticeVpc {
    /// The account of the association.
    pub(crate) account: String,
    pub(crate) vpc: String,
    /// Whether security groups say which of its hosts.
    pub(crate) grouped: bool,
}

/// What answers for a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LatticeTarget {
    /// An instance by its id, a function by its ARN, or VPC and address of something.
    pub(crate) name: String,
    /// Where it is asked; none if that was not told.
    pub(crate) port: Option<u16>,
}

/// What is known of it, by ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct LatticesFacts {
    pub(crate) services: BTreeMap<String, LatticeFacts>,
    pub(crate) networks: BTreeMap<String, LatticeFacts>,
    /// The policies of services and networks; none if one could not be read.
    pub(crate) policies: BTreeMap<String, Option<PolicyIndex>>,
    /// The networks that a service is in.
    pub(crate) within: BTreeMap<String, BTreeSet<String>>,
    /// By network.
    pub(crate) vpcs: BTreeMap<String, Vec<LatticeVpc>>,
    /// The target groups of a service.
    pub(crate) forwards: BTreeMap<String, BTreeSet<String>>,
    /// By target group.
    pub(crate) targets: BTreeMap<String, BTreeSet<LatticeTarget>>,
}

impl LatticesFacts {
    pub(super) fn read(
        read: &[Read<'_>],
        policies: &mut Policies,
        unjudged: &mut Vec<Unjudged>,
    ) -> Self {
        let mut facts = Self::default();
        for (kind, service) in [(SERVICE, true), (NETWORK, false)] {
            for (document, value) in of(read, kind) {
                let own = LatticeFacts {
                    arn: document.arn.clone(),
                    account: document.account.to_string(),
                    asks: text(value, "/AuthType") == Some("AWS_IAM"),
                };
                let id = last(document.arn.as_str()).to_owned();
                match service {
                    true => facts.services.insert(id, own),
                    false => facts.networks.insert(id, own),
                };
            }
        }
        let id = |value: &Value, pointer: &str| Some(last(text(value, pointer)?).to_owned());
        for (_, value) in of(read, IN_NETWORK) {
            if let (Some(service), Some(network)) = (
                id(value, "/ServiceIdentifier"),
                id(value, "/ServiceNetworkIdentifier"),
            ) {
                facts.within.entry(service).or_default().insert(network);
            }
        }
        for (document, value) in of(read, VPC) {
            if let (Some(network), Some(vpc)) = (
                id(value, "/ServiceNetworkIdentifier"),
                id(value, "/VpcIdentifier"),
            ) {
                let groups = value.pointer("/config/SecurityGroupIds");
                facts.vpcs.entry(network).or_default().push(LatticeVpc {
                    account: document.account.to_string(),
                    vpc,
                    grouped: list(groups).next().is_some(),
                });
            }
        }
        for (kind, pointer) in [
            (LISTENER, "/config/DefaultAction"),
            (RULE, "/config/Action"),
        ] {
            for (document, value) in of(read, kind) {
                // arn:…:service/svc-1/listener/listener-1
                let inside = document.arn.as_str().split_once(":service/");
                let inside = inside.and_then(|(_, rest)| rest.split('/').next());
                let service = id(value, "/ServiceIdentifier").or(inside.map(str::to_owned));
                let groups = value.pointer(&format!("{pointer}/Forward/TargetGroups"));
                let groups = list(groups)
                    .filter_map(|group| group.get("TargetGroupIdentifier")?.as_str())
                    .map(|group| last(group).to_owned());
                if let Some(service) = service {
                    facts.forwards.entry(service).or_default().extend(groups);
                }
            }
        }
        for (document, value) in of(read, TARGETS) {
            let targets = list(value.pointer("/config/Targets"));
            let vpc = text(value, "/Config/VpcIdentifier").map(last);
            let port = |port: Option<&Value>| u16::try_from(port?.as_u64()?).ok();
            let of_group = port(value.pointer("/config/Config/Port"));
            let targets = targets.filter_map(|one| {
                let id = one.get("Id")?.as_str()?;
                // An address is one of the VPC.
                let name = match (vpc, id.parse::<std::net::Ipv4Addr>()) {
                    (Some(vpc), Ok(address)) => format!("{vpc}/{address}"),
                    _ => id.to_owned(),
                };
                let port = port(one.get("Port")).or(of_group);
                Some(LatticeTarget { name, port })
            });
            let group = last(document.arn.as_str()).to_owned();
            facts.targets.entry(group).or_default().extend(targets);
        }
        for (document, value) in of(read, AUTH_POLICY) {
            let (Some(of), Some(policy)) = (
                id(value, "/ResourceIdentifier"),
                value.pointer("/config/Policy"),
            ) else {
                continue;
            };
            let kept = policies.keep(policy).map_err(in_words);
            if let Err(why) = &kept {
                unjudged.push(Unjudged {
                    arn: document.arn.clone(),
                    why: format!("policy: {why}"),
                });
            }
            facts.policies.insert(of, kept.ok());
        }
        facts
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.services.extend(other.services);
        self.networks.extend(other.networks);
        self.policies.extend(other.policies);
        for (service, networks) in other.within {
            self.within.entry(service).or_default().extend(networks);
        }
        for (network, vpcs) in other.vpcs {
            self.vpcs.entry(network).or_default().extend(vpcs);
        }
        for (service, groups) in other.forwards {
            self.forwards.entry(service).or_default().extend(groups);
        }
        for (group, targets) in other.targets {
            self.targets.entry(group).or_default().extend(targets);
        }
    }
}
