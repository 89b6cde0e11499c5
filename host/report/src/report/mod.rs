//! The report of one scan, as data: what every output format is made from, and what the JSON
//! format writes as it is.
//!
//! Must not know how anything is shown. Whoever scans fills a [`Report`] and calls
//! [`Report::finish`], which counts and sorts; two scans that saw the same give the same report,
//! byte for byte.

mod account;
mod check;
mod finish;
mod scan;
mod summary;

use blastwall_blast::Survey;
use blastwall_model::{Coverage, Finding, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use account::{Account, Environment, Organization};
pub use check::{Check, Plugin, PluginFailure, PluginUsage};
pub use scan::{Filters, Problem, Scan, Timings};
pub use summary::{AccountCounts, EnvironmentSummary, FailureCounts, Summary, VerdictCounts};

/// The version of the report format; anything else is refused when a report is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ReportFormat {
    /// The only one so far.
    #[default]
    #[serde(rename = "blastwall-report/1")]
    V1,
}

/// Everything that one scan found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Blastwall report")]
pub struct Report {
    /// The version of this format.
    pub format: ReportFormat,
    /// Who looked, when and with what.
    pub scan: Scan,
    /// What the scan was narrowed to; empty if it looked at everything.
    #[serde(default)]
    pub filters: Filters,
    /// The organization; none if the account that was scanned belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// Counts over everything. Filled by [`Report::finish`].
    #[serde(default)]
    pub summary: Summary,
    /// Counts by environment, the most critical environment first. Filled by [`Report::finish`].
    #[serde(default)]
    pub environments: Vec<EnvironmentSummary>,
    /// Every account that the scan knows of, by id: entered, refused or skipped.
    pub accounts: Vec<Account>,
    /// The checks that took part, by id. Findings refer to them.
    pub checks: Vec<Check>,
    /// The plugins that took part, by name.
    pub plugins: Vec<Plugin>,
    /// Every verdict, by account, check, region and resource.
    pub findings: Vec<ReportedFinding>,
    /// What was attempted, complete and missing, by account.
    pub coverage: Vec<Coverage>,
    /// What falls when something falls; none if the scan was told to leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blast_radius: Option<Survey>,
    /// What went wrong or is worth knowing beside the findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

impl Report {
    /// Leaves out what is different every time: how long things took and what they used.
    pub fn without_timings(&mut self) {
        self.scan.timings = None;
        for plugin in &mut self.plugins {
            plugin.usage = None;
        }
    }
}

/// A verdict, with what a reader sorts by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedFinding {
    /// How bad it is if the verdict is a failure: the severity of the check.
    pub severity: Severity,
    /// The verdict itself.
    #[serde(flatten)]
    pub finding: Finding,
}
