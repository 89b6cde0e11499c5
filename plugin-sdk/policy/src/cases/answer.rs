//! What comes back for a case: a decision, or why there is none.

use std::fmt;

use serde_json::{Value, json};

use crate::decide::{Decision, DecisionKind};
use crate::language::PolicyError;
use crate::principal::PrincipalError;

/// The decision on one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The case's `id`, if it has one.
    pub id: Option<String>,
    /// The decision with its reason.
    pub decision: Decision,
    /// Fields that are not of the format and were passed over, as paths.
    pub ignored: Vec<String>,
}

/// A case that cannot be decided because it cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("case {}: {problem}", id.as_deref().unwrap_or("without id"))]
pub struct CaseError {
    /// The case's `id`, as far as it could be read.
    pub id: Option<String>,
    /// What is wrong.
    pub problem: Box<CaseProblem>,
}

/// What is wrong with a case.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseProblem {
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// A field is missing.
    #[error("missing field `{0}`")]
    Missing(String),
    /// A field is not part of the format.
    #[error("unknown field `{field}`{}", suggestion(*nearest))]
    Unknown {
        /// Where, as a path of field names.
        field: String,
        /// The name that is likely meant.
        nearest: Option<&'static str>,
    },
    /// A field has the wrong shape.
    #[error("`{field}`: expected {expected}")]
    Expected {
        /// Where, as a path of field names.
        field: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// The caller is nobody who can make a request.
    #[error("`request.principal`: {0}")]
    Principal(#[source] PrincipalError),
    /// A policy cannot be read.
    #[error("`{field}`: {error}")]
    Policy {
        /// Where, as a path of field names.
        field: String,
        /// What is wrong with it.
        #[source]
        error: PolicyError,
    },
}

impl Answer {
    /// One line of JSON: `id`, `decision` (`allow` or `deny`, the words of `expect` in a case),
    /// `kind` (`Allowed`, `ExplicitlyDenied` or `ImplicitlyDenied`, those of `expect_kind`) and
    /// `reason`; and `ignored` if something was.
    #[must_use]
    pub fn to_json(&self) -> String {
        let decision = if self.decision.is_allowed() {
            "allow"
        } else {
            "deny"
        };
        let kind = match self.decision.kind {
            DecisionKind::Allowed => "Allowed",
            DecisionKind::ExplicitlyDenied => "ExplicitlyDenied",
            DecisionKind::ImplicitlyDenied => "ImplicitlyDenied",
        };
        let mut fields = vec![
            ("id", json!(self.id)),
            ("decision", json!(decision)),
            ("kind", json!(kind)),
            ("reason", json!(self.decision.reason.to_string())),
        ];
        if !self.ignored.is_empty() {
            fields.push(("ignored", json!(self.ignored)));
        }
        line(&fields)
    }
}

impl CaseError {
    pub(super) fn new(id: Option<String>, problem: CaseProblem) -> Self {
        Self {
            id,
            problem: Box::new(problem),
        }
    }

    /// One line of JSON: `id` and `error`.
    #[must_use]
    pub fn to_json(&self) -> String {
        line(&[
            ("id", json!(self.id)),
            ("error", json!(self.problem.to_string())),
        ])
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(formatter, "{id}: {}", self.decision),
            None => write!(formatter, "{}", self.decision),
        }
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// An object with its fields in this order, which a map would not keep.
fn line(fields: &[(&str, Value)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", fields.join(","))
}
