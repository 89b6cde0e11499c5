//! The answers about every account and every pair of environments.
//!
//! One closure for each account and each outside party (`surveyor.rs`); exposure is read backwards along
//! the rules. Both leave out what an account holds but cannot spread from, and count it instead.

mod backwards;
mod cut;
mod data;
mod entrances;
mod matrix;
mod scores;
mod surveyor;
mod tally;
mod ways;

use std::sync::Arc;

use blastwall_model::AccountId;
use serde::{Deserialize, Serialize};

use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::closure::{Closure, Rating};
use crate::facts::Unjudged;
use crate::graph::{BlindSpot, Graph, Size};
use crate::removal::Removal;
use crate::rules::RuleId;
use crate::steps::{Step, Steps};
use crate::subject::Subject;
use crate::world::AccountIndex;

pub use data::DataCrossing;
pub use scores::{Containment, Exposure};
pub use tally::PrincipalCounts;
use tally::Tally;
use ways::{Traffic, Ways};

/// For how many of the accounts that an account reaches, and of those who enter it, the way is
/// told; the surest and shortest come first. In an organization where everybody reaches everybody
/// the ways would fill gigabytes; [`Graph::radius`] tells any of them.
pub const WAYS_TOLD: usize = 100;

/// How many reached accounts a survey tells of in all. What an account reaches is told in full as long as
/// its part of them is enough, and never less than [`WAYS_TOLD`] of it; the counts are always whole.
const REACHES_TOLD: usize = 2_000_000;

/// What the full compromise of one account reaches in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reached {
    /// The other account.
    pub account: AccountId,
    /// Its environment.
    pub environment: Arc<str>,
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
    pub environment: Option<Arc<str>>,
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
    pub to: Arc<str>,
    /// How many of its accounts are reached.
    pub accounts: usize,
    /// The best certainty.
    pub certainty: Certainty,
    /// The moves of the surest way, whose parts are each as sure as can be.
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
    pub environment: Arc<str>,
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
    /// Who they are: accounts of the organization, then parties outside, each in the order of `reaches`. In
    /// an organization of thousands of accounts that reach each other only the first accounts are told.
    pub entered_by: Vec<Entrance>,
}

/// One cell of the crossing matrix; a pair of environments without one is closed. Environments
/// reach themselves where one account reaches another of the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Crossing {
    /// The environment that falls first.
    pub from: Arc<str>,
    /// The environment that is reached.
    pub to: Arc<str>,
    /// How many accounts of `from` reach some account of `to`.
    pub sources: usize,
    /// How many accounts of `to` are reached.
    pub targets: usize,
    /// How many pairs of accounts, by certainty of the foothold: certain, conditional,
    /// speculative.
    pub pairs: [usize; 3],
    /// The best certainty.
    pub certainty: Certainty,
    /// The moves of the surest way, whose parts are each as sure as can be.
    pub hops: u32,
    /// One way that has both.
    pub via: Vec<Arc<Step>>,
    /// The fewest links without which no account of `from` reaches one of `to`; none if no removal of
    /// links closes the way, as from the management account, or there are too many to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Vec<Removal>>,
    /// Whether no fewer links would do. Where links need several things at once, fewer might.
    #[serde(default)]
    pub cut_is_fewest: bool,
}

/// A change that would close the surest and shortest way between many pairs of accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChokePoint {
    /// What it takes away.
    pub removal: Removal,
    /// How many pairs of accounts have their surest and shortest way over that.
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
    /// The changes that most ways hang on, most first.
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
        self.survey_by(surveyor::workers(self))
    }

    /// A survey without answers: how much there is, and what could not be seen.
    #[must_use]
    pub fn outline(&self) -> Survey {
        Survey {
            accounts: Vec::new(),
            crossings: Vec::new(),
            data_crossings: Vec::new(),
            choke_points: Vec::new(),
            blind_spots: self.blind_spots(),
            unjudged: self.unjudged().to_vec(),
            size: self.size(),
        }
    }

    fn survey_by(&self, workers: usize) -> Survey {
        let found = surveyor::findings(self, workers);
        let mut accounts = found.accounts;
        let exposures = backwards::exposures(self).into_iter();
        let told = surveyor::told(self);
        for ((blast, entrances), exposure) in
            accounts.iter_mut().zip(found.entrances).zip(exposures)
        {
            (blast.entered, blast.entered_by) = entrances.finish(&self.world, told);
            blast.exposure = exposure;
        }
        Survey {
            accounts,
            crossings: self.with_cuts(found.matrix.finish()),
            data_crossings: found.data.finish(),
            choke_points: self.choke_points(found.ways.by_pairs()),
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
            row.is_some_and(|row| *row.environment.name == *name)
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
                crossing.cut = Some(self.removals(&mut steps, &cut.rules));
            }
        }
        crossings
    }

    fn removals(&self, steps: &mut Steps<'_>, rules: &[RuleId]) -> Vec<Removal> {
        let told = rules.iter().filter_map(|rule| {
            let step = steps.alone(*rule)?;
            self.removal(*rule, step)
        });
        told.collect()
    }

    /// The fewest changes without which nothing of `to` falls with all of `from`, and whether no fewer would do; none
    /// if no change closes the way, or there are too many to tell.
    #[must_use]
    pub fn cut(&self, from: &[Subject], to: &[Subject]) -> Option<(Vec<Removal>, bool)> {
        let sources: Vec<_> = from.iter().filter_map(|one| self.fact(one)).collect();
        let accounts: Vec<AccountIndex> = to
            .iter()
            .filter_map(|one| match one {
                Subject::Account { id } => self.world.find_account(id.as_str()),
                _ => None,
            })
            .collect();
        let is_sink = |fact| {
            let capability = self.capabilities.get(fact);
            let account = capability.and_then(|capability| self.world.account_of(capability));
            account.is_some_and(|account| accounts.contains(&account))
        };
        let mut closure = Closure::new(&self.rules);
        let cut = cut::cut(self, &mut closure, &sources, is_sink)?;
        Some((self.removals(&mut Steps::new(self), &cut.rules), cut.exact))
    }

    fn choke_points(&self, traffic: Vec<Traffic>) -> Vec<ChokePoint> {
        let mut steps = Steps::new(self);
        let told = traffic.into_iter().filter_map(|one| {
            let step = steps.alone(one.rule)?;
            let removal = self.removal(one.rule, step)?;
            let pairs = one.pairs;
            Some(ChokePoint { removal, pairs })
        });
        told.take(CHOKE_POINTS).collect()
    }
}

/// What the surest and shortest ways between accounts go over, what is worth most first: a pair of accounts is worth
/// the product of their weights, as in the expected blast radius.
pub(crate) fn ways(graph: &Graph) -> Vec<Traffic> {
    let tally = Tally::new(graph);
    let mut closure = Closure::new(&graph.rules);
    let mut ways = Ways::new(graph);
    for index in graph.world.account_indices() {
        let (Some(start), Some(row)) = (
            graph.capabilities.find(Capability::Account(index)),
            graph.world.account(index),
        ) else {
            continue;
        };
        let settled = closure.run(&[start], |rule| tally.spreads(rule));
        for (other, found) in tally.count(graph, &settled) {
            let other = graph.world.account(other).filter(|_| other != index);
            if let Some(other) = other {
                let weight = scores::weight(row) * scores::weight(other);
                ways.add(graph, &closure, found.foothold, weight);
            }
        }
    }
    ways.by_weight()
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

impl EnvironmentCrossing {
    fn new(to: &Arc<str>, rating: Rating) -> Self {
        Self {
            to: to.clone(),
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
