//! Amazon SQS: queues with their policies.
//!
//! Source: Amazon SQS API Reference.

use serde_json::{Map, Value, json};

use super::{as_text, parse_time};
use crate::document::{scalar, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListQueues", "sqs:ListQueues", list_queues),
    of_resource(
        "GetQueueAttributes",
        "sqs:GetQueueAttributes",
        target,
        get_queue_attributes,
    ),
    of_resource(
        "ListQueueTags",
        "sqs:ListQueueTags",
        target,
        list_queue_tags,
    ),
];

const KIND: &str = "AWS::SQS::Queue";

/// Attributes, and where in a document they are.
const ATTRIBUTES: [(&str, &str); 5] = [
    ("/arn", "QueueArn"),
    ("/config/FifoQueue", "FifoQueue"),
    ("/config/KmsMasterKeyId", "KmsMasterKeyId"),
    ("/config/SqsManagedSseEnabled", "SqsManagedSseEnabled"),
    ("/config/MessageRetentionPeriod", "MessageRetentionPeriod"),
];

fn find<'a>(call: &Call<'a>) -> Result<&'a Value, Failure> {
    let asked = call.required("QueueUrl")?;
    let mut queues = call.account()?.documents(KIND, call.region);
    let found = queues.find(|queue| text(queue, "/observed/QueueUrl") == asked);
    found.ok_or_else(|| {
        Failure::new(
            400,
            "QueueDoesNotExist",
            "The specified queue does not exist.",
        )
    })
}

fn target(call: &Call<'_>) -> Result<Target, Failure> {
    let queue = find(call)?;
    let arn = text(queue, "/arn")
        .parse()
        .map_err(|_| Failure::validation("the document of the queue has no ARN"))?;
    Ok(Target {
        policy: queue.pointer("/config/PolicyDocument").cloned(),
        ..Target::resource(arn)
    })
}

fn list_queues(call: &Call<'_>) -> Result<Answer, Failure> {
    let queues = call.account()?.documents(KIND, call.region);
    let urls = queues.map(|queue| text(queue, "/observed/QueueUrl"));
    let page = page(
        urls.collect(),
        call.input.get("NextToken"),
        call.page_size("MaxResults"),
    )?;
    Ok(Answer::Json(
        json!({ "QueueUrls": page.items, "NextToken": page.next }),
    ))
}

/// All attributes are texts.
fn get_queue_attributes(call: &Call<'_>) -> Result<Answer, Failure> {
    let queue = find(call)?;
    let mut attributes: Map<String, Value> = ATTRIBUTES
        .iter()
        .filter_map(|(pointer, name)| {
            let value = queue.pointer(pointer).and_then(scalar)?;
            Some(((*name).to_owned(), value.into()))
        })
        .collect();
    for (pointer, name) in [
        ("/config/PolicyDocument", "Policy"),
        ("/config/RedrivePolicy", "RedrivePolicy"),
    ] {
        if let Some(value) = queue.pointer(pointer) {
            attributes.insert(name.to_owned(), as_text(value).into());
        }
    }
    let created = text(queue, "/observed/CreatedTimestamp");
    if !created.is_empty() {
        let created = parse_time(&created)?.as_second().to_string();
        attributes.insert("CreatedTimestamp".to_owned(), created.into());
    }
    Ok(Answer::Json(json!({ "Attributes": attributes })))
}

fn list_queue_tags(call: &Call<'_>) -> Result<Answer, Failure> {
    let tags = find(call)?.pointer("/tags").cloned();
    Ok(Answer::Json(
        json!({ "Tags": tags.unwrap_or_else(|| json!({})) }),
    ))
}
