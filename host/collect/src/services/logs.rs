//! Amazon CloudWatch Logs: `AWS::Logs::LogGroup`, `AWS::Logs::MetricFilter`,
//! `AWS::Logs::SubscriptionFilter`, `AWS::Logs::ResourcePolicy`.

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types;
use aws_smithy_types::DateTime;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::Kind;
use blastwall_model::resources::logs::{MetricTransformation, ResourcePolicy, ResourcePolicyKind};
use blastwall_model::resources::{
    LogGroup, LogGroupKind, MetricFilter, MetricFilterKind, SubscriptionFilter,
    SubscriptionFilterKind,
};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{Policy, text, time};
use crate::harvest::Harvest;
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "logs",
    products: &[
        product(LogGroupKind::TYPE, &[GROUPS]),
        product(MetricFilterKind::TYPE, &[METRIC_FILTERS]),
        product(SubscriptionFilterKind::TYPE, &[GROUPS, SUBSCRIPTIONS]),
        product(ResourcePolicyKind::TYPE, &[POLICIES]),
    ],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const GROUPS: Declaration = call("DescribeLogGroups", "logs:DescribeLogGroups");
const METRIC_FILTERS: Declaration = call("DescribeMetricFilters", "logs:DescribeMetricFilters");
const SUBSCRIPTIONS: Declaration = call(
    "DescribeSubscriptionFilters",
    "logs:DescribeSubscriptionFilters",
);
const POLICIES: Declaration = call("DescribeResourcePolicies", "logs:DescribeResourcePolicies");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "CloudWatch Logs",
        operation,
        action,
    }
}

const fn product(kind: &'static str, calls: &'static [Declaration]) -> Product {
    Product {
        kind,
        calls,
        tags: &[],
    }
}

/// How many log groups of a region are asked for their subscriptions side by side.
const GROUPS_AT_ONCE: usize = 4;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let logs = client!(aws_sdk_cloudwatchlogs, context.session, region);
    let (mut harvest, policies) = futures::join!(
        groups_and_filters(context, &logs, region),
        resource_policies(context, &logs, region),
    );
    harvest.append(policies);
    harvest
}

/// A region that is seen to have no group has no filters either, and is not asked for them.
async fn groups_and_filters(context: &Context<'_>, logs: &Client, region: &str) -> Harvest {
    let mut harvest = groups_and_subscriptions(context, logs, region).await;
    if !(context.wants(LogGroupKind::TYPE) && harvest.has_none(LogGroupKind::TYPE)) {
        harvest.append(metric_filters(context, logs, region).await);
    }
    harvest
}

/// Milliseconds since 1970, as Logs has times.
fn moment(milliseconds: Option<i64>) -> Option<String> {
    time(&DateTime::from_millis(milliseconds?))
}

/// Subscriptions are asked for group by group, because the API has no other way.
async fn groups_and_subscriptions(context: &Context<'_>, logs: &Client, region: &str) -> Harvest {
    let kinds = context.wanted(&[LogGroupKind::TYPE, SubscriptionFilterKind::TYPE]);
    let mut harvest = Harvest::default();
    if kinds.is_empty() {
        return harvest;
    }
    let mut names = Vec::new();
    let stream = logs.describe_log_groups().limit(50).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        for description in page.log_groups() {
            names.extend(text(description.log_group_name()));
            if context.wants(LogGroupKind::TYPE) {
                match group(context, region, description) {
                    Ok(group) => harvest.add(&group),
                    Err(failure) => {
                        harvest.listing(&[LogGroupKind::TYPE], GROUPS, region, &failure)
                    }
                }
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&kinds, GROUPS, region, &failure);
    }
    if context.wants(SubscriptionFilterKind::TYPE) {
        let mut listed = stream::iter(names)
            .map(|name| subscriptions(context, logs, region, name))
            .buffered(GROUPS_AT_ONCE)
            .boxed();
        while let Some(found) = listed.next().await {
            harvest.append(found);
        }
    }
    harvest
}

fn group(
    context: &Context<'_>,
    region: &str,
    description: &types::LogGroup,
) -> Result<LogGroup, Failure> {
    // The older of the two ARNs ends in `:*`.
    let arn = description.log_group_arn().or(description.arn());
    let arn = parse_arn(arn.unwrap_or_default().trim_end_matches(":*"))?;
    let mut group = LogGroup::new(arn, context.session.account().clone(), region);
    let config = &mut group.config;
    config.log_group_name = text(description.log_group_name()).into();
    config.retention_in_days = description.retention_in_days().into();
    config.kms_key_id = text(description.kms_key_id()).into();
    config.log_group_class = text(description.log_group_class().map(|it| it.as_str())).into();
    group.observed.creation_time = moment(description.creation_time()).into();
    group.observed.stored_bytes = description.stored_bytes().into();
    Ok(group)
}

