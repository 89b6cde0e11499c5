//! How fresh the snapshots of volumes are.

use blastwall_sdk::prelude::*;

/// How old is too old.
#[derive(Parameters)]
pub(crate) struct Age {
    /// Days after which the newest snapshot of a volume is too old. AWS Trusted Advisor warns after
    /// 7 days and reports after 30.
    #[parameter(default = 30)]
    max_age_days: u32,
}

/// Take snapshots of EBS volumes
///
/// Looks at the age of the newest finished snapshot of each volume that is attached. A volume lives in
/// one zone; what is not in a snapshot is lost with it. Backups by other means (AWS Backup makes
/// snapshots, which count; copies by programs do not) are not seen.
///
/// # Remediation
///
/// Let Data Lifecycle Manager or AWS Backup take snapshots (console: EC2, "Lifecycle Manager"), or
/// take one:
///
/// ```sh
/// aws ec2 create-snapshot --volume-id VOLUME
/// ```
///
/// Terraform: `aws_dlm_lifecycle_policy` or `aws_backup_plan`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-lifecycle.html>
/// - <https://docs.aws.amazon.com/awssupport/latest/user/fault-tolerance-checks.html>
#[check(
    id = "ec2-volume-snapshot-age",
    severity = Low,
    category = FaultTolerance,
    reads = [Snapshot]
)]
pub(crate) fn check(
    volume: &Volume,
    account: &Account,
    parameters: &Age,
) -> Result<Outcome, Unknown> {
    let state = volume.observed.state.required()?;
    if state != "in-use" {
        return Ok(not_applicable("the volume is not attached").evidence("/observed/State", state));
    }
    let id = volume.config.volume_id.required()?;
    let limit = i64::from(parameters.max_age_days);
    let mut newest: Option<i64> = None;
    let mut undecided = None;
    for snapshot in account.seen::<Snapshot>()? {
        if snapshot.region != volume.region || snapshot.config.volume_id.known() != Some(id) {
            continue;
        }
        match age(snapshot, account) {
            Ok(Some(days)) => newest = Some(newest.map_or(days, |newest| newest.min(days))),
            Ok(None) => {}
            Err(unknown) => undecided = Some(unknown),
        }
    }
    if let Some(days) = newest.filter(|days| *days <= limit) {
        return Ok(pass(format!("the newest snapshot is {days} days old")));
    }
    // One that could not be seen may be newer.
    if let Some(unknown) = undecided {
        return Err(unknown);
    }
    account.all::<Snapshot>()?;
    Ok(match newest {
        Some(days) => fail(format!(
            "the newest snapshot is {days} days old, more than {limit}"
        )),
        None => fail("the volume has no finished snapshot"),
    })
}

/// Days since a snapshot was started; none if it is not finished.
fn age(snapshot: &Snapshot, account: &Account) -> Result<Option<i64>, Unknown> {
    if snapshot.observed.state.required()? != "completed" {
        return Ok(None);
    }
    account
        .days_since(snapshot.observed.start_time.required()?)
        .map(Some)
}
