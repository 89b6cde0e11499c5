//! The least fixpoint of the rules over a start set.
//!
//! Semi-naive: every fact is settled once, and only the rules that have it as a premise are looked
//! at, each firing when its last premise is settled. Facts are settled in the order of
//! (certainty, hops, steps), as Dijkstra's algorithm settles nodes in the order of distance; Knuth's
//! generalisation ("A generalization of Dijkstra's algorithm", 1977) is what makes it right for
//! rules with several premises. A settled fact therefore has the best certainty that any
//! derivation gives it, and its first derivation is its witness. Its hops are those of the
//! witness: a shorter derivation of worse certainty does not count.
//!
//! One [`Closure`] serves many runs without clearing its arrays, because a survey runs one for
//! every account.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::certainty::Certainty;
use crate::rules::{FactId, IndexedRules, RuleId};

/// Certainty, then hops, then steps: smaller is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Rating {
    pub(crate) certainty: Certainty,
    pub(crate) hops: u32,
    /// Steps that show, those included that are no hops; of two ways the plainer one is told.
    pub(crate) steps: u32,
}

/// A fact that follows, and how well.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled {
    pub(crate) fact: FactId,
    pub(crate) rating: Rating,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    run: u32,
    settled: bool,
    rating: Rating,
    witness: Option<RuleId>,
}

/// How many premises of a rule are still missing; kept only for rules with several.
#[derive(Clone, Copy, Debug, Default)]
struct Waiting {
    run: u32,
    missing: u32,
    rating: Rating,
}

/// The working memory of closures over one set of rules.
#[derive(Debug)]
pub(crate) struct Closure<'rules> {
    rules: &'rules IndexedRules,
    run: u32,
    states: Vec<State>,
    waiting: std::collections::HashMap<RuleId, Waiting>,
    queue: BinaryHeap<Reverse<(Rating, FactId)>>,
}

impl<'rules> Closure<'rules> {
    pub(crate) fn new(rules: &'rules IndexedRules) -> Self {
        Self {
            rules,
            run: 0,
            states: vec![State::default(); rules.facts()],
            waiting: std::collections::HashMap::new(),
            queue: BinaryHeap::new(),
        }
    }

    /// Everything that follows from `starts`, best first; the starts come with zero hops.
    ///
    /// `wanted` decides whether a rule may fire; the survey leaves out steps that only list the
    /// contents of an account that is lost anyway.
    pub(crate) fn run(
        &mut self,
        starts: &[FactId],
        wanted: impl Fn(RuleId) -> bool,
    ) -> Vec<Settled> {
        self.run_to(starts, None, wanted)
    }

    /// The same, but no further than to `target`: facts that would come after it are left out.
    pub(crate) fn run_to(
        &mut self,
        starts: &[FactId],
        target: Option<FactId>,
        wanted: impl Fn(RuleId) -> bool,
    ) -> Vec<Settled> {
        self.run += 1;
        self.waiting.clear();
        self.queue.clear();
        for start in starts {
            self.offer(*start, Rating::default(), None);
        }
        let mut order = Vec::new();
        while let Some(Reverse((rating, fact))) = self.queue.pop() {
            let Some(state) = self.states.get_mut(fact.index()) else {
                continue;
            };
            if state.settled || state.rating != rating {
                continue;
            }
            state.settled = true;
            order.push(Settled { fact, rating });
            if target == Some(fact) {
                break;
            }
            for rule in self.rules.from(fact) {
                if wanted(*rule) {
                    self.fire(*rule, rating);
                }
            }
        }
        order
    }

    /// The rule that gave a settled fact; none for a start.
    pub(crate) fn witness(&self, fact: FactId) -> Option<RuleId> {
        self.states
            .get(fact.index())
            .filter(|state| state.run == self.run)
            .and_then(|state| state.witness)
    }

