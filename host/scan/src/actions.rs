//! What the audit role has to allow.

use std::collections::BTreeSet;

use blastwall_collect::Request;

/// Every IAM action that a scan may take in an account, sorted: of all types that a collector produces,
/// and of these besides, which checks read.
#[must_use]
pub fn all_actions(read: impl IntoIterator<Item = String>) -> BTreeSet<&'static str> {
    let types = blastwall_collect::types();
    blastwall_collect::actions(&Request {
        types: types.into_iter().map(str::to_owned).chain(read).collect(),
        tags: true,
        regions: None,
    })
}
