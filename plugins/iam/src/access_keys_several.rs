//! Users with more access keys than one.

use blastwall_sdk::prelude::*;

/// Keep to one active access key a user
///
/// Looks at whether an IAM user has two active access keys. The second is there for rotating; while
/// both live, there are two secrets to lose, and nobody knows which one matters.
///
/// # Remediation
///
/// Find out which key is in use, switch the other one off, then delete it:
///
/// ```sh
/// aws iam get-access-key-last-used --access-key-id KEY
/// aws iam update-access-key --user-name NAME --access-key-id KEY --status Inactive
/// ```
///
/// Terraform: keep one `aws_iam_access_key` a user.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html>
#[check(id = "iam-access-keys-several", severity = Low, category = Security)]
pub(crate) fn check(user: &User) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let keys = user.observed.access_keys.get()?.unwrap_or(&none);
    let active = keys.iter().filter(|key| key.status == "Active").count();
    let outcome = match active {
        0 => return Ok(not_applicable("the user has no active access key")),
        1 => pass("the user has one active access key"),
        _ => fail(format!("the user has {active} active access keys")),
    };
    Ok(outcome.evidence("/observed/AccessKeys", keys))
}
