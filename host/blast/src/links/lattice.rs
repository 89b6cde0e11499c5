//! Hosts of a VPC that is in a service network reach what answers for its services, wherever that is.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::access::{Gate, ask};
use super::crossing::hosts;
use super::lambda_policy::lets_in_service;
use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::networks::{Host, Peer, TCP, Traffic};
use crate::facts::sharing::{LatticeFacts, LatticeVpc};
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{TrustSummary, WorkloadIndex, World, summarize};

pub(super) struct Lattice;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "lattice",
    name: "Services of VPC Lattice",
    family: "network",
    source: "host in a VPC that is associated with a service network, or the whole account that associated it",
    target: "network reach of the instances and functions that answer for the services in it",
    precondition: "the service and its network ask nobody who they are (AuthType NONE), or their auth policies \
        let in the role of the host; AuthType AWS_IAM without a policy lets in nobody. Security groups of the \
        association may keep hosts out: conditional. The security groups of a target instance let VPC Lattice in \
        (conditionally by a prefix list), or the policy of a target function does. Targets behind a load balancer \
        are not followed",
    mitigations: "auth policies with aws:PrincipalOrgID and vpc-lattice-svcs:SourceVpc; security groups on the \
        association; service control policies on vpc-lattice:CreateServiceNetworkVpcAssociation",
    references: &[
        "https://docs.aws.amazon.com/vpc-lattice/latest/ug/how-it-works.html",
        "https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html",
        "https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html",
    ],
};

const INVOKE: &str = "vpc-lattice-svcs:Invoke";

/// A service with what it takes to call it.
struct Service<'w> {
    facts: &'w LatticeFacts,
    /// Those that ask who calls: itself, and the network that the call comes by.
    asking: Vec<&'w LatticeFacts>,
    vpcs: &'w [LatticeVpc],
    /// What answers for it, and on what it hangs that VPC Lattice gets there.
    targets: BTreeMap<WorkloadIndex, Judgement>,
}

/// The hosts and functions by the ids and addresses that target groups name.
fn workloads(world: &World) -> BTreeMap<String, WorkloadIndex> {
    let mut workloads = BTreeMap::new();
    for index in world.workload_indices() {
        let Some(row) = world.workload(index) else {
            continue;
        };
        let name = match row.kind.kind {
            "AWS::EC2::Instance" => row.arn.as_str().rsplit('/').next().unwrap_or_default(),
            _ => row.arn.as_str(),
        };
        workloads.insert(name.to_owned(), index);
        for host in row.hosts.iter().filter(|host| host.listens()) {
            workloads.insert(format!("{}/{}", host.vpc, host.address()), index);
        }
    }
    workloads
}

/// The services, each as often as there are networks that it is in.
fn services(world: &World) -> Vec<Service<'_>> {
    let lattice = &world.sharing.lattice;
    if lattice.services.is_empty() {
        return Vec::new();
    }
    let workloads = workloads(world);
    let mut services = Vec::new();
    for (id, facts) in &lattice.services {
        let groups = lattice.forwards.get(id).into_iter().flatten();
        let named = groups.flat_map(|group| {
            let targets = lattice.targets.get(group).into_iter().flatten();
            targets.map(move |target| (group.as_str(), target))
        });
        let mut targets: BTreeMap<WorkloadIndex, Judgement> = BTreeMap::new();
        for (group, target) in named {
            // A function perhaps with its version or alias.
            let (head, tail) = target.name.rsplit_once(':').unwrap_or_default();
            let (index, qualifier) = match workloads.get(&target.name) {
                Some(index) => (*index, None),
                None => match workloads.get(head) {
                    Some(index) => (*index, Some(tail.to_owned())),
                    None => continue,
                },
            };
            if let Some(open) = takes(world, index, group, target.port, qualifier.as_ref()) {
                let known = targets.remove(&index);
                targets.extend(better(known, Some(open)).map(|open| (index, open)));
            }
        }
        let networks = lattice.within.get(id).into_iter().flatten();
        for network in networks {
            let own = lattice.networks.get(network);
            let asking = own.into_iter().chain([facts]).filter(|one| one.asks);
            services.push(Service {
                facts,
                asking: asking.collect(),
                vpcs: lattice.vpcs.get(network).map_or(&[], Vec::as_slice),
                targets: targets.clone(),
            });
        }
    }
    services
}

/// Where VPC Lattice sends from. Source: VPC Lattice User Guide, "Control traffic in VPC Lattice using security
/// groups"; the managed prefix list `com.amazonaws.REGION.vpc-lattice` has this range.
const LATTICE: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 171, 0), 24);

const SERVICE: &str = "vpc-lattice.amazonaws.com";

/// Whether a target of a group takes what VPC Lattice sends: an instance by its security groups, a function by its
/// policy.
fn takes(
    world: &World,
    target: WorkloadIndex,
    group: &str,
    port: Option<u16>,
    qualifier: Option<&String>,
) -> Option<Judgement> {
    let row = world.workload(target)?;
    if row.function.is_some() {
        return lets_in_service(row, SERVICE, group, qualifier).then(Judgement::default);
    }
    let hosts: Vec<&Host> = row.hosts.iter().filter(|host| host.listens()).collect();
    if hosts.iter().all(|host| host.groups.is_empty()) {
        let unseen = "the security groups of the target, which were not told, let VPC Lattice in";
        return Some(Judgement::default().also(unseen));
    }
    let mut best = None;
    for id in hosts.iter().flat_map(|host| &host.groups) {
        let Some(facts) = world.networks.groups.get(id) else {
            let unseen = format!("{id}, which was not seen, lets VPC Lattice in");
            best = better(best, Some(Judgement::default().also(&unseen)));
            continue;
        };
        let fits = |traffic: &Traffic| match port {
            Some(port) => traffic.covers(TCP, port),
            None => traffic.protocol.is_none_or(|protocol| protocol == TCP),
        };
        for rule in facts.ingress.iter().filter(|rule| fits(&rule.traffic)) {
            let open = match &rule.peer {
                Peer::Range(range) if range.contains(&LATTICE) || LATTICE.contains(range) => {
                    Judgement::default()
                }
                Peer::Range(_) | Peer::Group(_) => continue,
                Peer::List(list) => {
                    Judgement::default().also(&format!("{list} has the addresses of VPC Lattice"))
                }
            };
            best = better(best, Some(open));
        }
    }
    best
}

