//! The answers about every account and every pair of environments.
//!
//! One closure for each account and each outside party; exposure is read backwards along the
//! rules. Both leave out what an account holds but cannot spread from, and count it instead.

mod backwards;
mod cut;
mod data;
mod matrix;
mod scores;
mod tally;

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::AccountId;
use serde::{Deserialize, Serialize};

use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::closure::{Closure, Rating, Settled};
use crate::facts::Unjudged;
use crate::graph::{BlindSpot, Graph, Size};
use crate::rules::{FactId, RuleId};
use crate::steps::{Step, Steps};
use crate::subject::Subject;
use crate::world::{AccountIndex, AccountRow, OutsideIndex};

pub use data::DataCrossing;
use matrix::Matrix;
pub use scores::{Containment, Exposure};
pub use tally::PrincipalCounts;
use tally::{Found, Tally};

/// For how many of the accounts that an account reaches, and of those who enter it, the way is
/// told; the surest and shortest come first. In an organization where everybody reaches everybody
/// the ways would fill gigabytes; [`Graph::radius`] tells any of them.
pub const WAYS_TOLD: usize = 100;

/// How many reached accounts a survey tells of in all. What an account reaches is told in full as long as
/// its part of them is enough, and never less than [`WAYS_TOLD`] of it; the counts are always whole.
const REACHES_TOLD: usize = 4_000_000;

/// What the full compromise of one account reaches in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reached {
    /// The other account.
    pub account: AccountId,
    /// Its environment.
    pub environment: String,
    /// How sure the first foothold is: the best of anything reached there.
    pub certainty: Certainty,
    /// The moves to that foothold.
    pub hops: u32,
    /// How sure it is that the whole account falls; none if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_account: Option<Certainty>,
    /// How many of its principals fall.
    pub principals: PrincipalCounts,
    /// The way to the foothold; empty behind the first [`WAYS_TOLD`].
    pub via: Vec<Arc<Step>>,
}

/// Who reaches into an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entrance {
    /// A whole account of the organization, or a party outside.
    pub from: Subject,
    /// The environment of an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// How sure the first foothold is.
    pub certainty: Certainty,
    /// The moves to that foothold.
    pub hops: u32,
    /// How sure it is that the whole account falls; none if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_account: Option<Certainty>,
    /// How many principals of the account fall.
    pub principals: PrincipalCounts,
    /// The way in; empty behind the first [`WAYS_TOLD`], and where it is behind them among what
    /// `from` reaches.
    pub via: Vec<Arc<Step>>,
}

/// What one account's full compromise reaches in another environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnvironmentCrossing {
    /// The other environment.
    pub to: String,
    /// How many of its accounts are reached.
    pub accounts: usize,
    /// The best certainty.
    pub certainty: Certainty,
    /// The fewest moves at that certainty.
    pub hops: u32,
}

/// The answer about one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountBlast {
    /// Which account.
    pub account: AccountId,
    /// Its name, if the organization tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its environment.
    pub environment: String,
    /// Whether it was looked into; if not, its principals are known only as far as policies
    /// elsewhere name them.
    pub seen: bool,
    /// How much of everything outside its full compromise does not reach.
    pub containment: Containment,
    /// How much of everything outside reaches into it.
    pub exposure: Exposure,
    /// How many other accounts its full compromise reaches.
    #[serde(default)]
    pub reached: usize,
    /// Those accounts, best certainty first, then fewest hops, then by id. In an organization of
    /// thousands of accounts that reach each other only the first are told.
    pub reaches: Vec<Reached>,
    /// The environments among them other than its own, by name.
    pub crossings: Vec<EnvironmentCrossing>,
    /// How many accounts and parties outside reach into it.
    #[serde(default)]
    pub entered: usize,
    /// Who they are: accounts of the organization, then parties outside, each in the order of `reaches`
    /// and told as far as those are.
    pub entered_by: Vec<Entrance>,
}

