//! A loaded plugin.

use std::sync::Arc;
use std::time::Instant;

use blastwall_model::{CheckInfo, Finding, PluginInfo};
use serde_json::{Map, Value};

use crate::bindings::{PluginPre, types};
use crate::description;
use crate::engine::Shared;
use crate::error::{Failure, LoadError};
use crate::evaluation::{Evaluation, Outcome};
use crate::judging::Judging;
use crate::snapshot::Snapshot;
use crate::state::{State, cut};

/// A plugin that has been compiled and has described itself.
///
/// It keeps nothing between evaluations.
#[derive(Clone)]
pub struct Plugin {
    shared: Arc<Shared>,
    instance: PluginPre<State>,
    info: Arc<PluginInfo>,
    digest: blake3::Hash,
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
        let mut store = shared.store(State::new(&shared.limits, None));
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
        })
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

    /// Asks about one account, in a fresh instance.
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
            Judging::new(evaluation.account.clone(), checks, Arc::clone(snapshot))
        };

        let _place = self.shared.gate.enter();
        let start = Instant::now();
        let judging = checks.as_deref().ok().map(judging);
        let mut store = self.shared.store(State::new(&self.shared.limits, judging));
        let judged = checks.and_then(|checks| {
            let request = request(evaluation, &checks);
            let answer = self
                .instance
                .instantiate(&mut store)
                .and_then(|plugin| plugin.call_evaluate(&mut store, &request));
            self.judged(store.data_mut(), answer)
        });
        let elapsed = start.elapsed();
        let state = store.into_data();
        let (findings, failure) = match judged {
            Ok(findings) => (findings, None),
            Err(failure) => {
                let asked = evaluation.checks.keys().cloned();
                let errors = Judging::errors(&evaluation.account, asked, &failure);
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
        }
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
                message: cut(message, self.shared.limits.log_line_bytes),
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
        account: evaluation.account.to_string(),
        partition: evaluation.partition.clone(),
        scanned_at: evaluation.scanned_at.clone(),
    }
}
