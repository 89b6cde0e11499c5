//! The regions of an account.

use blastwall_sdk::prelude::*;

/// The enabled regions.
///
/// # Errors
/// If they are not known.
pub(crate) fn enabled(account: &Account) -> Result<impl Iterator<Item = &str>, Unknown> {
    let regions = account.all::<Region>()?;
    if regions.is_empty() {
        return Err(Unknown {
            path: "the list of AWS::EC2::Region".to_owned(),
            reason: "it is empty, and every account has regions".to_owned(),
        });
    }
    Ok(regions.iter().map(|region| region.region.as_str()))
}
