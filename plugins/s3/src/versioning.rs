//! Versions of objects.

use blastwall_sdk::prelude::*;

/// Keep versions of objects
///
/// Looks at whether each bucket keeps old versions of its objects. Without them whoever may write may
/// also destroy: a bad release, a slip of the hand, ransom.
///
/// # Remediation
///
/// Switch versioning on, with a lifecycle rule that ends old versions (console: the bucket,
/// "Properties"):
///
/// ```sh
/// aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled
/// ```
///
/// Terraform: `aws_s3_bucket_versioning`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html>
/// - <https://docs.aws.amazon.com/awssupport/latest/user/fault-tolerance-checks.html>
#[check(id = "s3-bucket-versioning", severity = Low, category = FaultTolerance)]
pub(crate) fn check(bucket: &Bucket) -> Result<Outcome, Unknown> {
    let versioning = bucket.config.versioning_configuration.get()?;
    let outcome = match versioning.and_then(|versioning| versioning.status.as_deref()) {
        Some("Enabled") => pass("versions are kept"),
        Some("Suspended") => fail("versioning is suspended: new versions overwrite"),
        _ => fail("no versions are kept"),
    };
    Ok(match versioning {
        Some(versioning) => outcome.evidence("/config/VersioningConfiguration", versioning),
        None => outcome,
    })
}
