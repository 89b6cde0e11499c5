//! Whoever may give itself any permission in an account has the account.
//!
//! Judged by probing: may the principal, under its boundary and the service control policies, make
//! a role or user that has any policy? One such way is enough, because a common guardrail denies making
//! users and leaves making roles open. The probes ask for names that nobody would scope a policy to, and
//! for those that its policies name; rights over particular roles and users that are there are another
//! kind of link.

use std::collections::{BTreeSet, HashMap};

use blastwall_policy::Keys;

use super::power::{ANY_NAME, Power, better, is_certain};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Attachment, Boundary, PolicyIndex};
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{AccountIndex, AccountRow, PrincipalIndex, World};

pub(super) struct AccountAdministrator;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "account-administrator",
    name: "Administrator to account",
    family: "account",
    source: "principal that may give any permission to a principal it can become; several of which one makes \
        it and another gives",
    target: "the whole account",
    precondition: "identity policies allow making (or opening) a role or user and giving it any policy, \
        or a managed policy that leads to any; without a permissions boundary on it, or with one that \
        bounds nothing; the principal's own boundary and the account's service control policies do not \
        stop it",
    mitigations: "permissions boundaries, iam:PermissionsBoundary as a condition of creating \
        principals, service control policies on the IAM actions",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html",
    ],
};

/// How a principal gets its permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gift {
    /// A policy of the attacker's own.
    Put(&'static str),
    /// A managed policy.
    Attach(&'static str),
    /// A group of administrators.
    Join,
}

/// A way to come by a principal with any permission.
struct Way {
    /// `role` or `user`.
    resource: &'static str,
    /// The actions that make it, or open it, and become it.
    become_it: &'static [&'static str],
    gift: Gift,
    /// Whether it is one that is there already, so that no particular name helps.
    opens: bool,
}

const fn role(become_it: &'static [&'static str], gift: Gift, opens: bool) -> Way {
    Way {
        resource: "role",
        become_it,
        gift,
        opens,
    }
}

const fn user(become_it: &'static [&'static str], gift: Gift) -> Way {
    Way {
        resource: "user",
        become_it,
        gift,
        opens: false,
    }
}

const CREATE: &[&str] = &["iam:CreateRole"];
const OPEN: &[&str] = &["iam:UpdateAssumeRolePolicy"];
const WITH_KEY: &[&str] = &["iam:CreateUser", "iam:CreateAccessKey"];
const WITH_PASSWORD: &[&str] = &["iam:CreateUser", "iam:CreateLoginProfile"];

const PUT_ROLE: Gift = Gift::Put("iam:PutRolePolicy");
const ATTACH_ROLE: Gift = Gift::Attach("iam:AttachRolePolicy");
const PUT_USER: Gift = Gift::Put("iam:PutUserPolicy");
const ATTACH_USER: Gift = Gift::Attach("iam:AttachUserPolicy");
const JOIN: &str = "iam:AddUserToGroup";

/// The ways: whoever may go one of them has the account.
const WAYS: &[Way] = &[
    role(CREATE, PUT_ROLE, false),
    role(CREATE, ATTACH_ROLE, false),
    role(OPEN, PUT_ROLE, true),
    role(OPEN, ATTACH_ROLE, true),
    user(WITH_KEY, PUT_USER),
    user(WITH_KEY, ATTACH_USER),
    user(WITH_KEY, Gift::Join),
    user(WITH_PASSWORD, PUT_USER),
    user(WITH_PASSWORD, ATTACH_USER),
    user(WITH_PASSWORD, Gift::Join),
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
    Some(power.complete(administers(judge.world(), &power)?))
}

/// Whether this much power is enough to have the account, and how.
pub(super) fn administers(world: &World, power: &Power<'_, '_>) -> Option<Judgement> {
    let mut best: Option<Judgement> = None;
    for way in WAYS {
        let gift = way.given_by();
        if !way
            .become_it
            .iter()
            .chain([&gift])
            .all(|one| power.mentions(one))
        {
            continue;
        }
        let partition = power.row.arn.partition();
        let account = &power.account.id;
        let any = format!("arn:{partition}:iam::{account}:{}/{ANY_NAME}", way.resource);
        let actions = way.become_it.iter().chain([&gift]);
        let named = actions
            .filter(|_| !way.opens)
            .flat_map(|action| power.named(action, ""))
            // What is there cannot be made.
            .filter(|name| world.find_principal(name).is_none())
            .filter(|name| name.contains(&format!(":{}/", way.resource)));
        let mut names = vec![any];
        names.extend(named);
        names.dedup();
        for name in names {
            best = better(best, goes(world, power, way, &name));
            if is_certain(best.as_ref()) {
                return best;
            }
        }
    }
    best
}

