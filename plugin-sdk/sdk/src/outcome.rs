//! What a check concludes.

use blastwall_model::{Arn, Evidence, Verdict};
use serde::Serialize;
use serde_json::Value;

/// A verdict with its reason and what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What is concluded.
    pub verdict: Verdict,
    /// Why, in one sentence without a full stop.
    pub message: String,
    /// The places of the document that it rests on.
    pub evidence: Vec<Evidence>,
}

/// The rule is kept; the message says by what.
pub fn pass(message: impl Into<String>) -> Outcome {
    Outcome::new(Verdict::Pass, message)
}

/// The rule is broken; the message says how.
pub fn fail(message: impl Into<String>) -> Outcome {
    Outcome::new(Verdict::Fail, message)
}

/// The rule does not concern this thing; the message says why.
pub fn not_applicable(message: impl Into<String>) -> Outcome {
    Outcome::new(Verdict::NotApplicable, message)
}

impl Outcome {
    fn new(verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            verdict,
            message: message.into(),
            evidence: Vec::new(),
        }
    }

    /// Adds a place of the document: a JSON pointer (RFC 6901) such as `/config/BucketEncryption`
    /// and what stands there.
    ///
    /// A value that has no JSON form is shown as null; the values of resource documents all have
    /// one.
    #[must_use]
    pub fn evidence(
        mut self,
        pointer: impl Into<String>,
        value: &(impl Serialize + ?Sized),
    ) -> Self {
        self.evidence.push(Evidence {
            pointer: pointer.into(),
            value: serde_json::to_value(value).unwrap_or(Value::Null),
        });
        self
    }

    /// Adds a statement of a policy document: the pointer to the document, the document, and the
    /// statement's index. A document may have a single statement without a list.
    #[must_use]
    pub fn statement(self, pointer: &str, document: &Value, index: usize) -> Self {
        match document.get("Statement") {
            Some(Value::Array(statements)) => self.evidence(
                format!("{pointer}/Statement/{index}"),
                &statements.get(index),
            ),
            single => self.evidence(format!("{pointer}/Statement"), &single),
        }
    }
}

impl From<Result<Outcome, blastwall_model::Unknown>> for Outcome {
    fn from(result: Result<Outcome, blastwall_model::Unknown>) -> Self {
        result.unwrap_or_else(|unknown| Outcome::new(Verdict::Unknown, unknown.to_string()))
    }
}

/// An outcome with what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The id of the check.
    pub check: &'static str,
    /// The resource; none for a verdict on the account.
    pub resource: Option<Arn>,
    /// The place of the resource among those of its type that the host hands out; none where that
    /// is not known.
    pub place: Option<u32>,
    /// What was concluded.
    pub outcome: Outcome,
}
