//! Users whose keys AWS found in the open.

use blastwall_sdk::prelude::*;

/// Answer when AWS quarantines a user
///
/// Looks for AWS's quarantine policies, `AWSCompromisedKeyQuarantine` and its later versions. AWS
/// attaches one to a user whose access key it found in public, in a code repository for example. The
/// policy blocks only what is abused most: the key goes on working for everything else, so take it
/// for known to an attacker.
///
/// # Remediation
///
/// Switch the key off, look in CloudTrail for what was done with it, replace it where it was used,
/// delete it, and only then detach the policy:
///
/// ```sh
/// aws iam update-access-key --user-name NAME --access-key-id KEY --status Inactive
/// aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=KEY
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
/// - <https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html>
#[check(id = "iam-user-quarantine", severity = Critical, category = Security)]
pub(crate) fn check(user: &User) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let arns = user.config.managed_policy_arns.get()?.unwrap_or(&none);
    let quarantine = arns.iter().enumerate().find(|(_, arn)| {
        arn.contains(":iam::aws:policy/")
            && arn
                .rsplit('/')
                .next()
                .is_some_and(|name| name.starts_with("AWSCompromisedKeyQuarantine"))
    });
    Ok(match quarantine {
        None => pass("AWS has not quarantined the user"),
        Some((index, arn)) => fail("AWS found an access key in public")
            .evidence(format!("/config/ManagedPolicyArns/{index}"), arn),
    })
}
