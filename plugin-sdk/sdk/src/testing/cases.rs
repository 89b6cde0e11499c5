//! Cases as JSON files: `cases/<anything>.json` beside the crate of a plugin, one file a check.
//!
//! ```json
//! {
//!   "check": "s3-bucket-default-encryption",
//!   "cases": [
//!     {
//!       "name": "a bucket without rule fails",
//!       "resources": [{ "type": "AWS::S3::Bucket", "arn": "arn:aws:s3:::data" }],
//!       "expect": [{ "resource": "arn:aws:s3:::data", "verdict": "fail" }]
//!     }
//!   ]
//! }
//! ```
//!
//! A case may also have `parameters` (an object), `gaps` (reasons by resource type), `account`,
//! `partition` and `scanned_at`. `expect` lists every verdict; `message` in it is a part of the
//! message.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Formatter};
use std::path::{Path, PathBuf};

use blastwall_model::{Arn, Verdict};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::world::World;
use crate::plugin::Plugin;

/// The cases of one check.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The id of the check.
    pub check: String,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// One account, or one organization, and the verdicts on it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows, as a sentence.
    pub name: String,
    /// The account, [`ACCOUNT`](super::ACCOUNT) unless set.
    pub account: Option<String>,
    /// The organization, for checks of one, [`ORGANIZATION`](super::ORGANIZATION) unless set.
    pub organization: Option<String>,
    /// `aws` unless set.
    pub partition: Option<String>,
    /// The moment of the scan, [`SCANNED_AT`](super::SCANNED_AT) unless set.
    pub scanned_at: Option<String>,
    /// Parameters that differ from their defaults.
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// The resource documents.
    #[serde(default)]
    pub resources: Vec<Value>,
    /// Why resources may be missing, by type.
    #[serde(default)]
    pub gaps: BTreeMap<String, Vec<String>>,
    /// Every verdict on it, in any order.
    pub expect: Vec<Expectation>,
}

/// A verdict that is expected.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// On which resource; none for the account or the organization.
    #[serde(default)]
    pub resource: Option<Arn>,
    /// Which one.
    pub verdict: Verdict,
    /// A part of the message.
    #[serde(default)]
    pub message: String,
}

/// A verdict that was given, by whichever way the check was run.
#[derive(Clone, Debug)]
pub struct Actual {
    /// On which resource; none for the account or the organization.
    pub resource: Option<Arn>,
    /// Which one.
    pub verdict: Verdict,
    /// Why.
    pub message: String,
}

/// A verdict that differs from what was expected.
#[derive(Clone, Debug)]
pub struct Difference {
    /// On which resource; none for the account or the organization.
    pub resource: Option<Arn>,
    /// What was expected; none if no verdict was.
    pub expected: Option<Expectation>,
    /// What was given; none if no verdict was.
    pub actual: Option<Actual>,
}

impl Display for Difference {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match &self.resource {
            Some(resource) => write!(formatter, "{resource}")?,
            None => formatter.write_str("the whole")?,
        }
        match &self.expected {
            None => formatter.write_str("\n  expected  no verdict")?,
            Some(expected) => {
                write!(formatter, "\n  expected  {}", expected.verdict.as_str())?;
                if !expected.message.is_empty() {
                    write!(formatter, ", with the words \"{}\"", expected.message)?;
                }
            }
        }
        match &self.actual {
            None => formatter.write_str("\n  actual    no verdict"),
            Some(actual) => {
                let verdict = actual.verdict.as_str();
                write!(formatter, "\n  actual    {verdict}: {}", actual.message)
            }
        }
    }
}

impl Expectation {
    /// Whether a verdict is the one that is expected.
    #[must_use]
    pub fn agrees(&self, actual: &Actual) -> bool {
        self.resource == actual.resource
            && self.verdict == actual.verdict
            && actual.message.contains(&self.message)
    }
}

impl CaseFile {
    /// Reads all files of a folder, in the order of their names.
    ///
    /// # Errors
    /// A message that names the file.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, String> {
        let read = |path: &PathBuf| {
            let text = std::fs::read_to_string(path).map_err(|error| show(path, &error))?;
            serde_json::from_str(&text).map_err(|error| show(path, &error))
        };
        Self::paths(folder)?.iter().map(read).collect()
    }

    /// The files of a folder, in the order of their names.
    ///
    /// # Errors
    /// A message that names the folder.
    pub fn paths(folder: &Path) -> Result<Vec<PathBuf>, String> {
        let mut paths = std::fs::read_dir(folder)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| show(folder, &error))?
            .into_iter()
            .map(|entry| entry.path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .collect::<Vec<_>>();
        paths.sort();
        Ok(paths)
    }
}

