//! From one VPC into another through a peering connection.

use std::collections::BTreeMap;

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::networks::Host;
use crate::judge::{Judge, Judgement};
use crate::world::{Passage, Source, WorkloadIndex, World};

pub(super) struct VpcPeering;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "vpc-peering",
    name: "VPC peering",
    family: "network",
    source: "host in a VPC, or whole account that owns the VPC and so starts hosts in it",
    target: "network reach of a host in the VPC that it is peered with",
    precondition: "the peering connection is active, the most specific route of each subnet to the other \
        leads through it, the network ACLs of both let request and answer pass, the security groups of the \
        target let it in and those of the source let it out. Peering is not transitive; IPv4 only",
    mitigations: "routes to single subnets, security groups that name security groups of the peer",
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html",
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
    ],
};

/// The passage from a source to a workload: the peering connection that it takes, and what passes.
fn passage(world: &World, from: Capability, target: WorkloadIndex) -> Option<(&str, Passage)> {
    let to = world.workload(target)?.host.as_ref()?;
    let networks = &world.networks;
    let mut best: Option<(&str, Passage)> = None;
    for (id, ends) in &networks.peerings {
        let [one, other] = ends;
        let near = match () {
            () if other.vpc == to.vpc => one,
            () if one.vpc == to.vpc => other,
            () => continue,
        };
        let source = match from {
            Capability::Workload(index) => {
                let host = world.workload(index)?.host.as_ref()?;
                if host.vpc != near.vpc {
                    continue;
                }
                Source::Host(host)
            }
            Capability::Account(index) if world.account(index)?.id.as_str() == near.account => {
                Source::Vpc(&near.vpc)
            }
            _ => continue,
        };
        let Some(passage) = networks.passage(id, source, to) else {
            continue;
        };
        if passage.unseen.is_empty() {
            return Some((id, passage));
        }
        best = best.or(Some((id, passage)));
    }
    best
}

impl LinkKind for VpcPeering {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let mut hosts: BTreeMap<&str, Vec<WorkloadIndex>> = BTreeMap::new();
        for index in world.workload_indices() {
            if let Some(Host { vpc, .. }) = world.workload(index).and_then(|row| row.host.as_ref())
            {
                hosts.entry(vpc).or_default().push(index);
            }
        }
        let of = |vpc: &str| hosts.get(vpc).map(Vec::as_slice).unwrap_or_default();
        for [one, other] in world.networks.peerings.values() {
            for (near, far) in [(one, other), (other, one)] {
                let account = world.find_account(&near.account).map(Capability::Account);
                let own = near.account == far.account;
                let sources = account.into_iter().filter(|_| !own);
                let sources: Vec<_> = sources
                    .chain(of(&near.vpc).iter().copied().map(Capability::Workload))
                    .collect();
                for target in of(&far.vpc) {
                    for source in &sources {
                        let Some((_, passage)) = passage(world, *source, *target) else {
                            continue;
                        };
                        let certainty = if passage.unseen.is_empty() {
                            Certainty::Certain
                        } else {
                            Certainty::Conditional
                        };
                        rules.add(certainty, &[*source], Capability::Network(*target));
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
        let (id, passage) = passage(judge.world(), *from, target)?;
        Some(
            Judgement::default()
                .told("network", id, &format!("{} passes", passage.traffic))
                .hanging_on(Certainty::Conditional, &passage.unseen),
        )
    }
}
