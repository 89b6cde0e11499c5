//! From the snapshot of an account to its findings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blastwall_model::{Coverage, Document, Finding, GLOBAL, Verdict};
use blastwall_report::PluginFailure;
use blastwall_runtime::{Evaluation, Failure, Plugin, Snapshot};

use crate::Selection;

/// What an account's snapshot was judged to be.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) findings: Vec<Finding>,
    /// By index of the plugin.
    pub(crate) failures: BTreeMap<usize, PluginFailure>,
}

/// Asks every plugin about an account, and adds what no plugin can say: that resources may be
/// missing.
pub(crate) fn judge(
    plugins: &[Arc<Plugin>],
    selection: &Selection,
    partition: &str,
    scanned_at: &str,
    documents: Vec<Document>,
    coverage: &Coverage,
) -> Judgement {
    let snapshot = Arc::new(Snapshot::new(documents, &coverage.gaps));
    let mut judgement = Judgement {
        findings: unlisted(selection, coverage),
        ..Judgement::default()
    };
    for (index, plugin) in plugins.iter().enumerate() {
        let checks: BTreeMap<_, _> = selection
            .checks
            .iter()
            .filter(|check| check.plugin == index)
            .map(|check| (check.info.id.clone(), check.parameters.clone()))
            .collect();
        if checks.is_empty() {
            continue;
        }
        let evaluation = Evaluation {
            account: coverage.account.clone(),
            partition: partition.to_owned(),
            scanned_at: scanned_at.to_owned(),
            checks,
        };
        let outcome = plugin.evaluate(&evaluation, &snapshot);
        for line in &outcome.log {
            tracing::debug!(plugin = plugin.info().name, account = %coverage.account, "{}", line.message.escape_debug());
        }
        judgement.findings.extend(outcome.findings);
        if let Some(failure) = outcome.failure {
            judgement.failures.insert(
                index,
                PluginFailure {
                    account: Some(coverage.account.clone()),
                    kind: kind(&failure).to_owned(),
                    message: failure.to_string(),
                },
            );
        }
    }
    judgement
}

/// The word for a kind of failure in the report.
fn kind(failure: &Failure) -> &'static str {
    match failure {
        Failure::Trap { .. } => "trap",
        Failure::OutOfTime { .. } => "time",
        Failure::OutOfMemory { .. } => "memory",
        Failure::OutOfTable { .. } => "table",
        Failure::OutOfStack { .. } => "stack",
        Failure::TooManyFindings { .. } | Failure::TooLargeFindings { .. } => "findings",
        Failure::ContractBroken { .. } => "contract",
        Failure::Reported { .. } | Failure::NoSuchCheck { .. } => "reported",
    }
}

/// An `unknown` on the account for each check and each listing that it needed and that failed:
/// resources that were not listed have not passed.
fn unlisted(selection: &Selection, coverage: &Coverage) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut said = BTreeSet::new();
    for check in &selection.checks {
        // A check on the account meets the gap itself, and may not need what is missing.
        if check.info.scope != blastwall_model::Scope::Resource {
            continue;
        }
        let Some(judged) = check.info.reads.first() else {
            continue;
        };
        for gap in &coverage.gaps {
            if gap.resource.is_some() || !gap.types.contains(judged) {
                continue;
            }
            let place = if gap.region == GLOBAL {
                String::new()
            } else {
                format!(" in {}", gap.region)
            };
            let message = format!(
                "{judged}{place} could not be listed: {}: {}",
                gap.action, gap.answer
            );
            if said.insert((check.info.id.clone(), message.clone())) {
                findings.push(Finding {
                    check: check.info.id.clone(),
                    account: coverage.account.clone(),
                    region: gap.region.clone(),
                    resource: None,
                    resource_type: judged.clone(),
                    verdict: Verdict::Unknown,
                    message,
                    evidence: Vec::new(),
                });
            }
        }
    }
    findings
}
