//! From settled facts to what falls in which account.
//!
//! A survey does not walk from a lost account to those of its principals that lead nowhere: there
//! are hundreds in every account, and all that matters of them is their number.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::closure::{Rating, Settled};
use crate::graph::Graph;
use crate::rules::{FactId, RuleId};
use crate::world::{AccountIndex, PrincipalIndex};

/// How many principals of an account fall, by certainty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrincipalCounts {
    /// How many the account has, as far as is known.
    pub total: u32,
    /// How many fall for certain.
    pub certain: u32,
    /// How many fall if conditions hold.
    pub conditional: u32,
    /// How many may fall.
    pub speculative: u32,
}

impl PrincipalCounts {
    /// How many fall, whatever the certainty.
    #[must_use]
    pub fn reached(&self) -> u32 {
        self.certain + self.conditional + self.speculative
    }

    /// How many fall with one certainty.
    #[must_use]
    pub fn with(&self, certainty: Certainty) -> u32 {
        match certainty {
            Certainty::Certain => self.certain,
            Certainty::Conditional => self.conditional,
            Certainty::Speculative => self.speculative,
        }
    }

    fn add(&mut self, certainty: Certainty, count: u32) {
        match certainty {
            Certainty::Certain => self.certain += count,
            Certainty::Conditional => self.conditional += count,
            Certainty::Speculative => self.speculative += count,
        }
    }
}

/// What falls in one account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// The best of anything there.
    pub(super) rating: Rating,
    /// The fact that has it.
    pub(super) foothold: FactId,
    pub(super) whole_account: Option<Certainty>,
    pub(super) principals: PrincipalCounts,
}

/// What there is to count, worked out once.
#[derive(Debug)]
pub(super) struct Tally {
    /// By rule: whether the survey follows it.
    spreads: fixedbitset::FixedBitSet,
    /// By principal: whether it leads nowhere.
    leaves: fixedbitset::FixedBitSet,
    /// By account: how many principals lead nowhere, and of those how many are protected.
    leaf_counts: Vec<(u32, u32)>,
}

impl Tally {
    pub(super) fn new(graph: &Graph) -> Self {
        let world = &graph.world;
        let mut leaves = fixedbitset::FixedBitSet::with_capacity(world.principals.len());
        let mut spreads = fixedbitset::FixedBitSet::with_capacity(graph.rules.len());
        spreads.insert_range(..);
        let mut leaf_counts = vec![(0, 0); world.accounts.len()];
        for index in world.principal_indices() {
            let (Some(fact), Some(row)) = (
                graph.capabilities.find(Capability::Principal(index)),
                world.principal(index),
            ) else {
                continue;
            };
            if !graph.rules.from(fact).is_empty() {
                continue;
            }
            leaves.insert(index.index());
            if let Some((all, protected)) = leaf_counts.get_mut(row.account.index()) {
                *all += 1;
                *protected += u32::from(row.is_protected());
            }
            let own_account = graph.capabilities.find(Capability::Account(row.account));
            for rule in graph.rules.to(fact) {
                let from_account = graph
                    .rules
                    .rule(*rule)
                    .is_some_and(|rule| own_account.as_slice() == graph.rules.premises(rule));
                if from_account {
                    spreads.set(rule.0 as usize, false);
                }
            }
        }
        Self {
            spreads,
            leaves,
            leaf_counts,
        }
    }

    /// Whether the survey follows a rule.
    pub(super) fn spreads(&self, rule: RuleId) -> bool {
        self.spreads.contains(rule.0 as usize)
    }

