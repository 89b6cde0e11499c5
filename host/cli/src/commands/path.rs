//! `blastwall path`.

use blastwall_blast::Subject;
use blastwall_report::view;

use super::blast_radius::{find, reach};
use crate::args::{PathArguments, PathFormat};
use crate::config::ConfigFile;
use crate::errors::{CommandResult, Failure};
use crate::exit;
use crate::output::{Output, write};
use crate::terminal::Terminal;

/// Tells every way from one thing to another; with changes, those that would be left.
pub(crate) async fn run(
    arguments: PathArguments,
    file: ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let (source, what_if) = (&arguments.source, &arguments.what_if);
    let reach = reach(arguments.aws, source, what_if, &file, terminal).await?;
    let graph = reach.changed.as_ref().unwrap_or(&reach.graph);
    let start = find(graph, &arguments.start)?;
    let target = find(graph, &arguments.target)?;
    let [target] = target.as_slice() else {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` is an environment; a way leads to one account, user, role or workload",
            arguments.target
        )));
    };
    let proofs = graph
        .proofs(&start, target, arguments.limit)
        .map_err(Failure::usage)?;
    // Where a whole account is out of reach, parts of it may not be.
    let parts = match proofs.proofs.is_empty() {
        true => Some(graph.radius(&start).map_err(Failure::usage)?),
        false => None,
    };
    let style = Output::STDOUT.style(terminal);
    write(&Output::STDOUT, |writer| match arguments.output {
        PathFormat::Text => {
            view::proofs(&reach.report, &proofs, &style, writer)?;
            match (target, &parts) {
                (Subject::Account { id }, Some(radius)) => {
                    view::parts(&reach.report, radius, id, &style, writer)
                }
                _ => Ok(()),
            }
        }
        PathFormat::Json => view::json(&proofs, writer),
        PathFormat::Mermaid => view::mermaid(&reach.report, &proofs, writer),
        PathFormat::Dot => view::dot(&reach.report, &proofs, writer),
    })?;
    Ok(if proofs.proofs.is_empty() {
        exit::FINDINGS
    } else {
        exit::SUCCESS
    })
}
