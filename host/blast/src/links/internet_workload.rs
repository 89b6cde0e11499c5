//! A workload that the internet reaches may have a flaw that lets the internet in.

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Judge, Judgement};
use crate::subject::OutsideParty;

pub(super) struct InternetWorkload;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "internet-workload",
    name: "Internet exposure of a workload",
    family: "workload",
    source: "anyone",
    target: "workload with a public address and a security group that lets the world in",
    precondition: "the code that listens has a flaw, or a credential of it is known: a likelihood, never \
        more than speculative",
    mitigations: "security groups, private subnets behind a load balancer, IMDSv2",
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
                    Certainty::Speculative,
                    &[Capability::Outside(anyone)],
                    Capability::Workload(index),
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
        let Capability::Workload(index) = conclusion else {
            return None;
        };
        let exposed = judge.world().workload(index)?.exposed.clone()?;
        let flaw = "what listens there has a flaw that runs the attacker's code".to_owned();
        Some(Judgement::default().hanging_on(Certainty::Speculative, &[exposed, flaw]))
    }
}