    /// What falls in which account.
    pub(super) fn count(
        &self,
        graph: &Graph,
        settled: &[Settled],
    ) -> BTreeMap<AccountIndex, Found> {
        // By place, because a tree of as many accounts costs more than all the rest.
        let mut places: Vec<Option<u32>> = vec![None; graph.world.accounts.len()];
        let mut accounts: Vec<(AccountIndex, Counting)> = Vec::new();
        for settled in settled {
            let Some(capability) = graph.capabilities.get(settled.fact) else {
                continue;
            };
            let Some(account) = graph.world.account_of(capability) else {
                continue;
            };
            let Some(place) = places.get_mut(account.index()) else {
                continue;
            };
            let place = *place.get_or_insert_with(|| {
                accounts.push((account, Counting::new(settled)));
                u32::try_from(accounts.len() - 1).unwrap_or(u32::MAX)
            });
            let Some((_, counting)) = accounts.get_mut(place as usize) else {
                continue;
            };
            match capability {
                Capability::Account(_) => {
                    counting.whole_account = Some(settled.rating.certainty);
                    // The whole account is the better foothold to tell of.
                    if (settled.rating.certainty, settled.rating.hops)
                        == (counting.rating.certainty, counting.rating.hops)
                    {
                        counting.foothold = settled.fact;
                    }
                }
                Capability::Principal(principal) => {
                    self.count_principal(graph, counting, principal, settled.rating.certainty);
                }
                Capability::Workload(_)
                | Capability::Rewritten(..)
                | Capability::Network(_)
                | Capability::Supply(_)
                | Capability::Data(_)
                | Capability::Through(_)
                | Capability::Encrypted(_)
                | Capability::Outside(_)
                | Capability::Guardrails
                | Capability::Evidence(_)
                | Capability::Class(_) => {}
            }
        }
        accounts.sort_unstable_by_key(|(account, _)| *account);
        accounts
            .into_iter()
            .map(|(account, counting)| (account, self.finish(graph, account, counting)))
            .collect()
    }

    fn count_principal(
        &self,
        graph: &Graph,
        counting: &mut Counting,
        principal: PrincipalIndex,
        certainty: Certainty,
    ) {
        let place = certainty.rank() as usize;
        let protected = || {
            graph
                .world
                .principal(principal)
                .is_some_and(crate::world::PrincipalRow::is_protected)
        };
        let counts = if !self.leaves.contains(principal.index()) {
            &mut counting.inner
        } else if protected() {
            &mut counting.protected_leaves
        } else {
            &mut counting.leaves
        };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }

    fn finish(&self, graph: &Graph, account: AccountIndex, counting: Counting) -> Found {
        let (leaves, protected) = self
            .leaf_counts
            .get(account.index())
            .copied()
            .unwrap_or_default();
        let mut principals = PrincipalCounts {
            total: graph.world.account(account).map_or(0, |row| {
                u32::try_from(row.principals.len()).unwrap_or(u32::MAX)
            }),
            ..PrincipalCounts::default()
        };
        for certainty in Certainty::ALL {
            let at = |counts: &[u32; 3]| {
                counts
                    .get(certainty.rank() as usize)
                    .copied()
                    .unwrap_or_default()
            };
            principals.add(certainty, at(&counting.inner));
            principals.add(certainty, at(&counting.protected_leaves));
            // With the whole account, the principals fall at least as surely as it does.
            let at_best = counting
                .whole_account
                .map_or(certainty, |whole| certainty.min(whole));
            principals.add(at_best, at(&counting.leaves));
        }
        if let Some(whole) = counting.whole_account {
            let counted: u32 = counting.leaves.iter().sum();
            principals.add(whole, (leaves - protected).saturating_sub(counted));
            let counted: u32 = counting.protected_leaves.iter().sum();
            principals.add(Certainty::Speculative, protected.saturating_sub(counted));
        }
        Found {
            rating: counting.rating,
            foothold: counting.foothold,
            whole_account: counting.whole_account,
            principals,
        }
    }
}

/// The facts of one account while they are counted. Facts come best first.
struct Counting {
    rating: Rating,
    foothold: FactId,
    whole_account: Option<Certainty>,
    inner: [u32; 3],
    leaves: [u32; 3],
    protected_leaves: [u32; 3],
}

impl Counting {
    fn new(first: &Settled) -> Self {
        Self {
            rating: first.rating,
            foothold: first.fact,
            whole_account: None,
            inner: [0; 3],
            leaves: [0; 3],
            protected_leaves: [0; 3],
        }
    }
}
