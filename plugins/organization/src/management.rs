//! What runs in the management account.

use blastwall_sdk::prelude::*;

/// Keep workloads out of the management account
///
/// Looks for EC2 instances, volumes and IAM users with access keys in the management account. No
/// service control policy limits it and it reaches every other account, so whatever runs there is a
/// way to everything.
///
/// # Remediation
///
/// Move the workload to a member account, and people to IAM Identity Center, administered from another
/// account.
///
/// # References
///
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html>
#[check(
    id = "organization-management-workloads",
    severity = High,
    category = Security,
    controls = ["cis-aws-7.0:2.1.3"],
    reads = [OrganizationDescription, Instance, Volume, User]
)]
pub(crate) fn check(account: &Account, organization: &Organization) -> Result<Outcome, Unknown> {
    let descriptions = organization.all::<OrganizationDescription>()?;
    let Some(description) = descriptions.first() else {
        return Ok(not_applicable("the account is in no organization"));
    };
    if description.config.management_account_id.required()? != account.id().as_str() {
        return Ok(not_applicable("this is not the management account"));
    }
    let instances = account
        .seen::<Instance>()?
        .iter()
        .filter(|instance| {
            instance
                .observed
                .state
                .known()
                .is_some_and(|state| state != "terminated" && state != "shutting-down")
        })
        .count();
    let volumes = account.seen::<Volume>()?.len();
    let users = account
        .seen::<User>()?
        .iter()
        .filter(|user| {
            user.observed
                .access_keys
                .known()
                .is_some_and(|keys| keys.iter().any(|key| key.status == "Active"))
        })
        .count();
    let found: Vec<String> = [
        (instances, "instances"),
        (volumes, "volumes"),
        (users, "users with access keys"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if !found.is_empty() {
        return Ok(fail(format!(
            "the management account has {}",
            found.join(", ")
        )));
    }
    for instance in account.all::<Instance>()? {
        instance.observed.state.required()?;
    }
    account.all::<Volume>()?;
    for user in account.all::<User>()? {
        user.observed.access_keys.get()?;
    }
    Ok(pass(
        "the management account has neither instances nor volumes nor users with access keys",
    ))
}
