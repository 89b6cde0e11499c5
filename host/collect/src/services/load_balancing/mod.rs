//! Elastic Load Balancing: `AWS::ElasticLoadBalancingV2::LoadBalancer`, `Listener`, `ListenerRule` and
//! `TargetGroup`.
//!
//! Load balancers and target groups come page by page; listeners take a call a load balancer, rules a call a
//! listener, targets a call a target group. Tags, if they are wanted, a call for twenty of any. Classic load
//! balancers are another service.

mod listener;
mod target_group;

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::LoadBalancer as Description;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::{
    ListenerKind, ListenerRuleKind, LoadBalancer, LoadBalancerKind, TargetGroupKind,
};
use blastwall_model::{Field, Kind, Resource, Tags};
use futures::FutureExt;

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, tags, text, time};
use crate::harvest::{About, Harvest};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "elasticloadbalancing",
    products: &[
        Product {
            kind: ListenerKind::TYPE,
            calls: &[LIST, LISTENERS],
            tags: &[TAGS],
        },
        Product {
            kind: ListenerRuleKind::TYPE,
            calls: &[LIST, LISTENERS, RULES],
            tags: &[TAGS],
        },
        Product {
            kind: LoadBalancerKind::TYPE,
            calls: &[LIST],
            tags: &[TAGS],
        },
        Product {
            kind: TargetGroupKind::TYPE,
            calls: &[TARGET_GROUPS, TARGETS],
            tags: &[TAGS],
        },
    ],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call(
    "DescribeLoadBalancers",
    "elasticloadbalancing:DescribeLoadBalancers",
);
const LISTENERS: Declaration = call(
    "DescribeListeners",
    "elasticloadbalancing:DescribeListeners",
);
const RULES: Declaration = call("DescribeRules", "elasticloadbalancing:DescribeRules");
const TARGET_GROUPS: Declaration = call(
    "DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetGroups",
);
const TARGETS: Declaration = call(
    "DescribeTargetHealth",
    "elasticloadbalancing:DescribeTargetHealth",
);
const TAGS: Declaration = call("DescribeTags", "elasticloadbalancing:DescribeTags");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "Elastic Load Balancing v2",
        operation,
        action,
    }
}

/// How many load balancers, listeners or target groups of a region are looked into side by side.
const AT_ONCE: usize = 4;

/// How many resources one call tells the tags of.
const TAGGED_AT_ONCE: usize = 20;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let client = client!(aws_sdk_elasticloadbalancingv2, context.session, region);
    let (mut harvest, groups) = futures::join!(
        load_balancers(context, &client, region),
        target_group::collect(context, &client, region),
    );
    harvest.append(groups);
    harvest
}

async fn load_balancers(context: &Context<'_>, client: &Client, region: &str) -> Harvest {
    let kinds = context.wanted(&[
        LoadBalancerKind::TYPE,
        ListenerKind::TYPE,
        ListenerRuleKind::TYPE,
    ]);
    let mut harvest = Harvest::default();
    if kinds.is_empty() {
        return harvest;
    }
    let mut balancers = Vec::new();
    let stream = client.describe_load_balancers().page_size(400);
    let ended = pages(context.session, stream.into_paginator().send(), |page| {
        for description in page.load_balancers() {
            match load_balancer(context, region, description) {
                Ok(balancer) => balancers.push(balancer),
                Err(failure) => harvest.listing(&kinds, LIST, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&kinds, LIST, region, &failure);
    }
    let arns: Vec<String> = balancers.iter().map(|one| one.arn.to_string()).collect();
    if context.wants(LoadBalancerKind::TYPE) {
        finish(context, client, balancers, &mut harvest).await;
    }
    harvest.append(listener::collect(context, client, region, arns).await);
    harvest
}

fn load_balancer(
    context: &Context<'_>,
    region: &str,
    description: &Description,
) -> Result<LoadBalancer, Failure> {
    let arn = parse_arn(description.load_balancer_arn().unwrap_or_default())?;
    let mut balancer = LoadBalancer::new(arn, context.session.account().clone(), region);
    let config = &mut balancer.config;
    config.name = text(description.load_balancer_name()).into();
    config.scheme = text(description.scheme().map(|it| it.as_str())).into();
    config.load_balancer_type = text(description.r#type().map(|it| it.as_str())).into();
    config.ip_address_type = text(description.ip_address_type().map(|it| it.as_str())).into();
    config.security_groups = some(sorted(description.security_groups().iter().cloned()));
    let zones = description.availability_zones().iter();
    config.subnets = some(sorted(zones.filter_map(|zone| text(zone.subnet_id()))));
    let observed = &mut balancer.observed;
    observed.dns_name = text(description.dns_name()).into();
    observed.vpc_id = text(description.vpc_id()).into();
    let state = description.state().and_then(|state| state.code());
    observed.state = text(state.map(|it| it.as_str())).into();
    observed.created_time = description.created_time().and_then(time).into();
    Ok(balancer)
}

/// A list, absent if there is nothing in it.
fn some<T>(list: Vec<T>) -> Field<Vec<T>> {
    Some(list).filter(|list| !list.is_empty()).into()
}

/// Adds documents, with their tags if those are wanted.
async fn finish<K: Kind>(
    context: &Context<'_>,
    client: &Client,
    mut resources: Vec<Resource<K>>,
    harvest: &mut Harvest,
) {
    for some in resources.chunks_mut(TAGGED_AT_ONCE) {
        let answer = if context.tags {
            let arns = some.iter().map(|one| one.arn.to_string()).collect();
            Some(tagging(context, client, arns).await)
        } else {
            None
        };
        for one in some {
            let own = answer.as_ref().map(|answer| match answer {
                Ok(tags) => Ok(tags.get(one.arn.as_str()).cloned().unwrap_or(Field::ABSENT)),
                Err(failure) => Err(failure.clone()),
            });
            one.tags = harvest.tags(&About::resource(one), TAGS, own);
            harvest.add(one);
        }
    }
}

/// The tags of some resources, by ARN.
async fn tagging(
    context: &Context<'_>,
    client: &Client,
    arns: Vec<String>,
) -> Result<BTreeMap<String, Field<Tags>>, Failure> {
    let request = client.describe_tags().set_resource_arns(Some(arns));
    let answer = context.session.call(request.send()).await?;
    let described = answer.tag_descriptions().iter();
    Ok(described
        .filter_map(|described| {
            let own = described.tags().iter();
            let own = tags(own.map(|tag| (tag.key(), tag.value())));
            Some((text(described.resource_arn())?, own))
        })
        .collect())
}
