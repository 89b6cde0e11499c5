//! AWS's own policies that should be attached somewhere, or nowhere.

use blastwall_sdk::prelude::*;

/// Have a role that may talk to AWS Support
///
/// Looks for a role with `AWSSupportAccess` attached. In an incident the person on duty has to open a
/// case with AWS, and nobody should have to be the root user or an administrator for that.
///
/// # Remediation
///
/// Make a role that the people on duty may assume, and attach the policy:
///
/// ```sh
/// aws iam attach-role-policy --role-name support --policy-arn arn:aws:iam::aws:policy/AWSSupportAccess
/// ```
///
/// Terraform: `aws_iam_role_policy_attachment`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/awssupport/latest/user/accessing-support.html>
#[check(
    id = "iam-support-role",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.15"],
    reads = [Role]
)]
pub(crate) fn support(account: &Account) -> Result<Outcome, Unknown> {
    for role in account.seen::<Role>()? {
        if has(role.config.managed_policy_arns.known(), "AWSSupportAccess") {
            return Ok(pass(format!(
                "{} has AWSSupportAccess",
                role.arn.resource()
            )));
        }
    }
    for role in account.all::<Role>()? {
        role.config.managed_policy_arns.get()?;
    }
    Ok(fail("no role has AWSSupportAccess"))
}

/// Restrict full access to CloudShell
///
/// Looks at whether `AWSCloudShellFullAccess` is attached to anybody. Who has it can carry files out
/// of the account through the browser, past every other control of data.
///
/// # Remediation
///
/// Detach the policy, and give those who need the shell one without `cloudshell:GetFileDownloadUrls`
/// and `cloudshell:GetFileUploadUrls`:
///
/// ```sh
/// aws iam list-entities-for-policy --policy-arn arn:aws:iam::aws:policy/AWSCloudShellFullAccess
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/cloudshell/latest/userguide/sec-auth-with-identities.html>
#[check(
    id = "iam-cloudshell-full-access",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.20"],
    reads = [Role, User, Group]
)]
pub(crate) fn cloudshell(account: &Account) -> Result<Outcome, Unknown> {
    const POLICY: &str = "AWSCloudShellFullAccess";
    let mut holders = Vec::new();
    for role in account.seen::<Role>()? {
        if has(role.config.managed_policy_arns.known(), POLICY) {
            holders.push(role.arn.resource());
        }
    }
    for user in account.seen::<User>()? {
        if has(user.config.managed_policy_arns.known(), POLICY) {
            holders.push(user.arn.resource());
        }
    }
    for group in account.seen::<Group>()? {
        if has(group.config.managed_policy_arns.known(), POLICY) {
            holders.push(group.arn.resource());
        }
    }
    if !holders.is_empty() {
        return Ok(fail(format!(
            "{POLICY} is attached to {}",
            holders.join(", ")
        )));
    }
    for role in account.all::<Role>()? {
        role.config.managed_policy_arns.get()?;
    }
    for user in account.all::<User>()? {
        user.config.managed_policy_arns.get()?;
    }
    for group in account.all::<Group>()? {
        group.config.managed_policy_arns.get()?;
    }
    Ok(pass(format!("{POLICY} is attached to nobody")))
}

/// Whether a policy of AWS's is among the attached ones.
fn has(arns: Option<&Vec<String>>, name: &str) -> bool {
    arns.into_iter()
        .flatten()
        .any(|arn| arn.contains(":iam::aws:policy/") && arn.rsplit('/').next() == Some(name))
}
