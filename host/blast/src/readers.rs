//! Users and roles that read data, or do something else, by themselves: the side of the graph on which it meets the
//! answers about single requests.

use std::collections::{BTreeMap, BTreeSet};

use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::graph::Graph;
use crate::links::{self, LinkKind};
use crate::rules::{FactId, Rule, RuleSet};
use crate::subject::Subject;
use crate::world::StoreIndex;

impl Graph {
    /// The data behind a resource, if the action is the one that reads it: whoever gets hold of that, by
    /// rewriting a policy too, can do it. The resource may be something inside, such as an object.
    #[must_use]
    pub fn data_read_by(&self, action: &str, resource: &str) -> Option<Subject> {
        let row = self.world.store(self.store_of(resource)?)?;
        let reads = row.kind.reads(action);
        reads.then(|| Subject::Data {
            arn: row.arn.clone(),
        })
    }

    fn store_of(&self, resource: &str) -> Option<StoreIndex> {
        let inside = resource.split_once(":::").and_then(|(head, name)| {
            let bucket = name.split('/').next()?;
            Some(format!("{head}:::{bucket}"))
        });
        self.world.find_store(inside.as_deref().unwrap_or(resource))
    }

    /// The graph without the links by which users and roles read data by themselves: who asks about one
    /// object, and not about whatever there is, has asked that elsewhere.
    #[must_use]
    pub fn without_readers(&self, data: &Subject) -> Self {
        let Some(Capability::Data(store)) = self.world.capability(data) else {
            return self.clone();
        };
        let mut kept = RuleSet::default();
        for (_, rule) in self.rules.all() {
            let premises = self.rules.premises(rule);
            let by_itself = premises.iter().all(|premise| self.is_principal(*premise));
            if !(self.reads(rule, store) && by_itself) {
                kept.copy(rule, premises);
            }
        }
        Self {
            rules: kept.index(self.capabilities.len()),
            ..self.clone()
        }
    }

    /// Users and roles of other accounts that get at a resource by this action because it is shared with them, which no
    /// policy of it says, at the best certainty.
    #[must_use]
    pub fn shared_with(&self, action: &str, resource: &str) -> BTreeMap<Subject, Certainty> {
        let mut shared = BTreeMap::new();
        let Some(store) = self.store_of(resource) else {
            return shared;
        };
        let Some(row) = self.world.store(store) else {
            return shared;
        };
        let shares = self.world.sharing.shares.iter();
        let mut ways = shares
            .filter(|share| share.resource == row.arn.as_str())
            .flat_map(|share| share.ways)
            .chain(row.kind.ways)
            .flat_map(|way| way.actions);
        if !ways.any(|own| own.eq_ignore_ascii_case(action)) {
            return shared;
        }
        for (_, rule) in self.rules.all().filter(|(_, rule)| self.reads(rule, store)) {
            if !links::kind(rule.link).is_some_and(LinkKind::is_share) {
                continue;
            }
            for fact in self.one_by_one(rule) {
                let Some(Capability::Principal(index)) = self.capabilities.get(fact) else {
                    continue;
                };
                let account = self.world.principal(index).map(|row| row.account);
                if account == Some(row.account) {
                    continue;
                }
                if let Some(subject) = self.world.subject(Capability::Principal(index)) {
                    let best = shared.entry(subject).or_insert(rule.certainty);
                    *best = (*best).min(rule.certainty);
                }
            }
        }
        shared
    }

    /// Users and roles from which some link leads straight to something.
    #[must_use]
    pub fn straight_to(&self, target: &Subject) -> BTreeSet<Subject> {
        let Some(target) = self.world.capability(target) else {
            return BTreeSet::new();
        };
        let rules = self.rules.all().map(|(_, rule)| rule);
        let leading = rules.filter(|rule| self.is_form_of(rule.conclusion, target));
        leading
            .flat_map(|rule| self.one_by_one(rule))
            .filter_map(|fact| match self.capabilities.get(fact)? {
                capability @ Capability::Principal(_) => self.world.subject(capability),
                _ => None,
            })
            .collect()
    }

    /// The premises of a rule, the members of a class in its place.
    fn one_by_one(&self, rule: &Rule) -> impl Iterator<Item = FactId> + '_ {
        let premises = self.rules.premises(rule).iter().copied();
        premises.flat_map(|premise| {
            let members: Vec<FactId> = self.rules.members(premise).collect();
            match self.capabilities.get(premise) {
                Some(Capability::Class(_)) => members,
                _ => vec![premise],
            }
        })
    }

    /// Whether a rule is about reading data, by what hangs on the policy of the data.
    fn reads(&self, rule: &Rule, store: StoreIndex) -> bool {
        let conclusion = self.capabilities.get(rule.conclusion);
        let read = [Capability::Data(store), Capability::Encrypted(store)];
        conclusion.is_some_and(|conclusion| read.contains(&conclusion))
            && links::kind(rule.link).is_some_and(LinkKind::hangs_on_target)
    }

    /// Whether a fact is a user or role, or a class of those.
    fn is_principal(&self, fact: FactId) -> bool {
        match self.capabilities.get(fact) {
            Some(Capability::Principal(_)) => true,
            Some(Capability::Class(_)) => {
                let mut members = self.rules.members(fact);
                members
                    .next()
                    .is_some_and(|member| self.is_principal(member))
            }
            _ => false,
        }
    }
}
