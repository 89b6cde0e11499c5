//! Between the accounts of a scan and the blast graph.

use blastwall_blast::{Environment, Facts, PRINCIPAL_TYPES};
use blastwall_model::{Access, Coverage, Document, Gap, unlisted};

use crate::Member;

/// Adds an account that was looked into. One that was not, or whose principals could not all be
/// listed, stays a blind spot of the graph, known by its environment alone.
pub(crate) fn add(facts: &mut Facts, member: &Member, coverage: &Coverage, documents: &[Document]) {
    if unseen(coverage).is_none() {
        facts.add_account(&member.entry.id, environment(member), documents);
    }
}

/// Says what of the organization could not be listed, so that what hangs on it is in doubt.
pub(crate) fn add_gaps(facts: &mut Facts, gaps: &[Gap]) {
    for (kind, why) in unlisted(gaps) {
        facts.add_organization_gap(kind, &why);
    }
}

/// The environment of an account, which counts for as much as it is critical.
pub(crate) fn environment(member: &Member) -> Environment {
    Environment::new(
        member.environment.name.clone(),
        f64::from(member.environment.criticality.weight()),
    )
}

/// Why the principals of an account are not, or not all, known.
pub(crate) fn unseen(coverage: &Coverage) -> Option<String> {
    match &coverage.access {
        Access::Entered { .. } => {}
        Access::Refused { answer, .. } => return Some(answer.clone()),
        Access::Skipped { reason } => return Some(reason.clone()),
    }
    unlisted(&coverage.gaps)
        .find(|(kind, _)| PRINCIPAL_TYPES.contains(kind))
        .map(|(kind, why)| format!("{kind}: {why}"))
}
