//! Which keys are the account's to look after.

use blastwall_sdk::prelude::*;

/// The verdict on keys that AWS keeps in the account: nobody but AWS can change them.
///
/// # Errors
/// If it is not known whose key it is.
pub(crate) fn not_ours(key: &Key) -> Result<Option<Outcome>, Unknown> {
    let manager = key.observed.key_manager.required()?;
    Ok((manager != "CUSTOMER")
        .then(|| not_applicable("AWS manages the key").evidence("/observed/KeyManager", manager)))
}
