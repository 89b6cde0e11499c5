//! AWS API to resource documents, one module a service.
//!
//! Start with [`collect`], which makes a [`Snapshot`] of one account, and with [`catalogue`], which
//! says what can be collected and with which calls. A new service is one module below `services`
//! and one line in its registry; a new resource type is one module of its service and one line in
//! the service's collector.
//!
//! What this crate must not do: write, judge, or give up. Only read operations are declared, a
//! document says what AWS said and nothing more, and a call that is refused or fails costs its own
//! data alone: it becomes a gap in the coverage and, for a property of a resource, an unknown
//! path of the document. An answer that says "there is none" is data, not a failure.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod catalogue;
mod context;
mod convert;
mod harvest;
mod pages;
mod regions;
mod services;
mod shared;
mod snapshot;

pub use catalogue::{
    Collector, Product, actions, catalogue, declarations, is_collected, is_of_identity_center,
    types,
};
pub use shared::Shared;
pub use snapshot::{Request, Snapshot, collect, without_collector};
