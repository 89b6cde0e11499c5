//! Keys that are about to be deleted.

use blastwall_sdk::prelude::*;

use crate::key::not_ours;

/// Look twice before KMS keys are deleted
///
/// Looks for keys that wait to be deleted. Once the waiting time is over, everything that is
/// encrypted with the key is lost for good: volumes, backups, secrets. Ransom starts this way, too.
///
/// # Remediation
///
/// See in CloudTrail who scheduled it and who still uses the key; if in doubt, keep it, switched
/// off (console: KMS, the key, "Key actions", "Cancel key deletion"):
///
/// ```sh
/// aws kms cancel-key-deletion --key-id KEY
/// aws kms disable-key --key-id KEY
/// ```
///
/// Terraform: put the `aws_kms_key` back; import it if it is gone from the state.
///
/// # References
///
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
#[check(id = "kms-key-pending-deletion", severity = High, category = Security)]
pub(crate) fn check(key: &Key) -> Result<Outcome, Unknown> {
    if let Some(outcome) = not_ours(key)? {
        return Ok(outcome);
    }
    let state = key.observed.key_state.required()?;
    let waits = matches!(state.as_str(), "PendingDeletion" | "PendingReplicaDeletion");
    let outcome = match key.observed.deletion_date.known() {
        Some(date) if waits => fail(format!("the key will be deleted on {date}")),
        _ if waits => fail("the key waits to be deleted"),
        _ => pass(format!("the key is {state}")),
    };
    Ok(outcome.evidence("/observed/KeyState", state))
}
