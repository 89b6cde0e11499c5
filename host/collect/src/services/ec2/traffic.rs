//! What decides where traffic goes: `AWS::EC2::RouteTable`, `AWS::EC2::NetworkAcl`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::ec2::{
    Icmp, NetworkAclEntry, PortRange, Route, RouteTableAssociation,
};
use blastwall_model::resources::{NetworkAcl, NetworkAclKind, RouteTable, RouteTableKind};

use crate::Product;
use crate::context::Context;
use crate::convert::{sorted, text};
use crate::harvest::Harvest;
use crate::services::listing::list_pages;

const LIST_TABLES: Declaration = super::call("DescribeRouteTables", "ec2:DescribeRouteTables");
const LIST_ACLS: Declaration = super::call("DescribeNetworkAcls", "ec2:DescribeNetworkAcls");

pub(super) const ROUTE_TABLE: Product = super::product(RouteTableKind::TYPE, &[LIST_TABLES]);
pub(super) const NETWORK_ACL: Product = super::product(NetworkAclKind::TYPE, &[LIST_ACLS]);

/// The most that a page of route tables has.
/// Source: EC2 API Reference, `DescribeRouteTables`, `MaxResults`.
const TABLES: i32 = 100;

pub(super) async fn list_route_tables(
    context: &Context<'_>,
    region: &str,
    ec2: &Client,
) -> Harvest {
    let request = ec2.describe_route_tables().max_results(TABLES);
    list_pages!(
        context,
        region,
        LIST_TABLES,
        request,
        route_tables,
        route_table
    )
}

pub(super) async fn list_network_acls(
    context: &Context<'_>,
    region: &str,
    ec2: &Client,
) -> Harvest {
    let request = ec2.describe_network_acls().max_results(super::PAGE);
    list_pages!(
        context,
        region,
        LIST_ACLS,
        request,
        network_acls,
        network_acl
    )
}

fn route_table(
    context: &Context<'_>,
    region: &str,
    answer: &types::RouteTable,
) -> Result<RouteTable, Failure> {
    let id = answer.route_table_id().unwrap_or_default();
    let owner = super::owner(context, answer.owner_id());
    let arn = context.arn_of("ec2", region, owner, &format!("route-table/{id}"))?;
    let mut table = RouteTable::new(arn, context.session.account().clone(), region);
    table.tags = super::tags(answer.tags());
    table.config.route_table_id = text(Some(id)).into();
    table.config.vpc_id = text(answer.vpc_id()).into();
    table.config.routes = sorted(answer.routes().iter().map(route)).into();
    let associations = answer.associations().iter();
    table.config.associations = sorted(associations.map(|one| RouteTableAssociation {
        main: one.main().unwrap_or_default(),
        subnet_id: text(one.subnet_id()),
        gateway_id: text(one.gateway_id()),
    }))
    .into();
    Ok(table)
}

fn route(answer: &types::Route) -> Route {
    Route {
        destination_cidr_block: text(answer.destination_cidr_block()),
        destination_ipv6_cidr_block: text(answer.destination_ipv6_cidr_block()),
        destination_prefix_list_id: text(answer.destination_prefix_list_id()),
        gateway_id: text(answer.gateway_id()),
        nat_gateway_id: text(answer.nat_gateway_id()),
        egress_only_internet_gateway_id: text(answer.egress_only_internet_gateway_id()),
        transit_gateway_id: text(answer.transit_gateway_id()),
        vpc_peering_connection_id: text(answer.vpc_peering_connection_id()),
        network_interface_id: text(answer.network_interface_id()),
        state: text(answer.state().map(|it| it.as_str())),
    }
}

fn network_acl(
    context: &Context<'_>,
    region: &str,
    answer: &types::NetworkAcl,
) -> Result<NetworkAcl, Failure> {
    let id = answer.network_acl_id().unwrap_or_default();
    let owner = super::owner(context, answer.owner_id());
    let arn = context.arn_of("ec2", region, owner, &format!("network-acl/{id}"))?;
    let mut acl = NetworkAcl::new(arn, context.session.account().clone(), region);
    acl.tags = super::tags(answer.tags());
    acl.config.id = text(Some(id)).into();
    acl.config.vpc_id = text(answer.vpc_id()).into();
    let mut entries: Vec<NetworkAclEntry> = answer.entries().iter().map(entry).collect();
    entries.sort_by_key(|entry| (entry.egress, entry.rule_number, entry.cidr_block.is_none()));
    acl.config.entries = entries.into();
    let associations = answer.associations().iter();
    acl.config.subnet_ids = sorted(associations.filter_map(|one| text(one.subnet_id()))).into();
    acl.observed.is_default = answer.is_default().into();
    Ok(acl)
}

fn entry(answer: &types::NetworkAclEntry) -> NetworkAclEntry {
    NetworkAclEntry {
        rule_number: answer.rule_number().unwrap_or_default(),
        rule_action: text(answer.rule_action().map(|it| it.as_str())).unwrap_or_default(),
        egress: answer.egress().unwrap_or_default(),
        protocol: text(answer.protocol()).unwrap_or_default(),
        cidr_block: text(answer.cidr_block()),
        ipv6_cidr_block: text(answer.ipv6_cidr_block()),
        port_range: answer.port_range().map(|range| PortRange {
            from: range.from().unwrap_or_default(),
            to: range.to().unwrap_or_default(),
        }),
        icmp: answer.icmp_type_code().map(|icmp| Icmp {
            code: icmp.code().unwrap_or_default(),
            r#type: icmp.r#type().unwrap_or_default(),
        }),
    }
}
