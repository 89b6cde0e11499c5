//! What joins networks, and what watches them: `AWS::EC2::VPCPeeringConnection`,
//! `AWS::EC2::VPCEndpoint`, `AWS::EC2::FlowLog`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::ec2::VpcPeeringConnectionKind;
use blastwall_model::resources::{
    FlowLog, FlowLogKind, VpcEndpoint, VpcEndpointKind, VpcPeeringConnection,
};

use crate::Product;
use crate::context::Context;
use crate::convert::{Policy, sorted, text, time};
use crate::harvest::Harvest;
use crate::services::listing::list_pages;

const LIST_PEERINGS: Declaration = super::call(
    "DescribeVpcPeeringConnections",
    "ec2:DescribeVpcPeeringConnections",
);
const LIST_ENDPOINTS: Declaration = super::call("DescribeVpcEndpoints", "ec2:DescribeVpcEndpoints");
const LIST_FLOW_LOGS: Declaration = super::call("DescribeFlowLogs", "ec2:DescribeFlowLogs");

pub(super) const PEERING: Product =
    super::product(VpcPeeringConnectionKind::TYPE, &[LIST_PEERINGS]);
pub(super) const ENDPOINT: Product = super::product(VpcEndpointKind::TYPE, &[LIST_ENDPOINTS]);
pub(super) const FLOW_LOG: Product = super::product(FlowLogKind::TYPE, &[LIST_FLOW_LOGS]);

pub(super) async fn list_peerings(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2
        .describe_vpc_peering_connections()
        .max_results(super::PAGE);
    list_pages!(
        context,
        region,
        LIST_PEERINGS,
        request,
        vpc_peering_connections,
        peering
    )
}

pub(super) async fn list_endpoints(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.describe_vpc_endpoints().max_results(super::PAGE);
    list_pages!(
        context,
        region,
        LIST_ENDPOINTS,
        request,
        vpc_endpoints,
        endpoint
    )
}

pub(super) async fn list_flow_logs(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.describe_flow_logs().max_results(super::PAGE);
    list_pages!(
        context,
        region,
        LIST_FLOW_LOGS,
        request,
        flow_logs,
        flow_log
    )
}

fn peering(
    context: &Context<'_>,
    region: &str,
    answer: &types::VpcPeeringConnection,
) -> Result<VpcPeeringConnection, Failure> {
    let id = answer.vpc_peering_connection_id().unwrap_or_default();
    let arn = context.arn("ec2", region, &format!("vpc-peering-connection/{id}"))?;
    let mut peering = VpcPeeringConnection::new(arn, context.session.account().clone(), region);
    peering.tags = super::tags(answer.tags());
    peering.config.id = text(Some(id)).into();
    let observed = &mut peering.observed;
    observed.status = text(
        answer
            .status()
            .and_then(|status| status.code())
            .map(|code| code.as_str()),
    )
    .into();
    if let Some(asking) = answer.requester_vpc_info() {
        peering.config.vpc_id = text(asking.vpc_id()).into();
        observed.owner_id = text(asking.owner_id()).into();
        observed.region = text(asking.region()).into();
        observed.cidr_blocks = blocks(asking).into();
    }
    if let Some(asked) = answer.accepter_vpc_info() {
        peering.config.peer_vpc_id = text(asked.vpc_id()).into();
        peering.config.peer_owner_id = text(asked.owner_id()).into();
        peering.config.peer_region = text(asked.region()).into();
        observed.peer_cidr_blocks = blocks(asked).into();
    }
    Ok(peering)
}

/// The ranges of one side; of a connection that is not active AWS tells only the first, or none.
fn blocks(side: &types::VpcPeeringConnectionVpcInfo) -> Option<Vec<String>> {
    let v4 = side.cidr_block_set().iter();
    let v4 = v4.filter_map(|block| text(block.cidr_block()));
    let v6 = side.ipv6_cidr_block_set().iter();
    let v6 = v6.filter_map(|block| text(block.ipv6_cidr_block()));
    let first = text(side.cidr_block());
    let mut blocks = sorted(v4.chain(v6).chain(first));
    blocks.dedup();
    Some(blocks).filter(|blocks| !blocks.is_empty())
}

fn endpoint(
    context: &Context<'_>,
    region: &str,
    answer: &types::VpcEndpoint,
) -> Result<VpcEndpoint, Failure> {
    let id = answer.vpc_endpoint_id().unwrap_or_default();
    let owner = super::owner(context, answer.owner_id());
    let arn = context.arn_of("ec2", region, owner, &format!("vpc-endpoint/{id}"))?;
    let mut endpoint = VpcEndpoint::new(arn, context.session.account().clone(), region);
    endpoint.tags = super::tags(answer.tags());
    let config = &mut endpoint.config;
    config.id = text(Some(id)).into();
    config.vpc_id = text(answer.vpc_id()).into();
    config.service_name = text(answer.service_name()).into();
    config.vpc_endpoint_type = text(answer.vpc_endpoint_type().map(|it| it.as_str())).into();
    config.policy_document = text(answer.policy_document())
        .map(|policy| Policy::plain(&policy).document)
        .into();
    config.route_table_ids = sorted(answer.route_table_ids().iter().cloned()).into();
    config.subnet_ids = sorted(answer.subnet_ids().iter().cloned()).into();
    let groups = answer.groups().iter();
    config.security_group_ids = sorted(groups.filter_map(|group| text(group.group_id()))).into();
    config.private_dns_enabled = answer.private_dns_enabled().into();
    endpoint.observed.state = text(answer.state().map(|it| it.as_str())).into();
    endpoint.observed.owner_id = text(answer.owner_id()).into();
    Ok(endpoint)
}

fn flow_log(
    context: &Context<'_>,
    region: &str,
    answer: &types::FlowLog,
) -> Result<FlowLog, Failure> {
    let id = answer.flow_log_id().unwrap_or_default();
    let arn = context.arn("ec2", region, &format!("vpc-flow-log/{id}"))?;
    let mut log = FlowLog::new(arn, context.session.account().clone(), region);
    log.tags = super::tags(answer.tags());
    let config = &mut log.config;
    config.id = text(Some(id)).into();
    config.resource_id = text(answer.resource_id()).into();
    config.traffic_type = text(answer.traffic_type().map(|it| it.as_str())).into();
    config.log_destination_type = text(answer.log_destination_type().map(|it| it.as_str())).into();
    config.log_destination = text(answer.log_destination()).into();
    config.log_group_name = text(answer.log_group_name()).into();
    config.deliver_logs_permission_arn = text(answer.deliver_logs_permission_arn()).into();
    let observed = &mut log.observed;
    observed.flow_log_status = text(answer.flow_log_status()).into();
    observed.deliver_logs_status = text(answer.deliver_logs_status()).into();
    observed.creation_time = answer.creation_time().and_then(time).into();
    Ok(log)
}
