//! Amazon DynamoDB: tables with their policies, without items.
//!
//! Source: Amazon DynamoDB API Reference.

use serde_json::{Value, json};

use super::{as_text, epoch_seconds, key_values};
use crate::document::{object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;
use crate::state::last_part;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListTables", "dynamodb:ListTables", list_tables),
    of_resource(
        "DescribeTable",
        "dynamodb:DescribeTable",
        target,
        describe_table,
    ),
    of_resource(
        "GetResourcePolicy",
        "dynamodb:GetResourcePolicy",
        target,
        get_resource_policy,
    ),
    of_resource(
        "ListTagsOfResource",
        "dynamodb:ListTagsOfResource",
        target,
        list_tags,
    ),
];

const KIND: &str = "AWS::DynamoDB::Table";

/// By name or by ARN, as operations ask.
fn find<'a>(call: &Call<'a>) -> Result<&'a Value, Failure> {
    let asked = match call.input.get("ResourceArn") {
        Some(arn) => arn,
        None => call.required("TableName")?,
    };
    let mut tables = call.account()?.documents(KIND, call.region);
    let found = tables.find(|table| {
        let arn = text(table, "/arn");
        arn == asked || last_part(&arn) == asked
    });
    found.ok_or_else(|| {
        Failure::new(
            400,
            "ResourceNotFoundException",
            format!("Requested resource not found: Table: {asked} not found"),
        )
    })
}

fn target(call: &Call<'_>) -> Result<Target, Failure> {
    let table = find(call)?;
    let arn = text(table, "/arn")
        .parse()
        .map_err(|_| Failure::validation("the document of the table has no ARN"))?;
    Ok(Target {
        policy: table
            .pointer("/config/ResourcePolicy/PolicyDocument")
            .cloned(),
        ..Target::resource(arn)
    })
}

/// Pages begin behind the last name of the one before.
fn list_tables(call: &Call<'_>) -> Result<Answer, Failure> {
    let tables = call.account()?.documents(KIND, call.region);
    let mut names: Vec<String> = tables
        .map(|table| last_part(&text(table, "/arn")).to_owned())
        .collect();
    names.sort();
    if let Some(last) = call.input.get("ExclusiveStartTableName") {
        names.retain(|name| name.as_str() > last);
    }
    let limit = call.page_size("Limit").max(1);
    let more = names.len() > limit;
    names.truncate(limit);
    let last = names.last().filter(|_| more).cloned();
    Ok(Answer::Json(
        json!({ "TableNames": names, "LastEvaluatedTableName": last }),
    ))
}

fn describe_table(call: &Call<'_>) -> Result<Answer, Failure> {
    let table = find(call)?;
    let mut answer = object(
        table,
        &[
            ("/arn", "TableArn"),
            ("/config/TableName", "TableName"),
            (
                "/config/DeletionProtectionEnabled",
                "DeletionProtectionEnabled",
            ),
            ("/observed/TableStatus", "TableStatus"),
            ("/observed/ItemCount", "ItemCount"),
            ("/observed/LatestStreamArn", "LatestStreamArn"),
        ],
    );
    let created = text(table, "/observed/CreationDateTime");
    if !created.is_empty() {
        set(&mut answer, "CreationDateTime", epoch_seconds(&created)?);
    }
    if let Some(encryption) = table.pointer("/config/SSESpecification") {
        let mut description = object(
            encryption,
            &[
                ("/SSEType", "SSEType"),
                ("/KMSMasterKeyId", "KMSMasterKeyArn"),
            ],
        );
        let enabled = encryption.pointer("/SSEEnabled").and_then(Value::as_bool);
        let status = if enabled == Some(true) {
            "ENABLED"
        } else {
            "DISABLED"
        };
        set(&mut description, "Status", status.into());
        set(&mut answer, "SSEDescription", description);
    }
    if let Some(stream) = table.pointer("/config/StreamSpecification") {
        let mut specification = object(stream, &[("/StreamViewType", "StreamViewType")]);
        set(&mut specification, "StreamEnabled", true.into());
        set(&mut answer, "StreamSpecification", specification);
    }
    Ok(Answer::Json(json!({ "Table": answer })))
}

fn get_resource_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let table = find(call)?;
    let policy = table.pointer("/config/ResourcePolicy/PolicyDocument");
    let policy = policy.ok_or_else(|| {
        Failure::new(
            400,
            "PolicyNotFoundException",
            "Resource-based policy not found for the provided ResourceArn",
        )
    })?;
    Ok(Answer::Json(json!({ "Policy": as_text(policy) })))
}

fn list_tags(call: &Call<'_>) -> Result<Answer, Failure> {
    let tags = key_values(find(call)?);
    let tags = tags.as_array().cloned().unwrap_or_default();
    let page = page(
        tags,
        call.input.get("NextToken"),
        call.simulation.options.page_size,
    )?;
    Ok(Answer::Json(
        json!({ "Tags": page.items, "NextToken": page.next }),
    ))
}
