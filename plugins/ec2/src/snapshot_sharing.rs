//! With whom EBS snapshots are shared.

use blastwall_sdk::prelude::*;

use crate::sharing::{Trusted, strangers};

/// Keep EBS snapshots from being public
///
/// Looks at whether everybody may make volumes of each snapshot. Public snapshots are listed and
/// searched for secrets by strangers all the time. A region that blocks all public sharing keeps
/// such a snapshot to the account, whatever it is set to.
///
/// # Remediation
///
/// Make the snapshot private (console: "Snapshots", "Actions", "Modify permissions"), see what it
/// held as leaked, and block public sharing in every region:
///
/// ```sh
/// aws ec2 modify-snapshot-attribute --snapshot-id SNAPSHOT --attribute createVolumePermission \
///   --operation-type remove --group-names all
/// aws ec2 enable-snapshot-block-public-access --state block-all-sharing
/// ```
///
/// Terraform: `aws_ebs_snapshot_block_public_access` with `state = "block-all-sharing"`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html>
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html>
#[check(
    id = "ec2-snapshot-public",
    severity = Critical,
    category = Security,
    reads = [SnapshotBlockPublicAccess]
)]
pub(crate) fn public(snapshot: &Snapshot, account: &Account) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let permissions = snapshot.config.create_volume_permissions.get()?;
    let permissions = permissions.unwrap_or(&none);
    let everybody = permissions
        .iter()
        .position(|permission| permission.group.as_deref() == Some("all"));
    let Some(index) = everybody else {
        return Ok(pass("the snapshot is not public"));
    };
    let blocks = account.all::<SnapshotBlockPublicAccess>()?;
    let block = blocks.iter().find(|block| block.region == snapshot.region);
    let state = match block {
        Some(block) => block.config.state.get()?,
        None => None,
    };
    let outcome = if state.is_some_and(|state| state == "block-all-sharing") {
        pass("the snapshot is set to public, but the region blocks all public sharing")
    } else {
        fail("everybody may make volumes of the snapshot")
    };
    Ok(outcome.evidence(
        format!("/config/CreateVolumePermissions/{index}"),
        &permissions.get(index),
    ))
}

/// Share EBS snapshots only within the organization
///
/// Looks at which accounts may make volumes of each snapshot. What is shared with an account is out
/// of your hands: it can be copied and kept. Accounts of the organization do not count, nor do
/// those that `trusted_accounts` names.
///
/// # Remediation
///
/// Stop sharing with accounts that you do not know (console: "Snapshots", "Actions", "Modify
/// permissions"):
///
/// ```sh
/// aws ec2 modify-snapshot-attribute --snapshot-id SNAPSHOT --attribute createVolumePermission \
///   --operation-type remove --user-ids ACCOUNT
/// ```
///
/// Terraform: remove the `aws_snapshot_create_volume_permission`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html>
#[check(
    id = "ec2-snapshot-shared-outside",
    severity = High,
    category = Security,
    reads = [OrganizationAccount, OrganizationDescription]
)]
pub(crate) fn outside(
    snapshot: &Snapshot,
    account: &Account,
    organization: &Organization,
    parameters: &Trusted,
) -> Result<Outcome, Unknown> {
    let insiders = Insiders::new(account, organization, &parameters.trusted_accounts);
    let none = Vec::new();
    let permissions = snapshot.config.create_volume_permissions.get()?;
    let permissions = permissions.unwrap_or(&none);
    let accounts = || permissions.iter().filter_map(|one| one.user_id.as_deref());
    let strangers = strangers(accounts(), insiders)?;
    if strangers.is_empty() {
        return Ok(pass(if accounts().next().is_none() {
            "the snapshot is shared with no account"
        } else {
            "the snapshot is shared within the organization and with trusted accounts alone"
        }));
    }
    let outcome = fail(format!(
        "shared outside the organization: {}",
        strangers.join(", ")
    ));
    Ok(outcome.evidence("/config/CreateVolumePermissions", permissions))
}
