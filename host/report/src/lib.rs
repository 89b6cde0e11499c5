//! Findings, coverage and blast radius to terminal and JSON.
//!
//! Start with [`Report`]: plain data that a scan fills. [`Format`] turns it into text.
//! This crate decides what a reader sees first; it judges nothing and fetches nothing.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod blast;
pub mod compare;
mod escape;
mod format;
mod names;
mod page;
mod report;
mod schema;
mod style;
pub mod view;

pub use escape::visible;
pub use format::{Format, UnknownFormat};
pub use report::{
    Account, AccountCounts, Check, Environment, EnvironmentSummary, FailureCounts, Filters,
    Organization, Plugin, PluginFailure, PluginUsage, Problem, Report, ReportFormat,
    ReportedFinding, Scan, Summary, Timings, VerdictCounts,
};
pub use schema::schema;
pub use style::Style;
