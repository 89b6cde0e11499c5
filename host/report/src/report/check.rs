//! The checks and plugins that took part.

use std::collections::BTreeMap;
use std::time::Duration;

use blastwall_model::{AccountId, CheckId, CheckInfo};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A check that took part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// The plugin that it is from.
    pub plugin: String,
    /// What it says about itself.
    #[serde(flatten)]
    pub info: CheckInfo,
    /// The parameters that the configuration sets, where they differ from the defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, Value>,
}

/// A plugin that took part, or was to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// Its version; empty if it could not be loaded.
    pub version: String,
    /// The BLAKE3 digest of its component, in hexadecimal.
    pub digest: String,
    /// Its checks that took part, sorted.
    pub checks: Vec<CheckId>,
    /// Where it failed, by account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<PluginFailure>,
    /// What it used. Left out unless asked for, because it is different every time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<PluginUsage>,
}

/// What a plugin used, over all its evaluations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PluginUsage {
    /// How often it was asked: once an account.
    pub evaluations: u64,
    /// Seconds, all evaluations together.
    pub seconds: f64,
    /// Seconds of the longest evaluation.
    pub longest_seconds: f64,
    /// The most bytes of memory that an evaluation had.
    pub peak_memory: u64,
}

impl PluginUsage {
    /// One evaluation, with the bytes of memory that it had.
    #[must_use]
    pub fn once(elapsed: Duration, peak_memory: usize) -> Self {
        Self {
            evaluations: 1,
            seconds: elapsed.as_secs_f64(),
            longest_seconds: elapsed.as_secs_f64(),
            peak_memory: peak_memory as u64,
        }
    }

    /// Adds evaluations.
    pub fn add(&mut self, other: &Self) {
        self.evaluations += other.evaluations;
        self.seconds += other.seconds;
        self.longest_seconds = self.longest_seconds.max(other.longest_seconds);
        self.peak_memory = self.peak_memory.max(other.peak_memory);
    }
}

/// A failure of a plugin. Its checks have the verdict `error` there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PluginFailure {
    /// The account that it was evaluating; none if it could not be loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What kind of failure: `trap`, `timeout`, `memory`, `contract`, `load`, …
    pub kind: String,
    /// What happened.
    pub message: String,
}
