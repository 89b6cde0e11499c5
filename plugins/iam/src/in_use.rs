//! Whether people sign in as themselves.

use blastwall_sdk::prelude::*;

/// Use IAM
///
/// Looks for anybody besides the root user: a user, a federation with an identity provider, or a role
/// that is not one of AWS's own. Where there is none, the root user does the work.
///
/// # Remediation
///
/// Set up IAM Identity Center, or a role for administrators, and stop using the root user.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/getting-started-workloads.html>
/// - <https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html>
#[check(
    id = "iam-in-use",
    severity = Low,
    category = Security,
    reads = [User, Role]
)]
pub(crate) fn in_use(account: &Account) -> Result<Outcome, Unknown> {
    if let Some(user) = account.seen::<User>()?.first() {
        return Ok(pass(format!("there is {}", user.arn.resource())));
    }
    let role = account
        .seen::<Role>()?
        .iter()
        .find(|role| !is_service_linked(role));
    if let Some(role) = role {
        return Ok(pass(format!("there is {}", role.arn.resource())));
    }
    account.all::<User>()?;
    account.all::<Role>()?;
    Ok(fail("there is nobody but the root user"))
}

/// Let people sign in from one place
///
/// Looks for IAM users with a password for the console. In an organization people come from one
/// identity provider, through IAM Identity Center or federation, so that who leaves is locked out
/// everywhere at once.
///
/// # Remediation
///
/// Give the person access through IAM Identity Center, then take the password away:
///
/// ```sh
/// aws iam delete-login-profile --user-name NAME
/// ```
///
/// Terraform: remove the `aws_iam_user_login_profile`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/singlesignon/latest/userguide/what-is.html>
#[check(
    id = "iam-console-users",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.19"],
    reads = [User]
)]
pub(crate) fn console(account: &Account) -> Result<Outcome, Unknown> {
    let with_password: Vec<&str> = account
        .seen::<User>()?
        .iter()
        .filter(|user| user.observed.password_enabled.known() == Some(&true))
        .map(|user| user.arn.resource())
        .collect();
    if !with_password.is_empty() {
        return Ok(fail(format!(
            "signing in with a password of their own: {}",
            with_password.join(", ")
        )));
    }
    for user in account.all::<User>()? {
        user.observed.password_enabled.required()?;
    }
    Ok(pass("no IAM user has a password for the console"))
}

/// Whether AWS made the role for one of its services, and only AWS can change it.
pub(crate) fn is_service_linked(role: &Role) -> bool {
    role.arn.resource().starts_with("role/aws-service-role/")
}
