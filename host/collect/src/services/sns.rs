//! Amazon SNS: `AWS::SNS::Topic`.
//!
//! The listing gives ARNs; all else, the policy included, takes a call a topic.

use std::collections::HashMap;

use aws_sdk_sns::Client;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::{Topic, TopicKind};
use blastwall_model::{Field, Kind, Tags};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{Policy, tags, text};
use crate::harvest::{About, Harvest, malformed, reason};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "sns",
    products: &[Product {
        kind: TopicKind::TYPE,
        calls: &[LIST, ATTRIBUTES],
        tags: &[TAGS],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("ListTopics", "sns:ListTopics");
const ATTRIBUTES: Declaration = call("GetTopicAttributes", "sns:GetTopicAttributes");
const TAGS: Declaration = call("ListTagsForResource", "sns:ListTagsForResource");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "SNS",
        operation,
        action,
    }
}

/// How many topics of a region are looked into side by side. SNS answers thirty questions about attributes and ten
/// about tags a second in a region; more at once would only be throttled.
/// Source: AWS General Reference, "Amazon SNS endpoints and quotas".
const TOPICS_AT_ONCE: usize = 2;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let sns = client!(aws_sdk_sns, context.session, region);
    let mut harvest = Harvest::default();
    let mut arns = Vec::new();
    let stream = sns.list_topics().into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        arns.extend(
            page.topics()
                .iter()
                .filter_map(|topic| text(topic.topic_arn())),
        );
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[TopicKind::TYPE], LIST, region, &failure);
    }
    let mut looked_into = stream::iter(arns)
        .map(|arn| look_into(context, &sns, region, arn))
        .buffered(TOPICS_AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

async fn look_into(context: &Context<'_>, sns: &Client, region: &str, arn: String) -> Harvest {
    let session = context.session;
    let mut topic = match parse_arn(&arn) {
        Ok(arn) => Topic::new(arn, session.account().clone(), region),
        Err(failure) => return Harvest::failed(&[TopicKind::TYPE], LIST, region, &failure),
    };
    let mut harvest = Harvest::default();
    let about = About::resource(&topic);
    let (attributes, tagging) = futures::join!(
        session.call(sns.get_topic_attributes().topic_arn(&arn).send()),
        tagging(context, sns, &arn),
    );
    let attributes = attributes.and_then(|answer| {
        let attributes = answer.attributes;
        attributes.ok_or_else(|| malformed("the answer has no attributes"))
    });
    match attributes {
        Ok(attributes) => describe(&mut topic, &attributes),
        Err(failure) => {
            for part in ["config", "observed"] {
                topic.mark_unknown(part, &reason(ATTRIBUTES, &failure));
            }
            harvest.incomplete(&about, ATTRIBUTES, &failure);
        }
    }
    topic.config.topic_name = text(arn.rsplit(':').next()).into();
    topic.tags = harvest.tags(&about, TAGS, tagging);
    harvest.add(&topic);
    harvest
}

/// What the attributes say; all of them are texts.
fn describe(topic: &mut Topic, attributes: &HashMap<String, String>) {
    let of = |name: &str| text(attributes.get(name).map(String::as_str));
    let config = &mut topic.config;
    config.display_name = of("DisplayName").into();
    // Only those that keep the order have it.
    config.fifo_topic = of("FifoTopic")
        .map(|value| value.eq_ignore_ascii_case("true"))
        .into();
    config.kms_master_key_id = of("KmsMasterKeyId").into();
    config.policy_document = of("Policy")
        .map(|text| Policy::plain(&text).document)
        .into();
    topic.observed.owner = of("Owner").into();
}

/// The tags of one topic, if tags are wanted.
async fn tagging(
    context: &Context<'_>,
    sns: &Client,
    arn: &str,
) -> Option<Result<Field<Tags>, Failure>> {
    if !context.tags {
        return None;
    }
    let request = sns.list_tags_for_resource().resource_arn(arn);
    let answer = context.session.call(request.send()).await;
    Some(answer.map(|answer| {
        let own = answer.tags().iter();
        tags(own.map(|tag| (Some(tag.key()), Some(tag.value()))))
    }))
}
