//! Who enters an account: how many, and of them the surest and shortest.

use super::{Entrance, WAYS_TOLD};
use crate::certainty::Certainty;

/// Those who enter one account, while they are gathered in the order of their ids.
#[derive(Clone, Default)]
pub(super) struct Entrances {
    count: usize,
    /// The best accounts, and some that are not.
    accounts: Vec<Entrance>,
    /// From here on nobody is among the best.
    bar: Option<(Certainty, u32)>,
    outside: Vec<Entrance>,
}

fn rank(entrance: &Entrance) -> (Certainty, u32) {
    (entrance.certainty, entrance.hops)
}

impl Entrances {
    /// Counts an account, and makes its entrance if it is among the best `told` so far.
    pub(super) fn add(
        &mut self,
        rank: (Certainty, u32),
        told: usize,
        entrance: impl FnOnce() -> Entrance,
    ) {
        self.count += 1;
        // Of equals the earlier ones stay.
        if self.bar.is_none_or(|bar| rank < bar) {
            self.accounts.push(entrance());
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
        self.accounts.sort_by_key(rank);
        self.accounts.truncate(told);
        self.bar = self.accounts.last().map(rank);
    }

    /// How many there are, and the best, accounts first.
    pub(super) fn finish(mut self, told: usize) -> (usize, Vec<Entrance>) {
        self.accounts.sort_by_key(rank);
        self.accounts.truncate(told);
        self.outside
            .sort_by(|left, right| (rank(left), &left.from).cmp(&(rank(right), &right.from)));
        self.accounts.append(&mut self.outside);
        for entrance in self.accounts.iter_mut().skip(WAYS_TOLD) {
            entrance.via = Vec::new();
        }
        self.accounts.shrink_to_fit();
        (self.count, self.accounts)
    }
}

#[cfg(test)]
mod tests {
    use blastwall_model::AccountId;

    use super::super::PrincipalCounts;
    use super::*;
    use crate::subject::Subject;

    fn entrance(account: u32, certainty: Certainty, hops: u32) -> Entrance {
        let id: AccountId = format!("{account:012}").parse().unwrap();
        Entrance {
            from: Subject::Account { id },
            environment: None,
            certainty,
            hops,
            whole_account: None,
            principals: PrincipalCounts::default(),
            via: Vec::new(),
        }
    }

    #[test]
    fn the_best_are_told_and_all_are_counted() {
        // Hops as they come, so that the best ones come late.
        let hops: Vec<u32> = (0..100).map(|account| (account * 37) % 50 + 1).collect();
        let all = || {
            (0..)
                .zip(&hops)
                .map(|(id, hops)| entrance(id, Certainty::Certain, *hops))
        };
        let gather = |entrances: &mut dyn Iterator<Item = Entrance>| {
            let mut gathered = Entrances::default();
            for entrance in entrances {
                gathered.add(rank(&entrance), 7, || entrance);
            }
            gathered
        };
        let mut sorted: Vec<Entrance> = all().collect();
        sorted.sort_by_key(rank);
        sorted.truncate(7);
        assert_eq!(gather(&mut all()).finish(7), (100, sorted.clone()));
        for at in [1, 6, 7, 50, 99] {
            let mut first = gather(&mut all().take(at));
            first.append(gather(&mut all().skip(at)), 7);
            assert_eq!(first.finish(7), (100, sorted.clone()), "{at}");
        }
    }

    #[test]
    fn fewer_than_are_told_all_are() {
        let mut entrances = Entrances::default();
        let late = entrance(1, Certainty::Speculative, 3);
        let early = entrance(2, Certainty::Certain, 1);
        for one in [&late, &early] {
            entrances.add(rank(one), 2, || one.clone());
        }
        assert_eq!(entrances.finish(2), (2, vec![early, late]));
    }
}
