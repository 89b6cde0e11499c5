//! Target groups with what is registered in them.

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types as sdk;
use blastwall_aws::Failure;
use blastwall_model::Kind;
use blastwall_model::resources::load_balancing::TargetDescription;
use blastwall_model::resources::{TargetGroup, TargetGroupKind};
use futures::{StreamExt, stream};

use super::{AT_ONCE, TARGET_GROUPS, TARGETS, finish, some};
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, text};
use crate::harvest::{About, Harvest};
use crate::pages::pages;

pub(super) async fn collect(context: &Context<'_>, client: &Client, region: &str) -> Harvest {
    const KIND: &str = TargetGroupKind::TYPE;
    let mut harvest = Harvest::default();
    if !context.wants(KIND) {
        return harvest;
    }
    let mut groups = Vec::new();
    let stream = client.describe_target_groups().page_size(400);
    let ended = pages(context.session, stream.into_paginator().send(), |page| {
        for description in page.target_groups() {
            match target_group(context, region, description) {
                Ok(group) => groups.push(group),
                Err(failure) => harvest.listing(&[KIND], TARGET_GROUPS, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], TARGET_GROUPS, region, &failure);
    }
    let mut of_each = stream::iter(groups)
        .map(|group| async {
            let targets = targets(context, client, &group).await;
            (group, targets)
        })
        .buffered(AT_ONCE)
        .boxed();
    let mut whole = Vec::new();
    while let Some((mut group, targets)) = of_each.next().await {
        let about = About::resource(&group);
        group.config.targets = harvest.field(&about, TARGETS, targets);
        whole.push(group);
    }
    drop(of_each);
    finish(context, client, whole, &mut harvest).await;
    harvest
}

fn target_group(
    context: &Context<'_>,
    region: &str,
    description: &sdk::TargetGroup,
) -> Result<TargetGroup, Failure> {
    let arn = parse_arn(description.target_group_arn().unwrap_or_default())?;
    let mut group = TargetGroup::new(arn, context.session.account().clone(), region);
    let config = &mut group.config;
    config.name = text(description.target_group_name()).into();
    config.target_type = text(description.target_type().map(|it| it.as_str())).into();
    config.port = description.port().into();
    config.protocol = text(description.protocol().map(|it| it.as_str())).into();
    config.protocol_version = text(description.protocol_version()).into();
    config.vpc_id = text(description.vpc_id()).into();
    let balancers = description.load_balancer_arns().iter().cloned();
    group.observed.load_balancer_arns = some(sorted(balancers));
    Ok(group)
}

/// What is registered in a target group; what is on its way out gets nothing new.
/// Source: Elastic Load Balancing, "Target health status" (`draining`).
async fn targets(
    context: &Context<'_>,
    client: &Client,
    group: &TargetGroup,
) -> Result<Option<Vec<TargetDescription>>, Failure> {
    let request = client
        .describe_target_health()
        .target_group_arn(group.arn.to_string());
    let answer = context.session.call(request.send()).await?;
    let described = answer.target_health_descriptions().iter();
    let targets = described
        .filter(|one| {
            let state = one.target_health().and_then(|health| health.state());
            state != Some(&sdk::TargetHealthStateEnum::Draining)
        })
        .filter_map(|one| one.target())
        .filter_map(|target| {
            Some(TargetDescription {
                id: text(target.id())?,
                port: target.port(),
                availability_zone: text(target.availability_zone()),
            })
        });
    let targets = sorted(targets);
    Ok(Some(targets).filter(|targets| !targets.is_empty()))
}