/// Whether whoever holds a capability is let in by all that ask.
fn let_in(
    judge: &Judge<'_>,
    service: &Service<'_>,
    caller: Capability,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let resource = format!("{}/any-path-at-all", service.facts.arn);
    let mut all = Judgement::default();
    for asking in &service.asking {
        let id = asking.arn.as_str().rsplit('/').next().unwrap_or_default();
        // Without a policy nobody is let in.
        let Some(policy) = world.sharing.lattice.policies.get(id)? else {
            let unseen = format!(
                "the policy of {}, which was not read, lets the caller in",
                asking.arn
            );
            all = all.hanging_on(Certainty::Speculative, &[unseen]);
            continue;
        };
        let stored = world.policies.get(*policy)?;
        let summary: TrustSummary = summarize(&stored.policy, &[INVOKE]);
        let owner = world.find_account(&asking.account)?;
        let named = (*policy, &asking.arn, &summary);
        let gate = Gate::past_policy(world, owner, INVOKE, resource.clone(), named)?;
        let callers = match caller {
            Capability::Workload(index) => {
                let roles = world.workload(index)?.roles.iter();
                roles.map(|role| Capability::Principal(*role)).collect()
            }
            other => vec![other],
        };
        // Inside one account, too, both sides have to allow it; a policy that lets in everybody asks for no
        // signature. Source: VPC Lattice User Guide, "Control access to VPC Lattice services using auth
        // policies".
        let unsigned = ask::from_party(judge, &OutsideParty::Anyone, &gate, detail);
        let anybody = callers
            .into_iter()
            .map(|caller| {
                let past = ask::from(judge, &[caller], &gate, detail)?;
                let Some(power) = Power::holding(judge, caller, detail) else {
                    return Some(past);
                };
                Some(past.and(power.may(INVOKE, &resource, power.keys())?))
            })
            .fold(unsigned, better);
        all = all.and(anybody?);
    }
    Some(all)
}

/// Who reaches a service through its network, and on what that hangs.
fn callers<'w>(
    world: &'w World,
    service: &Service<'w>,
    hosts: &BTreeMap<&str, Vec<WorkloadIndex>>,
) -> Vec<(Capability, Option<&'w LatticeVpc>)> {
    let mut callers = Vec::new();
    for vpc in service.vpcs {
        let grouped = vpc.grouped.then_some(vpc);
        let elsewhere = vpc.account != service.facts.account;
        let account = world.find_account(&vpc.account).filter(|_| elsewhere);
        let account = account.map(Capability::Account);
        // Whoever has the account writes the groups as well.
        callers.extend(account.map(|account| (account, None)));
        let here = hosts.get(vpc.vpc.as_str()).into_iter().flatten();
        callers.extend(here.map(|index| (Capability::Workload(*index), grouped)));
    }
    callers
}

fn judge_caller(
    judge: &Judge<'_>,
    service: &Service<'_>,
    caller: Capability,
    grouped: Option<&LatticeVpc>,
    detail: Detail,
) -> Option<Judgement> {
    let groups = grouped.map(|vpc| {
        format!(
            "the security groups of the association of {} let the host in",
            vpc.vpc
        )
    });
    Some(
        let_in(judge, service, caller, detail)?
            .told(
                "network",
                service.facts.arn.as_str(),
                "it answers for the service",
            )
            .hanging_on(Certainty::Conditional, groups.as_slice()),
    )
}

impl LinkKind for Lattice {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![INVOKE]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let services = services(world);
        if services.is_empty() {
            return;
        }
        let hosts = hosts(world);
        for service in &services {
            for (caller, grouped) in callers(world, service, &hosts) {
                let judgement = judge_caller(judge, service, caller, grouped, Detail::Certainty);
                let Some(judgement) = judgement else { continue };
                for (target, open) in &service.targets {
                    if caller != Capability::Workload(*target) {
                        let reach = Capability::Network(*target);
                        let certainty = judgement.certainty.max(open.certainty);
                        rules.add(certainty, &[caller], reach);
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
        let ([from], Capability::Network(target)) = (premises, conclusion) else {
            return None;
        };
        let world = judge.world();
        let hosts = hosts(world);
        let services = services(world);
        let of_target = services
            .iter()
            .filter_map(|service| Some((service, service.targets.get(&target)?)));
        of_target
            .flat_map(|(service, open)| {
                let callers = callers(world, service, &hosts).into_iter();
                let callers = callers.filter(|(caller, _)| caller == from);
                callers.map(move |(caller, grouped)| {
                    let past = judge_caller(judge, service, caller, grouped, Detail::Full)?;
                    Some(past.and(open.clone()))
                })
            })
            .fold(None, better)
    }
}
