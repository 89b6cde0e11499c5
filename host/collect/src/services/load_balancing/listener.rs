//! Listeners of load balancers, and their rules.

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types as sdk;
use blastwall_aws::Failure;
use blastwall_model::resources::load_balancing::{
    Action, ConditionValues, ForwardConfig, HttpHeaderConfig, HttpRequestMethodConfig,
    ListenerCertificate, MutualAuthentication, RedirectConfig, RuleCondition, SourceIpConfig,
    TargetGroupTuple,
};
use blastwall_model::resources::{Listener, ListenerKind, ListenerRule, ListenerRuleKind};
use blastwall_model::{Arn, Kind};
use futures::{StreamExt, stream};

use super::{AT_ONCE, LISTENERS, RULES, finish, some};
use crate::context::{Context, parse_arn};
use crate::convert::text;
use crate::harvest::{About, Harvest};
use crate::pages::pages;

/// The listeners and rules of load balancers, as far as they are wanted.
pub(super) async fn collect(
    context: &Context<'_>,
    client: &Client,
    region: &str,
    balancers: Vec<String>,
) -> Harvest {
    let mut harvest = Harvest::default();
    let kinds = context.wanted(&[ListenerKind::TYPE, ListenerRuleKind::TYPE]);
    if kinds.is_empty() {
        return harvest;
    }
    let mut of_each = stream::iter(balancers)
        .map(|balancer| listeners(context, client, region, balancer, &kinds))
        .buffered(AT_ONCE)
        .boxed();
    let mut listeners = Vec::new();
    while let Some((found, failed)) = of_each.next().await {
        listeners.extend(found);
        harvest.append(failed);
    }
    drop(of_each);
    if context.wants(ListenerRuleKind::TYPE) {
        let arns: Vec<Arn> = listeners.iter().map(|one| one.arn.clone()).collect();
        let mut of_each = stream::iter(arns)
            .map(|listener| rules(context, client, region, listener))
            .buffered(AT_ONCE)
            .boxed();
        let mut rules = Vec::new();
        while let Some((found, failed)) = of_each.next().await {
            rules.extend(found);
            harvest.append(failed);
        }
        drop(of_each);
        finish(context, client, rules, &mut harvest).await;
    }
    if context.wants(ListenerKind::TYPE) {
        finish(context, client, listeners, &mut harvest).await;
    }
    harvest
}

