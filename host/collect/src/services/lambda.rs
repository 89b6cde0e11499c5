//! AWS Lambda: `AWS::Lambda::Function`, `AWS::Lambda::Url`.
//!
//! A page of the listing tells fifty functions whole. Of their environment only the names of
//! variables are kept: it may hold secrets.
//! URLs, the policy, and tags if they are wanted take a call a function each.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::{FunctionConfiguration, FunctionUrlConfig};
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::lambda::VpcConfig;
use blastwall_model::resources::{Function, FunctionKind, FunctionUrl, FunctionUrlKind};
use blastwall_model::{Field, Kind, Tags};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{Policy, sorted, tags, text, time_text};
use crate::harvest::{About, Harvest, absent};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "lambda",
    products: &[
        Product {
            kind: FunctionKind::TYPE,
            calls: &[FUNCTIONS, POLICY],
            tags: &[TAGS],
        },
        Product {
            kind: FunctionUrlKind::TYPE,
            calls: &[FUNCTIONS, URLS],
            tags: &[],
        },
    ],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const FUNCTIONS: Declaration = call("ListFunctions", "lambda:ListFunctions");
const URLS: Declaration = call("ListFunctionUrlConfigs", "lambda:ListFunctionUrlConfigs");
const POLICY: Declaration = call("GetPolicy", "lambda:GetPolicy");
const TAGS: Declaration = call("ListTags", "lambda:ListTags");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "Lambda",
        operation,
        action,
    }
}

/// The answer for a function without a policy.
const NO_POLICY: [&str; 1] = ["ResourceNotFoundException"];

/// How many functions of a region are looked into side by side. Lambda answers fifteen questions about policies
/// a second in a region, and as many of all others together; more at once would only be throttled.
/// Source: AWS Lambda Developer Guide, "Lambda quotas", section "API requests".
const FUNCTIONS_AT_ONCE: usize = 2;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let lambda = client!(aws_sdk_lambda, context.session, region);
    let kinds = context.wanted(&[FunctionKind::TYPE, FunctionUrlKind::TYPE]);
    let mut harvest = Harvest::default();
    let mut functions = Vec::new();
    let stream = lambda
        .list_functions()
        .max_items(50)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.functions() {
            match function(context, region, description) {
                Ok(function) => functions.push(function),
                Err(failure) => harvest.listing(&kinds, FUNCTIONS, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&kinds, FUNCTIONS, region, &failure);
    }
    let mut looked_into = stream::iter(functions)
        .map(|function| look_into(context, &lambda, region, function))
        .buffered(FUNCTIONS_AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

fn function(
    context: &Context<'_>,
    region: &str,
    description: &FunctionConfiguration,
) -> Result<Function, Failure> {
    let arn = parse_arn(description.function_arn().unwrap_or_default())?;
    let mut function = Function::new(arn, context.session.account().clone(), region);
    let config = &mut function.config;
    config.function_name = text(description.function_name()).into();
    config.role = text(description.role()).into();
    config.runtime = text(description.runtime().map(|it| it.as_str())).into();
    config.package_type = text(description.package_type().map(|it| it.as_str())).into();
    let layers = description.layers().iter();
    let layers: Vec<String> = layers.filter_map(|layer| text(layer.arn())).collect();
    config.layers = Some(layers).filter(|layers| !layers.is_empty()).into();
    config.kms_key_arn = text(description.kms_key_arn()).into();
    // Of a function that has left its network, the ids are empty.
    let network = description.vpc_config();
    config.vpc_config = network
        .filter(|network| text(network.vpc_id()).is_some())
        .map(|network| VpcConfig {
            security_group_ids: sorted(network.security_group_ids().iter().cloned()),
            subnet_ids: sorted(network.subnet_ids().iter().cloned()),
        })
        .into();
    // `2026-01-31T09:00:00.000+0000`, which lacks the colon of RFC 3339.
    let modified = description.last_modified().unwrap_or_default();
    let modified = modified.replace("+0000", "Z");
    function.observed.last_modified = time_text(&modified).into();
    let variables = description.environment().and_then(|own| own.variables());
    let names = sorted(variables.into_iter().flat_map(|own| own.keys().cloned()));
    function.observed.variable_names = Some(names).filter(|names| !names.is_empty()).into();
    Ok(function)
}

/// The addresses, policy and tags of one function, as far as they are wanted.
async fn look_into(
    context: &Context<'_>,
    lambda: &Client,
    region: &str,
    mut function: Function,
) -> Harvest {
    let mut harvest = Harvest::default();
    let arn = function.arn.to_string();
    if context.wants(FunctionUrlKind::TYPE) {
        harvest.append(urls(context, lambda, region, &arn).await);
    }
    if context.wants(FunctionKind::TYPE) {
        let about = About::resource(&function);
        let policy = lambda.get_policy().function_name(&arn);
        let (policy, tagging) = futures::join!(
            context.session.call(policy.send()),
            tagging(context, lambda, &arn),
        );
        let policy = absent(policy, &NO_POLICY).map(|answer| {
            let policy = answer.and_then(|answer| text(answer.policy()));
            policy.map(|text| Policy::plain(&text).document)
        });
        function.config.policy_document = harvest.field(&about, POLICY, policy);
        function.tags = harvest.tags(&about, TAGS, tagging);
        harvest.add(&function);
    }
    harvest
}

async fn tagging(
    context: &Context<'_>,
    lambda: &Client,
    arn: &str,
) -> Option<Result<Field<Tags>, Failure>> {
    if !context.tags {
        return None;
    }
    let answer = context
        .session
        .call(lambda.list_tags().resource(arn).send());
    Some(answer.await.map(|answer| {
        let own = answer.tags().into_iter().flatten();
        tags(own.map(|(key, value)| (Some(key.as_str()), Some(value.as_str()))))
    }))
}

async fn urls(context: &Context<'_>, lambda: &Client, region: &str, function: &str) -> Harvest {
    const KIND: &str = FunctionUrlKind::TYPE;
    let mut harvest = Harvest::default();
    let stream = lambda
        .list_function_url_configs()
        .function_name(function)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.function_url_configs() {
            match url(context, region, description) {
                Ok(url) => harvest.add(&url),
                Err(failure) => harvest.listing(&[KIND], URLS, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], URLS, region, &failure);
    }
    harvest
}

fn url(
    context: &Context<'_>,
    region: &str,
    description: &FunctionUrlConfig,
) -> Result<FunctionUrl, Failure> {
    // An address has no ARN of its own, and each function or alias at most one.
    let arn = parse_arn(&format!("{}:url", description.function_arn()))?;
    let mut url = FunctionUrl::new(arn, context.session.account().clone(), region);
    let config = &mut url.config;
    config.target_function_arn = text(Some(description.function_arn())).into();
    config.auth_type = text(Some(description.auth_type().as_str())).into();
    config.invoke_mode = text(description.invoke_mode().map(|it| it.as_str())).into();
    url.observed.function_url = text(Some(description.function_url())).into();
    url.observed.creation_time = time_text(description.creation_time()).into();
    Ok(url)
}
