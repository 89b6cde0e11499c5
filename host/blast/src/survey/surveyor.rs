//! One closure for each account and each outside party, by as many workers as there are processors.
//!
//! Each worker has a run of accounts, in order, and adds up by itself; the sums are put together in the same
//! order, so that the answer does not depend on how many there are.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use super::data::{self, DataMatrix};
use super::entrances::Entrances;
use super::matrix::Matrix;
use super::tally::{Found, Tally};
use super::ways::Ways;
use super::{
    AccountBlast, Entrance, EnvironmentCrossing, Exposure, REACHES_TOLD, Reached, WAYS_TOLD, scores,
};
use crate::capability::Capability;
use crate::closure::{Closure, Settled};
use crate::graph::Graph;
use crate::steps::Steps;
use crate::subject::Subject;
use crate::world::{AccountIndex, AccountRow, OutsideIndex};

/// How many accounts make a worker worth its while.
const WORTHWHILE: usize = 32;

/// More workers than that take more memory, each for the state of every fact, than they save time.
const WORKERS: usize = 8;

/// What was found about some accounts, one after the other.
pub(super) struct Findings {
    pub(super) accounts: Vec<AccountBlast>,
    /// By account, who enters it of those that were looked at.
    pub(super) entrances: Vec<Entrances>,
    pub(super) matrix: Matrix,
    pub(super) data: DataMatrix,
    pub(super) ways: Ways,
}

impl Findings {
    fn new(graph: &Graph) -> Self {
        let accounts = graph.world.accounts.len();
        Self {
            accounts: Vec::new(),
            entrances: vec![Entrances::default(); accounts],
            matrix: Matrix::new(&graph.world),
            data: DataMatrix::default(),
            ways: Ways::new(graph),
        }
    }

    /// Adds what was found about the accounts that come next.
    fn append(&mut self, next: Self, told: usize) {
        self.accounts.extend(next.accounts);
        for (entrances, more) in self.entrances.iter_mut().zip(next.entrances) {
            entrances.append(more, told);
        }
        self.matrix.append(next.matrix);
        self.data.append(next.data);
        self.ways.append(&next.ways);
    }
}

/// How many workers the accounts of a graph are worth.
pub(super) fn workers(graph: &Graph) -> usize {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let worthwhile = graph.world.accounts.len() / WORTHWHILE;
    worthwhile.clamp(1, processors.min(WORKERS))
}

/// How many of the accounts that one reaches, and of those that enter it, are told.
pub(super) fn told(graph: &Graph) -> usize {
    (REACHES_TOLD / graph.world.accounts.len().max(1)).max(WAYS_TOLD)
}

/// What is found about every account and every party outside.
pub(super) fn findings(graph: &Graph, workers: usize) -> Findings {
    let tally = Tally::new(graph);
    let accounts: Vec<AccountIndex> = graph.world.account_indices().collect();
    let told = told(graph);
    let run = accounts.len().div_ceil(workers).max(1);
    let found = thread::scope(|scope| {
        let workers: Vec<_> = accounts
            .chunks(run)
            .map(|accounts| {
                let mut surveyor = Surveyor::new(graph, &tally, Findings::new(graph), told);
                scope.spawn(move || {
                    for index in accounts {
                        surveyor.account(*index);
                    }
                    surveyor.findings
                })
            })
            .collect();
        let mut all = Findings::new(graph);
        for worker in workers {
            let next = worker.join().unwrap_or_else(|panic| resume_unwind(panic));
            all.append(next, told);
        }
        all
    });
    let mut surveyor = Surveyor::new(graph, &tally, found, told);
    for index in 0..graph.world.outside.len() {
        surveyor.outside(OutsideIndex::new(index));
    }
    surveyor.findings
}

struct Surveyor<'g> {
    graph: &'g Graph,
    tally: &'g Tally,
    steps: Steps<'g>,
    closure: Closure<'g>,
    findings: Findings,
    /// How many of the accounts that one account reaches are told.
    told: usize,
}

impl<'g> Surveyor<'g> {
    fn new(graph: &'g Graph, tally: &'g Tally, findings: Findings, told: usize) -> Self {
        Self {
            graph,
            tally,
            steps: Steps::new(graph),
            closure: Closure::new(&graph.rules),
            findings,
            told,
        }
    }

    /// What falls in which account when `start` falls, in the order of account ids; and all of it.
    fn run(&mut self, start: Capability) -> (BTreeMap<AccountIndex, Found>, Vec<Settled>) {
        let Some(start) = self.graph.capabilities.find(start) else {
            return (BTreeMap::new(), Vec::new());
        };
        let settled = self.closure.run(&[start], |rule| self.tally.spreads(rule));
        (self.tally.count(self.graph, &settled), settled)
    }

