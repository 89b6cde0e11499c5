//! Questions with open condition keys: can this principal do that, and if so on what terms?
//!
//! The answer errs in one direction only: it is never [`Reach::No`] when some assignment of the
//! open keys, or some session of a role, would be allowed, and never [`Reach::Yes`] when some would
//! not. [`Reach::OnlyIf`] may name terms that cannot come together, but for terms on one key whose
//! values can be listed (`branch`). It shares the evaluation with
//! [`crate::decide()`]; what is added here is the facts that follow from the principal
//! (`derived`), who controls a key (`control`) and the naming of terms (`requirement`).

mod branch;
mod control;
mod derived;
mod requirement;

use std::fmt;

pub use control::KeyControl;
pub(crate) use derived::Derived;
pub(crate) use requirement::cost;
pub use requirement::{Requirement, Test};

use crate::context::{Facts, Keys};
use crate::decide::evaluate::{Verdict, evaluate};
use crate::decide::statement::Query;
use crate::decide::{Layers, Reason, ServiceRule, StatementRef};
use crate::lowered::Lowered;
use crate::principal::Principal;
use crate::truth::Truth;

/// One question.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who asks; a [`Principal::Role`] stands for all its sessions.
    pub principal: &'a Principal,
    /// The path of the role behind a session, with a slash at both ends, where known.
    pub role_path: Option<&'a str>,
    /// For example `s3:GetObject`, in any case.
    pub action: &'a str,
    /// An ARN, or `*` for an action that has no resource.
    pub resource: &'a str,
    /// The account that owns the resource: twelve digits.
    pub resource_account: &'a str,
    /// What is known of condition keys. Those that follow from the principal are added, unless
    /// given here; all others are open.
    pub keys: &'a Keys,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Allowed, whatever the open keys are.
    Yes {
        /// What grants.
        evidence: Evidence,
    },
    /// Allowed for some values of the open keys.
    OnlyIf {
        /// All must be met.
        conditions: Vec<Requirement>,
        /// What grants.
        evidence: Evidence,
    },
    /// Refused, whatever the open keys are.
    No {
        /// What refuses.
        blocked: Reason,
    },
}

impl Reach {
    /// Whether the answer is anything but no.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        !matches!(self, Self::No { .. })
    }

    /// What grants, if anything does.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::Yes { evidence } | Self::OnlyIf { evidence, .. } => Some(evidence),
            Self::No { .. } => None,
        }
    }

    /// The terms; empty for yes and no.
    #[must_use]
    pub fn conditions(&self) -> &[Requirement] {
        match self {
            Self::OnlyIf { conditions, .. } => conditions,
            Self::Yes { .. } | Self::No { .. } => &[],
        }
    }
}

/// What grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The statements: of identity policies, of the resource policy, or of both across accounts.
    pub statements: Vec<StatementRef>,
    /// The rule that grants what no statement does.
    pub rule: Option<ServiceRule>,
}

/// Answers a question.
#[must_use]
pub fn reach(question: &Question<'_>, layers: &Layers<'_>) -> Reach {
    let answer = once(question, layers);
    let excluded = branch::excluded(answer.conditions(), layers, |key, known| {
        let mut keys = question.keys.clone();
        keys.set(key, known);
        let fixed = Question {
            keys: &keys,
            ..*question
        };
        once(&fixed, layers)
    });
    match excluded {
        Some(statement) => Reach::No {
            blocked: Reason::Statement(statement),
        },
        None => answer,
    }
}

fn once(question: &Question<'_>, layers: &Layers<'_>) -> Reach {
    let derived = Derived::new(
        question.principal,
        question.role_path,
        question.action,
        question.resource_account,
        question.keys,
    );
    let action = Lowered::new(question.action);
    let query = Query::new(
        question.principal,
        question.role_path,
        action.as_str(),
        question.resource,
        question.resource_account,
        Facts::Open(&derived),
        layers,
    );
    let evaluation = evaluate(&query, layers);
    let (truth, grant, rule) = match evaluation.verdict {
        Verdict::Denied(at) => {
            return Reach::No {
                blocked: Reason::Statement(at.resolve(layers)),
            };
        }
        Verdict::Refused(rule) => {
            return Reach::No {
                blocked: Reason::Rule(rule),
            };
        }
        Verdict::Missing(layer) => {
            return Reach::No {
                blocked: Reason::MissingAllow(layer),
            };
        }
        Verdict::Granted { truth, grant, rule } => (truth, grant, rule),
    };
    let root = matches!(query.principal, Principal::Root { .. });
    let evidence = Evidence {
        statements: evaluation
            .grants
            .iter()
            .map(|at| at.resolve(layers))
            .collect(),
        rule: (grant.is_none() || root).then_some(rule),
    };
    if truth == Truth::True && evaluation.possible_denies.is_empty() {
        return Reach::Yes { evidence };
    }
    let conditions = requirement::collect(
        &query,
        layers,
        &evaluation.uncertain,
        &evaluation.possible_denies,
    );
    Reach::OnlyIf {
        conditions,
        evidence,
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(rule) = self.rule {
            write!(formatter, "{rule}")?;
            separator = "; ";
        }
        for statement in &self.statements {
            write!(formatter, "{separator}{statement}")?;
            separator = "; ";
        }
        Ok(())
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes { evidence } => write!(formatter, "yes: {evidence}"),
            Self::No { blocked } => write!(formatter, "no: {blocked}"),
            Self::OnlyIf {
                conditions,
                evidence,
            } => {
                formatter.write_str("only if ")?;
                for (index, condition) in conditions.iter().enumerate() {
                    if index > 0 {
                        formatter.write_str(" and ")?;
                    }
                    write!(formatter, "{condition}")?;
                }
                write!(formatter, ": {evidence}")
            }
        }
    }
}
