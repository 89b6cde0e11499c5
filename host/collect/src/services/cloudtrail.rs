//! AWS CloudTrail: `AWS::CloudTrail::Trail`.
//!
//! A trail appears in several places: in its home region, as a shadow in every other region if it
//! records all of them, and as a shadow in every member account if it is the organization's. Every
//! region is asked for all that it shows (without shadows, a member account would not see its
//! organization's trails at all) and keeps the trails that are at home in it. Trails whose home is
//! not looked at are kept by the first region, because they record there too.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::operation::get_event_selectors::GetEventSelectorsOutput;
use aws_sdk_cloudtrail::types::Trail as Description;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::cloudtrail::{
    AdvancedEventSelector, DataResource, EventSelector, FieldSelector, InsightSelector,
};
use blastwall_model::resources::{Trail, TrailKind};
use blastwall_model::{Arn, Field, Kind, Tags};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{tags, text, time};
use crate::harvest::{About, Harvest, absent, unknown};
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "cloudtrail",
    products: &[Product {
        kind: TrailKind::TYPE,
        calls: &[LIST, STATUS, SELECTORS, INSIGHTS],
        tags: &[TAGS],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("DescribeTrails", "cloudtrail:DescribeTrails");
const STATUS: Declaration = call("GetTrailStatus", "cloudtrail:GetTrailStatus");
const SELECTORS: Declaration = call("GetEventSelectors", "cloudtrail:GetEventSelectors");
const INSIGHTS: Declaration = call("GetInsightSelectors", "cloudtrail:GetInsightSelectors");
const TAGS: Declaration = call("ListTags", "cloudtrail:ListTags");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "CloudTrail",
        operation,
        action,
    }
}

/// How many trails of a region are looked into side by side; AWS allows five of an account's own.
const TRAILS_AT_ONCE: usize = 8;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let cloudtrail = client!(aws_sdk_cloudtrail, context.session, region);
    let answer = context
        .session
        .call(
            cloudtrail
                .describe_trails()
                .include_shadow_trails(true)
                .send(),
        )
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => return Harvest::failed(&[TrailKind::TYPE], LIST, region, &failure),
    };
    let kept = answer
        .trail_list()
        .iter()
        .filter(|trail| is_kept(trail.home_region(), region, context.regions));
    let mut looked_into = stream::iter(kept)
        .map(|trail| look_into(context, &cloudtrail, region, trail))
        .buffer_unordered(TRAILS_AT_ONCE)
        .boxed();
    let mut harvest = Harvest::default();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

/// Whether a trail that shows in `region` is kept there, so that each is kept exactly once.
fn is_kept(home: Option<&str>, region: &str, looked_at: &[String]) -> bool {
    // An answer without a home region can only mean the region that was asked.
    let home = home.unwrap_or(region);
    let is_first = looked_at.first().is_some_and(|first| first == region);
    home == region || (is_first && !looked_at.iter().any(|other| other == home))
}

async fn look_into(
    context: &Context<'_>,
    cloudtrail: &Client,
    region: &str,
    description: &Description,
) -> Harvest {
    let arn = match parse_arn(description.trail_arn().unwrap_or_default()) {
        Ok(arn) => arn,
        Err(failure) => return Harvest::failed(&[TrailKind::TYPE], LIST, region, &failure),
    };
    let session = context.session;
    // A trail is asked for at home, even where only its shadow is looked at: there it answers in
    // full.
    let home = description.home_region().unwrap_or(region);
    let at_home = (home != region).then(|| client!(aws_sdk_cloudtrail, session, home));
    let cloudtrail = at_home.as_ref().unwrap_or(cloudtrail);
    let (status, selectors, insights, tagging) = futures::join!(
        session.call(cloudtrail.get_trail_status().name(arn.as_str()).send()),
        session.call(
            cloudtrail
                .get_event_selectors()
                .trail_name(arn.as_str())
                .send()
        ),
        insights(context, cloudtrail, description, &arn),
        tagging(context, cloudtrail, &arn),
    );
    let mut trail = Trail::new(arn, session.account().clone(), home);
    describe(&mut trail, description);
    let mut harvest = Harvest::default();
    let about = About::resource(&trail);
    match status {
        Ok(status) => {
            trail.config.is_logging = status.is_logging().into();
            trail.observed.latest_delivery_time =
                status.latest_delivery_time().and_then(time).into();
            trail.observed.latest_delivery_error = text(status.latest_delivery_error()).into();
        }
        Err(failure) => {
            trail.observed.latest_delivery_time = unknown(STATUS, &failure);
            trail.observed.latest_delivery_error = unknown(STATUS, &failure);
            trail.config.is_logging = harvest.field(&about, STATUS, Err(failure));
        }
    }
    match selectors {
        Ok(selectors) => set_selectors(&mut trail, &selectors),
        Err(failure) => {
            trail.config.advanced_event_selectors = unknown(SELECTORS, &failure);
            trail.config.event_selectors = harvest.field(&about, SELECTORS, Err(failure));
        }
    }
    trail.config.insight_selectors = harvest.field(&about, INSIGHTS, insights);
    trail.tags = harvest.tags(&about, TAGS, tagging);
    harvest.add(&trail);
    harvest
}

