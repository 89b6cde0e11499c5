//! Alarms on events of CloudTrail: a trail of every region delivers to a log group, a metric filter
//! of the group catches the events, and an alarm on the metric does something.

pub(crate) mod table;

use blastwall_sdk::prelude::*;
use blastwall_sdk::{Value, json};

use crate::pattern::Pattern;

/// Events that have to be caught.
#[derive(Clone, Copy)]
pub(crate) enum Caught {
    /// Calls of one service, by name.
    Calls(&'static str, &'static [&'static str]),
    /// Whole events, each with a name for it.
    Events(&'static [(&'static str, &'static str)]),
}

impl Caught {
    /// An event of each kind with its name.
    fn samples(self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Calls(source, names) => names
                .iter()
                .map(|name| (*name, call(source, name)))
                .collect(),
            Self::Events(events) => events
                .iter()
                .map(|(name, event)| (*name, serde_event(event)))
                .collect(),
        }
    }
}

/// An event that has nothing to do with any of the checks: a filter that catches it catches
/// everything, and its alarm tells nothing.
fn harmless() -> Value {
    call("ec2.amazonaws.com", "DescribeInstances")
}

/// What CloudTrail records of a call by a person.
fn call(source: &str, name: &str) -> Value {
    json!({
        "eventSource": source,
        "eventName": name,
        "eventType": "AwsApiCall",
        "sourceIPAddress": "203.0.113.7",
        "userIdentity": { "type": "IAMUser", "userName": "someone" },
    })
}

/// An event of the table, with what every event has.
fn serde_event(text: &str) -> Value {
    let mut event = call("signin.amazonaws.com", "ConsoleLogin");
    let differing: Value = text.parse().unwrap_or(Value::Null);
    if let (Some(event), Some(differing)) = (event.as_object_mut(), differing.as_object()) {
        event.extend(differing.clone());
    }
    event
}

/// Gives the verdict on one row of the table.
///
/// # Errors
/// If what is missing may be what could not be seen, or is a pattern that is not understood.
pub(crate) fn judge(caught: Caught, account: &Account) -> Result<Outcome, Unknown> {
    let (groups, elsewhere) = log_groups(account)?;
    if groups.is_empty() {
        return Ok(match elsewhere {
            Some(other) => not_applicable(format!(
                "the organization's trail delivers to account {other}, where the alarm belongs"
            )),
            None => fail("no trail of every region delivers to a log group"),
        });
    }
    let mut left = caught.samples();
    let mut silent = None;
    let mut strange = None;
    let mut by = Vec::new();
    for filter in account.seen::<MetricFilter>()? {
        let group = filter.config.log_group_name.required()?;
        if !groups.contains(&(filter.region.as_str(), group.as_str())) {
            continue;
        }
        let text = filter.config.filter_pattern.required()?;
        let Some(pattern) = Pattern::parse(text) else {
            strange = Some(filter);
            continue;
        };
        if pattern.catches(&harmless()) || !left.iter().any(|(_, event)| pattern.catches(event)) {
            continue;
        }
        if is_alarmed(filter, account)? {
            left.retain(|(_, event)| !pattern.catches(event));
            by.push(name(filter));
        } else {
            silent = Some(filter);
        }
    }
    if left.is_empty() {
        return Ok(pass(format!("caught by {}", by.join(" and "))));
    }
    account.all::<MetricFilter>()?;
    if let Some(filter) = strange {
        return Err(Unknown {
            path: format!("config.FilterPattern of {}", name(filter)),
            reason: "it is no pattern for JSON without regular expressions, so what it catches is \
                     not known"
                .to_owned(),
        });
    }
    if let Some(filter) = silent {
        account.all::<Alarm>()?;
        return Ok(fail(format!(
            "no alarm that does something watches metric filter {}",
            name(filter)
        )));
    }
    let names: Vec<&str> = left.iter().map(|(name, _)| *name).collect();
    Ok(fail(format!(
        "no metric filter catches {}",
        names.join(", ")
    )))
}

fn name(filter: &MetricFilter) -> &str {
    filter
        .config
        .filter_name
        .known()
        .map_or(filter.arn.as_str(), String::as_str)
}

/// The region and name of a log group.
type Group<'a> = (&'a str, &'a str);

/// The log groups of the account to which trails of every region deliver; and, if there is none, the
/// account to which such a trail delivers instead.
fn log_groups(account: &Account) -> Result<(Vec<Group<'_>>, Option<&str>), Unknown> {
    let mut groups = Vec::new();
    let mut elsewhere = None;
    let mut undecided = None;
    for trail in account.seen::<Trail>()? {
        match log_group(trail) {
            Ok(Some((owner, group))) if owner == account.id().as_str() => groups.push(group),
            Ok(Some((owner, _))) => elsewhere = Some(owner),
            Ok(None) => {}
            Err(unknown) => undecided = Some(unknown),
        }
    }
    if groups.is_empty() && elsewhere.is_none() {
        if let Some(unknown) = undecided {
            return Err(unknown);
        }
        account.all::<Trail>()?;
    }
    Ok((groups, elsewhere))
}

/// The account and the log group that a trail delivers to, if it records in every region.
fn log_group(trail: &Trail) -> Result<Option<(&str, Group<'_>)>, Unknown> {
    if !*trail.config.is_logging.required()?
        || trail.config.is_multi_region_trail.get()? != Some(&true)
    {
        return Ok(None);
    }
    let Some(arn) = trail.config.cloud_watch_logs_log_group_arn.get()? else {
        return Ok(None);
    };
    // arn:aws:logs:eu-west-1:111122223333:log-group:NAME:*
    let mut parts = arn.splitn(7, ':').skip(3);
    let (Some(region), Some(owner), Some(_), Some(name)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Unknown {
            path: "config.CloudWatchLogsLogGroupArn".to_owned(),
            reason: format!("it is not the ARN of a log group: {arn:?}"),
        });
    };
    Ok(Some((owner, (region, name.trim_end_matches(":*")))))
}

/// Whether an alarm watches a metric of the filter and does something when it goes off.
fn is_alarmed(filter: &MetricFilter, account: &Account) -> Result<bool, Unknown> {
    let metrics = filter.config.metric_transformations.required()?;
    for alarm in account.seen::<Alarm>()? {
        let metric = alarm.config.metric_name.known();
        let namespace = alarm.config.namespace.known();
        let watches = metrics.iter().any(|own| {
            Some(&own.metric_name) == metric && Some(&own.metric_namespace) == namespace
        });
        if alarm.region == filter.region
            && watches
            && *alarm.config.actions_enabled.required()?
            && alarm
                .config
                .alarm_actions
                .get()?
                .is_some_and(|actions| !actions.is_empty())
        {
            return Ok(true);
        }
    }
    // An alarm that could not be seen may be the one.
    account.all::<Alarm>()?;
    Ok(false)
}
