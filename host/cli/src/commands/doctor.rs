//! `blastwall doctor`.

use blastwall_aws::Meter;
use blastwall_report::view::doctor::{self, Diagnosis};
use blastwall_report::{Format, view};

use super::scan::{Job, Prepared};
use crate::args::{AccessArguments, CheckArguments};
use crate::config::ConfigFile;
use crate::errors::CommandResult;
use crate::output::{or_table, write};
use crate::terminal::Terminal;
use crate::{exit, setup};

/// Makes every call that a scan with all checks makes, and tells which were refused: nothing but the
/// call itself knows about all policies on its way.
pub(crate) async fn run(
    arguments: AccessArguments,
    file: ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let job = Job {
        aws: arguments.aws,
        accounts: arguments.accounts,
        checks: Some(CheckArguments::default()),
        blast_radius: true,
        ..Job::default()
    };
    let meter = Meter::default();
    let prepared = Prepared::new(job, &file, terminal)?;
    let from = arguments.from.as_deref();
    let origin = setup::origin(&prepared.job.aws, &file.config, from, meter.clone()).await?;
    let report = prepared.run(&origin, meter, terminal).await?.report;
    let diagnosis = Diagnosis::new(&report);
    for output in outputs {
        let style = output.style(terminal);
        write(&output, |writer| match output.format {
            Format::Json => view::json(&diagnosis, writer),
            Format::Table => doctor::write(&diagnosis, &report, &style, writer),
        })?;
    }
    Ok(if diagnosis.is_healthy() {
        exit::SUCCESS
    } else {
        exit::FINDINGS
    })
}
