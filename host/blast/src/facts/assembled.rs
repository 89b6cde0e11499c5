//! What is a document of its own in CloudFormation and a part of something in AWS (inline policies and who has
//! which managed policy, rules of security groups, routes, entries of network ACLs), put into what it belongs to,
//! so that everybody finds it in one place.
//!
//! Source: AWS CloudFormation Template Reference, the types named in [`PARTS`].

use std::collections::{BTreeMap, HashMap};

use blastwall_model::resources::{GroupKind, ManagedPolicyKind, RoleKind, UserKind, VpcKind};
use blastwall_model::{Document, Kind};
use serde_json::{Value, json};

/// A type whose documents are parts of others.
struct Part {
    kind: &'static str,
    /// The type of what they are parts of.
    of: &'static str,
    /// The property that names it, or several.
    names: &'static str,
    /// The list of it that they belong into.
    list: &'static str,
    /// Where that is: in what is set, or in what is observed.
    under: &'static str,
    what: What,
}

/// What of a part is put into the list.
#[derive(Clone, Copy)]
enum What {
    /// All that is set on it.
    Whole,
    /// One property.
    Property(&'static str),
    /// Its ARN.
    Arn,
}

const GROUP: &str = "AWS::EC2::SecurityGroup";
const TABLE: &str = "AWS::EC2::RouteTable";
const ACL: &str = "AWS::EC2::NetworkAcl";
const INLINE: &str = "AWS::IAM::Policy";
const MANAGED: &str = ManagedPolicyKind::TYPE;

const PARTS: [Part; 18] = [
    part(
        "AWS::EC2::SecurityGroupIngress",
        "GroupId",
        GROUP,
        "SecurityGroupIngress",
    ),
    part(
        "AWS::EC2::SecurityGroupEgress",
        "GroupId",
        GROUP,
        "SecurityGroupEgress",
    ),
    part("AWS::EC2::Route", "RouteTableId", TABLE, "Routes"),
    part(
        "AWS::EC2::SubnetRouteTableAssociation",
        "RouteTableId",
        TABLE,
        "Associations",
    ),
    part(
        "AWS::EC2::GatewayRouteTableAssociation",
        "RouteTableId",
        TABLE,
        "Associations",
    ),
    Part {
        under: "observed",
        what: What::Property("CidrBlock"),
        ..part(
            "AWS::EC2::VPCCidrBlock",
            "VpcId",
            VpcKind::TYPE,
            "CidrBlocks",
        )
    },
    part("AWS::EC2::NetworkAclEntry", "NetworkAclId", ACL, "Entries"),
    Part {
        what: What::Property("SubnetId"),
        ..part(
            "AWS::EC2::SubnetNetworkAclAssociation",
            "NetworkAclId",
            ACL,
            "SubnetIds",
        )
    },
    part(
        "AWS::IAM::RolePolicy",
        "RoleName",
        RoleKind::TYPE,
        "Policies",
    ),
    part(
        "AWS::IAM::UserPolicy",
        "UserName",
        UserKind::TYPE,
        "Policies",
    ),
    part(
        "AWS::IAM::GroupPolicy",
        "GroupName",
        GroupKind::TYPE,
        "Policies",
    ),
    part(INLINE, "Roles", RoleKind::TYPE, "Policies"),
    part(INLINE, "Users", UserKind::TYPE, "Policies"),
    part(INLINE, "Groups", GroupKind::TYPE, "Policies"),
    attached("Roles", RoleKind::TYPE),
    attached("Users", UserKind::TYPE),
    attached("Groups", GroupKind::TYPE),
    Part {
        what: What::Property("GroupName"),
        ..part(
            "AWS::IAM::UserToGroupAddition",
            "Users",
            UserKind::TYPE,
            "Groups",
        )
    },
];

const fn part(
    kind: &'static str,
    names: &'static str,
    of: &'static str,
    list: &'static str,
) -> Part {
    Part {
        kind,
        of,
        names,
        list,
        under: "config",
        what: What::Whole,
    }
}

/// A managed policy that tells who has it.
const fn attached(names: &'static str, of: &'static str) -> Part {
    Part {
        what: What::Arn,
        ..part(MANAGED, names, of, "ManagedPolicyArns")
    }
}

/// Every type that is read here alone.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    let kinds = PARTS.iter().map(|part| part.kind);
    kinds.filter(|kind| *kind != MANAGED)
}

