//! Whoever runs a workflow at a CI provider, under a subject that a role's trust policy asks for.
//!
//! `federated-trust` has the whole provider, whose tokens may say anything; this kind has those who come
//! under one subject, and says how wide it is, and strangers where the trust policy does not keep them out.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_policy::{Effect, Keys, Principal};

use super::outside_caller::OutsideCaller;
use super::power::{better, is_certain};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::facts::PolicyIndex;
use crate::globs::{filled, filled_at_random, meetings, without_variables};
use crate::issuers::{Issuer, issuer};
use crate::judge::{Detail, Judge, Judgement, ResourcePolicy};
use crate::request::RequestKeys;
use crate::subject::OutsideParty;
use crate::world::{
    ASSUME_ROLE_WITH_WEB_IDENTITY, OutsideIndex, PrincipalIndex, TrustSummary, World, provider_of,
};

pub(super) struct Oidc;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "oidc",
    name: "Workload identity federation by subject",
    family: "outside",
    source: "whoever runs a workflow at GitHub, GitLab, HCP Terraform, CircleCI, Buildkite or Bitbucket under \
        a subject that the trust policy asks for; anyone with an account there, where it asks for no owner",
    target: "role that trusts the provider",
    precondition: "the trust policy lets in the provider with this subject, or with one that comes under it; \
        the audience is of the workflow's own choice. A wildcard in the name of the organization, or no \
        condition on sub, lets in strangers, unless the provider is one of an enterprise or workspace",
    mitigations: "sub with StringEquals, of one repository and branch or environment; job_workflow_ref; \
        resource control policies on sts:AssumeRoleWithWebIdentity",
    references: &[
        "https://docs.github.com/en/actions/reference/security/oidc",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
    ],
};

/// The claims of tokens that the statements of a trust policy tell apart.
struct Claims {
    /// Patterns of subjects, of denying statements too: what one excepts may be what gets in.
    subjects: Vec<String>,
    /// Audiences that some allowing statement asks for.
    audiences: Vec<String>,
}

/// What a token says if no statement asks for an audience.
const USUAL_AUDIENCE: &str = "sts.amazonaws.com";

fn claims(world: &World, trust: PolicyIndex, provider: &str) -> Claims {
    let [subject, audience] =
        ["sub", "aud"].map(|claim| format!("{provider}:{claim}").to_ascii_lowercase());
    let mut claims = Claims {
        subjects: Vec::new(),
        audiences: Vec::new(),
    };
    let stored = world.policies.get(trust).into_iter();
    for statement in stored.flat_map(|stored| &stored.policy.statements) {
        if !statement.actions.covers(ASSUME_ROLE_WITH_WEB_IDENTITY) {
            continue;
        }
        for condition in &statement.conditions {
            let values = condition
                .values
                .iter()
                .map(|value| without_variables(value.as_str()));
            if *condition.key == *subject {
                claims.subjects.extend(values);
            } else if *condition.key == *audience && statement.effect == Effect::Allow {
                claims.audiences.extend(values.map(|value| filled(&value)));
            }
        }
    }
    if claims.audiences.is_empty() {
        claims.audiences.push(USUAL_AUDIENCE.to_owned());
    }
    claims.audiences.sort();
    claims.audiences.dedup();
    claims
}

/// The best answer that a token with one of these subjects gets, under whichever audience suits it.
fn best_of(
    provider: &str,
    subjects: &[String],
    audiences: &[String],
    keys: &Keys,
    ask: impl Fn(Keys, &str) -> Option<Judgement>,
) -> Option<Judgement> {
    let [subject, audience] = ["sub", "aud"].map(|claim| format!("{provider}:{claim}"));
    let mut best = None;
    for run in subjects {
        for value in audiences {
            let keys = keys
                .clone()
                .fixed(&subject, [run.as_str()])
                .fixed(&audience, [value.as_str()]);
            best = better(best, ask(keys, run));
            if is_certain(best.as_ref()) {
                return best;
            }
        }
    }
    best
}

/// The best answer that a token gets whose subject fits a pattern, whatever it says besides.
pub(super) fn best_token(
    world: &World,
    trust: PolicyIndex,
    provider: &str,
    subjects: &str,
    keys: &Keys,
    ask: impl Fn(Keys) -> Option<Judgement>,
) -> Option<Judgement> {
    let claims = claims(world, trust, provider);
    let met = meetings(subjects, claims.subjects.iter().map(String::as_str));
    let runs: Vec<String> = std::iter::once(subjects)
        .chain(met.iter().map(String::as_str))
        .map(filled)
        .collect();
    best_of(provider, &runs, &claims.audiences, keys, |keys, _| {
        ask(keys)
    })
}