    /// One premise of `id` was settled with this rating.
    fn fire(&mut self, id: RuleId, premise: Rating) {
        let Some(rule) = self.rules.rule(id).copied() else {
            return;
        };
        let count = self.rules.premises(&rule).len();
        let mut rating = premise;
        if count > 1 {
            let run = self.run;
            let waiting = self.waiting.entry(id).or_default();
            if waiting.run != run {
                *waiting = Waiting {
                    run,
                    missing: u32::try_from(count).unwrap_or(u32::MAX),
                    rating: Rating::default(),
                };
            }
            waiting.missing = waiting.missing.saturating_sub(1);
            waiting.rating = worst(waiting.rating, premise);
            if waiting.missing > 0 {
                return;
            }
            rating = waiting.rating;
        }
        rating.certainty = rating.certainty.max(rule.certainty);
        rating.hops += u32::from(rule.cost.hops);
        rating.steps += u32::from(rule.cost.steps);
        self.offer(rule.conclusion, rating, Some(id));
    }

    fn offer(&mut self, fact: FactId, rating: Rating, witness: Option<RuleId>) {
        let run = self.run;
        let Some(state) = self.states.get_mut(fact.index()) else {
            return;
        };
        if state.run != run {
            *state = State {
                run,
                settled: false,
                rating,
                witness,
            };
        } else if !state.settled && rating < state.rating {
            state.rating = rating;
            state.witness = witness;
        } else {
            return;
        }
        self.queue.push(Reverse((rating, fact)));
    }
}

/// Worst along a derivation: the worse certainty, and the longer way.
fn worst(left: Rating, right: Rating) -> Rating {
    Rating {
        certainty: left.certainty.max(right.certainty),
        hops: left.hops.max(right.hops),
        steps: left.steps.max(right.steps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Cost, RuleSet};

    fn facts(numbers: &[u32]) -> Vec<FactId> {
        numbers.iter().copied().map(FactId).collect()
    }

    fn run(rules: &[(&[u32], u32, Certainty)], starts: &[u32]) -> Vec<(u32, Certainty, u32)> {
        let mut set = RuleSet::default();
        for (premises, conclusion, certainty) in rules {
            let cost = Cost { hops: 1, steps: 1 };
            set.add(0, cost, *certainty, &facts(premises), FactId(*conclusion));
        }
        let rules = set.index(10);
        let mut closure = Closure::new(&rules);
        // Twice, because a second run must not see anything of the first.
        closure.run(&facts(&[9, 8, 7]), |_| true);
        let mut settled: Vec<_> = closure
            .run(&facts(starts), |_| true)
            .into_iter()
            .map(|settled| {
                (
                    settled.fact.0,
                    settled.rating.certainty,
                    settled.rating.hops,
                )
            })
            .collect();
        settled.sort_unstable();
        settled
    }

    use Certainty::{Certain, Conditional, Speculative};

    #[test]
    fn a_rule_needs_all_of_its_premises() {
        let rules: &[(&[u32], u32, Certainty)] = &[
            (&[0, 1], 2, Certain),
            (&[2], 3, Certain),
            (&[3, 4], 5, Certain),
        ];
        assert_eq!(run(rules, &[0]), [(0, Certain, 0)]);
        assert_eq!(
            run(rules, &[0, 1]),
            [
                (0, Certain, 0),
                (1, Certain, 0),
                (2, Certain, 1),
                (3, Certain, 2)
            ]
        );
    }

    #[test]
    fn best_over_derivations_and_worst_along_one() {
        // 0 → 1 → 2 certain but long; 0 → 2 short but conditional; 2 → 3 speculative.
        let rules: &[(&[u32], u32, Certainty)] = &[
            (&[0], 2, Conditional),
            (&[0], 1, Certain),
            (&[1], 2, Certain),
            (&[2], 3, Speculative),
            (&[3], 4, Certain),
        ];
        assert_eq!(
            run(rules, &[0]),
            [
                (0, Certain, 0),
                (1, Certain, 1),
                (2, Certain, 2),
                (3, Speculative, 3),
                (4, Speculative, 4)
            ]
        );
    }

    #[test]
    fn cycles_end() {
        let rules: &[(&[u32], u32, Certainty)] = &[
            (&[0], 1, Certain),
            (&[1], 2, Certain),
            (&[2], 0, Certain),
            (&[2], 1, Certain),
        ];
        assert_eq!(run(rules, &[1]).len(), 3);
    }
}
