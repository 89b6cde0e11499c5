//! Whoever may change what says what a principal may do, and has that principal, has whatever it may do
//! then: as a rule the account.
//!
//! Needs both: the right to change, and the one that is changed. They may be one and the same. What stops
//! short of the account, because a boundary, a denial or a service control policy is left, is a capability
//! of its own ([`Capability::Rewritten`]), which acts like a principal in all other kinds of link.

use std::collections::{BTreeSet, VecDeque};

use super::account_administrator::{administers, attaches, puts, unbounding};
use super::power::{Power, better, is_certain};
use super::{Deriver, LinkDocumentation, LinkKind, unspent};
use crate::capability::{Capability, Rewrite};
use crate::certainty::Certainty;
use crate::facts::{Attachment, PrincipalKind};
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{AccountIndex, PrincipalIndex, World};

pub(super) struct SelfEscalation;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "iam-selfesc",
    name: "IAM self-escalation",
    family: "identity",
    source: "principal that may change the permissions of a principal that is held too: itself, or another",
    target: "the whole account, or the principal with its new permissions",
    precondition: "iam:Put…Policy or iam:Attach…Policy on the principal, iam:CreatePolicyVersion or \
        iam:SetDefaultPolicyVersion on a customer managed policy that it has, iam:PutGroupPolicy or \
        iam:AttachGroupPolicy on a group of it, iam:AddUserToGroup, or taking away a policy that denies. The \
        boundary of the principal (unless that can be taken away too), the denials that stay and the service \
        control policies leave something open",
    mitigations: "iam:PermissionsBoundary and iam:PolicyARN as conditions, permissions boundaries, service \
        control policies on the IAM actions",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://pathfinding.cloud/paths/iam-001",
    ],
};

/// What changes the policies of a user or role itself.
struct OnPrincipal {
    attach: &'static str,
    put: &'static str,
    detach: &'static str,
    delete: &'static str,
    /// Puts another boundary in the place of the one that is there.
    bound: &'static str,
    unbound: &'static str,
}

const ON_USER: OnPrincipal = OnPrincipal {
    attach: "iam:AttachUserPolicy",
    put: "iam:PutUserPolicy",
    detach: "iam:DetachUserPolicy",
    delete: "iam:DeleteUserPolicy",
    bound: "iam:PutUserPermissionsBoundary",
    unbound: "iam:DeleteUserPermissionsBoundary",
};
const ON_ROLE: OnPrincipal = OnPrincipal {
    attach: "iam:AttachRolePolicy",
    put: "iam:PutRolePolicy",
    detach: "iam:DetachRolePolicy",
    delete: "iam:DeleteRolePolicy",
    bound: "iam:PutRolePermissionsBoundary",
    unbound: "iam:DeleteRolePermissionsBoundary",
};

/// On a customer managed policy; an older version is only as good as what it says.
const ON_POLICY: &[(&str, &str)] = &[
    ("iam:CreatePolicyVersion", ""),
    (
        "iam:SetDefaultPolicyVersion",
        "an older version of the policy allows enough",
    ),
];
const ATTACH_GROUP: &str = "iam:AttachGroupPolicy";
const PUT_GROUP: &str = "iam:PutGroupPolicy";
const DELETE_GROUP: &str = "iam:DeleteGroupPolicy";
const DETACH_GROUP: &str = "iam:DetachGroupPolicy";
const JOIN: &str = "iam:AddUserToGroup";
const LEAVE: &str = "iam:RemoveUserFromGroup";

const ACTIONS: &[&str] = &[
    ON_USER.attach,
    ON_USER.put,
    ON_USER.detach,
    ON_USER.delete,
    ON_USER.bound,
    ON_USER.unbound,
    ON_ROLE.attach,
    ON_ROLE.put,
    ON_ROLE.detach,
    ON_ROLE.delete,
    ON_ROLE.bound,
    ON_ROLE.unbound,
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    ATTACH_GROUP,
    PUT_GROUP,
    DELETE_GROUP,
    DETACH_GROUP,
    JOIN,
    LEAVE,
];

/// One who changes another, or itself.
struct Pair<'a, 'w> {
    world: &'w World,
    writer: &'a Power<'a, 'w>,
    written: Power<'a, 'w>,
    on: &'static OnPrincipal,
}

