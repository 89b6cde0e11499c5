//! What falls when something falls.

use blastwall_model::AccountId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What falls when an account falls, for every account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BlastRadius {
    /// By account.
    pub accounts: Vec<AccountBlast>,
    /// By pair of environments.
    pub crossings: Vec<Crossing>,
    /// What the graph could not see.
    pub blind_spots: Vec<BlindSpot>,
}

/// What the full compromise of one account means, and who reaches into it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountBlast {
    /// Which account.
    pub account: AccountId,
    /// Share of everything outside the account that its full compromise does not reach.
    pub containment: Score,
    /// Who outside reaches control inside it.
    pub exposure: Exposure,
    /// The other accounts that it reaches, nearest first.
    pub reaches: Vec<Reached>,
}

/// A share between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// Every account counts the same.
    pub plain: f64,
    /// Accounts count by the criticality of their environment.
    pub weighted: f64,
}

/// Who outside an account reaches control inside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exposure {
    /// The share of the other accounts whose compromise reaches in.
    pub score: Score,
    /// Those accounts.
    pub accounts: Vec<AccountId>,
    /// Parties outside the organization that are let in.
    pub outside: Vec<String>,
}

/// An account that is reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reached {
    /// Which account.
    pub account: AccountId,
    /// How.
    pub path: Path,
}

/// A way from one thing to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Path {
    /// How sure it is: `certain`, `conditional` or `speculative`.
    pub certainty: String,
    /// The number of hops.
    pub hops: u32,
    /// The hops, in order.
    pub steps: Vec<Step>,
}

/// One hop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// What the attacker needs to hold, all of it.
    pub from: Vec<String>,
    /// What the attacker gets.
    pub to: String,
    /// The kind of link: `assume-role`.
    pub link: String,
    /// What must hold besides.
    pub conditions: Vec<String>,
    /// The policy statements that allow it.
    pub statements: Vec<String>,
}

/// How one environment reaches another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Crossing {
    /// The environment of the compromised accounts.
    pub from: String,
    /// The environment of the accounts that are reached.
    pub to: String,
    /// How many pairs of accounts.
    pub pairs: u64,
    /// The hops of the shortest way.
    pub hops: u32,
}

/// Something that the graph could not see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct BlindSpot {
    /// What it concerns.
    pub subject: String,
    /// What could not be seen and what may be missing because of it.
    pub message: String,
}
