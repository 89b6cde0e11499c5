//! Instances that have been stopped for long.

use blastwall_sdk::prelude::*;

/// How long is long.
#[derive(Parameters)]
pub(crate) struct Stopped {
    /// Days after which a stopped instance is one too many.
    #[parameter(default = 30)]
    max_days: u32,
}

/// Remove instances that stay stopped
///
/// Looks at how long each stopped instance has been so. Its volumes and addresses go on costing, and
/// it misses every update: started again, it is the weakest machine of the network.
///
/// # Remediation
///
/// Keep an image if it may be needed, then terminate the instance (console: "Instances", "Instance
/// state"):
///
/// ```sh
/// aws ec2 create-image --instance-id INSTANCE --name NAME
/// aws ec2 terminate-instances --instance-ids INSTANCE
/// ```
///
/// Terraform: remove the `aws_instance`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html>
#[check(id = "ec2-instance-stopped", severity = Low, category = Cost)]
pub(crate) fn check(
    instance: &Instance,
    account: &Account,
    parameters: &Stopped,
) -> Result<Outcome, Unknown> {
    let state = instance.observed.state.required()?;
    if state != "stopped" {
        return Ok(
            not_applicable(format!("the instance is {state}")).evidence("/observed/State", state)
        );
    }
    let reason = instance.observed.state_transition_reason.required()?;
    let days = account.days_since(&moment(reason).ok_or_else(|| Unknown {
        path: "observed.StateTransitionReason".to_owned(),
        reason: format!("it does not tell since when: {reason:?}"),
    })?)?;
    let limit = i64::from(parameters.max_days);
    let outcome = if days > limit {
        fail(format!("stopped for {days} days, more than {limit}"))
    } else {
        pass(format!("stopped for {days} days, not more than {limit}"))
    };
    Ok(outcome.evidence("/observed/StateTransitionReason", reason))
}

/// The moment in `User initiated (2026-01-31 09:00:00 GMT)`, as RFC 3339.
fn moment(reason: &str) -> Option<String> {
    let (_, moment) = reason.rsplit_once('(')?;
    let (date, time) = moment.strip_suffix(" GMT)")?.split_once(' ')?;
    Some(format!("{date}T{time}Z"))
}
