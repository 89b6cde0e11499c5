//! Whoever may change what vouches for people, in the account that trusts it, vouches for himself: SAML
//! providers, trust anchors of IAM Roles Anywhere, Cognito's pools.
//!
//! OIDC providers are left out on purpose: whoever makes or changes one names an issuer, and tokens are still
//! the issuer's to sign; a further audience or thumbprint lets nobody in whom the issuer does not vouch for.

use super::cognito_pool::{self, Visit};
use super::power::{ANY_NAME, Power, better};
use super::{
    Deriver, LinkDocumentation, LinkKind, application_users, certificate_holder, roles_anywhere,
};
use crate::capability::Capability;
use crate::facts::{IdentityPool, Profile};
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{AccountIndex, OutsideIndex, PrincipalIndex, World};

pub(super) struct ProviderControl;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "provider-control",
    name: "Control of an identity provider in IAM",
    family: "identity",
    source: "principal that may replace a SAML provider or trust anchor of its account, make one, or change \
        the roles or users of a Cognito pool",
    target: "the provider, holder of certificates or users that roles trust; a role that a Cognito pool or a \
        profile of Roles Anywhere hands out",
    precondition: "iam:UpdateSAMLProvider on the provider, or iam:CreateSAMLProvider where a trusted one is \
        gone; rolesanywhere:UpdateTrustAnchor on the anchor, or rolesanywhere:CreateTrustAnchor beside a \
        profile whose roles trust any anchor; cognito-identity:SetIdentityPoolRoles with iam:PassRole on a \
        role that trusts the pool; cognito-idp:AdminCreateUser or cognito-idp:AdminSetUserPassword on the \
        user pool behind an identity pool",
    mitigations: "service control policies on the actions; aws:SourceArn in the trust policies of roles for \
        Roles Anywhere; cognito-identity.amazonaws.com:aud and :amr in those of Cognito",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSAMLProvider.html",
        "https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_UpdateTrustAnchor.html",
        "https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html",
        "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html",
    ],
};

const UPDATE_SAML: &str = "iam:UpdateSAMLProvider";
const CREATE_SAML: &str = "iam:CreateSAMLProvider";
const UPDATE_ANCHOR: &str = "rolesanywhere:UpdateTrustAnchor";
const CREATE_ANCHOR: &str = "rolesanywhere:CreateTrustAnchor";
const SET_ROLES: &str = "cognito-identity:SetIdentityPoolRoles";
const UPDATE_POOL: &str = "cognito-identity:UpdateIdentityPool";
const CREATE_USER: &str = "cognito-idp:AdminCreateUser";
const SET_PASSWORD: &str = "cognito-idp:AdminSetUserPassword";
const PASS: &str = "iam:PassRole";
const COGNITO: &str = "cognito-identity.amazonaws.com";

const ACTIONS: &[&str] = &[
    UPDATE_SAML,
    CREATE_SAML,
    UPDATE_ANCHOR,
    CREATE_ANCHOR,
    SET_ROLES,
    UPDATE_POOL,
    CREATE_USER,
    SET_PASSWORD,
];

