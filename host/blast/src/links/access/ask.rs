//! Whether one caller gets through one gate.

use std::collections::BTreeSet;

use blastwall_policy::{Keys, Principal};

use super::Gate;
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Attachment, Boundary};
use crate::judge::{Case, Detail, Identity, Judge, Judgement, RequestKeys};
use crate::links::power::{better, is_certain};
use crate::subject::OutsideParty;
use crate::world::{
    AccountIndex, LevelsIndex, OutsideIndex, PrincipalIndex, StoreIndex, TrustSummary,
    principal_arn_values,
};

/// The account that stands for "some account of the attacker's", where no particular one is meant.
const SOME_ACCOUNT: &str = "000000000000";

/// A name that a policy would hardly mention.
const ANY_NAME: &str = "any-name-at-all";

/// The caller's side of a request.
struct Caller<'a> {
    principal: &'a Principal,
    keys: Keys,
    identity: Identity<'a>,
    boundary: Option<&'a Attachment>,
    scps: Option<LevelsIndex>,
    made_by_attacker: bool,
}

fn ask(
    judge: &Judge<'_>,
    caller: Caller<'_>,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    let own_grant = gate.own_grant(caller.principal);
    let one = |action: &str, keys: &Keys| {
        judge.judge(
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
            detail,
        )
    };
    let with = |keys: &Keys| {
        let here = gate.with.iter().map(|action| one(action, keys));
        let home = gate.at_home.iter();
        here.chain(home.map(|request| at_home(judge, &caller, request, keys, detail)))
            .try_fold(one(gate.action, keys)?, |all, more| Some(all.and(more?)))
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

/// Whether the caller may do something besides, to what is its own.
fn at_home(
    judge: &Judge<'_>,
    caller: &Caller<'_>,
    (action, service, name): &(&'static str, &'static str, &'static str),
    keys: &Keys,
    detail: Detail,
) -> Option<Judgement> {
    let account = caller.principal.account()?;
    let partition = &judge.world().partition;
    judge.judge(
        &Case {
            principal: caller.principal,
            role_path: None,
            action,
            resource: &format!("arn:{partition}:{service}:us-east-1:{account}:{name}"),
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
                .with_tags_of(row),
        )
        .build();
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
    let row = world.account(account)?;
    let keys = gate
        .keys(RequestKeys::new(world).sent_from_account(account))
        .build();
    let scp_values = world
        .levels(row.scps)
        .iter()
        .flatten()
        .filter_map(|from| world.policies.get(from.policy))
        .filter(|stored| stored.asks_for_caller)
        .flat_map(|stored| principal_arn_values(&stored.policy))
        .chain(gate.grantees());
    let callers = callers_of(row.id.as_str(), &world.partition, gate.summary?, scp_values);
    let best = best_of(judge, &callers, &keys, Some(row.scps), gate, detail)?;
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
    let keys = gate.keys(RequestKeys::new(world));
    let (id, keys) = match party {
        OutsideParty::Anyone => (SOME_ACCOUNT, keys.sent_from_outside()),
        OutsideParty::Account { id } => (id.as_str(), keys.sent_from_outside()),
        OutsideParty::Organization { id } => (SOME_ACCOUNT, keys.sent_from_organization(id)),
        OutsideParty::IdentityProvider { .. }
        | OutsideParty::CertificateHolder { .. }
        | OutsideParty::ApplicationUsers { .. }
        | OutsideParty::IdentityCenter { .. }
        | OutsideParty::Workflow { .. }
        | OutsideParty::Service { .. } => return None,
    };
    let callers = callers_of(id, &world.partition, gate.summary?, gate.grantees());
    let best = best_of(judge, &callers, &keys.build(), None, gate, detail)?;
    Some(gate.complete(best))
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
    let mut best = None;
    for gate in Gate::of_key(judge.world(), store) {
        best = better(best, from(judge, &[caller], &gate, detail));
        if is_certain(best.as_ref()) {
            break;
        }
    }
    best
}

fn best_of(
    judge: &Judge<'_>,
    callers: &[Principal],
    keys: &Keys,
    scps: Option<LevelsIndex>,
    gate: &Gate<'_>,
    detail: Detail,
) -> Option<Judgement> {
    let mut best: Option<Judgement> = None;
    for principal in callers {
        let judgement = ask(
            judge,
            Caller {
                principal,
                keys: keys.clone(),
                identity: Identity::Anything,
                boundary: None,
                scps,
                made_by_attacker: true,
            },
            gate,
            detail,
        );
        let Some(judgement) = judgement else { continue };
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
    best
}

/// The principals of an account that a trust policy or a guardrail could make a difference
/// between: one of no particular name, those named, and for each pattern one that fits it.
fn callers_of<'a>(
    account: &str,
    partition: &str,
    summary: &'a TrustSummary,
    more_patterns: impl Iterator<Item = &'a str>,
) -> Vec<Principal> {
    let named = summary
        .identities
        .iter()
        .filter(|principal| principal.account() == Some(account))
        .cloned();
    let of_no_name =
        ["role", "user"].map(|kind| format!("arn:{partition}:iam::{account}:{kind}/{ANY_NAME}"));
    let fitting = summary
        .principal_arns
        .iter()
        .map(AsRef::as_ref)
        .chain(more_patterns)
        .filter_map(|pattern| fit(pattern, account, partition));
    let mut callers: Vec<Principal> = of_no_name
        .into_iter()
        .chain(fitting)
        .filter_map(|arn| Principal::parse(&arn).ok())
        .chain(named)
        .collect();
    let mut seen = BTreeSet::new();
    callers.retain(|principal| seen.insert(principal.clone()));
    callers
}

/// An ARN of a user or role of the account that the pattern covers; none if it covers none, or
/// only roles that nobody in the account can make or change.
fn fit(pattern: &str, account: &str, partition: &str) -> Option<String> {
    let mut parts = pattern.splitn(6, ':');
    let _arn = parts.next()?;
    let _partition = parts.next()?;
    let service = parts.next()?;
    let _region = parts.next()?;
    let in_account = parts.next()?;
    let resource = parts.next()?;
    if !(service == "iam" || service.contains('*')) {
        return None;
    }
    if in_account != account && !in_account.contains(['*', '?', '$']) {
        return None;
    }
    let resource = resource.replace(['*', '?'], "x");
    let ours = resource.starts_with("role/") || resource.starts_with("user/");
    let protected = resource.starts_with("role/aws-reserved/")
        || resource.starts_with("role/aws-service-role/");
    (ours && !protected).then(|| format!("arn:{partition}:iam::{account}:{resource}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_principals_of_the_account() {
        let fit = |pattern| fit(pattern, "111111111111", "aws");
        assert_eq!(
            fit("arn:aws:iam::*:role/ci-*").as_deref(),
            Some("arn:aws:iam::111111111111:role/ci-x")
        );
        assert_eq!(
            fit("arn:aws:iam::111111111111:user/a?b").as_deref(),
            Some("arn:aws:iam::111111111111:user/axb")
        );
        assert_eq!(fit("arn:aws:iam::222222222222:role/ci-*"), None);
        assert_eq!(
            fit("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*"),
            None
        );
        assert_eq!(fit("*"), None);
    }
}
