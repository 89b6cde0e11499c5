//! Whoever reaches a workload over the network may find a flaw in what listens there.

use super::internet_workload::ways;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::Likelihood;
use crate::judge::{Detail, Judge, Judgement};

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
        // By the likeliest of the ways in.
        let open = ways(judge, *index, Detail::Certainty).into_iter();
        let likeliest = open.map(|(exposure, _)| exposure);
        let likelihood = likeliest.max_by_key(|exposure| exposure.likelihood);
        let likelihood = likelihood.map(|exposure| {
            let level = match exposure.likelihood {
                Likelihood::Low => "low",
                Likelihood::Medium => "medium",
                Likelihood::High => "high",
            };
            format!("; likelihood {level}: {}", exposure.because)
        });
        let flaw = format!(
            "what listens there has a flaw, or a credential of it is known{}",
            likelihood.unwrap_or_default()
        );
        Some(Judgement::default().hanging_on(Certainty::Speculative, &[flaw]))
    }
}
