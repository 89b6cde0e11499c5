//! Whoever may give itself any permission in an account has the account.
//!
//! Judged by probing: may the principal, under its boundary and the service control policies, make
//! a role or user of any name that has any policy? One such way is enough, because a common
//! guardrail denies making users and leaves making roles open. The probes ask for names that
//! nobody would scope a policy to, so that they stand for every resource; rights over particular
//! roles and users are another kind of link.

use std::collections::HashMap;

use super::power::{ANY_NAME, Power, better, is_certain};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Boundary, PolicyIndex};
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{AccountIndex, PrincipalIndex};

pub(super) struct AccountAdministrator;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "account-administrator",
    name: "Administrator to account",
    family: "account",
    source: "principal that may give any permission to a principal it can become",
    target: "the whole account",
    precondition: "identity policies allow making (or opening) a role or user of any name and \
        giving it any policy, without a permissions boundary on it; the principal's own boundary \
        and the account's service control policies do not stop it",
    mitigations: "permissions boundaries, iam:PermissionsBoundary as a condition of creating \
        principals, service control policies on the IAM actions",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html",
    ],
};

/// An action and the type of resource it acts on.
#[derive(Clone, Copy)]
struct Probe {
    action: &'static str,
    resource: &'static str,
}

const fn on_role(action: &'static str) -> Probe {
    Probe {
        action,
        resource: "role",
    }
}

const fn on_user(action: &'static str) -> Probe {
    Probe {
        action,
        resource: "user",
    }
}

/// The ways: whoever may do all probes of one way has the account.
const WAYS: &[&[Probe]] = &[
    &[on_role("iam:CreateRole"), on_role("iam:AttachRolePolicy")],
    &[on_role("iam:CreateRole"), on_role("iam:PutRolePolicy")],
    &[
        on_role("iam:UpdateAssumeRolePolicy"),
        on_role("iam:AttachRolePolicy"),
    ],
    &[
        on_role("iam:UpdateAssumeRolePolicy"),
        on_role("iam:PutRolePolicy"),
    ],
    &[
        on_user("iam:CreateAccessKey"),
        on_user("iam:AttachUserPolicy"),
        on_user("iam:CreateUser"),
    ],
    &[
        on_user("iam:CreateAccessKey"),
        on_user("iam:PutUserPolicy"),
        on_user("iam:CreateUser"),
    ],
];

const ACTIONS: &[&str] = &[
    "iam:CreateRole",
    "iam:AttachRolePolicy",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreateAccessKey",
    "iam:AttachUserPolicy",
    "iam:CreateUser",
    "iam:PutUserPolicy",
];

/// Principals that get the same answer: of one account, service-linked or not, with the same policies and
/// the same boundary. Policies of the organization bind no service-linked role.
type Key = (AccountIndex, bool, Vec<PolicyIndex>, Option<PolicyIndex>);

/// How surely each principal has its account, by its place.
pub(super) fn administrators(judge: &Judge<'_>) -> Vec<Option<Certainty>> {
    let world = judge.world();
    let mut known: HashMap<Key, Option<Certainty>> = HashMap::new();
    let mut of = |index: PrincipalIndex| {
        let row = world.principal(index)?;
        let scps = world.account(row.account).map(|account| account.scps);
        let boundary = match &row.boundary {
            Boundary::Policy(from) => Some(from.policy),
            Boundary::None | Boundary::Unknown => None,
        };
        let identity = row.policy_indices();
        let alone = !row.gaps.is_empty()
            || world.asks_for_caller(identity.iter().copied().chain(boundary))
            || scps.is_some_and(|scps| world.levels_ask_for_caller(scps));
        let ask = || {
            judge_principal(judge, index, Detail::Certainty).map(|judgement| judgement.certainty)
        };
        if alone {
            return ask();
        }
        *known
            .entry((row.account, row.is_service_linked(), identity, boundary))
            .or_insert_with(ask)
    };
    world.principal_indices().map(&mut of).collect()
}

fn judge_principal(judge: &Judge<'_>, index: PrincipalIndex, detail: Detail) -> Option<Judgement> {
    let power = Power::of(judge, index, detail)?;
    Some(power.complete(administers(&power)?))
}

/// Whether this much power is enough to have the account, and how.
pub(super) fn administers(power: &Power<'_, '_>) -> Option<Judgement> {
    let partition = power.row.arn.partition();
    let keys = power
        .keys()
        // The new or opened principal is to have no boundary, and the policy all permissions.
        .absent("iam:PermissionsBoundary")
        .fixed(
            "iam:PolicyARN",
            [format!(
                "arn:{partition}:iam::aws:policy/AdministratorAccess"
            )],
        );
    let mut known: HashMap<&'static str, Option<Judgement>> = HashMap::new();
    let mut probe = |probe: &Probe| {
        let ask = || {
            let account = &power.account.id;
            let resource = format!(
                "arn:{partition}:iam::{account}:{}/{ANY_NAME}",
                probe.resource
            );
            power.may(probe.action, &resource, keys.clone())
        };
        known.entry(probe.action).or_insert_with(ask).clone()
    };
    let mut best: Option<Judgement> = None;
    for way in WAYS {
        let all = way
            .iter()
            .try_fold(Judgement::default(), |all, one| Some(all.and(probe(one)?)));
        best = better(best, all);
        if is_certain(best.as_ref()) {
            break;
        }
    }
    best
}

impl LinkKind for AccountAdministrator {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        ACTIONS.to_vec()
    }

    fn hops(&self) -> u8 {
        0
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for (index, certainty) in world.principal_indices().zip(rules.administrators) {
            if let (Some(certainty), Some(row)) = (certainty, world.principal(index)) {
                rules.add(
                    *certainty,
                    &[Capability::Principal(index)],
                    Capability::Account(row.account),
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
            [Capability::Principal(index)] => judge_principal(judge, *index, Detail::Full),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_actions_are_those_of_the_ways() {
        for probe in WAYS.iter().copied().flatten() {
            assert!(ACTIONS.contains(&probe.action), "{}", probe.action);
        }
        for action in ACTIONS {
            assert!(
                WAYS.iter()
                    .copied()
                    .flatten()
                    .any(|probe| probe.action == *action)
            );
        }
    }
}
