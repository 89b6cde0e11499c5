//! Default encryption of buckets.

use blastwall_sdk::prelude::*;

/// Encrypt S3 buckets by default
///
/// Looks at the default encryption of each bucket. An object that is written without a word on
/// encryption gets the default of its bucket; where there is none, it lies in plain text on the
/// disks of AWS. Every bucket has had a default since January 2023 (SSE-S3 unless its owner chose
/// a KMS key), so a bucket without one comes from an implementation of S3 other than AWS or from
/// an older record.
///
/// # Remediation
///
/// Set a default encryption, with a KMS key of your own where you need to decide who may decrypt:
///
/// ```sh
/// aws s3api put-bucket-encryption --bucket NAME --server-side-encryption-configuration \
///   '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}'
/// ```
///
/// Objects that were written before stay as they are until they are copied over themselves.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html>
#[check(id = "s3-bucket-default-encryption", severity = Medium, category = Security)]
pub(crate) fn check(bucket: &Bucket) -> Result<Outcome, Unknown> {
    let Some(encryption) = bucket.config.bucket_encryption.get()? else {
        return Ok(fail("the bucket has no default encryption"));
    };
    let algorithm = encryption
        .server_side_encryption_configuration
        .iter()
        .filter_map(|rule| rule.server_side_encryption_by_default.as_ref())
        .map(|default| default.sse_algorithm.as_str())
        .find(|algorithm| !algorithm.is_empty());
    let outcome = match algorithm {
        Some(algorithm) => pass(format!("objects are encrypted with {algorithm} by default")),
        None => fail("the default encryption of the bucket names no algorithm"),
    };
    Ok(outcome.evidence("/config/BucketEncryption", encryption))
}