/// The documents that have parts, with them, by the place of the one that they stand for. Numbers of protocols
/// are texts in them.
pub(super) fn assembled(documents: &[Document]) -> HashMap<usize, Document> {
    let mut parts = Parts::default();
    for document in documents {
        parts.add(document);
    }
    let whole = documents
        .iter()
        .enumerate()
        .filter_map(|(place, document)| {
            let whole = parts.put_into(document)?;
            Some((place, whole))
        });
    whole.collect()
}

/// Parts by the type and the name of what they are parts of.
#[derive(Default)]
struct Parts(BTreeMap<&'static str, BTreeMap<String, Vec<OfList>>>);

/// The list that a part belongs into, and the part.
type OfList = (&'static Part, Value);

impl Parts {
    fn add(&mut self, document: &Document) {
        let mut read: Option<Value> = None;
        for part in PARTS.iter().filter(|part| part.kind == document.kind) {
            // Most managed policies do not tell who has them, and there are many.
            if !document.json().contains(&format!("\"{}\"", part.names)) {
                continue;
            }
            let value = read.get_or_insert_with(|| config(document));
            let own = match part.what {
                What::Whole => value.clone(),
                What::Property(name) => value.get(name).cloned().unwrap_or_default(),
                What::Arn => json!(document.arn),
            };
            let of_kind = self.0.entry(part.of).or_default();
            for name in texts(value.get(part.names)) {
                let of_one = of_kind.entry(name).or_default();
                of_one.push((part, own.clone()));
            }
        }
    }

    /// The document with its parts; none if it has none and is as it should be.
    fn put_into(&self, document: &Document) -> Option<Document> {
        let of_kind = self.0.get(document.kind.as_str());
        let numbered = [GROUP, ACL].contains(&document.kind.as_str())
            && has_numbered_protocol(document.json());
        if of_kind.is_none() && !numbered {
            return None;
        }
        let mut value: Value = serde_json::from_str(document.json()).ok()?;
        let tail = document.arn.as_str().rsplit(['/', ':']).next()?;
        let mut names = NAMES.iter();
        let name = names.find_map(|name| value.get("config")?.get(*name)?.as_str());
        let parts = of_kind.and_then(|all| all.get(name.unwrap_or(tail)));
        if parts.is_none() && !numbered {
            return None;
        }
        for (part, own) in parts.into_iter().flatten() {
            let whole = value.as_object_mut()?;
            let under = whole.entry(part.under).or_insert_with(|| json!({}));
            let list = under.as_object_mut()?.entry(part.list);
            let list = list.or_insert_with(|| json!([]));
            list.as_array_mut()?.push(own.clone());
        }
        let config = value.get_mut("config")?.as_object_mut()?;
        let lists = config.values_mut().filter_map(Value::as_array_mut);
        lists.flatten().for_each(name_protocol);
        Document::parse(&value.to_string()).ok()
    }
}

/// By which properties documents with parts are named; what has none of them by the end of its ARN.
const NAMES: [&str; 3] = ["GroupId", "RouteTableId", "Id"];

/// What is set on it.
fn config(document: &Document) -> Value {
    let value: Option<Value> = serde_json::from_str(document.json()).ok();
    let config = value.and_then(|mut value| Some(value.get_mut("config")?.take()));
    config.unwrap_or_default()
}

const PROTOCOLS: [&str; 2] = ["IpProtocol", "Protocol"];

/// Whether a protocol stands there as a number, as `CloudFormation` has it for network ACLs.
fn has_numbered_protocol(json: &str) -> bool {
    let values = json.split("Protocol\":").skip(1);
    let mut values = values.map(str::trim_start);
    values.any(|value| value.starts_with(|first: char| first == '-' || first.is_ascii_digit()))
}

/// Writes the number of a protocol as a text.
fn name_protocol(entry: &mut Value) {
    for name in PROTOCOLS {
        if let Some(protocol) = entry.get_mut(name)
            && protocol.is_number()
        {
            *protocol = Value::String(protocol.to_string());
        }
    }
}

/// The texts of a list; a text by itself is a list of one.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => {
            let texts = all.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}
