//! MFA for deleting versions.

use blastwall_sdk::prelude::*;

/// Require MFA for deleting versions
///
/// Looks at whether deleting a version of an object, and switching versioning off, needs the root
/// user's MFA device. It is the one protection that a stolen administrator cannot take off. Buckets
/// that do not keep versions cannot have it.
///
/// # Remediation
///
/// Only the root user can switch it on, with its access keys, which are better deleted afterwards; no
/// console and no Terraform does it. Consider Object Lock, which protects better and needs no root user:
///
/// ```sh
/// aws s3api put-bucket-versioning --bucket BUCKET \
///   --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa "DEVICE CODE"
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>
#[check(
    id = "s3-bucket-mfa-delete",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:3.1.2"]
)]
pub(crate) fn check(bucket: &Bucket) -> Result<Outcome, Unknown> {
    let status = bucket.observed.mfa_delete.get()?;
    let outcome = match status.map(String::as_str) {
        Some("Enabled") => pass("deleting versions needs MFA"),
        _ => fail("deleting versions needs no MFA"),
    };
    Ok(match status {
        Some(status) => outcome.evidence("/observed/MFADelete", status),
        None => outcome,
    })
}
