//! Roles of instances.

use blastwall_sdk::prelude::*;

/// Give instances a role
///
/// Looks at whether each instance has an instance profile. Programs on an instance without one have
/// no credentials of their own, and sooner or later somebody leaves long-lived keys there.
///
/// # Remediation
///
/// Make a role with what the programs need, and attach its instance profile; the instance keeps
/// running (console: "Actions", "Security", "Modify IAM role"):
///
/// ```sh
/// aws ec2 associate-iam-instance-profile --instance-id INSTANCE --iam-instance-profile Name=PROFILE
/// ```
///
/// Terraform: `iam_instance_profile` in `aws_instance`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html>
#[check(
    id = "ec2-instance-role",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.16"]
)]
pub(crate) fn check(instance: &Instance) -> Result<Outcome, Unknown> {
    Ok(match instance.config.iam_instance_profile.get()? {
        Some(profile) => pass("the instance has an instance profile")
            .evidence("/config/IamInstanceProfile", profile),
        None => fail("the instance has no instance profile"),
    })
}
