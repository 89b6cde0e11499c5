//! Access control lists, switched off.

use blastwall_sdk::prelude::*;

/// Switch access control lists off
///
/// Looks at whether the owner of each bucket owns all its objects, which switches access control
/// lists off. With lists on, an object can be public, or owned by a stranger, while every policy says
/// otherwise.
///
/// # Remediation
///
/// Move what lists allow to the bucket policy first, then (console: the bucket, "Permissions",
/// "Object Ownership"):
///
/// ```sh
/// aws s3api put-bucket-ownership-controls --bucket BUCKET \
///   --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
/// ```
///
/// Terraform: `aws_s3_bucket_ownership_controls`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
#[check(id = "s3-bucket-acl-disabled", severity = Low, category = Security)]
pub(crate) fn check(bucket: &Bucket) -> Result<Outcome, Unknown> {
    let controls = bucket.config.ownership_controls.get()?;
    let rule = controls.and_then(|controls| controls.rules.first());
    let outcome = match rule.map(|rule| rule.object_ownership.as_str()) {
        Some("BucketOwnerEnforced") => pass("access control lists are off"),
        Some(other) => fail(format!("access control lists count ({other})")),
        // Buckets from before April 2023 have no controls unless somebody set them.
        None => fail("access control lists count, because ownership was never set"),
    };
    Ok(match controls {
        Some(controls) => outcome.evidence("/config/OwnershipControls", controls),
        None => outcome,
    })
}
