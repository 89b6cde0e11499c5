//! All ways from one thing to another, and the fewest links whose removal leaves none.
//!
//! A proof is a set of rules that derives the target from the start, none of which can be left out. All
//! proofs and all smallest cuts come out of one search: take the best proof, leave out each of its
//! rules in turn, and look for the best proof without (Reiter, "A theory of diagnosis from first
//! principles", 1987; hitting-set tree). A branch that finds no proof any more has left out a cut, and as
//! the branches are looked at in the order of their length, the first is a smallest one, conjunctions
//! included. The search ends at a number of proofs and of branches, and says so.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::certainty::Certainty;
use crate::closure::Closure;
use crate::graph::{Graph, UnknownStart};
use crate::removal::Removal;
use crate::rules::{FactId, RuleId};
use crate::steps::{Step, Steps};
use crate::subject::Subject;
use crate::units::Unit;

/// How many branches of the search are looked at: each costs one closure.
const BRANCHES: usize = 400;

/// One way from the start to the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The worst certainty of its steps.
    pub certainty: Certainty,
    /// The moves: steps that stay with what is held already do not count.
    pub hops: u32,
    /// The steps, each after those that it builds on.
    pub steps: Vec<Arc<Step>>,
}

/// All ways from the start to the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proofs {
    /// What is held at the beginning.
    pub from: Vec<Subject>,
    /// What is reached, or not.
    pub to: Subject,
    /// The ways, the surest and shortest first; none if there is none.
    pub proofs: Vec<Proof>,
    /// Whether these are all of them.
    pub complete: bool,
    /// The fewest changes after which there is no way left; none if the search did not get that far, or
    /// some way has no step that can be removed, such as from the management account to a member.
    pub cut: Option<Vec<Removal>>,
}

impl Graph {
    /// The ways from `from`, all of it held at once, to `to`: at most `limit`.
    ///
    /// # Errors
    /// If one of them is not of these facts.
    pub fn proofs(
        &self,
        from: &[Subject],
        to: &Subject,
        limit: usize,
    ) -> Result<Proofs, UnknownStart> {
        let starts = self.starts(from)?;
        let target = self.fact(to);
        let target = target.ok_or_else(|| UnknownStart::new(to.to_string()))?;
        let mut search = Search {
            graph: self,
            closure: Closure::new(&self.rules),
            steps: Steps::new(self),
        };
        let mut proofs: Vec<(Vec<RuleId>, Proof)> = Vec::new();
        let mut cut = None;
        let mut complete = true;
        let mut open: VecDeque<Vec<Unit>> = VecDeque::from([Vec::new()]);
        let mut seen: BTreeSet<Vec<Unit>> = BTreeSet::new();
        // The first rule of a unit that a proof has tells of it.
        let mut told: BTreeMap<Unit, RuleId> = BTreeMap::new();
        let mut branches = 0;
        while let Some(without) = open.pop_front() {
            if branches == BRANCHES || (proofs.len() >= limit && cut.is_some()) {
                complete = false;
                break;
            }
            branches += 1;
            let Some(found) = search.best(&starts, target, &without) else {
                if cut.is_none() {
                    cut = Some(without);
                }
                continue;
            };
            for (unit, rule) in &found.removable {
                told.entry(*unit).or_insert(*rule);
                let mut more = without.clone();
                more.push(*unit);
                more.sort_unstable();
                if seen.insert(more.clone()) {
                    open.push_back(more);
                }
            }
            if proofs.iter().all(|(rules, _)| *rules != found.rules) {
                if proofs.len() < limit {
                    proofs.push((found.rules, found.proof));
                } else {
                    complete = false;
                }
            }
        }
        proofs.sort_by_key(|(_, proof)| (proof.certainty, proof.hops, proof.steps.len()));
        // A start that is the target is reached by nothing, and nothing can be removed.
        let cut = cut.filter(|_| !proofs.is_empty()).map(|units| {
            let rules = units.iter().filter_map(|unit| told.get(unit).copied());
            rules.collect::<Vec<_>>()
        });
        Ok(Proofs {
            from: from.to_vec(),
            to: to.clone(),
            cut: cut.map(|rules| search.told(&rules, &starts)),
            proofs: proofs.into_iter().map(|(_, proof)| proof).collect(),
            complete,
        })
    }
}

struct Found {
    /// All rules of the proof, sorted.
    rules: Vec<RuleId>,
    /// What can be taken away of it, and the rule that it has of each.
    removable: Vec<(Unit, RuleId)>,
    proof: Proof,
}

struct Search<'g> {
    graph: &'g Graph,
    closure: Closure<'g>,
    steps: Steps<'g>,
}

impl Search<'_> {
    fn best(&mut self, starts: &[FactId], target: FactId, without: &[Unit]) -> Option<Found> {
        let graph = self.graph;
        let settled = self.closure.run_to(starts, Some(target), |rule| {
            without.is_empty()
                || graph
                    .unit(rule)
                    .is_none_or(|unit| without.binary_search(&unit).is_err())
        });
        let rating = settled.last().filter(|one| one.fact == target)?.rating;
        let mut rules = Vec::new();
        let mut open = vec![target];
        let mut done = BTreeSet::new();
        while let Some(fact) = open.pop() {
            let Some(rule) = self.closure.witness(fact).filter(|_| done.insert(fact)) else {
                continue;
            };
            rules.push(rule);
            if let Some(rule) = self.graph.rules.rule(rule) {
                open.extend(self.graph.rules.premises(rule));
            }
        }
        rules.sort_unstable();
        let removable = rules
            .iter()
            .filter_map(|rule| Some((graph.unit(*rule)?, *rule)))
            .collect();
        Some(Found {
            rules,
            removable,
            proof: Proof {
                certainty: rating.certainty,
                hops: rating.hops,
                steps: self.steps.path(&self.closure, target),
            },
        })
    }

    /// The removals that rules stand for, told by the closure of everything.
    fn told(&mut self, rules: &[RuleId], starts: &[FactId]) -> Vec<Removal> {
        self.closure.run(starts, |_| true);
        rules
            .iter()
            .filter_map(|rule| {
                let step = self.steps.of(&self.closure, *rule)?;
                self.graph.removal(*rule, step)
            })
            .collect()
    }
}
