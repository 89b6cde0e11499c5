//! Policies by which somebody gets more permissions than they give.

use blastwall_sdk::policy::analysis::{escalations, grants_administration};
use blastwall_sdk::prelude::*;

/// Keep policies from leading to more permissions
///
/// Looks at whether a policy of the account's own allows, on everything and without a condition, what
/// makes an administrator of its holder: rewriting policies, making credentials for others, passing
/// any role to compute. Policies that allow everything are judged by `iam-policy-administration`.
///
/// # Remediation
///
/// Narrow the named actions to the resources that are meant, `iam:PassRole` above all, or give the
/// holder a permissions boundary:
///
/// ```sh
/// aws iam create-policy-version --policy-arn ARN --policy-document file://narrower.json --set-as-default
/// ```
///
/// Terraform: `policy` in `aws_iam_policy`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
/// - <https://pathfinding.cloud>
#[check(
    id = "iam-policy-escalation",
    severity = High,
    category = Security
)]
pub(crate) fn check(policy: &ManagedPolicy) -> Result<Outcome, Unknown> {
    if policy.arn.as_str().contains(":iam::aws:policy/") {
        return Ok(not_applicable("the policy is one of AWS's"));
    }
    let document = policy.config.policy_document.required()?;
    let parsed = read_policy(document, "config.PolicyDocument")?;
    if grants_administration(&parsed).is_some() {
        return Ok(not_applicable("the policy allows everything"));
    }
    let ways: Vec<_> = escalations(&[&parsed])
        .into_iter()
        .filter(|way| !way.limited && !way.conditional)
        .collect();
    let Some(first) = ways.first() else {
        return Ok(pass("the policy leads to no more permissions"));
    };
    let more = match ways.len() {
        1 => String::new(),
        count => format!("; {} more ways", count - 1),
    };
    let message = format!(
        "{} {}{more}",
        first.escalation.actions.join(" + "),
        first.escalation.gain
    );
    let mut statements: Vec<usize> = first
        .statements
        .iter()
        .map(|(_, statement)| *statement)
        .collect();
    statements.dedup();
    Ok(statements
        .into_iter()
        .fold(fail(message), |outcome, statement| {
            outcome.statement("/config/PolicyDocument", document, statement)
        }))
}