impl<'a, 'w> Pair<'a, 'w> {
    fn new(
        judge: &'a Judge<'w>,
        writer: &'a Power<'a, 'w>,
        target: PrincipalIndex,
        detail: Detail,
    ) -> Option<Self> {
        let written = Power::of(judge, target, detail)?;
        // Nobody in the account changes what AWS keeps.
        (!written.row.is_protected()).then(|| Self {
            world: judge.world(),
            writer,
            on: match written.row.kind {
                PrincipalKind::User => &ON_USER,
                PrincipalKind::Role => &ON_ROLE,
            },
            written,
        })
    }

    /// What the writer may make of the target.
    fn changes(&self) -> Vec<(Rewrite, Judgement)> {
        let mut changes = Vec::new();
        let unbound = self.unbinds();
        let (without, lifted) = self.lifts();
        let mut add = |rewrite: Rewrite, how: Judgement| {
            let (rewrite, how) = match without {
                0 => (rewrite, how),
                _ => (Rewrite { without, ..rewrite }, how.and(lifted.clone())),
            };
            if let Some(unbound) = &unbound {
                let free = Rewrite {
                    unbound: true,
                    ..rewrite
                };
                changes.push((free, how.clone().and(unbound.clone())));
            }
            if rewrite != Rewrite::default() {
                changes.push((rewrite, how));
            }
        };
        let any = self.gives_any();
        // What is less is worth nothing besides.
        if !is_certain(any.as_ref()) {
            add(Rewrite::default(), Judgement::default());
        }
        if let Some(how) = any {
            let rewrite = Rewrite {
                anything: true,
                ..Rewrite::default()
            };
            add(rewrite, how);
        }
        for (place, how) in self.additions() {
            let added = Some(place);
            add(
                Rewrite {
                    added,
                    ..Rewrite::default()
                },
                how,
            );
        }
        changes
    }

