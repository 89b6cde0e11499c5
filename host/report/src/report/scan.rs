//! Who looked, when, with what and at what.

use blastwall_model::{Arn, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who looked, when and with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scan {
    /// Name and version of the program: `blastwall 0.1.0`.
    pub tool: String,
    /// The moment that counts as the time of the scan, in RFC 3339. Ages are counted to it.
    #[schemars(extend("format" = "date-time"))]
    pub scanned_at: String,
    /// Who asked, as AWS Security Token Service names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Arn>,
    /// What the scan cost. Left out unless asked for, because it is different every time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timings: Option<Timings>,
}

/// What a scan cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timings {
    /// From start to report, in seconds.
    pub seconds: f64,
    /// Requests sent to AWS, repeated ones included.
    pub requests: u64,
    /// Requests that AWS throttled.
    pub throttled: u64,
    /// Requests that were repeated.
    pub retried: u64,
}

/// What a scan was narrowed to, in the words of the command line. An empty list means no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Filters {
    /// Account ids and name patterns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// Patterns over OU paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organizational_units: Vec<String>,
    /// Environment names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Account tags, `key=value`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Regions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// Check ids and patterns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
    /// Plugin names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plugins: Vec<String>,
    /// The least severity whose checks took part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_severity: Option<Severity>,
}

impl Filters {
    /// The filters in words, `environment prod, dev`, in the order of the fields.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let lists = [
            ("account", &self.accounts),
            ("OU", &self.organizational_units),
            ("environment", &self.environments),
            ("tag", &self.tags),
            ("region", &self.regions),
            ("check", &self.checks),
            ("plugin", &self.plugins),
        ];
        lists
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(name, values)| format!("{name} {}", values.join(", ")))
            .chain(
                self.minimum_severity
                    .map(|severity| format!("severity {severity} and above")),
            )
            .collect()
    }
}

/// Something that went wrong or is worth knowing, and that belongs to no single account's coverage:
/// `service control policies could not be read`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// What it is about: an account, a file, `organization`.
    pub subject: String,
    /// What was tried and what came of it.
    pub message: String,
    /// What the user can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}
