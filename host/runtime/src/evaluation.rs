//! What is asked and what comes of it.

use std::collections::BTreeMap;
use std::time::Duration;

use blastwall_model::{AccountId, CheckId, Finding};
use serde_json::{Map, Value};

use crate::error::Failure;

/// What is evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// One account.
    Account(AccountId),
    /// The organization.
    Organization {
        /// Its id, `o-…`.
        id: String,
        /// The account that its findings are booked on.
        management_account: AccountId,
    },
}

impl Subject {
    /// The account that findings are booked on.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        match self {
            Self::Account(account) => account,
            Self::Organization {
                management_account, ..
            } => management_account,
        }
    }
}

/// What a plugin is asked.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// About whom.
    pub subject: Subject,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The moment of the scan, RFC 3339 in UTC.
    pub scanned_at: String,
    /// The checks to run, with the parameters that differ from their defaults.
    pub checks: BTreeMap<CheckId, Map<String, Value>>,
}

/// What came of an evaluation.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The verdicts, sorted by check, type, and resource; after a failure one `error` a check.
    pub findings: Vec<Finding>,
    /// What the plugin did instead of judging; none if all went well.
    pub failure: Option<Failure>,
    /// What it logged, in its order.
    pub log: Vec<LogLine>,
    /// How many lines more it logged than are kept.
    pub log_dropped: usize,
    /// The most bytes of memory that it had.
    pub peak_memory: usize,
    /// How long it ran, waiting for its turn not included.
    pub elapsed: Duration,
    /// How many instructions it executed; none unless the engine meters
    /// ([`Engine::metered`](crate::Engine::metered)).
    pub fuel: Option<u64>,
}

/// How much a line of log matters, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For whoever writes the plugin.
    Debug,
    /// What it does.
    Info,
    /// What is odd.
    Warn,
    /// What went wrong.
    Error,
}

/// A line that a plugin logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// The text as the plugin wrote it, cut to [`Limits::log_line_bytes`](crate::Limits::log_line_bytes).
    pub message: String,
}
