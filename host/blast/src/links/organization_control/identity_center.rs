//! Identity Center: assignments are authorized on the instance, the permission set and the account, each by
//! itself; and whoever may rewrite the permission set that it acts by has its own account.

use std::collections::BTreeSet;

use super::Way;
use super::actor::{Actor, Held};
use crate::capability::Capability;
use crate::judge::{Detail, Judge, Judgement};
use crate::links::power::{Power, better};
use crate::links::{Deriver, LinkDocumentation, LinkKind};
use crate::world::{AccountIndex, AccountRow, PrincipalIndex, PrincipalRow, World};

/// The actions that are about an account too.
const ABOUT_ACCOUNT: &[&str] = &["sso:CreateAccountAssignment", PROVISION];

const PROVISION: &str = "sso:ProvisionPermissionSet";

/// What changes the policies of a permission set.
const REWRITES: &[&str] = &[
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:PutInlinePolicyToPermissionSet",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
];

/// Whether an action is allowed on some instance and some permission set.
pub(super) fn anywhere(actor: &dyn Actor, action: &str) -> Option<Judgement> {
    // Which instance there is, its permission sets tell.
    let known = actor.world().workforce.permission_sets.iter();
    let known: BTreeSet<&str> = known.filter_map(|set| set.arn.split('/').nth(1)).collect();
    let ids = if known.is_empty() {
        BTreeSet::from(["*"])
    } else {
        known
    };
    let of = |resource: &str| actor.within(action, &actor.of_identity_center(resource));
    let instances: Vec<String> = ids
        .iter()
        .flat_map(|id| of(&format!("instance/{id}")))
        .collect();
    let sets = ids
        .iter()
        .flat_map(|id| of(&format!("permissionSet/{id}/*")));
    let mut sets: Vec<String> = sets.collect();
    if REWRITES.contains(&action) {
        let shut: Vec<&str> = shut(actor.world(), actor.home()).collect();
        sets.retain(|set| !shut.contains(&set.as_str()));
    }
    let instance = actor.may_any(action, &instances, &actor.keys())?;
    Some(instance.and(actor.may_any(action, &sets, &actor.keys())?))
}

/// Whether a permission set of this name is assigned in the management account.
fn is_used_in_management(world: &World, name: &str) -> bool {
    let mut roles = world.roles_of_permission_set(name);
    roles.any(|role| world.principal(role).map(|row| row.account) == world.management)
}

/// The permission sets that a delegated administrator may not touch, by ARN. Source: IAM Identity Center User
/// Guide, "Delegated administration".
fn shut(world: &World, home: AccountIndex) -> impl Iterator<Item = &str> {
    let delegated = Some(home) != world.management;
    let sets = world.workforce.permission_sets.iter();
    sets.filter(move |set| delegated && is_used_in_management(world, &set.name))
        .map(|set| set.arn.as_str())
}

/// Whether the actions of a way are allowed on an account.
pub(super) fn on(actor: &dyn Actor, way: Way, account: &AccountRow) -> Option<Judgement> {
    let resource = actor.of_identity_center(&format!("account/{}", account.id));
    let mut about = way.iter().filter(|action| ABOUT_ACCOUNT.contains(action));
    about.try_fold(Judgement::default(), |all, action| {
        Some(all.and(actor.may(action, &resource, actor.keys())?))
    })
}

/// Who acts by a permission set and may rewrite it.
pub(in crate::links) struct OwnPermissionSet;

pub(in crate::links) static OWN_PERMISSION_SET: OwnPermissionSet = OwnPermissionSet;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "sso-selfesc",
    name: "Rewrite of one's own permission set",
    family: "organization",
    source: "role of a permission set in the management account, or in that of the delegated administrator \
        for Identity Center, that may rewrite the permission set",
    target: "the account that the role is in, and every other in which the permission set is assigned",
    precondition: "sso:PutInlinePolicyToPermissionSet, sso:AttachManagedPolicyToPermissionSet or \
        sso:AttachCustomerManagedPolicyReferenceToPermissionSet on the permission set, and \
        sso:ProvisionPermissionSet for the account. A delegated administrator may not touch permission sets \
        that are used in the management account",
    mitigations: "resources of the sso actions by permission set; service control policies in the delegated \
        account",
    references: &[
        "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html",
        "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html",
    ],
};

/// Whether a role of a permission set gets another of the same, and with it the account of that, by rewriting
/// the permission set.
fn judge_pair(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    other: PrincipalIndex,
) -> Option<Judgement> {
    let world = judge.world();
    let row = world.principal(other)?;
    let name = power.row.permission_set()?;
    let home = power.row.account;
    let delegated = Some(home) != world.management;
    if row.permission_set() != Some(name) || (delegated && is_used_in_management(world, name)) {
        return None;
    }
    let actor = Held { power, world };
    let account = world.account(row.account)?;
    let sets = world
        .workforce
        .permission_sets
        .iter()
        .filter(|set| *set.name == *name);
    let sets: Vec<String> = sets.map(|set| set.arn.clone()).collect();
    let ways = REWRITES.iter().map(|action| {
        let mut requests = [*action, PROVISION].into_iter();
        let all = requests.try_fold(Judgement::default(), |all, action| {
            let instances = actor.within(action, &actor.of_identity_center("instance/*"));
            let known = !sets.is_empty();
            let sets = match known {
                true => sets.clone(),
                false => actor.within(action, &actor.of_identity_center("permissionSet/*/*")),
            };
            let instance = actor.may_any(action, &instances, &actor.keys())?;
            let set = actor.may_any(action, &sets, &actor.keys())?;
            let set = match known {
                true => set,
                false => set.also("the permission set that the policies name is its own"),
            };
            Some(all.and(instance).and(set))
        })?;
        Some(all.and(on(&actor, &[PROVISION], account)?))
    });
    let judgement = ways.fold(None, better)?;
    let judgement = match row.account == home {
        true => judgement,
        // Whose session it is, is assigned the permission set at home; elsewhere others may be.
        false => judgement.also("the attacker is assigned the permission set in that account too"),
    };
    Some(power.complete(judgement))
}

/// The accounts from which Identity Center is administered.
fn homes(world: &World) -> impl Iterator<Item = AccountIndex> {
    let delegated = world.delegated.get("sso.amazonaws.com");
    let delegated = delegated.into_iter().flatten();
    world.management.into_iter().chain(delegated.copied())
}

impl LinkKind for OwnPermissionSet {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        REWRITES.iter().chain([&PROVISION]).copied().collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for home in homes(world) {
            for principal in world.principals_of(home) {
                let Some(name) = world
                    .principal(principal)
                    .and_then(PrincipalRow::permission_set)
                else {
                    continue;
                };
                let Some(power) = rules.unspent(judge, principal, REWRITES) else {
                    continue;
                };
                for other in world.roles_of_permission_set(name) {
                    let Some(row) = world.principal(other) else {
                        continue;
                    };
                    if let Some(judgement) = judge_pair(judge, &power, other) {
                        rules.add(
                            judgement.certainty,
                            &[Capability::Principal(principal)],
                            Capability::Account(row.account),
                        );
                    }
                }
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let ([Capability::Principal(principal)], Capability::Account(account)) =
            (premises, conclusion)
        else {
            return None;
        };
        let world = judge.world();
        let power = Power::of(judge, *principal, Detail::Full)?;
        let name = power.row.permission_set()?;
        let roles = world.roles_of_permission_set(name);
        let here = roles.filter(|role| {
            let row = world.principal(*role);
            row.is_some_and(|row| row.account == account)
        });
        here.map(|role| judge_pair(judge, &power, role))
            .fold(None, better)
    }
}
