//! Whoever may give itself any permission in an account has the account.
//!
//! Judged by probing: may the principal, under its boundary and the service control policies, make
//! a role or user of any name that has any policy? One such way is enough, because a common
//! guardrail denies making users and leaves making roles open. The probes ask for names that
//! nobody would scope a policy to, so that they stand for every resource; rights over particular
//! roles and users are another kind of link.

use std::collections::HashMap;

use blastwall_policy::Keys;

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Boundary, PolicyIndex};
use crate::judge::{Case, Detail, Identity, Judge, Judgement, RequestKeys};
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

/// A name that stands for every name.
const ANY_NAME: &str = "any-name-at-all";

/// Principals that get the same answer.
type Key = (AccountIndex, Vec<PolicyIndex>, Option<PolicyIndex>);

fn judge_principal(judge: &Judge<'_>, index: PrincipalIndex, detail: Detail) -> Option<Judgement> {
    let world = judge.world();
    let row = world.principal(index)?;
    let account = world.account(row.account)?;
    let keys = RequestKeys::new(world)
        .sent_from_account(row.account)
        .with_tags_of(row)
        .for_account(row.account)
        .build()
        // The new or opened principal is to have no boundary, and the policy all permissions.
        .absent("iam:PermissionsBoundary")
        .fixed(
            "iam:PolicyARN",
            [format!(
                "arn:{}:iam::aws:policy/AdministratorAccess",
                row.arn.partition()
            )],
        );
    let mut answers = Answers {
        judge,
        row,
        account,
        keys,
        detail,
        known: HashMap::new(),
    };
    let mut best: Option<Judgement> = None;
    for way in WAYS {
        let Some(judgement) = answers.way(way) else {
            continue;
        };
        if best
            .as_ref()
            .is_none_or(|best| judgement.certainty < best.certainty)
        {
            best = Some(judgement);
        }
        if best.as_ref().map(|best| best.certainty) == Some(Certainty::Certain) {
            break;
        }
    }
    Some(
        best?
            .hanging_on(Certainty::Conditional, &row.gaps)
            .hanging_on(Certainty::Conditional, &account.scp_gaps),
    )
}

/// The answers to the probes of one principal, each asked for once.
struct Answers<'a, 'w> {
    judge: &'a Judge<'w>,
    row: &'w crate::world::PrincipalRow,
    account: &'w crate::world::AccountRow,
    keys: Keys,
    detail: Detail,
    known: HashMap<&'static str, Option<Judgement>>,
}

impl Answers<'_, '_> {
    fn way(&mut self, way: &[Probe]) -> Option<Judgement> {
        let mut all = Judgement::default();
        for probe in way {
            all = all.and(self.probe(*probe)?);
        }
        Some(all)
    }

    fn probe(&mut self, probe: Probe) -> Option<Judgement> {
        if let Some(known) = self.known.get(probe.action) {
            return known.clone();
        }
        let resource = format!(
            "arn:{}:iam::{}:{}/{ANY_NAME}",
            self.row.arn.partition(),
            self.account.id,
            probe.resource
        );
        let answer = self.row.principal.as_ref().and_then(|principal| {
            self.judge.judge(
                &Case {
                    principal,
                    role_path: None,
                    action: probe.action,
                    resource: &resource,
                    resource_account: self.account.id.as_str(),
                    keys: self.keys.clone(),
                    identity: Identity::Attached(&self.row.identity),
                    boundary: match &self.row.boundary {
                        Boundary::Policy(from) => Some(from),
                        Boundary::None | Boundary::Unknown => None,
                    },
                    scps: Some(self.account.scps),
                    rcps: None,
                    resource_policy: None,
                    made_by_attacker: false,
                },
                self.detail,
            )
        });
        self.known.insert(probe.action, answer.clone());
        answer
    }
}

impl LinkKind for AccountAdministrator {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> &'static [&'static str] {
        ACTIONS
    }

    fn hops(&self) -> u8 {
        0
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let mut known: HashMap<Key, Option<Certainty>> = HashMap::new();
        for index in world.principal_indices() {
            let Some(row) = world.principal(index) else {
                continue;
            };
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
                judge_principal(judge, index, Detail::Certainty)
                    .map(|judgement| judgement.certainty)
            };
            let certainty = if alone {
                ask()
            } else {
                *known
                    .entry((row.account, identity, boundary))
                    .or_insert_with(ask)
            };
            if let Some(certainty) = certainty {
                rules.add(
                    certainty,
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
