//! What is worth changing: the links whose removal shrinks the expected blast radius most, and what each
//! guardrail is worth.
//!
//! The expected blast radius is the mean over all accounts of the share of the rest that falls with them,
//! each weighted as [`Containment`](crate::Containment) has it:
//!
//! > expected = Σ weight(a) · (1 − containment(a)) / Σ weight(a)
//!
//! Every figure here comes from building and closing the graph again with the change made.

use serde::{Deserialize, Serialize};

use crate::difference::Change;
use crate::graph::{Graph, UnknownStart};
use crate::judge::Judge;
use crate::links;
use crate::removal::Removal;
use crate::steps::Steps;
use crate::subject::Subject;
use crate::survey::{expected, ways};
use crate::world::World;

/// How many changes are tried in each round at least, those first that most hangs on.
const CANDIDATES: usize = 12;

/// How many rules may be looked at in a round, for more changes to be tried. A change takes one closure an account.
const EFFORT: usize = 200_000_000;

/// One change that helps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Improvement {
    /// What to take away.
    pub remove: Removal,
    /// The expected blast radius with it and all before it gone, from 0 to 1.
    pub expected: f64,
}

/// What a guardrail keeps from falling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuardrailValue {
    /// `service control policy`, `resource control policy` or `permissions boundary`.
    pub kind: String,
    /// Its name and id, or its ARN.
    pub name: String,
    /// The expected blast radius without it, from 0 to 1.
    pub expected: f64,
}

/// What is worth changing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// The expected blast radius as it is, from 0 to 1.
    pub expected: f64,
    /// Changes in the order in which to make them; greedy: each is the best after those before it.
    pub improvements: Vec<Improvement>,
    /// Guardrails, the most valuable first. Those without which nothing more falls are worth nothing
    /// here, whatever else they prevent.
    pub guardrails: Vec<GuardrailValue>,
}

impl Graph {
    /// The `count` best changes, and the value of every guardrail.
    #[must_use]
    pub fn advice(&self, count: usize) -> Advice {
        let now = expected(self);
        Advice {
            expected: now,
            improvements: self.improvements(count, now),
            guardrails: self.guardrails(now),
        }
    }

    /// What falls besides, or more surely, once whoever holds all of `start` has used its power over the
    /// guardrails to take them away; none if it has no such power.
    ///
    /// # Errors
    /// If a start is not of these facts.
    pub fn second_wave(&self, start: &[Subject]) -> Result<Option<Vec<Change>>, UnknownStart> {
        let first = self.radius(start)?;
        let power = first.fact(&Subject::Guardrails).map(|fact| fact.certainty);
        let Some(power) = power else {
            return Ok(None);
        };
        let open = Graph::of(self.world.without_control_policies());
        let second = open.radius(start)?;
        // Without guardrails there is no power over them any more, which is no change of reach.
        let changes = first.difference(&second).into_iter();
        let changes = changes.filter(|change| change.subject != Subject::Guardrails);
        // Nothing is surer than the power that opens it.
        let changes = changes.map(|change| Change {
            after: change.after.map(|after| after.max(power)),
            ..change
        });
        let opens = |change: &Change| match (change.before, change.after) {
            (Some(before), Some(after)) => after < before,
            (None, after) => after.is_some(),
            (Some(_), None) => false,
        };
        Ok(Some(changes.filter(opens).collect()))
    }

    fn improvements(&self, count: usize, now: f64) -> Vec<Improvement> {
        let mut improvements = Vec::new();
        let mut graph = self.clone();
        let mut now = now;
        for _ in 0..count {
            let effort = graph.rules.len().max(1) * graph.world.accounts.len().max(1);
            let candidates = (EFFORT / effort).max(CANDIDATES);
            // Links that no way goes over cannot be worth anything.
            let candidates = ways(&graph).into_iter().take(candidates);
            let tried = candidates.map(|one| {
                let without = graph.without_unit(one.unit);
                (expected(&without), one.rule, without)
            });
            let best = tried.reduce(|best, other| if other.0 < best.0 { other } else { best });
            let Some((after, rule, without)) = best.filter(|(after, ..)| *after < now) else {
                break;
            };
            let step = Steps::new(&graph).alone(rule);
            if let Some(remove) = step.and_then(|step| graph.removal(rule, step)) {
                improvements.push(Improvement {
                    remove,
                    expected: after,
                });
            }
            graph = without;
            now = after;
        }
        improvements
    }

    fn guardrails(&self, now: f64) -> Vec<GuardrailValue> {
        let mut values: Vec<GuardrailValue> = self
            .world
            .guardrails()
            .into_iter()
            .map(|guardrail| {
                let world = self.world.without_guardrail(&guardrail.1);
                GuardrailValue {
                    kind: guardrail.0.to_owned(),
                    name: guardrail.1,
                    expected: expected(&Graph::of(world)),
                }
            })
            .filter(|value| value.expected > now)
            .collect();
        values.sort_by(|one, other| {
            other
                .expected
                .total_cmp(&one.expected)
                .then_with(|| one.name.cmp(&other.name))
        });
        values
    }

    /// The graph of a world.
    pub(crate) fn of(world: World) -> Self {
        let (capabilities, rules) = links::derive_all(&Judge::new(&world));
        let rules = rules.index(capabilities.len());
        Self::from_parts(world, capabilities, rules)
    }
}