/// What a trail finds unusual, if anything; the listing tells of which trails it need not be asked.
async fn insights(
    context: &Context<'_>,
    cloudtrail: &Client,
    description: &Description,
    arn: &Arn,
) -> Result<Option<Vec<InsightSelector>>, Failure> {
    if description.has_insight_selectors() == Some(false) {
        return Ok(None);
    }
    let request = cloudtrail.get_insight_selectors().trail_name(arn.as_str());
    let answer = context.session.call(request.send()).await;
    absent(answer, &["InsightNotEnabledException"]).map(|answer| {
        let selectors = answer?
            .insight_selectors()
            .iter()
            .map(convert_insight)
            .collect();
        Some(selectors).filter(|selectors: &Vec<_>| !selectors.is_empty())
    })
}

fn describe(trail: &mut Trail, description: &Description) {
    let config = &mut trail.config;
    config.trail_name = text(description.name()).into();
    config.s3_bucket_name = text(description.s3_bucket_name()).into();
    config.is_multi_region_trail = description.is_multi_region_trail().into();
    config.is_organization_trail = description.is_organization_trail().into();
    config.include_global_service_events = description.include_global_service_events().into();
    config.enable_log_file_validation = description.log_file_validation_enabled().into();
    config.kms_key_id = text(description.kms_key_id()).into();
    config.cloud_watch_logs_log_group_arn =
        text(description.cloud_watch_logs_log_group_arn()).into();
    trail.observed.home_region = text(description.home_region()).into();
}

/// The tags of one trail, if tags are wanted; an answer is one page, as a trail has at most 50.
async fn tagging(
    context: &Context<'_>,
    cloudtrail: &Client,
    arn: &Arn,
) -> Option<Result<Field<Tags>, Failure>> {
    if !context.tags {
        return None;
    }
    let request = cloudtrail.list_tags().resource_id_list(arn.as_str());
    let answer = context.session.call(request.send()).await;
    Some(answer.map(|answer| {
        tags(
            answer
                .resource_tag_list()
                .iter()
                .flat_map(|resource| resource.tags_list())
                .map(|tag| (Some(tag.key()), tag.value())),
        )
    }))
}

/// A trail has selectors of one form or of the other; the other is absent.
fn set_selectors(trail: &mut Trail, answer: &GetEventSelectorsOutput) {
    let basic: Vec<EventSelector> = answer
        .event_selectors()
        .iter()
        .map(|selector| EventSelector {
            read_write_type: text(selector.read_write_type().map(|kind| kind.as_str())),
            include_management_events: selector.include_management_events(),
            exclude_management_event_sources: selector.exclude_management_event_sources().to_vec(),
            data_resources: selector
                .data_resources()
                .iter()
                .map(|resource| DataResource {
                    r#type: text(resource.r#type()).unwrap_or_default(),
                    values: resource.values().to_vec(),
                })
                .collect(),
        })
        .collect();
    let advanced: Vec<AdvancedEventSelector> = answer
        .advanced_event_selectors()
        .iter()
        .map(|selector| AdvancedEventSelector {
            name: text(selector.name()),
            field_selectors: selector
                .field_selectors()
                .iter()
                .map(convert_field)
                .collect(),
        })
        .collect();
    trail.config.event_selectors = Some(basic).filter(|list| !list.is_empty()).into();
    trail.config.advanced_event_selectors = Some(advanced).filter(|list| !list.is_empty()).into();
}

fn convert_insight(selector: &aws_sdk_cloudtrail::types::InsightSelector) -> InsightSelector {
    InsightSelector {
        insight_type: text(selector.insight_type().map(|kind| kind.as_str())),
    }
}

fn convert_field(selector: &aws_sdk_cloudtrail::types::AdvancedFieldSelector) -> FieldSelector {
    FieldSelector {
        field: selector.field().to_owned(),
        equals: selector.equals().to_vec(),
        not_equals: selector.not_equals().to_vec(),
        starts_with: selector.starts_with().to_vec(),
        not_starts_with: selector.not_starts_with().to_vec(),
        ends_with: selector.ends_with().to_vec(),
        not_ends_with: selector.not_ends_with().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trail_is_kept_once() {
        let looked_at = ["eu-west-1".to_owned(), "us-east-1".to_owned()];
        let kept_in = |home: &str| -> Vec<&str> {
            looked_at
                .iter()
                .map(String::as_str)
                .filter(|region| is_kept(Some(home), region, &looked_at))
                .collect()
        };
        assert_eq!(kept_in("us-east-1"), ["us-east-1"]);
        assert_eq!(kept_in("eu-west-1"), ["eu-west-1"]);
        assert_eq!(kept_in("ap-south-1"), ["eu-west-1"]);
    }

    #[test]
    fn selectors_have_one_form() {
        let mut trail = Trail::new(
            "arn:aws:cloudtrail:eu-west-1:111122223333:trail/all"
                .parse()
                .unwrap(),
            "111122223333".parse().unwrap(),
            "eu-west-1",
        );
        let selector = aws_sdk_cloudtrail::types::EventSelector::builder()
            .read_write_type("All".into())
            .include_management_events(true)
            .build();
        let answer = GetEventSelectorsOutput::builder()
            .event_selectors(selector)
            .build();
        set_selectors(&mut trail, &answer);
        assert_eq!(trail.config.event_selectors.known().map(Vec::len), Some(1));
        assert_eq!(trail.config.advanced_event_selectors, Field::ABSENT);
    }
}