    fn account(&mut self, index: AccountIndex) {
        let Some(row) = self.graph.world.account(index) else {
            return;
        };
        let (mut found, settled) = self.run(Capability::Account(index));
        found.remove(&index);
        let read = data::read(self.graph, index, &settled);
        drop(settled);
        self.findings.data.add(self.graph, index, &read, |fact| {
            self.steps.path(&self.closure, fact)
        });
        let containment = scores::containment(self.graph, index, &found);
        let mut ranked: Vec<(AccountIndex, &AccountRow, Found)> = found
            .into_iter()
            .filter_map(|(other, found)| Some((other, self.graph.world.account(other)?, found)))
            .collect();
        // Stable, so that equals stay in the order of their ids.
        ranked.sort_by_key(|(_, _, found)| (found.rating.certainty, found.rating.hops));
        let mut crossings: BTreeMap<&Arc<str>, EnvironmentCrossing> = BTreeMap::new();
        let reached = ranked.len();
        let mut reaches = Vec::with_capacity(reached.min(self.told));
        for (place, (other, other_row, found)) in ranked.into_iter().enumerate() {
            let environment = &other_row.environment.name;
            let via = if place < WAYS_TOLD {
                self.steps.path(&self.closure, found.foothold)
            } else {
                Vec::new()
            };
            if let Some(cell) = self.findings.matrix.cell(index, other)
                && cell.add(index, other, found.rating)
            {
                cell.via = self.steps.path(&self.closure, found.foothold);
            }
            if *environment != row.environment.name {
                crossings
                    .entry(environment)
                    .and_modify(|crossing| crossing.add(found.rating))
                    .or_insert_with(|| EnvironmentCrossing::new(environment, found.rating));
            }
            self.findings
                .ways
                .add(self.graph, &self.closure, found.foothold, 1.0);
            if let Some(entrances) = self.findings.entrances.get_mut(other.index()) {
                entrances.add(index, found, &via, self.told);
            }
            if place >= self.told {
                continue;
            }
            reaches.push(Reached {
                account: other_row.id.clone(),
                environment: environment.clone(),
                certainty: found.rating.certainty,
                hops: found.rating.hops,
                whole_account: found.whole_account,
                principals: found.principals,
                via,
            });
        }
        self.findings.accounts.push(AccountBlast {
            account: row.id.clone(),
            name: row.name.clone(),
            environment: row.environment.name.clone(),
            seen: row.seen,
            containment,
            exposure: Exposure::default(),
            reached,
            reaches,
            crossings: crossings.into_values().collect(),
            entered: 0,
            entered_by: Vec::new(),
        });
    }

    fn outside(&mut self, index: OutsideIndex) {
        let Some(party) = self.graph.world.outside.get(index.index()) else {
            return;
        };
        let (found, _) = self.run(Capability::Outside(index));
        for (account, found) in found {
            let via = self.steps.path(&self.closure, found.foothold);
            if let Some(entrances) = self.findings.entrances.get_mut(account.index()) {
                entrances.add_outside(Entrance {
                    from: Subject::Outside {
                        party: party.clone(),
                    },
                    environment: None,
                    certainty: found.rating.certainty,
                    hops: found.rating.hops,
                    whole_account: found.whole_account,
                    principals: found.principals,
                    via,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use blastwall_model::{AccountId, Document};
    use serde_json::json;

    use crate::{Environment, Facts, Graph};

    /// Accounts in a row, each of which enters the next; every third is of production.
    fn row(accounts: u64) -> Graph {
        let id = |account: u64| format!("{:012}", 200_000_000_000 + account);
        let mut facts = Facts::new();
        for account in 0..accounts {
            let own = id(account);
            let before = id((account + accounts - 1) % accounts);
            let role = json!({"type": "AWS::IAM::Role", "account": own,
                "arn": format!("arn:aws:iam::{own}:role/next"),
                "config": {"RoleName": "next", "AssumeRolePolicyDocument": {"Statement": [
                    {"Effect": "Allow", "Action": "sts:AssumeRole",
                        "Principal": {"AWS": [format!("arn:aws:iam::{before}:root"), "999988887777"]}}]},
                    "Policies": [{"PolicyName": "inline", "PolicyDocument": {"Statement": [
                        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}}]}});
            let account: AccountId = own.parse().unwrap();
            let environment = if own.ends_with(['0', '3', '6']) {
                "prod"
            } else {
                "dev"
            };
            let document = Document::parse(&role.to_string()).unwrap();
            facts.add_account(&account, Environment::new(environment, 1.0), &[document]);
        }
        Graph::build(facts)
    }

    #[test]
    fn the_answer_does_not_depend_on_the_number_of_workers() {
        let graph = row(8);
        let alone = graph.survey_by(1);
        assert!(alone.accounts.iter().all(|account| account.reached == 7));
        assert!(alone.accounts.iter().all(|account| account.entered == 8));
        for workers in [2, 3, 8] {
            assert_eq!(graph.survey_by(workers), alone, "{workers}");
        }
    }
}
