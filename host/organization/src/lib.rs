//! Enumerate the accounts of an organization, classify them into environments and enter them.
//!
//! The way through this crate is the way of a scan: [`caller`] tells who we are, [`enumerate`]
//! asks AWS Organizations for everything it knows and gives an [`Organization`] (as documents and
//! as entries made from them), [`classify`] assigns an [`Environment`] to an account, and
//! [`Entrance::enter`] gives a session in it.
//!
//! Knows AWS Organizations and STS, and of IAM the one question about the organization that is asked
//! there: what is central about root users. Does not collect, judge or print. Reads alone are sent,
//! but for `sts:AssumeRole`: see [`DECLARED`].
//!
//! A call that fails costs its own data. It is recorded as a gap and as unknown paths in the
//! documents, and the rest goes on; only a caller without credentials and an organization that
//! gave no usable answer at all are errors.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod audit_role;
mod caller;
mod declared;
mod documents;
mod enumerate;
mod environments;
mod note;
mod organization;
mod sessions;
mod status;

pub use audit_role::{AuditRole, AuditRoleError};
pub use caller::{Caller, CallerError, caller};
pub use declared::DECLARED;
pub use documents::from_documents;
pub use enumerate::{EnumerateError, enumerate};
pub use environments::{
    Basis, Conditions, Criticality, Environment, Pattern, PatternError, Rule, Suggestion,
    TagPattern, UNCLASSIFIED, built_in_rules, classify, suggest,
};
pub use note::Note;
pub use organization::{AccountEntry, Organization, OrganizationCoverage, Unit};
pub use sessions::{
    Entered, Entrance, PolicyTooLarge, Role, RoleError, SessionPolicy, SessionSettings,
    SettingsError,
};
pub use status::Status;
