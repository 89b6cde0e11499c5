//! AWS Secrets Manager: secrets with their policies, without what they hold.
//!
//! Source: AWS Secrets Manager API Reference.

use serde_json::{Value, json};

use super::{epoch_seconds, key_values};
use crate::document::{object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListSecrets", "secretsmanager:ListSecrets", list_secrets),
    of_resource(
        "GetResourcePolicy",
        "secretsmanager:GetResourcePolicy",
        target,
        get_resource_policy,
    ),
];

const KIND: &str = "AWS::SecretsManager::Secret";

fn find<'a>(call: &Call<'a>) -> Result<&'a Value, Failure> {
    let asked = call.required("SecretId")?;
    let mut secrets = call.account()?.documents(KIND, call.region);
    let found = secrets
        .find(|secret| text(secret, "/arn") == asked || text(secret, "/config/Name") == asked);
    found.ok_or_else(|| {
        Failure::new(
            400,
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        )
    })
}

fn target(call: &Call<'_>) -> Result<Target, Failure> {
    let secret = find(call)?;
    let arn = text(secret, "/arn")
        .parse()
        .map_err(|_| Failure::validation("the document of the secret has no ARN"))?;
    Ok(Target {
        policy: secret.pointer("/config/ResourcePolicy").cloned(),
        ..Target::resource(arn)
    })
}

fn list_secrets(call: &Call<'_>) -> Result<Answer, Failure> {
    let secrets = call.account()?.documents(KIND, call.region);
    let secrets: Result<Vec<Value>, Failure> = secrets.map(secret).collect();
    let limit = call.page_size("MaxResults");
    let page = page(secrets?, call.input.get("NextToken"), limit)?;
    Ok(Answer::Json(
        json!({ "SecretList": page.items, "NextToken": page.next }),
    ))
}

fn secret(secret: &Value) -> Result<Value, Failure> {
    let mut answer = object(
        secret,
        &[
            ("/arn", "ARN"),
            ("/config/Name", "Name"),
            ("/config/Description", "Description"),
            ("/config/KmsKeyId", "KmsKeyId"),
            ("/observed/RotationEnabled", "RotationEnabled"),
            ("/observed/RotationLambdaARN", "RotationLambdaARN"),
            ("/observed/OwningService", "OwningService"),
            ("/observed/PrimaryRegion", "PrimaryRegion"),
        ],
    );
    for name in [
        "CreatedDate",
        "LastChangedDate",
        "LastAccessedDate",
        "LastRotatedDate",
    ] {
        let time = text(secret, &format!("/observed/{name}"));
        if !time.is_empty() {
            set(&mut answer, name, epoch_seconds(&time)?);
        }
    }
    set(&mut answer, "Tags", key_values(secret));
    Ok(answer)
}

fn get_resource_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let secret = find(call)?;
    let mut answer = object(secret, &[("/arn", "ARN"), ("/config/Name", "Name")]);
    if let Some(policy) = secret.pointer("/config/ResourcePolicy") {
        set(&mut answer, "ResourcePolicy", super::as_text(policy).into());
    }
    Ok(Answer::Json(answer))
}
