//! `blastwall path`.

use blastwall_blast::{Proofs, Radius, RadiusFact, Removal, Subject};
use blastwall_report::{view, visible};
use serde::Serialize;

use super::blast_radius::{find, reach, warn_of_strangers};
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
    let reach = reach(arguments.aws, source, what_if, true, &file, terminal).await?;
    let graph = reach.changed.as_ref().unwrap_or(&reach.graph);
    let start = find(graph, &arguments.start)?;
    warn_of_strangers(graph, &start, terminal);
    let found = find(graph, &arguments.target)?;
    let radius = graph.radius(&start).map_err(Failure::usage)?;
    // Of an environment, what falls first in each account; its first account if nothing does.
    let whole = graph.is_environment(&arguments.target);
    let mut targets = if whole {
        footholds(&radius, &found)
    } else {
        found.clone()
    };
    if targets.is_empty() {
        targets.extend(found.first().cloned());
    }
    let more = targets.len().saturating_sub(ACCOUNTS_TOLD);
    targets.truncate(ACCOUNTS_TOLD);
    let ways = targets
        .iter()
        .map(|target| graph.proofs(&start, target, arguments.limit))
        .collect::<Result<Vec<Proofs>, _>>()
        .map_err(Failure::usage)?;
    let reached = ways.iter().any(|ways| !ways.proofs.is_empty());
    let cut = match whole && reached {
        true => graph.cut(&start, &found),
        false => None,
    };
    let style = Output::STDOUT.style(terminal);
    write(&Output::STDOUT, |writer| match arguments.output {
        PathFormat::Text => {
            for (number, proofs) in ways.iter().enumerate() {
                if number > 0 {
                    writeln!(writer)?;
                }
                view::proofs(&reach.report, proofs, &radius, &style, writer)?;
            }
            if whole && reached {
                let cut = cut.as_ref().map(|(cut, fewest)| (cut.as_slice(), *fewest));
                view::cut(&reach.report, &arguments.target, cut, &style, writer)?;
            }
            if more > 0 {
                writeln!(writer)?;
                writeln!(
                    writer,
                    "and {more} more accounts of {}",
                    visible(&arguments.target)
                )?;
            }
            Ok(())
        }
        PathFormat::Json => match ways.as_slice() {
            [only] if !whole => view::json(only, writer),
            _ => view::json(&IntoEnvironment::new(&ways, more, cut.as_ref()), writer),
        },
        PathFormat::Mermaid => view::mermaid(&reach.report, &ways, writer),
        PathFormat::Dot => view::dot(&reach.report, &ways, writer),
    })?;
    Ok(match reached {
        true => exit::SUCCESS,
        // Nothing was found, and not everything was looked into.
        false
            if !graph.blind_spots().is_empty()
                || !graph.unjudged().is_empty()
                || view::unseen(&reach.report).next().is_some() =>
        {
            exit::INCOMPLETE
        }
        false => exit::FINDINGS,
    })
}

/// Ways into an environment, for programs.
#[derive(Serialize)]
struct IntoEnvironment<'a> {
    /// The ways to what falls first in each account, the surest and nearest first.
    targets: &'a [Proofs],
    /// How many more accounts fall.
    more: usize,
    /// The fewest changes after which nothing in the environment falls; none if no change closes all ways.
    cut: Option<&'a [Removal]>,
    /// Whether no fewer would do.
    cut_is_fewest: bool,
}

impl<'a> IntoEnvironment<'a> {
    fn new(targets: &'a [Proofs], more: usize, cut: Option<&'a (Vec<Removal>, bool)>) -> Self {
        Self {
            targets,
            more,
            cut: cut.map(|(cut, _)| cut.as_slice()),
            cut_is_fewest: cut.is_some_and(|(_, fewest)| *fewest),
        }
    }
}

/// Of how many accounts of an environment the ways are told, the surest and nearest first.
const ACCOUNTS_TOLD: usize = 5;

/// What falls first in each of these accounts, the surest and nearest first, as the matrix of the survey counts it:
/// the account itself, a user or role, or a workload.
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
                .filter(|fact| {
                    matches!(
                        fact.subject,
                        Subject::Account { .. }
                            | Subject::Principal { .. }
                            | Subject::Workload { .. }
                    )
                })
                .collect();
            inside.sort_by_key(|fact| {
                let part = !matches!(fact.subject, Subject::Account { .. });
                (fact.certainty, fact.hops, part, &fact.subject)
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
