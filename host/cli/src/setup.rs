//! From arguments and configuration to what the operations need. The command line wins over the
//! file, the file over the defaults.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use blastwall_aws::{Meter, Partition, Settings, SettingsError};
use blastwall_model::Arn;
use blastwall_organization::{Caller, Role, Rule, SessionSettings, built_in_rules};
use blastwall_report::Filters;
use blastwall_runtime::Plugin;
use blastwall_scan::{
    AccountFilter, CheckFilter, Live, Origin, OriginError, RosterError, ScanError, Selection,
    SelectionError, Stored,
};
use blastwall_store::Directory;

use crate::args::{AccountArguments, AwsArguments, CheckArguments};
use crate::config::{Config, ConfigFile, nearest};
use crate::errors::Failure;
use crate::plugins;

/// Calls in flight over all accounts, unless configured. AWS throttles by account and region, so
/// the bound protects our own sockets and memory more than AWS.
const PARALLEL_CALLS: u16 = 256;

/// The environment rules in force.
pub(crate) fn environments(config: &Config) -> Vec<Rule> {
    config.environments.clone().unwrap_or_else(built_in_rules)
}

/// The regions to look at: those of the command line, else those of the file, else all.
pub(crate) fn regions(aws: &AwsArguments, config: &Config) -> Option<Vec<String>> {
    if aws.region.is_empty() {
        config.scan.regions.clone()
    } else {
        Some(aws.region.clone())
    }
}

/// The filter over accounts.
pub(crate) fn account_filter(accounts: &AccountArguments) -> Result<AccountFilter, Failure> {
    AccountFilter::new(
        &accounts.account,
        &accounts.ou,
        &accounts.environment,
        &accounts.tag,
    )
    .map_err(Failure::usage)
}

/// All filters in the words of the command line.
pub(crate) fn filter_words(
    accounts: &AccountArguments,
    checks: &CheckArguments,
    regions: Option<&[String]>,
) -> Filters {
    Filters {
        accounts: accounts.account.clone(),
        organizational_units: accounts.ou.clone(),
        environments: accounts.environment.clone(),
        tags: accounts.tag.clone(),
        regions: regions.unwrap_or_default().to_vec(),
        checks: checks.check.clone(),
        plugins: checks.plugin.clone(),
        minimum_severity: checks.severity.map(|severity| severity.0),
    }
}

/// The checks to run.
pub(crate) fn selection(
    checks: &CheckArguments,
    file: &ConfigFile,
    loaded: &[Arc<Plugin>],
) -> Result<Selection, Failure> {
    let plugins = &plugins::infos(loaded);
    let filter = CheckFilter {
        checks: checks.check.clone(),
        plugins: checks.plugin.clone(),
        severity: checks.severity.map(|severity| severity.0),
    };
    let chosen = Selection::choose(plugins, &filter, &file.config.checks)
        .and_then(|selection| selection.validate(loaded).map(|()| selection));
    chosen.map_err(|error| {
        let ids: Vec<&str> = plugins
            .iter()
            .flat_map(|plugin| &plugin.checks)
            .map(|check| check.id.as_str())
            .collect();
        let on_command_line =
            matches!(&error, SelectionError::UnknownCheck(id) if checks.check.contains(id));
        if let Some(invalid) = (!on_command_line)
            .then(|| file.blame(&error, &ids))
            .flatten()
        {
            return Failure::usage(invalid);
        }
        let hint = match &error {
            SelectionError::UnknownCheck(id) => Some((id, ids)),
            SelectionError::UnknownPlugin(name) => Some((
                name,
                plugins.iter().map(|plugin| plugin.name.as_str()).collect(),
            )),
            _ => None,
        }
        .map(|(word, known)| match nearest(word, known) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "see `blastwall checks`".to_owned(),
        });
        Failure {
            hint,
            ..Failure::usage(error)
        }
    })
}

/// The organization to scan: AWS's, or a stored one.
pub(crate) async fn origin(
    aws: &AwsArguments,
    config: &Config,
    from: Option<&Path>,
    meter: Meter,
) -> Result<Origin, Failure> {
    match from {
        Some(path) => stored(path),
        None => live(aws, config, meter).await,
    }
}

/// What to say if the filters leave nobody.
pub(crate) fn roster_failure(error: RosterError) -> Failure {
    Failure::from(error).hint("see `blastwall accounts` for ids, names, units and environments")
}

/// What to say of an organization that cannot be had.
pub(crate) fn origin_failure(error: OriginError) -> Failure {
    let hint = error.hint().map(str::to_owned);
    Failure {
        hint,
        ..Failure::from(error)
    }
}

pub(crate) fn scan_failure(error: ScanError) -> Failure {
    match error {
        ScanError::Origin(error) => origin_failure(error),
        ScanError::UnmetChange(error) => {
            Failure::usage(error).hint("see `blastwall accounts` for ids of units and accounts")
        }
        ScanError::Roster(error) => roster_failure(error),
        other => other.into(),
    }
}

