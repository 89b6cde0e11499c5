//! Access control lists of buckets: what they let groups of strangers read, and what of them is not judged.
//!
//! Sources: S3 User Guide, "Access control list (ACL) overview" (groups, permissions, canned lists) and
//! "Controlling ownership of objects and disabling ACLs".

use serde_json::{Value, json};

/// What the access control list of a bucket does for others than its owner.
#[derive(Debug, Default)]
pub(super) struct BucketAcl {
    /// The policy of the bucket as it were if it let everybody read what the list lets everybody list; none if
    /// it lets nobody. Denials of the policy hold for whoever comes by the list, too.
    pub(super) reads: Option<Value>,
    /// What else it does, in words.
    pub(super) unjudged: Option<String>,
}

/// A grant to somebody else.
struct Grant {
    to: String,
    everybody: bool,
    reads: bool,
    writes: bool,
}

/// Reads the list, if it counts: it does not where the owner of the bucket owns all objects, and public groups
/// not where they are ignored, for the bucket or the account. The group that logs are delivered by is nobody
/// else.
pub(super) fn read(value: &Value, policy: Option<&Value>, ignored: bool) -> BucketAcl {
    let ownership = value.pointer("/config/OwnershipControls/Rules/0/ObjectOwnership");
    if ownership.and_then(Value::as_str) == Some("BucketOwnerEnforced") {
        return BucketAcl::default();
    }
    let ignored = ignored || ignores_public(value);
    let grants: Vec<Grant> = listed(value)
        .chain(canned(value))
        .filter(|grant| !grant.everybody || !ignored)
        .collect();
    let reads = grants.iter().any(|grant| grant.everybody && grant.reads);
    let more = grants
        .iter()
        .filter(|grant| !grant.everybody || grant.writes || !grant.reads);
    let mut more: Vec<&str> = more.map(|grant| grant.to.as_str()).collect();
    more.sort_unstable();
    more.dedup();
    BucketAcl {
        reads: reads.then(|| with_readers(value, policy)),
        unjudged: (!more.is_empty()).then(|| {
            format!(
                "its access control list names {}: what that lets them write, or whose account an id is, is not \
                 taken into account",
                more.join(", ")
            )
        }),
    }
}

/// Whether public lists of a bucket, or of all buckets of an account, are ignored.
pub(super) fn ignores_public(value: &Value) -> bool {
    value
        .pointer("/config/PublicAccessBlockConfiguration/IgnorePublicAcls")
        .and_then(Value::as_bool)
        .unwrap_or_default()
}

fn group(name: &str) -> Option<&'static str> {
    match name {
        "AllUsers" => Some("everybody"),
        "AuthenticatedUsers" => Some("everybody with an AWS account"),
        _ => None,
    }
}

fn listed(value: &Value) -> impl Iterator<Item = Grant> {
    let owner = value.pointer("/observed/OwnerId").and_then(Value::as_str);
    let grants = value.pointer("/observed/Grants").and_then(Value::as_array);
    let grants = grants.into_iter().flatten();
    grants.filter_map(move |grant| {
        let text = |name: &str| grant.get("Grantee")?.get(name)?.as_str();
        let permission = grant.get("Permission").and_then(Value::as_str);
        let is = |names: &[&str]| permission.is_some_and(|own| names.contains(&own));
        let (to, everybody) = match (text("URI"), text("ID")) {
            (Some(uri), _) => {
                let name = group(uri.rsplit('/').next().unwrap_or_default())?;
                (name.to_owned(), true)
            }
            (None, Some(id)) if owner.is_some_and(|owner| owner != id) => {
                (format!("the account with the canonical id {id}"), false)
            }
            _ => return None,
        };
        Some(Grant {
            to,
            everybody,
            reads: is(&["READ", "FULL_CONTROL"]),
            writes: is(&["WRITE", "WRITE_ACP", "FULL_CONTROL"]),
        })
    })
}

/// The grants that a list of a name stands for.
fn canned(value: &Value) -> Option<Grant> {
    let name = value.pointer("/config/AccessControl")?.as_str()?;
    let (to, writes) = match name {
        "PublicRead" => ("AllUsers", false),
        "PublicReadWrite" => ("AllUsers", true),
        "AuthenticatedRead" => ("AuthenticatedUsers", false),
        _ => return None,
    };
    Some(Grant {
        to: group(to)?.to_owned(),
        everybody: true,
        reads: true,
        writes,
    })
}

fn with_readers(value: &Value, policy: Option<&Value>) -> Value {
    let arn = value.get("arn").and_then(Value::as_str).unwrap_or_default();
    let mut statements = match policy.and_then(|policy| policy.get("Statement")) {
        Some(Value::Array(statements)) => statements.clone(),
        Some(statement) => vec![statement.clone()],
        None => Vec::new(),
    };
    statements.retain(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Deny"));
    statements.push(
        json!({"Sid": "AccessControlList", "Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": format!("{arn}/*")}),
    );
    json!({"Version": "2012-10-17", "Statement": statements})
}
