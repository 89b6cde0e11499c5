//! Things that run code as a role: instances, functions, builds, stacks.
//!
//! What is in the documents of each type says the table in `workload_kinds.rs`.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::{Arn, Document, Tags};
use serde_json::Value;

use super::clusters::{self, AccessEntry};
use super::networks::Host;
use super::sharing::sources;
use super::workload_kinds::{CLUSTER, KINDS, WorkloadKind};

/// The types besides workloads that tell about them.
const CONTEXT: &[&str] = &[
    "AWS::EC2::SecurityGroup",
    "AWS::IAM::InstanceProfile",
    FUNCTION_URL,
];

/// An address on the internet at which a function answers.
const FUNCTION_URL: &str = "AWS::Lambda::Url";

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    KINDS
        .iter()
        .map(|kind| kind.kind)
        .chain(CONTEXT.iter().copied())
        .chain(clusters::types())
}

/// A workload of an account.
#[derive(Clone, Debug)]
pub(crate) struct WorkloadFacts {
    pub(crate) kind: &'static WorkloadKind,
    pub(crate) arn: Arn,
    /// The names or ARNs of its roles, instance profiles resolved.
    pub(crate) roles: Vec<String>,
    /// How the internet reaches it; none if it does not.
    pub(crate) exposed: Option<Exposure>,
    /// None if they are not known.
    pub(crate) tags: Option<Tags>,
    /// Where it is in a network, if it is a host.
    pub(crate) host: Option<Host>,
    /// What it is made of, if somebody else may supply that.
    pub(crate) supplies: Vec<SupplyName>,
    /// Of a cluster: whom it lets run code.
    pub(crate) entries: Vec<AccessEntry>,
    /// Of a cluster: the issuer of its service accounts' tokens, without the scheme.
    pub(crate) issuer: Option<String>,
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

/// How the internet reaches a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exposure {
    /// By what, in words.
    pub(crate) by: String,
    /// How likely it is that this lets somebody run code there, and why, in words: see [`likelihood`].
    pub(crate) likelihood: String,
}

