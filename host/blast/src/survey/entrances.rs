//! Who enters an account: how many, and of them the surest and shortest.

use std::sync::Arc;

use super::tally::Found;
use super::{Entrance, WAYS_TOLD};
use crate::certainty::Certainty;
use crate::steps::Step;
use crate::subject::Subject;
use crate::world::{AccountIndex, World};

/// What one account reaches in another, seen from there. Small, because there is one for each pair.
#[derive(Clone)]
struct Row {
    from: AccountIndex,
    found: Found,
    via: Vec<Arc<Step>>,
}

/// Those who enter one account, while they are gathered in the order of their ids.
#[derive(Clone, Default)]
pub(super) struct Entrances {
    count: usize,
    /// The best accounts, and some that are not.
    accounts: Vec<Row>,
    /// From here on nobody is among the best.
    bar: Option<(Certainty, u32)>,
    outside: Vec<Entrance>,
}

/// Best first: the certainty, then the hops.
fn rank(found: &Found) -> (Certainty, u32) {
    (found.rating.certainty, found.rating.hops)
}

impl Entrances {
    /// Counts an account, and keeps it if it is among the best `told` so far.
    pub(super) fn add(&mut self, from: AccountIndex, found: Found, via: &[Arc<Step>], told: usize) {
        self.count += 1;
        // Of equals the earlier ones stay.
        if self.bar.is_none_or(|bar| rank(&found) < bar) {
            let via = via.to_vec();
            self.accounts.push(Row { from, found, via });
            self.prune(told);
        }
    }

    pub(super) fn add_outside(&mut self, entrance: Entrance) {
        self.count += 1;
        self.outside.push(entrance);
    }

    /// Adds those of the accounts that come next.
    pub(super) fn append(&mut self, next: Self, told: usize) {
        self.count += next.count;
        self.accounts.extend(next.accounts);
        self.outside.extend(next.outside);
        if self.accounts.len() > told {
            self.keep_best(told);
        }
    }

    /// Leaves out who is not among the best, now and then.
    fn prune(&mut self, told: usize) {
        let first = self.bar.is_none() && self.accounts.len() == told;
        if first || self.accounts.len() >= told.saturating_mul(2) {
            self.keep_best(told);
        }
    }

    fn keep_best(&mut self, told: usize) {
        self.accounts.sort_by_key(|row| rank(&row.found));
        self.accounts.truncate(told);
        self.bar = self.accounts.last().map(|row| rank(&row.found));
    }

    /// How many there are, and the best, accounts first.
    pub(super) fn finish(mut self, world: &World, told: usize) -> (usize, Vec<Entrance>) {
        self.keep_best(told);
        let mut outside = self.outside;
        let key = |entrance: &Entrance| (entrance.certainty, entrance.hops);
        outside.sort_by(|left, right| {
            key(left)
                .cmp(&key(right))
                .then_with(|| left.from.cmp(&right.from))
        });
        let accounts = self.accounts.into_iter().filter_map(|row| {
            let from = world.account(row.from)?;
            Some(Entrance {
                from: Subject::Account {
                    id: from.id.clone(),
                },
                environment: Some(from.environment.name.clone()),
                certainty: row.found.rating.certainty,
                hops: row.found.rating.hops,
                whole_account: row.found.whole_account,
                principals: row.found.principals,
                via: row.via,
            })
        });
        let mut all: Vec<Entrance> = accounts.chain(outside).collect();
        for entrance in all.iter_mut().skip(WAYS_TOLD) {
            entrance.via = Vec::new();
        }
        all.shrink_to_fit();
        (self.count, all)
    }
}

#[cfg(test)]
mod tests {
    use super::super::PrincipalCounts;
    use super::*;
    use crate::closure::Rating;
    use crate::rules::FactId;

    /// The accounts that are kept of those that enter in so many hops, in their order.
    fn kept(entrances: Entrances, told: usize) -> (usize, Vec<usize>) {
        let mut entrances = entrances;
        entrances.keep_best(told);
        let rows = entrances.accounts.iter();
        (entrances.count, rows.map(|row| row.from.index()).collect())
    }

    fn gather(hops: impl Iterator<Item = (usize, u32)>, told: usize) -> Entrances {
        let mut gathered = Entrances::default();
        for (account, hops) in hops {
            let found = Found {
                rating: Rating {
                    hops,
                    ..Rating::default()
                },
                foothold: FactId(0),
                whole_account: None,
                principals: PrincipalCounts::default(),
            };
            gathered.add(AccountIndex::new(account), found, &[], told);
        }
        gathered
    }

    #[test]
    fn the_best_are_told_and_all_are_counted() {
        // The best ones come late.
        let hops: Vec<u32> = (0..100).map(|account| (account * 37) % 50 + 1).collect();
        let all = || hops.iter().copied().enumerate();
        let mut sorted: Vec<(usize, u32)> = all().collect();
        sorted.sort_by_key(|(_, hops)| *hops);
        let best: Vec<usize> = sorted
            .into_iter()
            .take(7)
            .map(|(account, _)| account)
            .collect();
        assert_eq!(kept(gather(all(), 7), 7), (100, best.clone()));
        for at in [1, 6, 7, 50, 99] {
            let mut first = gather(all().take(at), 7);
            first.append(gather(all().skip(at), 7), 7);
            assert_eq!(kept(first, 7), (100, best.clone()), "{at}");
        }
    }

    #[test]
    fn fewer_than_are_told_all_are() {
        let two = [(0, 3), (1, 1)].into_iter();
        assert_eq!(kept(gather(two, 2), 2), (2, vec![1, 0]));
    }
}
