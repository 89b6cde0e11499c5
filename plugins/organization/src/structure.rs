//! How the organization is built.

use blastwall_sdk::prelude::*;

/// Enable all features of the organization
///
/// Looks at whether the organization has all features or consolidated billing alone. With billing
/// alone there are no service control policies, so nothing limits an account from above.
///
/// # Remediation
///
/// Invite all accounts to it (console: AWS Organizations, "Settings"):
///
/// ```sh
/// aws organizations enable-all-features
/// ```
///
/// Terraform: `feature_set = "ALL"` in `aws_organizations_organization`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html>
#[check(
    id = "organization-all-features",
    severity = High,
    category = Security
)]
pub(crate) fn features(organization: &OrganizationDescription) -> Result<Outcome, Unknown> {
    let features = organization.config.feature_set.required()?;
    let outcome = if features == "ALL" {
        pass("the organization has all features")
    } else {
        fail("the organization has consolidated billing alone")
    };
    Ok(outcome.evidence("/config/FeatureSet", features))
}

/// Put accounts into organizational units
///
/// Looks for active member accounts right below the root. What is for production and what is for
/// trying things out wants other guardrails, and those hang on units; an account in none has only
/// what everybody has.
///
/// # Remediation
///
/// Make units by environment, and move the account:
///
/// ```sh
/// aws organizations move-account --account-id ACCOUNT --source-parent-id r-EXAMPLE --destination-parent-id ou-EXAMPLE
/// ```
///
/// Terraform: `parent_id` in `aws_organizations_account`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/design-principles-for-your-multi-account-strategy.html>
#[check(
    id = "organization-units",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.1.4"],
    reads = [OrganizationDescription, OrganizationAccount]
)]
pub(crate) fn units(organization: &Organization) -> Result<Outcome, Unknown> {
    let mut root = None;
    let mut management = None;
    for description in organization.all::<OrganizationDescription>()? {
        root = Some(description.config.root_id.required()?);
        management = Some(description.config.management_account_id.required()?);
    }
    let mut members = 0_usize;
    let mut outside = Vec::new();
    let mut undecided = None;
    for account in organization.seen::<OrganizationAccount>()? {
        match in_no_unit(account, management, root) {
            Ok(None) => {}
            Ok(Some((id, stray))) => {
                members += 1;
                outside.extend(stray.then_some(id));
            }
            Err(unknown) => undecided = Some(unknown),
        }
    }
    // One that is in no unit is, whatever else could not be seen.
    if !outside.is_empty() {
        return Ok(fail(format!("in no unit: {}", outside.join(", "))));
    }
    if let Some(unknown) = undecided {
        return Err(unknown);
    }
    organization.all::<OrganizationAccount>()?;
    Ok(if members == 0 {
        not_applicable("there is no account but the management account")
    } else {
        pass(format!("each of {members} accounts is in a unit"))
    })
}

/// Whether a member is right under the root; none for who is not meant.
fn in_no_unit<'a>(
    account: &'a OrganizationAccount,
    management: Option<&String>,
    root: Option<&String>,
) -> Result<Option<(&'a str, bool)>, Unknown> {
    let id = account.config.account_id.required()?;
    if Some(id) == management || account.observed.status.required()? != "ACTIVE" {
        return Ok(None);
    }
    let above = account.config.parent_ids.required()?.first();
    Ok(Some((id, above == root)))
}
