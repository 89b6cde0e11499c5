//! Principals whose permissions the attacker changed, before a gate.

use std::collections::BTreeSet;

use super::{Gate, ask};
use crate::capability::Capability;
use crate::judge::{Detail, Judge};
use crate::links::Deriver;
use crate::world::AccountIndex;

/// Adds a rule for each that gets through, of the accounts that the gate's policy may let in.
pub(super) fn add_links(judge: &Judge<'_>, rules: &mut Deriver<'_>, gate: &Gate<'_>) {
    let world = judge.world();
    let Some(summary) = gate.summary else {
        return;
    };
    let mut accounts = BTreeSet::from([gate.owner]);
    if !gate.closed {
        let named = summary.identities.iter().filter_map(|one| one.account());
        let named = named.chain(summary.accounts.iter().map(|id| &**id));
        accounts.extend(named.filter_map(|id| world.find_account(id)));
        if summary.anyone {
            accounts.extend(world.account_indices());
        }
    }
    let rewritten: Vec<Capability> = accounts
        .into_iter()
        .flat_map(|account: AccountIndex| rules.escalations.rewritten(account))
        .map(|(index, rewrite)| Capability::Rewritten(*index, *rewrite))
        // A role that is held needs no way in.
        .filter(|holder| !is_of(*holder, gate))
        .collect();
    for holder in rewritten {
        if let Some(judgement) = ask::from_rewritten(judge, holder, gate, Detail::Certainty) {
            rules.add_with_key(judge, &judgement, holder, gate.conclusion);
        }
    }
}

fn is_of(holder: Capability, gate: &Gate<'_>) -> bool {
    let Capability::Rewritten(index, _) = holder else {
        return false;
    };
    gate.role.is_some_and(|(role, _)| role == index)
}
