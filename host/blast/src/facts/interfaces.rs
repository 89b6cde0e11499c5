//! Where workloads are in networks: instances by the addresses of their interfaces; functions, tasks, builds and
//! notebooks anywhere in the subnets that they are joined to.
//!
//! Sources: Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"; CodeBuild User
//! Guide, "Use AWS CodeBuild with Amazon Virtual Private Cloud"; SageMaker Developer Guide, "Connect a Notebook
//! Instance in a VPC to External Resources"; ECS Developer Guide, "Amazon ECS task networking options".

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use blastwall_model::Document;
use ipnet::Ipv4Net;
use serde_json::Value;

use super::networks::{Host, Subnet};

/// A network interface of a workload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InterfaceFacts {
    /// None if its subnet alone is told.
    pub(crate) vpc: Option<String>,
    pub(crate) subnet: String,
    /// None if it may be any of the subnet, for what opens connections and takes none.
    pub(crate) address: Option<Ipv4Addr>,
    pub(crate) groups: Vec<String>,
}

impl InterfaceFacts {
    /// The same as a host of its network; none if that is not known.
    pub(crate) fn host(self, subnets: &BTreeMap<String, Subnet>) -> Option<Host> {
        let subnet = subnets.get(&self.subnet);
        Some(Host {
            vpc: self.vpc.or_else(|| Some(subnet?.vpc.clone()))?,
            range: match self.address {
                Some(address) => Ipv4Net::from(address),
                None => subnet?.range,
            },
            subnet: self.subnet,
            groups: self.groups,
        })
    }
}

const INSTANCE: &str = "AWS::EC2::Instance";

/// Where a document names the networks that its workload is joined to, by its type: the subnets and the security
/// groups, below `config`.
const JOINED: &[(&str, &str, &str)] = &[
    (
        "AWS::Lambda::Function",
        "/VpcConfig/SubnetIds",
        "/VpcConfig/SecurityGroupIds",
    ),
    (
        "AWS::CodeBuild::Project",
        "/VpcConfig/Subnets",
        "/VpcConfig/SecurityGroupIds",
    ),
    (
        "AWS::SageMaker::NotebookInstance",
        "/SubnetId",
        "/SecurityGroupIds",
    ),
    (
        SERVICE,
        "/NetworkConfiguration/AwsvpcConfiguration/Subnets",
        "/NetworkConfiguration/AwsvpcConfiguration/SecurityGroups",
    ),
];

/// A service of ECS, whose tasks are workloads by their definition.
const SERVICE: &str = "AWS::ECS::Service";

/// The VPCs and the subnets that what runs in an account is in.
pub(super) fn used_networks<'a>(
    documents: impl Iterator<Item = &'a Document>,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut vpcs, mut subnets) = (BTreeSet::new(), BTreeSet::new());
    let running = documents.filter(|document| {
        let mut kinds = JOINED.iter().map(|(kind, ..)| *kind);
        document.kind == INSTANCE || kinds.any(|kind| kind == document.kind)
    });
    for document in running {
        if let Ok(value) = serde_json::from_str::<Value>(document.json()) {
            let vpc = value.pointer("/config/VpcId").and_then(Value::as_str);
            vpcs.extend(vpc.map(str::to_owned));
            let joined = joined(&document.kind, &value).into_iter();
            subnets.extend(joined.map(|interface| interface.subnet));
        }
    }
    (vpcs, subnets)
}

/// The interfaces of a workload that its own document tells, but for those of instances and tasks.
pub(super) fn joined(kind: &str, value: &Value) -> Vec<InterfaceFacts> {
    let Some((_, subnets, groups)) = JOINED.iter().find(|(joined, ..)| *joined == kind) else {
        return Vec::new();
    };
    let texts = |pointer: &str| -> Vec<String> {
        let told = value.pointer(&format!("/config{pointer}"));
        let list = match told {
            Some(Value::Array(list)) => list.as_slice(),
            other => other.map_or(&[][..], std::slice::from_ref),
        };
        let list = list.iter().filter_map(Value::as_str);
        list.map(str::to_owned).collect()
    };
    anywhere_in(&texts(subnets), &texts(groups))
}

/// Somewhere in each of these subnets.
pub(super) fn anywhere_in(subnets: &[String], groups: &[String]) -> Vec<InterfaceFacts> {
    let somewhere = subnets.iter().map(|subnet| InterfaceFacts {
        subnet: subnet.clone(),
        groups: groups.to_vec(),
        ..InterfaceFacts::default()
    });
    somewhere.collect()
}
