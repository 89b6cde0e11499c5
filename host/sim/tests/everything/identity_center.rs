//! Who of the workforce has what.

use serde_json::{Value, json};

use super::regional::{REGION, THEN};
use super::{MANAGEMENT, MEMBER, NASTY, document};

const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-1111111111111111";
const SET: &str = "arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-2222222222222222";
const STORE: &str = "d-1111111111";

fn of(kind: &str, arn: &str, parts: Value) -> Value {
    document(MANAGEMENT, kind, arn.to_owned(), REGION, parts)
}

fn in_directory(kind: &str, word: &str, id: &str, config: Value) -> Value {
    let mut config = config;
    config["IdentityStoreId"] = json!(STORE);
    let arn = format!("arn:aws:identitystore:::{word}/{id}");
    let kind = format!("IdentityStore::{kind}");
    of(&kind, &arn, json!({ "config": config }))
}

fn assignment(kind: &str, principal: &str) -> Value {
    let arn = format!(
        "arn:aws:sso::{MANAGEMENT}:assignment/ssoins-1111111111111111/{MEMBER}/ps-2222222222222222/{kind}/{principal}"
    );
    of(
        "SSO::Assignment",
        &arn,
        json!({ "config": {
            "InstanceArn": INSTANCE, "PermissionSetArn": SET, "PrincipalId": principal,
            "PrincipalType": kind, "TargetId": MEMBER, "TargetType": "AWS_ACCOUNT"
        }}),
    )
}

/// What the management account has: alice is in a group that has what she has herself, too.
pub fn management() -> Vec<Value> {
    vec![
        of(
            "SSO::Instance",
            INSTANCE,
            json!({
                "config": { "InstanceArn": INSTANCE, "Name": "workforce" },
                "observed": {
                    "OwnerAccountId": MANAGEMENT, "IdentityStoreId": STORE, "Status": "ACTIVE",
                    "CreatedDate": THEN
                },
                "unknown": { "tags": "NotCollected: sso:ListTagsForResource" }
            }),
        ),
        of(
            "SSO::PermissionSet",
            SET,
            json!({
                "config": {
                    "InstanceArn": INSTANCE, "PermissionSetArn": SET, "Name": "Ops",
                    "Description": NASTY, "SessionDuration": "PT1H",
                    "RelayStateType": "https://console.aws.amazon.com/"
                },
                "observed": { "CreatedDate": THEN },
                "unknown": { "tags": "NotCollected: sso:ListTagsForResource" }
            }),
        ),
        assignment("USER", "user-1"),
        assignment("GROUP", "group-1"),
        in_directory(
            "User",
            "user",
            "user-1",
            json!({ "UserId": "user-1", "UserName": "alice@example.com", "DisplayName": NASTY }),
        ),
        in_directory(
            "Group",
            "group",
            "group-1",
            json!({ "GroupId": "group-1", "DisplayName": "Operators", "Description": NASTY }),
        ),
        in_directory(
            "GroupMembership",
            "membership",
            "member-1",
            json!({
                "MembershipId": "member-1", "GroupId": "group-1", "MemberId": { "UserId": "user-1" }
            }),
        ),
    ]
}
