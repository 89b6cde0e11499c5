//! With whom snapshots and images are shared.

use blastwall_sdk::prelude::*;

/// Which accounts are no strangers, besides those of the organization.
#[derive(Parameters)]
pub(crate) struct Trusted {
    /// Accounts outside the organization with which sharing is meant, as twelve digits.
    #[parameter(default = [])]
    pub(crate) trusted_accounts: Vec<String>,
}

/// Whoever is left over, once the account itself, the organization and those who are trusted are
/// taken away.
///
/// # Errors
/// If an account is shared with that may or may not be of the organization.
pub(crate) fn strangers<'a>(
    shared_with: impl Iterator<Item = &'a str>,
    trusted: &Trusted,
    account: &Account,
    organization: &Organization,
) -> Result<Vec<&'a str>, Unknown> {
    let others: Vec<&str> = shared_with
        .filter(|other| *other != account.id().as_str())
        .filter(|other| !trusted.trusted_accounts.iter().any(|known| known == other))
        .collect();
    if others.is_empty() {
        return Ok(others);
    }
    let is_member = |other: &str| {
        organization
            .seen::<OrganizationAccount>()
            .is_ok_and(|members| {
                let mut ids = members
                    .iter()
                    .map(|member| member.config.account_id.known());
                ids.any(|id| id.is_some_and(|id| id == other))
            })
    };
    let strangers: Vec<&str> = others
        .into_iter()
        .filter(|other| !is_member(other))
        .collect();
    if !strangers.is_empty() {
        // Somebody who is not among the members that could be seen may be one that could not.
        organization.all::<OrganizationAccount>()?;
    }
    Ok(strangers)
}

/// Whether an ARN names this organization, or a unit of it.
///
/// # Errors
/// If it is not known which organization this is.
pub(crate) fn is_ours(arn: &str, organization: &Organization) -> Result<bool, Unknown> {
    for description in organization.all::<OrganizationDescription>()? {
        let id = description.config.id.required()?;
        // arn:aws:organizations::111122223333:organization/o-abc, …:ou/o-abc/ou-…
        let mut parts = arn.split('/');
        if parts.any(|part| part == id) {
            return Ok(true);
        }
    }
    Ok(false)
}
