//! Whether one caller gets through one gate.

use std::collections::BTreeSet;

use blastwall_model::AccountId;
use blastwall_policy::{Keys, Principal};

use super::Gate;
use super::callers::{Maker, names_of_gate};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Attachment, Boundary};
use crate::globs::{filled, meetings};
use crate::judge::{Case, Detail, Identity, Judge, Judgement};
use crate::links::power::{Power, better, is_certain};
use crate::request::{RESOURCE_TAGS, RequestKeys};
use crate::subject::OutsideParty;
use crate::tagging::WritesTags;
use crate::world::{AccountIndex, LevelsIndex, OutsideIndex, PrincipalIndex, StoreIndex, World};

/// The account that stands for "some account of the attacker's", where no particular one is meant.
const SOME_ACCOUNT: &str = "000000000000";

/// The caller's side of a request.
struct Caller<'a> {
    principal: &'a Principal,
    keys: Keys,
    identity: Identity<'a>,
    boundary: Option<&'a Attachment>,
    scps: Option<LevelsIndex>,
    made_by_attacker: bool,
    /// Who writes tags for it.
    writers: &'a [&'a dyn WritesTags],
}

fn ask(
    judge: &Judge<'_>,
    caller: Caller<'_>,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    let caller = behind(caller, gate);
    let own_grant = gate.own_grant(caller.principal);
    let one = |action: &str, keys: &Keys| {
        judge.judge_tagging(
            &Case {
                principal: caller.principal,
                role_path: None,
                action,
                resource: &gate.resource,
                resource_account: gate.account.id.as_str(),
                keys: gate.keys_for(caller.principal, keys),
                identity: caller.identity,
                boundary: caller.boundary,
                scps: caller.scps,
                rcps: Some(gate.account.rcps),
                resource_policy: gate.policy_with(&own_grant),
                made_by_attacker: caller.made_by_attacker,
            },
            caller.writers,
            detail,
        )
    };
    let with = |keys: &Keys| {
        let here = gate.with.iter().map(|action| one(action, keys));
        let home = gate.at_home.iter();
        here.chain(home.map(|request| at_home(judge, &caller, gate, request, keys, detail)))
            .try_fold(one(gate.action, keys)?, |all, more| Some(all.and(more?)))
    };
    // A role is asked for in whichever region one likes. Source: IAM User Guide, "Manage AWS STS in an AWS Region".
    let with = |keys: &Keys| {
        let regions = judge.world().regions();
        if gate.role.is_none() || regions.clone().nth(1).is_none() {
            return with(keys);
        }
        let mut best = None;
        for region in regions {
            let keys = keys.clone().fixed("aws:RequestedRegion", [region]);
            best = better(best, with(&keys));
            if is_certain(best.as_ref()) {
                break;
            }
        }
        best
    };
    let answer = with(&caller.keys);
    if is_certain(answer.as_ref()) || !matches!(caller.principal, Principal::User { .. }) {
        return answer;
    }
    // A request that is signed by an access key says nothing of a second factor. Source: IAM User Guide,
    // "Secure API access with MFA".
    let by_access_key = caller
        .keys
        .clone()
        .absent("aws:MultiFactorAuthPresent")
        .absent("aws:MultiFactorAuthAge");
    better(answer, with(&by_access_key))
}

/// The caller as what an access point leads to sees it: what limits it had its say at the access point, and in
/// another account than the bucket's so had what its own policies allow. Source: S3 User Guide, "Configuring IAM
/// policies for using access points".
fn behind<'a>(caller: Caller<'a>, gate: &Gate<'_>) -> Caller<'a> {
    if !gate.behind {
        return caller;
    }
    let at_home = caller.principal.account() == Some(gate.account.id.as_str());
    let identity = match caller.identity {
        Identity::Attached(attached) if !at_home => Identity::AtLeast(attached),
        Identity::Rewritten {
            attached,
            without,
            joined,
            ..
        } if !at_home => Identity::Rewritten {
            attached,
            without,
            joined,
            anything: true,
        },
        identity => identity,
    };
    Caller {
        identity,
        boundary: None,
        scps: None,
        ..caller
    }
}

