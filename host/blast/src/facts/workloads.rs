//! Things that run code as a role: instances, functions, builds, stacks.
//!
//! What is in the documents of each type says the table in `workload_kinds.rs`.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::{Arn, Document, Tags};
use serde_json::Value;

use super::clusters::{self, AccessEntry};
use super::function_policies::{FUNCTION, FunctionFacts, FunctionPolicies};
use super::interfaces::{InterfaceFacts, joined};
use super::sharing::sources;
use super::ways_in::{Exposure, WaysIn};
use super::workload_kinds::{CLUSTER, KINDS, WorkloadKind};

/// What says which roles a profile has.
const PROFILE: &str = "AWS::IAM::InstanceProfile";

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    KINDS
        .iter()
        .map(|kind| kind.kind)
        .chain([PROFILE, SIGNING])
        .chain(clusters::types())
}

/// A workload of an account.
#[derive(Clone, Debug)]
pub(crate) struct WorkloadFacts {
    pub(crate) kind: &'static WorkloadKind,
    pub(crate) arn: Arn,
    /// The names or ARNs of its roles, instance profiles resolved.
    pub(crate) roles: Vec<String>,
    /// How the internet reaches it, in each way.
    pub(crate) exposed: Vec<Exposure>,
    /// Of a function: who else may invoke or change it.
    pub(crate) function: Option<FunctionFacts>,
    /// None if they are not known.
    pub(crate) tags: Option<Tags>,
    /// Where it is in networks.
    pub(crate) interfaces: Vec<InterfaceFacts>,
    /// What it is made of, if somebody else may supply that.
    pub(crate) supplies: Vec<SupplyName>,
    /// Of a cluster: whom it lets run code.
    pub(crate) entries: Vec<AccessEntry>,
    /// Of a cluster: the issuer of its service accounts' tokens, without the scheme.
    pub(crate) issuer: Option<String>,
    /// The action that it takes first, where it takes nothing from those who may change it as it is: a function
    /// that runs signed code alone, a cluster that knows no access entries.
    pub(crate) opened_by: Option<&'static str>,
    /// Whether it hands no credentials out: an instance whose metadata service is turned off.
    pub(crate) is_silent: bool,
}

/// Something that a workload is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SupplyName {
    /// The ARN of what holds it, or the id of an image.
    pub(crate) name: String,
    /// The object in the bucket, if that is told.
    pub(crate) object: Option<String>,
    /// Whether the workload names one version, which nobody changes.
    pub(crate) pinned: bool,
}

/// Reads the workloads of an account; those without a role and without a network run as nobody, are
/// nowhere, and are left out.
pub(super) fn read<'a>(
    documents: impl Iterator<Item = &'a Document> + Clone,
    ways_in: &mut WaysIn,
    functions: &FunctionPolicies,
) -> Vec<WorkloadFacts> {
    let values = |kind: &'static str| {
        documents
            .clone()
            .filter(move |document| document.kind == kind)
            .filter_map(|document| {
                let value: Value = serde_json::from_str(document.json()).ok()?;
                Some((document, value))
            })
    };
    let profiles: BTreeMap<String, Vec<String>> = values(PROFILE)
        .map(|(document, value)| {
            (
                last(document.arn.as_str()).to_owned(),
                texts(&value, "/config/Roles"),
            )
        })
        .collect();
    let mut clusters = clusters::read(documents.clone());
    let enforced: BTreeSet<String> = values(SIGNING)
        .filter(|(_, value)| {
            let policy = value.pointer("/config/CodeSigningPolicies/UntrustedArtifactOnDeployment");
            policy.and_then(Value::as_str) == Some("Enforce")
        })
        .map(|(document, _)| document.arn.to_string())
        .collect();
    let mut workloads = Vec::new();
    for kind in KINDS {
        for (document, value) in values(kind.kind) {
            let named = kind
                .roles
                .iter()
                .filter_map(|pointer| value.pointer(&format!("/config{pointer}"))?.as_str());
            let cluster = (kind.kind == CLUSTER).then(|| {
                let name = last(document.arn.as_str()).to_owned();
                let place = (document.region.to_string(), name);
                clusters.remove(&place).unwrap_or_default()
            });
            let elsewhere = cluster.iter().flat_map(|cluster| &cluster.roles);
            let roles: Vec<String> = named
                .chain(elsewhere.map(String::as_str))
                .flat_map(|name| role_names(name, &profiles))
                .collect();
            let issuer = issuer(&value);
            let opened_by = opened_by(kind, &value, &enforced);
            let state = value.pointer("/observed/State").and_then(Value::as_str);
            let exposed = ways_in.to.remove(document.arn.as_str());
            let exposed = exposed.unwrap_or_default();
            let mut interfaces = joined(kind.kind, &value);
            let told = ways_in.interfaces.remove(document.arn.as_str());
            interfaces.extend(told.into_iter().flatten());
            let leads_nowhere =
                roles.is_empty() && interfaces.is_empty() && exposed.is_empty() && issuer.is_none();
            if leads_nowhere || matches!(state, Some("terminated" | "shutting-down")) {
                continue;
            }
            workloads.push(WorkloadFacts {
                kind,
                arn: document.arn.clone(),
                roles,
                exposed,
                function: (kind.kind == FUNCTION).then(|| functions.of(document.arn.as_str())),
                tags: tags(&value),
                interfaces,
                supplies: supplies(kind, &value, document),
                entries: cluster
                    .filter(|_| opened_by.is_none())
                    .map(|cluster| cluster.entries)
                    .unwrap_or_default(),
                issuer,
                opened_by,
                is_silent: is_silent(&value),
            });
        }
    }
    workloads
}

