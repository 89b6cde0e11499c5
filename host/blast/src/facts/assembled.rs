//! Rules, routes and entries that are documents of their own, as CloudFormation has them, put into what they
//! belong to, so that everybody finds them in one place.
//!
//! Source: AWS CloudFormation Template Reference, the types named in [`PARTS`].

use std::collections::HashMap;

use blastwall_model::Document;
use serde_json::{Value, json};

/// A type whose documents are parts of others.
struct Part {
    kind: &'static str,
    /// The type of what they are parts of.
    of: &'static str,
    /// The property that names it.
    names: &'static str,
    /// The list of it that they belong into.
    list: &'static str,
    /// The property that is put there; the whole if empty.
    property: &'static str,
}

const GROUP: &str = "AWS::EC2::SecurityGroup";
const TABLE: &str = "AWS::EC2::RouteTable";
const ACL: &str = "AWS::EC2::NetworkAcl";

const PARTS: [Part; 7] = [
    part(
        "AWS::EC2::SecurityGroupIngress",
        GROUP,
        "GroupId",
        "SecurityGroupIngress",
    ),
    part(
        "AWS::EC2::SecurityGroupEgress",
        GROUP,
        "GroupId",
        "SecurityGroupEgress",
    ),
    part("AWS::EC2::Route", TABLE, "RouteTableId", "Routes"),
    part(
        "AWS::EC2::SubnetRouteTableAssociation",
        TABLE,
        "RouteTableId",
        "Associations",
    ),
    part(
        "AWS::EC2::GatewayRouteTableAssociation",
        TABLE,
        "RouteTableId",
        "Associations",
    ),
    part("AWS::EC2::NetworkAclEntry", ACL, "NetworkAclId", "Entries"),
    Part {
        property: "SubnetId",
        ..part(
            "AWS::EC2::SubnetNetworkAclAssociation",
            ACL,
            "NetworkAclId",
            "SubnetIds",
        )
    },
];

const fn part(
    kind: &'static str,
    of: &'static str,
    names: &'static str,
    list: &'static str,
) -> Part {
    Part {
        kind,
        of,
        names,
        list,
        property: "",
    }
}

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|part| part.kind)
}

/// The documents that have parts, with them, by the place of the one that they stand for. Numbers of protocols
/// are texts in them.
pub(super) fn assembled(documents: &[Document]) -> HashMap<usize, Document> {
    let mut found: HashMap<(&str, String), Vec<(&Part, Value)>> = HashMap::new();
    for document in documents {
        let Some(part) = PARTS.iter().find(|part| part.kind == document.kind) else {
            continue;
        };
        let Some(mut config) = config(document) else {
            continue;
        };
        let Some(of) = config.get(part.names).and_then(Value::as_str) else {
            continue;
        };
        let of = (part.of, of.to_owned());
        let own = match part.property {
            "" => config,
            property => config
                .get_mut(property)
                .map(Value::take)
                .unwrap_or_default(),
        };
        found.entry(of).or_default().push((part, own));
    }
    let whole = documents
        .iter()
        .enumerate()
        .filter_map(|(place, document)| {
            let kind = PARTS.iter().find(|part| part.of == document.kind)?.of;
            let numbered = has_numbered_protocol(document.json());
            if found.is_empty() && !numbered {
                return None;
            }
            let mut value: Value = serde_json::from_str(document.json()).ok()?;
            let config = value.get_mut("config")?.as_object_mut()?;
            let mut ids = ["GroupId", "RouteTableId", "Id"].iter();
            let id = ids
                .find_map(|name| config.get(*name)?.as_str())
                .or_else(|| {
                    let arn = document.arn.as_str();
                    arn.rsplit(['/', ':']).next()
                });
            let parts = found.remove(&(kind, id?.to_owned())).unwrap_or_default();
            if parts.is_empty() && !numbered {
                return None;
            }
            for (part, own) in parts {
                let list = config.entry(part.list).or_insert_with(|| json!([]));
                list.as_array_mut()?.push(own);
            }
            for entry in config
                .values_mut()
                .filter_map(Value::as_array_mut)
                .flatten()
            {
                name_protocol(entry);
            }
            let whole = Document::parse(&value.to_string()).ok()?;
            Some((place, whole))
        });
    whole.collect()
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

fn config(document: &Document) -> Option<Value> {
    let mut value: Value = serde_json::from_str(document.json()).ok()?;
    value.get_mut("config").map(Value::take)
}