/// Whether it may go a way with a principal of this name.
fn goes(world: &World, power: &Power<'_, '_>, way: &Way, name: &str) -> Option<Judgement> {
    let with = |keys: Keys| {
        let become_it = way
            .become_it
            .iter()
            .try_fold(Judgement::default(), |all, action| {
                Some(all.and(power.may(action, name, keys.clone())?))
            })?;
        let given = match way.gift {
            Gift::Put(action) => puts(power, action, name, &keys),
            Gift::Attach(action) => attaches(world, power, action, name, &keys),
            Gift::Join => joins(world, power),
        };
        Some(become_it.and(given?))
    };
    let keys = power.keys();
    let mut best = with(keys.clone().absent("iam:PermissionsBoundary"));
    if is_certain(best.as_ref()) || way.opens {
        return best;
    }
    for wide in unbounding(world, power) {
        best = better(
            best,
            with(keys.clone().fixed("iam:PermissionsBoundary", [wide])),
        );
    }
    best
}

/// Whether it may write a policy of its own to something. Such a request names no managed policy.
pub(super) fn puts(
    power: &Power<'_, '_>,
    action: &str,
    name: &str,
    keys: &Keys,
) -> Option<Judgement> {
    power.may(action, name, keys.clone().absent("iam:PolicyARN"))
}

/// Whether it may attach a managed policy to something by which any permission is had: one that leads
/// there as it is, or one that it may write.
pub(super) fn attaches(
    world: &World,
    power: &Power<'_, '_>,
    action: &str,
    name: &str,
    keys: &Keys,
) -> Option<Judgement> {
    if !power.mentions(action) {
        return None;
    }
    let with = |arn: &str| power.may(action, name, keys.clone().fixed("iam:PolicyARN", [arn]));
    let mut best = with(&administrator_access(power));
    for policy in &power.account.managed {
        if is_certain(best.as_ref()) {
            return best;
        }
        let may = with(&policy.origin);
        let leads = if escalates(world, policy) {
            may
        } else {
            may.and_then(|may| Some(may.and(writes(power, &policy.origin)?)))
        };
        best = better(best, leads);
    }
    if is_certain(best.as_ref()) || !power.mentions("iam:CreatePolicy") {
        return best;
    }
    let made = power.named_in(action, "iam:policyarn").into_iter();
    made.filter_map(|arn| {
        let create = power.may("iam:CreatePolicy", &arn, power.keys())?;
        Some(create.and(with(&arn)?))
    })
    .map(Some)
    .fold(best, better)
}

/// Whether it may put a user into a group of administrators.
fn joins(world: &World, power: &Power<'_, '_>) -> Option<Judgement> {
    let groups = power.account.groups.iter();
    groups
        .filter(|group| group.identity.iter().any(|from| escalates(world, from)))
        .map(|group| power.may(JOIN, &group.arn, power.keys_untagged()))
        .fold(None, better)
}

/// Whether it may write a new version of a customer managed policy.
fn writes(power: &Power<'_, '_>, policy: &str) -> Option<Judgement> {
    if policy.contains(":iam::aws:") {
        return None;
    }
    power.may("iam:CreatePolicyVersion", policy, power.keys())
}

/// A quick look whether a policy by itself leads to any permission.
fn escalates(world: &World, policy: &Attachment) -> bool {
    let Some(stored) = world.policies.get(policy.policy) else {
        return false;
    };
    let any = |kind: &str| format!("arn:aws:iam::000000000000:{kind}/{ANY_NAME}");
    let denies = stored.policy.statements.iter().any(|statement| {
        let iam = WAYS.iter().flat_map(|way| way.become_it);
        statement.effect == blastwall_policy::Effect::Deny
            && iam
                .into_iter()
                .any(|action| statement.actions.covers(action))
    });
    !denies
        && WAYS.iter().any(|way| {
            let gift = match way.gift {
                Gift::Put(action) | Gift::Attach(action) => action,
                Gift::Join => return false,
            };
            let mut actions = way.become_it.iter().chain([&gift]);
            actions.all(|action| stored.may_allow(action, Some(&any(way.resource))))
        })
}

/// The policies that bound nothing, by ARN.
pub(super) fn unbounding(world: &World, power: &Power<'_, '_>) -> Vec<String> {
    let managed = power.account.managed.iter();
    let wide = managed.filter(|policy| escalates(world, policy));
    std::iter::once(administrator_access(power))
        .chain(wide.map(|policy| policy.origin.to_string()))
        .collect()
}

fn administrator_access(power: &Power<'_, '_>) -> String {
    let partition = power.row.arn.partition();
    format!("arn:{partition}:iam::aws:policy/AdministratorAccess")
}

