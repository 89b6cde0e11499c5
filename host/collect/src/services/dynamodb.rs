//! Amazon DynamoDB: `AWS::DynamoDB::Table`.
//!
//! The listing gives names; all else takes two calls a table. Items are never asked for.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{SseStatus, TableDescription};
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::dynamodb::{ResourcePolicy, SseSpecification, StreamSpecification};
use blastwall_model::resources::{Table, TableKind};
use blastwall_model::{Field, Kind, Tags};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::Context;
use crate::convert::{Policy, tags, text, time};
use crate::harvest::{About, Harvest, absent, malformed, reason};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "dynamodb",
    products: &[Product {
        kind: TableKind::TYPE,
        calls: &[LIST, DESCRIBE, POLICY],
        tags: &[TAGS],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("ListTables", "dynamodb:ListTables");
const DESCRIBE: Declaration = call("DescribeTable", "dynamodb:DescribeTable");
const POLICY: Declaration = call("GetResourcePolicy", "dynamodb:GetResourcePolicy");
const TAGS: Declaration = call("ListTagsOfResource", "dynamodb:ListTagsOfResource");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "DynamoDB",
        operation,
        action,
    }
}

/// The answer for a table without a policy.
const NO_POLICY: [&str; 1] = ["PolicyNotFoundException"];

/// How many tables of a region are looked into side by side.
const TABLES_AT_ONCE: usize = 4;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let dynamodb = client!(aws_sdk_dynamodb, context.session, region);
    let mut harvest = Harvest::default();
    let mut names = Vec::new();
    let stream = dynamodb.list_tables().limit(100).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        names.extend_from_slice(page.table_names());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[TableKind::TYPE], LIST, region, &failure);
    }
    let mut looked_into = stream::iter(names)
        .map(|name| look_into(context, &dynamodb, region, name))
        .buffered(TABLES_AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

async fn look_into(
    context: &Context<'_>,
    dynamodb: &Client,
    region: &str,
    name: String,
) -> Harvest {
    let session = context.session;
    let mut table = match context.arn("dynamodb", region, &format!("table/{name}")) {
        Ok(arn) => Table::new(arn, session.account().clone(), region),
        Err(failure) => return Harvest::failed(&[TableKind::TYPE], LIST, region, &failure),
    };
    let mut harvest = Harvest::default();
    let about = About::resource(&table);
    let arn = table.arn.to_string();
    let (described, policy, tagging) = futures::join!(
        session.call(dynamodb.describe_table().table_name(&name).send()),
        session.call(dynamodb.get_resource_policy().resource_arn(&arn).send()),
        tagging(context, dynamodb, &arn),
    );
    let described = described.and_then(|answer| {
        let description = answer.table;
        description.ok_or_else(|| malformed("the answer describes no table"))
    });
    match described {
        Ok(description) => describe(&mut table, &description),
        Err(failure) => {
            for part in ["config", "observed"] {
                table.mark_unknown(part, &reason(DESCRIBE, &failure));
            }
            harvest.incomplete(&about, DESCRIBE, &failure);
        }
    }
    table.config.table_name = Some(name).into();
    let policy = absent(policy, &NO_POLICY).map(|answer| {
        let policy = answer.and_then(|answer| text(answer.policy()));
        policy.map(|text| ResourcePolicy {
            policy_document: Policy::plain(&text).document,
        })
    });
    table.config.resource_policy = harvest.field(&about, POLICY, policy);
    table.tags = harvest.tags(&about, TAGS, tagging);
    harvest.add(&table);
    harvest
}

fn describe(table: &mut Table, description: &TableDescription) {
    let config = &mut table.config;
    // Tables older than this protection do not mention it.
    let protected = description.deletion_protection_enabled();
    config.deletion_protection_enabled = Some(protected.unwrap_or_default()).into();
    let encryption = description.sse_description();
    config.sse_specification = encryption
        .map(|encryption| SseSpecification {
            // It is on as well while it changes. Source: DynamoDB API Reference, "SSEDescription".
            sse_enabled: !matches!(
                encryption.status(),
                Some(SseStatus::Disabled | SseStatus::Disabling)
            ),
            sse_type: text(encryption.sse_type().map(|it| it.as_str())),
            kms_master_key_id: text(encryption.kms_master_key_arn()),
        })
        .into();
    let stream = description.stream_specification();
    config.stream_specification = stream
        .filter(|stream| stream.stream_enabled())
        .map(|stream| StreamSpecification {
            stream_view_type: text(stream.stream_view_type().map(|it| it.as_str())),
        })
        .into();
    let observed = &mut table.observed;
    observed.table_status = text(description.table_status().map(|it| it.as_str())).into();
    observed.creation_date_time = description.creation_date_time().and_then(time).into();
    observed.item_count = description.item_count().into();
    observed.latest_stream_arn = text(description.latest_stream_arn()).into();
}

/// The tags of one table, if tags are wanted; a page has ten, so there may be several.
async fn tagging(
    context: &Context<'_>,
    dynamodb: &Client,
    arn: &str,
) -> Option<Result<Field<Tags>, Failure>> {
    if !context.tags {
        return None;
    }
    let mut all = Vec::new();
    let mut next = None;
    loop {
        let request = dynamodb.list_tags_of_resource().resource_arn(arn);
        let request = request.set_next_token(next);
        let answer = match context.session.call(request.send()).await {
            Ok(answer) => answer,
            Err(failure) => return Some(Err(failure)),
        };
        all.extend_from_slice(answer.tags());
        next = text(answer.next_token());
        if next.is_none() {
            break;
        }
    }
    let own = all.iter();
    Some(Ok(tags(
        own.map(|tag| (Some(tag.key()), Some(tag.value()))),
    )))
}