/// One cell of the crossing matrix; a pair of environments without one is closed. Environments
/// reach themselves where one account reaches another of the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Crossing {
    /// The environment that falls first.
    pub from: String,
    /// The environment that is reached.
    pub to: String,
    /// How many accounts of `from` reach some account of `to`.
    pub sources: usize,
    /// How many accounts of `to` are reached.
    pub targets: usize,
    /// How many pairs of accounts, by certainty of the foothold: certain, conditional,
    /// speculative.
    pub pairs: [usize; 3],
    /// The best certainty.
    pub certainty: Certainty,
    /// The fewest moves at that certainty.
    pub hops: u32,
    /// One way that has both.
    pub via: Vec<Arc<Step>>,
    /// The fewest links without which no account of `from` reaches one of `to`; none if no removal of
    /// links closes the way, as from the management account, or there are too many to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Vec<Arc<Step>>>,
    /// Whether no fewer links would do. Where links need several things at once, fewer might.
    #[serde(default)]
    pub cut_is_fewest: bool,
}

/// A link that many ways go over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChokePoint {
    /// The link.
    pub link: Arc<Step>,
    /// How many pairs of accounts have their surest and shortest way over it.
    pub pairs: usize,
}

/// How many choke points are told.
const CHOKE_POINTS: usize = 10;

/// All answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Survey {
    /// By account id.
    pub accounts: Vec<AccountBlast>,
    /// The crossing matrix, by environments.
    pub crossings: Vec<Crossing>,
    /// Data that is read across environments without the account that has it, by environments.
    #[serde(default)]
    pub data_crossings: Vec<DataCrossing>,
    /// The links that most ways go over, most first.
    #[serde(default)]
    pub choke_points: Vec<ChokePoint>,
    /// Accounts that were not looked into.
    pub blind_spots: Vec<BlindSpot>,
    /// What could not be read, so that reach that hangs on it is unknown.
    pub unjudged: Vec<Unjudged>,
    /// How much there was to look at.
    pub size: Size,
}

impl Graph {
    /// The answers about every account and every pair of environments.
    #[must_use]
    pub fn survey(&self) -> Survey {
        let tally = Tally::new(self);
        let mut surveyor = Surveyor {
            graph: self,
            tally: &tally,
            steps: Steps::new(self),
            closure: Closure::new(&self.rules),
            entered_by: vec![Vec::new(); self.world.accounts.len()],
            entered: vec![0; self.world.accounts.len()],
            told: (REACHES_TOLD / self.world.accounts.len().max(1)).max(WAYS_TOLD),
            ways: Ways::new(self),
        };
        let mut accounts = Vec::new();
        let mut matrix = Matrix::new(&self.world);
        let mut data = data::DataMatrix::default();
        for index in self.world.account_indices() {
            accounts.extend(surveyor.account(index, &mut matrix, &mut data));
        }
        for index in 0..self.world.outside.len() {
            surveyor.outside(OutsideIndex::new(index));
        }
        let mut exposures = backwards::exposures(self).into_iter();
        let ways = surveyor.ways.finish();
        let entered = surveyor.entered.into_iter();
        for ((blast, mut entered_by), entered) in
            accounts.iter_mut().zip(surveyor.entered_by).zip(entered)
        {
            blast.entered = entered;
            entered_by.sort_by(|left, right| {
                let key = |entrance: &Entrance| {
                    (
                        matches!(entrance.from, Subject::Outside { .. }),
                        entrance.certainty,
                        entrance.hops,
                    )
                };
                key(left)
                    .cmp(&key(right))
                    .then_with(|| left.from.cmp(&right.from))
            });
            for entrance in entered_by.iter_mut().skip(WAYS_TOLD) {
                entrance.via = Vec::new();
            }
            blast.entered_by = entered_by;
            blast.exposure = exposures.next().unwrap_or_default();
        }
        Survey {
            accounts,
            crossings: self.with_cuts(matrix.finish()),
            data_crossings: data.finish(),
            choke_points: self.choke_points(ways),
            blind_spots: self.blind_spots(),
            unjudged: self.unjudged().to_vec(),
            size: self.size(),
        }
    }
}

impl Graph {
    /// Adds the smallest cut to each crossing between two environments.
    fn with_cuts(&self, mut crossings: Vec<Crossing>) -> Vec<Crossing> {
        let mut closure = Closure::new(&self.rules);
        let mut steps = Steps::new(self);
        let in_environment = |name: &str, index: AccountIndex| {
            let row = self.world.account(index);
            row.is_some_and(|row| row.environment.name == name)
        };
        for crossing in &mut crossings {
            if crossing.from == crossing.to {
                continue;
            }
            let accounts = self.world.account_indices();
            let sources: Vec<_> = accounts
                .filter(|index| in_environment(&crossing.from, *index))
                .filter_map(|index| self.capabilities.find(Capability::Account(index)))
                .collect();
            let is_sink = |fact| {
                let capability = self.capabilities.get(fact);
                capability
                    .and_then(|capability| self.world.account_of(capability))
                    .is_some_and(|index| in_environment(&crossing.to, index))
            };
            if let Some(cut) = cut::cut(self, &mut closure, &sources, is_sink) {
                crossing.cut_is_fewest = cut.exact;
                let told = cut.rules.iter().filter_map(|rule| steps.alone(*rule));
                crossing.cut = Some(told.collect());
            }
        }
        crossings
    }

