//! Many resources out of a few, to measure with.

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::{CheckInfo, Scope};
use blastwall_runtime::{Evaluation, Snapshot};
use blastwall_sdk::testing::{ACCOUNT, Case, World};
use serde_json::{Map, Value, json};

use crate::run::{CaseError, document, evaluation, laid_out};

/// A question with much to look at.
#[derive(Clone, Debug)]
pub struct Load {
    /// The question: one check with the defaults of its parameters.
    pub evaluation: Evaluation,
    /// What to look at.
    pub snapshot: Arc<Snapshot>,
}

/// A check and `count` resources of the type that it judges, or, if it judges the whole, of the
/// first that it reads. They are those of its cases over and over under new names; without any,
/// documents with nothing but a head. The other types that it reads are as in the cases.
///
/// # Errors
/// If a case is malformed.
pub fn many(check: &CheckInfo, cases: &[&Case], count: usize) -> Result<Load, CaseError> {
    let repeated = check.reads.first().map_or("", String::as_str);
    let mut samples: Vec<Value> = Vec::new();
    let mut documents = Vec::with_capacity(count);
    for case in cases {
        let world = case.try_world().map_err(CaseError::Malformed)?;
        for sample in world.documents() {
            let mut sample = sample.clone();
            // An account is judged alone, whichever accounts the cases are about.
            if check.scope != Scope::Organization {
                sample["account"] = ACCOUNT.into();
            }
            if sample["type"] == repeated {
                samples.push(sample);
            } else {
                documents.push(document(&sample)?);
            }
        }
    }
    if samples.is_empty() {
        let service = repeated.split("::").nth(1).unwrap_or("none").to_lowercase();
        samples.push(json!({
            "type": repeated,
            "arn": format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:sample"),
            "account": ACCOUNT,
            "region": "eu-west-1",
        }));
    }
    for (number, sample) in (0..count).zip(samples.iter().cycle()) {
        let mut sample = sample.clone();
        let arn = sample["arn"].as_str().unwrap_or_default();
        sample["arn"] = format!("{arn}-{number:06}").into();
        documents.push(document(&sample)?);
    }
    Ok(Load {
        evaluation: evaluation(&World::new(), check, Map::new())?,
        snapshot: Arc::new(laid_out(documents, &BTreeMap::new())?),
    })
}
