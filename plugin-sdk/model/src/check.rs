//! What a check and a plugin say about themselves.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::CheckId;

/// How bad a failed verdict is, from least to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing to repair.
    Informational,
    /// Repair when convenient.
    Low,
    /// Repair soon.
    Medium,
    /// Repair now.
    High,
    /// An attacker needs nothing else.
    Critical,
}

/// The four categories of AWS Trusted Advisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Who can do what to whom.
    Security,
    /// What survives the failure of a part.
    FaultTolerance,
    /// What is paid for and not used.
    Cost,
    /// What is slower than it need be.
    Performance,
}

/// What a check gives its verdict on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Each resource of the types that it reads.
    Resource,
    /// The account as a whole.
    Account,
    /// The organization as a whole.
    Organization,
}

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),* }) => {
        impl $type {
            /// All values, in order.
            pub const ALL: &'static [$type] = &[$($type::$variant),*];

            /// The word for it in output and configuration.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }
    };
}

words!(Severity {
    Informational = "informational",
    Low = "low",
    Medium = "medium",
    High = "high",
    Critical = "critical"
});
words!(Category {
    Security = "security",
    FaultTolerance = "fault-tolerance",
    Cost = "cost",
    Performance = "performance"
});
words!(Scope {
    Resource = "resource",
    Account = "account",
    Organization = "organization"
});

/// A setting of a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Parameter {
    /// Its name in the configuration, `max-age-days`.
    pub name: String,
    /// What it means, with its unit.
    pub description: String,
    /// The value if the configuration sets none.
    pub default: Value,
    /// Which values are accepted, as a JSON Schema (draft 2020-12); null for any of the JSON type
    /// of the default.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub schema: Value,
}

/// A control of a framework that a check answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Control {
    /// The framework with its version, `cis-aws-7.0`.
    pub framework: String,
    /// The control's number there.
    pub id: String,
}

/// Everything a check says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckInfo {
    /// Unique over all plugins of a scan.
    pub id: CheckId,
    /// One line: the rule, as a sentence in the imperative without a full stop.
    pub title: String,
    /// What it looks at and why it matters, in Markdown.
    pub description: String,
    /// How bad a failed verdict is.
    pub severity: Severity,
    /// Which concern it serves.
    pub category: Category,
    /// What it gives its verdict on.
    pub scope: Scope,
    /// The resource types that it reads; for [`Scope::Resource`] the first is what it judges.
    pub reads: Vec<String>,
    /// Its settings.
    pub parameters: Vec<Parameter>,
    /// The controls that it answers.
    pub controls: Vec<Control>,
    /// How to repair a failed verdict, in Markdown.
    pub remediation: String,
    /// Addresses of further reading.
    pub references: Vec<String>,
}

impl CheckInfo {
    /// Whether it is put to the organization, once, and not to each account: it judges the
    /// organization as a whole, or what the organization itself has.
    #[must_use]
    pub fn judges_organization(&self) -> bool {
        match self.scope {
            Scope::Organization => true,
            Scope::Account => false,
            Scope::Resource => self
                .reads
                .first()
                .is_some_and(|kind| is_of_organization(kind)),
        }
    }
}

/// Whether resources of a type belong to the organization itself, and to none of its accounts.
#[must_use]
pub fn is_of_organization(resource_type: &str) -> bool {
    resource_type.starts_with("AWS::Organizations::")
}

/// Everything a plugin says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PluginInfo {
    /// Its name, `s3`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its checks.
    pub checks: Vec<CheckInfo>,
}
