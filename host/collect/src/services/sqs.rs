//! Amazon SQS: `AWS::SQS::Queue`.
//!
//! The listing gives addresses; all else, the policy included, takes a call a queue.

use std::collections::HashMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::sqs::RedrivePolicy;
use blastwall_model::resources::{Queue, QueueKind};
use blastwall_model::{Field, Kind, Tags};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::Context;
use crate::convert::{Policy, tags, text, time};
use crate::harvest::{About, Harvest, malformed, reason};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "sqs",
    products: &[Product {
        kind: QueueKind::TYPE,
        calls: &[LIST, ATTRIBUTES],
        tags: &[TAGS],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("ListQueues", "sqs:ListQueues");
const ATTRIBUTES: Declaration = call("GetQueueAttributes", "sqs:GetQueueAttributes");
const TAGS: Declaration = call("ListQueueTags", "sqs:ListQueueTags");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "SQS",
        operation,
        action,
    }
}

/// How many queues of a region are looked into side by side.
const QUEUES_AT_ONCE: usize = 8;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let sqs = client!(aws_sdk_sqs, context.session, region);
    let mut harvest = Harvest::default();
    let mut urls = Vec::new();
    // Pages come only to those who say how large. Source: SQS API Reference, "ListQueues".
    let stream = sqs.list_queues().max_results(1000).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        urls.extend_from_slice(page.queue_urls());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[QueueKind::TYPE], LIST, region, &failure);
    }
    let mut looked_into = stream::iter(urls)
        .map(|url| look_into(context, &sqs, region, url))
        .buffered(QUEUES_AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

/// One queue. Its name, and with it its ARN, are the end of its address, so that a queue whose attributes are
/// refused is still known to be there.
async fn look_into(context: &Context<'_>, sqs: &Client, region: &str, url: String) -> Harvest {
    let session = context.session;
    let name = url.rsplit('/').next().unwrap_or_default().to_owned();
    let mut queue = match context.arn("sqs", region, &name) {
        Ok(arn) => Queue::new(arn, session.account().clone(), region),
        Err(failure) => return Harvest::failed(&[QueueKind::TYPE], LIST, region, &failure),
    };
    let mut harvest = Harvest::default();
    let about = About::resource(&queue);
    let attributes = sqs.get_queue_attributes().queue_url(&url);
    let attributes = attributes.attribute_names(QueueAttributeName::All);
    let (attributes, tagging) =
        futures::join!(session.call(attributes.send()), tagging(context, sqs, &url),);
    let attributes = attributes.and_then(|answer| {
        let attributes = answer.attributes;
        attributes.ok_or_else(|| malformed("the answer has no attributes"))
    });
    match attributes {
        Ok(attributes) => describe(&mut queue, &attributes),
        Err(failure) => {
            for part in ["config", "observed"] {
                queue.mark_unknown(part, &reason(ATTRIBUTES, &failure));
            }
            harvest.incomplete(&about, ATTRIBUTES, &failure);
        }
    }
    queue.config.queue_name = Some(name).into();
    queue.observed.queue_url = Some(url).into();
    queue.tags = harvest.tags(&about, TAGS, tagging);
    harvest.add(&queue);
    harvest
}

/// What the attributes say; all of them are texts.
fn describe(queue: &mut Queue, attributes: &HashMap<QueueAttributeName, String>) {
    let of = |name: QueueAttributeName| text(attributes.get(&name).map(String::as_str));
    let flag = |name| of(name).map(|value| value.eq_ignore_ascii_case("true"));
    let config = &mut queue.config;
    // Only those that keep the order have it.
    config.fifo_queue = flag(QueueAttributeName::FifoQueue).into();
    config.kms_master_key_id = of(QueueAttributeName::KmsMasterKeyId).into();
    config.sqs_managed_sse_enabled = flag(QueueAttributeName::SqsManagedSseEnabled).into();
    let retention = of(QueueAttributeName::MessageRetentionPeriod);
    config.message_retention_period = retention.and_then(|days| days.parse().ok()).into();
    let redrive = of(QueueAttributeName::RedrivePolicy);
    config.redrive_policy = redrive.as_deref().and_then(redrive_policy).into();
    let policy = of(QueueAttributeName::Policy);
    config.policy_document = policy.map(|text| Policy::plain(&text).document).into();
    let created = of(QueueAttributeName::CreatedTimestamp);
    let created = created.and_then(|seconds| seconds.parse().ok());
    let created = created.map(aws_smithy_types::DateTime::from_secs);
    queue.observed.created_timestamp = created.as_ref().and_then(time).into();
}

/// A redrive policy, whose count is a number or the text of one.
fn redrive_policy(text: &str) -> Option<RedrivePolicy> {
    let policy: serde_json::Value = serde_json::from_str(text).ok()?;
    let count = policy.get("maxReceiveCount")?;
    let count = count.as_i64().or_else(|| count.as_str()?.parse().ok())?;
    Some(RedrivePolicy {
        dead_letter_target_arn: policy.get("deadLetterTargetArn")?.as_str()?.to_owned(),
        max_receive_count: i32::try_from(count).ok()?,
    })
}

/// The tags of one queue, if tags are wanted.
async fn tagging(
    context: &Context<'_>,
    sqs: &Client,
    url: &str,
) -> Option<Result<Field<Tags>, Failure>> {
    if !context.tags {
        return None;
    }
    let answer = context
        .session
        .call(sqs.list_queue_tags().queue_url(url).send())
        .await;
    Some(answer.map(|answer| {
        let own = answer.tags().into_iter().flatten();
        tags(own.map(|(key, value)| (Some(key.as_str()), Some(value.as_str()))))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redrive_policy_counts_in_numbers_or_texts() {
        for count in ["3", "\"3\""] {
            let text = format!(r#"{{"deadLetterTargetArn":"arn","maxReceiveCount":{count}}}"#);
            assert_eq!(redrive_policy(&text).unwrap().max_receive_count, 3);
        }
        for text in [
            "",
            "{}",
            r#"{"deadLetterTargetArn":"a","maxReceiveCount":"x"}"#,
        ] {
            assert_eq!(redrive_policy(text), None, "{text}");
        }
    }
}