fn show(path: &Path, error: &dyn Display) -> String {
    format!("{}: {error}", path.display())
}

impl Case {
    /// The account or the organization that the case describes.
    ///
    /// # Panics
    /// If an account or a resource in it is malformed.
    #[must_use]
    pub fn world(&self) -> World {
        self.try_world()
            .unwrap_or_else(|message| panic!("case `{}`: {message}", self.name))
    }

    /// The account or the organization that the case describes.
    ///
    /// # Errors
    /// Which account or resource is malformed.
    pub fn try_world(&self) -> Result<World, String> {
        let mut world = World::new();
        // Before the resources, which take over the account.
        if let Some(account) = &self.account {
            world = world.with_account(account)?;
        }
        if let Some(organization) = &self.organization {
            world = world.organization(organization);
        }
        if let Some(partition) = &self.partition {
            world = world.partition(partition);
        }
        if let Some(moment) = &self.scanned_at {
            world = world.scanned_at(moment);
        }
        for (name, value) in &self.parameters {
            world = world.parameter(name, value.clone());
        }
        for (resource_type, reasons) in &self.gaps {
            for reason in reasons {
                world = world.gap_of(resource_type, reason);
            }
        }
        for resource in &self.resources {
            world = world.with_resource(resource)?;
        }
        Ok(world)
    }

    /// Compares the verdicts of a check with those that are expected.
    ///
    /// # Errors
    /// All differences, as text.
    pub fn compare(&self, actual: &[Actual]) -> Result<(), String> {
        let differences = self.differences(actual);
        if differences.is_empty() {
            return Ok(());
        }
        let mut text = format!("case `{}`", self.name);
        for difference in differences {
            let lines = difference.to_string().replace('\n', "\n  ");
            text.push_str(&format!("\n  {lines}"));
        }
        Err(text)
    }

    /// How the verdicts of a check differ from those that are expected, in the order of the
    /// resources.
    #[must_use]
    pub fn differences(&self, actual: &[Actual]) -> Vec<Difference> {
        type Verdicts<'a> = (Vec<&'a Expectation>, Vec<&'a Actual>);
        let mut by_resource: BTreeMap<Option<&Arn>, Verdicts<'_>> = BTreeMap::new();
        for expected in &self.expect {
            let verdicts = by_resource.entry(expected.resource.as_ref()).or_default();
            verdicts.0.push(expected);
        }
        for actual in actual {
            let verdicts = by_resource.entry(actual.resource.as_ref()).or_default();
            verdicts.1.push(actual);
        }
        let mut differences = Vec::new();
        for (resource, (expected, actual)) in by_resource {
            for place in 0..expected.len().max(actual.len()) {
                let (expected, actual) = (expected.get(place), actual.get(place));
                if let (Some(expected), Some(actual)) = (expected, actual)
                    && expected.agrees(actual)
                {
                    continue;
                }
                differences.push(Difference {
                    resource: resource.cloned(),
                    expected: expected.map(|&expected| expected.clone()),
                    actual: actual.map(|&actual| actual.clone()),
                });
            }
        }
        differences
    }
}

/// Runs all cases of a folder natively.
///
/// Every check of the plugin must have a case in which it passes something and one in which it
/// fails something.
///
/// # Panics
/// If a verdict differs from the one that is expected, with all such differences.
pub fn cases(plugin: &Plugin, folder: impl AsRef<Path>) {
    let files = CaseFile::read_all(folder.as_ref()).unwrap_or_else(|message| panic!("{message}"));
    let info = plugin.describe().unwrap_or_else(|error| panic!("{error}"));
    let mut differences = Vec::new();
    let mut seen = BTreeSet::new();
    for file in &files {
        for case in &file.cases {
            let actual: Vec<Actual> = case
                .world()
                .judge_by(plugin, &file.check)
                .into_iter()
                .map(|judgement| Actual {
                    resource: judgement.resource,
                    verdict: judgement.outcome.verdict,
                    message: judgement.outcome.message,
                })
                .collect();
            for actual in &actual {
                seen.insert((file.check.as_str(), actual.verdict));
            }
            if let Err(difference) = case.compare(&actual) {
                differences.push(format!("{}: {difference}", file.check));
            }
        }
    }
    for check in &info.checks {
        for verdict in [Verdict::Pass, Verdict::Fail] {
            if !seen.contains(&(check.id.as_str(), verdict)) {
                differences.push(format!(
                    "{}: no case ends as `{}`",
                    check.id,
                    verdict.as_str()
                ));
            }
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
