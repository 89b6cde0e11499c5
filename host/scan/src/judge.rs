//! From a snapshot to its findings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blastwall_model::{AccountId, Finding, GLOBAL, Gap, Scope, Verdict};
use blastwall_report::{PluginFailure, PluginUsage};
use blastwall_runtime::{Evaluation, Failure, Plugin, Snapshot, Subject};

use crate::{Plan, Selected};

/// What a snapshot was judged to be.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) findings: Vec<Finding>,
    /// By index of the plugin.
    pub(crate) failures: BTreeMap<usize, PluginFailure>,
    /// What each plugin used, by its index.
    pub(crate) usage: BTreeMap<usize, PluginUsage>,
}

/// Asks every plugin about an account or the organization, and adds what no plugin can say: that
/// resources may be missing.
pub(crate) fn judge(
    plugins: &[Arc<Plugin>],
    plan: &Plan,
    partition: &str,
    subject: &Subject,
    snapshot: &Arc<Snapshot>,
    gaps: &[Gap],
) -> Judgement {
    let of_organization = matches!(subject, Subject::Organization { .. });
    let checks = || {
        let checks = plan.selection.checks.iter();
        checks.filter(|check| check.info.judges_organization() == of_organization)
    };
    let mut judgement = Judgement {
        findings: unlisted(checks(), subject.account(), gaps),
        ..Judgement::default()
    };
    for (index, plugin) in plugins.iter().enumerate() {
        let checks: BTreeMap<_, _> = checks()
            .filter(|check| check.plugin == index)
            .map(|check| (check.info.id.clone(), check.parameters.clone()))
            .collect();
        if checks.is_empty() {
            continue;
        }
        let evaluation = Evaluation {
            subject: subject.clone(),
            partition: partition.to_owned(),
            scanned_at: plan.scanned_at.clone(),
            checks,
        };
        let outcome = plugin.evaluate(&evaluation, snapshot);
        for line in &outcome.log {
            tracing::debug!(plugin = plugin.info().name, account = %subject.account(), "{}", line.message.escape_debug());
        }
        let usage = PluginUsage::once(outcome.elapsed, outcome.peak_memory);
        judgement.usage.insert(index, usage);
        judgement.findings.extend(outcome.findings);
        if let Some(failure) = outcome.failure {
            judgement.failures.insert(
                index,
                PluginFailure {
                    account: Some(subject.account().clone()),
                    kind: kind(&failure).to_owned(),
                    message: failure.to_string(),
                },
            );
        }
    }
    judgement
}

/// The kind of failure of a plugin that was not asked any more.
pub(crate) const GIVEN_UP: &str = "given-up";

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
        Failure::GivenUp { .. } => GIVEN_UP,
        Failure::Host { .. } => "host",
    }
}

/// An `unknown` on the account for each check and each listing that it needed and that failed:
/// resources that were not listed have not passed.
fn unlisted<'a>(
    checks: impl Iterator<Item = &'a Selected>,
    account: &AccountId,
    gaps: &[Gap],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut said = BTreeSet::new();
    for check in checks {
        // A check on the whole meets the gap itself, and may not need what is missing.
        if check.info.scope != Scope::Resource {
            continue;
        }
        let Some(judged) = check.info.reads.first() else {
            continue;
        };
        for gap in gaps {
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
                    account: account.clone(),
                    region: gap.region.as_str().into(),
                    resource: None,
                    resource_type: judged.as_str().into(),
                    verdict: Verdict::Unknown,
                    message: message.into(),
                    evidence: Vec::new(),
                });
            }
        }
    }
    findings
}
