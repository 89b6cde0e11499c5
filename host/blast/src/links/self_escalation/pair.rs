//! One who changes what another may do, or what it may do itself: by which requests, and into what.

use crate::capability::{Rewrite, Tagger};
use crate::facts::{Attachment, PrincipalKind};
use crate::judge::{Detail, Judge, Judgement};
use crate::links::account_administrator::{attaches, puts, unbounding};
use crate::links::power::{Power, better, is_certain};
use crate::links::tags;
use crate::tagging::PRINCIPAL_TAGS;
use crate::world::{PrincipalIndex, World};

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

pub(super) const ACTIONS: &[&str] = &[
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
    "iam:TagUser",
    "iam:TagRole",
    "iam:CreateUser",
    "iam:CreateRole",
];

/// One who changes another, or itself.
pub(super) struct Pair<'a, 'w> {
    world: &'w World,
    writer: Power<'a, 'w>,
    pub(super) written: Power<'a, 'w>,
    target: PrincipalIndex,
    on: &'static OnPrincipal,
}

impl<'a, 'w> Pair<'a, 'w> {
    pub(super) fn new(
        judge: &'a Judge<'w>,
        writer: &Power<'a, 'w>,
        target: PrincipalIndex,
        detail: Detail,
    ) -> Option<Self> {
        let written = Power::of(judge, target, detail)?;
        Some(Self {
            world: judge.world(),
            target,
            writer: writer.asking_for(written.row),
            on: match written.row.kind {
                PrincipalKind::User => &ON_USER,
                PrincipalKind::Role => &ON_ROLE,
            },
            written,
        })
    }

    /// What the writer may make of the target.
    pub(super) fn changes(&self) -> Vec<(Rewrite, Judgement)> {
        // Nobody in the account changes what AWS keeps, but for a customer managed policy that it has.
        if self.written.row.is_protected() {
            let policies = self.written.row.shaped_by.iter();
            let policies = policies.filter(|arn| !is_group(arn));
            let any = policies
                .map(|arn| self.writes_policy(arn))
                .fold(None, better);
            let anything = Rewrite {
                anything: true,
                ..Rewrite::default()
            };
            return any.map(|how| (anything, how)).into_iter().collect();
        }
        let mut changes = self.changed_policies();
        if let Some((tagger, how)) = self.tags() {
            let tagged = |rewrite| Rewrite {
                tagged: Some(tagger),
                ..rewrite
            };
            let both = changes.iter().map(|(rewrite, before)| {
                let both = before.clone().and(how.clone());
                (tagged(*rewrite), both)
            });
            let both: Vec<_> = both.collect();
            changes.push((tagged(Rewrite::default()), how));
            changes.extend(both);
        }
        changes
    }

    /// Whether the writer may tag the target, where that could be of use. Which tags, each question that asks
    /// for some finds out.
    fn tags(&self) -> Option<(Tagger, Judgement)> {
        let row = self.written.row;
        let useful = self.world.asks_for_tags_of(PRINCIPAL_TAGS)
            && (self.world.doors_ask_for_tags || self.world.asked_for_tags_itself(self.target));
        let writer = &self.writer;
        let tagging = tags::Tagging::of(row);
        if !useful || !writer.mentions(tagging.tag) {
            return None;
        }
        let may = writer.may(tagging.tag, self.arn(), writer.keys_about(row))?;
        let held = Judgement {
            evidence: may.evidence,
            ..Judgement::default()
        };
        Some((writer.tagger(), held))
    }

    fn changed_policies(&self) -> Vec<(Rewrite, Judgement)> {
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
        let whole = is_certain(any.as_ref());
        if !whole {
            add(Rewrite::default(), Judgement::default());
        }
        if let Some(how) = any {
            let rewrite = Rewrite {
                anything: true,
                ..Rewrite::default()
            };
            add(rewrite, how);
        }
        if whole {
            return changes;
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
        let writer = &self.writer;
        let keys = writer.keys_about(self.written.row);
        let mut best = better(
            puts(writer, self.on.put, self.arn(), &keys),
            attaches(self.world, writer, self.on.attach, self.arn(), &keys),
        );
        for arn in &self.written.row.shaped_by {
            if is_certain(best.as_ref()) {
                return best;
            }
            best = better(best, self.writes(arn));
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

    /// Whether the writer may give the target any policy by way of the group that it was put into, or of the
    /// policy that it was attached, which may be the work of another.
    pub(super) fn writes_addition(&self, place: u16) -> Option<Judgement> {
        let account = self.writer.account;
        let group = account.groups.get(usize::from(place));
        let policies = account.addition(place).iter().map(|from| &*from.origin);
        let all = group.map(|group| &*group.arn).into_iter().chain(policies);
        all.map(|arn| self.writes(arn)).fold(None, better)
    }

    /// Whether the writer may make a group, or a managed policy, allow everything.
    fn writes(&self, arn: &str) -> Option<Judgement> {
        if is_group(arn) {
            self.writes_group(arn)
        } else {
            self.writes_policy(arn)
        }
    }

    fn writes_group(&self, group: &str) -> Option<Judgement> {
        let keys = self.writer.keys_untagged();
        better(
            puts(&self.writer, PUT_GROUP, group, &keys),
            attaches(self.world, &self.writer, ATTACH_GROUP, group, &keys),
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
        let writer = &self.writer;
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
                if !has(&group.arn) {
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
        let writer = &self.writer;
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
        let writer = &self.writer;
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

fn is_group(arn: &str) -> bool {
    let resource = arn.split(':').nth(5);
    resource.is_some_and(|resource| resource.starts_with("group/"))
}
