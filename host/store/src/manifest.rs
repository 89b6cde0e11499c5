//! The file that says what a directory is.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::Arn;
use serde::{Deserialize, Serialize};

/// The format that this crate reads and writes.
pub const FORMAT: &str = "blastwall-organization/1";

/// What a directory says about itself.
///
/// The format is not a field: a manifest in memory is always of [`FORMAT`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The time of the scan, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanned_at: Option<String>,
    /// What wrote it, `blastwall 0.1.0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The principal that the scan began as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Arn>,
    /// The resource types that were collected of accounts; none if that is not told, so that what is
    /// there is all there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<BTreeSet<String>>,
    /// The regions that the scan was narrowed to; none if it looked at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<String>>,
    /// BLAKE3 in hexadecimal, by path relative to the directory. The writer fills it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<String, String>,
}

/// The part of the file that decides whether the rest can be read.
#[derive(Deserialize)]
pub(crate) struct Head {
    pub(crate) format: String,
}

/// The whole file, as it is written.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    pub(crate) format: &'static str,
    #[serde(flatten)]
    pub(crate) manifest: &'a Manifest,
}
