//! The transit gateways that an account tells of: what is attached to them and how they route.
//!
//! Gateway, route tables and attachments usually lie in different accounts, and an attachment is told by
//! its owner and by that of the gateway. So this is only what is told, to be merged; what follows from it,
//! the gateway's defaults included, is the matter of [`crate::world::Transit`].

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::resources::ec2::TransitGatewayTableRoute;
use blastwall_model::resources::{
    TransitGatewayAttachment, TransitGatewayAttachmentKind, TransitGatewayKind,
    TransitGatewayRouteTableKind,
};
use blastwall_model::{Document, Field, Kind};
use ipnet::Ipv4Net;
use serde_json::Value;

use super::networks::all;

/// What CloudFormation calls the attachment of a VPC besides; its properties are the same.
const VPC_ATTACHMENT: &str = "AWS::EC2::TransitGatewayVpcAttachment";
const ROUTE: &str = "AWS::EC2::TransitGatewayRoute";
const ASSOCIATION: &str = "AWS::EC2::TransitGatewayRouteTableAssociation";
const PROPAGATION: &str = "AWS::EC2::TransitGatewayRouteTablePropagation";

/// Every type that is read here.
pub(super) const TYPES: [&str; 7] = [
    TransitGatewayKind::TYPE,
    TransitGatewayAttachmentKind::TYPE,
    TransitGatewayRouteTableKind::TYPE,
    VPC_ATTACHMENT,
    ROUTE,
    ASSOCIATION,
    PROPAGATION,
];

/// A transit gateway.
#[derive(Clone, Debug)]
pub(crate) struct GatewayFacts {
    /// Whether its owner was looked into, who sees all of it.
    pub(crate) whole: bool,
    /// The table that attachments are associated with unless told otherwise.
    pub(crate) association: Option<String>,
    /// The table that attachments propagate to unasked.
    pub(crate) propagation: Option<String>,
    /// Whether security groups may name groups of other VPCs.
    pub(crate) group_references: bool,
}

/// The attachment of a VPC.
#[derive(Clone, Debug)]
pub(crate) struct AttachmentFacts {
    pub(crate) gateway: String,
    pub(crate) vpc: String,
    /// The account that owns the VPC; none if that is not told.
    pub(crate) owner: Option<String>,
    /// The account whose attachment its ARN says that it is.
    pub(crate) account: String,
    pub(crate) available: bool,
    /// Whether it lets security groups name groups of other VPCs; none if that was not seen.
    pub(crate) group_references: Option<bool>,
    /// The table that it says it is associated with.
    pub(crate) table: Option<String>,
}

/// A route, to an attachment; to none if it drops what it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TransitRoute {
    pub(crate) to: Ipv4Net,
    /// Whether it was made by hand, which decides between two to the same range.
    pub(crate) by_hand: bool,
    pub(crate) attachment: Option<String>,
}

/// A list that a table may tell whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Listed<T> {
    /// It does not: what there is of it is told apart.
    #[default]
    Apart,
    /// It could not be seen.
    Unseen,
    Whole(Vec<T>),
}

impl<T> Listed<T> {
    fn of<F>(field: &Field<Vec<F>>, read: impl Fn(&F) -> Option<T>) -> Self {
        match field.get() {
            Ok(None) => Self::Apart,
            Ok(Some(items)) => Self::Whole(items.iter().filter_map(read).collect()),
            Err(_) => Self::Unseen,
        }
    }

    /// What two accounts tell of the same list: the one that knows more.
    fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Whole(_), _) | (_, Self::Apart) => self,
            _ => other,
        }
    }
}

/// A route table of a transit gateway.
#[derive(Clone, Debug, Default)]
pub(crate) struct TableFacts {
    /// Whether it is told of itself, not only by what belongs to it.
    pub(crate) described: bool,
    pub(crate) routes: Listed<TransitRoute>,
    pub(crate) associations: Listed<String>,
    /// Routes, associations and propagations that are told apart.
    pub(crate) own_routes: Vec<TransitRoute>,
    pub(crate) own_associations: BTreeSet<String>,
    pub(crate) propagations: BTreeSet<String>,
}

/// What is told of transit gateways, all by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct TransitFacts {
    pub(crate) gateways: BTreeMap<String, GatewayFacts>,
    pub(crate) attachments: BTreeMap<String, AttachmentFacts>,
    pub(crate) tables: BTreeMap<String, TableFacts>,
}

