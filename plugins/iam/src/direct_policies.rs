//! Policies that hang on users.

use blastwall_sdk::prelude::*;

/// Give permissions to groups and roles instead of users
///
/// Looks at managed and inline policies of each IAM user. Permissions given to single users pile up
/// and are forgotten when their work changes; groups and roles say what they are for.
///
/// # Remediation
///
/// Put the user into a group that has the policy, and detach it from the user:
///
/// ```sh
/// aws iam add-user-to-group --user-name NAME --group-name GROUP
/// aws iam detach-user-policy --user-name NAME --policy-arn ARN
/// ```
///
/// Terraform: `aws_iam_group_policy_attachment` in place of `aws_iam_user_policy_attachment`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html>
#[check(
    id = "iam-user-direct-policies",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.13"]
)]
pub(crate) fn check(user: &User) -> Result<Outcome, Unknown> {
    let config = &user.config;
    let attached = config.managed_policy_arns.get();
    let inline = config.policies.get();
    let attached_names: Vec<&str> = attached
        .as_ref()
        .ok()
        .and_then(|arns| *arns)
        .into_iter()
        .flatten()
        .map(|arn| arn.rsplit('/').next().unwrap_or(arn))
        .collect();
    let inline_names: Vec<&str> = inline
        .as_ref()
        .ok()
        .and_then(|policies| *policies)
        .into_iter()
        .flatten()
        .map(|policy| policy.policy_name.as_str())
        .collect();
    let mut names = attached_names.clone();
    names.extend(&inline_names);
    if names.is_empty() {
        attached?;
        inline?;
        return Ok(pass("no policy hangs on the user itself"));
    }
    let mut outcome = fail(format!(
        "the user has policies of its own: {}",
        names.join(", ")
    ));
    if !attached_names.is_empty() {
        outcome = outcome.evidence(
            "/config/ManagedPolicyArns",
            attached?.unwrap_or(&Vec::new()),
        );
    }
    for (index, name) in inline_names.iter().enumerate() {
        outcome = outcome.evidence(format!("/config/Policies/{index}/PolicyName"), name);
    }
    Ok(outcome)
}
