//! The fewest links whose removal closes the way from one set of facts to another: a minimum cut.
//!
//! What can be taken away by one change may carry one unit of flow, everything structural any amount; by
//! the max-flow min-cut theorem (Ford and Fulkerson, 1956) the links that the largest flow fills
//! behind what is still within reach of the start are the fewest. A rule with several premises is
//! taken as open when any of them is held: cutting it all the same closes every way, but fewer links
//! might do, and the answer says so. The flow is found by Dinic's algorithm.

use std::collections::{HashMap, VecDeque};

use crate::closure::Closure;
use crate::graph::Graph;
use crate::rules::{FactId, RuleId};
use crate::units::Unit;

/// Beyond so many links in question nobody asks any more: a cut would be a list of thousands.
const LIMIT: usize = 200_000;

/// More flow than there are links.
const ENDLESS: u32 = u32::MAX / 2;

/// A cut.
pub(super) struct Cut {
    pub(super) rules: Vec<RuleId>,
    /// Whether no smaller one exists.
    pub(super) exact: bool,
}

struct Edge {
    to: usize,
    left: u32,
    rule: Option<RuleId>,
}

/// A flow network; edges come in pairs, there and back.
struct Network {
    edges: Vec<Edge>,
    out: Vec<Vec<usize>>,
}

impl Network {
    fn node(&mut self) -> usize {
        self.out.push(Vec::new());
        self.out.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, capacity: u32, rule: Option<RuleId>) {
        // What flows back takes nothing away.
        for (from, to, left, rule) in [(from, to, capacity, rule), (to, from, 0, None)] {
            if let Some(out) = self.out.get_mut(from) {
                out.push(self.edges.len());
            }
            self.edges.push(Edge { to, left, rule });
        }
    }

    /// Has the cut behind a node told by another rule of its unit.
    fn tell(&mut self, node: usize, by: RuleId) {
        for edge in self.out.get(node).into_iter().flatten() {
            if let Some(edge) = self.edges.get_mut(*edge)
                && let Some(rule) = &mut edge.rule
                && edge.left > 0
            {
                *rule = by;
            }
        }
    }

    /// The distance of every node from the start over edges with room; none if out of reach.
    fn levels(&self, start: usize) -> Vec<Option<u32>> {
        let mut levels = vec![None; self.out.len()];
        let mut queue = VecDeque::from([(start, 0)]);
        while let Some((node, level)) = queue.pop_front() {
            match levels.get_mut(node) {
                Some(known @ None) => *known = Some(level),
                _ => continue,
            }
            for edge in self.out.get(node).into_iter().flatten() {
                if let Some(edge) = self.edges.get(*edge).filter(|edge| edge.left > 0) {
                    queue.push_back((edge.to, level + 1));
                }
            }
        }
        levels
    }

    /// Pushes one path of flow along rising levels; how much went through.
    fn push(
        &mut self,
        start: usize,
        end: usize,
        levels: &[Option<u32>],
        next: &mut [usize],
    ) -> u32 {
        let mut path: Vec<usize> = Vec::new();
        let mut node = start;
        while node != end {
            let at = next.get(node).copied().unwrap_or(usize::MAX);
            let edge = self.out.get(node).and_then(|out| out.get(at)).copied();
            let Some(edge) = edge else {
                // A dead end: go back, and past the edge that led here.
                let Some(last) = path.pop() else {
                    return 0;
                };
                node = self.edges.get(last ^ 1).map_or(start, |back| back.to);
                if let Some(next) = next.get_mut(node) {
                    *next += 1;
                }
                continue;
            };
            let level = |node: usize| levels.get(node).copied().flatten();
            let rises = self.edges.get(edge).is_some_and(|edge| {
                edge.left > 0 && level(edge.to) == level(node).map(|level| level + 1)
            });
            if rises {
                path.push(edge);
                node = self.edges.get(edge).map_or(end, |edge| edge.to);
            } else if let Some(next) = next.get_mut(node) {
                *next += 1;
            }
        }
        let room = path
            .iter()
            .filter_map(|edge| self.edges.get(*edge))
            .map(|edge| edge.left)
            .min();
        let room = room.unwrap_or(0);
        for edge in path {
            if let Some(edge) = self.edges.get_mut(edge) {
                edge.left -= room;
            }
            if let Some(back) = self.edges.get_mut(edge ^ 1) {
                back.left += room;
            }
        }
        room
    }
}

