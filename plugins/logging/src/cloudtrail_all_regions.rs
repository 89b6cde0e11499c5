//! CloudTrail in every region.

use blastwall_sdk::model::resources::cloudtrail::AdvancedEventSelector;
use blastwall_sdk::prelude::*;

/// Record management events in every region
///
/// Looks at whether each enabled region of the account is covered by a trail that records now: a
/// trail of its own or one that records in every region, an organization's trail included. The
/// trail must record all management events, those that read and those that write. In a region
/// without a trail an attacker works unseen, and a region that nobody uses is where they go.
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
    // A trail that covers everything decides, whatever else could not be seen.
    let mut undecided = None;
    let mut regional = Vec::new();
    for trail in account.seen::<Trail>()? {
        match coverage(trail) {
            Ok(Coverage::Everywhere) => {
                return Ok(pass(format!("recorded in every region by {}", trail.arn)));
            }
            Ok(Coverage::Region(region)) => regional.push(region),
            Ok(Coverage::Nothing) => {}
            Err(unknown) => undecided = Some(unknown),
        }
    }
    if let Some(unknown) = undecided {
        return Err(unknown);
    }
    account.all::<Trail>()?;
    let regions = account.all::<Region>()?;
    let dark: Vec<&str> = regions
        .iter()
        .map(|region| region.region.as_str())
        .filter(|region| !regional.contains(region))
        .collect();
    Ok(match dark.as_slice() {
        [] if regions.is_empty() => fail("no trail records management events"),
        [] => pass("each enabled region has a trail of its own"),
        _ if regional.is_empty() => fail("no trail records management events"),
        dark => fail(format!("not recorded in {}", dark.join(", "))),
    })
}

/// Where a trail records all management events.
enum Coverage<'a> {
    Everywhere,
    Region(&'a str),
    Nothing,
}

fn coverage(trail: &Trail) -> Result<Coverage<'_>, Unknown> {
    if !*trail.config.is_logging.required()? || !records_management_events(trail)? {
        return Ok(Coverage::Nothing);
    }
    let everywhere = trail.config.is_multi_region_trail.get()? == Some(&true);
    Ok(if everywhere {
        Coverage::Everywhere
    } else {
        Coverage::Region(
            trail
                .observed
                .home_region
                .get()?
                .map_or(trail.region.as_str(), String::as_str),
        )
    })
}

/// Whether a trail records management events that read and those that write. A trail without
/// selectors records both.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html>
fn records_management_events(trail: &Trail) -> Result<bool, Unknown> {
    let advanced = trail.config.advanced_event_selectors.get()?;
    if let Some(advanced) = advanced.filter(|selectors| !selectors.is_empty()) {
        return Ok(both(advanced.iter().map(management_events)));
    }
    let basic = trail.config.event_selectors.get()?;
    Ok(basic
        .filter(|selectors| !selectors.is_empty())
        .is_none_or(|selectors| {
            both(selectors.iter().map(|selector| {
                let recorded = selector.include_management_events.unwrap_or(true);
                let kind = selector.read_write_type.as_deref().unwrap_or("All");
                (
                    recorded && kind != "WriteOnly",
                    recorded && kind != "ReadOnly",
                )
            }))
        }))
}

/// Whether selectors, each as (takes reads, takes writes), take both together.
fn both(selectors: impl Iterator<Item = (bool, bool)>) -> bool {
    selectors.fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1)) == (true, true)
}

/// Which management events an advanced selector takes: those that read, those that write. One that
/// leaves out a source (AWS KMS, the RDS Data API) counts, as in the basic form.
fn management_events(selector: &AdvancedEventSelector) -> (bool, bool) {
    let management = selector.field_selectors.iter().any(|field| {
        field.field == "eventCategory" && field.equals.iter().any(|value| value == "Management")
    });
    let takes = |kind: &str| {
        management
            && selector
                .field_selectors
                .iter()
                .filter(|field| field.field == "readOnly")
                .all(|field| field.equals.iter().any(|value| value == kind))
    };
    (takes("true"), takes("false"))
}
