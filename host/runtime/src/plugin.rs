//! A loaded plugin.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use blastwall_model::{CheckInfo, Finding, PluginInfo};
use serde_json::{Map, Value};

use crate::bindings::{PluginPre, types};
use crate::description;
use crate::engine::Shared;
use crate::error::{Failure, LoadError};
use crate::evaluation::{Evaluation, Outcome, Subject};
use crate::judging::Judging;
use crate::limits::Limits;
use crate::measure;
use crate::snapshot::Snapshot;
use crate::state::{State, cut};
use crate::verdicts;

/// The name of a component by its bytes: their BLAKE3 hash in hexadecimal.
#[must_use]
pub fn digest(component: &[u8]) -> String {
    blake3::hash(component).to_hex().to_string()
}

/// A plugin that has been compiled and has described itself.
///
/// It keeps nothing between evaluations but the number of those that failed in a row.
#[derive(Clone)]
pub struct Plugin {
    shared: Arc<Shared>,
    instance: PluginPre<State>,
    info: Arc<PluginInfo>,
    digest: blake3::Hash,
    limits: Arc<Limits>,
    /// Evaluations that failed since the last that did not; for all clones.
    failures: Arc<AtomicU32>,
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Plugin")
            .field("name", &self.info.name)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

impl Plugin {
    pub(crate) fn describe(
        shared: Arc<Shared>,
        instance: PluginPre<State>,
        digest: blake3::Hash,
    ) -> Result<Self, LoadError> {
        let place = shared.gate.enter();
        let limits = Arc::new(shared.limits.clone());
        let mut store = shared.store(State::new(&limits, None));
        let described = instance
            .instantiate(&mut store)
            .and_then(|plugin| plugin.call_describe(&mut store));
        let described =
            described.map_err(|error| LoadError::Describe(shared.failure(store.data(), &error)))?;
        drop(store);
        drop(place);
        let info =
            description::read(described).map_err(|message| LoadError::Description { message })?;
        Ok(Self {
            shared,
            instance,
            info: Arc::new(info),
            digest,
            limits,
            failures: Arc::default(),
        })
    }

    /// The same plugin under limits of its own: those of one evaluation, and after how many failures
    /// it is given up. Memory and tables stay below those of the engine, which has made room for no
    /// more; the stack is the engine's.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let room = &self.shared.limits;
        let limits = Limits {
            memory: limits.memory.min(room.memory),
            table_elements: limits.table_elements.min(room.table_elements),
            stack: room.stack,
            ..limits
        };
        Self {
            limits: Arc::new(limits),
            ..self
        }
    }

    /// What it says about itself.
    #[must_use]
    pub fn info(&self) -> &PluginInfo {
        &self.info
    }

    /// The BLAKE3 hash of its component, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        self.digest.to_hex().to_string()
    }

    /// Asks about one account or the organization, in a fresh instance.
    #[must_use]
    pub fn evaluate(&self, evaluation: &Evaluation, snapshot: &Arc<Snapshot>) -> Outcome {
        let checks: Result<Vec<_>, Failure> = evaluation
            .checks
            .iter()
            .map(|(id, parameters)| {
                let found = self.info.checks.iter().find(|check| check.id == *id);
                let info = found.ok_or_else(|| Failure::NoSuchCheck { check: id.clone() })?;
                Ok((info, parameters))
            })
            .collect();
        let judging = |checks: &[(&CheckInfo, _)]| {
            let checks = checks
                .iter()
                .map(|&(info, _): &(&CheckInfo, &Map<_, _>)| info);
            Judging::new(evaluation.subject.clone(), checks, Arc::clone(snapshot))
        };

        let _place = self.shared.gate.enter();
        let start = Instant::now();
        let judging = checks.as_deref().ok().map(judging);
        let mut store = self.shared.store(State::new(&self.limits, judging));
        let judged = checks.and_then(|checks| {
            self.has_given_up()?;
            let request = request(evaluation, &checks);
            let answer = self
                .instance
                .instantiate(&mut store)
                .and_then(|plugin| plugin.call_evaluate(&mut store, &request));
            self.judged(store.data_mut(), answer)
        });
        let elapsed = start.elapsed();
        let metered = self.shared.metered;
        let fuel = metered.then(|| measure::used(&store)).flatten();
        let state = store.into_data();
        let (findings, failure) = match judged {
            Ok(findings) => {
                self.failures.store(0, Ordering::Relaxed);
                (findings, None)
            }
            Err(failure) => {
                if !matches!(failure, Failure::GivenUp { .. }) {
                    self.failures.fetch_add(1, Ordering::Relaxed);
                }
                let asked = evaluation.checks.keys().cloned();
                let errors = verdicts::errors(evaluation.subject.account(), asked, &failure);
                (errors, Some(failure))
            }
        };
        Outcome {
            findings,
            failure,
            log: state.log,
            log_dropped: state.log_dropped,
            peak_memory: state.peak_memory,
            elapsed,
            fuel,
        }
    }

    /// The circuit breaker: a plugin that keeps failing is not asked any more, because each time may
    /// cost all the time that it is allowed.
    fn has_given_up(&self) -> Result<(), Failure> {
        let limit = self.limits.failures_in_a_row;
        if self.failures.load(Ordering::Relaxed) < limit {
            return Ok(());
        }
        Err(Failure::GivenUp { failures: limit })
    }

    /// The findings, if the plugin has kept the contract to the end.
    fn judged(
        &self,
        state: &mut State,
        answer: wasmtime::Result<Result<(), String>>,
    ) -> Result<Vec<Finding>, Failure> {
        match answer {
            Err(error) => Err(self.shared.failure(state, &error)),
            Ok(Err(message)) => Err(Failure::Reported {
                message: cut(message, self.limits.log_line_bytes),
            }),
            Ok(Ok(())) => state.judging.take().map_or(Ok(Vec::new()), Judging::finish),
        }
    }
}

/// The request, with the value of every parameter.
fn request(
    evaluation: &Evaluation,
    checks: &[(&CheckInfo, &Map<String, Value>)],
) -> types::Evaluation {
    let selected = checks.iter().map(|(info, given)| {
        let mut values: Map<String, Value> = info
            .parameters
            .iter()
            .map(|parameter| (parameter.name.clone(), parameter.default.clone()))
            .collect();
        values.extend((*given).clone());
        types::SelectedCheck {
            id: info.id.to_string(),
            parameters: Value::Object(values).to_string(),
        }
    });
    types::Evaluation {
        checks: selected.collect(),
        subject: match &evaluation.subject {
            Subject::Account(id) => types::Subject::Account(id.to_string()),
            Subject::Organization { id, .. } => types::Subject::Organization(id.clone()),
        },
        partition: evaluation.partition.clone(),
        scanned_at: evaluation.scanned_at.clone(),
    }
}
