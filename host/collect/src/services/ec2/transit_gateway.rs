//! What joins many networks: `AWS::EC2::TransitGateway`, `AWS::EC2::TransitGatewayAttachment`,
//! `AWS::EC2::TransitGatewayRouteTable`.
//!
//! Attachments come first, because few regions have any: without one nothing else is asked. Route tables
//! show to the owner of a gateway alone, and each takes two calls.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{self, Filter};
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::ec2::{TransitGatewayAttachmentOptions, TransitGatewayTableRoute};
use blastwall_model::resources::{
    TransitGateway, TransitGatewayAttachment, TransitGatewayAttachmentKind, TransitGatewayKind,
    TransitGatewayRouteTable, TransitGatewayRouteTableKind,
};
use futures::{StreamExt, stream};

use crate::Product;
use crate::context::Context;
use crate::convert::{sorted, text};
use crate::harvest::{About, Harvest, malformed, unknown};
use crate::pages::pages;
use crate::services::listing::list_pages;

const GATEWAYS: Declaration = super::call("DescribeTransitGateways", "ec2:DescribeTransitGateways");
const ATTACHMENTS: Declaration = super::call(
    "DescribeTransitGatewayAttachments",
    "ec2:DescribeTransitGatewayAttachments",
);
const VPC_ATTACHMENTS: Declaration = super::call(
    "DescribeTransitGatewayVpcAttachments",
    "ec2:DescribeTransitGatewayVpcAttachments",
);
const TABLES: Declaration = super::call(
    "DescribeTransitGatewayRouteTables",
    "ec2:DescribeTransitGatewayRouteTables",
);
const ASSOCIATIONS: Declaration = super::call(
    "GetTransitGatewayRouteTableAssociations",
    "ec2:GetTransitGatewayRouteTableAssociations",
);
const ROUTES: Declaration = super::call(
    "SearchTransitGatewayRoutes",
    "ec2:SearchTransitGatewayRoutes",
);

pub(super) const GATEWAY: Product =
    super::product(TransitGatewayKind::TYPE, &[ATTACHMENTS, GATEWAYS]);
pub(super) const ATTACHMENT: Product = super::product(
    TransitGatewayAttachmentKind::TYPE,
    &[ATTACHMENTS, VPC_ATTACHMENTS],
);
pub(super) const TABLE: Product = super::product(
    TransitGatewayRouteTableKind::TYPE,
    &[ATTACHMENTS, TABLES, ASSOCIATIONS, ROUTES],
);

/// How many route tables of a region are looked into side by side.
const AT_ONCE: usize = 4;

