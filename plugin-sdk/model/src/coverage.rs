//! What was attempted in an account, what was complete, and what could not be seen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AccountId, Arn};

/// Whether and how an account was entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "status")]
pub enum Access {
    /// It was entered.
    Entered {
        /// The role that was assumed; none in the caller's own account.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Arn>,
    },
    /// AWS refused entry, or could not be asked.
    Refused {
        /// What was tried, on what: `sts:AssumeRole on arn:…`.
        tried: String,
        /// What AWS answered.
        answer: String,
        /// What most likely repairs it.
        hint: String,
    },
    /// It was not tried.
    Skipped {
        /// Why: `the account is suspended`.
        reason: String,
    },
}

/// Why a call gave no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GapKind {
    /// AWS refused it.
    Denied,
    /// AWS kept throttling it until the retries were used up.
    Throttled,
    /// No usable answer: the service was out of reach, timed out or failed.
    Unavailable,
    /// The service does not know the operation, or not here.
    Unsupported,
    /// The answer came but could not be read.
    Malformed,
    /// The answer came and was refused as wrong by the service's own rules.
    Rejected,
}

/// Data that a call was to bring and did not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gap {
    /// The resource types whose documents are missing or incomplete because of it.
    pub types: Vec<String>,
    /// The IAM action that the call needs, `s3:GetBucketPolicy`.
    pub action: String,
    /// The region that was asked, [`GLOBAL`](crate::GLOBAL) if none.
    pub region: String,
    /// The one resource that it concerns; none if the listing itself failed, so that resources
    /// may be missing altogether.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Arn>,
    /// Why, by kind.
    pub kind: GapKind,
    /// What AWS answered: `AccessDenied: User … is not authorized …`.
    pub answer: String,
}

/// By type, why resources may be missing altogether: action, region and answer of each gap that is
/// not about one resource, which says so in its own document.
pub fn unlisted(gaps: &[Gap]) -> impl Iterator<Item = (&str, String)> {
    gaps.iter()
        .filter(|gap| gap.resource.is_none())
        .flat_map(|gap| {
            let reason = format!("{} in {}: {}", gap.action, gap.region, gap.answer);
            gap.types.iter().map(move |kind| (&**kind, reason.clone()))
        })
}

/// What was asked of one service in one region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Service {
    /// Requests by IAM action, first attempts only.
    pub calls: BTreeMap<String, u64>,
    /// Documents that came of it, by resource type.
    pub resources: BTreeMap<String, u64>,
}

/// What was attempted in an account, what was complete, what was refused or failed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coverage {
    /// Which account.
    pub account: AccountId,
    /// Whether it was entered.
    pub access: Access,
    /// The regions that were looked at, sorted.
    #[serde(default)]
    pub regions: Vec<String>,
    /// What was asked, by `service/region`.
    #[serde(default)]
    pub services: BTreeMap<String, Service>,
    /// What could not be seen, sorted.
    #[serde(default)]
    pub gaps: Vec<Gap>,
}