/// The fewest links between `sources`, all held at once, and what `is_sink` says; none if no removal
/// closes the way, or too many links are in question.
pub(super) fn cut(
    graph: &Graph,
    closure: &mut Closure<'_>,
    sources: &[FactId],
    is_sink: impl Fn(FactId) -> bool,
) -> Option<Cut> {
    let settled = closure.run(sources, |_| true);
    let mut held = fixedbitset::FixedBitSet::with_capacity(graph.rules.facts());
    for one in &settled {
        held.insert(one.fact.index());
    }
    let sinks: Vec<FactId> = settled
        .iter()
        .map(|one| one.fact)
        .filter(|fact| is_sink(*fact))
        .collect();
    // Backwards from the sinks, over rules that fire.
    let mut network = Network {
        edges: Vec::new(),
        out: Vec::new(),
    };
    let (start, end) = (network.node(), network.node());
    let mut nodes: HashMap<FactId, usize> = HashMap::new();
    let mut open: Vec<FactId> = Vec::new();
    let mut node_of = |network: &mut Network, open: &mut Vec<FactId>, fact: FactId| {
        *nodes.entry(fact).or_insert_with(|| {
            open.push(fact);
            network.node()
        })
    };
    for sink in sinks {
        let node = node_of(&mut network, &mut open, sink);
        network.edge(node, end, ENDLESS, None);
    }
    let mut units: HashMap<Unit, usize> = HashMap::new();
    let mut exact = true;
    while let Some(fact) = open.pop() {
        let node = node_of(&mut network, &mut open, fact);
        if sources.contains(&fact) {
            network.edge(start, node, ENDLESS, None);
            continue;
        }
        for id in graph.rules.to(fact) {
            let Some(rule) = graph.rules.rule(*id) else {
                continue;
            };
            let premises = graph.rules.premises(rule);
            if !premises.iter().all(|one| held.contains(one.index())) {
                continue;
            }
            exact &= premises.len() == 1;
            let through = match graph.unit(*id) {
                // What is taken away together has a node of its own, with one unit of flow behind it.
                Some(unit) => *units.entry(unit).or_insert_with(|| {
                    let through = network.node();
                    network.edge(through, node, 1, Some(*id));
                    through
                }),
                None if premises.len() == 1 => node,
                None => {
                    let together = network.node();
                    network.edge(together, node, ENDLESS, None);
                    together
                }
            };
            if graph.is_from_account(rule) {
                network.tell(through, *id);
            }
            for premise in premises {
                let from = node_of(&mut network, &mut open, *premise);
                network.edge(from, through, ENDLESS, None);
            }
            if network.edges.len() > LIMIT {
                return None;
            }
        }
    }
    loop {
        let levels = network.levels(start);
        levels.get(end).copied().flatten()?;
        let mut next = vec![0; network.out.len()];
        let mut pushed = false;
        loop {
            let room = network.push(start, end, &levels, &mut next);
            if room >= ENDLESS / 2 {
                return None;
            }
            if room == 0 {
                break;
            }
            pushed = true;
        }
        if !pushed || network.levels(start).get(end).copied().flatten().is_none() {
            break;
        }
    }
    let within = network.levels(start);
    let reached = |node: usize| within.get(node).copied().flatten().is_some();
    let mut rules: Vec<RuleId> = Vec::new();
    for (from, out) in network.out.iter().enumerate() {
        for edge in out.iter().filter_map(|edge| network.edges.get(*edge)) {
            if let Some(rule) = edge.rule
                && reached(from)
                && !reached(edge.to)
            {
                rules.push(rule);
            }
        }
    }
    rules.sort_unstable();
    rules.dedup();
    Some(Cut { rules, exact })
}
