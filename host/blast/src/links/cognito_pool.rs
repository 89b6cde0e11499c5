//! Who comes to an application, as a guest or as a user, has the roles of its Cognito identity pool.

use blastwall_policy::Principal;

use super::outside_caller::OutsideCaller;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::IdentityPool;
use crate::judge::{Detail, Judge, Judgement};
use crate::request::RequestKeys;
use crate::subject::OutsideParty;
use crate::world::{ASSUME_ROLE_WITH_WEB_IDENTITY, PrincipalIndex, World};

const SERVICE: &str = "cognito-identity.amazonaws.com";

pub(super) struct CognitoPool;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "cognito-pool",
    name: "Cognito identity pool",
    family: "outside",
    source: "anyone, where guests are let in or strangers sign themselves up; else the users of the \
        application",
    target: "the roles of the identity pool: that of guests, those of users who signed in",
    precondition: "the pool hands out the role, and the role's trust policy lets in \
        cognito-identity.amazonaws.com for the pool (aud) and for guests or users (amr). Guests of a pool \
        without the classic flow get no more than the services that Cognito opens to them",
    mitigations: "no guests; cognito-identity.amazonaws.com:aud and :amr in the trust policy; \
        AllowAdminCreateUserOnly on the user pool",
    references: &[
        "https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html",
        "https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html",
    ],
};

/// How somebody comes to a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    Guest,
    User,
}

/// The users of a pool's application.
pub(crate) fn users(pool: &IdentityPool) -> OutsideParty {
    OutsideParty::ApplicationUsers {
        pool: pool.id.clone(),
    }
}

pub(super) fn pools(world: &World) -> impl Iterator<Item = &IdentityPool> {
    world.federation.iter().flat_map(|facts| &facts.pools)
}

/// Who gets which role of a pool, and how.
fn handed_out(
    world: &World,
    pool: &IdentityPool,
) -> impl Iterator<Item = (Visit, OutsideParty, PrincipalIndex)> {
    let guests = pool.guests.iter();
    let guests = guests.map(|role| (Visit::Guest, OutsideParty::Anyone, role));
    let signed_in = pool.users.iter();
    let signed_in = signed_in.map(|role| (Visit::User, users(pool), role));
    guests
        .chain(signed_in)
        .filter_map(|(visit, party, role)| Some((visit, party, world.find_principal(role)?)))
}

/// Whether the role lets in whoever comes to the pool in this way.
pub(super) fn judge_role(
    judge: &Judge<'_>,
    pool: &IdentityPool,
    visit: Visit,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let row = world.principal(role)?;
    let methods = match visit {
        Visit::Guest => "unauthenticated",
        Visit::User => "authenticated",
    };
    let caller = OutsideCaller {
        principal: &Principal::parse(SERVICE).ok()?,
        action: ASSUME_ROLE_WITH_WEB_IDENTITY,
        made_by_attacker: true,
    };
    let keys = RequestKeys::new(world)
        .for_resource(row)
        .build()
        .fixed(&format!("{SERVICE}:aud"), [pool.id.as_str()])
        .fixed(&format!("{SERVICE}:amr"), [methods]);
    let judgement = caller.enters(judge, role, keys, detail)?;
    let narrowed = (visit == Visit::Guest && !pool.classic).then(|| {
        "what the role may do is among the services that Cognito opens to guests".to_owned()
    });
    Some(
        judgement
            .told("identity pool", &pool.id, methods)
            .hanging_on(Certainty::Conditional, narrowed.as_slice()),
    )
}

/// Whether strangers become users.
fn sign_up(pool: &IdentityPool) -> Option<Judgement> {
    pool.open?.then(|| {
        let confirmed =
            "the user pool lets strangers sign up, and takes them without a check of who they are";
        Judgement::default().hanging_on(Certainty::Conditional, &[confirmed.to_owned()])
    })
}

impl LinkKind for CognitoPool {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for pool in pools(world) {
            for (visit, party, role) in handed_out(world, pool) {
                let judgement = judge_role(judge, pool, visit, role, Detail::Certainty);
                if let (Some(judgement), Some(party)) = (judgement, world.find_outside(&party)) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Outside(party)],
                        Capability::Principal(role),
                    );
                }
            }
            let parties = [OutsideParty::Anyone, users(pool)].map(|one| world.find_outside(&one));
            if let (Some(judgement), [Some(anyone), Some(users)]) = (sign_up(pool), parties) {
                rules.add(
                    judgement.certainty,
                    &[Capability::Outside(anyone)],
                    Capability::Outside(users),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let world = judge.world();
        let [Capability::Outside(from)] = premises else {
            return None;
        };
        let from = world.outside.get(from.index())?;
        match conclusion {
            Capability::Outside(to) => {
                let to = world.outside.get(to.index())?;
                sign_up(pools(world).find(|pool| users(pool) == *to)?)
            }
            Capability::Principal(role) => pools(world).find_map(|pool| {
                let (visit, ..) = handed_out(world, pool)
                    .find(|(_, party, other)| party == from && *other == role)?;
                judge_role(judge, pool, visit, role, Detail::Full)
            }),
            _ => None,
        }
    }
}
