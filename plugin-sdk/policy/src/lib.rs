//! The IAM policy language: parse, match, evaluate, analyse.
//!
//! Pure: no I/O, no clock, no randomness; it runs in plugins as well as in the host. It knows the
//! rules by which AWS decides requests and nothing of how policies were fetched. It never panics and
//! never recurses on what a document nests.
//!
//! - [`Policy::parse`] compiles a document ([`language`]).
//! - [`decide()`] answers one request whose condition keys are all known ([`mod@decide`]).
//! - [`reach()`] answers a question with open condition keys: yes, only if, or no ([`mod@reach`]).
//! - [`analysis`] says what one policy does by itself: whom it lets in, whether it is public.
//!
//! Each rule cites the AWS page it comes from; where pages and implementations differ, the page wins.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod analysis;
mod arn;
pub mod condition;
mod context;
pub mod decide;
pub mod language;
mod pattern;
mod principal;
pub mod reach;
mod truth;

pub use context::{Context, Keys, Known};
pub use decide::{
    Decision, DecisionKind, Layer, Layers, Level, Organization, Reason, Request, ServiceRule,
    StatementRef, decide,
};
pub use language::{Effect, Policy, PolicyError, Statement};
pub use pattern::Pattern;
pub use principal::{FederationProtocol, Principal, PrincipalError};
pub use reach::{Evidence, KeyControl, Question, Reach, Requirement, Test, reach};
pub use truth::Truth;
