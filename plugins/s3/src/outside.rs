//! Buckets and access points that let in outsiders.

use blastwall_sdk::Value;
use blastwall_sdk::policy::Policy;
use blastwall_sdk::policy::analysis::public_access;
use blastwall_sdk::prelude::*;

use crate::block::{Where, switched_on};
use crate::policy::bucket_policy;

/// Which accounts are no strangers, besides those of the organization.
#[derive(Parameters)]
pub(crate) struct Trusted {
    /// Accounts outside the organization that may use buckets, as twelve digits.
    #[parameter(default = [])]
    trusted_accounts: Vec<String>,
}

/// Let buckets be used only within the organization
///
/// Looks at whom each bucket policy lets in that is neither of the account nor of the organization
/// nor named in `trusted_accounts`. AWS services, networks of your own, and what another statement
/// denies to all outsiders do not count. A policy that is public has a finding of its own, too;
/// while `RestrictPublicBuckets` is on, it lets in nobody from outside.
///
/// # Remediation
///
/// Take out principals that you do not know, or fence the policy with a statement that denies
/// everything unless `aws:PrincipalOrgID` is yours (console: the bucket, "Permissions"):
///
/// ```sh
/// aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json
/// ```
///
/// Terraform: `aws_s3_bucket_policy`. For the whole organization: a resource control policy.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html>
#[check(
    id = "s3-bucket-shared-outside",
    severity = High,
    category = Security,
    controls = ["cis-aws-7.0:2.21"],
    reads = [AccountPublicAccessBlock, OrganizationAccount, OrganizationDescription]
)]
pub(crate) fn of_bucket(
    bucket: &Bucket,
    account: &Account,
    organization: &Organization,
    parameters: &Trusted,
) -> Result<Outcome, Unknown> {
    let Some((document, policy)) = bucket_policy(bucket)? else {
        return Ok(pass("the bucket has no policy"));
    };
    let insiders = Insiders::new(account, organization, &parameters.trusted_accounts);
    let outcome = judge("/config/PolicyDocument", document, &policy, insiders)?;
    let public = public_access(&policy, account.id().as_str()).is_some();
    if public && outcome.verdict != pass("").verdict {
        let restricted = switched_on(bucket, account, |block| block.restrict_public_buckets)?;
        if let Some(place) = restricted.map(Where::as_str) {
            return Ok(pass(format!(
                "the bucket policy is public, but {place} RestrictPublicBuckets keeps outsiders out"
            )));
        }
    }
    Ok(outcome)
}

/// Let access points be used only within the organization
///
/// Looks at whom the policy of each S3 access point lets in that is neither of the account nor of
/// the organization nor named in `trusted_accounts`. An access point is a second door to its
/// bucket, with a policy of its own, if the bucket policy leaves the decision to it. One that is
/// bound to a VPC is open to that network alone.
///
/// # Remediation
///
/// Take out principals that you do not know, or fence the policy with a condition on
/// `aws:PrincipalOrgID` (console: S3, "Access points", "Permissions"):
///
/// ```sh
/// aws s3control put-access-point-policy --account-id ACCOUNT --name NAME --policy file://policy.json
/// ```
///
/// Terraform: `aws_s3control_access_point_policy`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>
#[check(
    id = "s3-access-point-shared-outside",
    severity = High,
    category = Security,
    controls = ["cis-aws-7.0:2.21"],
    reads = [OrganizationAccount, OrganizationDescription]
)]
pub(crate) fn of_access_point(
    point: &AccessPoint,
    account: &Account,
    organization: &Organization,
    parameters: &Trusted,
) -> Result<Outcome, Unknown> {
    let Some(document) = point.config.policy.get()? else {
        return Ok(pass("the access point has no policy"));
    };
    if let Some(network) = point.config.vpc_configuration.get()? {
        return Ok(
            pass(format!("the access point is bound to {}", network.vpc_id))
                .evidence("/config/VpcConfiguration", network),
        );
    }
    let policy = read_policy(document, "config.Policy")?;
    let insiders = Insiders::new(account, organization, &parameters.trusted_accounts);
    judge("/config/Policy", document, &policy, insiders)
}

fn judge(
    pointer: &str,
    document: &Value,
    policy: &Policy,
    insiders: Insiders<'_>,
) -> Result<Outcome, Unknown> {
    let outsiders = insiders.outsiders(policy)?;
    if outsiders.is_empty() {
        return Ok(pass("the policy lets in nobody from outside"));
    }
    let names: Vec<String> = outsiders
        .iter()
        .map(|grant| grant.audience.to_string())
        .collect();
    let outcome = fail(format!("the policy lets in {}", names.join(", ")));
    Ok(outsiders.iter().fold(outcome, |outcome, grant| {
        outcome.statement(pointer, document, grant.statement)
    }))
}
