//! Whoever may take policies of the organization away has power over the guardrails: everything that only
//! they kept apart is open then, which is the second wave of a radius.

use std::collections::BTreeSet;

use super::access::{Gate, ask, candidates};
use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::World;

pub(super) struct ControlPlane;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "mgmt-control-plane",
    name: "Organizations control plane",
    family: "organization",
    source: "the management account, or a principal of it that may detach, rewrite or switch off policies \
        of the organization, or move accounts out of their units; whom the organization's resource policy \
        makes administrators of policies",
    target: "power over the guardrails",
    precondition: "the organization has policies that bind. From a member account both the resource policy \
        of the organization and the caller's own policies allow it",
    mitigations: "few principals with organizations:DetachPolicy, UpdatePolicy, DeletePolicy, \
        DisablePolicyType or MoveAccount; no workloads in the management account",
    references: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_permissions_overview.html",
    ],
};

/// Each is enough.
pub(crate) const ACTIONS: &[&str] = &[
    "organizations:DetachPolicy",
    "organizations:UpdatePolicy",
    "organizations:DisablePolicyType",
    "organizations:MoveAccount",
];

fn judge_principal(power: &Power<'_, '_>) -> Option<Judgement> {
    let keys = power.keys();
    let may = ACTIONS
        .iter()
        .map(|action| power.may_somewhere(action, &keys))
        .fold(None, better)?;
    Some(power.complete(may))
}

/// The ways in for those whom the organization's resource policy names: each action, on the policies that
/// it names or on any.
fn gates<'w>(world: &'w World) -> Vec<Gate<'w>> {
    let Some((_, policy, _)) = &world.delegation else {
        return Vec::new();
    };
    let any = world
        .management
        .and_then(|index| world.account(index))
        .map(|row| {
            format!(
                "arn:{}:organizations::{}:policy/{}/service_control_policy/p-anyname0",
                world.partition,
                row.id,
                world.organization_id.as_deref().unwrap_or("o-any")
            )
        });
    let statements = world.policies.get(*policy).into_iter();
    let named = statements
        .flat_map(|stored| &stored.policy.statements)
        .filter_map(|statement| statement.resources.as_ref())
        .filter(|clause| !clause.negated)
        .flat_map(|clause| &clause.patterns)
        .filter(|pattern| pattern.as_str().contains(":policy/"))
        .map(|pattern| pattern.as_str().replace(['*', '?'], "x"));
    let resources: BTreeSet<String> = any.into_iter().chain(named).collect();
    let pairs = ACTIONS
        .iter()
        .flat_map(|action| resources.iter().map(move |resource| (*action, resource)));
    pairs
        .filter_map(|(action, resource)| Gate::of_organization(world, action, resource.clone()))
        .collect()
}

impl LinkKind for ControlPlane {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        ACTIONS.to_vec()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let Some(management) = world.management.filter(|_| world.has_control_policies()) else {
            return;
        };
        rules.add(
            Certainty::Certain,
            &[Capability::Account(management)],
            Capability::Guardrails,
        );
        for principal in world.principals_of(management) {
            let judgement = rules
                .unspent(judge, principal, ACTIONS)
                .and_then(|power| judge_principal(&power));
            if let Some(judgement) = judgement {
                rules.add(
                    judgement.certainty,
                    &[Capability::Principal(principal)],
                    Capability::Guardrails,
                );
            }
        }
        for gate in gates(world) {
            candidates::add_links(judge, rules, &gate);
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        _conclusion: Capability,
    ) -> Option<Judgement> {
        match premises {
            [Capability::Account(account)] if Some(*account) == judge.world().management => {
                Some(Judgement::default())
            }
            [Capability::Principal(principal)]
                if judge.world().principal(*principal).map(|row| row.account)
                    == judge.world().management =>
            {
                judge_principal(&Power::of(judge, *principal, Detail::Full)?)
            }
            _ => gates(judge.world())
                .iter()
                .map(|gate| ask::from(judge, premises, gate, Detail::Full))
                .fold(None, better),
        }
    }
}
