//! The contract of `wit/`, as wasmtime generates it.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "generated"
)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "plugin",
    imports: { default: trappable },
    with: {
        "blastwall:plugin/resources.cursor": crate::judging::Cursor,
        "blastwall:plugin/organization.cursor": crate::judging::WideCursor,
    },
});

pub use blastwall::plugin::{log, organization, policy, resources, types};
