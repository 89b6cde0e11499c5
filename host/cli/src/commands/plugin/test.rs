//! `blastwall plugin test`: cases in, verdicts out, through the sandbox that a scan uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use blastwall_cases::{Actual, Difference, Expectation, Ran, bless};
use blastwall_model::{PluginInfo, Verdict};
use blastwall_report::{Format, visible};
use blastwall_runtime::{LogLevel, Plugin};
use serde_json::{Value, json};

use super::project::{Cases, Project, bytes, cases, known, load, title};
use crate::args::TestArguments;
use crate::errors::{CommandResult, Failure};
use crate::exit;
use crate::output::{or_table, write};
use crate::terminal::Terminal;

/// What came of one case.
struct Tried<'a> {
    cases: &'a Cases,
    /// Its place in the file.
    place: usize,
    name: &'a str,
    /// What came of it, or why it could not be run.
    ran: Result<Ran, String>,
}

impl Tried<'_> {
    fn passed(&self) -> bool {
        self.ran.as_ref().is_ok_and(Ran::passed)
    }
}

/// Runs the cases.
pub(super) fn run(arguments: &TestArguments, terminal: Terminal) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let project = Project::open(&arguments.plugin, terminal)?;
    let plugin = load(&project.component)?;
    for check in &arguments.check {
        known(plugin.info(), check)?;
    }
    let folder = arguments.cases.as_deref().unwrap_or(&project.cases);
    let mut files = cases(folder, plugin.info())?;
    let chosen = |check: &str| {
        arguments.check.is_empty() || arguments.check.iter().any(|chosen| chosen == check)
    };
    files.retain(|cases| chosen(&cases.file.check));
    if files.iter().all(|cases| cases.file.cases.is_empty()) {
        return Err(
            Failure::usage(anyhow!("there are no cases in `{}`", folder.display())).hint(
                "`blastwall plugin test --help`; a project of `blastwall plugin new` has some",
            ),
        );
    }

    let tried = try_all(&plugin, &files);
    for gap in gaps(plugin.info(), &tried, chosen) {
        terminal.warn(&gap);
    }
    for output in outputs {
        write(&output, |writer| match output.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *writer, &json(&plugin, &tried))?;
                writeln!(writer)
            }
            Format::Table => table(&plugin, project.component.len(), &tried, writer),
        })?;
    }
    let failed = tried.iter().filter(|tried| !tried.passed()).count();
    if arguments.bless {
        // What could not be run, or was not judged, has no verdicts to expect.
        let blessed = write_verdicts(&files, &tried, terminal)?;
        return Ok(if blessed == failed {
            exit::SUCCESS
        } else {
            exit::FINDINGS
        });
    }
    Ok(if failed == 0 {
        exit::SUCCESS
    } else {
        exit::FINDINGS
    })
}

fn try_all<'a>(plugin: &Plugin, files: &'a [Cases]) -> Vec<Tried<'a>> {
    let mut tried = Vec::new();
    for cases in files {
        let mut checks = plugin.info().checks.iter();
        let Some(check) = checks.find(|info| info.id == *cases.file.check.as_str()) else {
            continue;
        };
        for (place, case) in cases.file.cases.iter().enumerate() {
            let ran = blastwall_cases::run(plugin, check, case);
            tried.push(Tried {
                cases,
                place,
                name: &case.name,
                ran: ran.map_err(|error| format!("{:#}", anyhow::Error::from(error))),
            });
        }
    }
    tried
}

