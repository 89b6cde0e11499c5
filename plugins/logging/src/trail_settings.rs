//! How trails are kept safe.

use blastwall_sdk::prelude::*;

/// The verdict on trails of another account, which that account looks after.
fn elsewhere(trail: &Trail, account: &Account) -> Option<Outcome> {
    let owner = trail.arn.account();
    (owner != account.id().as_str())
        .then(|| not_applicable(format!("the trail belongs to account {owner}")))
}

/// Prove that log files of trails are whole
///
/// Looks at whether each trail delivers digests of its log files. With them it can be proved that no
/// file was changed or removed afterwards; without them the logs prove nothing. A trail of the
/// organization is judged in the account that owns it.
///
/// # Remediation
///
/// Console: CloudTrail, the trail, "Log file validation". CLI:
///
/// ```sh
/// aws cloudtrail update-trail --name TRAIL --enable-log-file-validation
/// ```
///
/// Terraform: `enable_log_file_validation = true` in `aws_cloudtrail`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html>
#[check(
    id = "cloudtrail-log-validation",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:4.2"]
)]
pub(crate) fn validation(trail: &Trail, account: &Account) -> Result<Outcome, Unknown> {
    if let Some(outcome) = elsewhere(trail, account) {
        return Ok(outcome);
    }
    let on = trail.config.enable_log_file_validation.required()?;
    let outcome = if *on {
        pass("log files are validated")
    } else {
        fail("log files are not validated")
    };
    Ok(outcome.evidence("/config/EnableLogFileValidation", on))
}

/// Encrypt log files of trails with a key of your own
///
/// Looks at whether each trail encrypts its files with a KMS key. Then reading them takes leave of the
/// key as well as of the bucket. A trail of the organization is judged in the account that owns it.
///
/// # Remediation
///
/// Make a key whose policy lets CloudTrail encrypt, and give it to the trail (console: CloudTrail,
/// the trail, "Log file SSE-KMS encryption"):
///
/// ```sh
/// aws cloudtrail update-trail --name TRAIL --kms-key-id KEY
/// ```
///
/// Terraform: `kms_key_id` in `aws_cloudtrail`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html>
#[check(
    id = "cloudtrail-encryption",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:4.5"]
)]
pub(crate) fn encryption(trail: &Trail, account: &Account) -> Result<Outcome, Unknown> {
    if let Some(outcome) = elsewhere(trail, account) {
        return Ok(outcome);
    }
    Ok(match trail.config.kms_key_id.get()? {
        Some(key) => {
            pass("log files are encrypted with a KMS key").evidence("/config/KMSKeyId", key)
        }
        None => fail("log files are not encrypted with a KMS key"),
    })
}

/// Log requests to the buckets of trails
///
/// Looks at whether requests to the bucket of each trail are logged, so that it shows who read or
/// removed logs. A bucket of another account is that account's to look after.
///
/// # Remediation
///
/// Console: S3, the bucket, "Properties", "Server access logging". CLI:
///
/// ```sh
/// aws s3api put-bucket-logging --bucket BUCKET --bucket-logging-status \
///   '{"LoggingEnabled":{"TargetBucket":"LOGS","TargetPrefix":"trail/"}}'
/// ```
///
/// Terraform: `aws_s3_bucket_logging`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html>
#[check(
    id = "cloudtrail-bucket-logging",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:4.4"],
    reads = [Bucket]
)]
pub(crate) fn bucket_logging(trail: &Trail, account: &Account) -> Result<Outcome, Unknown> {
    let name = trail.config.s3_bucket_name.required()?;
    let mut buckets = account.seen::<Bucket>()?.iter();
    let Some(bucket) = buckets.find(|bucket| bucket.config.bucket_name.known() == Some(name))
    else {
        account.all::<Bucket>()?;
        return Ok(not_applicable(format!(
            "bucket {name} belongs to another account"
        )));
    };
    let outcome = match bucket.config.logging_configuration.get()? {
        Some(logging) => pass(format!(
            "requests to bucket {name} are logged to {}",
            logging.destination_bucket_name
        )),
        None => fail(format!("requests to bucket {name} are not logged")),
    };
    Ok(outcome.evidence("/config/S3BucketName", name))
}

/// Notice trails that cannot deliver
///
/// Looks at the last delivery of each trail that records. A trail whose bucket is gone, or whose
/// policy no longer lets it write, goes on recording into nothing.
///
/// # Remediation
///
/// Read the error, repair the bucket policy or give the trail another bucket:
///
/// ```sh
/// aws cloudtrail get-trail-status --name TRAIL
/// aws cloudtrail update-trail --name TRAIL --s3-bucket-name BUCKET
/// ```
///
/// Console: CloudTrail, the trail, "S3 bucket". Terraform: `aws_s3_bucket_policy` of the bucket.
///
/// # References
///
/// - <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>
#[check(id = "cloudtrail-delivery", severity = High, category = Security)]
pub(crate) fn delivery(trail: &Trail) -> Result<Outcome, Unknown> {
    if !*trail.config.is_logging.required()? {
        return Ok(not_applicable("the trail is switched off"));
    }
    Ok(match trail.observed.latest_delivery_error.get()? {
        Some(error) => fail(format!("the last delivery failed: {error}"))
            .evidence("/observed/LatestDeliveryError", error),
        None => pass("the last delivery did not fail"),
    })
}
