//! The age of access keys.

use blastwall_sdk::prelude::*;

/// What counts as old.
#[derive(Parameters)]
pub(crate) struct KeyAge {
    /// Days after which an active access key is too old.
    #[parameter(default = 90)]
    max_age_days: u32,
}

/// Rotate access keys
///
/// Looks at the active access keys of IAM users and when they were created. The longer a key
/// lives, the more places know it: laptops, build servers, logs, backups. Inactive keys do not
/// count, they open nothing.
///
/// # Remediation
///
/// Replace long-lived keys by roles where you can. Where you cannot, create a second key, move its
/// users over, then switch the old one off and delete it:
///
/// ```sh
/// aws iam create-access-key --user-name NAME
/// aws iam update-access-key --user-name NAME --access-key-id OLD --status Inactive
/// aws iam delete-access-key --user-name NAME --access-key-id OLD
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html>
#[check(id = "iam-access-key-age", severity = Medium, category = Security, controls = ["cis-aws-7.0:2.12"])]
pub(crate) fn check(
    user: &User,
    account: &Account,
    parameters: &KeyAge,
) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let keys = user.observed.access_keys.get()?.unwrap_or(&none);
    let mut oldest = None;
    for (index, key) in keys.iter().enumerate() {
        if key.status != "Active" {
            continue;
        }
        let age = account.days_since(&key.create_date)?;
        if oldest.is_none_or(|(_, _, oldest)| age > oldest) {
            oldest = Some((index, key, age));
        }
    }
    let Some((index, key, age)) = oldest else {
        return Ok(not_applicable("the user has no active access key"));
    };
    let limit = parameters.max_age_days;
    let outcome = if age > i64::from(limit) {
        fail(format!("an active access key is {age} days old, more than {limit}"))
    } else {
        pass(format!("no active access key is older than {limit} days"))
    };
    Ok(outcome.evidence(format!("/observed/AccessKeys/{index}"), key))
}
