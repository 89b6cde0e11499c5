//! Data that is read across environments, where the account that has it does not fall.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::closure::{Rating, Settled};
use crate::graph::Graph;
use crate::rules::FactId;
use crate::steps::Step;
use crate::world::{AccountIndex, StoreIndex};

/// Data of one environment that falls into the hands of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DataCrossing {
    /// The environment that falls first.
    pub from: Arc<str>,
    /// The environment whose data is read.
    pub to: Arc<str>,
    /// How many accounts of `from` read some of it without the account that has it.
    pub sources: usize,
    /// How many buckets, keys, secrets and the like are read.
    pub resources: usize,
    /// The best certainty.
    pub certainty: Certainty,
    /// The moves of the surest way, whose parts are each as sure as can be.
    pub hops: u32,
    /// One way that has both.
    pub via: Vec<Arc<Step>>,
}

/// What one account reads in others: the store, how surely and how near, and the fact.
pub(super) type Read = (StoreIndex, Rating, FactId);

/// The data of other accounts that falls, but for accounts that fall as a whole: theirs goes without saying.
pub(super) fn read(graph: &Graph, start: AccountIndex, settled: &[Settled]) -> Vec<Read> {
    if graph.world.stores.is_empty() {
        return Vec::new();
    }
    let mut read: Vec<Read> = settled
        .iter()
        .filter_map(|settled| match graph.capabilities.get(settled.fact) {
            Some(Capability::Data(store)) => Some((store, settled.rating, settled.fact)),
            _ => None,
        })
        .collect();
    if read.is_empty() {
        return read;
    }
    let fallen: BTreeSet<AccountIndex> = settled
        .iter()
        .filter_map(|settled| match graph.capabilities.get(settled.fact) {
            Some(Capability::Account(account)) => Some(account),
            _ => None,
        })
        .chain([start])
        .collect();
    read.retain(|(store, ..)| {
        let owner = graph.world.store(*store).map(|row| row.account);
        owner.is_some_and(|owner| !fallen.contains(&owner))
    });
    read
}

#[derive(Default)]
struct Cell {
    sources: BTreeSet<AccountIndex>,
    resources: BTreeSet<StoreIndex>,
    best: Option<Rating>,
    via: Vec<Arc<Step>>,
}

/// The crossings while they are gathered.
#[derive(Default)]
pub(super) struct DataMatrix {
    cells: BTreeMap<(Arc<str>, Arc<str>), Cell>,
}

impl DataMatrix {
    /// Counts what an account reads; `way` tells the way to a fact.
    pub(super) fn add(
        &mut self,
        graph: &Graph,
        start: AccountIndex,
        read: &[Read],
        mut way: impl FnMut(FactId) -> Vec<Arc<Step>>,
    ) {
        let environment = |account: AccountIndex| {
            let row = graph.world.account(account)?;
            Some(row.environment.name.clone())
        };
        for (store, rating, fact) in read {
            let owner = graph.world.store(*store).map(|row| row.account);
            let (Some(from), Some(to)) = (environment(start), owner.and_then(environment)) else {
                continue;
            };
            if from == to {
                continue;
            }
            let cell = self.cells.entry((from, to)).or_default();
            cell.sources.insert(start);
            cell.resources.insert(*store);
            if cell.best.is_none_or(|best| *rating < best) {
                cell.best = Some(*rating);
                cell.via = way(*fact);
            }
        }
    }

    /// Adds what the accounts that come next read; of equals the earlier way stays.
    pub(super) fn append(&mut self, next: Self) {
        for (environments, next) in next.cells {
            let cell = self.cells.entry(environments).or_default();
            cell.sources.extend(next.sources);
            cell.resources.extend(next.resources);
            if cell
                .best
                .is_none_or(|best| next.best.is_some_and(|next| next < best))
            {
                cell.best = next.best;
                cell.via = next.via;
            }
        }
    }

    pub(super) fn finish(self) -> Vec<DataCrossing> {
        let cells = self.cells.into_iter();
        cells
            .filter_map(|((from, to), cell)| {
                let rating = cell.best?;
                Some(DataCrossing {
                    from,
                    to,
                    sources: cell.sources.len(),
                    resources: cell.resources.len(),
                    certainty: rating.certainty,
                    hops: rating.hops,
                    via: cell.via,
                })
            })
            .collect()
    }
}
