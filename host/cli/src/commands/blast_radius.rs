//! `blastwall blast-radius`.

use blastwall_aws::Meter;
use blastwall_report::{Format, view};

use super::scan::{Job, Prepared};
use crate::args::BlastRadiusArguments;
use crate::config::ConfigFile;
use crate::errors::{CommandResult, Failure};
use crate::output::{or_table, write};
use crate::terminal::Terminal;
use crate::{exit, setup};

/// Tells what falls if an account or a principal falls; without a start, of every account.
pub(crate) async fn run(
    arguments: BlastRadiusArguments,
    file: ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let job = Job {
        aws: arguments.aws,
        blast_radius: true,
        ..Job::default()
    };
    let meter = Meter::default();
    let prepared = Prepared::new(job, &file, terminal)?;
    let origin = setup::origin(
        &prepared.job.aws,
        &file.config,
        arguments.from.as_deref(),
        meter.clone(),
    )
    .await?;
    let outcome = prepared.run(&origin, meter, terminal).await?;
    let Some(graph) = &outcome.graph else {
        return Err(anyhow::anyhow!("the blast radius was not computed").into());
    };
    let start = match &arguments.start {
        None => None,
        Some(text) => {
            let subject = graph.find(text).map_err(|error| {
                Failure::usage(error).hint("give an account id, an account name or the ARN of a user or role; see `blastwall accounts`")
            })?;
            Some(graph.radius(&[subject]).map_err(Failure::usage)?)
        }
    };
    let report = &outcome.report;
    for output in outputs {
        let style = output.style(terminal);
        write(&output, |writer| match (output.format, &start) {
            (Format::Json, None) => view::json(&report.blast_radius, writer),
            (Format::Json, Some(radius)) => view::json(radius, writer),
            (Format::Table, None) => view::survey(report, &style, writer),
            (Format::Table, Some(radius)) => view::radius(report, radius, &style, writer),
        })?;
    }
    Ok(exit::SUCCESS)
}
