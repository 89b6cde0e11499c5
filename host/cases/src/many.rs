//! Many resources out of a few, to measure with.

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::{CheckInfo, Scope};
use blastwall_runtime::{Evaluation, Snapshot};
use blastwall_sdk::testing::{ACCOUNT, Case, World};
use serde_json::{Map, Value};

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
    let mut samples: Vec<Map<String, Value>> = Vec::new();
    let mut documents = Vec::with_capacity(count);
    for case in cases {
        let world = case.try_world().map_err(CaseError::Malformed)?;
        for sample in world.documents().filter_map(Value::as_object) {
            let mut sample = sample.clone();
            // An account is judged alone, whichever accounts the cases are about.
            if check.scope != Scope::Organization {
                sample.insert("account".to_owned(), ACCOUNT.into());
            }
            if text(&sample, "type") == repeated {
                samples.push(sample);
            } else {
                documents.push(document(&sample.into())?);
            }
        }
    }
    if samples.is_empty() {
        let service = repeated.split("::").nth(1).unwrap_or("none").to_lowercase();
        let arn = format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:sample");
        let head = [
            ("type", repeated),
            ("arn", &arn),
            ("account", ACCOUNT),
            ("region", "eu-west-1"),
        ];
        let head = head.map(|(name, value)| (name.to_owned(), value.into()));
        samples.push(Map::from_iter(head));
    }
    for (number, sample) in (0..count).zip(samples.iter().cycle()) {
        let mut sample = sample.clone();
        let arn = format!("{}-{number:06}", text(&sample, "arn"));
        sample.insert("arn".to_owned(), arn.into());
        documents.push(document(&sample.into())?);
    }
    Ok(Load {
        evaluation: evaluation(&World::new(), check, Map::new())?,
        snapshot: Arc::new(laid_out(documents, &BTreeMap::new())?),
    })
}

fn text<'a>(document: &'a Map<String, Value>, name: &str) -> &'a str {
    document
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
