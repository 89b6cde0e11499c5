//! CloudTrail in every region.

use std::collections::BTreeMap;

use blastwall_sdk::model::resources::cloudtrail::{
    AdvancedEventSelector, EventSelector, FieldSelector,
};
use blastwall_sdk::prelude::*;

use crate::regions;

/// Record management events in every region
///
/// Looks at whether each enabled region of the account is covered by a trail that records now: a
/// trail of its own or one that records in every region, an organization's trail included. All
/// management events must be recorded, those that read and those that write, by one trail or by
/// several together. In a region without a trail an attacker works unseen, and a region that nobody
/// uses is where they go.
///
/// # Remediation
///
/// Create one trail for the whole organization from the management account:
///
/// ```sh
/// aws cloudtrail create-trail --name organization --s3-bucket-name BUCKET \
///   --is-multi-region-trail --is-organization-trail --enable-log-file-validation
/// aws cloudtrail start-logging --name organization
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html>
/// - <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html>
#[check(
    id = "cloudtrail-all-regions",
    severity = High,
    category = Security,
    controls = ["cis-aws-7.0:4.1"],
    reads = [Trail, Region]
)]
pub(crate) fn check(account: &Account) -> Result<Outcome, Unknown> {
    let mut everywhere = Recorded::default();
    let mut regional: BTreeMap<&str, Recorded<'_>> = BTreeMap::new();
    let mut undecided = None;
    for trail in account.seen::<Trail>()? {
        match recorded(trail) {
            Ok(None) => {}
            Ok(Some((None, kinds))) => everywhere.add(trail, kinds),
            Ok(Some((Some(region), kinds))) => {
                regional.entry(region).or_default().add(trail, kinds);
            }
            Err(unknown) => undecided = Some(unknown),
        }
    }
    // What is recorded is recorded, whatever else could not be seen.
    if everywhere.is_complete() {
        return Ok(pass(format!(
            "recorded in every region by {}",
            everywhere.trails.join(" and ")
        )));
    }
    let is_recorded = |region: &str| {
        regional
            .get(region)
            .is_some_and(|own| (own.reads || everywhere.reads) && (own.writes || everywhere.writes))
    };
    let dark = regions::enabled(account).map(|regions| {
        regions
            .filter(|region| !is_recorded(region))
            .collect::<Vec<_>>()
    });
    if dark.as_ref().is_ok_and(Vec::is_empty) {
        return Ok(pass(
            "every enabled region is recorded by trails of its own",
        ));
    }
    // A trail that could not be seen may be the one that is missing.
    if let Some(unknown) = undecided {
        return Err(unknown);
    }
    account.all::<Trail>()?;
    if !regional.keys().any(|region| is_recorded(region)) {
        let some = everywhere.reads || everywhere.writes || !regional.is_empty();
        return Ok(fail(if some {
            "no region has all management events recorded, those that read and those that write"
        } else {
            "no trail records management events"
        }));
    }
    Ok(fail(format!("not recorded in {}", dark?.join(", "))))
}

/// Which management events some trails record together.
#[derive(Default)]
struct Recorded<'a> {
    reads: bool,
    writes: bool,
    trails: Vec<&'a str>,
}

impl<'a> Recorded<'a> {
    fn add(&mut self, trail: &'a Trail, (reads, writes): (bool, bool)) {
        self.reads |= reads;
        self.writes |= writes;
        self.trails.push(trail.arn.as_str());
    }

    fn is_complete(&self) -> bool {
        self.reads && self.writes
    }
}

/// Where a trail records, no region meaning every one, and what, as (reads, writes).
type Place<'a> = (Option<&'a str>, (bool, bool));

/// What a trail records and where; nothing if it is off or takes no management events.
fn recorded(trail: &Trail) -> Result<Option<Place<'_>>, Unknown> {
    if !*trail.config.is_logging.required()? {
        return Ok(None);
    }
    let kinds = management_events(trail)?;
    if kinds == (false, false) {
        return Ok(None);
    }
    if trail.config.is_multi_region_trail.get()? == Some(&true) {
        return Ok(Some((None, kinds)));
    }
    let home = trail.observed.home_region.get()?;
    let region = home.map_or(trail.region.as_str(), String::as_str);
    Ok(Some((Some(region), kinds)))
}

/// Which management events a trail records: those that read, those that write. A trail without
/// selectors records both.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html>
fn management_events(trail: &Trail) -> Result<(bool, bool), Unknown> {
    let advanced = trail.config.advanced_event_selectors.get()?;
    if let Some(advanced) = advanced.filter(|selectors| !selectors.is_empty()) {
        return Ok(together(advanced.iter().map(by_advanced_selector)));
    }
    let basic = trail.config.event_selectors.get()?;
    Ok(match basic.filter(|selectors| !selectors.is_empty()) {
        Some(basic) => together(basic.iter().map(by_selector)),
        None => (true, true),
    })
}

/// What selectors, each as (takes reads, takes writes), take together.
fn together(selectors: impl Iterator<Item = (bool, bool)>) -> (bool, bool) {
    selectors.fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1))
}

fn by_selector(selector: &EventSelector) -> (bool, bool) {
    let recorded = selector.include_management_events.unwrap_or(true);
    let kind = selector.read_write_type.as_deref().unwrap_or("All");
    (
        recorded && kind != "WriteOnly",
        recorded && kind != "ReadOnly",
    )
}

/// Which management events an advanced selector takes. One that leaves out a source (AWS KMS, the
/// RDS Data API) counts, as in the basic form; one that is confined in any other way does not,
/// although AWS offers no such way for trails.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html>
fn by_advanced_selector(selector: &AdvancedEventSelector) -> (bool, bool) {
    let fields = &selector.field_selectors;
    let equals =
        |field: &FieldSelector, wanted: &str| field.equals.iter().any(|value| value == wanted);
    let management = fields
        .iter()
        .any(|field| field.field == "eventCategory" && equals(field, "Management"));
    let confined = fields.iter().any(|field| match field.field.as_str() {
        "eventCategory" | "readOnly" => false,
        "eventSource" => {
            !(field.equals.is_empty() && field.starts_with.is_empty() && field.ends_with.is_empty())
        }
        _ => true,
    });
    let takes = |kind: &str| {
        let mut filters = fields.iter().filter(|field| field.field == "readOnly");
        management && !confined && filters.all(|field| equals(field, kind))
    };
    (takes("true"), takes("false"))
}
