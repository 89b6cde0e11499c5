//! How long logs are kept.

use blastwall_sdk::prelude::*;

/// How long is long enough.
#[derive(Parameters)]
pub(crate) struct Retention {
    /// The fewest days that events must be kept, where they are not kept for ever.
    #[parameter(default = 0)]
    min_days: u32,
}

/// Set how long log groups keep events
///
/// Looks at whether each log group says how long its events are kept. Without it they are kept, and
/// paid for, for ever. With `min_days` it also finds groups that forget too early.
///
/// # Remediation
///
/// Console: CloudWatch, "Log groups", "Edit retention settings". CLI:
///
/// ```sh
/// aws logs put-retention-policy --log-group-name GROUP --retention-in-days 365
/// ```
///
/// Terraform: `retention_in_days` in `aws_cloudwatch_log_group`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html>
#[check(id = "logs-group-retention", severity = Low, category = Cost)]
pub(crate) fn retention(group: &LogGroup, parameters: &Retention) -> Result<Outcome, Unknown> {
    Ok(match group.config.retention_in_days.get()? {
        None => fail("events are kept for ever"),
        Some(days) if i64::from(*days) < i64::from(parameters.min_days) => fail(format!(
            "events are kept for {days} days, less than {}",
            parameters.min_days
        ))
        .evidence("/config/RetentionInDays", days),
        Some(days) => pass(format!("events are kept for {days} days"))
            .evidence("/config/RetentionInDays", days),
    })
}
