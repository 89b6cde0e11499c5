//! What one change takes away, told so that it can be tried.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::graph::Graph;
use crate::rules::RuleId;
use crate::steps::Step;
use crate::subject::Subject;

/// The links that one change of a policy takes away: those from one source to one thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Removal {
    /// From whom they come, of an account also from whoever is in it; none if from everybody whom the policy of
    /// `to` lets in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Subject>,
    /// What they lead to.
    pub to: Subject,
    /// One of them.
    pub step: Arc<Step>,
}

impl Removal {
    /// As `--without` has it: `111122223333->arn:aws:iam::444455556666:role/deploy`, with `*` for everybody.
    #[must_use]
    pub fn words(&self) -> String {
        let from = self.from.as_ref().map_or_else(|| "*".to_owned(), name);
        format!("{from}->{}", name(&self.to))
    }
}

/// By what a subject is found.
fn name(subject: &Subject) -> String {
    match subject {
        Subject::Account { id } => id.to_string(),
        Subject::Principal { arn }
        | Subject::Rewritten { arn, .. }
        | Subject::Data { arn }
        | Subject::Encrypted { arn }
        | Subject::Supply { arn }
        | Subject::Workload { arn }
        | Subject::Network { arn } => arn.to_string(),
        Subject::Guardrails => crate::graph::GUARDRAILS.to_owned(),
        Subject::Evidence { of } => of.clone(),
        Subject::Outside { party } => party.to_string(),
    }
}

impl Graph {
    /// What goes with a rule, of which a step tells; none if nobody can take it away.
    pub(crate) fn removal(&self, rule: RuleId, step: Arc<Step>) -> Option<Removal> {
        let source = self.unit(rule)?.source();
        let from = self.told_source(source);
        Some(Removal {
            from: from.and_then(|from| self.world.subject(from)),
            to: step.to.clone(),
            step,
        })
    }
}