/// Reads the workloads of an account; those without a role and without a network run as nobody, are
/// nowhere, and are left out.
pub(super) fn read<'a>(
    documents: impl Iterator<Item = &'a Document> + Clone,
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
    let profiles: BTreeMap<String, Vec<String>> = values("AWS::IAM::InstanceProfile")
        .map(|(document, value)| {
            (
                last(document.arn.as_str()).to_owned(),
                texts(&value, "/config/Roles"),
            )
        })
        .collect();
    let open: BTreeMap<String, Opening> = values("AWS::EC2::SecurityGroup")
        .filter_map(|(document, value)| {
            Some((last(document.arn.as_str()).to_owned(), opening(&value)?))
        })
        .collect();
    let urls: BTreeMap<String, Exposure> = values(FUNCTION_URL)
        .filter_map(|(_, value)| open_url(&value))
        .collect();
    let mut clusters = clusters::read(documents.clone());
    let mut workloads = Vec::new();
    for kind in KINDS {
        for (document, value) in values(kind.kind) {
            let named = kind
                .roles
                .iter()
                .filter_map(|pointer| value.pointer(&format!("/config{pointer}"))?.as_str());
            let cluster = (kind.kind == CLUSTER).then(|| {
                clusters
                    .remove(last(document.arn.as_str()))
                    .unwrap_or_default()
            });
            let elsewhere = cluster.iter().flat_map(|cluster| &cluster.roles);
            let roles: Vec<String> = named
                .chain(elsewhere.map(String::as_str))
                .flat_map(|name| role_names(name, &profiles))
                .collect();
            let issuer = issuer(&value);
            let state = value.pointer("/observed/State").and_then(Value::as_str);
            let by_url = || urls.get(last(document.arn.as_str())).cloned();
            let exposed = exposure(&value, &open).or_else(by_url);
            // One that is stopped answers nobody.
            let host = host(&value).filter(|_| state != Some("stopped"));
            let leads_nowhere =
                roles.is_empty() && host.is_none() && exposed.is_none() && issuer.is_none();
            if leads_nowhere || matches!(state, Some("terminated" | "shutting-down")) {
                continue;
            }
            workloads.push(WorkloadFacts {
                kind,
                arn: document.arn.clone(),
                roles,
                exposed,
                tags: tags(&value),
                host,
                supplies: supplies(kind, &value, document),
                entries: cluster.map(|cluster| cluster.entries).unwrap_or_default(),
                issuer,
            });
        }
    }
    workloads
}

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
    for document in documents.filter(|document| document.kind == "AWS::IAM::InstanceProfile") {
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

/// What a security group opens to the world.
#[derive(Clone, Debug)]
struct Opening {
    words: String,
    /// The ports, both included.
    ports: (i64, i64),
}

/// How a security group lets the world in, if it does: by its widest rule.
fn opening(group: &Value) -> Option<Opening> {
    let rules = group.pointer("/config/SecurityGroupIngress")?.as_array()?;
    let open = rules.iter().filter(|rule| {
        let text = |name: &str| rule.get(name).and_then(Value::as_str);
        // Half of all addresses are a world, too; with ICMP nothing is reached that listens.
        let range = text("CidrIp").and_then(|range| range.split_once('/'));
        let wide = range.is_some_and(|(_, length)| matches!(length, "0" | "1"));
        let listens = !matches!(text("IpProtocol"), Some("icmp" | "icmpv6" | "1" | "58"));
        wide && listens
    });
    let openings = open.map(|rule| {
        let port = |name: &str| rule.get(name).and_then(Value::as_i64);
        match (port("FromPort"), port("ToPort")) {
            (Some(from), Some(to)) if from == to && from >= 0 => Opening {
                words: format!("port {from}"),
                ports: (from, to),
            },
            (Some(from), Some(to)) if from >= 0 => Opening {
                words: format!("ports {from} to {to}"),
                ports: (from, to),
            },
            _ => Opening {
                words: "all ports".to_owned(),
                ports: (0, 65_535),
            },
        }
    });
    openings.max_by_key(|opening| opening.ports.1 - opening.ports.0)
}

/// Ports at which one logs in or administers: a guessed or stolen credential is enough there. The ports
/// of CIS AWS Foundations 5.x "remote server administration" and the databases of AWS Trusted Advisor's
/// "Security Groups - Specific Ports Unrestricted".
const LOGIN_PORTS: &[i64] = &[
    21, 22, 23, 135, 445, 1433, 1434, 2375, 3306, 3389, 5432, 5500, 5900, 5985, 5986, 6379, 9200,
    11211, 27017,
];

/// How likely an exposure lets somebody in: `high` if a port of [`LOGIN_PORTS`] is open, `medium` if
/// another port is and the instance hands the credentials of its role to a forged request (IMDSv1), so
/// that it takes no more than a request forgery; `low` if neither.
fn likelihood(value: &Value, opening: &Opening) -> String {
    let (from, to) = opening.ports;
    let login = LOGIN_PORTS.iter().find(|port| (from..=to).contains(port));
    let tokens = value.pointer("/config/MetadataOptions/HttpTokens");
    match (login, tokens.and_then(Value::as_str)) {
        (Some(port), _) => format!("high: port {port} is one to log in at"),
        (None, Some("required")) => {
            "low: what listens would have to run code of strangers".to_owned()
        }
        (None, Some(_)) => {
            "medium: the metadata service answers version 1, so that a forged request \
            of what listens is enough for the credentials of the role"
                .to_owned()
        }
        (None, None) => "low, or medium if the metadata service answers version 1".to_owned(),
    }
}

fn exposure(value: &Value, open: &BTreeMap<String, Opening>) -> Option<Exposure> {
    let address = ["/observed/PublicIpAddress", "/observed/PublicIp"]
        .iter()
        .find_map(|pointer| value.pointer(pointer)?.as_str())?;
    let mut groups = texts(value, "/config/SecurityGroupIds");
    groups.extend(texts(value, "/observed/SecurityGroupIds"));
    let (group, opening) = groups
        .iter()
        .filter_map(|group| open.get_key_value(group))
        .max_by_key(|(_, opening)| opening.ports.1 - opening.ports.0)?;
    Some(Exposure {
        by: format!(
            "{address} is public, and {group} opens {} to the world",
            opening.words
        ),
        likelihood: likelihood(value, opening),
    })
}

/// The function behind an address that asks nobody who they are, and how that exposes it.
fn open_url(value: &Value) -> Option<(String, Exposure)> {
    let text = |pointer: &str| value.pointer(pointer)?.as_str();
    if text("/config/AuthType")? != "NONE" {
        return None;
    }
    let function = text("/config/TargetFunctionArn")?;
    // A function by its name or ARN, with a version or alias behind it or not.
    let name = match function.split_once(":function:") {
        Some((_, name)) => name.split(':').next().unwrap_or_default(),
        None => function,
    };
    let exposure = Exposure {
        by: "a function URL asks nobody who they are".to_owned(),
        likelihood: "low: the function would have to run code of strangers".to_owned(),
    };
    Some((name.to_owned(), exposure))
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
            let names = at(value.get("config"), pointer).into_iter();
            names.map(move |name| (name, object))
        })
        .filter_map(|(name, object)| {
            let supply = supply(name.as_str()?, partition)?;
            let object = object.map(str::to_owned);
            Some(SupplyName { object, ..supply })
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

/// Where the workloads of an account that are hosts are.
pub(super) fn hosts<'a>(
    documents: impl Iterator<Item = &'a Document>,
) -> impl Iterator<Item = Host> {
    documents
        .filter(|document| KINDS.iter().any(|kind| kind.kind == document.kind.as_str()))
        .filter_map(|document| host(&serde_json::from_str(document.json()).ok()?))
}

/// Where a document says that it is in a network.
fn host(value: &Value) -> Option<Host> {
    let text = |pointer: &str| Some(value.pointer(pointer)?.as_str()?.to_owned());
    Some(Host {
        vpc: text("/config/VpcId")?,
        subnet: text("/config/SubnetId")?,
        address: text("/observed/PrivateIpAddress")?.parse().ok()?,
        groups: texts(value, "/config/SecurityGroupIds"),
    })
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
