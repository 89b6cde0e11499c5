//! `blastwall scan`, and what the other commands share with it.

use std::path::PathBuf;
use std::sync::Arc;

use blastwall_aws::Meter;
use blastwall_model::Severity;
use blastwall_scan::{Interrupt, Origin, Outcome, Plan, WhatIf, scan};

use crate::args::{AccountArguments, AwsArguments, CheckArguments, ScanArguments};
use crate::config::ConfigFile;
use crate::errors::{CommandResult, Failure};
use crate::output::{Output, or_table, write};
use crate::progress::Progress;
use crate::terminal::Terminal;
use crate::{clock, exit, plugins, setup};

/// Accounts in flight, unless set: enough to hide waiting, few enough to stay small.
const PARALLEL_ACCOUNTS: u16 = 16;

/// A scan as a command asks for it.
#[derive(Debug, Default)]
pub(crate) struct Job {
    pub(crate) aws: AwsArguments,
    pub(crate) accounts: AccountArguments,
    /// None leaves all checks out.
    pub(crate) checks: Option<CheckArguments>,
    pub(crate) save: Option<PathBuf>,
    pub(crate) tags: bool,
    pub(crate) blast_radius: bool,
    /// Whether one question about the blast radius is asked, and no survey is wanted.
    pub(crate) one_question: bool,
    /// Whether everything that the blast radius reads is collected.
    pub(crate) deep: bool,
    pub(crate) what_if: WhatIf,
    pub(crate) parallel_accounts: Option<u16>,
    /// The moment that counts as the time of the scan, if it is not now.
    pub(crate) scanned_at: Option<String>,
}

/// Scans and reports.
pub(crate) async fn run(
    arguments: ScanArguments,
    file: ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let job = Job {
        aws: arguments.aws,
        accounts: arguments.accounts,
        checks: Some(arguments.checks),
        save: arguments.save,
        tags: arguments.with_tags,
        blast_radius: !arguments.no_blast_radius,
        one_question: false,
        deep: arguments.deep,
        what_if: WhatIf::default(),
        parallel_accounts: arguments.parallel_accounts,
        scanned_at: None,
    };
    let meter = Meter::default();
    let from = arguments.from.as_deref();
    let prepared = Prepared::new(job, &file, terminal)?;
    let origin = setup::origin(&prepared.job.aws, &file.config, from, meter.clone()).await?;
    let mut outcome = prepared.run(&origin, meter, terminal).await?;
    if !arguments.timings {
        outcome.report.without_timings();
    }
    print(&outcome, &outputs, terminal)?;
    Ok(exit_code(
        &outcome,
        arguments.fail_on.map(|severity| severity.0),
    ))
}

/// A job that is known to make sense, before the first call.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) job: Job,
    plan: Plan,
    plugins: Vec<Arc<blastwall_runtime::Plugin>>,
}

impl Prepared {
    pub(crate) fn new(job: Job, file: &ConfigFile, terminal: Terminal) -> Result<Self, Failure> {
        let (plugins, selection) = match &job.checks {
            None => Default::default(),
            Some(checks) => {
                let files: Vec<_> = checks
                    .plugin_file
                    .iter()
                    .chain(&file.config.plugin_files)
                    .cloned()
                    .collect();
                let plugins = plugins::load(&files, file, terminal)?;
                let selection = setup::selection(checks, file, &plugins.loaded)?;
                (plugins, selection)
            }
        };
        let regions = setup::regions(&job.aws, &file.config);
        let no_checks = CheckArguments::default();
        let plan = Plan {
            tool: concat!("blastwall ", env!("CARGO_PKG_VERSION")).to_owned(),
            scanned_at: job.scanned_at.clone().unwrap_or_else(clock::now),
            accounts: setup::account_filter(&job.accounts)?,
            selection,
            filters: setup::filter_words(
                &job.accounts,
                job.checks.as_ref().unwrap_or(&no_checks),
                regions.as_deref(),
            ),
            tags: job.tags || file.config.collect.tags,
            regions,
            environments: setup::environments(&file.config),
            blast_radius: job.blast_radius,
            one_question: job.one_question,
            deep: job.deep || file.config.collect.deep,
            what_if: job.what_if.clone(),
            parallel_accounts: job
                .parallel_accounts
                .or(file.config.scan.parallel_accounts)
                .unwrap_or(PARALLEL_ACCOUNTS)
                .into(),
            unloaded: plugins.unloaded,
            save: job.save.clone(),
        };
        let plugins = plugins.loaded;
        Ok(Self { job, plan, plugins })
    }

    /// Scans, with progress, and stops early but in order on Ctrl-C.
    pub(crate) async fn run(
        mut self,
        origin: &Origin,
        meter: Meter,
        terminal: Terminal,
    ) -> Result<Outcome, Failure> {
        // A stored scan is judged as of its own time, and it saw no more regions than it looked at.
        if let Origin::Stored(stored) = origin {
            let manifest = stored.directory.manifest();
            if let (None, Some(moment)) = (&self.job.scanned_at, &manifest.scanned_at) {
                self.plan.scanned_at.clone_from(moment);
            }
            if let Some(regions) = &manifest.regions {
                self.plan.filters.regions.clone_from(regions);
            }
        }
        let progress = Arc::new(Progress::new(terminal.is_quiet(), meter));
        let interrupt = Interrupt::default();
        let scanning = scan(
            self.plan,
            origin,
            &self.plugins,
            Arc::clone(&progress) as _,
            interrupt.clone(),
        );
        tokio::pin!(scanning);
        let outcome = tokio::select! {
            outcome = &mut scanning => outcome,
            _ = tokio::signal::ctrl_c() => {
                interrupt.stop();
                terminal.note("stopping: accounts in flight are finished, the report follows; again to abort");
                tokio::select! {
                    outcome = &mut scanning => outcome,
                    _ = tokio::signal::ctrl_c() => {
                        progress.clear();
                        return Err(anyhow::anyhow!("aborted").into());
                    }
                }
            }
        };
        progress.clear();
        outcome.map_err(setup::scan_failure)
    }
}

/// Writes a report everywhere it was asked for.
pub(crate) fn print(
    outcome: &Outcome,
    outputs: &[Output],
    terminal: Terminal,
) -> Result<(), Failure> {
    for output in outputs {
        let style = output.style(terminal);
        write(output, |writer| {
            output.format.render(&outcome.report, &style, writer)
        })?;
    }
    Ok(())
}

/// The exit code of a scan that was made.
pub(crate) fn exit_code(outcome: &Outcome, fail_on: Option<Severity>) -> u8 {
    match fail_on {
        None => exit::SUCCESS,
        Some(least) if outcome.fails(least) => exit::FINDINGS,
        Some(_) if outcome.is_incomplete() => exit::INCOMPLETE,
        Some(_) => exit::SUCCESS,
    }
}
