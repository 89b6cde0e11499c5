//! Managed policies that allow everything.

use blastwall_sdk::prelude::*;

use crate::administration::administration;

/// Keep managed policies from allowing everything
///
/// Looks at the default version of each managed policy: those of the account itself, and those of
/// AWS that are attached in it, such as `AdministratorAccess`. A statement that allows every action
/// on every resource without a condition makes each user, group and role that it is attached to an
/// administrator, and each weakness of theirs a weakness of the whole account. A policy that is
/// attached to nobody is one step away from it.
///
/// # Remediation
///
/// Find out what these identities really do (IAM Access Analyzer makes a policy from their activity)
/// and attach that instead. Where administrators are needed, keep them few, behind MFA and for a
/// limited time.
///
/// ```sh
/// aws iam list-entities-for-policy --policy-arn ARN
/// aws iam create-policy-version --policy-arn ARN --policy-document file://narrower.json --set-as-default
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html>
#[check(id = "iam-policy-administration", severity = High, category = Security, controls = ["cis-aws-7.0:2.14"])]
pub(crate) fn check(policy: &ManagedPolicy) -> Result<Outcome, Unknown> {
    let document = policy.config.policy_document.required()?;
    let Some(statement) = administration(document, "config.PolicyDocument")? else {
        return Ok(pass("the policy does not allow everything"));
    };
    let message = match policy.observed.attachment_count.known() {
        Some(0) => "the policy allows everything; it is attached to nobody".to_owned(),
        Some(1) => "the policy allows everything and is attached to 1 identity".to_owned(),
        Some(count) => {
            format!("the policy allows everything and is attached to {count} identities")
        }
        None => "the policy allows everything".to_owned(),
    };
    Ok(fail(message).statement("/config/PolicyDocument", document, statement))
}