/// What no case shows: a check is tried if one passes and one fails.
fn gaps(plugin: &PluginInfo, tried: &[Tried<'_>], chosen: impl Fn(&str) -> bool) -> Vec<String> {
    let mut seen = BTreeSet::new();
    for tried in tried {
        for actual in tried.ran.iter().flat_map(|ran| &ran.actual) {
            seen.insert((tried.cases.file.check.as_str(), actual.verdict));
        }
    }
    let mut gaps = Vec::new();
    for check in plugin.checks.iter().map(|check| check.id.as_str()) {
        for verdict in [Verdict::Pass, Verdict::Fail] {
            if chosen(check) && !seen.contains(&(check, verdict)) {
                gaps.push(format!(
                    "no case of `{check}` ends as `{}`",
                    verdict.as_str()
                ));
            }
        }
    }
    gaps
}

/// Writes the verdicts into the files, and tells how many cases that concerns.
fn write_verdicts(
    files: &[Cases],
    tried: &[Tried<'_>],
    terminal: Terminal,
) -> Result<usize, Failure> {
    let mut count = 0;
    for cases in files {
        let mut verdicts: BTreeMap<usize, &[Actual]> = BTreeMap::new();
        for tried in tried.iter().filter(|tried| !tried.passed()) {
            if let Ok(ran) = &tried.ran
                && ran.failure.is_none()
                && std::ptr::eq(tried.cases, cases)
            {
                verdicts.insert(tried.place, &ran.actual);
            }
        }
        if verdicts.is_empty() {
            continue;
        }
        let show = || format!("failed to write `{}`", cases.path.display());
        let text = bless(&cases.text, &verdicts).with_context(show)?;
        fs::write(&cases.path, text).with_context(show)?;
        count += verdicts.len();
        terminal.note(&format!(
            "blessed {} of {} in {}: read the difference before you keep it",
            verdicts.len(),
            plural(cases.file.cases.len(), "case"),
            cases
                .path
                .strip_prefix(".")
                .unwrap_or(&cases.path)
                .display()
        ));
    }
    Ok(count)
}

fn table(
    plugin: &Plugin,
    size: usize,
    tried: &[Tried<'_>],
    writer: &mut dyn Write,
) -> io::Result<()> {
    let checks: BTreeSet<&str> = tried
        .iter()
        .map(|tried| tried.cases.file.check.as_str())
        .collect();
    writeln!(
        writer,
        "running {} of {} in the sandbox: {}, {}",
        plural(tried.len(), "case"),
        plural(checks.len(), "check"),
        title(plugin.info()),
        bytes(size)
    )?;
    for tried in tried {
        writeln!(
            writer,
            "case {}: {} ... {}",
            tried.cases.file.check,
            visible(tried.name),
            if tried.passed() { "ok" } else { "FAILED" }
        )?;
    }
    let failed: Vec<&Tried<'_>> = tried.iter().filter(|tried| !tried.passed()).collect();
    if !failed.is_empty() {
        writeln!(writer, "\nfailures:")?;
    }
    for tried in &failed {
        writeln!(
            writer,
            "\n---- {}: {} ({}) ----",
            tried.cases.file.check,
            visible(tried.name),
            shown(&tried.cases.path)
        )?;
        match &tried.ran {
            Err(message) => writeln!(writer, "the case cannot be run: {}", visible(message))?,
            Ok(ran) => explain(ran, writer)?,
        }
    }
    writeln!(
        writer,
        "\ntest result: {}. {} passed; {} failed",
        if failed.is_empty() { "ok" } else { "FAILED" },
        tried.len() - failed.len(),
        failed.len()
    )
}

fn explain(ran: &Ran, writer: &mut dyn Write) -> io::Result<()> {
    match &ran.failure {
        Some(failure) => writeln!(writer, "{}", visible(&failure.to_string()))?,
        None => {
            for difference in &ran.differences {
                explain_difference(difference, writer)?;
            }
        }
    }
    for line in &ran.log {
        let message = visible(&line.message);
        writeln!(writer, "log {}: {message}", level(line.level))?;
    }
    Ok(())
}

fn explain_difference(difference: &Difference, writer: &mut dyn Write) -> io::Result<()> {
    let resource = difference.resource.as_ref();
    let resource = resource.map_or("the account or the organization", |arn| arn.as_str());
    writeln!(writer, "{}", visible(resource))?;
    match &difference.expected {
        None => writeln!(writer, "  expected  no verdict")?,
        Some(Expectation {
            verdict, message, ..
        }) if message.is_empty() => writeln!(writer, "  expected  {}", verdict.as_str())?,
        Some(Expectation {
            verdict, message, ..
        }) => writeln!(
            writer,
            "  expected  {}, with the words: {}",
            verdict.as_str(),
            visible(message)
        )?,
    }
    match &difference.actual {
        None => writeln!(writer, "  actual    no verdict"),
        Some(actual) => writeln!(
            writer,
            "  actual    {}: {}",
            actual.verdict.as_str(),
            visible(&actual.message)
        ),
    }
}

fn json(plugin: &Plugin, tried: &[Tried<'_>]) -> Value {
    let case = |tried: &Tried<'_>| {
        let verdict = |verdict: Verdict, message: &str| json!({ "verdict": verdict.as_str(), "message": message });
        let difference = |difference: &Difference| {
            json!({
                "resource": difference.resource,
                "expected": difference.expected.as_ref().map(|expected| verdict(expected.verdict, &expected.message)),
                "actual": difference.actual.as_ref().map(|actual| verdict(actual.verdict, &actual.message)),
            })
        };
        let ran = tried.ran.as_ref();
        let error = match &tried.ran {
            Ok(ran) => ran.failure.as_ref().map(ToString::to_string),
            Err(message) => Some(message.clone()),
        };
        let differences = ran.map_or(&[][..], |ran| &ran.differences);
        json!({
            "file": shown(&tried.cases.path),
            "check": tried.cases.file.check,
            "name": tried.name,
            "passed": tried.passed(),
            "error": error,
            "differences": differences.iter().map(difference).collect::<Vec<_>>(),
            "log": ran.map_or(&[][..], |ran| &ran.log).iter().map(|line| {
                json!({ "level": level(line.level), "message": line.message })
            }).collect::<Vec<_>>(),
        })
    };
    json!({
        "plugin": plugin.info().name,
        "version": plugin.info().version,
        "digest": plugin.digest(),
        "passed": tried.iter().filter(|tried| tried.passed()).count(),
        "failed": tried.iter().filter(|tried| !tried.passed()).count(),
        "cases": tried.iter().map(case).collect::<Vec<_>>(),
    })
}

fn level(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

/// A path as the user would type it.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    visible(&path.display().to_string()).into_owned()
}

fn plural(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
