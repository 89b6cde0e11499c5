//! Which principals reach into an account, read backwards along the rules.
//!
//! The question is what one principal alone reaches. Whether one has all premises of a rule that needs
//! several, walking backwards cannot tell; so it is asked forwards, once for each such rule and each
//! that reaches one of its premises, and kept as if it were a link of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::scores::{self, Exposure};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::closure::Closure;
use crate::graph::Graph;
use crate::rules::FactId;
use crate::subject::Subject;
use crate::world::AccountIndex;

/// The exposure of every account, in their order.
pub(super) fn exposures(graph: &Graph) -> Vec<Exposure> {
    let world = &graph.world;
    // Principals by account weight: everything outside is all of it less the account's own.
    let weights: Vec<f64> = world.accounts.iter().map(scores::weight).collect();
    let weight_of = |account: AccountIndex| weights.get(account.index()).copied().unwrap_or(0.0);
    let mut search = Search::new(graph);
    world
        .account_indices()
        .map(|account| {
            let mut parts = [0.0; 3];
            let mut principals = 0;
            for (fact, certainty) in search.run(account) {
                let Some(Capability::Principal(principal)) = graph.capabilities.get(fact) else {
                    continue;
                };
                let Some(row) = world
                    .principal(principal)
                    .filter(|row| row.account != account)
                else {
                    continue;
                };
                principals += 1;
                if let Some(part) = parts.get_mut(certainty.rank() as usize) {
                    *part += weight_of(row.account);
                }
            }
            let outside = world
                .account_indices()
                .filter(|other| *other != account)
                .filter_map(|other| world.account(other))
                .zip(
                    weights
                        .iter()
                        .enumerate()
                        .filter(|(index, _)| *index != account.index()),
                )
                .map(|(row, (_, weight))| count(row.principals.len()) * weight)
                .sum();
            let [certain, conditional, speculative] = parts;
            Exposure {
                score: scores::ratio(parts, outside),
                outside,
                certain,
                conditional,
                speculative,
                principals,
            }
        })
        .collect()
}

impl Graph {
    /// Everybody who alone reaches one of these, at the best certainty, sorted: users and roles as they are, accounts,
    /// workloads and parties outside. Those themselves are not among them.
    #[must_use]
    pub fn reaching(&self, targets: &[Subject]) -> Vec<(Subject, Certainty)> {
        let mut search = Search::new(self);
        let facts: Vec<FactId> = targets.iter().filter_map(|one| self.fact(one)).collect();
        let mut reaching: Vec<(Subject, Certainty)> = search
            .from(&facts)
            .into_iter()
            .filter(|(fact, _)| !facts.contains(fact) && is_start(self, *fact))
            .filter_map(|(fact, certainty)| {
                let subject = self.world.subject(self.capabilities.get(fact)?)?;
                Some((subject, certainty))
            })
            .collect();
        reaching.sort();
        reaching
    }
}

/// Whether a fact is something that may fall by itself, and no form or part of it.
fn is_start(graph: &Graph, fact: FactId) -> bool {
    matches!(
        graph.capabilities.get(fact),
        Some(
            Capability::Account(_)
                | Capability::Principal(_)
                | Capability::Workload(_)
                | Capability::Outside(_)
        )
    )
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of principals are far below 2^52"
)]
fn count(number: usize) -> f64 {
    number as f64
}

struct Search<'g> {
    graph: &'g Graph,
    run: u32,
    /// By fact: in which run it was reached last, and how surely.
    states: Vec<(u32, Certainty)>,
    /// By conclusion of a rule with several premises: who alone has all of them, and how surely.
    together: HashMap<FactId, Vec<(FactId, Certainty)>>,
}

impl<'g> Search<'g> {
    fn new(graph: &'g Graph) -> Self {
        let mut search = Self {
            graph,
            run: 0,
            states: vec![(0, Certainty::Speculative); graph.rules.facts()],
            together: HashMap::new(),
        };
        search.join();
        search
    }

