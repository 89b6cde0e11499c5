//! `blastwall plugin build`: from a project in Rust to a component.

use std::io::Write;

use blastwall_report::Format;
use blastwall_report::visible;

use super::project::{built, bytes};
use crate::args::BuildArguments;
use crate::errors::CommandResult;
use crate::exit;
use crate::output::{Output, write};
use crate::terminal::Terminal;

/// Builds, writes the component and tells what it is.
pub(super) fn run(arguments: &BuildArguments, terminal: Terminal) -> CommandResult {
    let plugin = built(&arguments.folder, terminal)?;
    let path = arguments.output.clone().unwrap_or_else(|| {
        let name = format!("{}.wasm", plugin.name);
        arguments.folder.join(name)
    });
    let component = &plugin.component;
    let file = Output {
        format: Format::Table,
        path: Some(path.clone()),
    };
    write(&file, |writer| writer.write_all(component))?;
    write(&Output::STDOUT, |writer: &mut dyn Write| {
        let shown = path.strip_prefix(".").unwrap_or(&path);
        let shown = shown.display().to_string();
        writeln!(writer, "component  {}", visible(&shown))?;
        writeln!(writer, "size       {}", bytes(component.len()))?;
        let digest = blastwall_runtime::digest(component);
        writeln!(writer, "digest     blake3:{digest}")
    })?;
    Ok(exit::SUCCESS)
}
