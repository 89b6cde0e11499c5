//! How sure a fact is, and what it hangs on.
//!
//! Pure data. The order of [`Certainty`] is the order of the closure: better first.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// How sure it is that an attacker gets something.
///
/// Of several derivations the best counts; along one derivation the worst counts. The order is
/// from best to worst, so "worst along" is the maximum.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Every policy that has a say was seen, and allows it.
    #[default]
    Certain,
    /// Allowed if named conditions hold.
    Conditional,
    /// Something speaks for it, but a part that has a say was not seen, or AWS itself or an
    /// outside party would have to play along.
    Speculative,
}

impl Certainty {
    /// All of them, best first.
    pub const ALL: [Certainty; 3] = [
        Certainty::Certain,
        Certainty::Conditional,
        Certainty::Speculative,
    ];

    /// What a reached thing of this certainty weighs in a score: 1, ½ or ¼.
    ///
    /// The numbers are a convention, not a probability; every score lists its parts by certainty
    /// so that a reader may weigh them otherwise.
    #[must_use]
    pub const fn weight(self) -> f64 {
        match self {
            Certainty::Certain => 1.0,
            Certainty::Conditional => 0.5,
            Certainty::Speculative => 0.25,
        }
    }

    /// Its place in [`Certainty::ALL`].
    #[must_use]
    pub(crate) const fn rank(self) -> u32 {
        self as u32
    }
}

/// Something that must hold for a step to work.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Condition {
    /// The condition in words; where a policy states it, with operator, key, values and place:
    /// `StringEquals sts:ExternalId [c-42] (trust policy of arn:…, statement 1)`.
    pub text: String,
    /// Whether the attacker decides it: an external id that must be known, a session name.
    /// Such a step stays conditional, because a secret value may still stop it.
    pub attacker_can_set: bool,
}

/// One policy statement that has a say in a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatementEvidence {
    /// Which layer: `trust policy`, `identity policy`, `service control policy`, …
    pub layer: Arc<str>,
    /// The policy: its ARN or id, or in words whose inline policy it is.
    pub policy: Arc<str>,
    /// Which statement: its `Sid`, or `statement 2` counted from 1; empty for a fact that no policy says.
    pub statement: Arc<str>,
    /// The statement itself, as JSON on one line.
    pub text: Arc<str>,
}
