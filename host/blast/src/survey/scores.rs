//! Containment and exposure: the formulas, with their parts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tally::Found;
use crate::certainty::Certainty;
use crate::graph::Graph;
use crate::world::{AccountIndex, AccountRow};

/// How much of everything outside an account its full compromise does not reach.
///
/// Everything outside are the other accounts, each counting for the weight of its environment. Of
/// a reached account that share is lost which falls of its principals, all of it if the whole
/// account falls; of an account that was not looked into, whose principals are not known, all of
/// it as soon as anything falls. Then
///
/// > score = 1 − (1 · certain + ½ · conditional + ¼ · speculative) / outside
///
/// and 1 if there is nothing outside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Containment {
    /// From 0 (everything falls) to 1 (nothing does).
    pub score: f64,
    /// The weight of all other accounts.
    pub outside: f64,
    /// The weight lost for certain.
    pub certain: f64,
    /// The weight lost if conditions hold.
    pub conditional: f64,
    /// The weight that may be lost.
    pub speculative: f64,
}

/// How much of everything outside reaches into an account.
///
/// Everything outside are the users and roles of other accounts, each counting for the weight of
/// its account's environment. One reaches in if holding it alone gives control of anything in the
/// account. Then
///
/// > score = (1 · certain + ½ · conditional + ¼ · speculative) / outside
///
/// and 0 if there is nothing outside. Parties outside the organization are not part of the score;
/// they are listed among those who enter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exposure {
    /// From 0 (nobody reaches in) to 1 (everybody does).
    pub score: f64,
    /// The weight of all principals of other accounts.
    pub outside: f64,
    /// The weight of those that reach in for certain.
    pub certain: f64,
    /// The weight of those that reach in if conditions hold.
    pub conditional: f64,
    /// The weight of those that may reach in.
    pub speculative: f64,
    /// How many principals of other accounts reach in, whatever the certainty.
    pub principals: usize,
}

/// The weight of an account; what is no weight counts as 0.
pub(super) fn weight(row: &AccountRow) -> f64 {
    let weight = row.environment.weight;
    if weight.is_finite() && weight > 0.0 {
        weight
    } else {
        0.0
    }
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        0.0
    } else {
        f64::from(part) / f64::from(whole)
    }
}

pub(super) fn containment(
    graph: &Graph,
    own: AccountIndex,
    found: &BTreeMap<AccountIndex, Found>,
) -> Containment {
    let mut outside = 0.0;
    let mut lost = [0.0; 3];
    for index in graph.world.account_indices() {
        let Some(row) = graph.world.account(index).filter(|_| index != own) else {
            continue;
        };
        let weight = weight(row);
        outside += weight;
        let Some(found) = found.get(&index) else {
            continue;
        };
        let all_at = if row.seen && found.principals.total > 0 {
            None
        } else {
            Some(found.whole_account.unwrap_or(found.rating.certainty))
        };
        for (certainty, lost) in Certainty::ALL.into_iter().zip(&mut lost) {
            *lost += weight
                * match all_at {
                    Some(all_at) => f64::from(u8::from(all_at == certainty)),
                    None => share(found.principals.with(certainty), found.principals.total),
                };
        }
    }
    let [certain, conditional, speculative] = lost;
    Containment {
        score: 1.0 - ratio(lost, outside),
        outside,
        certain,
        conditional,
        speculative,
    }
}

/// The weighted sum of parts by certainty over the whole; 0 if there is no whole.
pub(super) fn ratio(parts: [f64; 3], whole: f64) -> f64 {
    let sum: f64 = Certainty::ALL
        .into_iter()
        .zip(parts)
        .map(|(certainty, part)| certainty.weight() * part)
        .sum();
    if whole > 0.0 {
        (sum / whole).clamp(0.0, 1.0)
    } else {
        0.0
    }
}
