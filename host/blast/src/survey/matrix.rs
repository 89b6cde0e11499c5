//! Which environment reaches which: the matrix of crossings, counted pair of accounts by pair of accounts.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Crossing;
use crate::closure::Rating;
use crate::steps::Step;
use crate::world::{AccountIndex, World};

/// The crossing matrix while it is filled. Environments have numbers, because it is looked at once for each
/// pair of accounts.
pub(super) struct Matrix {
    /// Sorted.
    environments: Vec<Arc<str>>,
    /// By account, the place of its environment.
    of: Vec<usize>,
    /// Row by row.
    cells: Vec<Cell>,
}

#[derive(Default)]
pub(super) struct Cell {
    sources: fixedbitset::FixedBitSet,
    targets: fixedbitset::FixedBitSet,
    pairs: [usize; 3],
    best: Option<Rating>,
    pub(super) via: Vec<Arc<Step>>,
}

impl Cell {
    /// Counts a pair of accounts; true if there was no better one, so that its way is wanted.
    pub(super) fn add(&mut self, from: AccountIndex, to: AccountIndex, rating: Rating) -> bool {
        self.sources.grow_and_insert(from.index());
        self.targets.grow_and_insert(to.index());
        if let Some(count) = self.pairs.get_mut(rating.certainty.rank() as usize) {
            *count += 1;
        }
        let better = self.best.is_none_or(|best| rating < best);
        if better {
            self.best = Some(rating);
        }
        better
    }

    /// Adds the pairs of the accounts that come next; of equals the earlier way stays.
    fn append(&mut self, next: Self) {
        self.sources.union_with(&next.sources);
        self.targets.union_with(&next.targets);
        for (count, more) in self.pairs.iter_mut().zip(next.pairs) {
            *count += more;
        }
        let better = match (next.best, self.best) {
            (Some(next), Some(best)) => next < best,
            (next, best) => next.is_some() && best.is_none(),
        };
        if better {
            self.best = next.best;
            self.via = next.via;
        }
    }
}

impl Matrix {
    pub(super) fn new(world: &World) -> Self {
        let names = world.accounts.iter().map(|row| &row.environment.name);
        let environments: BTreeSet<&Arc<str>> = names.clone().collect();
        let environments: Vec<Arc<str>> = environments.into_iter().cloned().collect();
        let place = |name: &Arc<str>| environments.binary_search(name).unwrap_or_default();
        let of = names.map(place).collect();
        let cells = std::iter::repeat_with(Cell::default);
        Self {
            of,
            cells: cells
                .take(environments.len() * environments.len())
                .collect(),
            environments,
        }
    }

    /// The cell of a pair of accounts.
    pub(super) fn cell(&mut self, from: AccountIndex, to: AccountIndex) -> Option<&mut Cell> {
        let row = self.of.get(from.index())?;
        let column = self.of.get(to.index())?;
        self.cells.get_mut(row * self.environments.len() + column)
    }

    /// Adds the pairs of the accounts that come next.
    pub(super) fn append(&mut self, next: Self) {
        for (cell, next) in self.cells.iter_mut().zip(next.cells) {
            cell.append(next);
        }
    }

    pub(super) fn finish(self) -> Vec<Crossing> {
        let names = &self.environments;
        let pairs = names
            .iter()
            .flat_map(|from| names.iter().map(move |to| (from, to)));
        pairs
            .zip(self.cells)
            .filter_map(|((from, to), cell)| {
                let rating = cell.best?;
                Some(Crossing {
                    from: from.clone(),
                    to: to.clone(),
                    sources: cell.sources.count_ones(..),
                    targets: cell.targets.count_ones(..),
                    pairs: cell.pairs,
                    certainty: rating.certainty,
                    hops: rating.hops,
                    via: cell.via,
                    cut: None,
                    cut_is_fewest: false,
                })
            })
            .collect()
    }
}
