//! Whoever may pass a role to a service, and have the service run something new, acts as the role.
//!
//! Both must be the same principal's rights: one request carries both. Which services, and by what requests,
//! is in `services.rs`.

mod own_profile;
mod services;

use std::collections::BTreeSet;

use services::{SERVICES, Service, ShownBy, Way};

use super::power::{Power, better, is_certain};
use super::service_trust::SERVICE_TRUST;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{PrincipalKind, Trust};
use crate::judge::{Detail, Judge, Judgement};
use crate::world::PrincipalIndex;

pub(super) struct PassRoleCompute;

const PASS: &str = "iam:PassRole";

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "passrole-compute",
    name: "PassRole to new compute",
    family: "workload",
    source: "principal with iam:PassRole on the role and the actions that have a service run something new \
        as it",
    target: "role of the same account that trusts the service; for code on an instance whose role may replace \
        the instance's profile, without more",
    precondition: "the role trusts the service; iam:PassedToService and the resource of the statement leave \
        the role open; boundary and service control policies do not stop any of the actions",
    mitigations: "iam:PassedToService, iam:AssociatedResourceArn, resources of iam:PassRole by path",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "https://pathfinding.cloud/",
    ],
};

const EC2: &str = "ec2.amazonaws.com";
/// What puts a role into an instance profile, where it is in none.
const PROFILE: &[&str] = &["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"];

fn judge_pair(judge: &Judge<'_>, power: &Power<'_, '_>, role: PrincipalIndex) -> Option<Judgement> {
    let row = judge.world().principal(role)?;
    let power = &power.asking_for(row);
    let trusted = trusted_services(judge, role)?;
    let trusted = |service: &&Service| trusted.contains(service.name);
    let mut best = None;
    for service in SERVICES.iter().filter(trusted) {
        let into = || {
            let passes = passes(judge, power, role, service.name)?;
            let ways = service.ways.iter().map(|way| runs(judge, power, way));
            let in_place = instance_profile(power, service.name, row.in_instance_profile)?;
            Some(passes.and(ways.fold(None, better)?).and(in_place))
        };
        best = better(best, into());
        if is_certain(best.as_ref()) {
            break;
        }
    }
    Some(power.complete(best?))
}

/// Whether the requests of a way are allowed, and what else it takes is there.
fn runs(judge: &Judge<'_>, power: &Power<'_, '_>, way: &Way) -> Option<Judgement> {
    if !way.actions.iter().all(|action| power.mentions(action)) {
        return None;
    }
    let world = judge.world();
    let account = power.row.account;
    let may = power.may_all(way.actions, &power.keys());
    let unseen = may.clone().map(|may| may.also(way.besides));
    match way.shown_by {
        ShownBy::Nothing => unseen,
        ShownBy::Workload(kind) => {
            let mut best = unseen;
            for row in world
                .workloads_of(account)
                .filter(|row| row.kind.kind == kind)
            {
                if is_certain(best.as_ref()) {
                    break;
                }
                let keys = power.keys_tagged(row.tags.as_ref());
                let on_it = way
                    .actions
                    .iter()
                    .try_fold(Judgement::default(), |all, action| {
                        Some(all.and(power.may(action, row.arn.as_str(), keys.clone())?))
                    });
                best = better(best, on_it);
            }
            best
        }
        ShownBy::Role(service) => {
            let passed = world
                .principals_of(account)
                .filter(|other| {
                    trusted_services(judge, *other).is_some_and(|all| all.contains(service))
                })
                .map(|other| Some(may.clone()?.and(passes(judge, power, other, service)?)));
            passed.fold(unseen, better)
        }
    }
}

/// Whether the role may be passed to a service that it trusts.
fn passes(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    role: PrincipalIndex,
    service: &str,
) -> Option<Judgement> {
    let known = SERVICES.iter().find(|known| known.name == service);
    let names = std::iter::once(service).chain(known.and_then(|known| known.passed_to));
    let passes = names.map(|name| passes_to(judge, power, role, name));
    let passes = passes.fold(None, better)?;
    let source = Some(power.account.id.as_str());
    let trusts = SERVICE_TRUST.lets_in(judge, service, role, source, power.detail())?;
    Some(passes.and(trusts))
}

/// Whether the role may be passed to a service, whether or not that is trusted.
fn passes_to(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    role: PrincipalIndex,
    service: &str,
) -> Option<Judgement> {
    let row = judge.world().principal(role)?;
    let keys = power
        .keys_about(row)
        .fixed("iam:PassedToService", [service]);
    power.may(PASS, row.arn.as_str(), keys)
}

