//! Access points and contacts.

use serde_json::{Value, json};

use super::{MEMBER, NASTY, document};

/// Whom AWS writes to about an account.
pub fn contacts(account: &str, alternate: Value) -> Value {
    let arn = format!("arn:aws:account::{account}:contacts");
    let config = json!({ "FullName": NASTY, "AlternateContacts": alternate });
    document(
        account,
        "Account::Contacts",
        arn,
        "global",
        json!({ "config": config }),
    )
}

/// What the member has.
pub fn member() -> Vec<Value> {
    let access_point = |name: &str, config: Value, origin: &str| {
        let mut point = document(
            MEMBER,
            "S3::AccessPoint",
            format!("arn:aws:s3:eu-west-1:{MEMBER}:accesspoint/{name}"),
            "eu-west-1",
            json!({
                "config": config,
                "observed": {
                    "NetworkOrigin": origin, "Alias": format!("{name}-abc-s3alias"),
                    "CreationDate": "2024-01-02T03:04:05Z"
                },
                "unknown": { "tags": "NotCollected: s3:ListTagsForResource" }
            }),
        );
        point["config"]["Name"] = json!(name);
        point["config"]["Bucket"] = json!("rich.bucket");
        point["config"]["BucketAccountId"] = json!(MEMBER);
        point
    };
    let switches = |on: bool| {
        json!({
            "BlockPublicAcls": true, "BlockPublicPolicy": on,
            "IgnorePublicAcls": true, "RestrictPublicBuckets": on
        })
    };
    vec![
        access_point(
            "inside",
            json!({
                "VpcConfiguration": { "VpcId": "vpc-1" },
                "PublicAccessBlockConfiguration": switches(true)
            }),
            "VPC",
        ),
        access_point(
            "outside",
            json!({
                "PublicAccessBlockConfiguration": switches(false),
                "Policy": { "Version": "2012-10-17", "Statement": [
                    { "Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                      "Resource": format!("arn:aws:s3:eu-west-1:{MEMBER}:accesspoint/outside/object/{NASTY}") }
                ]}
            }),
            "Internet",
        ),
        contacts(
            MEMBER,
            json!([
                { "AlternateContactType": "BILLING", "EmailAddress": "billing@example.com" },
                { "AlternateContactType": "SECURITY", "EmailAddress": "security@example.com" }
            ]),
        ),
    ]
}
