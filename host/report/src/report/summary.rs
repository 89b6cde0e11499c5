//! Counts over findings and accounts.

use blastwall_model::{Access, Finding, Severity, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::Environment;

/// Counts over everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// How many accounts were entered and how many were not.
    pub accounts: AccountCounts,
    /// How many verdicts of each kind.
    pub findings: VerdictCounts,
    /// How many calls brought no data, the organization's own included.
    pub gaps: u64,
}

/// Counts over the accounts of one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentSummary {
    /// Which environment.
    pub environment: Environment,
    /// How many of its accounts were entered and how many were not.
    pub accounts: AccountCounts,
    /// How many verdicts of each kind.
    pub findings: VerdictCounts,
}

/// Accounts by access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountCounts {
    /// All of them.
    pub total: u64,
    /// Those that were entered.
    pub entered: u64,
    /// Those that refused.
    pub refused: u64,
    /// Those that were not tried.
    pub skipped: u64,
}

impl AccountCounts {
    /// Counts one account.
    pub fn add(&mut self, access: &Access) {
        self.total += 1;
        match access {
            Access::Entered { .. } => self.entered += 1,
            Access::Refused { .. } => self.refused += 1,
            Access::Skipped { .. } => self.skipped += 1,
        }
    }
}

/// Findings by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VerdictCounts {
    /// Failures, by severity.
    pub fail: FailureCounts,
    /// Rules that are kept.
    pub pass: u64,
    /// Verdicts that could not be given because something was not seen.
    pub unknown: u64,
    /// Checks that failed themselves.
    pub error: u64,
    /// Things that a rule does not concern.
    pub not_applicable: u64,
}

impl VerdictCounts {
    /// Counts one finding.
    pub fn add(&mut self, finding: &Finding, severity: Severity) {
        match finding.verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Fail => self.fail.add(severity),
            Verdict::Unknown => self.unknown += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
            Verdict::Error => self.error += 1,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            fail: self.fail.plus(&other.fail),
            pass: self.pass + other.pass,
            unknown: self.unknown + other.unknown,
            error: self.error + other.error,
            not_applicable: self.not_applicable + other.not_applicable,
        }
    }

    /// The share of kept rules among those that could be decided, 0 to 1; none if none could be.
    /// What is unknown counts for neither side and has to be shown beside it.
    #[must_use]
    pub fn pass_share(&self) -> Option<f64> {
        let decided = self.pass + self.fail.total();
        (decided > 0).then(|| {
            #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
            let share = self.pass as f64 / decided as f64;
            share
        })
    }
}

/// Failures by severity. The order of comparison is the order of badness: one critical failure
/// outweighs any number of high ones.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct FailureCounts {
    /// Of severity critical.
    pub critical: u64,
    /// Of severity high.
    pub high: u64,
    /// Of severity medium.
    pub medium: u64,
    /// Of severity low.
    pub low: u64,
    /// Of severity informational.
    pub informational: u64,
}

impl FailureCounts {
    /// Counts one failure.
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Critical => self.critical += 1,
            Severity::High => self.high += 1,
            Severity::Medium => self.medium += 1,
            Severity::Low => self.low += 1,
            Severity::Informational => self.informational += 1,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            critical: self.critical + other.critical,
            high: self.high + other.high,
            medium: self.medium + other.medium,
            low: self.low + other.low,
            informational: self.informational + other.informational,
        }
    }

    /// How many of one severity.
    #[must_use]
    pub fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Informational => self.informational,
        }
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        Severity::ALL
            .iter()
            .map(|severity| self.of(*severity))
            .sum()
    }
}
