//! A check of the organization: what its accounts have, joined with the accounts themselves.

use std::collections::BTreeSet;

use blastwall_sdk::model::resources;
use blastwall_sdk::prelude::*;

#[derive(Parameters)]
pub(crate) struct Wanted {
    /// The name of the role that every account must have.
    #[parameter(default = "incident-response", schema = { "minLength": 1, "maxLength": 64 })]
    role_name: String,
}

/// Have the incident response role in every account
///
/// Looks for a role of this name in each active account of the organization. When an account is
/// broken into, there is no time to ask its owners for access.
///
/// # Remediation
///
/// Deploy the role with a service-managed stack set, which also covers the accounts to come.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-enable-trusted-access.html>
#[check(
    id = "house-role-everywhere",
    severity = Medium,
    category = Security,
    reads = [resources::Account, Role]
)]
pub(crate) fn check(organization: &Organization, wanted: &Wanted) -> Result<Outcome, Unknown> {
    let mut without: BTreeSet<&str> = BTreeSet::new();
    for account in organization.all::<resources::Account>()? {
        if account.observed.status.required()? == "ACTIVE" {
            let id = account.arn.as_str().rsplit('/').next();
            without.extend(id);
        }
    }
    let accounts = without.len();
    let mut nameless = None;
    let seen = organization.each::<Role>(|role| match role.config.role_name.required() {
        Ok(name) if *name == wanted.role_name => {
            without.remove(role.account.as_str());
        }
        Ok(_) => {}
        Err(unknown) => nameless = Some(unknown),
    });
    if without.is_empty() {
        return Ok(pass(format!(
            "the role {} is in all of {accounts} accounts",
            wanted.role_name
        )));
    }
    // Where it was not seen it may still be, if not all was seen.
    seen?;
    if let Some(unknown) = nameless {
        return Err(unknown);
    }
    let missing = without.len();
    let without: Vec<&str> = without.into_iter().collect();
    Ok(fail(format!(
        "the role {} is missing in {missing} of {accounts} accounts: {}",
        wanted.role_name,
        without.join(", ")
    )))
}
