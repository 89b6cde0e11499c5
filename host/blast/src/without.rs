//! The same graph without some links, for the question what they are worth.

use crate::capability::Capability;
use crate::graph::{Graph, UnknownStart};
use crate::links;
use crate::rules::{FactId, RuleSet};
use crate::subject::Subject;
use crate::units::Unit;

impl Graph {
    /// The graph without what one change takes away.
    pub(crate) fn without_unit(&self, gone: Unit) -> Self {
        let mut kept = RuleSet::default();
        for (id, rule) in self.rules.all() {
            if self.unit(id) != Some(gone) {
                kept.copy(rule, self.rules.premises(rule));
            }
        }
        Self {
            rules: kept.index(self.capabilities.len()),
            ..self.clone()
        }
    }

    /// The graph without the links by which users and roles read data by themselves: who asks about one
    /// object, and not about whatever there is, has asked that elsewhere.
    #[must_use]
    pub fn without_readers(&self, data: &Subject) -> Self {
        let Some(store) = self.world.capability(data).and_then(|data| match data {
            Capability::Data(store) => Some(store),
            _ => None,
        }) else {
            return self.clone();
        };
        let read = [Capability::Data(store), Capability::Encrypted(store)];
        let mut kept = RuleSet::default();
        for (_, rule) in self.rules.all() {
            let premises = self.rules.premises(rule);
            let gone = self
                .capabilities
                .get(rule.conclusion)
                .is_some_and(|conclusion| read.contains(&conclusion))
                && links::kind(rule.link).is_some_and(links::LinkKind::hangs_on_target)
                && premises.iter().all(|premise| {
                    let premise = self.capabilities.get(*premise);
                    matches!(
                        premise,
                        Some(Capability::Principal(_) | Capability::Class(_))
                    )
                });
            if !gone {
                kept.copy(rule, premises);
            }
        }
        Self {
            rules: kept.index(self.capabilities.len()),
            ..self.clone()
        }
    }

    /// The graph without any link that leads straight from one of these to the other; from an account, nor
    /// from anybody in it. What follows from
    /// how AWS is made, as that an account has its principals, stays.
    ///
    /// # Errors
    /// If one of them is not of these facts, or no link leads straight from the one to the other.
    pub fn without(mut self, links: &[(Subject, Subject)]) -> Result<Self, UnknownStart> {
        for (from, to) in links {
            let fact = |subject: &Subject| {
                self.fact(subject)
                    .ok_or_else(|| UnknownStart::new(subject.to_string()))
            };
            let (from_fact, to_fact) = (fact(from)?, fact(to)?);
            let mut kept = RuleSet::default();
            let mut gone = false;
            let rules = &self.rules;
            for (_, rule) in rules.all() {
                let premises = rules.premises(rule);
                let structural = links::kind(rule.link).is_none_or(links::LinkKind::is_structural);
                if structural || rule.conclusion != to_fact {
                    kept.copy(rule, premises);
                    continue;
                }
                let whole = matches!(from, Subject::Account { .. });
                let of_it = |fact: &FactId| {
                    *fact == from_fact || (whole && self.home(*fact) == self.home(from_fact))
                };
                if premises.iter().any(of_it) {
                    gone = true;
                    continue;
                }
                // A class stands for many: the others keep their link.
                let class = premises.iter().copied().find(|premise| {
                    let is_class =
                        matches!(self.capabilities.get(*premise), Some(Capability::Class(_)));
                    is_class && rules.members(*premise).any(|member| of_it(&member))
                });
                let Some(class) = class else {
                    kept.copy(rule, premises);
                    continue;
                };
                gone = true;
                for member in rules.members(class).filter(|member| !of_it(member)) {
                    let premises: Vec<_> = premises
                        .iter()
                        .map(|premise| if *premise == class { member } else { *premise })
                        .collect();
                    kept.copy(rule, &premises);
                }
            }
            if !gone {
                return Err(UnknownStart {
                    text: format!("{from} -> {to}"),
                    problem: "is no link: none leads straight from the one to the other".to_owned(),
                });
            }
            self.rules = kept.index(self.capabilities.len());
        }
        Ok(self)
    }
}
