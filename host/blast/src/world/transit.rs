//! The transit gateways of all accounts: which table decides about an attachment, and where it leads.
//!
//! Sources: Amazon VPC Transit Gateways, "How Amazon VPC Transit Gateways work" (the most specific route
//! decides, a static one before a propagated one), "Transit gateway route tables" (association and
//! propagation, blackholes), "Amazon VPC attachments" (references to security groups).

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::facts::networks::NetworkFacts;
use crate::facts::transit::{AttachmentFacts, Listed, TableFacts, TransitFacts, TransitRoute};

/// Everything that is known of transit gateways, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transit {
    gateways: BTreeMap<String, Gateway>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Gateway {
    pub(super) attachments: Vec<Attachment>,
    /// None of a table whose routes were not seen.
    tables: BTreeMap<String, Option<Table>>,
    /// Whether security groups may name groups of other VPCs; none if that was not seen.
    group_references: Option<bool>,
}

/// The attachment of a VPC, available and associated.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    id: String,
    pub(super) vpc: String,
    /// Whether it lets security groups name groups of other VPCs; none if that was not seen.
    pub(super) group_references: Option<bool>,
    /// The table that it is associated with; none if that was not seen.
    pub(super) table: Option<String>,
}

/// Which attachment a range is routed to; to none if it is dropped.
#[derive(Clone, Debug, Default)]
struct Table(HashMap<Ipv4Net, Option<String>>);

/// What joins two VPCs that are attached to one gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TransitWay<'a> {
    pub(super) id: &'a str,
    pub(super) gateway: &'a Gateway,
    pub(super) near: &'a Attachment,
    pub(super) far: &'a Attachment,
}

impl Transit {
    /// Puts together what the accounts tell.
    pub(crate) fn new(networks: &NetworkFacts) -> Self {
        let facts = &networks.transit;
        let mut transit = Self::default();
        for (id, told) in &facts.attachments {
            let Some(table) = association(facts, id, told).filter(|_| told.available) else {
                continue;
            };
            let gateway = transit.gateways.entry(told.gateway.clone()).or_default();
            if let Some(name) = &table {
                let routes = || Table::new(networks, &told.gateway, name);
                gateway.tables.entry(name.clone()).or_insert_with(routes);
            }
            gateway.attachments.push(Attachment {
                id: id.clone(),
                vpc: told.vpc.clone(),
                group_references: told.group_references,
                table,
            });
        }
        for (id, gateway) in &mut transit.gateways {
            let told = facts.gateways.get(id);
            gateway.group_references = told.map(|told| told.group_references);
        }
        transit
    }

    /// The gateways, by id.
    pub(super) fn gateways(&self) -> impl Iterator<Item = (&str, &Gateway)> {
        let gateways = self.gateways.iter();
        gateways.map(|(id, gateway)| (id.as_str(), gateway))
    }
}

impl Gateway {
    /// Whether a table leads an address to an attachment; none if its routes were not seen.
    pub(super) fn leads(&self, table: &str, to: Ipv4Addr, attachment: &Attachment) -> Option<bool> {
        let table = self.tables.get(table)?.as_ref()?;
        Some(table.leads(to) == Some(&attachment.id))
    }

    /// The ranges that the routes of a table are for.
    pub(super) fn ranges(&self, table: &str) -> impl Iterator<Item = Ipv4Net> + '_ {
        let table = self.tables.get(table).and_then(Option::as_ref);
        table.into_iter().flat_map(|table| table.0.keys().copied())
    }
}

