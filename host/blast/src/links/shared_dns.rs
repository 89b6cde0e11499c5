//! Whoever writes the names that the hosts of a VPC resolve leads them where he likes.

use super::access::Gate;
use super::crossing::hosts;
use super::{Deriver, LinkDocumentation, LinkKind, changers};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::sharing::NamesFacts;
use crate::judge::{Judge, Judgement};
use crate::world::{StoreIndex, World};

pub(super) struct SharedDns;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "shared-dns",
    name: "Private zones and resolver rules",
    family: "network",
    source: "principal that may change the records of a private zone (route53:ChangeResourceRecordSets) or where \
        a resolver rule forwards to (route53resolver:UpdateResolverRule), or the whole account that owns it",
    target: "the hosts of every VPC that the zone or rule is associated with, of other accounts too",
    precondition: "the host asks for a name of the domain and takes what answers there without verified TLS: \
        never more than speculative. A public zone gives nobody a host: that certificates are issued to whoever \
        answers for its names is not followed",
    mitigations: "TLS with verification everywhere; route53:ChangeResourceRecordSetsNormalizedRecordNames; few \
        associations of one zone across environments",
    references: &[
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-rules-managing.html",
    ],
};

const CHANGE: &str = "route53:ChangeResourceRecordSets";
const UPDATE: &str = "route53resolver:UpdateResolverRule";

fn gates<'w>(world: &'w World, store: StoreIndex, names: &NamesFacts) -> Vec<Gate<'w>> {
    let action = if names.forwards { UPDATE } else { CHANGE };
    let arn = world.store(store).map(|row| row.arn.to_string());
    let gate = arn
        .and_then(|arn| Gate::to_change(world, store, &[action], arn, Capability::Supply(store)));
    gate.into_iter().collect()
}

/// What a host has to do for it to work.
fn judge_names(names: &NamesFacts) -> Judgement {
    let asks = format!(
        "the host asks for a name of {} and takes what answers there without verified TLS",
        names.domain
    );
    Judgement::default().hanging_on(Certainty::Speculative, &[asks])
}

/// Zones and rules that some VPC asks, by the stores that they are.
fn asked(world: &World) -> impl Iterator<Item = (StoreIndex, &str, &NamesFacts)> {
    let names = world.sharing.resolving.names.iter();
    names
        .filter(|(arn, names)| !world.sharing.resolving.vpcs(arn, names).is_empty())
        .filter_map(|(arn, names)| Some((world.find_store(arn)?, arn.as_str(), names)))
}

impl LinkKind for SharedDns {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![CHANGE, UPDATE]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        if world.sharing.resolving.names.is_empty() {
            return;
        }
        let hosts = hosts(world);
        for (store, arn, names) in asked(world) {
            changers::add(judge, rules, store, &gates(world, store, names));
            let vpcs = world.sharing.resolving.vpcs(arn, names).into_iter();
            for host in vpcs.filter_map(|vpc| hosts.get(vpc)).flatten() {
                rules.add(
                    judge_names(names).certainty,
                    &[Capability::Supply(store)],
                    Capability::Workload(*host),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let world = judge.world();
        let of = |store: StoreIndex| {
            let mut all = asked(world);
            all.find(|(one, ..)| *one == store)
        };
        match (premises, conclusion) {
            ([Capability::Supply(store)], Capability::Workload(_)) => {
                let (_, _, names) = of(*store)?;
                Some(judge_names(names))
            }
            (_, Capability::Supply(store)) => {
                let (_, _, names) = of(store)?;
                changers::explain(judge, premises, store, &gates(world, store, names))
            }
            _ => None,
        }
    }
}
