//! The blast radius of a start set, fact by fact.

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::AccountId;
use serde::{Deserialize, Serialize};

use crate::certainty::Certainty;
use crate::closure::Closure;
use crate::graph::{Graph, UnknownStart};
use crate::steps::{Step, Steps};
use crate::subject::Subject;

/// One thing that falls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RadiusFact {
    /// What falls.
    pub subject: Subject,
    /// The account of the organization that it is in; an ARN does not always say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The best certainty of any derivation.
    pub certainty: Certainty,
    /// The moves of the witness: steps that stay with what is held already, such as from an
    /// account to its principals, do not count.
    pub hops: u32,
    /// The last step of the first derivation found; none for a start. Its premises are facts of
    /// the same radius, with witnesses of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Arc<Step>>,
}

/// Everything that falls when a start set falls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Radius {
    /// What was held at the beginning, sorted.
    pub start: Vec<Subject>,
    /// What falls, the start included, sorted by subject.
    pub facts: Vec<RadiusFact>,
    /// Principals that fall and whose permissions were changed, or that were made, sorted by subject: nothing more that
    /// falls, but steps build on them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewritten: Vec<RadiusFact>,
}

impl Radius {
    /// The fact about a subject; none if it does not fall.
    #[must_use]
    pub fn fact(&self, subject: &Subject) -> Option<&RadiusFact> {
        let facts = match subject {
            Subject::Rewritten { .. } => &self.rewritten,
            _ => &self.facts,
        };
        let place = facts.binary_search_by(|fact| fact.subject.cmp(subject));
        facts.get(place.ok()?)
    }

    /// The steps from the start to a subject, each after the steps that it builds on; empty for a
    /// start and for what does not fall.
    #[must_use]
    pub fn path(&self, subject: &Subject) -> Vec<Arc<Step>> {
        // By subject, because a derivation may use a fact twice.
        let mut done: BTreeMap<&Subject, ()> = BTreeMap::new();
        let mut path = Vec::new();
        let mut open: Vec<(&Subject, bool)> = Vec::new();
        if let Some(fact) = self.fact(subject) {
            open.push((&fact.subject, false));
        }
        while let Some((subject, expanded)) = open.pop() {
            let Some(step) = self.fact(subject).and_then(|fact| fact.witness.as_ref()) else {
                continue;
            };
            if expanded {
                path.push(Arc::clone(step));
            } else if done.insert(subject, ()).is_none() {
                open.push((subject, true));
                open.extend(step.from.iter().rev().map(|premise| (premise, false)));
            }
        }
        path
    }
}

impl Graph {
    /// What falls when all of `start` falls at once.
    ///
    /// # Errors
    /// If a start is not of these facts.
    pub fn radius(&self, start: &[Subject]) -> Result<Radius, UnknownStart> {
        let mut start = start.to_vec();
        start.sort();
        start.dedup();
        let starts = self.starts(&start)?;
        let mut closure = Closure::new(&self.rules);
        let settled = closure.run(&starts, |_| true);
        let mut steps = Steps::new(self);
        let (mut rewritten, mut facts): (Vec<RadiusFact>, Vec<RadiusFact>) = settled
            .into_iter()
            .filter_map(|settled| {
                if steps.is_silent(&closure, settled.fact) {
                    return None;
                }
                let capability = self.capabilities.get(settled.fact)?;
                let owner = self.world.owner(capability);
                let owner = owner.and_then(|index| self.world.account(index));
                Some(RadiusFact {
                    account: owner.map(|row| row.id.clone()),
                    subject: self.world.subject(capability)?,
                    certainty: settled.rating.certainty,
                    hops: settled.rating.hops,
                    witness: steps.witness(&closure, settled.fact),
                })
            })
            .partition(|fact| matches!(fact.subject, Subject::Rewritten { .. }));
        let strangers = start.iter().filter(|subject| self.is_stranger(subject));
        facts.extend(strangers.map(|subject| RadiusFact {
            subject: subject.clone(),
            account: None,
            certainty: Certainty::Certain,
            hops: 0,
            witness: None,
        }));
        for facts in [&mut rewritten, &mut facts] {
            // A key may be had directly and by way of a service: the surer shows.
            facts.sort_by(|left, right| {
                let rating = |fact: &RadiusFact| (fact.certainty, fact.hops);
                (&left.subject, rating(left)).cmp(&(&right.subject, rating(right)))
            });
            facts.dedup_by(|later, earlier| later.subject == earlier.subject);
        }
        Ok(Radius {
            start,
            facts,
            rewritten,
        })
    }
}
