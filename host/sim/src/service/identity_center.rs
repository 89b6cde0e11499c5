//! AWS IAM Identity Center and its directory: instances, permission sets, assignments, users and groups.
//!
//! Source: IAM Identity Center API Reference, Identity Store API Reference.

use serde_json::{Value, json};

use super::epoch_seconds;
use crate::document::{object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListInstances", "sso:ListInstances", list_instances),
    listing(
        "ListPermissionSets",
        "sso:ListPermissionSets",
        list_permission_sets,
    ),
    listing(
        "DescribePermissionSet",
        "sso:DescribePermissionSet",
        describe_permission_set,
    ),
    listing(
        "ListAccountAssignmentsForPrincipal",
        "sso:ListAccountAssignmentsForPrincipal",
        list_assignments,
    ),
];

pub(crate) const DIRECTORY: &[Operation] = &[
    listing("ListUsers", "identitystore:ListUsers", list_users),
    listing("ListGroups", "identitystore:ListGroups", list_groups),
    listing(
        "ListGroupMemberships",
        "identitystore:ListGroupMemberships",
        list_group_memberships,
    ),
];

const INSTANCE: &str = "AWS::SSO::Instance";
const PERMISSION_SET: &str = "AWS::SSO::PermissionSet";
const ASSIGNMENT: &str = "AWS::SSO::Assignment";
const USER: &str = "AWS::IdentityStore::User";
const GROUP: &str = "AWS::IdentityStore::Group";
const MEMBERSHIP: &str = "AWS::IdentityStore::GroupMembership";

/// No answer of these services has more.
const A_PAGE: usize = 100;

/// The documents of a type of which a property is what the call asks for.
fn of<'a>(
    call: &Call<'a>,
    kind: &str,
    property: &str,
    parameter: &str,
) -> Result<Vec<&'a Value>, Failure> {
    let asked = call.required(parameter)?;
    let documents = call.account()?.documents(kind, call.region);
    let pointer = format!("/config/{property}");
    Ok(documents
        .filter(|document| text(document, &pointer) == asked)
        .collect())
}

/// One page of a listing.
fn listed(call: &Call<'_>, name: &str, items: Vec<Value>) -> Result<Answer, Failure> {
    let limit = call.page_size("MaxResults").min(A_PAGE);
    let page = page(items, call.input.get("NextToken"), limit)?;
    let mut answer = json!({ "NextToken": page.next });
    set(&mut answer, name, page.items.into());
    Ok(Answer::Json(answer))
}

fn with_time(mut answer: Value, document: &Value) -> Result<Value, Failure> {
    let time = text(document, "/observed/CreatedDate");
    if !time.is_empty() {
        set(&mut answer, "CreatedDate", epoch_seconds(&time)?);
    }
    Ok(answer)
}

fn list_instances(call: &Call<'_>) -> Result<Answer, Failure> {
    let instances = call.account()?.documents(INSTANCE, call.region);
    let instances: Result<Vec<Value>, Failure> = instances
        .map(|instance| {
            let answer = object(
                instance,
                &[
                    ("/arn", "InstanceArn"),
                    ("/config/Name", "Name"),
                    ("/observed/OwnerAccountId", "OwnerAccountId"),
                    ("/observed/IdentityStoreId", "IdentityStoreId"),
                    ("/observed/Status", "Status"),
                ],
            );
            with_time(answer, instance)
        })
        .collect();
    listed(call, "Instances", instances?)
}

fn list_permission_sets(call: &Call<'_>) -> Result<Answer, Failure> {
    let sets = of(call, PERMISSION_SET, "InstanceArn", "InstanceArn")?;
    let arns = sets.into_iter().map(|found| text(found, "/arn").into());
    listed(call, "PermissionSets", arns.collect())
}

fn describe_permission_set(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.required("PermissionSetArn")?;
    let mut sets = call.account()?.documents(PERMISSION_SET, call.region);
    let found = sets
        .find(|found| text(found, "/arn") == asked)
        .ok_or_else(|| {
            Failure::new(
                400,
                "ResourceNotFoundException",
                "Could not find PermissionSet",
            )
        })?;
    let answer = object(
        found,
        &[
            ("/arn", "PermissionSetArn"),
            ("/config/Name", "Name"),
            ("/config/Description", "Description"),
            ("/config/SessionDuration", "SessionDuration"),
            ("/config/RelayStateType", "RelayState"),
        ],
    );
    Ok(Answer::Json(
        json!({ "PermissionSet": with_time(answer, found)? }),
    ))
}

/// What a user is assigned comes with what its groups are.
fn list_assignments(call: &Call<'_>) -> Result<Answer, Failure> {
    let (of, id) = (
        call.required("PrincipalType")?,
        call.required("PrincipalId")?,
    );
    let memberships = call.account()?.documents(MEMBERSHIP, call.region);
    let groups: Vec<String> = memberships
        .filter(|membership| of == "USER" && text(membership, "/config/MemberId/UserId") == id)
        .map(|membership| text(membership, "/config/GroupId"))
        .collect();
    let all = self::of(call, ASSIGNMENT, "InstanceArn", "InstanceArn")?;
    let assigned = all.into_iter().filter(|assignment| {
        let principal = text(assignment, "/config/PrincipalId");
        match text(assignment, "/config/PrincipalType").as_str() {
            "GROUP" if of == "USER" => groups.contains(&principal),
            own => own == of && principal == id,
        }
    });
    let answers = assigned.map(|assignment| {
        object(
            assignment,
            &[
                ("/config/TargetId", "AccountId"),
                ("/config/PermissionSetArn", "PermissionSetArn"),
                ("/config/PrincipalId", "PrincipalId"),
                ("/config/PrincipalType", "PrincipalType"),
            ],
        )
    });
    listed(call, "AccountAssignments", answers.collect())
}

fn list_users(call: &Call<'_>) -> Result<Answer, Failure> {
    let users = of(call, USER, "IdentityStoreId", "IdentityStoreId")?;
    let answers = users.into_iter().map(|user| {
        object(
            user,
            &[
                ("/arn", "UserArn"),
                ("/config/IdentityStoreId", "IdentityStoreId"),
                ("/config/UserId", "UserId"),
                ("/config/UserName", "UserName"),
                ("/config/DisplayName", "DisplayName"),
            ],
        )
    });
    listed(call, "Users", answers.collect())
}

fn list_groups(call: &Call<'_>) -> Result<Answer, Failure> {
    let groups = of(call, GROUP, "IdentityStoreId", "IdentityStoreId")?;
    let answers = groups.into_iter().map(|group| {
        object(
            group,
            &[
                ("/arn", "GroupArn"),
                ("/config/IdentityStoreId", "IdentityStoreId"),
                ("/config/GroupId", "GroupId"),
                ("/config/DisplayName", "DisplayName"),
                ("/config/Description", "Description"),
            ],
        )
    });
    listed(call, "Groups", answers.collect())
}

fn list_group_memberships(call: &Call<'_>) -> Result<Answer, Failure> {
    let memberships = of(call, MEMBERSHIP, "GroupId", "GroupId")?;
    let answers = memberships.into_iter().map(|membership| {
        object(
            membership,
            &[
                ("/arn", "MembershipArn"),
                ("/config/IdentityStoreId", "IdentityStoreId"),
                ("/config/MembershipId", "MembershipId"),
                ("/config/GroupId", "GroupId"),
                ("/config/MemberId", "MemberId"),
            ],
        )
    });
    listed(call, "GroupMemberships", answers.collect())
}
