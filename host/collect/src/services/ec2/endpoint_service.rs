//! Endpoint services of AWS PrivateLink, and whom they allow: `AWS::EC2::VPCEndpointService`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::describe_vpc_endpoint_service_configurations::DescribeVpcEndpointServiceConfigurationsOutput as Page;
use aws_sdk_ec2::types;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::{VpcEndpointService, VpcEndpointServiceKind};

use crate::Product;
use crate::context::Context;
use crate::convert::{sorted, text};
use crate::harvest::{About, Harvest};
use crate::pages::pages;
use crate::services::listing::list_and_ask;

const LIST: Declaration = super::call(
    "DescribeVpcEndpointServiceConfigurations",
    "ec2:DescribeVpcEndpointServiceConfigurations",
);
const ALLOWED: Declaration = super::call(
    "DescribeVpcEndpointServicePermissions",
    "ec2:DescribeVpcEndpointServicePermissions",
);

pub(super) const PRODUCT: Product = super::product(VpcEndpointServiceKind::TYPE, &[LIST, ALLOWED]);

pub(super) async fn list(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2
        .describe_vpc_endpoint_service_configurations()
        .max_results(super::PAGE);
    list_and_ask!(
        context,
        region,
        LIST,
        request,
        Page::service_configurations,
        service,
        |service| allow(context, ec2, service)
    )
}

fn service(
    context: &Context<'_>,
    region: &str,
    answer: &types::ServiceConfiguration,
) -> Result<VpcEndpointService, Failure> {
    let id = answer.service_id().unwrap_or_default();
    let arn = context.arn("ec2", region, &format!("vpc-endpoint-service/{id}"))?;
    let mut service = VpcEndpointService::new(arn, context.session.account().clone(), region);
    service.tags = super::tags(answer.tags());
    let config = &mut service.config;
    config.acceptance_required = answer.acceptance_required().into();
    let network = answer.network_load_balancer_arns().iter();
    config.network_load_balancer_arns = sorted(network.cloned()).into();
    let gateway = answer.gateway_load_balancer_arns().iter();
    config.gateway_load_balancer_arns = sorted(gateway.cloned()).into();
    let observed = &mut service.observed;
    observed.service_id = text(Some(id)).into();
    observed.service_name = text(answer.service_name()).into();
    observed.service_state = text(answer.service_state().map(|it| it.as_str())).into();
    Ok(service)
}

async fn allow(context: &Context<'_>, ec2: &Client, mut service: VpcEndpointService) -> Harvest {
    let mut harvest = Harvest::default();
    let mut allowed = Vec::new();
    let stream = ec2
        .describe_vpc_endpoint_service_permissions()
        .set_service_id(service.observed.service_id.known().cloned())
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        let principals = page.allowed_principals().iter();
        allowed.extend(principals.filter_map(|one| text(one.principal())));
    })
    .await;
    let about = About::resource(&service);
    let allowed = ended.map(|()| Some(sorted(allowed)));
    service.observed.allowed_principals = harvest.field(&about, ALLOWED, allowed);
    harvest.add(&service);
    harvest
}
