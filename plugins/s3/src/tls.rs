//! Buckets that accept plain HTTP.

use blastwall_sdk::policy::analysis::requires_tls;
use blastwall_sdk::prelude::*;

use crate::policy::bucket_policy;

/// Refuse plain HTTP to buckets
///
/// Looks at whether the bucket policy denies every request without TLS, to everybody, on the bucket
/// and on all its objects. Without it S3 answers plain HTTP, where whoever is on the way reads the
/// data and, for a presigned or public address, the right to fetch it.
///
/// # Remediation
///
/// Add this statement to the bucket policy:
///
/// ```json
/// {
///   "Sid": "TlsOnly",
///   "Effect": "Deny",
///   "Principal": "*",
///   "Action": "s3:*",
///   "Resource": ["arn:aws:s3:::NAME", "arn:aws:s3:::NAME/*"],
///   "Condition": { "Bool": { "aws:SecureTransport": "false" } }
/// }
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html>
#[check(id = "s3-bucket-tls", severity = Medium, category = Security, controls = ["cis-aws-7.0:3.1.1"])]
pub(crate) fn check(bucket: &Bucket) -> Result<Outcome, Unknown> {
    let Some((document, policy)) = bucket_policy(bucket)? else {
        return Ok(fail("the bucket has no policy, so it accepts plain HTTP"));
    };
    Ok(match requires_tls(&policy, bucket.arn.as_str()) {
        Ok(statements) => statements.into_iter().fold(
            pass("the bucket policy refuses plain HTTP"),
            |outcome, statement| outcome.statement("/config/PolicyDocument", document, statement),
        ),
        Err(why) => fail(format!("the bucket accepts plain HTTP: {why}"))
            .evidence("/config/PolicyDocument", document),
    })
}
