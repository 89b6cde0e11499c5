//! AWS CloudTrail: trails with their status.
//!
//! Source: CloudTrail API Reference.

use blastwall_model::resources::Trail;
use serde_json::{Map, Value, json};

use super::epoch_seconds;
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::state::last_part;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing(
        "DescribeTrails",
        "cloudtrail:DescribeTrails",
        describe_trails,
    ),
    of_resource(
        "GetTrailStatus",
        "cloudtrail:GetTrailStatus",
        named_target,
        get_trail_status,
    ),
    of_resource(
        "GetEventSelectors",
        "cloudtrail:GetEventSelectors",
        trail_name_target,
        get_event_selectors,
    ),
    of_resource(
        "GetInsightSelectors",
        "cloudtrail:GetInsightSelectors",
        trail_name_target,
        get_insight_selectors,
    ),
    of_resource("ListTags", "cloudtrail:ListTags", first_target, list_tags),
];

fn home(trail: &Trail) -> &str {
    trail
        .observed
        .home_region
        .known()
        .map_or(trail.region.as_str(), String::as_str)
}

fn is(flag: &blastwall_model::Field<bool>) -> bool {
    flag.known() == Some(&true)
}

/// Whether a region shows the trail: its own does, and each does if it records everywhere.
fn is_visible(trail: &Trail, region: &str) -> bool {
    home(trail) == region || is(&trail.config.is_multi_region_trail)
}

/// Shown here, but from another region or another account.
fn is_shadow(trail: &Trail, call: &Call<'_>) -> bool {
    home(trail) != call.region || trail.arn.account() != call.principal.account.as_str()
}

fn visible<'a>(call: &Call<'a>) -> Result<impl Iterator<Item = &'a Trail>, Failure> {
    let region = call.region;
    Ok(call
        .account()?
        .trails
        .iter()
        .filter(move |trail| is_visible(trail, region)))
}

/// Sets the members that have a value.
fn object(members: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let members: Map<String, Value> = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    Value::Object(members)
}

fn describe_trails(call: &Call<'_>) -> Result<Answer, Failure> {
    let names = call.input.list("trailNameList");
    // Trails from elsewhere are shown unless the client says no.
    let with_shadows = call.input.flag("includeShadowTrails") != Some(false);
    let trails: Vec<Value> = visible(call)?
        .filter(|trail| with_shadows || !is_shadow(trail, call))
        .filter(|trail| {
            names.is_empty()
                || names
                    .iter()
                    .any(|name| trail.arn == *name || last_part(trail.arn.as_str()) == *name)
        })
        .map(describe)
        .collect();
    Ok(Answer::Json(json!({ "trailList": trails })))
}

fn describe(trail: &Trail) -> Value {
    let config = &trail.config;
    let text = |field: &blastwall_model::Field<String>| field.known().map(|it| json!(it));
    let flag = |field: &blastwall_model::Field<bool>| field.known().map(|it| json!(it));
    object([
        ("Name", Some(json!(last_part(trail.arn.as_str())))),
        ("TrailARN", Some(json!(trail.arn))),
        ("HomeRegion", Some(json!(home(trail)))),
        ("S3BucketName", text(&config.s3_bucket_name)),
        (
            "IncludeGlobalServiceEvents",
            flag(&config.include_global_service_events),
        ),
        ("IsMultiRegionTrail", flag(&config.is_multi_region_trail)),
        ("IsOrganizationTrail", flag(&config.is_organization_trail)),
        (
            "LogFileValidationEnabled",
            flag(&config.enable_log_file_validation),
        ),
        (
            "CloudWatchLogsLogGroupArn",
            text(&config.cloud_watch_logs_log_group_arn),
        ),
        ("KmsKeyId", text(&config.kms_key_id)),
        // Only the call itself tells where it is not known.
        (
            "HasInsightSelectors",
            match config.insight_selectors.get() {
                Ok(selectors) => Some(json!(selectors.is_some_and(|list| !list.is_empty()))),
                Err(_) => None,
            },
        ),
    ])
}

/// The trail by name or ARN. Names are good for trails of the region alone, ARNs for shadows too.
fn find<'a>(call: &Call<'a>, name: &str) -> Result<&'a Trail, Failure> {
    visible(call)?
        .find(|trail| {
            trail.arn == *name || (last_part(trail.arn.as_str()) == name && !is_shadow(trail, call))
        })
        .ok_or_else(|| {
            Failure::new(
                400,
                "TrailNotFoundException",
                format!(
                    "Unknown trail: {name} for the user: {}",
                    call.principal.account
                ),
            )
        })
}

fn named_target(call: &Call<'_>) -> Result<Target, Failure> {
    trail_target(call, "Name")
}

fn trail_name_target(call: &Call<'_>) -> Result<Target, Failure> {
    trail_target(call, "TrailName")
}

/// `ListTags` takes several trails; who may read the tags of one may read those of all.
fn first_target(call: &Call<'_>) -> Result<Target, Failure> {
    trail_target(call, "ResourceIdList.1")
}

fn trail_target(call: &Call<'_>, parameter: &str) -> Result<Target, Failure> {
    let trail = find(call, call.required(parameter)?)?;
    Ok(Target {
        tags: trail.tags.known().cloned().unwrap_or_default(),
        // A trail of the organization is read with permissions of the account that sees it.
        ..Target::resource(trail.arn.clone())
    })
}

fn get_trail_status(call: &Call<'_>) -> Result<Answer, Failure> {
    let trail = find(call, call.required("Name")?)?;
    let delivered = trail.observed.latest_delivery_time.known();
    Ok(Answer::Json(object([
        ("IsLogging", Some(json!(is(&trail.config.is_logging)))),
        (
            "LatestDeliveryTime",
            delivered.map(|time| epoch_seconds(time)).transpose()?,
        ),
        (
            "LatestDeliveryError",
            trail
                .observed
                .latest_delivery_error
                .known()
                .map(|it| json!(it)),
        ),
    ])))
}

fn get_event_selectors(call: &Call<'_>) -> Result<Answer, Failure> {
    let trail = find(call, call.required("TrailName")?)?;
    let basic = trail.config.event_selectors.known();
    let advanced = trail.config.advanced_event_selectors.known();
    // Both are the same in CloudFormation and in the API.
    Ok(Answer::Json(object([
        ("TrailARN", Some(json!(trail.arn))),
        ("EventSelectors", basic.map(|it| json!(it))),
        ("AdvancedEventSelectors", advanced.map(|it| json!(it))),
    ])))
}

fn get_insight_selectors(call: &Call<'_>) -> Result<Answer, Failure> {
    let trail = find(call, call.required("TrailName")?)?;
    let Some(selectors) = trail.config.insight_selectors.known() else {
        return Err(Failure::new(
            400,
            "InsightNotEnabledException",
            format!("Trail {} does not have Insights enabled.", trail.arn),
        ));
    };
    Ok(Answer::Json(
        json!({ "TrailARN": trail.arn, "InsightSelectors": selectors }),
    ))
}

fn list_tags(call: &Call<'_>) -> Result<Answer, Failure> {
    let mut entries = Vec::new();
    for arn in call.input.list("ResourceIdList") {
        let trail = find(call, arn)?;
        let tags = trail.tags.known().into_iter().flatten();
        let tags: Vec<Value> = tags
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect();
        entries.push(json!({ "ResourceId": arn, "TagsList": tags }));
    }
    Ok(Answer::Json(json!({ "ResourceTagList": entries })))
}
