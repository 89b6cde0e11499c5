//! Principals whose permissions the attacker changed, before a gate.

use std::collections::BTreeSet;

use super::{Gate, ask};
use crate::capability::{Capability, Rewrite};
use crate::judge::{Detail, Judge};
use crate::links::Deriver;
use crate::world::{AccountIndex, World};

/// Adds a rule for each that gets through, of the accounts that the gate's policy may let in.
pub(super) fn add_links(judge: &Judge<'_>, rules: &mut Deriver<'_>, gate: &Gate<'_>) {
    let world = judge.world();
    let Some(summary) = gate.summary else {
        return;
    };
    let own = (!gate.by_policy).then_some(gate.owner);
    let mut accounts: BTreeSet<AccountIndex> = own.into_iter().collect();
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
        .flat_map(|account| {
            let forms = rules.escalations.rewritten(account).iter();
            // Who was made and given nothing is let in nowhere but at home.
            forms.filter(move |(_, form)| *form != Rewrite::default() || account == gate.owner)
        })
        .map(|(index, rewrite)| Capability::Rewritten(*index, *rewrite))
        // A role that is held needs no way in.
        .filter(|holder| !is_of(*holder, gate))
        .filter(|holder| tags_matter(judge.world(), *holder, gate))
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

/// Whether somebody who has other tags alone may get through where it did not before: some policy in the way
/// asks for tags.
fn tags_matter(world: &World, holder: Capability, gate: &Gate<'_>) -> bool {
    let Capability::Rewritten(index, rewrite) = holder else {
        return true;
    };
    let untagged = Rewrite {
        tagged: None,
        ..rewrite
    };
    rewrite.tagged.is_none()
        || (untagged != Rewrite::default() && !world.is_makeable(index))
        || world.asks_for_tags(gate.policy_index())
        || world.levels_ask_for_tags(gate.account.rcps)
        || world.asked_for_tags_itself(index)
}
