//! Measures the sandbox: what a plugin costs to load and to start, and what a resource and check
//! cost in it, beside the same checks run natively. Both keep what was concluded until the end, in
//! memory: the host as findings, the native run as judgements; a run that forgot its verdicts would
//! measure less than a scan needs.
//!
//! `cargo bench -p blastwall-cases --bench sandbox`

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement prints, and looks at the clock"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use blastwall_plugin_measured::PLUGIN;
use blastwall_runtime::{Engine, Evaluation, Limits, Plugin, Snapshot, Subject};
use blastwall_sdk::model::{AccountId, Document, IdError};
use blastwall_sdk::{Judged, Place, Request, Source};
use blastwall_toolchain::{Job, Output, build};
use serde_json::{Map, json};

/// How often each thing is measured; the best counts, because only noise makes it slower.
const ROUNDS: u32 = 7;
/// How many empty evaluations make a start.
const STARTS: u32 = 500;
/// How many plugins idle at once.
const LOADED: usize = 50;
/// The limit that a sound plugin does not meet, whatever the machine is busy with.
const TIME: Duration = Duration::from_secs(600);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("blastwall-measure-{}", std::process::id()));
    let limits = Limits {
        time: TIME,
        ..Limits::default()
    };
    println!("plugin      kB   compile  from cache    start");
    for builtin in blastwall_builtin::PLUGINS {
        let plugin = loading(builtin.name, builtin.component, &limits, &folder)?;
        starting(&plugin)?;
    }
    let component = measured()?;
    let plugin = loading("measured", &component, &limits, &folder)?;
    starting(&plugin)?;
    for builtin in blastwall_builtin::PLUGINS {
        idling(builtin.name, builtin.component, &limits, &folder)?;
    }
    std::fs::remove_dir_all(folder)?;

    println!(
        "\n resources  checks     sandbox      native   ratio   sandbox/check    checks/s  memory"
    );
    for (resources, checks) in [
        (100, 20),
        (1_000, 20),
        (10_000, 20),
        (100_000, 20),
        (10_000, 1),
        (10_000, 5),
        (10_000, 50),
        (10_000, 200),
    ] {
        judging(&plugin, resources, checks)?;
    }
    Ok(())
}

/// The component of benches/guest.
fn measured() -> Result<Vec<u8>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("measured");
    let job = Job {
        folder: &root,
        packages: &["blastwall-plugin-measured".to_owned()],
        profile: "plugin",
        target_folder: Some(&target),
        locked: true,
        output: Output::Kept,
    };
    let mut built = build(&job, &mut |_| ())?;
    Ok(built.remove(0).component)
}

fn loading(
    name: &str,
    component: &[u8],
    limits: &Limits,
    folder: &Path,
) -> Result<Plugin, Box<dyn Error>> {
    let start = Instant::now();
    Engine::new(limits, Some(folder))?.load(component)?;
    let cold = start.elapsed();
    let engine = Engine::new(limits, Some(folder))?;
    let mut warm = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        engine.load(component)?;
        warm = warm.min(start.elapsed());
    }
    print!(
        "{name:9} {:5} {cold:9.1?} {warm:11.1?}",
        component.len() / 1000
    );
    Ok(engine.load(component)?)
}

/// What a plugin that is loaded from the cache and does nothing keeps of the memory of the process.
fn idling(
    name: &str,
    component: &[u8],
    limits: &Limits,
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    let engine = Engine::new(limits, Some(folder))?;
    // What the first takes once for all is no matter of each.
    let first = engine.load(component)?;
    let before = resident()?;
    let loaded = vec![(); LOADED]
        .into_iter()
        .map(|()| engine.load(component))
        .collect::<Result<Vec<_>, _>>()?;
    let idle = resident()?.saturating_sub(before) / LOADED;
    // Used once, and idle again.
    let nothing = Arc::new(Snapshot::default());
    for plugin in &loaded {
        let _ = plugin.evaluate(&evaluation(plugin, usize::MAX)?, &nothing);
    }
    let used = resident()?.saturating_sub(before) / LOADED;
    println!(
        "{name:9} keeps {:5.2} MB while it idles, {:5.2} MB once it was used",
        idle as f64 / 1e6,
        used as f64 / 1e6
    );
    drop((first, loaded));
    Ok(())
}

