//! Steps that people read: from a rule to who gets what from whom, by which statements, on which
//! conditions.
//!
//! A rule keeps numbers alone, so the policies are asked again, this time for reasons. Steps are
//! made once and shared: in a well-connected organization thousands of paths have steps in common.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::capability::Capability;
use crate::certainty::{Certainty, Condition, StatementEvidence};
use crate::closure::Closure;
use crate::graph::Graph;
use crate::judge::Judge;
use crate::links;
use crate::rules::{FactId, RuleId};
use crate::subject::Subject;

/// One step of a derivation: who holds all of `from` also gets `to`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// The kind of link: the id of its [`LinkDocumentation`](crate::LinkDocumentation).
    pub link: String,
    /// What must be held; one thing, unless half-privileges are joined.
    pub from: Vec<Subject>,
    /// What is gained.
    pub to: Subject,
    /// How sure this step is by itself.
    pub certainty: Certainty,
    /// What must hold for it to work.
    pub conditions: Vec<Condition>,
    /// The statements that allow it; none where no policy has a say.
    pub evidence: Vec<StatementEvidence>,
}

/// The steps of one graph that were asked for so far.
pub(crate) struct Steps<'g> {
    graph: &'g Graph,
    judge: Judge<'g>,
    made: HashMap<(RuleId, Vec<FactId>), Arc<Step>>,
    /// What statements say and where they are, each once: thousands of roles have the same policies.
    texts: HashSet<Arc<str>>,
}

impl<'g> Steps<'g> {
    pub(crate) fn new(graph: &'g Graph) -> Self {
        Self {
            graph,
            judge: Judge::new(&graph.world),
            made: HashMap::new(),
            texts: HashSet::new(),
        }
    }

    /// The step that gave a fact in the current run of `closure`; none for a start and for facts
    /// that never show.
    pub(crate) fn witness(&mut self, closure: &Closure<'_>, fact: FactId) -> Option<Arc<Step>> {
        let rule = closure.witness(fact)?;
        let premises = self.visible_premises(closure, rule);
        self.step(rule, premises)
    }

    /// The step of a rule by itself: of a class, its first member stands for it.
    pub(crate) fn alone(&mut self, rule: RuleId) -> Option<Arc<Step>> {
        let rules = &self.graph.rules;
        let premises = rules.premises(rules.rule(rule)?).iter().map(|premise| {
            let class = matches!(
                self.graph.capabilities.get(*premise),
                Some(Capability::Class(_))
            );
            let member = class.then(|| rules.members(*premise).next()).flatten();
            member.unwrap_or(*premise)
        });
        let premises = premises.collect();
        self.step(rule, premises)
    }

    /// The step of a rule, with what the current run of `closure` put in the place of classes.
    pub(crate) fn of(&mut self, closure: &Closure<'_>, rule: RuleId) -> Option<Arc<Step>> {
        let premises = self.visible_premises(closure, rule);
        self.step(rule, premises)
    }

    /// The steps from the start to a fact, in an order in which each has its premises before it.
    pub(crate) fn path(&mut self, closure: &Closure<'_>, fact: FactId) -> Vec<Arc<Step>> {
        let mut path = Vec::new();
        let mut done = HashSet::new();
        // Each entry: a fact, and whether its premises were pushed already.
        let mut open = vec![(fact, false)];
        while let Some((fact, expanded)) = open.pop() {
            let Some(rule) = closure.witness(fact) else {
                continue;
            };
            if expanded {
                let premises = self.visible_premises(closure, rule);
                path.extend(self.step(rule, premises));
            } else if done.insert(fact) {
                open.push((fact, true));
                let premises = self.visible_premises(closure, rule);
                open.extend(premises.into_iter().rev().map(|premise| (premise, false)));
            }
        }
        path
    }

    /// Whether a fact is only another name for something that is held, and never shows.
    pub(crate) fn is_silent(&self, closure: &Closure<'_>, fact: FactId) -> bool {
        closure
            .witness(fact)
            .and_then(|rule| self.graph.rules.rule(rule))
            .and_then(|rule| links::kind(rule.link))
            .is_some_and(links::LinkKind::is_silent)
    }

    /// The premises of a rule, with the member that stood for a class instead of the class.
    fn visible_premises(&self, closure: &Closure<'_>, rule: RuleId) -> Vec<FactId> {
        let rules = &self.graph.rules;
        let premises_of = |rule: Option<RuleId>| {
            rule.and_then(|rule| rules.rule(rule))
                .map_or(&[][..], |rule| rules.premises(rule))
        };
        let mut visible = Vec::new();
        for premise in premises_of(Some(rule)) {
            let mut premise = *premise;
            // A class is never a member of another, but nothing here hangs on that.
            while self.is_silent(closure, premise)
                && let [member] = premises_of(closure.witness(premise))
            {
                premise = *member;
            }
            visible.push(premise);
        }
        visible
    }

    /// The same evidence, with texts that are shared.
    fn interned(&mut self, mut evidence: Vec<StatementEvidence>) -> Vec<StatementEvidence> {
        evidence.shrink_to_fit();
        for one in &mut evidence {
            for text in [
                &mut one.layer,
                &mut one.policy,
                &mut one.statement,
                &mut one.text,
            ] {
                match self.texts.get(text) {
                    Some(known) => *text = Arc::clone(known),
                    None => {
                        self.texts.insert(Arc::clone(text));
                    }
                }
            }
        }
        evidence
    }

    fn step(&mut self, id: RuleId, premises: Vec<FactId>) -> Option<Arc<Step>> {
        let key = (id, premises);
        if let Some(step) = self.made.get(&key) {
            return Some(Arc::clone(step));
        }
        let rule = self.graph.rules.rule(id)?;
        let kind = links::kind(rule.link)?;
        if kind.is_silent() {
            return None;
        }
        let premises: Vec<Capability> = key
            .1
            .iter()
            .filter_map(|premise| self.graph.capabilities.get(*premise))
            .collect();
        let conclusion = self.graph.capabilities.get(rule.conclusion)?;
        let reasons = kind
            .explain(&self.judge, &premises, conclusion)
            .unwrap_or_default();
        let step = Arc::new(Step {
            link: kind.documentation().id.to_owned(),
            from: premises
                .iter()
                .filter_map(|premise| self.graph.world.subject(*premise))
                .collect(),
            to: self.graph.world.subject(conclusion)?,
            certainty: rule.certainty,
            conditions: reasons.conditions,
            evidence: self.interned(reasons.evidence),
        });
        self.made.insert(key, Arc::clone(&step));
        Some(step)
    }
}
