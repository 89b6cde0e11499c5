//! Verdicts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AccountId, Arn, CheckId};

/// What a check concludes about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The rule is kept, and everything that the rule needs was seen.
    Pass,
    /// The rule is broken.
    Fail,
    /// Something that the rule needs could not be seen.
    Unknown,
    /// The rule does not concern this thing.
    NotApplicable,
    /// The check itself failed: it trapped, ran out of a limit or broke the contract.
    Error,
}

impl Verdict {
    /// The word for it in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Unknown => "unknown",
            Verdict::NotApplicable => "not-applicable",
            Verdict::Error => "error",
        }
    }
}

/// One place of a document that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// A JSON pointer (RFC 6901) into the resource document.
    pub pointer: String,
    /// What stands there.
    pub value: Value,
}

/// A check's verdict on one thing.
///
/// A scan has millions of them, most of which say the same about another resource, so they share
/// their texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Which check.
    pub check: CheckId,
    /// In which account.
    pub account: AccountId,
    /// In which region, [`GLOBAL`](crate::GLOBAL) if in none.
    pub region: Arc<str>,
    /// On which resource; none for a verdict on the account or on resources that could not be listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Arn>,
    /// The resource's type; empty for a verdict on the account.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub resource_type: Arc<str>,
    /// What it concludes.
    pub verdict: Verdict,
    /// Why, in one sentence.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub message: Arc<str>,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

fn is_empty(text: &Arc<str>) -> bool {
    text.is_empty()
}
