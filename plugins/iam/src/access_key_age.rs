//! The age of access keys.

use blastwall_sdk::model::resources::iam::AccessKey;
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
    let limit = i64::from(parameters.max_age_days);
    let mut active = 0_usize;
    let mut old = Vec::new();
    // One key that is too old decides, whether or not the age of another can be told.
    let mut undated = None;
    for (index, key) in keys.iter().enumerate() {
        if key.status != "Active" {
            continue;
        }
        active += 1;
        match account.days_since(&key.create_date) {
            Ok(age) if age > limit => old.push((index, key, age)),
            Ok(_) => {}
            Err(unknown) => undated = Some(unknown),
        }
    }
    if active == 0 {
        return Ok(not_applicable("the user has no active access key"));
    }
    if old.is_empty() {
        return match undated {
            Some(unknown) => Err(unknown),
            None => Ok(pass(format!(
                "no active access key is older than {limit} days"
            ))),
        };
    }
    let ages: Vec<String> = old
        .iter()
        .map(|(_, key, age)| described(key, *age))
        .collect();
    let message = format!("{}, more than {limit}", ages.join(" and "));
    Ok(old.iter().fold(fail(message), |outcome, (index, key, _)| {
        outcome.evidence(format!("/observed/AccessKeys/{index}"), key)
    }))
}

/// A key and its age in words; the credential report alone does not tell the id of a key.
fn described(key: &AccessKey, age: i64) -> String {
    if key.access_key_id.is_empty() {
        format!("an active access key is {age} days old")
    } else {
        format!("access key {} is {age} days old", key.access_key_id)
    }
}
