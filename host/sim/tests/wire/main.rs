//! What the real clients of AWS get from a simulation.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a failing test may panic, and tests are nobody's interface"
)]

#[path = "../common/mod.rs"]
mod common;
mod refusals;
mod services;
