//! Between the accounts of a scan and the blast graph.

use blastwall_blast::{Environment, Facts};
use blastwall_model::{Access, Coverage};

use crate::Member;
use crate::account::Done;
use crate::plan::is_blast_type;

/// Adds an account that was looked into. Of one that was not, or whose principals could not all be
/// listed, the graph knows the environment, and calls the rest a blind spot.
pub(crate) fn add(facts: &mut Facts, member: &Member, done: &Done) {
    let environment = Environment::new(
        member.environment.name.clone(),
        f64::from(member.environment.criticality.weight()),
    );
    if is_seen(&done.coverage) {
        facts.add_account(&member.entry.id, environment, &done.blast);
    } else {
        facts.set_environment(&member.entry.id, environment);
    }
}

fn is_seen(coverage: &Coverage) -> bool {
    matches!(coverage.access, Access::Entered { .. })
        && !coverage
            .gaps
            .iter()
            .any(|gap| gap.resource.is_none() && gap.types.iter().any(|kind| is_blast_type(kind)))
}
