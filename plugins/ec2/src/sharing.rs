//! With whom snapshots and images are shared.

use blastwall_sdk::prelude::*;

/// Which accounts are no strangers, besides those of the organization.
#[derive(Parameters)]
pub(crate) struct Trusted {
    /// Accounts outside the organization with which sharing is meant, as twelve digits.
    #[parameter(default = [])]
    pub(crate) trusted_accounts: Vec<String>,
}

/// Those of some accounts that are strangers.
///
/// # Errors
/// If none is for certain, but some may be.
pub(crate) fn strangers<'a>(
    accounts: impl Iterator<Item = &'a str>,
    insiders: Insiders<'_>,
) -> Result<Vec<&'a str>, Unknown> {
    let mut strangers = Vec::new();
    for other in accounts {
        if !insiders.has_account(other)? {
            strangers.push(other);
        }
    }
    Ok(strangers)
}

/// The id in the ARN of an organization or of one of its units:
/// `arn:aws:organizations::111122223333:ou/o-abcdefghij/ou-ab12-11111111`.
pub(crate) fn organization_id(arn: &str) -> &str {
    arn.split('/').nth(1).unwrap_or_default()
}
