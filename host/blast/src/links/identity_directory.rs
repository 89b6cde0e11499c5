//! Whoever administers the directory behind Identity Center signs in as any of its users; whoever may put
//! users into its groups has what the groups are assigned.

use super::access::callers::Maker;
use super::organization_control::{Actor, Held, MadeUp};
use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::instance_id;
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{AccountIndex, OutsideIndex, World};

pub(super) struct DirectoryAdministrator;

const ADMINISTRATOR: LinkDocumentation = LinkDocumentation {
    id: "idp-admin",
    name: "Directory of Identity Center to its users",
    family: "outside",
    source: "whoever administers the directory that Identity Center takes its users and groups from: its own, \
        Active Directory, Okta, Entra and the like",
    target: "every user and group that is assigned something",
    precondition: "always: the directory says who somebody is and which groups they are in",
    mitigations: "MFA and session policies of the identity provider; few administrators there",
    references: &[
        "https://docs.aws.amazon.com/singlesignon/latest/userguide/manage-your-identity-source.html",
    ],
};

/// The directory of an instance of Identity Center.
pub(crate) fn directory(instance: &str) -> OutsideParty {
    OutsideParty::IdentityProvider {
        provider: instance.to_owned(),
    }
}

impl LinkKind for DirectoryAdministrator {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &ADMINISTRATOR
    }

    fn is_structural(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for instance in world.federation.iter().flat_map(|facts| &facts.directories) {
            let Some(directory) = world.find_outside(&directory(instance)) else {
                continue;
            };
            for party in world
                .workforce
                .assigned_by(instance_id(instance).unwrap_or(instance))
            {
                rules.add(
                    Certainty::Certain,
                    &[Capability::Outside(directory)],
                    Capability::Outside(party),
                );
            }
        }
    }
}

pub(super) struct GroupMembership;

const MEMBERSHIP: LinkDocumentation = LinkDocumentation {
    id: "sso-membership",
    name: "Membership in a group of Identity Center",
    family: "organization",
    source: "principal of the management account, or of the delegated administrator for Identity Center, \
        that may put users into groups, or one of these accounts as a whole",
    target: "the group, and with it what it is assigned",
    precondition: "identitystore:CreateGroupMembership on the group, of a directory that Identity Center keeps \
        itself; the attacker can sign in as one of its users, or may make one",
    mitigations: "an external directory; service control policies on identitystore:CreateGroupMembership in \
        the delegated account",
    references: &[
        "https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html",
    ],
};

const JOIN: &str = "identitystore:CreateGroupMembership";
const MAKE: &str = "identitystore:CreateUser";
const SERVICE: &str = "sso.amazonaws.com";

/// The accounts from which Identity Center is administered.
fn homes(world: &World) -> impl Iterator<Item = AccountIndex> {
    let delegated = world.delegated.get(SERVICE).into_iter().flatten();
    world.management.into_iter().chain(delegated.copied())
}

fn judge_pair(power: &Power<'_, '_>, world: &World, group: OutsideIndex) -> Option<Judgement> {
    let judgement = joins(&Held { power, world }, group)?;
    Some(power.complete(judgement))
}

/// Whether somebody may put users into a group.
fn joins(actor: &dyn Actor, group: OutsideIndex) -> Option<Judgement> {
    let world = actor.world();
    let OutsideParty::IdentityCenter { principal, .. } = world.outside.get(group.index())? else {
        return None;
    };
    let arn = format!("arn:{}:identitystore:::group/{principal}", world.partition);
    let join = actor.may(JOIN, &arn, actor.keys())?;
    let user = actor
        .may_somewhere(MAKE, &actor.keys())
        .map(|make| make.also("a password can be set for a new user"));
    let known =
        Some(Judgement::default().also("the attacker can sign in as a user of Identity Center"));
    let judgement = join.and(better(user, known)?);
    Some(judgement.also("Identity Center keeps its directory itself"))
}

/// The same for whoever has the account, under its service control policies.
fn judge_account(
    judge: &Judge<'_>,
    home: AccountIndex,
    group: OutsideIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let row = world.account(home)?;
    let maker = Maker {
        world,
        account: row.id.as_str(),
        scps: Some(row.scps),
    };
    let anybody = maker.best(None, |principal| {
        joins(&MadeUp::new(judge, home, principal, detail)?, group)
    });
    Some(anybody?.hanging_on(Certainty::Conditional, &row.scp_gaps))
}

impl LinkKind for GroupMembership {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &MEMBERSHIP
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![JOIN, MAKE]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for home in homes(world) {
            for group in world.workforce.groups.iter().copied() {
                if let Some(judgement) = judge_account(judge, home, group, Detail::Certainty) {
                    let account = Capability::Account(home);
                    rules.add(judgement.certainty, &[account], Capability::Outside(group));
                }
            }
            for principal in world.principals_of(home) {
                let Some(power) = rules.unspent(judge, principal, &[JOIN]) else {
                    continue;
                };
                for group in world.workforce.groups.iter().copied() {
                    if let Some(judgement) = judge_pair(&power, world, group) {
                        rules.add(
                            judgement.certainty,
                            &[Capability::Principal(principal)],
                            Capability::Outside(group),
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
        match (premises, conclusion) {
            ([Capability::Account(home)], Capability::Outside(group)) => {
                judge_account(judge, *home, group, Detail::Full)
            }
            ([Capability::Principal(principal)], Capability::Outside(group)) => judge_pair(
                &Power::of(judge, *principal, Detail::Full)?,
                judge.world(),
                group,
            ),
            _ => None,
        }
    }
}
