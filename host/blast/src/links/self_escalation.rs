//! Whoever may rewrite what says what a principal may do, and has that principal, has whatever the
//! principal may be given: as a rule the account.
//!
//! Needs both: the right to write, and the one that is written to. They may be one and the same.

use std::sync::Arc;

use super::account_administrator::administers;
use super::power::{Power, better, is_certain};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Attachment, PrincipalKind};
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{AccountIndex, PrincipalIndex};

pub(super) struct SelfEscalation;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "iam-selfesc",
    name: "IAM self-escalation",
    family: "identity",
    source: "principal that may rewrite the policies of a principal that is held too: itself, or another",
    target: "the whole account",
    precondition: "iam:Put…Policy or iam:Attach…Policy on the principal, iam:CreatePolicyVersion or \
        iam:SetDefaultPolicyVersion on a customer managed policy that it has, iam:PutGroupPolicy or \
        iam:AttachGroupPolicy on a group of it, or iam:AddUserToGroup on a group of administrators; the \
        boundary of the rewritten principal (unless that can be taken away too) and the service control \
        policies leave enough open",
    mitigations: "iam:PermissionsBoundary and iam:PolicyARN as conditions, permissions boundaries, service \
        control policies on the IAM actions",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://pathfinding.cloud/paths/iam-001",
    ],
};

/// On the user or role itself.
const ON_USER: &[&str] = &["iam:AttachUserPolicy", "iam:PutUserPolicy"];
const ON_ROLE: &[&str] = &["iam:AttachRolePolicy", "iam:PutRolePolicy"];
/// On a customer managed policy; an older version is only as good as what it says.
const ON_POLICY: &[(&str, &str)] = &[
    ("iam:CreatePolicyVersion", ""),
    (
        "iam:SetDefaultPolicyVersion",
        "an older version of the policy allows enough",
    ),
];
const ON_GROUP: &[&str] = &["iam:AttachGroupPolicy", "iam:PutGroupPolicy"];
const JOIN: &str = "iam:AddUserToGroup";
/// What takes a boundary away, or puts one in its place that bounds nothing.
const UNBOUND_USER: &[&str] = &[
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
];
const UNBOUND_ROLE: &[&str] = &[
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
];

/// Whether `writer` may have the account by rewriting `target`.
fn judge_pair(
    judge: &Judge<'_>,
    writer: &Power<'_, '_>,
    target: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let written = Power::of(judge, target, detail)?;
    if written.row.is_protected() {
        return None;
    }
    let rewritten = rewrite(writer, &written).and_then(|rewrite| {
        let rewritten = written.with_any_policy();
        let gain = administers(&rewritten)
            .or_else(|| unbound(writer, &written, &rewritten.without_boundary()))?;
        Some(rewrite.and(gain))
    });
    let freed = || unbound(writer, &written, &written.without_boundary());
    let judgement = better(better(rewritten, freed()), join(judge, writer, &written))?;
    Some(written.complete(writer.complete(judgement)))
}

/// Whether the writer may give the target any policy.
fn rewrite(writer: &Power<'_, '_>, written: &Power<'_, '_>) -> Option<Judgement> {
    let keys = writer.keys_about(written.row).fixed(
        "iam:PolicyARN",
        [format!(
            "arn:{}:iam::aws:policy/AdministratorAccess",
            written.row.arn.partition()
        )],
    );
    let directly = match written.row.kind {
        PrincipalKind::User => ON_USER,
        PrincipalKind::Role => ON_ROLE,
    };
    let mut best = None;
    for action in directly {
        best = better(
            best,
            writer.may(action, written.row.arn.as_str(), keys.clone()),
        );
    }
    for arn in &written.row.shaped_by {
        if is_certain(best.as_ref()) {
            break;
        }
        if is_group(arn) {
            for action in ON_GROUP {
                best = better(best, writer.may(action, arn, keys.clone()));
            }
        } else {
            for (action, besides) in ON_POLICY {
                let may = writer.may(action, arn, writer.keys());
                best = better(best, may.map(|may| may.also(besides)));
            }
        }
    }
    best
}

