//! Whoever changes what others build on: the account that owns it, and those whom policies let change it.
//!
//! One mechanism for documents, packages, products, zones and directories; what follows from the change is for
//! the kind of link to say.

use super::Deriver;
use super::access::{Gate, ask, candidates};
use super::power::better;
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::StoreIndex;

/// Adds the rules of all who change a store.
pub(super) fn add(
    judge: &Judge<'_>,
    rules: &mut Deriver<'_>,
    store: StoreIndex,
    gates: &[Gate<'_>],
) {
    let Some(row) = judge.world().store(store) else {
        return;
    };
    rules.add(
        Certainty::Certain,
        &[Capability::Account(row.account)],
        Capability::Supply(store),
    );
    for gate in gates {
        candidates::add_links(judge, rules, gate);
    }
}

/// Why one of these rules holds.
pub(super) fn explain(
    judge: &Judge<'_>,
    premises: &[Capability],
    store: StoreIndex,
    gates: &[Gate<'_>],
) -> Option<Judgement> {
    let owner = judge.world().store(store)?.account;
    if premises == [Capability::Account(owner)] {
        return Some(Judgement::default());
    }
    gates
        .iter()
        .map(|gate| ask::from(judge, premises, gate, Detail::Full))
        .fold(None, better)
}

/// Who supplies something: whoever changes it if it is at hand, else the account that owns it.
pub(super) fn source(judge: &Judge<'_>, arn: &str, owner: &str) -> Option<Capability> {
    let world = judge.world();
    if let Some(store) = world.find_store(arn) {
        return Some(Capability::Supply(store));
    }
    if let Some(account) = world.find_account(owner) {
        return Some(Capability::Account(account));
    }
    let id = owner.parse().ok()?;
    let party = crate::subject::OutsideParty::Account { id };
    world.find_outside(&party).map(Capability::Outside)
}
