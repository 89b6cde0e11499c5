//! From one VPC into another: whoever has a host of the one, or the account that owns it, opens connections
//! to hosts of the other.
//!
//! One mechanism for everything that joins networks; the kinds differ in their documentation and in what
//! they find between two VPCs.

use std::collections::BTreeMap;

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::networks::Host;
use crate::judge::{Judge, Judgement};
use crate::world::{Crossing, Passage, Source, WorkloadIndex, World};

/// A kind of link between networks.
pub(super) struct BetweenNetworks {
    pub(super) documentation: LinkDocumentation,
    /// What leads into a VPC.
    pub(super) into: for<'w> fn(&'w World, &str) -> Vec<Crossing<'w>>,
}

/// Where connections start that whoever holds a capability opens in the near VPC; none if it opens none
/// there. An account has its own hosts anyway.
fn source<'w>(world: &'w World, from: Capability, crossing: &Crossing<'w>) -> Option<Source<'w>> {
    let (near, far) = (crossing.near, crossing.far);
    match from {
        Capability::Workload(index) => {
            let host = world.workload(index)?.host.as_ref()?;
            (host.vpc == near.vpc).then_some(Source::Host(host))
        }
        Capability::Account(index) => {
            let owns = world.account(index)?.id.as_str() == near.account;
            (owns && near.account != far.account).then_some(Source::Vpc(near.vpc))
        }
        _ => None,
    }
}

fn certainty(passage: &Passage) -> Certainty {
    if passage.unseen.is_empty() {
        Certainty::Certain
    } else {
        Certainty::Conditional
    }
}

impl LinkKind for BetweenNetworks {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &self.documentation
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let mut hosts: BTreeMap<&str, Vec<(WorkloadIndex, &Host)>> = BTreeMap::new();
        for index in world.workload_indices() {
            if let Some(host) = world.workload(index).and_then(|row| row.host.as_ref()) {
                hosts.entry(&host.vpc).or_default().push((index, host));
            }
        }
        for (vpc, targets) in &hosts {
            let crossings = (self.into)(world, vpc);
            for (target, host) in targets {
                let mut reached: BTreeMap<Capability, Certainty> = BTreeMap::new();
                for crossing in &crossings {
                    let near = crossing.near;
                    let account = world.find_account(near.account).map(Capability::Account);
                    let own = hosts.get(near.vpc).into_iter().flatten();
                    let own = own.map(|(index, _)| Capability::Workload(*index));
                    for from in account.into_iter().chain(own) {
                        let passage = source(world, from, crossing)
                            .and_then(|source| world.networks.passage(crossing, source, host));
                        if let Some(passage) = passage {
                            let found = certainty(&passage);
                            let best = reached.entry(from).or_insert(found);
                            *best = found.min(*best);
                        }
                    }
                }
                for (from, certainty) in reached {
                    rules.add(certainty, &[from], Capability::Network(*target));
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
        let host = world.workload(target)?.host.as_ref()?;
        let crossings = (self.into)(world, &host.vpc);
        let passages = crossings.iter().filter_map(|crossing| {
            let source = source(world, *from, crossing)?;
            let passage = world.networks.passage(crossing, source, host)?;
            Some((crossing.id(), passage))
        });
        let (id, passage) = passages.min_by_key(|(_, passage)| certainty(passage))?;
        Some(
            Judgement::default()
                .told("network", id, &format!("{} passes", passage.traffic))
                .hanging_on(Certainty::Conditional, &passage.unseen),
        )
    }
}
