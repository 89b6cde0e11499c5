//! `blastwall plugin inspect`: what a component can do, read off its bytes.

use std::io::{self, Write};
use std::path::Path;

use blastwall_model::PluginInfo;
use blastwall_report::{Format, Style, view, visible};
use blastwall_runtime::{LoadError, Overview, digest};
use serde_json::{Value, json};

use super::project::{bytes, limits, load, read, title};
use crate::args::InspectArguments;
use crate::errors::CommandResult;
use crate::exit;
use crate::output::{or_table, write};
use crate::terminal::Terminal;

/// A component and what there is to say about it.
struct Inspected<'a> {
    path: &'a Path,
    component: &'a [u8],
    overview: &'a Overview,
    /// What it says about itself, if it was asked.
    info: Option<&'a PluginInfo>,
}

/// Inspects a component.
pub(super) fn run(arguments: &InspectArguments, terminal: Terminal) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let component = read(&arguments.file)?;
    let overview = Overview::of(&component, &limits());
    let plugin = if arguments.describe && overview.refused.is_none() {
        Some(load(&component)?)
    } else {
        None
    };
    let inspected = Inspected {
        path: &arguments.file,
        component: &component,
        overview: &overview,
        info: plugin.as_ref().map(|plugin| plugin.info()),
    };
    for output in outputs {
        let style = output.style(terminal);
        write(&output, |writer| match output.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *writer, &inspected.json())?;
                writeln!(writer)
            }
            Format::Table => inspected.table(&style, writer),
        })?;
    }
    Ok(if overview.refused.is_some() {
        exit::FINDINGS
    } else {
        exit::SUCCESS
    })
}

impl Inspected<'_> {
    fn json(&self) -> Value {
        let overview = self.overview;
        let imports = overview.imports.iter();
        let imports = imports
            .map(|import| json!({ "name": import.name, "capability": import.capability }))
            .collect::<Vec<_>>();
        json!({
            "file": self.path,
            "size": self.component.len(),
            "digest": digest(self.component),
            "contract": overview.contract.as_ref().map(ToString::to_string),
            "imports": imports,
            "exports": overview.exports,
            "modules": overview.modules,
            "functions": overview.functions,
            "code_bytes": overview.code,
            "data_bytes": overview.data,
            "custom_bytes": overview.custom,
            "memory_bytes": overview.memory,
            "refused": overview.refused.as_ref().map(why),
            "plugin": self.info,
        })
    }

    fn table(&self, style: &Style, writer: &mut dyn Write) -> io::Result<()> {
        let overview = self.overview;
        writeln!(
            writer,
            "component  {}",
            visible(&self.path.to_string_lossy())
        )?;
        writeln!(writer, "digest     blake3:{}", digest(self.component))?;
        writeln!(
            writer,
            "size       {}: {} of code in {} functions, {} of data, {} of names and notes",
            bytes(self.component.len()),
            bytes(overview.code),
            overview.functions,
            bytes(overview.data),
            bytes(overview.custom)
        )?;
        match &overview.contract {
            Some(version) => writeln!(writer, "contract   blastwall:plugin {version}")?,
            None => writeln!(
                writer,
                "contract   none: it imports nothing of blastwall:plugin"
            )?,
        }
        let limits = limits();
        writeln!(
            writer,
            "memory     {} at the start; a scan allows {} and {} s an account unless configured",
            bytes(usize::try_from(overview.memory).unwrap_or(usize::MAX)),
            bytes(limits.memory),
            limits.time.as_secs()
        )?;
        let exports: Vec<_> = overview.exports.iter().map(|name| visible(name)).collect();
        writeln!(writer, "exports    {}", exports.join(", "))?;
        writeln!(writer, "\nAll that it can do:")?;
        let names = overview.imports.iter().map(|import| import.name.len());
        let width = names.max().unwrap_or_default();
        for import in &overview.imports {
            let words = import.capability.unwrap_or("NOT OFFERED to any plugin");
            writeln!(writer, "  {:width$}  {words}", visible(&import.name))?;
        }
        if overview.imports.is_empty() {
            writeln!(writer, "  nothing")?;
        }
        if let Some(refused) = &overview.refused {
            writeln!(
                writer,
                "\nThe sandbox refuses it: {}",
                visible(&why(refused))
            )?;
        }
        let Some(info) = self.info else {
            return Ok(());
        };
        writeln!(writer, "\n{} says of itself:", title(info))?;
        let entries: Vec<_> = info
            .checks
            .iter()
            .map(|check| view::checks::CheckEntry {
                plugin: &info.name,
                info: check,
            })
            .collect();
        view::checks::list(&entries, style, writer)
    }
}

/// Why it is refused, cause by cause.
fn why(refused: &LoadError) -> String {
    let mut text = refused.to_string();
    let mut source = std::error::Error::source(refused);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