/// What somebody may take over.
enum Prize<'w> {
    /// A SAML provider that roles trust, by ARN.
    Saml(&'w str),
    /// A trust anchor, by ARN.
    Anchor(&'w str),
    /// The users of a pool.
    Users(&'w IdentityPool),
    /// A role of a profile, by way of a new anchor.
    Profile(&'w Profile, PrincipalIndex),
    /// A role that a pool may be made to hand out, to guests or to users.
    Pool(&'w IdentityPool, PrincipalIndex, Visit),
}

impl<'w> Prize<'w> {
    /// Everything in an account.
    fn all(world: &'w World, account: AccountIndex) -> Vec<Self> {
        let id = world.account(account).map_or("", |row| row.id.as_str());
        let of_account = |arn: &str| arn.split(':').nth(4) == Some(id);
        let saml = world.outside.iter().filter_map(|party| match party {
            OutsideParty::IdentityProvider { provider } => Some(provider.as_str()),
            _ => None,
        });
        let saml = saml
            .filter(|arn| arn.contains(":saml-provider/") && of_account(arn))
            .map(Prize::Saml);
        let federation = || world.federation.iter();
        let anchors = federation().flat_map(|facts| &facts.anchors);
        let anchors = anchors
            .map(|anchor| anchor.arn.as_str())
            .filter(|arn| of_account(arn))
            .map(Prize::Anchor);
        let profiles = federation().flat_map(|facts| &facts.profiles);
        let profiles = profiles
            .filter(|profile| profile.arn.account() == id)
            .flat_map(|profile| {
                let roles = profile.roles.iter();
                let roles = roles.filter_map(|role| world.find_principal(role));
                roles.map(move |role| Prize::Profile(profile, role))
            });
        let pools = || cognito_pool::pools(world).filter(|pool| pool.account == id);
        let trusting = world.principals_of(account).filter(|role| {
            let trust = world.principal(*role).map(|row| &row.trust);
            let summary = match trust {
                Some(crate::facts::Trust::Policy(trust)) => world.trusts.get(trust),
                _ => None,
            };
            summary.is_some_and(|summary| summary.federated.iter().any(|name| **name == *COGNITO))
        });
        let trusting: Vec<PrincipalIndex> = trusting.collect();
        let roles = pools().flat_map(|pool| {
            let visits = [Visit::Guest, Visit::User];
            let trusting = trusting.iter();
            trusting
                .flat_map(|role| visits.map(|visit| Prize::Pool(pool, *role, visit)))
                .collect::<Vec<_>>()
        });
        let users = pools().filter(|pool| !pool.user_pools.is_empty());
        saml.chain(anchors)
            .chain(profiles)
            .chain(users.map(Prize::Users))
            .chain(roles)
            .collect()
    }

    /// What is gained.
    fn gained(&self, world: &World) -> Option<Capability> {
        let outside = |party: OutsideParty| -> Option<OutsideIndex> { world.find_outside(&party) };
        match self {
            Prize::Saml(arn) => {
                let provider = (*arn).to_owned();
                outside(OutsideParty::IdentityProvider { provider }).map(Capability::Outside)
            }
            Prize::Anchor(arn) => {
                let mut anchors = world.federation.iter().flat_map(|facts| &facts.anchors);
                let anchor = anchors.find(|anchor| anchor.arn.as_str() == *arn)?;
                outside(certificate_holder(anchor)).map(Capability::Outside)
            }
            Prize::Users(pool) => outside(application_users(pool)).map(Capability::Outside),
            Prize::Profile(_, role) | Prize::Pool(_, role, _) => Some(Capability::Principal(*role)),
        }
    }

    /// What must be held besides: what users of a pool get, takes being one.
    fn with(&self, world: &World) -> Option<Capability> {
        match self {
            Prize::Pool(pool, _, Visit::User) => world
                .find_outside(&application_users(pool))
                .map(Capability::Outside),
            _ => None,
        }
    }

    /// Whether somebody may take it over.
    fn taken(&self, judge: &Judge<'_>, power: &Power<'_, '_>, detail: Detail) -> Option<Judgement> {
        let judgement = match self {
            Prize::Saml(arn) => saml(judge.world(), power, arn),
            Prize::Anchor(arn) => power.may(UPDATE_ANCHOR, arn, power.keys()),
            Prize::Users(pool) => users(power, pool),
            Prize::Profile(profile, role) => new_anchor(judge, power, profile, *role, detail),
            Prize::Pool(pool, role, visit) => new_role(judge, power, (pool, *visit), *role, detail),
        };
        Some(power.complete(judgement?))
    }
}

/// A provider that is there gets other keys; one that is gone is made anew.
fn saml(world: &World, power: &Power<'_, '_>, arn: &str) -> Option<Judgement> {
    let known = world
        .federation
        .iter()
        .flat_map(|facts| &facts.saml_providers);
    let of_account = |one: &&String| one.split(':').nth(4) == arn.split(':').nth(4);
    let known: Vec<&String> = known.filter(of_account).collect();
    let there = known.iter().any(|one| one.as_str() == arn);
    let update = || power.may(UPDATE_SAML, arn, power.keys());
    let create = || power.may(CREATE_SAML, arn, power.keys());
    match (there, known.is_empty()) {
        (true, _) => update(),
        // The others were seen.
        (false, false) => create(),
        // None was seen: what roles trust is there as a rule.
        (false, true) => better(
            update(),
            create().map(|create| create.also("the provider is there no more")),
        ),
    }
}

/// Somebody who is made a user of a pool, or whose password is set.
fn users(power: &Power<'_, '_>, pool: &IdentityPool) -> Option<Judgement> {
    let ways = pool.user_pools.iter().flat_map(|user_pool| {
        let may = |action: &str| power.may(action, user_pool, power.keys());
        let made = may(CREATE_USER);
        let taken = may(SET_PASSWORD).map(|may| may.also("the user pool has a user"));
        [made, taken]
    });
    let judgement = ways.fold(None, better)?;
    Some(judgement.also("a client of the application lets its users sign in with a password"))
}

/// A new anchor, beside a profile whose role lets in any.
fn new_anchor(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    profile: &Profile,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let (partition, region) = (profile.arn.partition(), profile.arn.region());
    let account = profile.arn.account();
    let anchor =
        format!("arn:{partition}:rolesanywhere:{region}:{account}:trust-anchor/{ANY_NAME}");
    // What is to be made has no ARN to name.
    let keys = power.keys().fixed("aws:RequestedRegion", [region]);
    let make = power.may(CREATE_ANCHOR, "*", keys)?;
    Some(make.and(roles_anywhere::enters(
        judge, &anchor, account, role, detail,
    )?))
}

/// A role that a pool is made to hand out, to guests, who are let in if they are not yet.
fn new_role(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    (pool, visit): (&IdentityPool, Visit),
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let row = world.principal(role)?;
    let region = pool.id.split(':').next().unwrap_or_default();
    let (partition, account) = (&world.partition, &pool.account);
    let arn = format!(
        "arn:{partition}:cognito-identity:{region}:{account}:identitypool/{}",
        pool.id
    );
    let power = &power.asking_for(row);
    let set = power.may(SET_ROLES, &arn, power.keys())?;
    let passed = power
        .keys_about(row)
        .fixed("iam:PassedToService", [COGNITO]);
    let pass = power.may(PASS, row.arn.as_str(), passed)?;
    let handed = set.and(pass);
    if visit == Visit::User {
        let enters = cognito_pool::judge_role(judge, pool, visit, role, detail)?;
        return Some(handed.and(enters));
    }
    // Guests are let in, and by the classic flow, which does not narrow what they get, if that is not so yet.
    let open = IdentityPool {
        classic: true,
        ..pool.clone()
    };
    let as_it_is = cognito_pool::judge_role(judge, pool, visit, role, detail);
    let opened = power
        .may(UPDATE_POOL, &arn, power.keys())
        .and_then(|update| {
            let enters = cognito_pool::judge_role(judge, &open, visit, role, detail)?;
            Some(update.and(enters))
        });
    let enters = better(as_it_is.filter(|_| pool.lets_guests), opened)?;
    Some(handed.and(enters))
}

impl LinkKind for ProviderControl {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        ACTIONS.iter().copied().chain([PASS]).collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for account in world.account_indices() {
            let prizes = Prize::all(world, account);
            if prizes.is_empty() {
                continue;
            }
            for (holder, own, power) in rules.holders(judge, account, ACTIONS) {
                for prize in &prizes {
                    let Some(gained) = prize.gained(world) else {
                        continue;
                    };
                    if gained == Capability::Principal(own) {
                        continue;
                    }
                    if let Some(judgement) = prize.taken(judge, &power, Detail::Certainty) {
                        let premises: Vec<Capability> =
                            std::iter::once(holder).chain(prize.with(world)).collect();
                        rules.add(judgement.certainty, &premises, gained);
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
        // Who changes it comes first.
        let (holder, with) = premises.split_first()?;
        let power = Power::holding(judge, *holder, Detail::Full)?;
        let world = judge.world();
        let prizes = Prize::all(world, power.row.account);
        let meant = prizes.iter().filter(|prize| {
            let with: Vec<&Capability> = with.iter().collect();
            prize.gained(world) == Some(conclusion)
                && prize.with(world).iter().collect::<Vec<_>>() == with
        });
        meant
            .map(|prize| prize.taken(judge, &power, Detail::Full))
            .fold(None, better)
    }
}
