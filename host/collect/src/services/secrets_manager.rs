//! AWS Secrets Manager: `AWS::SecretsManager::Secret`.
//!
//! A page of the listing tells a hundred secrets with their tags; the policy takes a call a secret. What they
//! hold is never asked for. Secrets that wait to be deleted give nobody anything and are passed over.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::SecretListEntry;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::Kind;
use blastwall_model::resources::{Secret, SecretKind};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{Policy, tags, text, time};
use crate::harvest::{About, Harvest};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "secretsmanager",
    products: &[Product {
        kind: SecretKind::TYPE,
        calls: &[LIST, POLICY],
        tags: &[],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("ListSecrets", "secretsmanager:ListSecrets");
const POLICY: Declaration = call("GetResourcePolicy", "secretsmanager:GetResourcePolicy");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "Secrets Manager",
        operation,
        action,
    }
}

/// How many secrets of a region are looked into side by side.
const SECRETS_AT_ONCE: usize = 4;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    const KIND: &str = SecretKind::TYPE;
    let client = client!(aws_sdk_secretsmanager, context.session, region);
    let mut harvest = Harvest::default();
    let mut secrets = Vec::new();
    let stream = client.list_secrets().max_results(100).into_paginator();
    let ended = pages(context.session, stream.send(), |page| {
        for entry in page.secret_list() {
            match secret(context, region, entry) {
                Ok(secret) => secrets.push(secret),
                Err(failure) => harvest.listing(&[KIND], LIST, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], LIST, region, &failure);
    }
    let mut looked_into = stream::iter(secrets)
        .map(|secret| look_into(context, &client, secret))
        .buffered(SECRETS_AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

fn secret(context: &Context<'_>, region: &str, entry: &SecretListEntry) -> Result<Secret, Failure> {
    let arn = parse_arn(entry.arn().unwrap_or_default())?;
    let mut secret = Secret::new(arn, context.session.account().clone(), region);
    secret.tags = tags(entry.tags().iter().map(|tag| (tag.key(), tag.value())));
    let config = &mut secret.config;
    config.name = text(entry.name()).into();
    config.description = text(entry.description()).into();
    config.kms_key_id = text(entry.kms_key_id()).into();
    let observed = &mut secret.observed;
    observed.created_date = entry.created_date().and_then(time).into();
    observed.last_changed_date = entry.last_changed_date().and_then(time).into();
    observed.last_accessed_date = entry.last_accessed_date().and_then(time).into();
    observed.last_rotated_date = entry.last_rotated_date().and_then(time).into();
    // What was never told to renew itself says nothing.
    observed.rotation_enabled = Some(entry.rotation_enabled().unwrap_or_default()).into();
    observed.rotation_lambda_arn = text(entry.rotation_lambda_arn()).into();
    observed.owning_service = text(entry.owning_service()).into();
    observed.primary_region = text(entry.primary_region()).into();
    Ok(secret)
}

/// The policy of one secret.
async fn look_into(context: &Context<'_>, client: &Client, mut secret: Secret) -> Harvest {
    let mut harvest = Harvest::default();
    let about = About::resource(&secret);
    let request = client
        .get_resource_policy()
        .secret_id(secret.arn.to_string());
    let answer = context.session.call(request.send()).await;
    let policy = answer.map(|answer| {
        let policy = text(answer.resource_policy());
        policy.map(|text| Policy::plain(&text).document)
    });
    secret.config.resource_policy = harvest.field(&about, POLICY, policy);
    harvest.add(&secret);
    harvest
}
