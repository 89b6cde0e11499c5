//! Amazon EC2, region by region: one module for types that belong together.

mod address;
mod connection;
mod endpoint_service;
mod instance;
mod security_group;
mod settings;
mod sharing;
mod template;
mod traffic;
mod transit_gateway;
mod user_data;
mod volume;
mod vpc;

use aws_sdk_ec2::Client;
use blastwall_aws::{Declaration, client};
use blastwall_model::Kind;
use blastwall_model::resources::{
    InstanceKind, NetworkAclKind, NetworkInterfaceKind, RegionKind, RouteTableKind,
    SecurityGroupKind, SubnetKind, VpcEndpointKind, VpcEndpointServiceKind, VpcKind,
    VpcPeeringConnectionKind,
};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};

use crate::catalogue::Run;
use crate::context::Context;
use crate::harvest::Harvest;
use crate::{Collector, Product, regions};

/// What lists one type in one region.
type List = for<'a> fn(&'a Context<'a>, &'a str, &'a Client) -> BoxFuture<'a, Harvest>;

/// The types and what lists each.
macro_rules! listings {
    ($($product:path => $list:path,)*) => {
        const LISTINGS: &[(&str, List)] = &[
            $(($product.kind, |context, region, ec2| $list(context, region, ec2).boxed())),*
        ];

        pub(crate) const COLLECTOR: Collector = Collector {
            service: "ec2",
            products: &[
                // Made where the regions are found out, which comes before any collector.
                product(RegionKind::TYPE, &[regions::DESCRIBE_REGIONS]),
                $($product,)*
                transit_gateway::ATTACHMENT,
                transit_gateway::GATEWAY,
                transit_gateway::TABLE,
            ],
            run: Run::EachRegion(|context, region| collect(context, region).boxed()),
        };
    };
}

listings! {
    address::ADDRESS => address::list_addresses,
    address::INTERFACE => address::list_interfaces,
    connection::ENDPOINT => connection::list_endpoints,
    connection::FLOW_LOG => connection::list_flow_logs,
    connection::PEERING => connection::list_peerings,
    endpoint_service::PRODUCT => endpoint_service::list,
    instance::PRODUCT => instance::list,
    security_group::PRODUCT => security_group::list,
    settings::EBS_ENCRYPTION => settings::ebs_encryption,
    settings::IMAGE_BLOCK => settings::image_block,
    settings::METADATA_DEFAULTS => settings::metadata_defaults,
    settings::SNAPSHOT_BLOCK => settings::snapshot_block,
    settings::VPC_BLOCK => settings::vpc_block,
    sharing::IMAGE => sharing::list_images,
    sharing::SNAPSHOT => sharing::list_snapshots,
    template::KEY_PAIR => template::list_key_pairs,
    template::TEMPLATE => template::list_templates,
    traffic::NETWORK_ACL => traffic::list_network_acls,
    traffic::ROUTE_TABLE => traffic::list_route_tables,
    volume::PRODUCT => volume::list,
    vpc::GATEWAY => vpc::list_gateways,
    vpc::SUBNET => vpc::list_subnets,
    vpc::VPC => vpc::list_vpcs,
}

/// How many resources a page has: the most that listings allow, but for those that say otherwise.
/// Source: EC2 API Reference, `MaxResults` of each.
const PAGE: i32 = 1000;

/// An operation of EC2, whose IAM actions are named like the operations.
const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "EC2",
        operation,
        action,
    }
}

/// A type whose tags come with it.
const fn product(kind: &'static str, calls: &'static [Declaration]) -> Product {
    Product {
        kind,
        calls,
        tags: &[],
    }
}

/// What is only in a VPC. Regions whose default VPC was deleted, as landing zones do, have none.
const IN_VPC: &[&str] = &[
    InstanceKind::TYPE,
    NetworkAclKind::TYPE,
    NetworkInterfaceKind::TYPE,
    RouteTableKind::TYPE,
    SecurityGroupKind::TYPE,
    SubnetKind::TYPE,
    VpcEndpointKind::TYPE,
    VpcEndpointServiceKind::TYPE,
    VpcPeeringConnectionKind::TYPE,
];

/// A region that is seen to have no VPC is not asked for what is only in one. Nor for transit gateways: their
/// owner may have no VPC beside them, but that is rare, and they would cost every account a call a region.
async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let ec2 = &client!(aws_sdk_ec2, context.session, region);
    let wanted = LISTINGS.iter().filter(|(kind, _)| context.wants(kind));
    let (inside, outside): (Vec<_>, Vec<_>) = wanted.partition(|(kind, _)| IN_VPC.contains(kind));
    let mut harvest = all(context, region, ec2, outside).await;
    if !(context.wants(VpcKind::TYPE) && harvest.has_none(VpcKind::TYPE)) {
        harvest.append(all(context, region, ec2, inside).await);
        harvest.append(transit_gateway::list(context, region, ec2).await);
    }
    harvest
}

async fn all(
    context: &Context<'_>,
    region: &str,
    ec2: &Client,
    listings: Vec<&(&str, List)>,
) -> Harvest {
    let mut harvest = Harvest::default();
    let listed = listings.iter().map(|(_, list)| list(context, region, ec2));
    for found in join_all(listed).await {
        harvest.append(found);
    }
    harvest
}

/// The account that owns something that may be shared with this one.
fn owner<'a>(context: &'a Context<'_>, named: Option<&'a str>) -> &'a str {
    named
        .filter(|owner| !owner.is_empty())
        .unwrap_or(context.session.account().as_str())
}

/// The tags of a resource.
fn tags(tags: &[aws_sdk_ec2::types::Tag]) -> blastwall_model::Field<blastwall_model::Tags> {
    crate::convert::tags(tags.iter().map(|tag| (tag.key(), tag.value())))
}