    /// Finds who alone has all premises of rules with several; again as long as that lets others have
    /// the premises of further ones.
    fn join(&mut self) {
        // Many rules have the same premises, and many a premise is of many rules.
        let graph = self.graph;
        let several: BTreeSet<(&[FactId], FactId)> = graph
            .rules
            .all()
            .map(|(_, rule)| (graph.rules.premises(rule), rule.conclusion))
            .filter(|(premises, _)| premises.len() > 1)
            // Data is no way on to anything.
            .filter(|(_, conclusion)| {
                let conclusion = graph.capabilities.get(*conclusion);
                !matches!(conclusion, Some(Capability::Data(_)))
            })
            .collect();
        if several.is_empty() {
            return;
        }
        let mut closure = Closure::new(&graph.rules);
        let mut known = 0;
        loop {
            // By the premise that the fewest reach: what is to be asked of those.
            let mut fewest: BTreeMap<FactId, BTreeSet<FactId>> = BTreeMap::new();
            let mut many: HashMap<FactId, usize> = HashMap::new();
            for (premises, conclusion) in &several {
                let premise = premises.iter().min_by_key(|premise| {
                    let count = many.entry(**premise);
                    *count.or_insert_with(|| self.from(&[**premise]).len())
                });
                if let Some(premise) = premise {
                    fewest.entry(*premise).or_default().insert(*conclusion);
                }
            }
            let mut asked: BTreeMap<FactId, Vec<&BTreeSet<FactId>>> = BTreeMap::new();
            for (premise, conclusions) in &fewest {
                let reaching = self.from(&[*premise]).into_iter();
                // Whoever has something in between has it from where it started.
                for (fact, _) in reaching.filter(|(fact, _)| is_start(graph, *fact)) {
                    asked.entry(fact).or_default().push(conclusions);
                }
            }
            let mut together: HashMap<FactId, Vec<(FactId, Certainty)>> = HashMap::new();
            for (fact, conclusions) in asked {
                let is_asked =
                    |conclusion: &FactId| conclusions.iter().any(|all| all.contains(conclusion));
                for settled in closure.run(&[fact], |_| true) {
                    if settled.fact != fact && is_asked(&settled.fact) {
                        let holders = together.entry(settled.fact).or_default();
                        holders.push((fact, settled.rating.certainty));
                    }
                }
            }
            let found = together.values().map(Vec::len).sum();
            self.together = together;
            if found == known {
                return;
            }
            known = found;
        }
    }

    /// Every fact from which something in the account can be reached, at its best certainty.
    fn run(&mut self, account: AccountIndex) -> Vec<(FactId, Certainty)> {
        let own = self
            .graph
            .world
            .account(account)
            .into_iter()
            .flat_map(|row| {
                row.principals
                    .clone()
                    .map(|index| Capability::Principal(crate::world::PrincipalIndex::new(index)))
            });
        let workloads = self.graph.world.workload_indices_of(account);
        let facts: Vec<FactId> = own
            .chain([Capability::Account(account)])
            .chain(workloads.map(Capability::Workload))
            .filter_map(|capability| self.graph.capabilities.find(capability))
            .collect();
        self.from(&facts)
    }

    /// Every fact from which one of these can be reached, these included.
    fn from(&mut self, facts: &[FactId]) -> Vec<(FactId, Certainty)> {
        self.run += 1;
        let mut levels: [VecDeque<FactId>; 3] = Default::default();
        for fact in facts {
            self.reach(&mut levels, *fact, Certainty::Certain);
        }
        let mut found = Vec::new();
        for certainty in Certainty::ALL {
            while let Some(fact) = pop(&mut levels, certainty) {
                // It may have been reached better since it was put here.
                if self.states.get(fact.index()) != Some(&(self.run, certainty)) {
                    continue;
                }
                found.push((fact, certainty));
                for id in self.graph.rules.to(fact) {
                    let Some(rule) = self.graph.rules.rule(*id) else {
                        continue;
                    };
                    if let [premise] = self.graph.rules.premises(rule) {
                        self.reach(&mut levels, *premise, certainty.max(rule.certainty));
                    }
                }
                for (holder, held) in self.together.get(&fact).cloned().unwrap_or_default() {
                    self.reach(&mut levels, holder, certainty.max(held));
                }
            }
        }
        found
    }

    fn reach(&mut self, levels: &mut [VecDeque<FactId>; 3], fact: FactId, certainty: Certainty) {
        let Some(state) = self.states.get_mut(fact.index()) else {
            return;
        };
        if state.0 == self.run && state.1 <= certainty {
            return;
        }
        *state = (self.run, certainty);
        if let Some(level) = levels.get_mut(certainty.rank() as usize) {
            level.push_back(fact);
        }
    }
}

fn pop(levels: &mut [VecDeque<FactId>; 3], certainty: Certainty) -> Option<FactId> {
    levels.get_mut(certainty.rank() as usize)?.pop_front()
}
