//! Passwords and access keys that nobody uses.

use blastwall_sdk::prelude::*;

/// What counts as unused.
#[derive(Parameters)]
pub(crate) struct Unused {
    /// Days without use after which a credential is unused.
    #[parameter(default = 45)]
    max_days: u32,
}

/// Remove credentials that nobody uses
///
/// Looks at when the password and the active access keys of each IAM user were last used; one that
/// never was counts from the day it was made. What nobody uses, nobody misses when it is stolen.
///
/// # Remediation
///
/// Take the password away, switch the key off, and delete it once nothing breaks:
///
/// ```sh
/// aws iam delete-login-profile --user-name NAME
/// aws iam update-access-key --user-name NAME --access-key-id KEY --status Inactive
/// aws iam delete-access-key --user-name NAME --access-key-id KEY
/// ```
///
/// Terraform: remove the `aws_iam_user_login_profile` or `aws_iam_access_key`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html>
#[check(
    id = "iam-credentials-unused",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:2.11"]
)]
pub(crate) fn check(
    user: &User,
    account: &Account,
    parameters: &Unused,
) -> Result<Outcome, Unknown> {
    let limit = i64::from(parameters.max_days);
    let observed = &user.observed;
    let mut credentials = 0_usize;
    let mut unused = Vec::new();
    // One unused credential decides, whatever cannot be told of another.
    let mut unseen = None;
    match observed.password_enabled.required() {
        Ok(true) => {
            credentials += 1;
            match password_idle(user, account) {
                Ok(days) if days > limit => {
                    unused.push((format!("the password for {days} days"), None));
                }
                Ok(_) => {}
                Err(unknown) => unseen = Some(unknown),
            }
        }
        Ok(false) => {}
        Err(unknown) => unseen = Some(unknown),
    }
    let none = Vec::new();
    match observed.access_keys.get() {
        Err(unknown) => unseen = Some(unknown),
        Ok(keys) => {
            for (index, key) in keys.unwrap_or(&none).iter().enumerate() {
                if key.status != "Active" {
                    continue;
                }
                credentials += 1;
                let idle = key.last_used_date.get().and_then(|used| {
                    account.days_since(used.map_or(key.create_date.as_str(), String::as_str))
                });
                match idle {
                    Ok(days) if days > limit => {
                        let name = if key.access_key_id.is_empty() {
                            "an access key"
                        } else {
                            &key.access_key_id
                        };
                        unused.push((format!("{name} for {days} days"), Some((index, key))));
                    }
                    Ok(_) => {}
                    Err(unknown) => unseen = Some(unknown),
                }
            }
        }
    }
    if unused.is_empty() {
        return match unseen {
            Some(unknown) => Err(unknown),
            None if credentials == 0 => Ok(not_applicable(
                "the user has neither password nor active access key",
            )),
            None => Ok(pass(format!(
                "every credential was used in the last {limit} days"
            ))),
        };
    }
    let words: Vec<&str> = unused.iter().map(|(words, _)| words.as_str()).collect();
    let outcome = fail(format!("unused: {}", words.join(", ")));
    Ok(unused.iter().fold(outcome, |outcome, (_, key)| match key {
        Some((index, key)) => outcome.evidence(format!("/observed/AccessKeys/{index}"), key),
        None => outcome.evidence("/observed/PasswordEnabled", &true),
    }))
}

/// Days since the password was used, or else since it was set, or else since the user was made.
fn password_idle(user: &User, account: &Account) -> Result<i64, Unknown> {
    let observed = &user.observed;
    if let Some(used) = observed.password_last_used.get()? {
        return account.days_since(used);
    }
    match observed.password_last_changed.get()? {
        Some(changed) => account.days_since(changed),
        None => account.days_since(observed.create_date.required()?),
    }
}
