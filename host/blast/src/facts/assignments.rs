//! Identity Center: who is assigned which permission set in which account.

use std::collections::BTreeMap;

use blastwall_model::Document;
use serde_json::Value;

const ASSIGNMENT: &str = "AWS::SSO::Assignment";
const PERMISSION_SET: &str = "AWS::SSO::PermissionSet";

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    [ASSIGNMENT, PERMISSION_SET].into_iter()
}

/// A permission set that a user or group of Identity Center has in an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AssignmentFacts {
    /// The id of the user or group in the identity store.
    pub(crate) principal: String,
    /// The name of the permission set.
    pub(crate) permission_set: String,
    /// The account.
    pub(crate) account: String,
    /// Whether it is a group.
    pub(crate) group: bool,
}

/// A permission set of Identity Center.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PermissionSet {
    pub(crate) arn: String,
    pub(crate) name: String,
}

/// Reads the permission sets that are kept in an account.
pub(super) fn permission_sets<'a>(
    documents: impl Iterator<Item = &'a Document>,
) -> Vec<PermissionSet> {
    documents
        .filter(|document| document.kind == PERMISSION_SET)
        .filter_map(|document| {
            let set: Value = serde_json::from_str(document.json()).ok()?;
            let text = |name: &str| set.pointer(&format!("/config/{name}"))?.as_str();
            let arn = text("PermissionSetArn").unwrap_or(document.arn.as_str());
            Some(PermissionSet {
                arn: arn.to_owned(),
                name: text("Name")?.to_owned(),
            })
        })
        .collect()
}

/// Reads the assignments that are kept in an account.
pub(super) fn read<'a>(documents: impl Iterator<Item = &'a Document>) -> Vec<AssignmentFacts> {
    let read: Vec<(&str, Value)> = documents
        .filter(|document| types().any(|kind| kind == document.kind))
        .filter_map(|document| {
            Some((
                document.kind.as_str(),
                serde_json::from_str(document.json()).ok()?,
            ))
        })
        .collect();
    let text = |value: &Value, name: &str| {
        let text = value.pointer(&format!("/config/{name}"))?.as_str()?;
        Some(text.to_owned())
    };
    let names: BTreeMap<String, String> = read
        .iter()
        .filter(|(kind, _)| *kind == PERMISSION_SET)
        .filter_map(|(_, set)| {
            let arn = text(set, "PermissionSetArn")
                .or_else(|| Some(set.get("arn")?.as_str()?.to_owned()))?;
            Some((arn, text(set, "Name")?))
        })
        .collect();
    read.iter()
        .filter(|(kind, _)| *kind == ASSIGNMENT)
        .filter_map(|(_, assignment)| {
            Some(AssignmentFacts {
                principal: text(assignment, "PrincipalId")?,
                permission_set: names.get(&text(assignment, "PermissionSetArn")?)?.clone(),
                account: text(assignment, "TargetId")?,
                group: text(assignment, "PrincipalType").as_deref() == Some("GROUP"),
            })
        })
        .collect()
}
