//! How the root user is protected and whether it works.

use blastwall_sdk::prelude::*;

/// Protect the root user with a hardware device
///
/// Looks at whether the MFA device of the root user is a virtual one. An application on a telephone
/// is copied with its backup and read by malware; a security key or a token is neither. A device that
/// is not virtual is hardware.
///
/// # Remediation
///
/// Sign in as the root user, open "Security credentials", assign a passkey or security key, and
/// remove the virtual device. For member accounts consider removing root credentials altogether:
///
/// ```sh
/// aws iam enable-organizations-root-credentials-management
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-fido-mfa-for-root.html>
#[check(
    id = "iam-root-hardware-mfa",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:2.6"]
)]
pub(crate) fn hardware(root: &RootUser) -> Result<Outcome, Unknown> {
    let observed = &root.observed;
    if !*observed.account_mfa_enabled.required()? {
        if observed.account_password_present.known() == Some(&false) {
            return Ok(not_applicable("the root user has no password")
                .evidence("/observed/AccountPasswordPresent", &false));
        }
        return Ok(
            fail("the root user has no MFA device").evidence("/observed/AccountMFAEnabled", &false)
        );
    }
    let is_virtual = observed.virtual_mfa_device.required()?;
    let outcome = if *is_virtual {
        fail("the root user has a virtual MFA device")
    } else {
        pass("the MFA device of the root user is not a virtual one")
    };
    Ok(outcome.evidence("/observed/VirtualMFADevice", is_virtual))
}

/// What counts as lately.
#[derive(Parameters)]
pub(crate) struct Lately {
    /// Days without use after which the root user is at rest.
    #[parameter(default = 30)]
    min_days: u32,
}

/// Leave the root user alone
///
/// Looks at when the password and the access keys of the root user were last used. Nothing limits the
/// root user but service control policies, so daily work with it is one mistake from losing the
/// account.
///
/// # Remediation
///
/// Find in CloudTrail what was done, and give that work to a role. A few tasks need the root user;
/// from the management account `sts assume-root` does most of them:
///
/// ```sh
/// aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=root
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html>
#[check(
    id = "iam-root-use",
    severity = High,
    category = Security,
    controls = ["cis-aws-7.0:2.7"]
)]
pub(crate) fn used(
    root: &RootUser,
    account: &Account,
    parameters: &Lately,
) -> Result<Outcome, Unknown> {
    let limit = i64::from(parameters.min_days);
    let observed = &root.observed;
    let mut unseen = None;
    let mut ever = false;
    for (words, pointer, used) in [
        (
            "password",
            "/observed/PasswordLastUsed",
            &observed.password_last_used,
        ),
        (
            "access key",
            "/observed/AccessKeyLastUsed",
            &observed.access_key_last_used,
        ),
    ] {
        let days = used
            .get()
            .and_then(|used| used.map(|used| account.days_since(used)).transpose());
        match days {
            Ok(Some(days)) if days < limit => {
                return Ok(fail(format!("its {words} was used {days} days ago"))
                    .evidence(pointer, used.required()?));
            }
            Ok(days) => ever |= days.is_some(),
            Err(unknown) => unseen = Some(unknown),
        }
    }
    match unseen {
        Some(unknown) => Err(unknown),
        None if ever => Ok(pass(format!(
            "the root user was not used in the last {limit} days"
        ))),
        None => Ok(pass("the root user was never used")),
    }
}
