//! Virtual private clouds and their subnets and gateways: `AWS::EC2::VPC`, `AWS::EC2::Subnet`,
//! `AWS::EC2::InternetGateway`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::{
    InternetGateway, InternetGatewayKind, Subnet, SubnetKind, Vpc, VpcKind,
};

use crate::Product;
use crate::context::Context;
use crate::convert::{sorted, text};
use crate::harvest::Harvest;
use crate::services::listing::list_pages;

const LIST_VPCS: Declaration = super::call("DescribeVpcs", "ec2:DescribeVpcs");
const LIST_SUBNETS: Declaration = super::call("DescribeSubnets", "ec2:DescribeSubnets");
const LIST_GATEWAYS: Declaration =
    super::call("DescribeInternetGateways", "ec2:DescribeInternetGateways");

pub(super) const VPC: Product = super::product(VpcKind::TYPE, &[LIST_VPCS]);
pub(super) const SUBNET: Product = super::product(SubnetKind::TYPE, &[LIST_SUBNETS]);
pub(super) const GATEWAY: Product = super::product(InternetGatewayKind::TYPE, &[LIST_GATEWAYS]);

pub(super) async fn list_vpcs(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.describe_vpcs().max_results(super::PAGE);
    list_pages!(context, region, LIST_VPCS, request, vpcs, vpc)
}

pub(super) async fn list_subnets(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.describe_subnets().max_results(super::PAGE);
    list_pages!(context, region, LIST_SUBNETS, request, subnets, subnet)
}

pub(super) async fn list_gateways(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.describe_internet_gateways().max_results(super::PAGE);
    list_pages!(
        context,
        region,
        LIST_GATEWAYS,
        request,
        internet_gateways,
        gateway
    )
}

fn vpc(context: &Context<'_>, region: &str, answer: &types::Vpc) -> Result<Vpc, Failure> {
    let id = answer.vpc_id().unwrap_or_default();
    let owner = super::owner(context, answer.owner_id());
    let arn = context.arn_of("ec2", region, owner, &format!("vpc/{id}"))?;
    let mut vpc = Vpc::new(arn, context.session.account().clone(), region);
    vpc.tags = super::tags(answer.tags());
    vpc.config.vpc_id = text(Some(id)).into();
    vpc.config.cidr_block = text(answer.cidr_block()).into();
    vpc.config.instance_tenancy = text(answer.instance_tenancy().map(|it| it.as_str())).into();
    vpc.observed.is_default = answer.is_default().into();
    vpc.observed.state = text(answer.state().map(|it| it.as_str())).into();
    let v4 = answer
        .cidr_block_association_set()
        .iter()
        .filter_map(|block| text(block.cidr_block()));
    let v6 = answer
        .ipv6_cidr_block_association_set()
        .iter()
        .filter_map(|block| text(block.ipv6_cidr_block()));
    vpc.observed.cidr_blocks = sorted(v4.chain(v6)).into();
    Ok(vpc)
}

fn subnet(context: &Context<'_>, region: &str, answer: &types::Subnet) -> Result<Subnet, Failure> {
    let id = answer.subnet_id().unwrap_or_default();
    let owner = super::owner(context, answer.owner_id());
    let arn = context.arn_of("ec2", region, owner, &format!("subnet/{id}"))?;
    let mut subnet = Subnet::new(arn, context.session.account().clone(), region);
    subnet.tags = super::tags(answer.tags());
    let config = &mut subnet.config;
    config.subnet_id = text(Some(id)).into();
    config.vpc_id = text(answer.vpc_id()).into();
    config.cidr_block = text(answer.cidr_block()).into();
    config.ipv6_cidr_block = answer
        .ipv6_cidr_block_association_set()
        .iter()
        .find_map(|block| text(block.ipv6_cidr_block()))
        .into();
    config.availability_zone = text(answer.availability_zone()).into();
    config.map_public_ip_on_launch = answer.map_public_ip_on_launch().into();
    let observed = &mut subnet.observed;
    observed.state = text(answer.state().map(|it| it.as_str())).into();
    observed.available_ip_address_count = answer.available_ip_address_count().into();
    observed.owner_id = text(answer.owner_id()).into();
    Ok(subnet)
}

fn gateway(
    context: &Context<'_>,
    region: &str,
    answer: &types::InternetGateway,
) -> Result<InternetGateway, Failure> {
    let id = answer.internet_gateway_id().unwrap_or_default();
    let owner = super::owner(context, answer.owner_id());
    let arn = context.arn_of("ec2", region, owner, &format!("internet-gateway/{id}"))?;
    let mut gateway = InternetGateway::new(arn, context.session.account().clone(), region);
    gateway.tags = super::tags(answer.tags());
    gateway.config.internet_gateway_id = text(Some(id)).into();
    let attached = answer.attachments().iter();
    gateway.config.vpc_ids = sorted(attached.filter_map(|one| text(one.vpc_id()))).into();
    Ok(gateway)
}
