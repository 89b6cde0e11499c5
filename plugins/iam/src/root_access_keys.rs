//! Access keys of the root user.

use blastwall_sdk::prelude::*;

/// Keep the root user free of access keys
///
/// Looks at whether the root user has access keys. They are long-lived, need no second factor and
/// allow everything in the account; no work needs them.
///
/// # Remediation
///
/// Find out who uses the keys (the credential report names the service and region of their last
/// use), move that work to a role, then sign in as the root user and delete the keys under
/// "Security credentials". From the management account, with central root access:
///
/// ```sh
/// aws sts assume-root --target-principal ACCOUNT \
///   --task-policy-arn arn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html>
#[check(id = "iam-root-access-keys", severity = Critical, category = Security, controls = ["cis-aws-7.0:2.4"])]
pub(crate) fn check(root: &RootUser) -> Result<Outcome, Unknown> {
    let present = root.observed.account_access_keys_present.required()?;
    let outcome = if *present {
        fail("the root user has access keys")
    } else {
        pass("the root user has no access keys")
    };
    Ok(outcome.evidence("/observed/AccountAccessKeysPresent", present))
}
