//! `blastwall compare`.

use blastwall_aws::Meter;
use blastwall_report::compare::{self, Grouping};
use blastwall_report::{Format, view};

use super::scan::{Job, Prepared};
use crate::args::{CompareArguments, GroupingArgument};
use crate::config::ConfigFile;
use crate::errors::CommandResult;
use crate::output::{or_table, write};
use crate::terminal::Terminal;
use crate::{exit, setup};

/// Scans, or reads a stored scan, and sets what was found side by side.
pub(crate) async fn run(
    arguments: CompareArguments,
    file: ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let job = Job {
        aws: arguments.aws,
        accounts: arguments.accounts,
        checks: Some(arguments.checks),
        blast_radius: true,
        ..Job::default()
    };
    let meter = Meter::default();
    let prepared = Prepared::new(job, &file, terminal)?;
    let from = arguments.from.as_deref();
    let origin = setup::origin(&prepared.job.aws, &file.config, from, meter.clone()).await?;
    let report = prepared.run(&origin, meter, terminal).await?.report;
    let comparison = compare::compare(
        &report,
        match arguments.by {
            GroupingArgument::Account => Grouping::Account,
            GroupingArgument::Environment => Grouping::Environment,
            GroupingArgument::Ou => Grouping::Ou,
        },
    );
    for output in outputs {
        let style = output.style(terminal);
        write(&output, |writer| match output.format {
            Format::Json => view::json(&comparison, writer),
            Format::Table => compare::write(&comparison, &report, &style, writer),
        })?;
    }
    Ok(exit::SUCCESS)
}
