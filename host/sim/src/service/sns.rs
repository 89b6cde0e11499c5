//! Amazon SNS: topics with their policies.
//!
//! Source: Amazon SNS API Reference.

use serde_json::Value;

use super::as_text;
use crate::document::{scalar, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;
use crate::xml::Element;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListTopics", "sns:ListTopics", list_topics),
    of_resource(
        "GetTopicAttributes",
        "sns:GetTopicAttributes",
        topic,
        get_topic_attributes,
    ),
    of_resource(
        "ListTagsForResource",
        "sns:ListTagsForResource",
        resource,
        list_tags,
    ),
];

const KIND: &str = "AWS::SNS::Topic";

/// No answer of the listing has more. Source: SNS API Reference, "ListTopics".
const TOPICS_A_PAGE: usize = 100;

/// Attributes, and where in a document they are.
const ATTRIBUTES: [(&str, &str); 5] = [
    ("/arn", "TopicArn"),
    ("/config/DisplayName", "DisplayName"),
    ("/config/FifoTopic", "FifoTopic"),
    ("/config/KmsMasterKeyId", "KmsMasterKeyId"),
    ("/observed/Owner", "Owner"),
];

fn find<'a>(call: &Call<'a>, parameter: &str) -> Result<&'a Value, Failure> {
    let asked = call.required(parameter)?;
    let mut topics = call.account()?.documents(KIND, call.region);
    let found = topics.find(|topic| text(topic, "/arn") == asked);
    found.ok_or_else(|| Failure::new(404, "NotFound", "Topic does not exist"))
}

fn topic(call: &Call<'_>) -> Result<Target, Failure> {
    target(find(call, "TopicArn")?)
}

fn resource(call: &Call<'_>) -> Result<Target, Failure> {
    target(find(call, "ResourceArn")?)
}

fn target(topic: &Value) -> Result<Target, Failure> {
    let arn = text(topic, "/arn")
        .parse()
        .map_err(|_| Failure::validation("the document of the topic has no ARN"))?;
    Ok(Target {
        policy: topic.pointer("/config/PolicyDocument").cloned(),
        ..Target::resource(arn)
    })
}

fn list_topics(call: &Call<'_>) -> Result<Answer, Failure> {
    let topics = call.account()?.documents(KIND, call.region);
    let topics = topics.map(|topic| Element::new("member").text("TopicArn", text(topic, "/arn")));
    let limit = call.simulation.options.page_size.min(TOPICS_A_PAGE);
    let page = page(topics.collect(), call.input.get("NextToken"), limit)?;
    Ok(Answer::Xml(
        Element::new("")
            .list("Topics", page.items)
            .maybe("NextToken", page.next),
    ))
}

/// All attributes are texts.
fn get_topic_attributes(call: &Call<'_>) -> Result<Answer, Failure> {
    let topic = find(call, "TopicArn")?;
    let policy = topic.pointer("/config/PolicyDocument").map(as_text);
    let attributes = ATTRIBUTES
        .iter()
        .filter_map(|(pointer, name)| Some((*name, topic.pointer(pointer).and_then(scalar)?)))
        .chain(policy.map(|policy| ("Policy", policy)))
        .map(|(name, value)| Element::new("entry").text("key", name).text("value", value));
    Ok(Answer::Xml(Element::new("").list("Attributes", attributes)))
}

fn list_tags(call: &Call<'_>) -> Result<Answer, Failure> {
    let topic = find(call, "ResourceArn")?;
    Ok(Answer::Xml(
        Element::new("").list("Tags", super::tag_members(topic)),
    ))
}
