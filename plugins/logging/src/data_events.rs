//! Data events of S3: who reads and writes objects.

use blastwall_sdk::model::resources::cloudtrail::{AdvancedEventSelector, EventSelector};
use blastwall_sdk::prelude::*;

/// Record who writes objects
///
/// Looks for a trail that records now, in every region, the data events of all buckets that write:
/// who put and deleted objects. Without them ransom leaves no trace. Selectors that are confined to
/// some buckets or calls do not count, nor does Security Lake.
///
/// # Remediation
///
/// Console: CloudTrail, the trail, "Data events". CLI:
///
/// ```sh
/// aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors \
///   '[{"Name":"management","FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]},
///     {"Name":"objects","FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},
///     {"Field":"resources.type","Equals":["AWS::S3::Object"]}]}]'
/// ```
///
/// Terraform: `advanced_event_selector` in `aws_cloudtrail`. Data events cost by the event.
///
/// # References
///
/// - <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>
#[check(
    id = "cloudtrail-s3-write-events",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:4.8"],
    reads = [Trail]
)]
pub(crate) fn writes(account: &Account) -> Result<Outcome, Unknown> {
    judge(account, "write", |(_, writes)| writes)
}

/// Record who reads objects
///
/// Looks for a trail that records now, in every region, the data events of all buckets that read:
/// who got which objects. Without them nobody can tell what a thief took. Selectors that are
/// confined to some buckets or calls do not count, nor does Security Lake.
///
/// # Remediation
///
/// Console: CloudTrail, the trail, "Data events". CLI:
///
/// ```sh
/// aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors \
///   '[{"Name":"management","FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]},
///     {"Name":"objects","FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},
///     {"Field":"resources.type","Equals":["AWS::S3::Object"]}]}]'
/// ```
///
/// Terraform: `advanced_event_selector` in `aws_cloudtrail`. Data events cost by the event.
///
/// # References
///
/// - <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>
#[check(
    id = "cloudtrail-s3-read-events",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:4.9"],
    reads = [Trail]
)]
pub(crate) fn reads(account: &Account) -> Result<Outcome, Unknown> {
    judge(account, "read", |(reads, _)| reads)
}

/// Which data events of all buckets are recorded: those that read, those that write.
type Kinds = (bool, bool);

fn judge(
    account: &Account,
    word: &str,
    wanted: impl Fn(Kinds) -> bool,
) -> Result<Outcome, Unknown> {
    let mut undecided = None;
    for trail in account.seen::<Trail>()? {
        match recorded(trail) {
            Ok(kinds) if wanted(kinds) => {
                return Ok(pass(format!("recorded by {}", trail.arn.as_str())));
            }
            Ok(_) => {}
            Err(unknown) => undecided = Some(unknown),
        }
    }
    if let Some(unknown) = undecided {
        return Err(unknown);
    }
    account.all::<Trail>()?;
    Ok(fail(format!(
        "no trail of every region records who {word}s objects of all buckets"
    )))
}

fn recorded(trail: &Trail) -> Result<Kinds, Unknown> {
    if !*trail.config.is_logging.required()?
        || trail.config.is_multi_region_trail.get()? != Some(&true)
    {
        return Ok((false, false));
    }
    let advanced = trail.config.advanced_event_selectors.get()?;
    let basic = trail.config.event_selectors.get()?;
    let advanced = advanced.into_iter().flatten().map(by_advanced_selector);
    let basic = basic.into_iter().flatten().map(by_selector);
    Ok(advanced
        .chain(basic)
        .fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1)))
}

/// Everything in S3, in the notation of basic selectors.
const ALL_BUCKETS: [&str; 2] = ["arn:aws:s3", "arn:aws:s3:::"];

fn by_selector(selector: &EventSelector) -> Kinds {
    let all = selector.data_resources.iter().any(|resource| {
        resource.r#type == "AWS::S3::Object"
            && resource.values.iter().any(|value| is_all_buckets(value))
    });
    let kind = selector.read_write_type.as_deref().unwrap_or("All");
    (all && kind != "WriteOnly", all && kind != "ReadOnly")
}

/// In every partition: `arn:aws-cn:s3` as well.
fn is_all_buckets(value: &str) -> bool {
    let mut parts = value.splitn(3, ':');
    let in_aws = match (parts.next(), parts.next(), parts.next()) {
        (Some("arn"), Some(_), Some(rest)) => format!("arn:aws:{rest}"),
        _ => return false,
    };
    ALL_BUCKETS.contains(&in_aws.as_str())
}

/// One that is confined in any other way than by reading and writing takes less than everything.
fn by_advanced_selector(selector: &AdvancedEventSelector) -> Kinds {
    let fields = &selector.field_selectors;
    let equals = |name: &str, wanted: &str| {
        fields
            .iter()
            .any(|field| field.field == name && field.equals.iter().any(|value| value == wanted))
    };
    let data = equals("eventCategory", "Data") && equals("resources.type", "AWS::S3::Object");
    let confined = fields.iter().any(|field| match field.field.as_str() {
        "eventCategory" | "resources.type" | "readOnly" => false,
        "resources.ARN" => !field.starts_with.iter().any(|value| is_all_buckets(value)),
        _ => true,
    });
    let takes = |kind: &str| {
        let mut filters = fields.iter().filter(|field| field.field == "readOnly");
        data && !confined && filters.all(|field| field.equals.iter().any(|value| value == kind))
    };
    (takes("true"), takes("false"))
}
