//! Encryption of EBS volumes.

use blastwall_sdk::prelude::*;

/// Encrypt EBS volumes
///
/// Looks at whether each volume is encrypted. Snapshots of a volume that is not are not either, and
/// a snapshot is easily shared with another account.
///
/// # Remediation
///
/// Make encryption the default of each region, then replace the volume through an encrypted copy
/// of a snapshot; a volume cannot be encrypted in place.
///
/// ```sh
/// aws ec2 enable-ebs-encryption-by-default --region REGION
/// aws ec2 copy-snapshot --source-region REGION --source-snapshot-id SNAPSHOT --encrypted
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html>
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html>
#[check(id = "ec2-volume-encryption", severity = Medium, category = Security)]
pub(crate) fn check(volume: &Volume) -> Result<Outcome, Unknown> {
    let encrypted = volume.config.encrypted.required()?;
    let outcome = if *encrypted {
        pass("the volume is encrypted")
    } else {
        fail("the volume is not encrypted")
    };
    Ok(outcome.evidence("/config/Encrypted", encrypted))
}
