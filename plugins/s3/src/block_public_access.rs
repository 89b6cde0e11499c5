//! S3 Block Public Access, all four switches.

use blastwall_sdk::model::resources::s3::PublicAccessBlockConfiguration as Switches;
use blastwall_sdk::prelude::*;

use crate::block::switched_on;

/// A switch, by its name.
type Switch = (&'static str, fn(&Switches) -> bool);

const SWITCHES: [Switch; 4] = [
    ("BlockPublicAcls", |switches| switches.block_public_acls),
    ("BlockPublicPolicy", |switches| switches.block_public_policy),
    ("IgnorePublicAcls", |switches| switches.ignore_public_acls),
    ("RestrictPublicBuckets", |switches| {
        switches.restrict_public_buckets
    }),
];

/// Block public access to buckets
///
/// Looks at whether all four switches of S3 Block Public Access are on for each bucket, by its own
/// setting or by the account's. They stand between a slip in a policy or list and the whole world.
///
/// # Remediation
///
/// Best for the whole account; for a bucket (console: the bucket, "Permissions"):
///
/// ```sh
/// aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration \
///   BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
/// ```
///
/// Terraform: `aws_s3_bucket_public_access_block`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[check(
    id = "s3-bucket-block-public-access",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:3.1.4"],
    reads = [AccountPublicAccessBlock]
)]
pub(crate) fn of_bucket(bucket: &Bucket, account: &Account) -> Result<Outcome, Unknown> {
    let mut off = Vec::new();
    for (name, switch) in SWITCHES {
        if switched_on(bucket, account, switch)?.is_none() {
            off.push(name);
        }
    }
    let outcome = if off.is_empty() {
        pass("all public access is blocked")
    } else {
        fail(format!(
            "off for the bucket and the account: {}",
            off.join(", ")
        ))
    };
    let own = bucket.config.public_access_block_configuration.known();
    Ok(match own {
        Some(own) => outcome.evidence("/config/PublicAccessBlockConfiguration", own),
        None => outcome,
    })
}

/// Block public access to all buckets of an account
///
/// Looks at whether all four switches of S3 Block Public Access are on for the account, so that
/// they hold for every bucket, tomorrow's included. Accounts that serve public content from S3
/// itself cannot have it and are better kept apart.
///
/// # Remediation
///
/// Console: S3, "Block Public Access settings for this account". CLI:
///
/// ```sh
/// aws s3control put-public-access-block --account-id ACCOUNT --public-access-block-configuration \
///   BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
/// ```
///
/// Terraform: `aws_s3_account_public_access_block`. For the whole organization: an S3 policy of AWS
/// Organizations.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html>
#[check(
    id = "s3-account-block-public-access",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:3.1.4"]
)]
pub(crate) fn of_account(block: &AccountPublicAccessBlock) -> Result<Outcome, Unknown> {
    let Some(switches) = block.config.public_access_block_configuration.get()? else {
        return Ok(fail("the account blocks no public access"));
    };
    let off: Vec<&str> = SWITCHES
        .iter()
        .filter(|(_, switch)| !switch(switches))
        .map(|(name, _)| *name)
        .collect();
    let outcome = if off.is_empty() {
        pass("the account blocks all public access")
    } else {
        fail(format!("off for the account: {}", off.join(", ")))
    };
    Ok(outcome.evidence("/config/PublicAccessBlockConfiguration", switches))
}
