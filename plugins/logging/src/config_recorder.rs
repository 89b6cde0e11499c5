//! AWS Config in every region.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_sdk::prelude::*;

use crate::regions;

/// Record changes of resources in every region
///
/// Looks at whether AWS Config records, in each enabled region, all types of resources that it
/// supports, without error and with a channel to deliver by, and whether one region at least records
/// the global types of IAM. What is not recorded cannot be reconstructed after an incident.
///
/// # Remediation
///
/// Console: AWS Config, "Settings", in each region; for the organization by a conformance pack or
/// StackSet. CLI:
///
/// ```sh
/// aws configservice put-configuration-recorder --configuration-recorder name=default,roleARN=ROLE \
///   --recording-group allSupported=true,includeGlobalResourceTypes=true
/// aws configservice put-delivery-channel --delivery-channel name=default,s3BucketName=BUCKET
/// aws configservice start-configuration-recorder --configuration-recorder-name default
/// ```
///
/// Terraform: `aws_config_configuration_recorder`, `aws_config_delivery_channel` and
/// `aws_config_configuration_recorder_status`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html>
#[check(
    id = "config-all-regions",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:4.3"],
    reads = [ConfigurationRecorder, DeliveryChannel, Region]
)]
pub(crate) fn check(account: &Account) -> Result<Outcome, Unknown> {
    let channels: BTreeSet<&str> = account
        .seen::<DeliveryChannel>()?
        .iter()
        .map(|channel| channel.region.as_str())
        .collect();
    let mut problems: BTreeMap<&str, &str> = BTreeMap::new();
    let mut recorded = BTreeSet::new();
    let mut global = false;
    let mut undecided = None;
    for recorder in account.seen::<ConfigurationRecorder>()? {
        let region = recorder.region.as_str();
        match problem(recorder) {
            Ok(None) if !channels.contains(region) => {
                account.all::<DeliveryChannel>()?;
                problems.insert(region, "has nowhere to deliver");
            }
            Ok(None) => {
                recorded.insert(region);
                let group = recorder.config.recording_group.get()?;
                global |= group.is_some_and(|group| group.include_global_resource_types);
            }
            Ok(Some(problem)) => {
                problems.insert(region, problem);
            }
            Err(unknown) => undecided = Some(unknown),
        }
    }
    let missing: Vec<String> = regions::enabled(account)?
        .filter(|region| !recorded.contains(region))
        .map(|region| match problems.get(region) {
            Some(problem) => format!("{region} {problem}"),
            None => format!("{region} has no recorder"),
        })
        .collect();
    if missing.is_empty() && global {
        return Ok(pass("every enabled region is recorded"));
    }
    if let Some(unknown) = undecided {
        return Err(unknown);
    }
    account.all::<ConfigurationRecorder>()?;
    Ok(fail(if missing.is_empty() {
        "no region records the types of global services".to_owned()
    } else {
        missing.join(", ")
    }))
}

/// Why a recorder does not record everything; none if it does.
fn problem(recorder: &ConfigurationRecorder) -> Result<Option<&'static str>, Unknown> {
    if !*recorder.observed.recording.required()? {
        return Ok(Some("is not recording"));
    }
    let status = recorder.observed.last_status.get()?;
    if status.is_some_and(|status| status.eq_ignore_ascii_case("failure")) {
        return Ok(Some("fails to record"));
    }
    let all = recorder.config.recording_group.get()?;
    // A recorder without a group records everything.
    Ok(match all {
        Some(group) if !group.all_supported => Some("leaves out types"),
        _ => None,
    })
}
