//! `blastwall checks`.

use blastwall_report::{Format, view};

use crate::args::ChecksArguments;
use crate::config::{ConfigFile, nearest};
use crate::errors::{CommandResult, Failure};
use crate::output::{or_table, write};
use crate::terminal::Terminal;
use crate::{exit, plugins, setup};

/// Lists the checks, or explains one.
pub(crate) fn run(
    arguments: &ChecksArguments,
    file: &ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let files: Vec<_> = arguments
        .checks
        .plugin_file
        .iter()
        .chain(&file.config.plugin_files)
        .cloned()
        .collect();
    let plugins = plugins::load(&files, file, terminal)?.loaded;
    let infos = plugins::infos(&plugins);
    let chosen = setup::selection(&arguments.checks, file, &plugins)?;
    let entries: Vec<view::checks::CheckEntry<'_>> = match &arguments.id {
        None => chosen
            .checks
            .iter()
            .map(|check| view::checks::CheckEntry {
                plugin: infos
                    .get(check.plugin)
                    .map_or("", |plugin| plugin.name.as_str()),
                info: &check.info,
            })
            .collect(),
        Some(id) => {
            let all = infos.iter().flat_map(|plugin| {
                plugin.checks.iter().map(|info| view::checks::CheckEntry {
                    plugin: &plugin.name,
                    info,
                })
            });
            let found: Vec<_> = all.clone().filter(|entry| entry.info.id == **id).collect();
            if found.is_empty() {
                let known = all.map(|entry| entry.info.id.as_str());
                let failure = Failure::usage(anyhow::anyhow!("unknown check `{id}`"));
                return Err(failure.hint(match nearest(id, known) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => "see `blastwall checks`".to_owned(),
                }));
            }
            found
        }
    };
    for output in outputs {
        let style = output.style(terminal);
        write(&output, |writer| match (output.format, &arguments.id) {
            (Format::Json, _) => view::checks::json(&entries, writer),
            (Format::Table, None) => view::checks::list(&entries, &style, writer),
            (Format::Table, Some(_)) => entries
                .iter()
                .try_for_each(|entry| view::checks::explain(entry, &style, writer)),
        })?;
    }
    Ok(exit::SUCCESS)
}
