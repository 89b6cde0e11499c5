//! Roles whose trust policy is not known, because their account was not looked into or the policy
//! could not be read: whoever has an identity policy that names one exactly may well get in.

use std::collections::{BTreeMap, BTreeSet};

use crate::capability::Capability;
use crate::facts::{PolicyIndex, Trust};
use crate::judge::{Detail, Judge};
use crate::links::Deriver;
use crate::links::access::{Gate, ask};
use crate::world::{PrincipalIndex, named_roles};

pub(super) fn derive(judge: &Judge<'_>, rules: &mut Deriver<'_>) {
    let world = judge.world();
    let policies: BTreeSet<PolicyIndex> = world
        .principals
        .iter()
        .flat_map(|row| row.identity.iter().map(|from| from.policy))
        .collect();
    let mut named: BTreeMap<PolicyIndex, Vec<PrincipalIndex>> = BTreeMap::new();
    for policy in policies {
        let roles: Vec<PrincipalIndex> = named_roles(policy, &world.policies)
            .filter_map(|arn| world.find_principal(arn.as_str()))
            .filter(|role| {
                world
                    .principal(*role)
                    .is_some_and(|row| row.trust == Trust::Unknown)
            })
            .collect();
        if !roles.is_empty() {
            named.insert(policy, roles);
        }
    }
    if named.is_empty() {
        return;
    }
    for caller in world.principal_indices() {
        let Some(row) = world.principal(caller) else {
            continue;
        };
        let roles: BTreeSet<PrincipalIndex> = row
            .identity
            .iter()
            .filter_map(|from| named.get(&from.policy))
            .flatten()
            .copied()
            .filter(|role| *role != caller)
            .collect();
        for role in roles {
            if let Some(judgement) = Gate::of_role(world, role)
                .and_then(|gate| ask::from_principal(judge, caller, &gate, Detail::Certainty))
            {
                rules.add(
                    judgement.certainty,
                    &[Capability::Principal(caller)],
                    Capability::Principal(role),
                );
            }
        }
    }
}