/// The services that a role's trust policy names.
fn trusted_services<'w>(judge: &Judge<'w>, role: PrincipalIndex) -> Option<&'w BTreeSet<Box<str>>> {
    let row = judge.world().principal(role)?;
    match row.trust {
        Trust::Policy(trust) if row.kind == PrincipalKind::Role => {
            Some(&judge.world().trusts.get(&trust)?.services)
        }
        _ => None,
    }
}

/// The ways that lead into a role, by the services that it trusts.
fn ways_into<'w>(
    judge: &Judge<'w>,
    role: PrincipalIndex,
) -> impl Iterator<Item = (&'static Service, &'static Way)> + use<'w> {
    let trusted = trusted_services(judge, role);
    let services = SERVICES
        .iter()
        .filter(move |service| trusted.is_some_and(|trusted| trusted.contains(service.name)));
    services.flat_map(|service| service.ways.iter().map(move |way| (service, way)))
}

/// One request of a way: the first also passes the role.
fn step(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    role: PrincipalIndex,
    service: &Service,
    way: &Way,
    place: usize,
) -> Option<Judgement> {
    let action = way.actions.get(place)?;
    if !power.mentions(action) {
        return None;
    }
    if place > 0 {
        return Some(power.complete(power.may_somewhere(action, &power.keys())?));
    }
    let row = judge.world().principal(role)?;
    let power = &power.asking_for(row);
    let passes = passes(judge, power, role, service.name)?;
    let may = power.may_somewhere(action, &power.keys())?;
    let in_place = instance_profile(power, service.name, row.in_instance_profile)?;
    let all = passes.and(may).and(in_place).also(way.besides);
    Some(power.complete(all))
}

/// Instances take a role by way of an instance profile.
fn instance_profile(
    power: &Power<'_, '_>,
    service: &str,
    has_one: Option<bool>,
) -> Option<Judgement> {
    if service != EC2 || has_one == Some(true) {
        return Some(Judgement::default());
    }
    let keys = power.keys();
    let make = PROFILE
        .iter()
        .try_fold(Judgement::default(), |all, action| {
            Some(all.and(power.may_somewhere(action, &keys)?))
        });
    let hope = has_one
        .is_none()
        .then(|| Judgement::default().also("an instance profile has the role"));
    better(make, hope)
}

impl LinkKind for PassRoleCompute {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        let ways = SERVICES.iter().flat_map(|service| service.ways);
        ways.flat_map(|way| way.actions)
            .chain(PROFILE)
            .copied()
            .chain([PASS, own_profile::REPLACE])
            .collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        own_profile::derive(judge, rules);
        rules.add_pairs(judge, &[PASS], |power, role| judge_pair(judge, power, role));
        let actions = self.actions();
        for account in judge.world().account_indices() {
            let holders = rules.holders(judge, account, &actions);
            let mentioned: BTreeSet<&str> = actions
                .iter()
                .copied()
                .filter(|action| holders.iter().any(|(.., power)| power.mentions(action)))
                .collect();
            if !mentioned.contains(PASS) {
                continue;
            }
            for role in judge.world().principals_of(account) {
                for (service, way) in ways_into(judge, role) {
                    if way.actions.len() < 2
                        || !way.actions.iter().all(|one| mentioned.contains(one))
                    {
                        continue;
                    }
                    let steps: Vec<Vec<(Capability, Certainty)>> = (0..way.actions.len())
                        .map(|place| {
                            let able = holders.iter().filter_map(|(holder, own, power)| {
                                let may = step(judge, power, role, service, way, place)?;
                                (*own != role).then_some((*holder, may.certainty))
                            });
                            able.collect()
                        })
                        .collect();
                    rules.add_together(&steps, Capability::Principal(role));
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
            ([passer], Capability::Principal(role)) => {
                let power = Power::holding(judge, *passer, Detail::Full)?;
                judge_pair(judge, &power, role)
            }
            (
                [Capability::Workload(instance), Capability::Principal(own)],
                Capability::Principal(role),
            ) => own_profile::explain(judge, *instance, *own, role),
            (holders, Capability::Principal(role)) => {
                let powers = holders
                    .iter()
                    .map(|one| Power::holding(judge, *one, Detail::Full));
                let powers: Vec<Power<'_, '_>> = powers.collect::<Option<_>>()?;
                let ways = ways_into(judge, role).map(|(service, way)| {
                    (0..way.actions.len()).try_fold(Judgement::default(), |all, place| {
                        let able = powers.iter();
                        let able = able.map(|one| step(judge, one, role, service, way, place));
                        Some(all.and(able.fold(None, better)?))
                    })
                });
                ways.fold(None, better)
            }
            _ => None,
        }
    }
}
