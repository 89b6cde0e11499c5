//! Who administers the organization besides the management account.

use std::collections::BTreeSet;

use blastwall_sdk::prelude::*;

/// Delegate the administration of policies
///
/// Looks for the resource policy of the organization, by which a member account may manage policies
/// and units. Without it, everyone who changes a guardrail has to sign in to the management account,
/// which reaches everything.
///
/// # Remediation
///
/// Name the account and what it may do (console: AWS Organizations, "Settings"):
///
/// ```sh
/// aws organizations put-resource-policy --content file://delegation.json
/// ```
///
/// Terraform: `aws_organizations_resource_policy`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html>
#[check(
    id = "organization-policy-delegation",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.1.5"],
    reads = [blastwall_sdk::model::resources::organizations::ResourcePolicy]
)]
pub(crate) fn policies(organization: &Organization) -> Result<Outcome, Unknown> {
    let policies =
        organization.all::<blastwall_sdk::model::resources::organizations::ResourcePolicy>()?;
    Ok(if policies.is_empty() {
        fail("only the management account manages policies")
    } else {
        pass("the organization has a resource policy")
    })
}

/// Which services want a delegated administrator.
#[derive(Parameters)]
pub(crate) struct Services {
    /// Service principals that a member account ought to administer wherever they are enabled.
    #[parameter(default = [
        "access-analyzer.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "config.amazonaws.com",
        "detective.amazonaws.com",
        "guardduty.amazonaws.com",
        "iam.amazonaws.com",
        "inspector2.amazonaws.com",
        "macie.amazonaws.com",
        "member.org.stacksets.cloudformation.amazonaws.com",
        "securityhub.amazonaws.com",
        "sso.amazonaws.com"
    ])]
    services: Vec<String>,
}

/// Administer security services from a member account
///
/// Looks at services that have access to the whole organization and let a member account administer
/// them, and whether one does. Otherwise their daily work is done in the management account, which
/// reaches everything.
///
/// # Remediation
///
/// Register the account of the security team for the service; some services have a call of their own
/// for it:
///
/// ```sh
/// aws organizations register-delegated-administrator --account-id ACCOUNT --service-principal SERVICE
/// ```
///
/// Terraform: `aws_organizations_delegated_administrator`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html>
#[check(
    id = "organization-service-delegation",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.1.6"],
    reads = [OrganizationDescription, DelegatedAdministrator]
)]
pub(crate) fn services(
    organization: &Organization,
    parameters: &Services,
) -> Result<Outcome, Unknown> {
    let mut enabled = BTreeSet::new();
    for description in organization.all::<OrganizationDescription>()? {
        let services = description.observed.enabled_service_principals.get()?;
        enabled.extend(services.into_iter().flatten().map(String::as_str));
    }
    let wanted: BTreeSet<&str> = parameters
        .services
        .iter()
        .map(String::as_str)
        .filter(|service| enabled.contains(service))
        .collect();
    if wanted.is_empty() {
        return Ok(not_applicable(
            "no such service has access to the organization",
        ));
    }
    let mut delegated = BTreeSet::new();
    let mut unseen = None;
    for administrator in organization.seen::<DelegatedAdministrator>()? {
        match administrator.config.service_principals.get() {
            Ok(services) => delegated.extend(services.into_iter().flatten().map(String::as_str)),
            Err(unknown) => unseen = Some(unknown),
        }
    }
    let missing: Vec<&str> = wanted.difference(&delegated).copied().collect();
    if missing.is_empty() {
        return Ok(pass(format!(
            "a member account administers each of {} services",
            wanted.len()
        )));
    }
    organization.all::<DelegatedAdministrator>()?;
    match unseen {
        Some(unknown) => Err(unknown),
        None => Ok(fail(format!(
            "only the management account administers {}",
            missing.join(", ")
        ))),
    }
}
