//! Default security groups.

use blastwall_sdk::prelude::*;

/// Close default security groups
///
/// Looks at whether the default security group of each VPC has rules. What is started without naming
/// a group gets this one, so that whatever it opens is opened by oversight.
///
/// # Remediation
///
/// Give what uses the group another one, then take out all its rules; the group itself cannot be
/// deleted (console: VPC, "Security groups"):
///
/// ```sh
/// aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE
/// aws ec2 revoke-security-group-egress --group-id GROUP --security-group-rule-ids RULE
/// ```
///
/// Terraform: `aws_default_security_group` without rules.
///
/// # References
///
/// - <https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>
#[check(
    id = "ec2-security-group-default",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:6.5"]
)]
pub(crate) fn check(group: &SecurityGroup) -> Result<Outcome, Unknown> {
    let name = group.config.group_name.required()?;
    if name != "default" {
        return Ok(not_applicable("the group is not a default one"));
    }
    let none = Vec::new();
    let inbound = group.config.security_group_ingress.get()?.unwrap_or(&none);
    let outbound = group.config.security_group_egress.get()?.unwrap_or(&none);
    if inbound.is_empty() && outbound.is_empty() {
        return Ok(pass("the default group has no rules"));
    }
    let outcome = fail(format!(
        "the default group has {} inbound and {} outbound rules",
        inbound.len(),
        outbound.len()
    ));
    Ok(outcome
        .evidence("/config/SecurityGroupIngress", inbound)
        .evidence("/config/SecurityGroupEgress", outbound))
}
