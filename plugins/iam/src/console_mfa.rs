//! MFA of users with a password.

use blastwall_sdk::prelude::*;

/// Protect console users with MFA
///
/// Looks at IAM users that have a password for the console, and whether an MFA device is assigned
/// to them. A password alone is phished, guessed or reused; the second factor stops that.
///
/// # Remediation
///
/// Have the user assign a device, or better, move people to IAM Identity Center and delete the
/// password:
///
/// ```sh
/// aws iam delete-login-profile --user-name NAME
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>
#[check(id = "iam-console-user-mfa", severity = High, category = Security, controls = ["cis-aws-7.0:2.10"])]
pub(crate) fn check(user: &User) -> Result<Outcome, Unknown> {
    let password = user.observed.password_enabled.required()?;
    if !password {
        return Ok(not_applicable("the user has no password for the console")
            .evidence("/observed/PasswordEnabled", password));
    }
    let active = user.observed.mfa_active.required()?;
    let outcome = if *active {
        pass("the user has a password and an MFA device")
    } else {
        fail("the user has a password and no MFA device")
    };
    Ok(outcome
        .evidence("/observed/PasswordEnabled", password)
        .evidence("/observed/MFAActive", active))
}
