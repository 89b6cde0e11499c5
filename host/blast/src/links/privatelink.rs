//! Hosts and accounts on the other side of an endpoint service reach what answers for it.

use std::collections::BTreeMap;

use blastwall_policy::Known;

use super::access::{Gate, ask};
use super::crossing::hosts;
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::networks::Host;
use crate::facts::{CREATE_ENDPOINT, Endpoint};
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{EndpointServiceRow, Source, WorkloadIndex, World};

pub(super) struct PrivateLink;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "privatelink",
    name: "PrivateLink endpoint service",
    family: "network",
    source: "host in a VPC with an endpoint to the service, whole account that owns one or that the service \
        allows to connect, or such an account outside",
    target: "network reach of what the load balancers of the service forward to",
    precondition: "the security groups of the endpoint let the host in, those of the targets let in the load \
        balancer. An account that is allowed, by itself, by a principal of it or as everybody, may make an \
        endpoint as far as service control policies let it; where the service asks for acceptance, that is \
        conditional. Functions behind the load balancer are not followed, nor are Gateway Load Balancers, \
        which see packets and answer for nothing",
    mitigations: "an allow list of accounts instead of *, acceptance of each endpoint, security groups on the \
        Network Load Balancer that hold for PrivateLink too; ec2:VpceServiceOwner and ec2:VpceServiceName in \
        service control policies",
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html",
    ],
};

/// Whether a host's connections get into an endpoint: into one of its interfaces.
fn enters(world: &World, host: &Host, endpoint: &Endpoint) -> Option<Judgement> {
    let networks = &world.networks;
    let told = |fact: &str| Judgement::default().told("network", endpoint.arn.as_str(), fact);
    let subnets = endpoint.subnets.iter().filter_map(|id| {
        let address = networks.subnets.get(id)?.range.hosts().nth(8)?;
        Some((id, address))
    });
    let interfaces: Vec<Host> = subnets
        .map(|(subnet, address)| Host {
            vpc: endpoint.vpc.clone(),
            subnet: subnet.clone(),
            range: address.into(),
            groups: endpoint.groups.clone(),
        })
        .collect();
    if interfaces.is_empty() || endpoint.groups.is_empty() {
        let unseen = "its subnets and security groups, which were not seen, let the host in";
        return Some(told("it leads to the service").also(unseen));
    }
    let crossings = world.inside(&host.vpc, &endpoint.vpc);
    let passages = interfaces.iter().flat_map(|interface| {
        let source = Source::Host(host);
        let through = crossings.iter();
        through.map(move |crossing| networks.passage(crossing, source, interface))
    });
    let passages = passages.map(|passage| {
        let passage = passage?;
        let told = told(&format!("{} passes", passage.traffic));
        Some(told.hanging_on(Certainty::Conditional, &passage.unseen))
    });
    passages.fold(None, better)
}

/// Whether an endpoint is there to be used.
fn stands(service: &EndpointServiceRow, endpoint: &Endpoint) -> Judgement {
    let id = &endpoint.arn;
    match (endpoint.accepted, service.facts.asks) {
        (Some(true), _) | (None, Some(false)) => Judgement::default(),
        _ => Judgement::default().also(&format!("{id} is accepted")),
    }
}

/// Whether an account, of the organization or not, makes an endpoint of its own.
fn connects(
    judge: &Judge<'_>,
    service: &EndpointServiceRow,
    caller: Capability,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let facts = &service.facts;
    let owner = world.find_account(&facts.account)?;
    let named = (facts.leave?, &facts.arn, &service.allowed);
    let name = format!("com.amazonaws.vpce.{}.{}", facts.arn.region(), facts.id);
    let known = [
        ("ec2:VpceServiceName", name),
        ("ec2:VpceServiceOwner", facts.account.clone()),
    ];
    let gate = Gate::past_policy(world, owner, CREATE_ENDPOINT, facts.arn.to_string(), named)?
        .knowing(known.map(|(key, value)| (key, Known::Fixed(vec![value]))));
    let may = ask::from(judge, &[caller], &gate, detail)?;
    let accepted = match facts.asks {
        Some(false) => "",
        Some(true) => "somebody in the account of the service accepts the endpoint",
        None => "the service accepts endpoints by itself, which was not seen",
    };
    Some(may.also(accepted))
}