/// Everything about transit gateways in a region, as far as it is wanted.
pub(super) async fn list(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let kinds = context.wanted(&[
        TransitGatewayKind::TYPE,
        TransitGatewayAttachmentKind::TYPE,
        TransitGatewayRouteTableKind::TYPE,
    ]);
    let mut harvest = Harvest::default();
    if kinds.is_empty() {
        return harvest;
    }
    let mut attachments = Vec::new();
    let stream = ec2
        .describe_transit_gateway_attachments()
        .filters(filter("resource-type", &["vpc"]))
        .max_results(super::PAGE)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for answer in page.transit_gateway_attachments() {
            match attachment(context, region, answer) {
                Ok(attachment) => attachments.push(attachment),
                Err(failure) => harvest.listing(&kinds, ATTACHMENTS, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&kinds, ATTACHMENTS, region, &failure);
    }
    if attachments.is_empty() {
        return harvest;
    }
    let own = context.session.account().as_str();
    let owned = attachments.iter().any(|attachment| {
        let owner = attachment.observed.transit_gateway_owner_id.known();
        owner.is_some_and(|owner| owner == own)
    });
    if context.wants(TransitGatewayKind::TYPE) {
        harvest.append(list_gateways(context, region, ec2).await);
    }
    if context.wants(TransitGatewayRouteTableKind::TYPE) && owned {
        harvest.append(list_tables(context, region, ec2).await);
    }
    if context.wants(TransitGatewayAttachmentKind::TYPE) {
        harvest.append(look_into(context, ec2, attachments).await);
    }
    harvest
}

fn filter(name: &str, values: &[&str]) -> Filter {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Filter::builder()
        .name(name)
        .set_values(Some(values))
        .build()
}

async fn list_gateways(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.describe_transit_gateways().max_results(super::PAGE);
    list_pages!(
        context,
        region,
        GATEWAYS,
        request,
        transit_gateways,
        gateway
    )
}

fn gateway(
    context: &Context<'_>,
    region: &str,
    answer: &types::TransitGateway,
) -> Result<TransitGateway, Failure> {
    let id = answer.transit_gateway_id().unwrap_or_default();
    let owner = super::owner(context, answer.owner_id());
    let arn = context.arn_of("ec2", region, owner, &format!("transit-gateway/{id}"))?;
    let mut gateway = TransitGateway::new(arn, context.session.account().clone(), region);
    gateway.tags = super::tags(answer.tags());
    let config = &mut gateway.config;
    config.id = text(Some(id)).into();
    if let Some(options) = answer.options() {
        config.association_default_route_table_id =
            text(options.association_default_route_table_id()).into();
        config.propagation_default_route_table_id =
            text(options.propagation_default_route_table_id()).into();
        let association = options.default_route_table_association();
        config.default_route_table_association = text(association.map(|it| it.as_str())).into();
        let propagation = options.default_route_table_propagation();
        config.default_route_table_propagation = text(propagation.map(|it| it.as_str())).into();
        let references = options.security_group_referencing_support();
        config.security_group_referencing_support = text(references.map(|it| it.as_str())).into();
    }
    gateway.observed.owner_id = text(answer.owner_id()).into();
    gateway.observed.state = text(answer.state().map(|it| it.as_str())).into();
    Ok(gateway)
}

fn attachment(
    context: &Context<'_>,
    region: &str,
    answer: &types::TransitGatewayAttachment,
) -> Result<TransitGatewayAttachment, Failure> {
    let id = answer.transit_gateway_attachment_id().unwrap_or_default();
    let owner = super::owner(context, answer.resource_owner_id());
    let resource = format!("transit-gateway-attachment/{id}");
    let arn = context.arn_of("ec2", region, owner, &resource)?;
    let account = context.session.account().clone();
    let mut attachment = TransitGatewayAttachment::new(arn, account, region);
    attachment.tags = super::tags(answer.tags());
    attachment.config.id = text(Some(id)).into();
    attachment.config.transit_gateway_id = text(answer.transit_gateway_id()).into();
    attachment.config.vpc_id = text(answer.resource_id()).into();
    let observed = &mut attachment.observed;
    observed.state = text(answer.state().map(|it| it.as_str())).into();
    observed.resource_owner_id = text(answer.resource_owner_id()).into();
    observed.transit_gateway_owner_id = text(answer.transit_gateway_owner_id()).into();
    let association = answer.association();
    observed.association_route_table_id =
        text(association.and_then(|it| it.transit_gateway_route_table_id())).into();
    Ok(attachment)
}

/// Adds what only the listing of attachments of VPCs has: subnets and options.
async fn look_into(
    context: &Context<'_>,
    ec2: &Client,
    attachments: Vec<TransitGatewayAttachment>,
) -> Harvest {
    let mut harvest = Harvest::default();
    let mut described = BTreeMap::new();
    let stream = ec2
        .describe_transit_gateway_vpc_attachments()
        .max_results(super::PAGE)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for answer in page.transit_gateway_vpc_attachments() {
            let id = answer.transit_gateway_attachment_id().unwrap_or_default();
            described.insert(id.to_owned(), answer.clone());
        }
    })
    .await;
    for mut attachment in attachments {
        let id = attachment.config.id.known();
        match (id.and_then(|id| described.get(id)), &ended) {
            (Some(answer), _) => {
                let config = &mut attachment.config;
                config.subnet_ids = sorted(answer.subnet_ids().iter().cloned()).into();
                let options = answer.options().map(|options| {
                    let references = options.security_group_referencing_support();
                    TransitGatewayAttachmentOptions {
                        security_group_referencing_support: text(references.map(|it| it.as_str())),
                    }
                });
                config.options = options.into();
            }
            (None, Err(failure)) => {
                let about = About::resource(&attachment);
                harvest.incomplete(&about, VPC_ATTACHMENTS, failure);
                attachment.config.subnet_ids = unknown(VPC_ATTACHMENTS, failure);
                attachment.config.options = unknown(VPC_ATTACHMENTS, failure);
            }
            // Deleted ones linger in the one listing longer than in the other.
            (None, Ok(())) => {}
        }
        harvest.add(&attachment);
    }
    harvest
}