    fn arn(&self) -> &'w str {
        self.written.row.arn.as_str()
    }

    /// Whether the writer may give the target any policy.
    fn gives_any(&self) -> Option<Judgement> {
        let writer = self.writer;
        let keys = writer.keys_about(self.written.row);
        let mut best = better(
            puts(writer, self.on.put, self.arn(), &keys),
            attaches(self.world, writer, self.on.attach, self.arn(), &keys),
        );
        for arn in &self.written.row.shaped_by {
            if is_certain(best.as_ref()) {
                return best;
            }
            let way = if is_group(arn) {
                self.writes_group(arn)
            } else {
                self.writes_policy(arn)
            };
            best = better(best, way);
        }
        // A group that it may both write and put the target into.
        if self.written.row.kind == PrincipalKind::User && writer.mentions(JOIN) {
            for group in &writer.account.groups {
                if is_certain(best.as_ref()) {
                    return best;
                }
                let both = writer
                    .may(JOIN, &group.arn, writer.keys_untagged())
                    .and_then(|join| Some(join.and(self.writes_group(&group.arn)?)));
                best = better(best, both);
            }
        }
        best
    }

    fn writes_group(&self, group: &str) -> Option<Judgement> {
        let keys = self.writer.keys_untagged();
        better(
            puts(self.writer, PUT_GROUP, group, &keys),
            attaches(self.world, self.writer, ATTACH_GROUP, group, &keys),
        )
    }

    fn writes_policy(&self, arn: &str) -> Option<Judgement> {
        let own = format!(":{}:policy/", self.written.account.id);
        if !arn.contains(&own) {
            return None;
        }
        let ways = ON_POLICY.iter().map(|(action, besides)| {
            let may = self.writer.may(action, arn, self.writer.keys());
            may.map(|may| may.also(besides))
        });
        ways.fold(None, better)
    }

    /// The groups that the writer may put the target into, and the managed policies that it may attach to
    /// it, by their places in the account.
    fn additions(&self) -> Vec<(u16, Judgement)> {
        let writer = self.writer;
        let account = writer.account;
        let has = |arn: &str| {
            let mut shaped = self.written.row.shaped_by.iter();
            shaped.any(|one| **one == *arn)
        };
        let mut additions = Vec::new();
        let mut add = |place: usize, may: Option<Judgement>| {
            if let (Ok(place), Some(may)) = (u16::try_from(place), may) {
                additions.push((place, may));
            }
        };
        if self.written.row.kind == PrincipalKind::User && writer.mentions(JOIN) {
            for (place, group) in account.groups.iter().enumerate() {
                if !group.identity.is_empty() && !has(&group.arn) {
                    add(place, writer.may(JOIN, &group.arn, writer.keys_untagged()));
                }
            }
        }
        if writer.mentions(self.on.attach) {
            for (place, policy) in account.managed.iter().enumerate() {
                if has(&policy.origin) {
                    continue;
                }
                let keys = writer
                    .keys_about(self.written.row)
                    .fixed("iam:PolicyARN", [&*policy.origin]);
                let may = writer.may(self.on.attach, self.arn(), keys);
                add(account.groups.len() + place, may);
            }
        }
        additions
    }

    /// Whether the writer may take the target's boundary away, or put one in its place that bounds nothing.
    ///
    /// A request that puts a boundary carries the new one in `iam:PermissionsBoundary`, one that takes it
    /// away the old one. Source: IAM User Guide, "Delegating responsibility to others using permissions
    /// boundaries".
    fn unbinds(&self) -> Option<Judgement> {
        let boundary = self.written.boundary()?;
        let writer = self.writer;
        let about = || writer.keys_about(self.written.row);
        let mut best = writer.may(self.on.unbound, self.arn(), about());
        if writer.mentions(self.on.bound) {
            for wide in unbounding(self.world, writer) {
                let keys = about().fixed("iam:PermissionsBoundary", [wide]);
                best = better(best, writer.may(self.on.bound, self.arn(), keys));
            }
        }
        better(best, self.writes_policy(boundary))
    }

    /// The policies of the target that deny something and that the writer may take away, a bit each.
    fn lifts(&self) -> (u32, Judgement) {
        let mut without = 0;
        let mut all = Judgement::default();
        let identity = &self.written.row.identity;
        for (place, from) in identity.iter().enumerate().take(32) {
            if !self.world.denies(from.policy) {
                continue;
            }
            if let Some(may) = self.takes_away(from) {
                without |= 1 << place;
                all = all.and(may);
            }
        }
        (without, all)
    }

    fn takes_away(&self, policy: &Attachment) -> Option<Judgement> {
        let writer = self.writer;
        let keys = writer.keys_about(self.written.row);
        let arn = &*policy.origin;
        let managed = arn.starts_with("arn:");
        let on_target = if managed {
            let keys = keys.fixed("iam:PolicyARN", [arn]);
            writer.may(self.on.detach, self.arn(), keys)
        } else if policy.origin.contains(" of group ") {
            None
        } else {
            better(
                puts(writer, self.on.put, self.arn(), &keys),
                writer.may(self.on.delete, self.arn(), keys.clone()),
            )
        };
        let groups = self
            .written
            .row
            .shaped_by
            .iter()
            .filter(|arn| is_group(arn));
        let by_group = groups.map(|group| {
            let keys = writer.keys_untagged();
            let name = group.rsplit('/').next().unwrap_or_default();
            let own = arn.ends_with(&format!(" of group {name}"));
            let of_it = if managed {
                let keys = keys.clone().fixed("iam:PolicyARN", [arn]);
                writer.may(DETACH_GROUP, group, keys)
            } else {
                let delete = writer.may(DELETE_GROUP, group, keys.clone());
                better(puts(writer, PUT_GROUP, group, &keys), delete).filter(|_| own)
            };
            let leave = writer.may(LEAVE, group, keys).filter(|_| own);
            better(of_it, leave)
        });
        let version = managed.then(|| self.writes_policy(arn)).flatten();
        by_group.fold(better(on_target, version), better)
    }
}

/// What the pair gives: the changes, and what each is worth to the account.
fn outcomes(
    judge: &Judge<'_>,
    writer: &Power<'_, '_>,
    target: PrincipalIndex,
    detail: Detail,
) -> Vec<(Rewrite, Judgement, Option<Judgement>)> {
    let Some(pair) = Pair::new(judge, writer, target, detail) else {
        return Vec::new();
    };
    let changes = pair.changes().into_iter();
    changes
        .map(|(rewrite, how)| {
            let how = pair.written.complete(writer.complete(how));
            let after = Power::rewritten(judge, target, rewrite, detail);
            let gain = after.and_then(|after| administers(judge.world(), &after));
            let account = gain.map(|gain| how.clone().and(gain));
            (rewrite, how, account)
        })
        .collect()
}

