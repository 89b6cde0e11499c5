//! A workload that the internet reaches.

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Judge, Judgement};
use crate::subject::OutsideParty;

pub(super) struct InternetWorkload;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "internet-workload",
    name: "Internet exposure of a workload",
    family: "network",
    source: "anyone",
    target: "network reach of a workload with a public address and a security group that lets the world in",
    precondition: "the instance has a public address, and a security group of it opens a port to every \
        address. What listens there is another matter (`listening-flaw`)",
    mitigations: "security groups, private subnets behind a load balancer",
    references: &["https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"],
};

impl LinkKind for InternetWorkload {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let Some(anyone) = world.find_outside(&OutsideParty::Anyone) else {
            return;
        };
        for index in world.workload_indices() {
            if world
                .workload(index)
                .is_some_and(|row| row.exposed.is_some())
            {
                rules.add(
                    Certainty::Certain,
                    &[Capability::Outside(anyone)],
                    Capability::Network(index),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        _premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let Capability::Network(index) = conclusion else {
            return None;
        };
        let exposed = judge.world().workload(index)?.exposed.as_ref()?;
        Some(Judgement::default().told("network", "exposure", &exposed.by))
    }
}