/// What says which code a function runs.
const SIGNING: &str = "AWS::Lambda::CodeSigningConfig";

/// What opens a workload that takes nothing from those who may change it as it is. Sources: Lambda Developer
/// Guide, "Using code signing to verify code integrity"; EKS User Guide, "Change authentication mode to use access
/// entries".
fn opened_by(
    kind: &WorkloadKind,
    value: &Value,
    enforced: &BTreeSet<String>,
) -> Option<&'static str> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let (closed, action) = match kind.kind {
        FUNCTION => {
            let signed = text("/config/CodeSigningConfigArn");
            (signed.is_some_and(|arn| enforced.contains(arn)), OPENING[0])
        }
        CLUSTER => {
            let mode = text("/config/AccessConfig/AuthenticationMode");
            (mode == Some("CONFIG_MAP"), OPENING[1])
        }
        _ => return None,
    };
    closed.then_some(action)
}

/// Whether what runs in an instance gets no credentials from it. Source: EC2 User Guide, "Configure the instance
/// metadata service options".
fn is_silent(value: &Value) -> bool {
    let endpoint = value.pointer("/config/MetadataOptions/HttpEndpoint");
    endpoint.and_then(Value::as_str) == Some("disabled")
}

/// What takes the signing off a function, and has a cluster know access entries.
pub(crate) const OPENING: [&str; 2] = [
    "lambda:DeleteFunctionCodeSigningConfig",
    "eks:UpdateClusterConfig",
];

/// The issuer of the tokens of a cluster's service accounts, `oidc.eks.eu-west-1.amazonaws.com/id/…`.
fn issuer(value: &Value) -> Option<String> {
    let pointers = [
        "/config/OpenIdConnectIssuerUrl",
        "/observed/OpenIdConnectIssuerUrl",
    ];
    let url = pointers
        .iter()
        .find_map(|pointer| value.pointer(pointer)?.as_str())?;
    Some(url.trim_start_matches("https://").to_owned())
}

/// The names of the roles that instance profiles of an account have; none if no profile was told.
pub(super) fn roles_in_profiles<'a>(
    documents: impl Iterator<Item = &'a Document>,
) -> Option<BTreeSet<String>> {
    let mut roles = None;
    for document in documents.filter(|document| document.kind == PROFILE) {
        if let Ok(value) = serde_json::from_str::<Value>(document.json()) {
            roles
                .get_or_insert_with(BTreeSet::new)
                .extend(texts(&value, "/config/Roles"));
        }
    }
    roles
}

/// The roles behind a name: those of an instance profile, or the role itself. A profile that was not
/// collected has, as a rule, the name of its role.
fn role_names(name: &str, profiles: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let last = last(name);
    if !name.contains(":role/")
        && let Some(roles) = profiles.get(last)
    {
        return roles.clone();
    }
    vec![last.to_owned()]
}

