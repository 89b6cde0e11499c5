//! Rotation of key material.

use blastwall_sdk::prelude::*;

use crate::key::not_ours;

/// Rotate KMS keys
///
/// Looks at whether each symmetric encryption key that the account made renews its material by
/// itself. Key material that never changes protects more data every day. Keys that cannot be rotated by KMS
/// do not count: asymmetric and HMAC keys, and those with material from outside; nor do keys that
/// are switched off or about to be deleted.
///
/// # Remediation
///
/// Console: KMS, the key, "Key rotation". CLI:
///
/// ```sh
/// aws kms enable-key-rotation --key-id KEY
/// ```
///
/// Terraform: `enable_key_rotation = true` in `aws_kms_key`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html>
#[check(
    id = "kms-key-rotation",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:4.6"]
)]
pub(crate) fn check(key: &Key) -> Result<Outcome, Unknown> {
    if let Some(outcome) = not_ours(key)? {
        return Ok(outcome);
    }
    let state = key.observed.key_state.required()?;
    if state != "Enabled" {
        return Ok(
            not_applicable(format!("the key is {state}")).evidence("/observed/KeyState", state)
        );
    }
    let spec = key.config.key_spec.required()?;
    if spec != "SYMMETRIC_DEFAULT" {
        return Ok(not_applicable(format!("{spec} keys cannot be rotated"))
            .evidence("/config/KeySpec", spec));
    }
    let origin = key.config.origin.required()?;
    if origin != "AWS_KMS" {
        return Ok(
            not_applicable("the material of the key is from outside of KMS")
                .evidence("/config/Origin", origin),
        );
    }
    let rotation = key.config.enable_key_rotation.required()?;
    let outcome = if *rotation {
        pass("the key is rotated")
    } else {
        fail("the key is not rotated")
    };
    Ok(outcome.evidence("/config/EnableKeyRotation", rotation))
}
