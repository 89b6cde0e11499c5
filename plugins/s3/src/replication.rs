//! Copies of objects.

use blastwall_sdk::prelude::*;

/// Copy versioned buckets elsewhere
///
/// Looks at whether a bucket that keeps versions copies its objects to another bucket by a rule that
/// is enabled. A copy in another region, best in another account, survives what happens to the first.
/// Buckets without versions are not applicable: they do not hold what is worth keeping, or have
/// a finding of their own.
///
/// # Remediation
///
/// Add a replication rule (console: the bucket, "Management", "Replication rules"):
///
/// ```sh
/// aws s3api put-bucket-replication --bucket BUCKET --replication-configuration file://rules.json
/// ```
///
/// Terraform: `aws_s3_bucket_replication_configuration`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html>
#[check(id = "s3-bucket-replication", severity = Informational, category = FaultTolerance)]
pub(crate) fn check(bucket: &Bucket) -> Result<Outcome, Unknown> {
    let versioning = bucket.config.versioning_configuration.get()?;
    if versioning.is_none_or(|versioning| versioning.status.as_deref() != Some("Enabled")) {
        return Ok(not_applicable("the bucket keeps no versions"));
    }
    let replication = bucket.config.replication_configuration.get()?;
    let rules = replication.map_or(&[][..], |replication| replication.rules.as_slice());
    let enabled = rules.iter().position(|rule| rule.status == "Enabled");
    Ok(
        match enabled.and_then(|index| Some((index, rules.get(index)?))) {
            Some((index, rule)) => {
                pass(format!("objects are copied to {}", rule.destination.bucket)).evidence(
                    format!("/config/ReplicationConfiguration/Rules/{index}"),
                    rule,
                )
            }
            None if rules.is_empty() => fail("objects are copied nowhere"),
            None => fail("no replication rule is enabled")
                .evidence("/config/ReplicationConfiguration", &replication),
        },
    )
}