    fn choke_points(&self, ways: Vec<(RuleId, usize)>) -> Vec<ChokePoint> {
        let mut steps = Steps::new(self);
        ways.into_iter()
            .filter(|(rule, _)| {
                let kind = self.rules.rule(*rule);
                kind.and_then(|rule| crate::links::kind(rule.link))
                    .is_some_and(|kind| !kind.is_structural())
            })
            .filter_map(|(rule, pairs)| {
                let link = steps.alone(rule)?;
                Some(ChokePoint { link, pairs })
            })
            .take(CHOKE_POINTS)
            .collect()
    }
}

/// By rule, how many pairs of accounts have their surest and shortest way over it, most first.
pub(crate) fn ways(graph: &Graph) -> Vec<(RuleId, usize)> {
    let tally = Tally::new(graph);
    let mut closure = Closure::new(&graph.rules);
    let mut ways = Ways::new(graph);
    for index in graph.world.account_indices() {
        let Some(start) = graph.capabilities.find(Capability::Account(index)) else {
            continue;
        };
        let settled = closure.run(&[start], |rule| tally.spreads(rule));
        for (other, found) in tally.count(graph, &settled) {
            if other != index {
                ways.add(graph, &closure, found.foothold);
            }
        }
    }
    ways.finish()
}

/// Counts the rules that ways go over.
struct Ways {
    counts: Vec<usize>,
}

impl Ways {
    fn new(graph: &Graph) -> Self {
        Self {
            counts: vec![0; graph.rules.len()],
        }
    }

    /// Counts the way to a fact of the current run of `closure`.
    fn add(&mut self, graph: &Graph, closure: &Closure<'_>, fact: FactId) {
        let mut open = vec![fact];
        while let Some(fact) = open.pop() {
            let Some(rule) = closure.witness(fact) else {
                continue;
            };
            if let Some(count) = self.counts.get_mut(rule.0 as usize) {
                *count += 1;
            }
            if let Some(rule) = graph.rules.rule(rule) {
                open.extend(graph.rules.premises(rule));
            }
        }
    }

    fn finish(self) -> Vec<(RuleId, usize)> {
        let mut ways: Vec<(RuleId, usize)> = (0..)
            .map(RuleId)
            .zip(self.counts)
            .filter(|(_, count)| *count > 0)
            .collect();
        ways.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
        ways
    }
}

/// The mean over all accounts, by weight, of the share of the rest that falls with them.
pub(crate) fn expected(graph: &Graph) -> f64 {
    let tally = Tally::new(graph);
    let mut closure = Closure::new(&graph.rules);
    let (mut lost, mut whole) = (0.0, 0.0);
    for index in graph.world.account_indices() {
        let (Some(start), Some(row)) = (
            graph.capabilities.find(Capability::Account(index)),
            graph.world.account(index),
        ) else {
            continue;
        };
        let settled = closure.run(&[start], |rule| tally.spreads(rule));
        let mut found = tally.count(graph, &settled);
        found.remove(&index);
        let weight = scores::weight(row);
        lost += weight * (1.0 - scores::containment(graph, index, &found).score);
        whole += weight;
    }
    if whole > 0.0 { lost / whole } else { 0.0 }
}

struct Surveyor<'g> {
    graph: &'g Graph,
    tally: &'g Tally,
    steps: Steps<'g>,
    closure: Closure<'g>,
    entered_by: Vec<Vec<Entrance>>,
    entered: Vec<usize>,
    /// How many of the accounts that one account reaches are told.
    told: usize,
    ways: Ways,
}