async fn list_tables(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    const KIND: &str = TransitGatewayRouteTableKind::TYPE;
    let mut harvest = Harvest::default();
    let mut tables = Vec::new();
    let stream = ec2
        .describe_transit_gateway_route_tables()
        .max_results(super::PAGE)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for answer in page.transit_gateway_route_tables() {
            match table(context, region, answer) {
                Ok(table) => tables.push(table),
                Err(failure) => harvest.listing(&[KIND], TABLES, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], TABLES, region, &failure);
    }
    let mut filled = stream::iter(tables)
        .map(|table| fill(context, ec2, table))
        .buffered(AT_ONCE)
        .boxed();
    while let Some(found) = filled.next().await {
        harvest.append(found);
    }
    harvest
}

fn table(
    context: &Context<'_>,
    region: &str,
    answer: &types::TransitGatewayRouteTable,
) -> Result<TransitGatewayRouteTable, Failure> {
    let id = answer.transit_gateway_route_table_id().unwrap_or_default();
    let arn = context.arn("ec2", region, &format!("transit-gateway-route-table/{id}"))?;
    let account = context.session.account().clone();
    let mut table = TransitGatewayRouteTable::new(arn, account, region);
    table.tags = super::tags(answer.tags());
    table.config.transit_gateway_route_table_id = text(Some(id)).into();
    table.config.transit_gateway_id = text(answer.transit_gateway_id()).into();
    Ok(table)
}

/// Adds associations and routes to a table.
async fn fill(context: &Context<'_>, ec2: &Client, mut table: TransitGatewayRouteTable) -> Harvest {
    let mut harvest = Harvest::default();
    let about = About::resource(&table);
    let id = table.config.transit_gateway_route_table_id.known().cloned();
    let id = id.unwrap_or_default();
    let answer = associations(context, ec2, &id).await;
    table.observed.associations = harvest.field(&about, ASSOCIATIONS, answer.map(Some));
    let answer = routes(context, ec2, &id).await;
    table.observed.routes = harvest.field(&about, ROUTES, answer.map(Some));
    harvest.add(&table);
    harvest
}

/// The attachments that are associated with a table.
async fn associations(
    context: &Context<'_>,
    ec2: &Client,
    table: &str,
) -> Result<Vec<String>, Failure> {
    let mut found = BTreeSet::new();
    let stream = ec2
        .get_transit_gateway_route_table_associations()
        .transit_gateway_route_table_id(table)
        .max_results(super::PAGE)
        .into_paginator()
        .send();
    pages(context.session, stream, |page| {
        let all = page.associations().iter();
        found.extend(all.filter_map(|one| text(one.transit_gateway_attachment_id())));
    })
    .await?;
    Ok(found.into_iter().collect())
}

async fn routes(
    context: &Context<'_>,
    ec2: &Client,
    table: &str,
) -> Result<Vec<TransitGatewayTableRoute>, Failure> {
    let mut found = Vec::new();
    let mut cut_off = false;
    let stream = ec2
        .search_transit_gateway_routes()
        .transit_gateway_route_table_id(table)
        // The search wants a filter, and these are all states that a route keeps.
        .filters(filter("state", &["active", "blackhole"]))
        .max_results(super::PAGE)
        .into_paginator()
        .send();
    pages(context.session, stream, |page| {
        found.extend(page.routes().iter().flat_map(route));
        cut_off = page.additional_routes_available() == Some(true) && page.next_token().is_none();
    })
    .await?;
    if cut_off {
        return Err(malformed("the table has more routes than the answer"));
    }
    Ok(sorted(found))
}

/// A route, once for each attachment that shares it.
fn route(answer: &types::TransitGatewayRoute) -> Vec<TransitGatewayTableRoute> {
    let to = |attachment: Option<String>| TransitGatewayTableRoute {
        destination_cidr_block: text(answer.destination_cidr_block()).unwrap_or_default(),
        r#type: text(answer.r#type().map(|it| it.as_str())),
        state: text(answer.state().map(|it| it.as_str())),
        transit_gateway_attachment_id: attachment,
    };
    let attachments = answer.transit_gateway_attachments();
    if attachments.is_empty() {
        return vec![to(None)];
    }
    let ids = attachments.iter();
    ids.map(|one| to(text(one.transit_gateway_attachment_id())))
        .collect()
}
