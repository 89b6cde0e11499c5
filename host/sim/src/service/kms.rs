//! AWS KMS: keys with their policies and grants.
//!
//! Source: AWS KMS API Reference.

use serde_json::{Value, json};

use super::epoch_seconds;
use crate::document::{list, object, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;
use crate::state::last_part;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListKeys", "kms:ListKeys", list_keys),
    listing("ListAliases", "kms:ListAliases", list_aliases),
    of_resource("DescribeKey", "kms:DescribeKey", target, describe_key),
    of_resource("GetKeyPolicy", "kms:GetKeyPolicy", target, get_key_policy),
    of_resource(
        "GetKeyRotationStatus",
        "kms:GetKeyRotationStatus",
        target,
        get_rotation,
    ),
    of_resource("ListGrants", "kms:ListGrants", target, list_grants),
    of_resource(
        "ListResourceTags",
        "kms:ListResourceTags",
        target,
        list_tags,
    ),
];

const KIND: &str = "AWS::KMS::Key";

fn find<'a>(call: &Call<'a>) -> Result<&'a Value, Failure> {
    let asked = call.required("KeyId")?;
    let found = call.account()?.documents(KIND, call.region).find(|key| {
        let arn = text(key, "/arn");
        arn == asked || last_part(&arn) == asked
    });
    found.ok_or_else(|| {
        Failure::new(
            400,
            "NotFoundException",
            format!("Key '{asked}' does not exist"),
        )
    })
}

/// Only the key policy opens a key, so a key without one in its document has the one that KMS
/// begins with: the account decides.
fn target(call: &Call<'_>) -> Result<Target, Failure> {
    let key = find(call)?;
    let arn = text(key, "/arn")
        .parse()
        .map_err(|_| Failure::validation("the document of the key has no ARN"))?;
    let partition = &call.simulation.state.partition;
    let account = &call.principal.account;
    let first = || {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "kms:*", "Resource": "*",
            "Principal": { "AWS": format!("arn:{partition}:iam::{account}:root") }
        }]})
    };
    Ok(Target {
        policy: Some(
            key.pointer("/config/KeyPolicy")
                .cloned()
                .unwrap_or_else(first),
        ),
        ..Target::resource(arn)
    })
}

/// A page of a listing, in the words of KMS.
fn paged(call: &Call<'_>, name: &str, items: Vec<Value>) -> Result<Answer, Failure> {
    let page = page(items, call.input.get("Marker"), call.page_size("Limit"))?;
    Ok(Answer::Json(json!({
        name: page.items, "Truncated": page.next.is_some(), "NextMarker": page.next
    })))
}

fn list_keys(call: &Call<'_>) -> Result<Answer, Failure> {
    let keys = call.account()?.documents(KIND, call.region).map(|key| {
        let arn = text(key, "/arn");
        json!({ "KeyId": last_part(&arn), "KeyArn": arn })
    });
    paged(call, "Keys", keys.collect())
}

fn list_aliases(call: &Call<'_>) -> Result<Answer, Failure> {
    let keys = call.account()?.documents(KIND, call.region);
    let aliases = keys.flat_map(|key| {
        let arn = text(key, "/arn");
        list(key, "/observed/Aliases")
            .iter()
            .map(move |name| json!({ "AliasName": name, "TargetKeyId": last_part(&arn) }))
    });
    paged(call, "Aliases", aliases.collect())
}

fn describe_key(call: &Call<'_>) -> Result<Answer, Failure> {
    let key = find(call)?;
    let arn = text(key, "/arn");
    let mut metadata = object(
        key,
        &[
            ("/config/Description", "Description"),
            ("/config/Enabled", "Enabled"),
            ("/config/KeySpec", "KeySpec"),
            ("/config/KeyUsage", "KeyUsage"),
            ("/config/MultiRegion", "MultiRegion"),
            ("/config/Origin", "Origin"),
            ("/observed/KeyManager", "KeyManager"),
            ("/observed/KeyState", "KeyState"),
        ],
    );
    crate::document::set(&mut metadata, "KeyId", json!(last_part(&arn)));
    crate::document::set(&mut metadata, "Arn", json!(arn));
    for name in ["CreationDate", "DeletionDate"] {
        let time = text(key, &format!("/observed/{name}"));
        if !time.is_empty() {
            crate::document::set(&mut metadata, name, epoch_seconds(&time)?);
        }
    }
    Ok(Answer::Json(json!({ "KeyMetadata": metadata })))
}

fn get_key_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let policy = find(call)?.pointer("/config/KeyPolicy");
    let policy = policy.map(|policy| match policy {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    Ok(Answer::Json(json!({ "Policy": policy })))
}

fn get_rotation(call: &Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::Json(object(
        find(call)?,
        &[
            ("/config/EnableKeyRotation", "KeyRotationEnabled"),
            ("/config/RotationPeriodInDays", "RotationPeriodInDays"),
        ],
    )))
}

fn list_grants(call: &Call<'_>) -> Result<Answer, Failure> {
    // Documents have grants as the API has them.
    let grants = list(find(call)?, "/observed/Grants").to_vec();
    paged(call, "Grants", grants)
}

fn list_tags(call: &Call<'_>) -> Result<Answer, Failure> {
    let tags = find(call)?.get("tags").and_then(Value::as_object);
    let tags = tags
        .into_iter()
        .flatten()
        .map(|(key, value)| json!({ "TagKey": key, "TagValue": value }));
    paged(call, "Tags", tags.collect())
}