impl Surveyor<'_> {
    /// What falls in which account when `start` falls, in the order of account ids; and all of it.
    fn run(&mut self, start: Capability) -> (BTreeMap<AccountIndex, Found>, Vec<Settled>) {
        let Some(start) = self.graph.capabilities.find(start) else {
            return (BTreeMap::new(), Vec::new());
        };
        let settled = self.closure.run(&[start], |rule| self.tally.spreads(rule));
        (self.tally.count(self.graph, &settled), settled)
    }

    fn account(
        &mut self,
        index: AccountIndex,
        matrix: &mut Matrix,
        data: &mut data::DataMatrix,
    ) -> Option<AccountBlast> {
        let row = self.graph.world.account(index)?;
        let (mut found, settled) = self.run(Capability::Account(index));
        found.remove(&index);
        let read = data::read(self.graph, index, &settled);
        drop(settled);
        data.add(self.graph, index, &read, |fact| {
            self.steps.path(&self.closure, fact)
        });
        let containment = scores::containment(self.graph, index, &found);
        let mut ranked: Vec<(AccountIndex, &AccountRow, Found)> = found
            .into_iter()
            .filter_map(|(other, found)| Some((other, self.graph.world.account(other)?, found)))
            .collect();
        // Stable, so that equals stay in the order of their ids.
        ranked.sort_by_key(|(_, _, found)| (found.rating.certainty, found.rating.hops));
        let mut reaches = Vec::new();
        let mut crossings: BTreeMap<&str, EnvironmentCrossing> = BTreeMap::new();
        let reached = ranked.len();
        for (place, (other, other_row, found)) in ranked.into_iter().enumerate() {
            let environment = &other_row.environment.name;
            let via = if place < WAYS_TOLD {
                self.steps.path(&self.closure, found.foothold)
            } else {
                Vec::new()
            };
            if let Some(cell) = matrix.cell(index, other)
                && cell.add(index, other, found.rating)
            {
                cell.via = self.steps.path(&self.closure, found.foothold);
            }
            if *environment != row.environment.name {
                crossings
                    .entry(environment)
                    .and_modify(|crossing| crossing.add(found.rating))
                    .or_insert_with(|| EnvironmentCrossing::new(environment, found.rating));
            }
            self.ways.add(self.graph, &self.closure, found.foothold);
            if let Some(entered) = self.entered.get_mut(other.index()) {
                *entered += 1;
            }
            let entrances = self.entered_by.get_mut(other.index());
            if let Some(entrances) = entrances.filter(|entrances| entrances.len() < self.told) {
                entrances.push(Entrance {
                    from: Subject::Account { id: row.id.clone() },
                    environment: Some(row.environment.name.clone()),
                    certainty: found.rating.certainty,
                    hops: found.rating.hops,
                    whole_account: found.whole_account,
                    principals: found.principals,
                    via: via.clone(),
                });
            }
            if place >= self.told {
                continue;
            }
            reaches.push(Reached {
                account: other_row.id.clone(),
                environment: environment.clone(),
                certainty: found.rating.certainty,
                hops: found.rating.hops,
                whole_account: found.whole_account,
                principals: found.principals,
                via,
            });
        }
        Some(AccountBlast {
            account: row.id.clone(),
            name: row.name.clone(),
            environment: row.environment.name.clone(),
            seen: row.seen,
            containment,
            exposure: Exposure::default(),
            reached,
            reaches,
            crossings: crossings.into_values().collect(),
            entered: 0,
            entered_by: Vec::new(),
        })
    }

    fn outside(&mut self, index: OutsideIndex) {
        let Some(party) = self.graph.world.outside.get(index.index()) else {
            return;
        };
        let (found, _) = self.run(Capability::Outside(index));
        for (account, found) in found {
            let via = self.steps.path(&self.closure, found.foothold);
            if let Some(entered) = self.entered.get_mut(account.index()) {
                *entered += 1;
            }
            if let Some(entrances) = self.entered_by.get_mut(account.index()) {
                entrances.push(Entrance {
                    from: Subject::Outside {
                        party: party.clone(),
                    },
                    environment: None,
                    certainty: found.rating.certainty,
                    hops: found.rating.hops,
                    whole_account: found.whole_account,
                    principals: found.principals,
                    via,
                });
            }
        }
    }
}

impl EnvironmentCrossing {
    fn new(to: &str, rating: Rating) -> Self {
        Self {
            to: to.to_owned(),
            accounts: 1,
            certainty: rating.certainty,
            hops: rating.hops,
        }
    }

    fn add(&mut self, rating: Rating) {
        self.accounts += 1;
        (self.certainty, self.hops) =
            (self.certainty, self.hops).min((rating.certainty, rating.hops));
    }
}
