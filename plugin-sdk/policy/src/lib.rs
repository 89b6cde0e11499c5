//! The IAM policy language: parse, match, evaluate, analyse.
//!
//! Pure: no I/O, no clock, no randomness; it runs in plugins as well as in the host. It knows the
//! rules by which AWS decides requests and nothing of how policies were fetched. It never panics and
//! never recurses on what a document nests.
//!
//! - [`Policy::parse`] compiles a document ([`language`]).
//! - [`decide()`] answers one request whose condition keys are all known ([`mod@decide`]).
//! - [`reach()`] answers a question with open condition keys: yes, only if, or no ([`mod@reach`]).
//! - [`cases`] decides cases given as JSON, for runners.
//! - `actions` (a feature of the crate) has every action of every service.
//! - [`analysis`] says what one policy does by itself: whom it lets in, whether it is public.
//!
//! ```
//! use blastwall_policy::{Context, Layers, Policy, Principal, Request, decide};
//!
//! let policy = Policy::parse(
//!     r#"{"Version": "2012-10-17", "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#,
//! )?;
//! let principal = Principal::parse("arn:aws:iam::111111111111:user/ann")?;
//! let request = Request {
//!     principal: &principal,
//!     role_path: None,
//!     action: "s3:GetObject",
//!     resource: "arn:aws:s3:::reports/2026.csv",
//!     resource_account: "111111111111",
//!     context: &Context::derived(&principal, None, "111111111111"),
//! };
//! let layers = Layers { identity: &[&policy], ..Layers::default() };
//! assert_eq!(decide(&request, &layers).to_string(), "allowed: identity policies, policy 0, statement 0 (`Read`)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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

#[cfg(feature = "actions")]
pub mod actions;
pub mod analysis;
mod arn;
pub mod cases;
pub mod condition;
mod context;
pub mod decide;
pub mod language;
mod lowered;
mod pattern;
mod principal;
pub mod reach;
mod truth;

pub use context::{Context, Keys, Known};
pub use decide::{
    Decision, DecisionKind, GrantConstraint, KmsGrant, Layer, Layers, Level, Organization, Reason,
    Request, ServiceRule, StatementRef, decide,
};
pub use language::{Effect, Policy, PolicyCache, PolicyError, Statement};
pub use pattern::Pattern;
pub use principal::{FederationProtocol, Principal, PrincipalError};
pub use reach::{Evidence, KeyControl, Question, Reach, Requirement, Test, reach};
pub use truth::Truth;