impl Way {
    /// The action by which permission is given.
    fn given_by(&self) -> &'static str {
        match self.gift {
            Gift::Put(action) | Gift::Attach(action) => action,
            Gift::Join => JOIN,
        }
    }

    /// How many requests it takes.
    fn requests(&self) -> usize {
        self.become_it.len() + 1
    }

    /// Whether somebody may send one of the requests, for a principal of this name.
    fn may(
        &self,
        world: &World,
        power: &Power<'_, '_>,
        place: usize,
        name: &str,
    ) -> Option<Judgement> {
        let keys = power.keys().absent("iam:PermissionsBoundary");
        let may = match (self.become_it.get(place), self.gift) {
            (Some(action), _) => power.may(action, name, keys),
            (None, Gift::Put(action)) => puts(power, action, name, &keys),
            (None, Gift::Attach(action)) => attaches(world, power, action, name, &keys),
            (None, Gift::Join) => joins(world, power),
        };
        Some(power.complete(may?))
    }

    /// Names that it may be gone with: any, and free ones that policies of these name.
    fn names<'j, 'w: 'j>(
        &self,
        world: &World,
        account: &AccountRow,
        powers: impl Iterator<Item = &'j Power<'j, 'w>>,
    ) -> BTreeSet<String> {
        let partition = &world.partition;
        let any = format!(
            "arn:{partition}:iam::{}:{}/{ANY_NAME}",
            account.id, self.resource
        );
        let mut names = BTreeSet::from([any]);
        if self.opens {
            return names;
        }
        let kind = format!(":{}/", self.resource);
        for power in powers {
            let actions = self.become_it.iter().copied().chain([self.given_by()]);
            let named = actions
                .filter(|action| power.mentions(action))
                .flat_map(|action| power.named(action, ""));
            let named = named.filter(|name| name.contains(&kind));
            names.extend(named.filter(|name| world.find_principal(name).is_none()));
        }
        names
    }
}

/// How many names several are tried with together.
const NAMES: usize = 16;

/// Adds a rule for those who may only together go one of the ways: one makes a role, another gives it a
/// policy.
fn together(judge: &Judge<'_>, rules: &mut Deriver<'_>, account: AccountIndex) {
    let world = judge.world();
    let Some(row) = world.account(account) else {
        return;
    };
    let actions: Vec<&str> = WAYS
        .iter()
        .flat_map(|way| way.become_it.iter().copied().chain([way.given_by()]))
        .collect();
    let holders = rules.holders(judge, account, &actions);
    let mentioned: BTreeSet<&str> = actions
        .into_iter()
        .filter(|action| holders.iter().any(|(.., power)| power.mentions(action)))
        .collect();
    for way in WAYS {
        let mut needed = way.become_it.iter().copied().chain([way.given_by()]);
        if !needed.all(|action| mentioned.contains(action)) {
            continue;
        }
        let powers = holders.iter().map(|(.., power)| power);
        for name in way.names(world, row, powers).iter().take(NAMES) {
            let steps: Vec<Vec<(Capability, Certainty)>> = (0..way.requests())
                .map(|place| {
                    let able = holders.iter().filter_map(|(holder, _, power)| {
                        let may = way.may(world, power, place, name)?;
                        Some((*holder, may.certainty))
                    });
                    able.collect()
                })
                .collect();
            rules.add_together(&steps, Capability::Account(account));
        }
    }
}

/// Whether these go one of the ways together.
fn judge_together(judge: &Judge<'_>, holders: &[Capability]) -> Option<Judgement> {
    let world = judge.world();
    let powers = holders
        .iter()
        .map(|holder| Power::holding(judge, *holder, Detail::Full));
    let powers: Vec<Power<'_, '_>> = powers.collect::<Option<_>>()?;
    let account = powers.first()?.account;
    let ways = WAYS.iter().flat_map(|way| {
        let names = way.names(world, account, powers.iter()).into_iter();
        let powers = &powers;
        names.map(move |name| {
            let mut requests = 0..way.requests();
            requests.try_fold(Judgement::default(), |all, place| {
                let able = powers
                    .iter()
                    .map(|power| way.may(world, power, place, &name));
                Some(all.and(able.fold(None, better)?))
            })
        })
    });
    ways.fold(None, better)
}

impl LinkKind for AccountAdministrator {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        let gifts = WAYS.iter().filter_map(|way| match way.gift {
            Gift::Put(action) | Gift::Attach(action) => Some(action),
            Gift::Join => None,
        });
        WAYS.iter()
            .flat_map(|way| way.become_it)
            .copied()
            .chain(gifts)
            .chain([JOIN, "iam:CreatePolicy", "iam:CreatePolicyVersion"])
            .collect()
    }

    fn hops(&self) -> u8 {
        0
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for account in world.account_indices() {
            together(judge, rules, account);
        }
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
            holders => judge_together(judge, holders),
        }
    }
}
