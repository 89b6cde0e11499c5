//! Amazon CloudWatch: alarms on metrics.
//!
//! Source: Amazon CloudWatch API Reference.

use serde_json::{Value, json};

use crate::document::object;
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[listing(
    "DescribeAlarms",
    "cloudwatch:DescribeAlarms",
    describe_alarms,
)];

fn describe_alarms(call: &Call<'_>) -> Result<Answer, Failure> {
    let documents = call
        .account()?
        .documents("AWS::CloudWatch::Alarm", call.region);
    let alarms: Vec<Value> = documents
        .map(|document| {
            object(
                document,
                &[
                    ("/arn", "AlarmArn"),
                    ("/config/AlarmName", "AlarmName"),
                    ("/config/MetricName", "MetricName"),
                    ("/config/Namespace", "Namespace"),
                    ("/config/ActionsEnabled", "ActionsEnabled"),
                    ("/config/AlarmActions", "AlarmActions"),
                    ("/config/Statistic", "Statistic"),
                    ("/config/Period", "Period"),
                    ("/config/EvaluationPeriods", "EvaluationPeriods"),
                    ("/config/ComparisonOperator", "ComparisonOperator"),
                    ("/config/Threshold", "Threshold"),
                    ("/observed/StateValue", "StateValue"),
                ],
            )
        })
        .collect();
    let page = page(
        alarms,
        call.input.get("NextToken"),
        call.page_size("MaxRecords"),
    )?;
    let mut answer = json!({ "MetricAlarms": page.items, "CompositeAlarms": [] });
    if let Some(next) = page.next {
        crate::document::set(&mut answer, "NextToken", json!(next));
    }
    Ok(Answer::Json(answer))
}
