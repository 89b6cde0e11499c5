//! The policy document as types, compiled once at parsing.
//!
//! It reads what AWS stores and returns; what AWS would refuse is said by [`check`]. Start at [`Policy::parse`]. A document
//! that cannot be understood is an error and never a policy with less in it: an element that was
//! silently dropped could be the condition that keeps strangers out.
//!
//! Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

mod cache;
mod clauses;
mod error;
mod fit;
mod locate;
mod parse;
mod principals;

use std::sync::Arc;

pub use cache::PolicyCache;
pub(crate) use clauses::ServiceFilter;
pub use clauses::{ActionClause, ResourceClause};
pub use error::{PolicyError, PolicyProblem};
pub use fit::{Place, check};
pub use locate::{Position, locate, locate_statement};
pub use principals::{PrincipalClause, PrincipalEntry};

use crate::condition::Condition;

/// A policy document.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The version of the language.
    pub version: Version,
    /// The `Id` element.
    pub id: Option<Arc<str>>,
    /// The statements, in the order of the document.
    pub statements: Vec<Statement>,
}

/// The version of the policy language.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The version of a document that names none; it has no policy variables.
    V2008,
    /// The current one.
    V2012,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The `Sid` element.
    pub sid: Option<Arc<str>>,
    /// Allow or deny.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; only in policies of resources.
    pub principal: Option<PrincipalClause>,
    /// `Action` or `NotAction`.
    pub actions: ActionClause,
    /// `Resource` or `NotResource`; a trust policy has neither.
    pub resources: Option<ResourceClause>,
    /// All must hold.
    pub conditions: Vec<Condition>,
}

/// What a statement does when it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
}
