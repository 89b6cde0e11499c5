//! MFA of the root user.

use blastwall_sdk::prelude::*;

/// Protect the root user with MFA
///
/// Looks at whether an MFA device is assigned to the root user. Nothing limits the root user of an
/// account but service control policies, so whoever learns its password owns the account. A member
/// account whose root credentials were removed through central root access has neither a password
/// nor keys to protect.
///
/// # Remediation
///
/// Sign in as the root user, open "Security credentials" and assign a device, best a passkey or
/// security key; it cannot be done for the root user through the API. For member accounts consider
/// removing root credentials altogether:
///
/// ```sh
/// aws iam enable-organizations-root-credentials-management
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-virt-mfa-for-root.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html>
#[check(id = "iam-root-mfa", severity = Critical, category = Security, controls = ["cis-aws-7.0:2.5"])]
pub(crate) fn check(root: &RootUser) -> Result<Outcome, Unknown> {
    let enabled = root.observed.account_mfa_enabled.required()?;
    // A root user that has been stripped of its credentials cannot sign in, with or without MFA.
    // Where that is not known, the device alone decides.
    if !enabled
        && root.observed.account_password_present.known() == Some(&false)
        && root.observed.account_access_keys_present.known() == Some(&false)
    {
        return Ok(
            not_applicable("the root user has neither password nor access keys")
                .evidence("/observed/AccountPasswordPresent", &false)
                .evidence("/observed/AccountAccessKeysPresent", &false),
        );
    }
    let outcome = if *enabled {
        pass("the root user has an MFA device")
    } else {
        fail("the root user has no MFA device")
    };
    Ok(outcome.evidence("/observed/AccountMFAEnabled", enabled))
}
