//! The switches of a region that keep snapshots and images from becoming public.

use blastwall_sdk::prelude::*;

/// Block public sharing of EBS snapshots
///
/// Looks at whether each enabled region blocks public sharing of snapshots, of all or at least of
/// new ones. One switch then stands between a slip of the hand and a public copy of a disk.
///
/// # Remediation
///
/// Console: EC2, "Data protection and security", "Block public access for EBS snapshots". CLI, in
/// each region:
///
/// ```sh
/// aws ec2 enable-snapshot-block-public-access --state block-all-sharing
/// ```
///
/// Terraform: `aws_ebs_snapshot_block_public_access`. For the whole organization: a declarative
/// policy for EC2.
///
/// # References
///
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html>
#[check(id = "ec2-snapshot-block-public-access", severity = Medium, category = Security)]
pub(crate) fn snapshots(block: &SnapshotBlockPublicAccess) -> Result<Outcome, Unknown> {
    let state = block.config.state.required()?;
    let outcome = match state.as_str() {
        "block-all-sharing" => pass("all public sharing of snapshots is blocked"),
        "block-new-sharing" => pass("new public sharing of snapshots is blocked"),
        _ => fail("public sharing of snapshots is not blocked"),
    };
    Ok(outcome.evidence("/config/State", state))
}

/// Block public sharing of machine images
///
/// Looks at whether each enabled region keeps new images from being made public. Images that are
/// public already stay so.
///
/// # Remediation
///
/// Console: EC2, "Data protection and security", "Block public access for AMIs". CLI, in each
/// region:
///
/// ```sh
/// aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing
/// ```
///
/// Terraform: `aws_ec2_image_block_public_access`. For the whole organization: a declarative policy
/// for EC2.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html>
#[check(id = "ec2-image-block-public-access", severity = Medium, category = Security)]
pub(crate) fn images(block: &ImageBlockPublicAccess) -> Result<Outcome, Unknown> {
    let state = block.config.state.required()?;
    let outcome = if state == "block-new-sharing" {
        pass("new public sharing of images is blocked")
    } else {
        fail("public sharing of images is not blocked")
    };
    Ok(outcome.evidence("/config/State", state))
}
