//! Amazon CloudWatch Logs: groups, filters and policies.
//!
//! Source: Amazon CloudWatch Logs API Reference.

use serde_json::{Value, json};

use super::parse_time;
use crate::document::{Members, object, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("DescribeLogGroups", "logs:DescribeLogGroups", groups),
    listing(
        "DescribeMetricFilters",
        "logs:DescribeMetricFilters",
        metric_filters,
    ),
    listing(
        "DescribeSubscriptionFilters",
        "logs:DescribeSubscriptionFilters",
        subscription_filters,
    ),
    listing(
        "DescribeResourcePolicies",
        "logs:DescribeResourcePolicies",
        resource_policies,
    ),
];

/// A page of the documents of a type, with one time in milliseconds.
fn paged(
    call: &Call<'_>,
    (kind, name): (&str, &str),
    members: &Members,
    (pointer, time_name): (&str, &str),
    finish: impl Fn(&Value, &mut Value),
) -> Result<Answer, Failure> {
    let group = call.input.get("logGroupName");
    let mut items = Vec::new();
    for document in call.account()?.documents(kind, call.region) {
        let own = text(document, "/config/LogGroupName");
        if group.is_some_and(|group| group != own) {
            continue;
        }
        let mut item = object(document, members);
        let time = text(document, pointer);
        if !time.is_empty() {
            crate::document::set(
                &mut item,
                time_name,
                json!(parse_time(&time)?.as_millisecond()),
            );
        }
        finish(document, &mut item);
        items.push(item);
    }
    let page = page(items, call.input.get("nextToken"), call.page_size("limit"))?;
    Ok(Answer::Json(
        json!({ name: page.items, "nextToken": page.next }),
    ))
}

fn groups(call: &Call<'_>) -> Result<Answer, Failure> {
    paged(
        call,
        ("AWS::Logs::LogGroup", "logGroups"),
        &[
            ("/arn", "logGroupArn"),
            ("/config/LogGroupName", "logGroupName"),
            ("/config/RetentionInDays", "retentionInDays"),
            ("/config/KmsKeyId", "kmsKeyId"),
            ("/config/LogGroupClass", "logGroupClass"),
            ("/observed/StoredBytes", "storedBytes"),
        ],
        ("/observed/CreationTime", "creationTime"),
        |document, item| {
            crate::document::set(item, "arn", json!(format!("{}:*", text(document, "/arn"))))
        },
    )
}

fn metric_filters(call: &Call<'_>) -> Result<Answer, Failure> {
    paged(
        call,
        ("AWS::Logs::MetricFilter", "metricFilters"),
        &[
            ("/config/FilterName", "filterName"),
            ("/config/LogGroupName", "logGroupName"),
            ("/config/FilterPattern", "filterPattern"),
        ],
        ("/observed/CreationTime", "creationTime"),
        |document, item| {
            let metrics = crate::document::list(document, "/config/MetricTransformations");
            let metrics: Vec<Value> = metrics
                .iter()
                .map(|metric| {
                    object(
                        metric,
                        &[
                            ("/MetricName", "metricName"),
                            ("/MetricNamespace", "metricNamespace"),
                            ("/MetricValue", "metricValue"),
                        ],
                    )
                })
                .collect();
            crate::document::set(item, "metricTransformations", json!(metrics));
        },
    )
}

fn subscription_filters(call: &Call<'_>) -> Result<Answer, Failure> {
    call.required("logGroupName")?;
    paged(
        call,
        ("AWS::Logs::SubscriptionFilter", "subscriptionFilters"),
        &[
            ("/config/FilterName", "filterName"),
            ("/config/LogGroupName", "logGroupName"),
            ("/config/FilterPattern", "filterPattern"),
            ("/config/DestinationArn", "destinationArn"),
            ("/config/RoleArn", "roleArn"),
        ],
        ("/observed/CreationTime", "creationTime"),
        |_, _| {},
    )
}

fn resource_policies(call: &Call<'_>) -> Result<Answer, Failure> {
    paged(
        call,
        ("AWS::Logs::ResourcePolicy", "resourcePolicies"),
        &[("/config/PolicyName", "policyName")],
        ("/observed/LastUpdatedTime", "lastUpdatedTime"),
        |document, item| {
            if let Some(policy) = document.pointer("/config/PolicyDocument") {
                let text = match policy {
                    Value::String(text) => json!(text),
                    other => json!(other.to_string()),
                };
                crate::document::set(item, "policyDocument", text);
            }
        },
    )
}
