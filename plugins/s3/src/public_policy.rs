//! Buckets that are public by their policy.

use blastwall_sdk::policy::analysis::public_access;
use blastwall_sdk::prelude::*;

use crate::block::switched_on;
use crate::policy::bucket_policy;

/// Keep buckets from being public by policy
///
/// Looks at each bucket policy the way S3 does: it is public if it allows anything to everybody
/// under no condition that pins the request to fixed values (organizations, accounts, networks,
/// …). Such a policy does no harm while `RestrictPublicBuckets` of S3 Block Public Access is on, for
/// the bucket or for the account: then only the account itself and AWS services get in.
///
/// # Remediation
///
/// Block public access for the whole account, unless buckets there must be public; serve public
/// content through CloudFront with origin access control instead.
///
/// ```sh
/// aws s3control put-public-access-block --account-id ACCOUNT --public-access-block-configuration \
///   BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>
#[check(
    id = "s3-bucket-public-policy",
    severity = Critical,
    category = Security,
    controls = ["cis-aws-7.0:2.21"],
    reads = [AccountPublicAccessBlock]
)]
pub(crate) fn check(bucket: &Bucket, account: &Account) -> Result<Outcome, Unknown> {
    let Some((document, policy)) = bucket_policy(bucket)? else {
        return Ok(pass("the bucket has no policy"));
    };
    let Some(grant) = public_access(&policy, account.id().as_str()) else {
        return Ok(pass("the bucket policy is not public"));
    };
    let outcome = match switched_on(bucket, account, |block| block.restrict_public_buckets)? {
        Some(place) => pass(format!(
            "the bucket policy is public, but {} RestrictPublicBuckets keeps the public out",
            place.as_str()
        )),
        None => fail(format!(
            "the bucket policy allows {}{} to everybody",
            if grant.actions_negated {
                "all but "
            } else {
                ""
            },
            grant.actions.join(", ")
        )),
    };
    Ok(outcome.statement("/config/PolicyDocument", document, grant.statement))
}