/// What escalation gives, before other kinds of link ask who there is.
#[derive(Debug, Default)]
pub(super) struct Escalations {
    rules: Vec<(Certainty, Vec<Capability>, Capability)>,
    /// By account: the principals that can be had with changed permissions.
    rewritten: Vec<Vec<(PrincipalIndex, Rewrite)>>,
}

impl Escalations {
    /// The principals of an account that can be had with changed permissions.
    pub(super) fn rewritten(&self, account: AccountIndex) -> &[(PrincipalIndex, Rewrite)] {
        let of_account = self.rewritten.get(account.index());
        of_account.map_or(&[], Vec::as_slice)
    }

    /// Everything that follows, account by account: who was changed changes others.
    pub(super) fn explore(judge: &Judge<'_>, administrators: &[Option<Certainty>]) -> Self {
        let mut all = Self::default();
        for account in judge.world().account_indices() {
            let rewritten = all.explore_account(judge, administrators, account);
            all.rewritten.push(rewritten.into_iter().collect());
        }
        all
    }

    fn explore_account(
        &mut self,
        judge: &Judge<'_>,
        administrators: &[Option<Certainty>],
        account: AccountIndex,
    ) -> BTreeSet<(PrincipalIndex, Rewrite)> {
        let world = judge.world();
        let mut known = BTreeSet::new();
        let mut open: VecDeque<(Capability, PrincipalIndex, Power<'_, '_>)> = world
            .principals_of(account)
            .filter_map(|index| {
                let power = unspent(judge, administrators, index, ACTIONS)?;
                Some((Capability::Principal(index), index, power))
            })
            .collect();
        while let Some((holder, own, power)) = open.pop_front() {
            let others = world.principals_of(account).filter(|other| *other != own);
            for target in std::iter::once(own).chain(others) {
                let premises = if target == own {
                    vec![holder]
                } else {
                    vec![holder, Capability::Principal(target)]
                };
                let mut spent = false;
                for (rewrite, how, gain) in outcomes(judge, &power, target, Detail::Certainty) {
                    let certain = is_certain(gain.as_ref());
                    if let Some(gain) = gain {
                        let whole = Capability::Account(account);
                        self.rules.push((gain.certainty, premises.clone(), whole));
                    }
                    if certain {
                        spent = true;
                        break;
                    }
                    let changed = Capability::Rewritten(target, rewrite);
                    if changed == holder {
                        continue;
                    }
                    self.rules.push((how.certainty, premises.clone(), changed));
                    if known.insert((target, rewrite)) {
                        let power = Power::rewritten(judge, target, rewrite, Detail::Certainty);
                        open.extend(power.map(|power| (changed, target, power)));
                    }
                }
                // Alone it has the account: nobody else is needed.
                if spent && target == own {
                    break;
                }
            }
        }
        known
    }
}

fn is_group(arn: &str) -> bool {
    let resource = arn.split(':').nth(5);
    resource.is_some_and(|resource| resource.starts_with("group/"))
}

impl LinkKind for SelfEscalation {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        ACTIONS.to_vec()
    }

    fn derive(&self, _judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let escalations = rules.escalations;
        for (certainty, premises, conclusion) in &escalations.rules {
            rules.add(*certainty, premises, *conclusion);
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let holder = *premises.first()?;
        // Who is changed comes last; alone, it changes itself.
        let (Capability::Principal(target) | Capability::Rewritten(target, _)) =
            *premises.last()?
        else {
            return None;
        };
        let power = Power::holding(judge, holder, Detail::Full)?;
        let outcomes = outcomes(judge, &power, target, Detail::Full).into_iter();
        match conclusion {
            Capability::Rewritten(_, wanted) => outcomes
                .into_iter()
                .find(|(rewrite, ..)| *rewrite == wanted)
                .map(|(_, how, _)| how),
            _ => outcomes.map(|(_, _, gain)| gain).fold(None, better),
        }
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
