//! Whoever reaches a workload over the network may find a flaw in what listens there.

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Judge, Judgement};

pub(super) struct ListeningFlaw;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "listening-flaw",
    name: "Flaw in what listens",
    family: "network",
    source: "network reach of a workload",
    target: "the workload",
    precondition: "what listens has a flaw, or a credential of it is known: never more than speculative. \
        Where the internet gets in, the likelihood is told: high if a port is open at which one logs in, \
        medium if another is and the instance answers IMDSv1, low otherwise",
    mitigations: "patches, IMDSv2, fewer open ports",
    references: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    ],
};

impl LinkKind for ListeningFlaw {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn hops(&self) -> u8 {
        0
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        for index in judge.world().workload_indices() {
            // Of others nobody has reach.
            let network = Capability::Network(index);
            if rules.capabilities.find(network).is_some() {
                rules.add(
                    Certainty::Speculative,
                    &[network],
                    Capability::Workload(index),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        _conclusion: Capability,
    ) -> Option<Judgement> {
        let [Capability::Network(index)] = premises else {
            return None;
        };
        let exposed = judge.world().workload(*index)?.exposed.as_ref();
        let likelihood = exposed.map(|exposed| format!("; likelihood {}", exposed.likelihood));
        let flaw = format!(
            "what listens there has a flaw, or a credential of it is known{}",
            likelihood.unwrap_or_default()
        );
        Some(Judgement::default().hanging_on(Certainty::Speculative, &[flaw]))
    }
}
