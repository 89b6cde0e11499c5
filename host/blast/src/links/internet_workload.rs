//! A workload that the internet reaches. By which ways, and under which conditions, is read in
//! `facts/ways_in`; the policies on the way are judged here.

use super::access::{Gate, ask};
use super::lambda_policy::{lets_in_by_url, lets_in_service};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Exposure, Past};
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{WorkloadIndex, WorkloadRow};

pub(super) struct InternetWorkload;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "internet-workload",
    name: "Internet exposure of a workload",
    family: "network",
    source: "anyone",
    target: "network reach of a workload",
    precondition: "an interface of the instance or task has a public address, the routes of its subnet lead to \
        an internet gateway that is not blocked, and network ACL and security groups let in a quarter of the \
        internet or more (from 1/256 on it is conditional); or a load balancer of which this is true, or an API \
        that asks nobody who they are and whose policy lets strangers in, forwards to it; or it is a function \
        with an open URL, a public service of App Runner, or a cluster with a public endpoint. What was not \
        seen is a condition. What listens there is another matter (`listening-flaw`)",
    mitigations: "security groups, private subnets behind a load balancer, VPC Block Public Access, authorizers, \
        internal load balancers, web ACLs",
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    ],
};

/// Whether the policies on one way in let strangers through.
fn passes(
    judge: &Judge<'_>,
    workload: WorkloadIndex,
    row: &WorkloadRow,
    past: Option<&Past>,
    detail: Detail,
) -> Option<Judgement> {
    match past {
        None => Some(Judgement::default()),
        Some(Past::Url { qualifier }) => {
            lets_in_by_url(judge, workload, qualifier.as_ref(), detail)
        }
        Some(Past::Service {
            service,
            source,
            qualifier,
        }) => lets_in_service(row, service, source, qualifier.as_ref()).then(Judgement::default),
        Some(Past::Api { arn, policy, then }) => {
            let reach = Capability::Network(workload);
            let gate = Gate::past_api(judge.world(), arn, policy, reach)?;
            let first = ask::from_party(judge, &OutsideParty::Anyone, &gate, detail)?;
            let then = passes(judge, workload, row, then.as_ref().as_ref(), detail)?;
            Some(first.and(then))
        }
    }
}

/// The ways in that strangers have, the surest first and of equal ones the likeliest.
pub(super) fn ways<'w>(
    judge: &Judge<'w>,
    workload: WorkloadIndex,
    detail: Detail,
) -> Vec<(&'w Exposure, Judgement)> {
    let Some(row) = judge.world().workload(workload) else {
        return Vec::new();
    };
    let open = row.exposed.iter().filter_map(|exposure| {
        let judgement = passes(judge, workload, row, exposure.past.as_ref(), detail)?;
        let told = judgement.told("network", "exposure", &exposure.by);
        Some((
            exposure,
            told.hanging_on(Certainty::Conditional, &exposure.conditions),
        ))
    });
    let mut open: Vec<_> = open.collect();
    open.sort_by_key(|(exposure, judgement)| {
        let likely = std::cmp::Reverse(exposure.likelihood);
        (judgement.certainty, likely, judgement.conditions.len())
    });
    open
}

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
            if let Some((_, judgement)) = ways(judge, index, Detail::Certainty).into_iter().next() {
                rules.add(
                    judgement.certainty,
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
        let mut open = ways(judge, index, Detail::Full).into_iter();
        let (_, best) = open.next()?;
        // The others are told, and nothing hangs on them.
        Some(open.fold(best, |best, (other, _)| {
            let conditions = match other.conditions.as_slice() {
                [] => String::new(),
                conditions => format!(", if {}", conditions.join(" and ")),
            };
            let also = format!("also: {}{conditions}", other.by);
            best.told("network", "exposure", &also)
        }))
    }
}
