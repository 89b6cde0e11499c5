//! One case through the sandbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::{AccountId, CheckInfo, Document, DocumentError};
use blastwall_runtime::{
    Evaluation, Failure, Gathering, Limits, LogLine, Plugin, Snapshot, Subject,
};
use blastwall_sdk::Judged;
use blastwall_sdk::testing::{ACCOUNT, Actual, Case, Difference, World};
use serde_json::{Map, Value};

/// Why a case cannot be run. Whoever wrote it is to repair it.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// An account or a resource in it is malformed.
    #[error("{0}")]
    Malformed(String),
    /// A resource is no document.
    #[error("a resource is malformed")]
    Document(#[source] DocumentError),
    /// The resources cannot be laid out on disk.
    #[error("failed to write a temporary file")]
    Storage(#[source] std::io::Error),
}

/// What came of a case.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The verdicts.
    pub actual: Vec<Actual>,
    /// How they differ from those that are expected.
    pub differences: Vec<Difference>,
    /// What the plugin did instead of judging. A case that ends so has failed, whatever it expects.
    pub failure: Option<Failure>,
    /// What the plugin logged.
    pub log: Vec<LogLine>,
}

impl Ran {
    /// Whether all verdicts are those that are expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failure.is_none() && self.differences.is_empty()
    }
}

/// Runs a case of a check, as a scan would.
///
/// # Errors
/// If the case is malformed.
pub fn run(plugin: &Plugin, check: &CheckInfo, case: &Case) -> Result<Ran, CaseError> {
    let world = case.try_world().map_err(CaseError::Malformed)?;
    let evaluation = evaluation(&world, check, case.parameters.clone())?;
    let outcome = plugin.evaluate(&evaluation, &Arc::new(snapshot(&world)?));
    let findings = outcome.findings.into_iter();
    let actual: Vec<Actual> = findings
        .map(|finding| Actual {
            resource: finding.resource,
            verdict: finding.verdict,
            message: finding.message.to_string(),
        })
        .collect();
    Ok(Ran {
        differences: case.differences(&actual),
        actual,
        failure: outcome.failure,
        log: outcome.log,
    })
}

/// The question whether a world keeps a check.
pub(crate) fn evaluation(
    world: &World,
    check: &CheckInfo,
    parameters: Map<String, Value>,
) -> Result<Evaluation, CaseError> {
    let request = world.request(check);
    let subject = match request.judged {
        Judged::Account(id) => Subject::Account(id),
        // The account that findings on the organization are booked on decides nothing here.
        Judged::Organization(id) => Subject::Organization {
            id,
            management_account: ACCOUNT
                .parse()
                .map_err(|error| CaseError::Malformed(format!("{error}")))?,
        },
    };
    Ok(Evaluation {
        subject,
        partition: request.partition,
        scanned_at: request.scanned_at,
        checks: BTreeMap::from([(check.id.clone(), parameters)]),
    })
}

/// The resources of a world as the sandbox hands them out: all of them as those of the account that
/// is judged, and the same across the organization.
///
/// # Errors
/// If a document is malformed or cannot be kept.
pub fn snapshot(world: &World) -> Result<Snapshot, CaseError> {
    let documents = world.documents().map(document).collect::<Result<_, _>>()?;
    laid_out(documents, world.all_gaps())
}

/// A resource document out of a case.
pub(crate) fn document(document: &Value) -> Result<Document, CaseError> {
    Document::parse(&document.to_string()).map_err(CaseError::Document)
}

/// Documents as the sandbox hands them out, with why some may be missing.
pub(crate) fn laid_out(
    documents: Vec<Document>,
    gaps: &BTreeMap<String, Vec<String>>,
) -> Result<Snapshot, CaseError> {
    let mut by_account: BTreeMap<&AccountId, Vec<&Document>> = BTreeMap::new();
    for document in &documents {
        by_account
            .entry(&document.account)
            .or_default()
            .push(document);
    }
    let page_bytes = Limits::default().page_bytes;
    let mut organization = Gathering::new(page_bytes).map_err(CaseError::Storage)?;
    for (account, documents) in by_account {
        organization
            .add(account, documents)
            .map_err(CaseError::Storage)?;
    }
    for (kind, reasons) in gaps {
        for reason in reasons {
            organization.add_gap(kind, reason.clone());
        }
    }
    let snapshot = Snapshot::with_reasons(documents, gaps.clone());
    Ok(snapshot.within(Arc::new(organization)))
}
