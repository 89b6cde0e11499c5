//! Over which changes the ways between accounts lead: what goes with one of them, many ways less.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::closure::Closure;
use crate::graph::Graph;
use crate::rules::{FactId, RuleId};
use crate::units::Unit;

/// What one change takes away, and the ways over it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traffic {
    pub(crate) unit: Unit,
    /// One of its rules that ways go over.
    pub(crate) rule: RuleId,
    /// How many pairs of accounts have their way over it.
    pub(crate) pairs: usize,
    /// What those are worth together.
    pub(crate) weight: f64,
}

/// Counts what ways go over.
pub(super) struct Ways {
    /// By rule, the place of its unit in `traffic`.
    places: Vec<Place>,
    by_unit: HashMap<Unit, u32>,
    traffic: Vec<Traffic>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nobody asked.
    Unknown,
    /// Nobody can take it away.
    None,
    At(u32),
}

impl Ways {
    pub(super) fn new(graph: &Graph) -> Self {
        Self {
            places: vec![Place::Unknown; graph.rules.len()],
            by_unit: HashMap::new(),
            traffic: Vec::new(),
        }
    }

    /// Counts the way to a fact of the current run of `closure`, and once whatever it goes over twice.
    pub(super) fn add(&mut self, graph: &Graph, closure: &Closure<'_>, fact: FactId, weight: f64) {
        let mut open = vec![fact];
        let mut met: Vec<u32> = Vec::new();
        // Behind a rule with several premises the same may be come by twice.
        let mut seen: Option<Vec<FactId>> = None;
        while let Some(fact) = open.pop() {
            if let Some(seen) = &mut seen {
                if seen.contains(&fact) {
                    continue;
                }
                seen.push(fact);
            }
            let Some(id) = closure.witness(fact) else {
                continue;
            };
            met.extend(self.place(graph, id));
            if let Some(rule) = graph.rules.rule(id) {
                let premises = graph.rules.premises(rule);
                if premises.len() > 1 {
                    seen.get_or_insert_with(Vec::new);
                }
                open.extend(premises);
            }
        }
        met.sort_unstable();
        met.dedup();
        for place in met {
            if let Some(traffic) = self.traffic.get_mut(place as usize) {
                traffic.pairs += 1;
                traffic.weight += weight;
            }
        }
    }

    fn place(&mut self, graph: &Graph, id: RuleId) -> Option<u32> {
        let known = self.places.get(id.0 as usize).copied()?;
        let place = match known {
            Place::Unknown => graph
                .unit(id)
                .map_or(Place::None, |unit| Place::At(self.unit(unit, id))),
            known => known,
        };
        if let Some(known) = self.places.get_mut(id.0 as usize) {
            *known = place;
        }
        match place {
            Place::At(place) => Some(place),
            Place::Unknown | Place::None => None,
        }
    }

    fn unit(&mut self, unit: Unit, rule: RuleId) -> u32 {
        let next = u32::try_from(self.traffic.len()).unwrap_or(u32::MAX);
        let place = *self.by_unit.entry(unit).or_insert(next);
        match self.traffic.get_mut(place as usize) {
            Some(known) => known.rule = known.rule.min(rule),
            None => self.traffic.push(Traffic {
                unit,
                rule,
                pairs: 0,
                weight: 0.0,
            }),
        }
        place
    }

    /// Adds what another counted.
    pub(super) fn append(&mut self, other: &Self) {
        for more in &other.traffic {
            let place = self.unit(more.unit, more.rule);
            if let Some(known) = self.traffic.get_mut(place as usize) {
                known.pairs += more.pairs;
                known.weight += more.weight;
            }
        }
    }

    /// What the most pairs have their ways over comes first.
    pub(super) fn by_pairs(mut self) -> Vec<Traffic> {
        self.traffic
            .sort_unstable_by_key(|one| (Reverse(one.pairs), one.rule, one.unit));
        self.traffic
    }

    /// What is worth most comes first.
    pub(super) fn by_weight(mut self) -> Vec<Traffic> {
        self.traffic.sort_unstable_by(|one, other| {
            let heavier = other.weight.total_cmp(&one.weight);
            heavier.then_with(|| (one.rule, one.unit).cmp(&(other.rule, other.unit)))
        });
        self.traffic
    }
}
