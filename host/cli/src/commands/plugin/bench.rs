//! `blastwall plugin bench`: what a plugin costs, check by check.
//!
//! Time is that of this machine and this build. Fuel is counted by a second engine and is the same
//! everywhere: the number to compare between two versions of a check.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use blastwall_cases::{Load, many};
use blastwall_model::CheckInfo;
use blastwall_report::{Format, visible};
use blastwall_runtime::{Engine, Evaluation, Limits, Outcome, Plugin, Snapshot};
use serde_json::{Value, json};

use super::project::{Cases, Project, bytes, cases, limits, title};
use crate::args::BenchArguments;
use crate::errors::{CommandResult, Failure};
use crate::exit;
use crate::output::{or_table, write};
use crate::terminal::Terminal;

/// The best of so many counts: what disturbs a measurement makes it longer, never shorter.
const ROUNDS: usize = 3;

/// Empty evaluations, of which the median counts.
const STARTS: usize = 101;

/// Nobody waits longer for a measurement.
const PATIENCE: Duration = Duration::from_secs(600);

/// What one check costs.
struct Cost {
    id: String,
    /// The type of the resources.
    resource_type: String,
    /// Whether the resources are those of its cases, or empty ones.
    has_cases: bool,
    measured: Result<Measured, String>,
}

struct Measured {
    /// Of all resources.
    time: Duration,
    /// Instructions for one resource, with its share of reading it.
    fuel_per_resource: u64,
    peak_memory: usize,
}

/// What a plugin costs.
struct Bench {
    plugin: Plugin,
    size: usize,
    resources: u32,
    /// Compiling it, without a cache.
    compile: Duration,
    /// A fresh instance that is asked nothing.
    start: Duration,
    checks: Vec<Cost>,
}

/// Measures.
pub(super) fn run(arguments: &BenchArguments, terminal: Terminal) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let project = Project::open(&arguments.plugin, terminal)?;
    let limits = Limits {
        time: PATIENCE,
        ..limits()
    };
    let loaded = |engine: &Engine| {
        engine
            .load(&project.component)
            .context("the plugin cannot be loaded")
    };
    let engine = Engine::new(&limits, None)?;
    let begin = Instant::now();
    let plugin = loaded(&engine)?;
    let compile = begin.elapsed();
    let metered = loaded(&Engine::metered(&limits, None)?)?;

    let files = match &arguments.cases {
        Some(folder) => cases(folder, plugin.info())?,
        None if project.cases.is_dir() => cases(&project.cases, plugin.info())?,
        None => Vec::new(),
    };
    let mut checks = Vec::new();
    for check in &plugin.info().checks {
        terminal.note(&format!("measuring {}", check.id));
        checks.push(cost(check, &files, arguments.resources, &plugin, &metered)?);
    }
    let failed = checks.iter().any(|check| check.measured.is_err());
    let bench = Bench {
        start: start(&plugin)?,
        plugin,
        size: project.component.len(),
        resources: arguments.resources,
        compile,
        checks,
    };
    for output in outputs {
        write(&output, |writer| match output.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *writer, &bench.json())?;
                writeln!(writer)
            }
            Format::Table => bench.table(writer),
        })?;
    }
    Ok(if failed {
        exit::FINDINGS
    } else {
        exit::SUCCESS
    })
}

fn cost(
    check: &CheckInfo,
    files: &[Cases],
    resources: u32,
    plugin: &Plugin,
    metered: &Plugin,
) -> Result<Cost, Failure> {
    let files = files.iter().map(|cases| &cases.file);
    let files = files.filter(|file| check.id == *file.check.as_str());
    let cases: Vec<_> = files.flat_map(|file| &file.cases).collect();
    let load = |count: u32| {
        many(check, &cases, usize::try_from(count).unwrap_or(usize::MAX))
            .with_context(|| format!("the cases of `{}` cannot be used", check.id))
            .map_err(Failure::usage)
    };
    let (nothing, everything) = (load(0)?, load(resources)?);
    let kind = check.reads.first().cloned().unwrap_or_default();
    let begins = |case: &&&blastwall_cases::Case| {
        let mut documents = case.resources.iter();
        documents.any(|document| document.get("type").is_some_and(|found| *found == *kind))
    };
    Ok(Cost {
        id: check.id.to_string(),
        has_cases: cases.iter().any(|case| begins(&case)),
        measured: measure(&nothing, &everything, resources, plugin, metered),
        resource_type: kind,
    })
}

