//! Things that every enabled region should have.

use std::collections::BTreeSet;

use blastwall_sdk::prelude::*;

/// The enabled regions of the account that are not among those that have the thing.
///
/// # Errors
/// If the regions of the account are not known.
pub(crate) fn without<'a>(
    account: &'a Account,
    having: &BTreeSet<&str>,
) -> Result<Vec<&'a str>, Unknown> {
    let regions = account.all::<Region>()?;
    if regions.is_empty() {
        return Err(Unknown {
            path: "the list of AWS::EC2::Region".to_owned(),
            reason: "it is empty, and every account has regions".to_owned(),
        });
    }
    Ok(regions
        .iter()
        .map(|region| region.region.as_str())
        .filter(|region| !having.contains(region))
        .collect())
}