async fn subscriptions(
    context: &Context<'_>,
    logs: &Client,
    region: &str,
    group: String,
) -> Harvest {
    const KIND: &str = SubscriptionFilterKind::TYPE;
    let mut harvest = Harvest::default();
    let stream = logs
        .describe_subscription_filters()
        .log_group_name(&group)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.subscription_filters() {
            let name = description.filter_name().unwrap_or_default();
            let resource = format!("log-group:{group}:subscription-filter:{name}");
            match context.arn("logs", region, &resource) {
                Ok(arn) => {
                    let account = context.session.account().clone();
                    let mut filter = SubscriptionFilter::new(arn, account, region);
                    let config = &mut filter.config;
                    config.filter_name = text(Some(name)).into();
                    config.log_group_name = group.clone().into();
                    config.filter_pattern =
                        description.filter_pattern().map(ToOwned::to_owned).into();
                    config.destination_arn = text(description.destination_arn()).into();
                    config.role_arn = text(description.role_arn()).into();
                    filter.observed.creation_time = moment(description.creation_time()).into();
                    harvest.add(&filter);
                }
                Err(failure) => harvest.listing(&[KIND], SUBSCRIPTIONS, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], SUBSCRIPTIONS, region, &failure);
    }
    harvest
}

/// All of a region are one listing, if no group is named.
async fn metric_filters(context: &Context<'_>, logs: &Client, region: &str) -> Harvest {
    const KIND: &str = MetricFilterKind::TYPE;
    let mut harvest = Harvest::default();
    if !context.wants(KIND) {
        return harvest;
    }
    let stream = logs
        .describe_metric_filters()
        .limit(50)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.metric_filters() {
            match metric_filter(context, region, description) {
                Ok(filter) => harvest.add(&filter),
                Err(failure) => harvest.listing(&[KIND], METRIC_FILTERS, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], METRIC_FILTERS, region, &failure);
    }
    harvest
}

fn metric_filter(
    context: &Context<'_>,
    region: &str,
    description: &types::MetricFilter,
) -> Result<MetricFilter, Failure> {
    let name = description.filter_name().unwrap_or_default();
    let group = description.log_group_name().unwrap_or_default();
    let resource = format!("log-group:{group}:metric-filter:{name}");
    let arn = context.arn("logs", region, &resource)?;
    let mut filter = MetricFilter::new(arn, context.session.account().clone(), region);
    let config = &mut filter.config;
    config.filter_name = text(Some(name)).into();
    config.log_group_name = text(Some(group)).into();
    config.filter_pattern = description.filter_pattern().map(ToOwned::to_owned).into();
    let metrics = description.metric_transformations().iter();
    config.metric_transformations = metrics
        .map(|metric| MetricTransformation {
            metric_name: metric.metric_name().to_owned(),
            metric_namespace: metric.metric_namespace().to_owned(),
            metric_value: metric.metric_value().to_owned(),
        })
        .collect::<Vec<_>>()
        .into();
    filter.observed.creation_time = moment(description.creation_time()).into();
    Ok(filter)
}

async fn resource_policies(context: &Context<'_>, logs: &Client, region: &str) -> Harvest {
    const KIND: &str = ResourcePolicyKind::TYPE;
    let mut harvest = Harvest::default();
    if !context.wants(KIND) {
        return harvest;
    }
    let mut next = None;
    // A region has at most ten policies; the API has pages, and the SDK no paginator for them.
    loop {
        let request = logs
            .describe_resource_policies()
            .set_next_token(next.take());
        let answer = match context.session.call(request.send()).await {
            Ok(answer) => answer,
            Err(failure) => {
                harvest.listing(&[KIND], POLICIES, region, &failure);
                return harvest;
            }
        };
        for description in answer.resource_policies() {
            let name = description.policy_name().unwrap_or_default();
            match context.arn("logs", region, &format!("resource-policy:{name}")) {
                Ok(arn) => {
                    let account = context.session.account().clone();
                    let mut policy = ResourcePolicy::new(arn, account, region);
                    policy.config.policy_name = text(Some(name)).into();
                    policy.config.policy_document = text(description.policy_document())
                        .map(|text| Policy::plain(&text).document)
                        .into();
                    policy.observed.last_updated_time =
                        moment(description.last_updated_time()).into();
                    harvest.add(&policy);
                }
                Err(failure) => harvest.listing(&[KIND], POLICIES, region, &failure),
            }
        }
        match text(answer.next_token()) {
            Some(token) => next = Some(token),
            None => return harvest,
        }
    }
}