/// A role, a provider that it trusts, and what a token is asked against.
struct Entry<'j, 'w> {
    judge: &'j Judge<'w>,
    role: PrincipalIndex,
    principal: Principal,
    provider: &'w str,
    issuer: &'static Issuer,
    trust: PolicyIndex,
    summary: &'w TrustSummary,
    detail: Detail,
}

impl<'j, 'w> Entry<'j, 'w> {
    /// Past the trust policy of a role, by the provider that it trusts under this name.
    fn new(
        judge: &'j Judge<'w>,
        role: PrincipalIndex,
        is_it: impl Fn(&str) -> bool,
        detail: Detail,
    ) -> Option<Self> {
        let world = judge.world();
        let ResourcePolicy::Trust(trust, _) = ResourcePolicy::of(world.principal(role)?)? else {
            return None;
        };
        let summary = world.trusts.get(&trust)?;
        let named = summary.federated.iter().find(|name| is_it(name))?;
        let provider = provider_of(named);
        Some(Self {
            judge,
            role,
            principal: Principal::parse(named).ok()?,
            provider,
            issuer: issuer(provider)?,
            trust,
            summary,
            detail,
        })
    }

    /// The best of some runs, with what their tokens say besides and what they are told by.
    fn best(
        &self,
        runs: &[String],
        audiences: &[String],
        besides: impl Fn(Keys, &str) -> Keys,
        told: impl Fn(Judgement, &str) -> Judgement,
    ) -> Option<Judgement> {
        let world = self.judge.world();
        let row = world.principal(self.role)?;
        let keys = RequestKeys::new(world).for_resource(row).build();
        let caller = OutsideCaller {
            principal: &self.principal,
            action: ASSUME_ROLE_WITH_WEB_IDENTITY,
            made_by_attacker: false,
        };
        best_of(self.provider, runs, audiences, &keys, |keys, run| {
            let judgement =
                caller.enters(self.judge, self.role, besides(keys, run), self.detail)?;
            Some(told(judgement, run))
        })
    }
}

/// Whether a run under the subject of the workflow gets into the role.
fn judge_pair(
    judge: &Judge<'_>,
    workflow: OutsideIndex,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let OutsideParty::Workflow { provider, subject } = world.outside.get(workflow.index())? else {
        return None;
    };
    let entry = Entry::new(judge, role, |name| provider_of(name) == provider, detail)?;
    let claims = claims(world, entry.trust, provider);
    // Some run that comes under the pattern: a usual one, or, if the trust policy means this very subject or
    // the pattern leaves only the branch open, the one that suits the policy best.
    let named = entry
        .summary
        .workflows
        .iter()
        .any(|(host, name)| **host == **provider && **name == **subject);
    let usual: Vec<String> = entry.issuer.usual().collect();
    let own = claims.subjects.iter().map(String::as_str);
    let own = own.filter(|_| named || entry.issuer.is_of_one(subject));
    let met = meetings(subject, own.chain(usual.iter().map(String::as_str)));
    let runs: Vec<String> = std::iter::once(subject.as_str())
        .chain(met.iter().map(String::as_str))
        .map(filled_at_random)
        .collect();
    let (words, strangers) = entry.issuer.analyse(subject);
    let words = if strangers {
        format!("{words}: too wide")
    } else {
        words
    };
    let told = |judgement: Judgement, _: &str| judgement.told("subject", subject, &words);
    entry.best(&runs, &claims.audiences, |keys, _| keys, told)
}

