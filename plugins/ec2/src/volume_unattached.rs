//! Volumes that nothing uses.

use blastwall_sdk::prelude::*;

/// Remove EBS volumes that nothing uses
///
/// Looks at whether each volume is attached to an instance. A volume that is not costs as much as
/// one in use, and holds data that nobody looks after.
///
/// # Remediation
///
/// Take a snapshot if the data may be needed, then delete the volume (console: EC2, "Volumes"):
///
/// ```sh
/// aws ec2 create-snapshot --volume-id VOLUME
/// aws ec2 delete-volume --volume-id VOLUME
/// ```
///
/// Terraform: remove the `aws_ebs_volume`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/ebs-deleting-volume.html>
#[check(id = "ec2-volume-unattached", severity = Low, category = Cost)]
pub(crate) fn check(volume: &Volume) -> Result<Outcome, Unknown> {
    let state = volume.observed.state.required()?;
    let outcome = match state.as_str() {
        "available" => {
            let size = volume.config.size.known();
            fail(match size {
                Some(size) => format!("{size} GiB are attached to no instance"),
                None => "the volume is attached to no instance".to_owned(),
            })
        }
        "in-use" => pass("the volume is attached"),
        other => not_applicable(format!("the volume is {other}")),
    };
    Ok(outcome.evidence("/observed/State", state))
}
