//! Resource documents, identifiers, findings and coverage: the one definition that the host, the
//! plugins and everything at rest share.
//!
//! Pure data: this crate knows nothing of AWS clients, WebAssembly or terminals, and depends on
//! nothing of ours. Start with [`Resource`] (a typed resource document), [`Field`] (a property
//! that may be unknown) and [`Document`] (the same thing as JSON text).

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod check;
mod coverage;
mod criticality;
mod document;
mod field;
mod finding;
mod ids;
mod resource;
pub mod resources;
#[cfg(feature = "schema")]
mod schema;
mod secrets;

pub use check::{
    Category, CheckInfo, Control, Parameter, PluginInfo, Scope, Severity, is_of_organization,
};
pub use coverage::{Access, Coverage, Gap, GapKind, Service, unlisted};
pub use criticality::{Criticality, UnknownCriticality};
pub use document::{Document, DocumentError};
pub use field::{Field, Name, Unknown};
pub use finding::{Evidence, Finding, Verdict};
pub use ids::{AccountId, Arn, CheckId, GLOBAL, IdError};
pub use resource::{Kind, Partly, Properties, Resource, Tags};
#[cfg(feature = "schema")]
pub use schema::{ResourceSchema, resource_schemas};
pub use secrets::SECRET_NAMES;
