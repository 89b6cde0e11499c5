//! Buckets that are public by their access control list.

use blastwall_sdk::model::resources::s3::Grant;
use blastwall_sdk::prelude::*;

use crate::block::switched_on;

/// The groups that stand for the public.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>
const PUBLIC_GROUPS: [(&str, &str); 2] = [
    (
        "http://acs.amazonaws.com/groups/global/AllUsers",
        "everybody",
    ),
    (
        "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
        "everybody with any AWS account",
    ),
];

/// Keep buckets from being public by access control list
///
/// Looks at the access control list of each bucket for grants to `AllUsers` or
/// `AuthenticatedUsers` (everybody with an AWS account, not only yours). Such grants do no harm while
/// `IgnorePublicAcls` of S3 Block Public Access is on, for the bucket or for the account.
///
/// # Remediation
///
/// Switch access control lists off for the bucket, then grant by policy what is needed:
///
/// ```sh
/// aws s3api put-bucket-ownership-controls --bucket NAME \
///   --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[check(
    id = "s3-bucket-public-acl",
    severity = Critical,
    category = Security,
    reads = [AccountPublicAccessBlock]
)]
pub(crate) fn check(bucket: &Bucket, account: &Account) -> Result<Outcome, Unknown> {
    let grants = bucket.observed.grants.required()?;
    let public: Vec<(usize, &Grant, &str)> = grants
        .iter()
        .enumerate()
        .filter_map(|(index, grant)| {
            let uri = grant.grantee.uri.as_deref()?;
            let (_, who) = PUBLIC_GROUPS.iter().find(|(group, _)| *group == uri)?;
            Some((index, grant, *who))
        })
        .collect();
    if public.is_empty() {
        return Ok(pass("the access control list grants nothing to the public"));
    }
    let outcome = match switched_on(bucket, account, |block| block.ignore_public_acls)? {
        Some(place) => pass(format!(
            "the access control list is public, but {} IgnorePublicAcls makes it void",
            place.as_str()
        )),
        None => {
            let granted: Vec<String> = public
                .iter()
                .map(|(_, grant, who)| format!("{} to {who}", grant.permission))
                .collect();
            fail(format!(
                "the access control list grants {}",
                granted.join(", ")
            ))
        }
    };
    Ok(public.iter().fold(outcome, |outcome, (index, grant, _)| {
        outcome.evidence(format!("/observed/Grants/{index}"), grant)
    }))
}
