//! Which rules the ways between accounts go over.

use crate::closure::Closure;
use crate::graph::Graph;
use crate::rules::{FactId, RuleId};

/// Counts the rules that ways go over.
pub(super) struct Ways {
    counts: Vec<usize>,
}

impl Ways {
    pub(super) fn new(graph: &Graph) -> Self {
        Self {
            counts: vec![0; graph.rules.len()],
        }
    }

    /// Counts the way to a fact of the current run of `closure`.
    pub(super) fn add(&mut self, graph: &Graph, closure: &Closure<'_>, fact: FactId) {
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

    /// Adds what another counted.
    pub(super) fn append(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    pub(super) fn finish(self) -> Vec<(RuleId, usize)> {
        let mut ways: Vec<(RuleId, usize)> = (0..)
            .map(RuleId)
            .zip(self.counts)
            .filter(|(_, count)| *count > 0)
            .collect();
        ways.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
        ways
    }
}