async fn live(aws: &AwsArguments, config: &Config, meter: Meter) -> Result<Origin, Failure> {
    // What is wrong with the settings is said before anything is sent.
    let (role, settings) = role(aws, config)?;
    check_endpoint(aws)?;
    let sdk = blastwall_aws::load(&Settings {
        profile: aws.profile.clone(),
        region: aws.region.first().cloned(),
        endpoint_url: aws.endpoint_url.clone(),
    })
    .await
    .map_err(settings_failure)?;
    let caller = blastwall_organization::caller(&sdk)
        .await
        .map_err(|error| {
            let hint = error.hint();
            let error = anyhow::Error::from(error);
            Failure::from(match &aws.profile {
                Some(profile) => error.context(format!("failed with the profile `{profile}`")),
                None => error,
            })
            .hint(hint)
        })?;
    Ok(Origin::Live(Box::new(Live {
        config: sdk,
        caller,
        role,
        settings,
        meter,
        parallel_calls: config.scan.parallel_calls.unwrap_or(PARALLEL_CALLS).into(),
    })))
}

/// What to say of settings that cannot be meant.
fn settings_failure(error: SettingsError) -> Failure {
    let hint = match &error {
        SettingsError::UnknownProfile { name, known, .. } => {
            Some(match nearest(name, known.iter().map(String::as_str)) {
                Some(known) => format!("did you mean `{known}`?"),
                None if known.is_empty() => {
                    "there is no profile at all; `aws configure` makes one".to_owned()
                }
                None => format!("there are: {}", known.join(", ")),
            })
        }
        SettingsError::Unreadable(_) => {
            Some("`aws configure list` reads the same files".to_owned())
        }
        SettingsError::Retries { .. } => None,
    };
    Failure {
        hint,
        ..Failure::usage(error)
    }
}

/// Refuses an endpoint that is no address, which the SDK would only notice in the midst of a call.
fn check_endpoint(aws: &AwsArguments) -> Result<(), Failure> {
    let given = aws.endpoint_url.clone().map(|url| ("--endpoint-url", url));
    let set = || {
        std::env::var("AWS_ENDPOINT_URL")
            .ok()
            .map(|url| ("AWS_ENDPOINT_URL", url))
    };
    match given.or_else(set) {
        Some((place, url)) if !url.starts_with("http://") && !url.starts_with("https://") => {
            Err(Failure::usage(anyhow!("{place} is no address: `{url}`"))
                .hint("write it with its scheme, such as http://localhost:5000"))
        }
        _ => Ok(()),
    }
}

/// The role to assume in each account, and how.
pub(crate) fn role(
    aws: &AwsArguments,
    config: &Config,
) -> Result<(Role, SessionSettings), Failure> {
    let file = &config.role;
    let role = match aws.role.as_ref().or(file.name.as_ref()) {
        Some(role) => role.parse().map_err(Failure::usage)?,
        None => Role::default(),
    };
    let mut settings = SessionSettings::default();
    if let Some(id) = aws.external_id.as_ref().or(file.external_id.as_ref()) {
        settings = settings.with_external_id(id).map_err(Failure::usage)?;
    }
    if let Some(name) = aws
        .role_session_name
        .as_ref()
        .or(file.session_name.as_ref())
    {
        settings = settings.with_session_name(name).map_err(Failure::usage)?;
    }
    if let Some(seconds) = aws.duration_seconds.or(file.duration_seconds) {
        settings = settings
            .with_duration_seconds(seconds)
            .map_err(Failure::usage)?;
    }
    Ok((role, settings))
}

/// An organization at rest, with the caller that its manifest names. Where it names none, the
/// management account or the first account stands in: a stored scan asks nobody, and still belongs
/// to some partition.
pub(crate) fn stored(path: &Path) -> Result<Origin, Failure> {
    let failed = || {
        format!(
            "failed to open the stored organization `{}`",
            path.display()
        )
    };
    let directory = Directory::open(path)
        .with_context(failed)
        .map_err(Failure::usage)?;
    let arn = match directory.manifest().caller.clone() {
        Some(arn) => arn,
        None => directory
            .organization()
            .with_context(failed)?
            .first()
            .map(|document| document.account.clone())
            .or_else(|| directory.accounts().into_iter().next())
            .and_then(|account| format!("arn:aws:iam::{account}:root").parse::<Arn>().ok())
            .ok_or_else(|| anyhow!("there is no account in it"))
            .with_context(failed)
            .map_err(Failure::usage)?,
    };
    let caller = Caller {
        account: arn.account().parse().with_context(failed)?,
        partition: Partition::named(arn.partition()),
        arn,
    };
    Ok(Origin::Stored(Box::new(Stored { directory, caller })))
}
