//! Encryption of new EBS volumes.

use blastwall_sdk::prelude::*;

/// Encrypt new EBS volumes by default
///
/// Looks at whether each enabled region encrypts new volumes and copies of snapshots unasked.
/// Without it every template, script and person has to remember to.
///
/// # Remediation
///
/// Console: EC2, "Data protection and security", "EBS encryption", in each region. CLI:
///
/// ```sh
/// aws ec2 enable-ebs-encryption-by-default --region REGION
/// ```
///
/// Terraform, once for each region: `resource "aws_ebs_encryption_by_default" "this" {}`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html>
#[check(
    id = "ec2-ebs-default-encryption",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:6.1.1"]
)]
pub(crate) fn check(setting: &EbsEncryptionByDefault) -> Result<Outcome, Unknown> {
    let on = setting.config.ebs_encryption_by_default.required()?;
    let outcome = if *on {
        pass("new volumes are encrypted by default")
    } else {
        fail("new volumes are not encrypted by default")
    };
    Ok(outcome.evidence("/config/EbsEncryptionByDefault", on))
}