fn measure(
    nothing: &Load,
    everything: &Load,
    resources: u32,
    plugin: &Plugin,
    metered: &Plugin,
) -> Result<Measured, String> {
    let ask = |plugin: &Plugin, load: &Load| -> Result<Outcome, String> {
        let outcome = plugin.evaluate(&load.evaluation, &load.snapshot);
        match &outcome.failure {
            Some(failure) => Err(failure.to_string()),
            None => Ok(outcome),
        }
    };
    let mut time = Duration::MAX;
    let mut peak_memory = 0;
    for _ in 0..ROUNDS {
        let outcome = ask(plugin, everything)?;
        time = time.min(outcome.elapsed);
        peak_memory = outcome.peak_memory;
    }
    let fuel = |load| Ok(ask(metered, load)?.fuel.unwrap_or_default());
    let used: Result<u64, String> = fuel(everything);
    let idle: Result<u64, String> = fuel(nothing);
    Ok(Measured {
        time,
        fuel_per_resource: used?.saturating_sub(idle?) / u64::from(resources.max(1)),
        peak_memory,
    })
}

/// How long a fresh instance takes that is asked nothing.
fn start(plugin: &Plugin) -> Result<Duration, Failure> {
    let snapshot = Arc::new(Snapshot::default());
    let check = plugin.info().checks.first();
    let check = check.ok_or_else(|| anyhow!("the plugin has no checks"))?;
    let evaluation = Evaluation {
        checks: std::collections::BTreeMap::new(),
        ..many(check, &[], 0)?.evaluation
    };
    let mut times: Vec<Duration> = (0..STARTS)
        .map(|_| plugin.evaluate(&evaluation, &snapshot).elapsed)
        .collect();
    times.sort();
    Ok(times.get(STARTS / 2).copied().unwrap_or_default())
}

impl Bench {
    fn json(&self) -> Value {
        let check = |cost: &Cost| {
            let measured = cost.measured.as_ref().ok();
            json!({
                "id": cost.id,
                "resource_type": cost.resource_type,
                "has_cases": cost.has_cases,
                "error": cost.measured.as_ref().err(),
                "microseconds_per_resource": measured.map(|measured| self.per_resource(measured)),
                "fuel_per_resource": measured.map(|measured| measured.fuel_per_resource),
                "peak_memory_bytes": measured.map(|measured| measured.peak_memory),
            })
        };
        json!({
            "plugin": self.plugin.info().name,
            "version": self.plugin.info().version,
            "digest": self.plugin.digest(),
            "size": self.size,
            "resources": self.resources,
            "compile_milliseconds": self.compile.as_secs_f64() * 1e3,
            "start_microseconds": self.start.as_secs_f64() * 1e6,
            "checks": self.checks.iter().map(check).collect::<Vec<_>>(),
        })
    }

    /// Microseconds for one resource, with its share of reading it.
    fn per_resource(&self, measured: &Measured) -> f64 {
        let time = measured.time.saturating_sub(self.start);
        time.as_secs_f64() * 1e6 / f64::from(self.resources)
    }

    fn table(&self, writer: &mut dyn Write) -> io::Result<()> {
        writeln!(
            writer,
            "plugin   {}, {}",
            title(self.plugin.info()),
            bytes(self.size)
        )?;
        writeln!(
            writer,
            "compile  {:.0} ms, once; then it is kept",
            self.compile.as_secs_f64() * 1e3
        )?;
        writeln!(
            writer,
            "start    {:.0} µs an account",
            self.start.as_secs_f64() * 1e6
        )?;
        writeln!(
            writer,
            "\n{} resources, each check by itself, reading included:\n",
            self.resources
        )?;
        let width = self.checks.iter().map(|cost| cost.id.len()).max();
        let width = width.unwrap_or_default().max("check".len());
        writeln!(
            writer,
            "{:width$}  {:>11}  {:>13}  {:>8}  of",
            "check", "time", "fuel", "memory"
        )?;
        for cost in &self.checks {
            let Cost {
                id,
                resource_type,
                has_cases,
                measured,
            } = cost;
            let resource_type = visible(resource_type);
            let note = if *has_cases {
                ""
            } else {
                ", empty ones: there are no cases"
            };
            match measured {
                Ok(measured) => writeln!(
                    writer,
                    "{id:width$}  {:>8.2} µs  {:>13}  {:>8}  {resource_type}{note}",
                    self.per_resource(measured),
                    measured.fuel_per_resource,
                    bytes(measured.peak_memory)
                )?,
                Err(message) => writeln!(writer, "{id:width$}  FAILED: {}", visible(message))?,
            }
        }
        writeln!(
            writer,
            "\nTime and fuel are for one resource. Fuel counts instructions and is the same on every machine."
        )
    }
}
