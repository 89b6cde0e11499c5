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

    /// The graph without any link that leads straight from one of these to the other: from an account, nor from
    /// anybody in it; from a user or role, nor from what it becomes by changed permissions; from nobody in
    /// particular, from anybody. What follows from how AWS is made, as that an account has its principals, stays.
    ///
    /// # Errors
    /// If one of them is not of these facts, or no link leads straight from the one to the other.
    pub fn without(mut self, links: &[(Option<Subject>, Subject)]) -> Result<Self, UnknownStart> {
        let known = |subject: &Subject| {
            let known = self.world.capability(subject);
            known.ok_or_else(|| UnknownStart::new(subject.to_string()))
        };
        let mut ends: Vec<(Option<Capability>, Capability)> = Vec::new();
        for (from, to) in links {
            ends.push((from.as_ref().map(known).transpose()?, known(to)?));
        }
        let mut kept = RuleSet::default();
        let mut gone = vec![false; links.len()];
        let rules = &self.rules;
        for (_, rule) in rules.all() {
            let premises = rules.premises(rule);
            let structural = links::kind(rule.link).is_none_or(links::LinkKind::is_structural);
            let asked: Vec<(usize, Option<Capability>)> = (0..)
                .zip(&ends)
                .filter(|(_, (_, to))| !structural && self.is_form_of(rule.conclusion, *to))
                .map(|(place, (from, _))| (place, *from))
                .collect();
            let of_it = |from: Option<Capability>, fact: FactId| match from {
                None => true,
                Some(Capability::Account(account)) => self.home(fact) == Some(account),
                Some(one) => self.is_form_of(fact, one),
            };
            let mut taken = false;
            let mut leaving: Option<(FactId, Vec<FactId>)> = None;
            for (place, from) in asked {
                let mut found = premises.iter().any(|premise| of_it(from, *premise));
                taken |= found;
                // A class stands for many: the others keep their link.
                for class in premises.iter().copied().filter(|one| self.is_class(*one)) {
                    let leaves = rules.members(class).filter(|member| of_it(from, *member));
                    let leaves: Vec<FactId> = leaves.collect();
                    if !leaves.is_empty() {
                        found = true;
                        let (_, all) = leaving.get_or_insert((class, Vec::new()));
                        all.extend(leaves);
                    }
                }
                if let Some(gone) = gone.get_mut(place) {
                    *gone |= found;
                }
            }
            if taken {
                continue;
            }
            let Some((class, leaves)) = leaving else {
                kept.copy(rule, premises);
                continue;
            };
            for member in rules.members(class).filter(|one| !leaves.contains(one)) {
                let premises: Vec<_> = premises
                    .iter()
                    .map(|premise| if *premise == class { member } else { *premise })
                    .collect();
                kept.copy(rule, &premises);
            }
        }
        let mut none = links.iter().zip(gone).filter(|(_, gone)| !gone);
        if let Some(((from, to), _)) = none.next() {
            let from = from
                .as_ref()
                .map_or_else(|| "*".to_owned(), Subject::to_string);
            return Err(UnknownStart {
                text: format!("{from} -> {to}"),
                problem: "is no link: none leads straight from the one to the other".to_owned(),
            });
        }
        self.rules = kept.index(self.capabilities.len());
        Ok(self)
    }

    fn is_class(&self, fact: FactId) -> bool {
        matches!(self.capabilities.get(fact), Some(Capability::Class(_)))
    }

    /// Whether a fact is something, or a form of it that has no name of its own.
    pub(crate) fn is_form_of(&self, fact: FactId, what: Capability) -> bool {
        let Some(fact) = self.capabilities.get(fact) else {
            return false;
        };
        fact == what
            || match (fact, what) {
                (Capability::Rewritten(one, _), Capability::Principal(other)) => one == other,
                (Capability::Network(one), Capability::Workload(other)) => one == other,
                (
                    Capability::Encrypted(one) | Capability::Through(one) | Capability::Supply(one),
                    Capability::Data(other),
                ) => one == other,
                _ => false,
            }
    }
}
