//! The organization and its accounts.

use std::collections::BTreeMap;

use blastwall_model::{Access, AccountId, Criticality, Gap};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::summary::VerdictCounts;

/// The organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Organization {
    /// Its id, `o-exampleorgid`.
    pub id: String,
    /// The account that rules it.
    pub management_account: AccountId,
    /// What could not be learned about the organization itself, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// An account that the scan knows of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name; empty if only the id is known.
    pub name: String,
    /// The address of its root user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The names of the OUs above it, outermost first, without the root.
    #[serde(default)]
    pub ou_path: Vec<String>,
    /// Its state in the organization: `ACTIVE`, `SUSPENDED`, …; empty outside of one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The environment that it belongs to.
    pub environment: Environment,
    /// Whether and how it was entered.
    pub access: Access,
    /// Its findings, counted. Filled by [`Report::finish`](super::Report::finish).
    #[serde(default)]
    pub summary: VerdictCounts,
}

/// The class that an account belongs to.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Environment {
    /// Its name, `prod`; `unclassified` if no rule matched.
    pub name: String,
    /// How much it matters.
    pub criticality: Criticality,
}
