//! What a decision says, and why.

use std::fmt;
use std::sync::Arc;

use super::layers::{Layer, Layers};
use super::rules::ServiceRule;
use super::statement::Ref;

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Allowed or in which way denied.
    pub kind: DecisionKind,
    /// What decided.
    pub reason: Reason,
}

impl Decision {
    /// Whether the request goes through.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.kind == DecisionKind::Allowed
    }
}

/// The three outcomes of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DecisionKind {
    /// Every layer that must allow does, and none denies.
    Allowed,
    /// A statement denies, or a rule that counts as one.
    ExplicitlyDenied,
    /// Nothing denies and something that must allow does not.
    ImplicitlyDenied,
}

/// What decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A statement that denies, or the one that grants.
    Statement(StatementRef),
    /// The layer that does not allow although it must.
    MissingAllow(Layer),
    /// A rule of AWS that is in no policy.
    Rule(ServiceRule),
}

/// Where a statement is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementRef {
    /// The layer.
    pub layer: Layer,
    /// The policy's index within the layer.
    pub policy: usize,
    /// The statement's index within the policy.
    pub statement: usize,
    /// The statement's `Sid`.
    pub sid: Option<Arc<str>>,
}

impl Ref {
    pub(crate) fn resolve(self, layers: &Layers<'_>) -> StatementRef {
        let sid = self
            .layer
            .policy(layers, self.policy)
            .and_then(|policy| policy.statements.get(self.statement))
            .and_then(|statement| statement.sid.clone());
        StatementRef {
            layer: self.layer,
            policy: self.policy,
            statement: self.statement,
            sid,
        }
    }
}

impl fmt::Display for StatementRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}, policy {}, statement {}",
            self.layer, self.policy, self.statement
        )?;
        match &self.sid {
            Some(sid) => write!(formatter, " (`{sid}`)"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statement(at) => write!(formatter, "{at}"),
            Self::MissingAllow(layer) => write!(formatter, "no statement allows it in: {layer}"),
            Self::Rule(rule) => write!(formatter, "{rule}"),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            DecisionKind::Allowed => "allowed",
            DecisionKind::ExplicitlyDenied => "explicitly denied",
            DecisionKind::ImplicitlyDenied => "implicitly denied",
        };
        write!(formatter, "{kind}: {}", self.reason)
    }
}
