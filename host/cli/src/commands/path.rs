//! `blastwall path`.

use blastwall_blast::{Proofs, Radius, RadiusFact, Subject};
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
    let found = find(graph, &arguments.target)?;
    let targets = match found.as_slice() {
        [_] => found,
        // Of an environment, what falls first in each account; its first account if nothing does.
        accounts => {
            let radius = graph.radius(&start).map_err(Failure::usage)?;
            let mut footholds = footholds(&radius, accounts);
            footholds.truncate(ACCOUNTS_TOLD);
            if footholds.is_empty() {
                footholds.extend(accounts.first().cloned());
            }
            footholds
        }
    };
    let ways = targets
        .iter()
        .map(|target| graph.proofs(&start, target, arguments.limit))
        .collect::<Result<Vec<Proofs>, _>>()
        .map_err(Failure::usage)?;
    let nearest = ways
        .first()
        .ok_or_else(|| anyhow::anyhow!("there is nothing to reach"))?;
    let style = Output::STDOUT.style(terminal);
    write(&Output::STDOUT, |writer| match arguments.output {
        PathFormat::Text => {
            for (number, proofs) in ways.iter().enumerate() {
                if number > 0 {
                    writeln!(writer)?;
                }
                view::proofs(&reach.report, proofs, &style, writer)?;
                // Where a whole account is out of reach, parts of it may not be.
                if let (Subject::Account { id }, true) = (&proofs.to, proofs.proofs.is_empty()) {
                    let radius = graph.radius(&start).map_err(std::io::Error::other)?;
                    view::parts(&reach.report, &radius, id, &style, writer)?;
                }
            }
            Ok(())
        }
        PathFormat::Json if ways.len() > 1 => view::json(&ways, writer),
        PathFormat::Json => view::json(nearest, writer),
        PathFormat::Mermaid => view::mermaid(&reach.report, nearest, writer),
        PathFormat::Dot => view::dot(&reach.report, nearest, writer),
    })?;
    Ok(if nearest.proofs.is_empty() {
        exit::FINDINGS
    } else {
        exit::SUCCESS
    })
}

/// Of how many accounts of an environment the ways are told, the surest and nearest first.
const ACCOUNTS_TOLD: usize = 5;

/// What falls first in each of these accounts, the surest and nearest first: the account where it falls as
/// surely as anything in it.
fn footholds(radius: &Radius, accounts: &[Subject]) -> Vec<Subject> {
    let mut footholds: Vec<&RadiusFact> = accounts
        .iter()
        .filter_map(|account| {
            let Subject::Account { id } = account else {
                return None;
            };
            let mut inside: Vec<&RadiusFact> = radius
                .facts
                .iter()
                .filter(|fact| fact.subject.account().as_ref() == Some(id))
                .filter(|fact| fact.witness.is_some())
                .collect();
            inside.sort_by_key(|fact| {
                let part = !matches!(fact.subject, Subject::Account { .. });
                (fact.certainty, part, fact.hops, &fact.subject)
            });
            inside.first().copied()
        })
        .collect();
    footholds.sort_by_key(|fact| (fact.certainty, fact.hops, &fact.subject));
    footholds
        .into_iter()
        .map(|fact| fact.subject.clone())
        .collect()
}
