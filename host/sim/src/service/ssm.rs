//! AWS Systems Manager: parameters, without their values.
//!
//! Source: AWS Systems Manager API Reference.

use serde_json::{Value, json};

use super::epoch_seconds;
use crate::document::{object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[listing(
    "DescribeParameters",
    "ssm:DescribeParameters",
    describe_parameters,
)];

fn describe_parameters(call: &Call<'_>) -> Result<Answer, Failure> {
    let documents = call.account()?;
    let documents = documents.documents("AWS::SSM::Parameter", call.region);
    let parameters: Result<Vec<Value>, Failure> = documents.map(parameter).collect();
    let limit = call.page_size("MaxResults");
    let page = page(parameters?, call.input.get("NextToken"), limit)?;
    Ok(Answer::Json(
        json!({ "Parameters": page.items, "NextToken": page.next }),
    ))
}

fn parameter(parameter: &Value) -> Result<Value, Failure> {
    let mut answer = object(
        parameter,
        &[
            ("/arn", "ARN"),
            ("/config/Name", "Name"),
            ("/config/Type", "Type"),
            ("/config/Tier", "Tier"),
            ("/config/KeyId", "KeyId"),
            ("/config/DataType", "DataType"),
            ("/observed/Version", "Version"),
        ],
    );
    let time = text(parameter, "/observed/LastModifiedDate");
    if !time.is_empty() {
        set(&mut answer, "LastModifiedDate", epoch_seconds(&time)?);
    }
    Ok(answer)
}
