//! Clusters of EKS: whom they let in, and the roles that their nodes and pods have.

use std::collections::BTreeMap;

use blastwall_model::Document;
use serde_json::Value;

const ENTRY: &str = "AWS::EKS::AccessEntry";

/// Documents that give a cluster a role, and where they name it.
const ROLES: &[(&str, &str)] = &[
    ("AWS::EKS::Nodegroup", "/config/NodeRole"),
    ("AWS::EKS::FargateProfile", "/config/PodExecutionRoleArn"),
    ("AWS::EKS::PodIdentityAssociation", "/config/RoleArn"),
];

/// The access policies with which one runs code, and what their names end in. Source: EKS User Guide, "Review
/// access policy permissions".
const RUNNING: &[&str] = &[
    "/AmazonEKSClusterAdminPolicy",
    "/AmazonEKSAdminPolicy",
    "/AmazonEKSEditPolicy",
];

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    ROLES.iter().map(|(kind, _)| *kind).chain([ENTRY])
}

/// Somebody whom a cluster lets run code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccessEntry {
    /// The ARN of the user or role.
    pub(crate) principal: String,
    /// What it is told to be, in words.
    pub(crate) told: String,
    /// What it hangs on, in words; none if nothing.
    pub(crate) limit: Option<String>,
}

/// What other documents tell of one cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClusterFacts {
    /// The names or ARNs of roles.
    pub(crate) roles: Vec<String>,
    pub(crate) entries: Vec<AccessEntry>,
}

/// What is told of the clusters of an account, by region and name.
pub(super) fn read<'a>(
    documents: impl Iterator<Item = &'a Document>,
) -> BTreeMap<(String, String), ClusterFacts> {
    let mut clusters: BTreeMap<(String, String), ClusterFacts> = BTreeMap::new();
    for document in documents.filter(|document| types().any(|kind| kind == document.kind)) {
        let Ok(value) = serde_json::from_str::<Value>(document.json()) else {
            continue;
        };
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
        let Some(name) = text("/config/ClusterName") else {
            continue;
        };
        let place = (document.region.to_string(), name.to_owned());
        let cluster = clusters.entry(place).or_default();
        match ROLES.iter().find(|(kind, _)| *kind == document.kind) {
            Some((_, pointer)) => cluster.roles.extend(text(pointer).map(str::to_owned)),
            None => cluster.entries.extend(entry(&value)),
        }
    }
    clusters
}

/// The widest that an entry gives.
fn entry(value: &Value) -> Option<AccessEntry> {
    let list = |pointer: &str| {
        let list = value.pointer(pointer).and_then(Value::as_array);
        list.into_iter().flatten()
    };
    let principal = value.pointer("/config/PrincipalArn")?.as_str()?.to_owned();
    let mut best: Option<AccessEntry> = None;
    for policy in list("/config/AccessPolicies") {
        let arn = policy.get("PolicyArn").and_then(Value::as_str)?;
        if !RUNNING.iter().any(|name| arn.ends_with(name)) {
            continue;
        }
        let scope = policy.pointer("/AccessScope/Type").and_then(Value::as_str);
        let limit = (scope == Some("namespace")).then(|| {
            "what is wanted runs in, or can be reached from, the namespaces of the entry".to_owned()
        });
        let one = AccessEntry {
            principal: principal.clone(),
            told: arn.to_owned(),
            limit,
        };
        if best.as_ref().is_none_or(|best| best.limit.is_some()) {
            best = Some(one);
        }
    }
    let groups: Vec<&str> = list("/config/KubernetesGroups")
        .filter_map(Value::as_str)
        .collect();
    best.or_else(|| {
        (!groups.is_empty()).then(|| AccessEntry {
            principal,
            told: format!("Kubernetes groups {}", groups.join(", ")),
            limit: Some("the Kubernetes groups of the entry may run pods".to_owned()),
        })
    })
}