async fn listeners(
    context: &Context<'_>,
    client: &Client,
    region: &str,
    balancer: String,
    kinds: &[&'static str],
) -> (Vec<Listener>, Harvest) {
    let mut harvest = Harvest::default();
    let mut listeners = Vec::new();
    let stream = client
        .describe_listeners()
        .load_balancer_arn(&balancer)
        .page_size(400)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.listeners() {
            match listener(context, region, description) {
                Ok(listener) => listeners.push(listener),
                Err(failure) => harvest.listing(kinds, LISTENERS, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        match parse_arn(&balancer) {
            Ok(arn) => {
                let about = About::types(kinds.to_vec(), region, &arn);
                harvest.incomplete(&about, LISTENERS, &failure);
            }
            Err(_) => harvest.listing(kinds, LISTENERS, region, &failure),
        }
    }
    (listeners, harvest)
}

fn listener(
    context: &Context<'_>,
    region: &str,
    description: &sdk::Listener,
) -> Result<Listener, Failure> {
    let arn = parse_arn(description.listener_arn().unwrap_or_default())?;
    let mut listener = Listener::new(arn, context.session.account().clone(), region);
    let config = &mut listener.config;
    config.load_balancer_arn = text(description.load_balancer_arn()).into();
    config.port = description.port().into();
    config.protocol = text(description.protocol().map(|it| it.as_str())).into();
    config.default_actions = some(actions(description.default_actions()));
    config.ssl_policy = text(description.ssl_policy()).into();
    let certificates = description.certificates().iter();
    let certificates = certificates.filter_map(|one| {
        let certificate_arn = text(one.certificate_arn())?;
        Some(ListenerCertificate { certificate_arn })
    });
    config.certificates = some(certificates.collect());
    let mutual = description.mutual_authentication();
    config.mutual_authentication = mutual
        .and_then(|mutual| {
            Some(MutualAuthentication {
                mode: text(mutual.mode())?,
                trust_store_arn: text(mutual.trust_store_arn()),
            })
        })
        .into();
    Ok(listener)
}

async fn rules(
    context: &Context<'_>,
    client: &Client,
    region: &str,
    listener: Arn,
) -> (Vec<ListenerRule>, Harvest) {
    const KIND: &str = ListenerRuleKind::TYPE;
    let mut harvest = Harvest::default();
    let mut rules = Vec::new();
    let stream = client
        .describe_rules()
        .listener_arn(listener.to_string())
        .page_size(400)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        // The default rule is what the listener itself says.
        let own = page.rules().iter();
        for description in own.filter(|rule| rule.is_default() != Some(true)) {
            match rule(context, region, &listener, description) {
                Ok(rule) => rules.push(rule),
                Err(failure) => harvest.listing(&[KIND], RULES, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        let about = About::types(vec![KIND], region, &listener);
        harvest.incomplete(&about, RULES, &failure);
    }
    (rules, harvest)
}

fn rule(
    context: &Context<'_>,
    region: &str,
    listener: &Arn,
    description: &sdk::Rule,
) -> Result<ListenerRule, Failure> {
    let arn = parse_arn(description.rule_arn().unwrap_or_default())?;
    let mut rule = ListenerRule::new(arn, context.session.account().clone(), region);
    let config = &mut rule.config;
    config.listener_arn = Some(listener.to_string()).into();
    let priority = description.priority();
    config.priority = priority.and_then(|number| number.parse().ok()).into();
    let conditions = description.conditions().iter().map(condition);
    config.conditions = some(conditions.collect());
    config.actions = some(actions(description.actions()));
    Ok(rule)
}

fn actions(actions: &[sdk::Action]) -> Vec<Action> {
    actions.iter().map(action).collect()
}

fn action(action: &sdk::Action) -> Action {
    let forward = action.forward_config().map(|forward| ForwardConfig {
        target_groups: forward
            .target_groups()
            .iter()
            .filter_map(|group| {
                Some(TargetGroupTuple {
                    target_group_arn: text(group.target_group_arn())?,
                    weight: group.weight(),
                })
            })
            .collect(),
    });
    let redirect = action.redirect_config().map(|redirect| RedirectConfig {
        protocol: text(redirect.protocol()),
        port: text(redirect.port()),
        host: text(redirect.host()),
        path: text(redirect.path()),
        status_code: text(redirect.status_code().map(|it| it.as_str())).unwrap_or_default(),
    });
    Action {
        action_type: text(action.r#type().map(|it| it.as_str())).unwrap_or_default(),
        order: action.order(),
        target_group_arn: text(action.target_group_arn()),
        forward_config: forward.filter(|forward| !forward.target_groups.is_empty()),
        redirect_config: redirect,
    }
}

/// A condition. The older form has hosts and paths in a list of its own, and answers may have both.
fn condition(condition: &sdk::RuleCondition) -> RuleCondition {
    let field = text(condition.field()).unwrap_or_default();
    let older = |name: &str| {
        (field == name && !condition.values().is_empty()).then(|| ConditionValues {
            values: condition.values().to_vec(),
            regex_values: condition.regex_values().to_vec(),
        })
    };
    let hosts = condition.host_header_config();
    let hosts = hosts.map(|hosts| ConditionValues {
        values: hosts.values().to_vec(),
        regex_values: hosts.regex_values().to_vec(),
    });
    let paths = condition.path_pattern_config();
    let paths = paths.map(|paths| ConditionValues {
        values: paths.values().to_vec(),
        regex_values: paths.regex_values().to_vec(),
    });
    RuleCondition {
        host_header_config: hosts.or_else(|| older("host-header")),
        path_pattern_config: paths.or_else(|| older("path-pattern")),
        source_ip_config: condition.source_ip_config().map(|config| SourceIpConfig {
            values: config.values().to_vec(),
        }),
        http_header_config: condition
            .http_header_config()
            .map(|config| HttpHeaderConfig {
                http_header_name: text(config.http_header_name()).unwrap_or_default(),
                values: config.values().to_vec(),
                regex_values: config.regex_values().to_vec(),
            }),
        http_request_method_config: condition.http_request_method_config().map(|config| {
            HttpRequestMethodConfig {
                values: config.values().to_vec(),
            }
        }),
        field,
    }
}