/// What a document says that the workload is made of.
fn supplies(kind: &WorkloadKind, value: &Value, document: &Document) -> Vec<SupplyName> {
    let partition = document.arn.partition();
    let mut supplies: Vec<SupplyName> = kind
        .supplies
        .iter()
        .flat_map(|pointer| {
            // Beside the name of a bucket stands that of the object.
            let object = pointer
                .strip_suffix("S3Bucket")
                .and_then(|beside| value.pointer(&format!("/config{beside}S3Key"))?.as_str());
            // A version of it that is named stays what it is.
            let version = pointer.strip_suffix("S3Bucket").is_some_and(|beside| {
                let version = value.pointer(&format!("/config{beside}S3ObjectVersion"));
                version.is_some_and(Value::is_string)
            });
            let names = at(value.get("config"), pointer).into_iter();
            // Several addresses stand in one text.
            let names = names
                .filter_map(Value::as_str)
                .flat_map(|names| names.split(','));
            names.map(move |name| (name, object, version))
        })
        .filter_map(|(name, object, version)| {
            let (name, object) = match name.strip_prefix("s3://") {
                Some(address) => {
                    let (bucket, key) = address.split_once('/')?;
                    (bucket, Some(key))
                }
                None => (name, object),
            };
            let supply = supply(name, partition)?;
            let object = object.map(str::to_owned);
            let pinned = supply.pinned || version;
            Some(SupplyName {
                object,
                pinned,
                ..supply
            })
        })
        .chain(sources(document, value))
        .collect();
    supplies.sort();
    supplies.dedup();
    supplies
}

/// The values at a pointer with stars.
fn at<'a>(value: Option<&'a Value>, pointer: &str) -> Vec<&'a Value> {
    let Some(value) = value else {
        return Vec::new();
    };
    match pointer.split_once("/*") {
        None => value.pointer(pointer).into_iter().collect(),
        Some((list, rest)) => {
            let elements = value.pointer(list).and_then(Value::as_array);
            let elements = elements.into_iter().flatten();
            elements
                .flat_map(|element| at(Some(element), rest))
                .collect()
        }
    }
}

/// What a name of a container image, a layer, a machine image or a bucket stands for; none for what comes from
/// outside of AWS. A digest and a layer's version stay what they are; the image of a machine does too, but
/// the next one is looked up by a name that its owner gives away.
fn supply(name: &str, partition: &str) -> Option<SupplyName> {
    let pinned = |name: String, pinned| {
        Some(SupplyName {
            name,
            object: None,
            pinned,
        })
    };
    if name.starts_with("ami-") {
        return pinned(name.to_owned(), false);
    }
    if name.contains(":layer:") {
        return pinned(name.to_owned(), true);
    }
    if let Some((registry, image)) = name.split_once(".amazonaws.com/") {
        // 111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/web:latest
        let (account, region) = registry.split_once(".dkr.ecr.")?;
        let digest = image.contains("@sha256:");
        let repository = image.split(['@', ':']).next().unwrap_or_default();
        let arn = format!("arn:{partition}:ecr:{region}:{account}:repository/{repository}");
        return pinned(arn, digest);
    }
    let name = name.split_once(":s3:::").map_or(name, |(_, bucket)| bucket);
    let bucket = !name.contains(['/', ':']) && !name.is_empty();
    bucket.then(|| SupplyName {
        name: format!("arn:{partition}:s3:::{name}"),
        object: None,
        pinned: false,
    })
}

/// The tags of a document. What has none is untagged; what does not say, or could not be asked, is unknown.
fn tags(value: &Value) -> Option<Tags> {
    let unknown = value.get("unknown").and_then(Value::as_object);
    if unknown.is_some_and(|unknown| unknown.contains_key("tags")) {
        return None;
    }
    match value.get("tags") {
        None => Some(Tags::default()),
        Some(tags) => serde_json::from_value(tags.clone()).ok(),
    }
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|text| Some(text.as_str()?.to_owned()))
        .collect()
}

fn last(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or_default()
}
