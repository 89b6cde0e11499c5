//! A simulated organization served over the real AWS wire protocols.
//!
//! It answers from an organization at rest, so that collecting from it gives back the documents it
//! was given, and it refuses what AWS would refuse: wrong signatures, unknown keys, trust policies,
//! identity policies, session policies, service control policies. It listens on loopback alone and
//! changes nothing: there are no write operations.
//!
//! Start with [`Simulator::load`]. A request goes through `server` (HTTP), `protocol` (the four
//! wire protocols), `credentials` (who asks), `authority` (may they), `replay` (what the documents
//! say could not be seen), and ends in one of the operations in `service`.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod authority;
mod credentials;
mod document;
mod failure;
mod log;
mod operation;
mod options;
mod page;
mod protocol;
mod replay;
mod request;
mod server;
mod service;
mod signature;
mod simulator;
mod state;
mod xml;

pub use log::LoggedRequest;
pub use options::{Caller, Clock, Fault, Options};
pub use server::{ServeError, Server};
pub use simulator::Simulator;
pub use state::LoadError;
