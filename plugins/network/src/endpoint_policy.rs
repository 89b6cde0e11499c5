//! Policies of VPC endpoints.

use blastwall_sdk::prelude::*;

/// Which accounts are no strangers, besides those of the organization.
#[derive(Parameters)]
pub(crate) struct Trusted {
    /// Accounts outside the organization that may be reached through endpoints, as twelve digits.
    #[parameter(default = [])]
    trusted_accounts: Vec<String>,
}

/// Keep strangers' credentials out of VPC endpoints
///
/// Looks at whether the policy of each VPC endpoint lets anybody but principals of the organization
/// use it, as the policy that endpoints begin with does. Then somebody who brings their own credentials
/// into the network can carry data out through it, to buckets of their own. A policy that also pins the
/// resources (`aws:ResourceOrgID`) is not given credit for that.
///
/// # Remediation
///
/// Add a condition on `aws:PrincipalOrgID` to the policy (console: VPC, "Endpoints", "Policy"):
///
/// ```sh
/// aws ec2 modify-vpc-endpoint --vpc-endpoint-id ENDPOINT --policy-document file://policy.json
/// ```
///
/// Terraform: `aws_vpc_endpoint_policy`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>
#[check(
    id = "ec2-vpc-endpoint-policy",
    severity = Low,
    category = Security,
    reads = [OrganizationAccount, OrganizationDescription]
)]
pub(crate) fn check(
    endpoint: &VpcEndpoint,
    account: &Account,
    organization: &Organization,
    parameters: &Trusted,
) -> Result<Outcome, Unknown> {
    let Some(document) = endpoint.config.policy_document.get()? else {
        return Ok(not_applicable("endpoints to this service have no policy"));
    };
    let policy = read_policy(document, "config.PolicyDocument")?;
    let insiders = Insiders::new(account, organization, &parameters.trusted_accounts);
    let outsiders = insiders.outsiders(&policy)?;
    if outsiders.is_empty() {
        return Ok(pass(
            "only principals of the organization may use the endpoint",
        ));
    }
    let outcome = fail("principals from outside the organization may use the endpoint");
    Ok(outsiders.iter().fold(outcome, |outcome, grant| {
        outcome.statement("/config/PolicyDocument", document, grant.statement)
    }))
}
