//! Prefix lists: what rules and routes about them come to, as far as their ranges are told.

use std::collections::BTreeMap;

use blastwall_model::Document;
use ipnet::Ipv4Net;
use serde_json::Value;

use super::networks::{Destination, GroupRule, Peer, RouteFacts};

/// The IPv4 ranges of prefix lists, by id, as far as they are told.
pub(super) type PrefixLists = BTreeMap<String, Vec<Ipv4Net>>;

pub(super) const PREFIX_LIST: &str = "AWS::EC2::PrefixList";

/// Those of an account.
pub(super) fn prefix_lists<'a>(documents: impl Iterator<Item = &'a Document>) -> PrefixLists {
    let told = documents.filter(|document| document.kind == PREFIX_LIST);
    let told = told.filter_map(|document| {
        let value: Value = serde_json::from_str(document.json()).ok()?;
        let id = document.arn.as_str().rsplit('/').next()?.to_owned();
        let entries = value.pointer("/config/Entries")?.as_array()?.iter();
        let ranges = entries.filter_map(|entry| entry.get("Cidr")?.as_str()?.parse().ok());
        Some((id, ranges.collect()))
    });
    told.collect()
}

/// A rule about a list as one about each of its ranges.
pub(super) fn of_ranges(rule: GroupRule, lists: &PrefixLists) -> Vec<GroupRule> {
    let ranges = match &rule.peer {
        Peer::List(list) => lists.get(list),
        Peer::Range(_) | Peer::Group(_) => None,
    };
    let Some(ranges) = ranges else {
        return vec![rule];
    };
    let each = ranges.iter().map(|range| GroupRule {
        peer: Peer::Range(*range),
        ..rule.clone()
    });
    each.collect()
}

/// A route for a list as one for each of its ranges.
pub(super) fn to_ranges(route: RouteFacts, lists: &PrefixLists) -> Vec<RouteFacts> {
    let ranges = match &route.to {
        Destination::List(list) => lists.get(list),
        Destination::Range(_) => None,
    };
    let Some(ranges) = ranges else {
        return vec![route];
    };
    let each = ranges.iter().map(|range| RouteFacts {
        to: Destination::Range(*range),
        ..route.clone()
    });
    each.collect()
}
