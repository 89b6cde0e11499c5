//! Logs of requests.

use blastwall_sdk::prelude::*;

/// Log requests to buckets
///
/// Looks at whether requests to each bucket are logged to a bucket. After a leak they tell who took
/// what. Data events of CloudTrail serve as well and are not looked at here.
///
/// # Remediation
///
/// Console: the bucket, "Properties", "Server access logging". CLI:
///
/// ```sh
/// aws s3api put-bucket-logging --bucket BUCKET --bucket-logging-status \
///   '{"LoggingEnabled":{"TargetBucket":"LOGS","TargetPrefix":"BUCKET/"}}'
/// ```
///
/// Terraform: `aws_s3_bucket_logging`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html>
#[check(id = "s3-bucket-access-logging", severity = Low, category = Security)]
pub(crate) fn check(bucket: &Bucket) -> Result<Outcome, Unknown> {
    Ok(match bucket.config.logging_configuration.get()? {
        Some(logging) => pass(format!("logged to {}", logging.destination_bucket_name))
            .evidence("/config/LoggingConfiguration", logging),
        None => fail("requests to the bucket are not logged"),
    })
}