impl TransitWay<'_> {
    /// Whether the gateway hands packets over to both sides; what of that was not seen is added.
    pub(crate) fn carries(
        &self,
        there: Ipv4Addr,
        back: Ipv4Addr,
        unseen: &mut Vec<String>,
    ) -> bool {
        for (from, address, to) in [(self.near, there, self.far), (self.far, back, self.near)] {
            let Some(name) = &from.table else {
                let (from, to) = (&from.id, &to.id);
                unseen.push(format!("the route table of {from} leads to {to}"));
                continue;
            };
            match self.gateway.leads(name, address, to) {
                Some(true) => {}
                Some(false) => return false,
                None => unseen.push(format!("the routes of {name} lead to {}", to.id)),
            }
        }
        true
    }

    /// Whether security groups of the one side may name groups of the other; none if that was not seen.
    pub(crate) fn group_references(&self) -> Option<bool> {
        let of_all = [
            self.gateway.group_references,
            self.near.group_references,
            self.far.group_references,
        ];
        if of_all.contains(&Some(false)) {
            return Some(false);
        }
        (!of_all.contains(&None)).then_some(true)
    }
}

impl Table {
    /// None if not all that belongs to it was seen.
    fn new(networks: &NetworkFacts, gateway: &str, name: &str) -> Option<Self> {
        let facts = &networks.transit;
        let unknown = TableFacts::default();
        let told = facts.tables.get(name).unwrap_or(&unknown);
        let mut routes = match &told.routes {
            Listed::Unseen => return None,
            Listed::Whole(routes) => routes.clone(),
            Listed::Apart => {
                let gateway_facts = facts.gateways.get(gateway);
                if !told.described && !gateway_facts.is_some_and(|gateway| gateway.whole) {
                    return None;
                }
                let default = gateway_facts.and_then(|gateway| gateway.propagation.as_deref());
                let propagates = |id: &str, attachment: &AttachmentFacts| {
                    let unasked = default == Some(name) && attachment.gateway == gateway;
                    attachment.available && (unasked || told.propagations.contains(id))
                };
                let attachments = facts.attachments.iter();
                attachments
                    .filter(|(id, attachment)| propagates(id, attachment))
                    .flat_map(|(id, attachment)| {
                        let ranges = networks.ranges_of(&attachment.vpc);
                        ranges.into_iter().map(|to| TransitRoute {
                            to,
                            by_hand: false,
                            attachment: Some(id.clone()),
                        })
                    })
                    .collect()
            }
        };
        routes.extend(told.own_routes.iter().cloned());
        // The first of the same range stays: AWS propagates no range that another VPC has already.
        routes.sort_by_key(|route| !route.by_hand);
        let mut table = Self::default();
        for route in routes {
            table.0.entry(route.to.trunc()).or_insert(route.attachment);
        }
        Some(table)
    }

    /// The attachment that the most specific route to an address leads to.
    fn leads(&self, to: Ipv4Addr) -> Option<&String> {
        let mut ranges = (0..=32).rev().filter_map(|length| {
            let range = Ipv4Net::new(to, length).ok()?;
            self.0.get(&range.trunc())
        });
        ranges.next()?.as_ref()
    }
}

/// The table that an attachment is associated with; `Some(None)` if that was not seen.
fn association(facts: &TransitFacts, id: &str, told: &AttachmentFacts) -> Option<Option<String>> {
    let names = |table: &TableFacts| {
        table.own_associations.contains(id)
            || matches!(&table.associations, Listed::Whole(all) if all.iter().any(|one| one == id))
    };
    let named = || facts.tables.iter().find(|(_, table)| names(table));
    let told_by = told.table.clone().or_else(|| Some(named()?.0.clone()));
    if told_by.is_some() {
        return Some(told_by);
    }
    let Some(gateway) = facts.gateways.get(&told.gateway) else {
        return Some(None);
    };
    // A table that lists its associations and leaves this one out is not it.
    let open = |table: &&String| {
        let table = facts.tables.get(*table);
        table.is_none_or(|table| !matches!(table.associations, Listed::Whole(_)))
    };
    let unseen = |table: &TableFacts| table.associations == Listed::Unseen;
    match gateway.association.as_ref().filter(open) {
        Some(table) => Some(Some(table.clone())),
        None if gateway.whole && !facts.tables.values().any(unseen) => None,
        None => Some(None),
    }
}
