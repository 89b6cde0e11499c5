//! What comes back for a question.

use std::collections::BTreeMap;

use serde::Serialize;

/// Whether the request goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that has a say was seen, and lets it through.
    Allowed,
    /// What was seen keeps it from going through, whatever the rest may say.
    Denied,
    /// It hangs on something that could not be seen.
    Undecided,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Whether the request goes through.
    pub verdict: Verdict,
    /// What decides, in words. For an undecided request, what the policies that were seen come to.
    pub reason: String,
    /// The deciding statement, if it is one.
    pub statement: Option<StatementAnswer>,
    /// Who asks: the ARN or name as it was understood.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The account that owns the resource; none if it is not known.
    pub resource_account: Option<String>,
    /// The condition keys of the request, lower case.
    pub context: BTreeMap<String, Vec<String>>,
    /// What was taken for granted about the request, in words.
    pub assumptions: Vec<String>,
    /// What was not seen and has a say, in words.
    pub gaps: Vec<String>,
    /// Conditions on keys that the request was not given, which took part as absent: with others the
    /// answer may be another.
    pub depends_on: Vec<String>,
    /// Every layer that was seen, in the order in which AWS describes them.
    pub layers: Vec<LayerAnswer>,
}

/// What one layer says by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerAnswer {
    /// Which: `service control policies`, `identity policies`, …
    pub layer: String,
    /// The level, for policies of an organization; levels without a policy are not counted.
    pub level: Option<usize>,
    /// Where they are attached, for policies of an organization: `root r-abcd`, `unit ou-abcd-1 (Dev)`
    /// or `account 111122223333 (dev-1)`.
    pub place: Option<String>,
    /// The policies in it.
    pub policies: Vec<String>,
    /// What it says: `allows`, `denies`, `says nothing`, …
    pub verdict: String,
    /// The statements about the action.
    pub statements: Vec<StatementAnswer>,
}

/// One statement about the action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementAnswer {
    /// The policy: its ARN or id, or in words whose it is.
    pub policy: String,
    /// The index of the statement within the policy, from 0.
    pub index: usize,
    /// The statement's `Sid`.
    pub sid: Option<String>,
    /// `allow` or `deny`; none for the deciding statement, which the reason names.
    pub effect: Option<&'static str>,
    /// Why it does not apply; none if it does.
    pub misses: Option<String>,
    /// The statement itself, as JSON on one line.
    pub text: String,
}
