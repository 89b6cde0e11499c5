//! Links that are taken away together: one change of a policy closes them all.
//!
//! A trust policy that lets in an account gives one link from the account and one from each principal of it
//! that may come. Whoever counts what is to be cut counts the trust policy once.

use crate::capability::Capability;
use crate::facts::Trust;
use crate::graph::Graph;
use crate::links;
use crate::rules::{FactId, Rule, RuleId};
use crate::world::AccountIndex;

/// From where links of one unit come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Source {
    /// From an account or whoever is in it.
    Account(AccountIndex),
    /// From the accounts or principals of many accounts, which a policy means by everyone.
    Many,
    /// From one thing.
    Fact(FactId),
    /// From several together: the rule stands for itself.
    Rule(RuleId),
}

/// What one change takes away: all links from the same source to the same thing, in whatever form, which is what
/// `--without` takes away too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Unit {
    conclusion: FactId,
    source: Source,
}

impl Unit {
    pub(crate) fn source(self) -> Source {
        self.source
    }
}

impl Graph {
    /// The unit of a rule; none if it follows from how AWS is made and cannot be taken away.
    pub(crate) fn unit(&self, id: RuleId) -> Option<Unit> {
        let rule = self.rules.rule(id)?;
        let kind = links::kind(rule.link)?;
        if kind.is_structural() {
            return None;
        }
        let source = match self.rules.premises(rule) {
            [premise] if kind.hangs_on_target() => match self.source(*premise) {
                // Who is let in as one of everybody goes with everybody.
                source if self.is_let_in_with_all(source, rule.conclusion) => Source::Many,
                source => source,
            },
            [premise] => match self.home(*premise) {
                // An account that is no administrator of a service any more has nobody who uses it.
                Some(home) if kind.hangs_on_account() && self.world.management != Some(home) => {
                    Source::Account(home)
                }
                _ => Source::Fact(self.itself(*premise)),
            },
            _ => Source::Rule(id),
        };
        let conclusion = self.itself(rule.conclusion);
        // From one form of a thing to another there is no link to take away.
        (source != Source::Fact(conclusion)).then_some(Unit { conclusion, source })
    }

    /// What a fact is a form of: of a principal with other permissions that principal, of what is encrypted the
    /// data.
    fn itself(&self, fact: FactId) -> FactId {
        let whole = match self.capabilities.get(fact) {
            Some(Capability::Rewritten(index, _)) => Capability::Principal(index),
            Some(Capability::Network(index)) => Capability::Workload(index),
            Some(
                Capability::Encrypted(store)
                | Capability::Through(store)
                | Capability::Supply(store),
            ) => Capability::Data(store),
            _ => return fact,
        };
        self.capabilities.find(whole).unwrap_or(fact)
    }

    /// Whether a source is let in by a policy that names everybody: past the trust policy of a role whoever it is, to
    /// data whoever is of another account than the data, where no other policy is enough.
    fn is_let_in_with_all(&self, source: Source, conclusion: FactId) -> bool {
        let (owner, summary) = match self.capabilities.get(conclusion) {
            Some(Capability::Principal(role)) => {
                let row = self.world.principal(role);
                let summary = row.and_then(|row| match row.trust {
                    Trust::Policy(trust) => self.world.trusts.get(&trust),
                    Trust::NotApplicable | Trust::Unknown => None,
                });
                (None, summary)
            }
            Some(Capability::Data(store) | Capability::Encrypted(store)) => {
                let row = self.world.store(store);
                (row.map(|row| row.account), row.map(|row| &row.summary))
            }
            _ => (None, None),
        };
        let own = matches!(source, Source::Account(account) if Some(account) == owner);
        !own && summary.is_some_and(|summary| summary.anyone)
    }

    /// Whom to name for a source; none if that is everybody.
    pub(crate) fn told_source(&self, source: Source) -> Option<Capability> {
        let told = |fact: FactId| {
            let capability = self.capabilities.get(fact);
            capability.filter(|one| !matches!(one, Capability::Class(_)))
        };
        match source {
            Source::Account(account) => Some(Capability::Account(account)),
            Source::Many => None,
            Source::Fact(fact) => told(fact),
            Source::Rule(rule) => {
                let premises = self.rules.rule(rule).map(|rule| self.rules.premises(rule));
                let mut premises = premises.into_iter().flatten();
                premises.find_map(|premise| told(*premise))
            }
        }
    }

    fn source(&self, premise: FactId) -> Source {
        if let Some(account) = self.home(premise) {
            return Source::Account(account);
        }
        if !matches!(self.capabilities.get(premise), Some(Capability::Class(_))) {
            return Source::Fact(premise);
        }
        // Members are in the order of their accounts.
        let mut members = self.rules.members(premise);
        let first = members.next();
        let last = members.last().or(first);
        match (
            first.and_then(|one| self.home(one)),
            last.and_then(|one| self.home(one)),
        ) {
            (Some(one), Some(other)) if one == other => Source::Account(one),
            _ => Source::Many,
        }
    }

    /// The account that an account or principal is, or is in.
    pub(crate) fn home(&self, fact: FactId) -> Option<AccountIndex> {
        match self.capabilities.get(fact)? {
            Capability::Account(account) => Some(account),
            Capability::Principal(index) | Capability::Rewritten(index, _) => {
                self.world.principal(index).map(|row| row.account)
            }
            _ => None,
        }
    }

    /// Whether a rule leads from a whole account, and so tells best of a unit.
    pub(crate) fn is_from_account(&self, rule: &Rule) -> bool {
        let premise = self.rules.premises(rule).first();
        let capability = premise.and_then(|premise| self.capabilities.get(*premise));
        matches!(capability, Some(Capability::Account(_)))
    }
}