/// The bytes of memory that the process has; none are counted where the system does not tell.
fn resident() -> Result<usize, Box<dyn Error>> {
    let Ok(pages) = std::fs::read_to_string("/proc/self/statm") else {
        return Ok(0);
    };
    let pages: usize = pages.split(' ').nth(1).unwrap_or("0").parse()?;
    Ok(pages * 4096)
}

fn starting(plugin: &Plugin) -> Result<(), Box<dyn Error>> {
    let empty = Arc::new(Snapshot::default());
    let nothing = evaluation(plugin, 0)?;
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..STARTS {
            let _ = plugin.evaluate(&nothing, &empty);
        }
        best = best.min(start.elapsed() / STARTS);
    }
    println!(" {best:8.1?}");
    Ok(())
}

fn judging(plugin: &Plugin, resources: u32, checks: usize) -> Result<(), Box<dyn Error>> {
    let documents: Vec<Document> = (0..resources)
        .map(|number| Document::parse(&volume(number)))
        .collect::<Result<_, _>>()?;
    let pages = pages(&documents);
    let snapshot = Arc::new(Snapshot::new(documents, &[]));
    let evaluation = evaluation(plugin, checks)?;
    let (mut sandbox, mut native, mut memory) = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let outcome = plugin.evaluate(&evaluation, &snapshot);
        if let Some(failure) = outcome.failure {
            return Err(failure.into());
        }
        sandbox = sandbox.min(outcome.elapsed);
        memory = outcome.peak_memory;

        let request = Request {
            checks: evaluation
                .checks
                .keys()
                .map(|check| (check.to_string(), "{}".to_owned()))
                .collect(),
            judged: Judged::Account(account()?),
            partition: evaluation.partition.clone(),
            scanned_at: evaluation.scanned_at.clone(),
        };
        let source = Box::new(Pages(pages.clone()));
        let mut judgements = Vec::new();
        let start = Instant::now();
        PLUGIN.evaluate(&request, source, &mut |batch| judgements.extend(batch))?;
        native = native.min(start.elapsed());
        assert_eq!(
            judgements.len(),
            outcome.findings.len(),
            "both judge the same"
        );
    }
    let each = sandbox / resources / u32::try_from(checks)?;
    println!(
        "{resources:10} {checks:7} {sandbox:11.2?} {native:11.2?} {:7.2} {each:15.0?} {:11.0} {:5.1} MB",
        sandbox.as_secs_f64() / native.as_secs_f64(),
        f64::from(resources) * checks as f64 / sandbox.as_secs_f64(),
        memory as f64 / 1e6,
    );
    Ok(())
}

fn account() -> Result<AccountId, IdError> {
    "111122223333".parse()
}

/// A question to the first so many checks of a plugin.
fn evaluation(plugin: &Plugin, checks: usize) -> Result<Evaluation, IdError> {
    let checks = plugin.info().checks.iter().take(checks);
    Ok(Evaluation {
        subject: Subject::Account(account()?),
        partition: "aws".to_owned(),
        scanned_at: "2026-01-01T00:00:00Z".to_owned(),
        checks: checks
            .map(|check| (check.id.clone(), Map::new()))
            .collect::<BTreeMap<_, _>>(),
    })
}

fn volume(number: u32) -> String {
    json!({
        "type": "AWS::EC2::Volume",
        "arn": format!("arn:aws:ec2:eu-west-1:111122223333:volume/vol-{number:017x}"),
        "account": "111122223333",
        "region": "eu-west-1",
        "tags": { "team": "measurement", "stage": "test" },
        "config": {
            "VolumeId": format!("vol-{number:017x}"),
            "Size": number % 20,
            "VolumeType": "gp3",
            "Encrypted": number.is_multiple_of(2),
            "AvailabilityZone": "eu-west-1a",
        },
        "observed": { "State": "in-use" },
    })
    .to_string()
}

/// The pages that the host would hand out.
fn pages(documents: &[Document]) -> Vec<String> {
    let mut pages = Vec::new();
    for documents in documents.chunks(700) {
        let documents: Vec<&str> = documents.iter().map(Document::json).collect();
        pages.push(format!("[{}]", documents.join(",")));
    }
    pages
}

struct Pages(Vec<String>);

impl Source for Pages {
    fn pages(&self, _: Place, _: &str) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(self.0.iter().cloned())
    }

    fn gaps(&self, _: Place, _: &str) -> Vec<String> {
        Vec::new()
    }
}
