//! The checks and plugins that took part.

use std::collections::BTreeMap;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