/// Whether the run of a stranger gets into the role: of an owner that the trust policy does not name.
fn judge_strangers(judge: &Judge<'_>, role: PrincipalIndex, detail: Detail) -> Option<Judgement> {
    let world = judge.world();
    let summary = match ResourcePolicy::of(world.principal(role)?)? {
        ResourcePolicy::Trust(trust, _) => world.trusts.get(&trust)?,
        _ => return None,
    };
    let mut best = None;
    for open in &summary.open_issuers {
        let Some(entry) = Entry::new(judge, role, |name| name == &**open, detail) else {
            continue;
        };
        let claims = claims(world, entry.trust, entry.provider);
        let asked = || claims.subjects.iter().map(String::as_str);
        let named: BTreeSet<&str> = asked().filter_map(|one| entry.issuer.owner(one)).collect();
        let usual: Vec<String> = entry.issuer.usual().collect();
        let runs: Vec<String> = entry
            .issuer
            .of_strangers(asked())
            .iter()
            .flat_map(|subject| {
                let met = meetings(subject, asked().chain(usual.iter().map(String::as_str)));
                std::iter::once(subject.clone()).chain(met)
            })
            .map(|subject| filled(&subject))
            .filter(|run| {
                entry
                    .issuer
                    .owner(run)
                    .is_some_and(|owner| !named.contains(owner))
            })
            .collect();
        let words = format!(
            "{} of everybody, who may have an account there",
            entry.issuer.name
        );
        let owned = |keys: Keys, run: &str| {
            let owner = entry.issuer.owner(run).unwrap_or_default();
            let claims = entry.issuer.owned_by(owner);
            claims.fold(keys, |keys, (claim, value)| {
                keys.fixed(&format!("{}:{claim}", entry.provider), [value])
            })
        };
        let told = |judgement: Judgement, run: &str| judgement.told("subject", run, &words);
        best = better(best, entry.best(&runs, &claims.audiences, owned, told));
    }
    best
}

/// The workflows of a provider by what their subjects begin with, so that a role is not held against every
/// subject there is.
#[derive(Default)]
struct Subjects<'w> {
    by_beginning: BTreeMap<&'w str, Vec<OutsideIndex>>,
}

impl<'w> Subjects<'w> {
    /// Those of all providers.
    fn of_all(world: &'w World) -> BTreeMap<&'w str, Self> {
        let mut all: BTreeMap<&str, Self> = BTreeMap::new();
        for (index, party) in world.outside.iter().enumerate() {
            if let OutsideParty::Workflow { provider, subject } = party {
                let subjects = all.entry(provider.as_str()).or_default();
                let same = subjects.by_beginning.entry(beginning(subject)).or_default();
                same.push(OutsideIndex::new(index));
            }
        }
        all
    }

    /// Those that may have something in common with a pattern.
    fn near<'s>(&'s self, pattern: &'s str) -> impl Iterator<Item = OutsideIndex> + 's {
        let begins = beginning(pattern);
        let shorter = begins
            .char_indices()
            .filter_map(|(end, _)| begins.get(..end));
        let shorter = shorter.filter_map(|text| self.by_beginning.get(text));
        let longer = self
            .by_beginning
            .range(begins..)
            .take_while(move |(text, _)| text.starts_with(begins))
            .map(|(_, same)| same);
        shorter.chain(longer).flatten().copied()
    }
}

/// What every text that fits the pattern begins with.
fn beginning(pattern: &str) -> &str {
    pattern.split(['*', '?', '$']).next().unwrap_or_default()
}

impl LinkKind for Oidc {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let subjects = Subjects::of_all(world);
        let anyone = world.find_outside(&OutsideParty::Anyone);
        for (role, _, trust) in world.trusting_roles() {
            let Some(summary) = world.trusts.get(&trust) else {
                continue;
            };
            let mut workflows: BTreeSet<OutsideIndex> = BTreeSet::new();
            for (provider, subject) in &summary.workflows {
                let of_provider = subjects.get(&**provider).into_iter();
                workflows.extend(of_provider.flat_map(|subjects| subjects.near(subject)));
            }
            for open in &summary.open_issuers {
                let of_provider = subjects.get(provider_of(open)).into_iter();
                workflows.extend(of_provider.flat_map(|subjects| subjects.near("")));
            }
            for workflow in workflows {
                if let Some(judgement) = judge_pair(judge, workflow, role, Detail::Certainty) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Outside(workflow)],
                        Capability::Principal(role),
                    );
                }
            }
            let strangers = anyone.filter(|_| !summary.open_issuers.is_empty());
            let judgement = strangers.and_then(|_| judge_strangers(judge, role, Detail::Certainty));
            if let (Some(anyone), Some(judgement)) = (strangers, judgement) {
                rules.add(
                    judgement.certainty,
                    &[Capability::Outside(anyone)],
                    Capability::Principal(role),
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
        match (premises, conclusion) {
            ([Capability::Outside(outside)], Capability::Principal(role)) => {
                match judge.world().outside.get(outside.index())? {
                    OutsideParty::Anyone => judge_strangers(judge, role, Detail::Full),
                    _ => judge_pair(judge, *outside, role, Detail::Full),
                }
            }
            _ => None,
        }
    }
}