/// Whether the caller may do something besides, to what is its own.
fn at_home(
    judge: &Judge<'_>,
    caller: &Caller<'_>,
    gate: &Gate<'_>,
    (action, service, name): &(&'static str, &'static str, &'static str),
    keys: &Keys,
    detail: Detail,
) -> Option<Judgement> {
    let account = caller.principal.account()?;
    let partition = &judge.world().partition;
    let region = gate.region(judge.world()).unwrap_or("us-east-1");
    judge.judge(
        &Case {
            principal: caller.principal,
            role_path: None,
            action,
            resource: &format!("arn:{partition}:{service}:{region}:{account}:{name}"),
            resource_account: account,
            keys: keys.clone(),
            identity: caller.identity,
            boundary: caller.boundary,
            scps: caller.scps,
            rcps: None,
            resource_policy: None,
            made_by_attacker: caller.made_by_attacker,
        },
        detail,
    )
}

/// A user or role, with the permissions that it has.
///
/// Where part of its policies was not seen, what the others allow hangs on the rest not denying
/// it, and what they do not allow is speculative.
pub(in crate::links) fn from_principal(
    judge: &Judge<'_>,
    caller: PrincipalIndex,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    let policies = &judge.world().policies;
    let named = |below: &str| {
        let row = judge.world().principal(caller);
        let attached = row.into_iter().flat_map(|row| &row.identity);
        attached
            .filter_map(|from| policies.get(from.policy))
            .flat_map(|stored| stored.names_below(gate.action, below))
            .collect()
    };
    gate.answer(named, |gate| principal_side(judge, caller, gate, detail))
}

fn principal_side(
    judge: &Judge<'_>,
    caller: PrincipalIndex,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let row = world.principal(caller)?;
    let account = world.account(row.account)?;
    let keys = gate
        .keys(
            RequestKeys::new(world)
                .sent_from_account(row.account)
                .sent_by(row),
        )
        .build();
    let tags = writes_role_tags(judge, caller, gate, detail);
    let writers = tags.as_ref().map(Power::writers).unwrap_or_default();
    let with = |identity| {
        ask(
            judge,
            Caller {
                principal: row.principal.as_ref()?,
                keys: keys.clone(),
                identity,
                boundary: match &row.boundary {
                    Boundary::Policy(from) => Some(from),
                    Boundary::None | Boundary::Unknown => None,
                },
                scps: Some(account.scps),
                made_by_attacker: false,
                writers: &writers,
            },
            gate,
            detail,
        )
    };
    let judgement = match with(Identity::Attached(&row.identity)) {
        Some(judgement) => judgement.hanging_on(Certainty::Conditional, &row.gaps),
        None if row.gaps.is_empty() => return None,
        None => {
            with(Identity::AtLeast(&row.identity))?.hanging_on(Certainty::Speculative, &row.gaps)
        }
    };
    Some(gate.complete(judgement.hanging_on(Certainty::Conditional, &account.scp_gaps)))
}

/// The caller's power, if it may write the tags of the role that it asks for.
fn writes_role_tags<'a, 'w>(
    judge: &'a Judge<'w>,
    caller: PrincipalIndex,
    gate: &Gate<'w>,
    detail: Detail,
) -> Option<Power<'a, 'w>> {
    let (_, role) = gate.role?;
    let world = judge.world();
    let own = world.principal(caller)?.account == role.account;
    if !own || !world.asks_for_tags_of(RESOURCE_TAGS) {
        return None;
    }
    Some(Power::of(judge, caller, detail)?.asking_for(role))
}

/// A user or role whose permissions were changed.
pub(in crate::links) fn from_rewritten(
    judge: &Judge<'_>,
    holder: Capability,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    let policies = &judge.world().policies;
    let power = Power::holding(judge, holder, detail)?;
    let named = |below: &str| {
        let attached = power.identity.attachments();
        attached
            .filter_map(|from| policies.get(from.policy))
            .flat_map(|stored| stored.names_below(gate.action, below))
            .collect()
    };
    let asking = gate.role.map(|(_, role)| power.asking_for(role));
    let writers = asking.as_ref().unwrap_or(&power).writers();
    let judgement = gate.answer(named, |gate| {
        let caller = Caller {
            principal: power.row.principal.as_ref()?,
            keys: gate.keys(power.request()).build(),
            identity: power.identity,
            boundary: power.boundary,
            scps: Some(power.account.scps),
            made_by_attacker: false,
            writers: &writers,
        };
        Some(gate.complete(ask(judge, caller, gate, detail)?))
    });
    Some(power.complete(judgement?))
}

/// A whole account: some principal in it, existing or made for the purpose, with identity
/// policies that the attacker writes. Only service control policies bind it.
pub(in crate::links) fn from_account(
    judge: &Judge<'_>,
    account: AccountIndex,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    gate.answer(
        |_| BTreeSet::new(),
        |gate| account_side(judge, account, gate, detail),
    )
}

fn account_side(
    judge: &Judge<'_>,
    account: AccountIndex,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    gate.summary?;
    let row = world.account(account)?;
    let keys = gate
        .keys(RequestKeys::new(world).sent_from_account(account))
        .build();
    let maker = Maker {
        world,
        account: row.id.as_str(),
        scps: Some(row.scps),
    };
    let best = made_up(judge, maker, &keys, gate, detail)?;
    Some(gate.complete(best.hanging_on(Certainty::Conditional, &row.scp_gaps)))
}

/// A party outside: an account of another owner, some account of another organization, or anyone
/// with an account. Nothing is known to bind it on its own side.
pub(in crate::links) fn from_outside(
    judge: &Judge<'_>,
    outside: OutsideIndex,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    from_party(
        judge,
        judge.world().outside.get(outside.index())?,
        gate,
        detail,
    )
}

/// The same for a party that no policy need name.
pub(in crate::links) fn from_party(
    judge: &Judge<'_>,
    party: &OutsideParty,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    gate.answer(
        |_| BTreeSet::new(),
        |gate| party_side(judge, party, gate, detail),
    )
}

fn party_side(
    judge: &Judge<'_>,
    party: &OutsideParty,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    gate.summary?;
    let account = match party {
        OutsideParty::Account { id } => id.as_str(),
        _ => SOME_ACCOUNT,
    };
    let ask = |request| {
        let keys = gate.keys(request).build();
        made_up(judge, outsider(world, account), &keys, gate, detail)
    };
    let alone = || ask(RequestKeys::new(world).sent_from_no_organization());
    // In the root of an organization or in a unit of it, as one likes.
    let elsewhere = || {
        let root = ask(RequestKeys::new(world).sent_from_outside());
        let unit = || ask(RequestKeys::new(world).sent_from_outside_unit());
        if is_certain(root.as_ref()) {
            root
        } else {
            better(root, unit())
        }
    };
    let best = match party {
        // An account of one's own is in an organization or in none, as one likes.
        OutsideParty::Anyone => {
            let best = alone();
            if is_certain(best.as_ref()) {
                best
            } else {
                better(best, elsewhere())
            }
        }
        // What it is in is not known.
        OutsideParty::Account { id } => {
            let either = match (alone(), elsewhere()) {
                (Some(alone), Some(elsewhere)) if alone.certainty < elsewhere.certainty => {
                    Some(elsewhere)
                }
                (Some(alone), Some(_)) => Some(alone),
                (Some(alone), None) => {
                    Some(alone.also(&format!("account {id} is in no organization")))
                }
                (None, Some(elsewhere)) => {
                    Some(elsewhere.also(&format!("account {id} is in an organization")))
                }
                (None, None) => None,
            };
            if is_certain(either.as_ref()) {
                either
            } else {
                better(either, from_named_organizations(judge, id, gate, detail))
            }
        }
        OutsideParty::Organization { id } => from_organization(
            judge,
            account,
            id,
            gate,
            detail,
            |judgement, path| match path {
                Some(path) => {
                    let fact = format!("the attacker acts from an account under {path}");
                    judgement.told("caller", &format!("organization {id}"), &fact)
                }
                None => judgement,
            },
        ),
        OutsideParty::IdentityProvider { .. }
        | OutsideParty::CertificateHolder { .. }
        | OutsideParty::ApplicationUsers { .. }
        | OutsideParty::IdentityCenter { .. }
        | OutsideParty::Workflow { .. }
        | OutsideParty::Repository { .. }
        | OutsideParty::Service { .. } => return None,
    };
    Some(gate.complete(best?))
}

fn outsider<'a>(world: &'a World, account: &'a str) -> Maker<'a> {
    Maker {
        world,
        account,
        scps: None,
    }
}

/// The account, if it is of one of the organizations that the policies name.
fn from_named_organizations(
    judge: &Judge<'_>,
    account: &AccountId,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let names = names_of_gate(world, Some(gate));
    let ids: BTreeSet<&str> = names
        .organization_ids()
        .filter(|id| Some(*id) != world.organization_id.as_deref())
        .collect();
    ids.into_iter()
        .map(|id| {
            let told = |judgement: Judgement, path: Option<&str>| {
                let place = path.unwrap_or(id);
                judgement.also(&format!("account {account} is of the organization {place}"))
            };
            from_organization(judge, account.as_str(), id, gate, detail, told)
        })
        .fold(None, better)
}

/// An account of another organization, in a unit that no policy names or in one that some policy does.
fn from_organization(
    judge: &Judge<'_>,
    account: &str,
    id: &str,
    gate: &Gate<'_>,
    detail: Detail,
    told: impl Fn(Judgement, Option<&str>) -> Judgement,
) -> Option<Judgement> {
    let world = judge.world();
    let names = names_of_gate(world, Some(gate));
    let within = format!("{id}/*");
    let units = meetings(&within, names.organizations.iter().map(AsRef::as_ref));
    let mut best = None;
    for path in std::iter::once(None).chain(units.iter().map(|unit| Some(filled(unit)))) {
        let some = format!("{id}/r-other/");
        let request =
            RequestKeys::new(world).sent_from_organization(id, path.as_deref().unwrap_or(&some));
        let keys = gate.keys(request).build();
        let judgement = made_up(judge, outsider(world, account), &keys, gate, detail);
        best = better(best, judgement.map(|one| told(one, path.as_deref())));
        if is_certain(best.as_ref()) {
            break;
        }
    }
    best
}

/// Whoever the premise of a rule is.
pub(in crate::links) fn from(
    judge: &Judge<'_>,
    premises: &[Capability],
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    match premises {
        [Capability::Principal(caller)] => from_principal(judge, *caller, gate, detail),
        [holder @ Capability::Rewritten(..)] => from_rewritten(judge, *holder, gate, detail),
        [Capability::Account(account)] => from_account(judge, *account, gate, detail),
        [Capability::Outside(outside)] => from_outside(judge, *outside, gate, detail),
        _ => None,
    }
}

/// Whether the same caller may use the key of a store, by way of the service that decrypts for its readers.
pub(in crate::links) fn decrypts(
    judge: &Judge<'_>,
    caller: Capability,
    store: StoreIndex,
    detail: Detail,
) -> Option<Judgement> {
    through_any(judge, caller, &Gate::of_key(judge.world(), store), detail)
}

/// What reading comes to: with the key besides, where the data itself is had and is under one.
pub(in crate::links) fn with_key(
    judge: &Judge<'_>,
    reads: Judgement,
    caller: Capability,
    conclusion: Capability,
) -> Option<Judgement> {
    let world = judge.world();
    match conclusion {
        Capability::Data(store) if world.store(store)?.key.is_some() => {
            Some(reads.and(decrypts(judge, caller, store, Detail::Full)?))
        }
        _ => Some(reads),
    }
}

/// The best answer that a caller gets at one of these gates.
pub(in crate::links) fn through_any(
    judge: &Judge<'_>,
    caller: Capability,
    gates: &[Gate<'_>],
    detail: Detail,
) -> Option<Judgement> {
    let mut best = None;
    for gate in gates {
        best = better(best, from(judge, &[caller], gate, detail));
        if is_certain(best.as_ref()) {
            break;
        }
    }
    best
}

/// The best of what whoever has an account may call as, with identity policies that he writes.
fn made_up(
    judge: &Judge<'_>,
    maker: Maker<'_>,
    keys: &Keys,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    maker.best(Some(gate), |principal| {
        ask(
            judge,
            Caller {
                principal,
                keys: keys.clone(),
                identity: Identity::Anything,
                boundary: None,
                scps: maker.scps,
                made_by_attacker: true,
                writers: &[],
            },
            gate,
            detail,
        )
    })
}