/// The accounts that may make an endpoint, as far as the service says.
fn allowed(world: &World, service: &EndpointServiceRow) -> Vec<Capability> {
    let everybody = service.allowed.anyone;
    let of_world = world.account_indices().filter(|_| everybody);
    let mut allowed: Vec<Capability> = of_world.map(Capability::Account).collect();
    let anyone = world.find_outside(&OutsideParty::Anyone);
    allowed.extend(anyone.filter(|_| everybody).map(Capability::Outside));
    for id in service.accounts() {
        let known = world.find_account(id).map(Capability::Account);
        let outside = || {
            let id = id.parse().ok()?;
            world.find_outside(&OutsideParty::Account { id })
        };
        allowed.extend(known.or_else(|| outside().map(Capability::Outside)));
    }
    let owner = world.find_account(&service.facts.account);
    allowed.retain(|one| owner.is_none_or(|owner| *one != Capability::Account(owner)));
    allowed.sort_unstable();
    allowed.dedup();
    allowed
}

/// Who reaches the service, and how.
fn callers(
    judge: &Judge<'_>,
    service: &EndpointServiceRow,
    hosts: &BTreeMap<&str, Vec<WorkloadIndex>>,
    detail: Detail,
) -> Vec<(Capability, Judgement)> {
    let world = judge.world();
    let mut callers = Vec::new();
    for endpoint in &service.endpoints {
        let stands = stands(service, endpoint);
        let inside = hosts.get(endpoint.vpc.as_str()).into_iter().flatten();
        callers.extend(inside.filter_map(|index| {
            let own = world.workload(*index)?.hosts.iter();
            let ways = own.map(|host| enters(world, host, endpoint));
            let enters = ways.fold(None, better)?;
            Some((Capability::Workload(*index), stands.clone().and(enters)))
        }));
        // Whoever has the account starts a host in the VPC and writes the groups.
        let account = world.find_account(&endpoint.account);
        callers.extend(account.map(|account| {
            let told = Judgement::default();
            let told = told.told("network", endpoint.arn.as_str(), "it leads to the service");
            (Capability::Account(account), stands.clone().and(told))
        }));
    }
    let allowed = allowed(world, service).into_iter();
    callers.extend(allowed.filter_map(|caller| {
        let connects = connects(judge, service, caller, detail)?;
        Some((caller, connects))
    }));
    callers
}

impl LinkKind for PrivateLink {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![CREATE_ENDPOINT]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        if world.endpoint_services.is_empty() {
            return;
        }
        let hosts = hosts(world);
        for service in &world.endpoint_services {
            for (caller, judgement) in callers(judge, service, &hosts, Detail::Certainty) {
                for (target, exposure) in &service.targets {
                    let itself = caller == Capability::Workload(*target);
                    let own = world
                        .workload(*target)
                        .map(|row| Capability::Account(row.account));
                    if itself || own == Some(caller) {
                        continue;
                    }
                    let hanging = match exposure.conditions.as_slice() {
                        [] => Certainty::Certain,
                        _ => Certainty::Conditional,
                    };
                    let certainty = judgement.certainty.max(hanging);
                    rules.add(certainty, &[caller], Capability::Network(*target));
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
        let ([from], Capability::Network(target)) = (premises, conclusion) else {
            return None;
        };
        let world = judge.world();
        let hosts = hosts(world);
        let mut best = None;
        for service in &world.endpoint_services {
            let exposures = service.targets.iter().filter(|(one, _)| *one == target);
            let exposures: Vec<_> = exposures.map(|(_, exposure)| exposure).collect();
            if exposures.is_empty() {
                continue;
            }
            let callers = callers(judge, service, &hosts, Detail::Full).into_iter();
            for (_, judgement) in callers.filter(|(caller, _)| caller == from) {
                for exposure in &exposures {
                    let whole = judgement
                        .clone()
                        .told("network", service.facts.arn.as_str(), &exposure.by)
                        .hanging_on(Certainty::Conditional, &exposure.conditions);
                    best = better(best, Some(whole));
                }
            }
        }
        best
    }
}