/// Whether the target, as it is `afterwards`, has the account once its boundary is gone or bounds nothing any
/// more, and the writer may see to that.
fn unbound(
    writer: &Power<'_, '_>,
    written: &Power<'_, '_>,
    afterwards: &Power<'_, '_>,
) -> Option<Judgement> {
    let boundary = written.boundary()?;
    let actions = match written.row.kind {
        PrincipalKind::User => UNBOUND_USER,
        PrincipalKind::Role => UNBOUND_ROLE,
    };
    let arn = written.row.arn.as_str();
    let may = actions
        .iter()
        .map(|action| writer.may(action, arn, writer.keys_about(written.row)))
        .fold(None, better);
    let own = format!(":{}:policy/", written.account.id);
    let of_policy = ON_POLICY
        .iter()
        .filter(|_| boundary.contains(&own))
        .map(|(action, besides)| {
            let may = writer.may(action, boundary, writer.keys());
            may.map(|may| may.also(besides))
        })
        .fold(None, better);
    Some(better(may, of_policy)?.and(administers(afterwards)?))
}

/// Whether the writer may put the target, a user, into a group whose policies have the account.
fn join(judge: &Judge<'_>, writer: &Power<'_, '_>, written: &Power<'_, '_>) -> Option<Judgement> {
    if written.row.kind != PrincipalKind::User || !writer.mentions(JOIN) {
        return None;
    }
    let groups = &judge.world().account(written.row.account)?.groups;
    let mut best = None;
    for group in groups {
        if written.row.shaped_by.contains(&group.arn) {
            continue;
        }
        let Some(may) = writer.may(JOIN, &group.arn, writer.keys()) else {
            continue;
        };
        let together: Vec<Attachment> = written
            .row
            .identity
            .iter()
            .chain(&group.identity)
            .cloned()
            .collect();
        best = better(
            best,
            administers(&written.with(&together)).map(|gain| may.and(gain)),
        );
    }
    best
}

fn is_group(arn: &Arc<str>) -> bool {
    arn.split(':')
        .nth(5)
        .is_some_and(|resource| resource.starts_with("group/"))
}

impl LinkKind for SelfEscalation {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        [ON_USER, ON_ROLE, ON_GROUP, UNBOUND_USER, UNBOUND_ROLE]
            .concat()
            .into_iter()
            .chain(ON_POLICY.iter().map(|(action, _)| *action))
            .chain([JOIN])
            .collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let actions = self.actions();
        for writer in world.principal_indices() {
            let Some(power) = rules.unspent(judge, writer, &actions) else {
                continue;
            };
            let account: AccountIndex = power.row.account;
            for target in world.principals_of(account) {
                let Some(judgement) = judge_pair(judge, &power, target, Detail::Certainty) else {
                    continue;
                };
                let both = [Capability::Principal(writer), Capability::Principal(target)];
                let premises = if writer == target {
                    &both[..1]
                } else {
                    &both[..]
                };
                rules.add(judgement.certainty, premises, Capability::Account(account));
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        _conclusion: Capability,
    ) -> Option<Judgement> {
        let (writer, target) = match premises {
            [Capability::Principal(both)] => (*both, *both),
            [Capability::Principal(writer), Capability::Principal(target)] => (*writer, *target),
            _ => return None,
        };
        let power = Power::of(judge, writer, Detail::Full)?;
        judge_pair(judge, &power, target, Detail::Full)
    }
}

impl Judgement {
    /// The same, hanging on something that no policy says; nothing if there are no words for it.
    #[must_use]
    pub(super) fn also(self, besides: &str) -> Self {
        if besides.is_empty() {
            return self;
        }
        self.hanging_on(Certainty::Conditional, &[besides.to_owned()])
    }
}
