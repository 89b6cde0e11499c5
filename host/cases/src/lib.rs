//! The cases of plugins, run in the sandbox.
//!
//! A case is a small account, or organization, and every verdict on it; the format is that of the
//! test kit of the SDK, which runs the same files natively. Here they go through WebAssembly, as a
//! scan does it: [`run`] runs one, [`bless`] writes what came of it into its file, and [`many`]
//! makes thousands of resources of them to measure with.
//!
//! Nothing here prints, and nothing builds a plugin. Text of a plugin is passed on as it is.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod bless;
mod many;
mod run;

pub use blastwall_sdk::testing::{Actual, Case, CaseFile, Difference, Expectation};
pub use bless::bless;
pub use many::{Load, many};
pub use run::{CaseError, Ran, run, snapshot};
