//! Between the accounts of a scan and the blast graph.

use blastwall_blast::{Environment, Facts};
use blastwall_model::{Access, Coverage};

use crate::Member;
use crate::account::Done;
use crate::plan::is_blast_type;

/// Adds an account that was looked into. One that was not, or whose principals could not all be
/// listed, stays a blind spot of the graph, known by its environment alone.
pub(crate) fn add(facts: &mut Facts, member: &Member, done: &Done) {
    if is_seen(&done.coverage) {
        facts.add_account(&member.entry.id, environment(member), &done.blast);
    }
}

/// The environment of an account, which counts for as much as it is critical.
pub(crate) fn environment(member: &Member) -> Environment {
    Environment::new(
        member.environment.name.clone(),
        f64::from(member.environment.criticality.weight()),
    )
}

fn is_seen(coverage: &Coverage) -> bool {
    matches!(coverage.access, Access::Entered { .. })
        && !coverage
            .gaps
            .iter()
            .any(|gap| gap.resource.is_none() && gap.types.iter().any(|kind| is_blast_type(kind)))
}
