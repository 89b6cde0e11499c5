//! Whoever may take policies of the organization away has power over the guardrails: everything that only
//! they kept apart is open then, which is the second wave of a radius.

use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Detail, Judge, Judgement};

pub(super) struct ControlPlane;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "mgmt-control-plane",
    name: "Organizations control plane",
    family: "organization",
    source: "the management account, or a principal of it that may detach, rewrite or switch off policies \
        of the organization, or move accounts out of their units",
    target: "power over the guardrails",
    precondition: "the organization has policies that bind. A policy administrator by the organization's \
        resource policy has the same power and is not looked at",
    mitigations: "few principals with organizations:DetachPolicy, UpdatePolicy, DeletePolicy, \
        DisablePolicyType or MoveAccount; no workloads in the management account",
    references: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_permissions_overview.html",
    ],
};

/// Each is enough.
const ACTIONS: &[&str] = &[
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
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        _conclusion: Capability,
    ) -> Option<Judgement> {
        match premises {
            [Capability::Principal(principal)] => {
                judge_principal(&Power::of(judge, *principal, Detail::Full)?)
            }
            _ => Some(Judgement::default()),
        }
    }
}