impl TransitFacts {
    pub(super) fn read<'a>(documents: impl Iterator<Item = &'a Document> + Clone) -> Self {
        let mut facts = Self::default();
        for gateway in all::<TransitGatewayKind>(documents.clone()) {
            let config = &gateway.config;
            let Some(id) = config.id.known() else {
                continue;
            };
            let owner = gateway.observed.owner_id.known().map(String::as_str);
            // Both tables are made with the gateway, as one, unless they are not wanted.
            let default = |on: &Field<String>, table: &Field<String>| {
                let name = || format!("the default route table of {id}");
                let on = on.known().is_none_or(|on| on == "enable");
                on.then(|| table.known().cloned().unwrap_or_else(name))
            };
            let told = GatewayFacts {
                whole: owner.unwrap_or(gateway.arn.account()) == gateway.account.as_str(),
                association: default(
                    &config.default_route_table_association,
                    &config.association_default_route_table_id,
                ),
                propagation: default(
                    &config.default_route_table_propagation,
                    &config.propagation_default_route_table_id,
                ),
                group_references: enabled(config.security_group_referencing_support.known(), false),
            };
            facts.add_gateway(id.clone(), told);
        }
        for table in all::<TransitGatewayRouteTableKind>(documents.clone()) {
            let observed = &table.observed;
            if let Some(id) = table.config.transit_gateway_route_table_id.known() {
                let told = TableFacts {
                    described: true,
                    routes: Listed::of(&observed.routes, route),
                    associations: Listed::of(&observed.associations, |id| Some(id.clone())),
                    ..TableFacts::default()
                };
                facts.add_table(id.clone(), told);
            }
        }
        for document in documents.filter(|document| TYPES.contains(&document.kind.as_str())) {
            facts.read_apart(document);
        }
        facts
    }

    /// What CloudFormation keeps apart, and attachments, of which it has two types.
    fn read_apart(&mut self, document: &Document) {
        let Ok(value) = serde_json::from_str::<Value>(document.json()) else {
            return;
        };
        let kind = document.kind.as_str();
        if [TransitGatewayAttachmentKind::TYPE, VPC_ATTACHMENT].contains(&kind) {
            if let Some((id, attachment)) = attachment(document, value) {
                self.add_attachment(id, attachment);
            }
            return;
        }
        let text = |name: &str| value.pointer(&format!("/config/{name}"))?.as_str();
        let Some(table) = text("TransitGatewayRouteTableId") else {
            return;
        };
        let attachment = text("TransitGatewayAttachmentId").map(str::to_owned);
        let mut told = TableFacts::default();
        match (kind, attachment) {
            (ASSOCIATION, Some(attachment)) => told.own_associations.extend([attachment]),
            (PROPAGATION, Some(attachment)) => told.propagations.extend([attachment]),
            (ROUTE, attachment) => {
                let to = text("DestinationCidrBlock").and_then(|range| range.parse().ok());
                let blackhole = value.pointer("/config/Blackhole").and_then(Value::as_bool);
                told.own_routes.extend(to.map(|to| TransitRoute {
                    to,
                    by_hand: true,
                    attachment: attachment.filter(|_| blackhole != Some(true)),
                }));
            }
            _ => return,
        }
        self.add_table(table.to_owned(), told);
    }

    fn add_gateway(&mut self, id: String, told: GatewayFacts) {
        // Others than the owner may see less of it.
        let known = self.gateways.get(&id);
        if told.whole || known.is_none() {
            self.gateways.insert(id, told);
        }
    }

    fn add_attachment(&mut self, id: String, told: AttachmentFacts) {
        let Some(known) = self.attachments.get_mut(&id) else {
            self.attachments.insert(id, told);
            return;
        };
        known.owner = known.owner.take().or(told.owner);
        known.available &= told.available;
        known.group_references = known.group_references.or(told.group_references);
        known.table = known.table.take().or(told.table);
    }

    fn add_table(&mut self, id: String, told: TableFacts) {
        let known = self.tables.entry(id).or_default();
        known.described |= told.described;
        known.routes = std::mem::take(&mut known.routes).or(told.routes);
        known.associations = std::mem::take(&mut known.associations).or(told.associations);
        known.own_routes.extend(told.own_routes);
        known.own_associations.extend(told.own_associations);
        known.propagations.extend(told.propagations);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gateways.is_empty() && self.attachments.is_empty() && self.tables.is_empty()
    }

    /// Takes in what other accounts tell.
    pub(super) fn extend(&mut self, other: Self) {
        for (id, told) in other.gateways {
            self.add_gateway(id, told);
        }
        for (id, told) in other.attachments {
            self.add_attachment(id, told);
        }
        for (id, told) in other.tables {
            self.add_table(id, told);
        }
    }
}

fn enabled(told: Option<&String>, unless_told: bool) -> bool {
    told.map_or(unless_told, |told| told == "enable")
}

/// The attachment in a document, whichever of the two types that has.
fn attachment(document: &Document, mut value: Value) -> Option<(String, AttachmentFacts)> {
    if let Some(kind) = value.get_mut("type") {
        *kind = TransitGatewayAttachmentKind::TYPE.into();
    }
    let attachment: TransitGatewayAttachment = serde_json::from_value(value).ok()?;
    let (config, observed) = (&attachment.config, &attachment.observed);
    let facts = AttachmentFacts {
        gateway: config.transit_gateway_id.known()?.clone(),
        vpc: config.vpc_id.known()?.clone(),
        owner: observed.resource_owner_id.known().cloned(),
        account: document.arn.account().to_owned(),
        available: observed
            .state
            .known()
            .is_none_or(|state| state == "available"),
        // Unlike gateways, attachments let groups name each other unless told otherwise.
        group_references: config.options.get().ok().map(|options| {
            let told = options.and_then(|it| it.security_group_referencing_support.as_ref());
            enabled(told, true)
        }),
        table: observed.association_route_table_id.known().cloned(),
    };
    Some((config.id.known()?.clone(), facts))
}

fn route(route: &TransitGatewayTableRoute) -> Option<TransitRoute> {
    let active = route.state.as_deref() != Some("blackhole");
    let attachment = route.transit_gateway_attachment_id.clone();
    Some(TransitRoute {
        to: route.destination_cidr_block.parse().ok()?,
        by_hand: route.r#type.as_deref() != Some("propagated"),
        attachment: attachment.filter(|_| active),
    })
}
