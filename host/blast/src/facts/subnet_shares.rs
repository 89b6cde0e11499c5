//! With whom subnets and security groups are shared by AWS RAM.
//!
//! Source: Amazon VPC User Guide, "Share your VPC subnets with other accounts": within the organization
//! alone, with accounts, organizational units or all of it, and taken without being asked.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::Document;
use serde_json::Value;

/// The type of shares.
pub(super) const SHARE: &str = "AWS::RAM::ResourceShare";

/// The kinds of resource that matter for networks, as ARNs have them.
const KINDS: [&str; 2] = ["subnet/", "security-group/"];

/// A resource that is shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shared {
    /// The accounts that own it: as its ARN says.
    pub(crate) owners: BTreeSet<String>,
    /// With whom: accounts by id, organizational units and the organization by ARN.
    pub(crate) with: BTreeSet<String>,
}

/// Subnets and security groups that are shared, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct SubnetShares(pub(crate) BTreeMap<String, Shared>);

impl SubnetShares {
    /// Adds what a document shares, if it is a share.
    pub(super) fn add(&mut self, document: &Document) {
        if document.kind != SHARE {
            return;
        }
        let Ok(value) = serde_json::from_str::<Value>(document.json()) else {
            return;
        };
        let status = value.pointer("/observed/Status").and_then(Value::as_str);
        if matches!(status, Some("DELETING" | "DELETED" | "FAILED")) {
            return;
        }
        let texts = |pointer: &str| {
            let list = value.pointer(pointer).and_then(Value::as_array);
            let texts = list.into_iter().flatten().filter_map(Value::as_str);
            texts.map(str::to_owned).collect::<BTreeSet<_>>()
        };
        let with = texts("/config/Principals");
        for arn in texts("/config/ResourceArns") {
            let mut parts = arn.splitn(6, ':');
            let (service, owner, resource) = (parts.nth(2), parts.nth(1), parts.next());
            let id = resource.and_then(|resource| {
                let mut kinds = KINDS.iter();
                kinds.find_map(|kind| resource.strip_prefix(kind))
            });
            if let (Some("ec2"), Some(owner), Some(id)) = (service, owner, id) {
                let shared = self.0.entry(id.to_owned()).or_default();
                shared.owners.insert(owner.to_owned());
                shared.with.extend(with.iter().cloned());
            }
        }
    }

    /// Takes in what other accounts tell.
    pub(super) fn extend(&mut self, other: Self) {
        for (id, told) in other.0 {
            let shared = self.0.entry(id).or_default();
            shared.owners.extend(told.owners);
            shared.with.extend(told.with);
        }
    }
}
