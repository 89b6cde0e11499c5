//! How much an environment matters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much depends on an environment, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Criticality {
    /// Its loss is an annoyance: a sandbox.
    Low,
    /// Its loss costs work: a stage before production, or something unclassified.
    Medium,
    /// Others depend on it: shared networks and tools.
    High,
    /// Its loss is the loss of the business: production, security, management.
    Critical,
}

/// A word that names no criticality.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no criticality: expected low, medium, high or critical")]
pub struct UnknownCriticality(String);

impl Criticality {
    /// All values, in order.
    pub const ALL: [Criticality; 4] = [
        Criticality::Low,
        Criticality::Medium,
        Criticality::High,
        Criticality::Critical,
    ];

    /// The word for it in output and configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Criticality::Low => "low",
            Criticality::Medium => "medium",
            Criticality::High => "high",
            Criticality::Critical => "critical",
        }
    }

    /// Its weight in sums over accounts: each step weighs twice the one below.
    #[must_use]
    pub fn weight(self) -> u32 {
        match self {
            Criticality::Low => 1,
            Criticality::Medium => 2,
            Criticality::High => 4,
            Criticality::Critical => 8,
        }
    }
}

impl fmt::Display for Criticality {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Criticality {
    type Err = UnknownCriticality;

    fn from_str(word: &str) -> Result<Self, UnknownCriticality> {
        Self::ALL
            .into_iter()
            .find(|criticality| criticality.as_str() == word)
            .ok_or_else(|| UnknownCriticality(word.to_owned()))
    }
}
