//! `blastwall accounts`.

use blastwall_aws::Meter;
use blastwall_report::{Format, view};
use blastwall_scan::{Event, Observer, roster};

use crate::args::{AccountsArguments, CheckArguments};
use crate::config::ConfigFile;
use crate::errors::CommandResult;
use crate::output::{or_table, write};
use crate::progress::Progress;
use crate::terminal::Terminal;
use crate::{exit, setup};

/// Shows the organization.
pub(crate) async fn run(
    arguments: AccountsArguments,
    file: ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let filter = setup::account_filter(&arguments.accounts)?;
    let words = setup::filter_words(&arguments.accounts, &CheckArguments::default(), None).words();
    let meter = Meter::default();
    let origin = setup::origin(
        &arguments.aws,
        &file.config,
        arguments.from.as_deref(),
        meter.clone(),
    )
    .await?;
    let progress = Progress::new(terminal.is_quiet(), meter);
    progress.event(Event::Organization);
    let organization = origin.organization().await;
    progress.clear();
    let organization = organization.map_err(setup::origin_failure)?;
    if let Some(note) = &organization.note {
        terminal.warn(&note.to_string());
        terminal.note(&format!("hint: {}", note.hint()));
    }
    for gap in &organization.gaps {
        terminal.warn(&format!("{} was not answered: {}", gap.action, gap.answer));
    }
    let rules = setup::environments(&file.config);
    let roster = roster(&organization, &rules, &filter, &words).map_err(setup::roster_failure)?;
    for id in &roster.missing {
        terminal.warn(&format!("account {id} is not in the organization"));
    }
    let leaves: Vec<_> = roster
        .wanted()
        .map(|member| view::accounts::AccountLeaf {
            id: member.entry.id.clone(),
            name: member.entry.name.clone(),
            email: member.entry.email.clone(),
            joined: member.entry.joined.clone(),
            tags: member.entry.tags.known().cloned().unwrap_or_default(),
            ou_path: member.entry.ou_path.clone(),
            environment: member.reported_environment(),
            status: member.entry.status.to_string(),
            management: member.entry.management,
        })
        .collect();
    let title = organization.id.as_ref().map_or_else(
        || {
            format!(
                "account {}, in no organization that can be seen",
                organization.caller.account
            )
        },
        |id| format!("organization {id}"),
    );
    // Units without a wanted account are shown only if everything is.
    let units: Vec<_> = if words.is_empty() {
        organization
            .units
            .iter()
            .map(|unit| unit.path.clone())
            .collect()
    } else {
        Vec::new()
    };
    for output in outputs {
        let style = output.style(terminal);
        write(&output, |writer| match output.format {
            Format::Json => view::accounts::json(organization.id.as_deref(), &leaves, writer),
            Format::Table => view::accounts::tree(&title, &units, &leaves, &style, writer),
        })?;
    }
    Ok(exit::SUCCESS)
}
