//! What falls when something falls: graph, closure, containment and paths; pure, without I/O.
//!
//! Layers, each knowing only those below it:
//!
//! - `facts`: resource documents reduced to what matters, policies kept once by content (what
//!   matters are the actions that the link kinds name, the one thing that facts know of links);
//! - `world`: the facts numbered and indexed;
//! - `judge`: the one place that asks the policy language, `tagging` for those who write tags first;
//! - `links`: the kinds of link, one a file, which ask the judge and give rules;
//! - `rules`, `closure`: AND-rules over numbers and their least fixpoint;
//! - `question`: one request with all of its policies, for people who ask why;
//! - `graph`, `steps`, `radius`, `proofs`, `survey`: the answers, in words again.
//!
//! Start with [`Facts`], go on to [`Graph::build`], and ask [`Graph::radius`] or
//! [`Graph::survey`]. For one request start with [`Collected`] and ask [`Questions::can`].

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod advice;
mod arns;
mod capability;
mod certainty;
mod closure;
mod difference;
mod facts;
mod globs;
mod graph;
mod issuers;
mod judge;
mod links;
mod proofs;
mod question;
mod radius;
mod readers;
mod regions;
mod removal;
mod request;
mod rules;
mod steps;
mod subject;
mod survey;
mod tagging;
mod units;
mod vendors;
mod without;
mod world;

pub use advice::{Advice, GuardrailValue, Improvement};
pub use certainty::{Certainty, Condition, StatementEvidence};
pub use difference::{Change, ReachChange};
pub use facts::{Environment, Facts, PRINCIPAL_TYPES, Unjudged, is_read, read_types};
pub use graph::{BlindSpot, Graph, Size, UnknownStart};
pub use links::{LinkDocumentation, is_hop, is_structural, link_kind, link_kinds};
pub use proofs::{Proof, Proofs};
pub use question::{
    Answer, Asked, Collected, LayerAnswer, QuestionError, Questions, StatementAnswer, Verdict,
};
pub use radius::{Radius, RadiusFact};
pub use removal::Removal;
pub use steps::Step;
pub use subject::{OutsideParty, Subject};
pub use survey::{
    AccountBlast, ChokePoint, Containment, Crossing, DataCrossing, Entrance, EnvironmentCrossing,
    Exposure, PrincipalCounts, Reached, Survey, WAYS_TOLD,
};
