//! An organization at rest: the directory format that scans are saved in and simulations answer
//! from.
//!
//! `FORMAT.md` beside this crate is the definition. [`Directory`] reads, [`Writer`] writes; both
//! move whole documents and never look into their properties.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod directory;
mod manifest;
mod writer;

pub use directory::{Directory, OpenError, ReadError};
pub use manifest::{FORMAT, Manifest};
pub use writer::{WriteError, Writer};

const MANIFEST: &str = "manifest.json";
const ORGANIZATION: &str = "organization.jsonl";
const ORGANIZATION_COVERAGE: &str = "coverage.json";
const ACCOUNTS: &str = "accounts";

/// The path of an account's documents, relative to the directory, as digests name it.
fn resources_path(account: &blastwall_model::AccountId) -> String {
    format!("{ACCOUNTS}/{account}/resources.jsonl")
}

/// The path of an account's coverage, relative to the directory, as digests name it.
fn coverage_path(account: &blastwall_model::AccountId) -> String {
    format!("{ACCOUNTS}/{account}/coverage.json")
}
