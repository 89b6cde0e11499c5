//! Whoever changes what a workload is made of has the workload, once it is deployed anew: container images,
//! machine images, layers, buckets with code.

use std::collections::BTreeSet;

use super::access::{Gate, ask, candidates};
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::store_kinds;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{StoreIndex, SupplyRow, World};

/// Who may change it.
pub(super) struct SupplyPush;

const PUSH: LinkDocumentation = LinkDocumentation {
    id: "supply-push",
    name: "Push to what others run",
    family: "supply",
    source: "principal, whole account, or party outside that may push images or put objects",
    target: "supply from a repository or bucket that some workload is made of",
    precondition: "inside the account, identity policies or the policy of the resource allow it; across \
        accounts both do; boundary, service control and resource control policies do not stop it",
    mitigations: "aws:PrincipalOrgID and aws:PrincipalArn in repository and bucket policies; pushing from the \
        build system alone",
    references: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
    ],
};

/// The stores that workloads are made of, and whose contents somebody pushes.
fn suppliers(world: &World) -> BTreeSet<StoreIndex> {
    let supplies = world.supplies.iter().filter(|supply| !supply.pinned);
    supplies.filter_map(|supply| supply.store).collect()
}

/// Whether some workload is made of what is in a store and changes with it.
pub(super) fn supplies_others(world: &World, store: StoreIndex) -> bool {
    let mut supplies = world.supplies.iter();
    supplies.any(|supply| supply.store == Some(store) && !supply.pinned)
        && world
            .store(store)
            .is_some_and(|row| !row.kind.push.is_empty())
}

/// The ways to change what others run from a store: where it is told of which objects of a bucket they are
/// made, each of those by itself leads to its workloads alone, unless there is only one.
fn gates(world: &World, store: StoreIndex) -> Vec<Gate<'_>> {
    let of_store = || {
        let supplies = world.supplies.iter();
        supplies.filter(|supply| supply.store == Some(store) && !supply.pinned)
    };
    let objects: BTreeSet<Option<&str>> =
        of_store().map(|supply| supply.object.as_deref()).collect();
    let whole = Capability::Supply(store);
    if let [object] = *objects.iter().collect::<Vec<_>>() {
        return Gate::to_supply(world, store, *object, whole)
            .into_iter()
            .collect();
    }
    let one_by_one = of_store().filter_map(|supply| {
        let workload = Capability::Workload(supply.workload);
        let gate = Gate::to_supply(world, store, supply.object.as_deref(), workload)?;
        Some(gate.besides(&judge_supply(world, supply)))
    });
    one_by_one.collect()
}

impl LinkKind for SupplyPush {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &PUSH
    }

    fn actions(&self) -> Vec<&'static str> {
        let kinds = store_kinds().iter();
        kinds.flat_map(|kind| kind.push).copied().collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for store in suppliers(world) {
            let Some(row) = world.store(store) else {
                continue;
            };
            rules.add(
                Certainty::Certain,
                &[Capability::Account(row.account)],
                Capability::Supply(store),
            );
            for gate in gates(world, store) {
                candidates::add_links(judge, rules, &gate);
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
        if let Capability::Supply(store) = conclusion
            && let [Capability::Account(owner)] = premises
            && world.store(store)?.account == *owner
        {
            return Some(Judgement::default());
        }
        let stores: BTreeSet<StoreIndex> = match conclusion {
            Capability::Supply(store) => BTreeSet::from([store]),
            Capability::Workload(workload) => {
                let supplies = world.supplies.iter();
                supplies
                    .filter(|supply| supply.workload == workload)
                    .filter_map(|supply| supply.store)
                    .collect()
            }
            _ => return None,
        };
        stores
            .into_iter()
            .flat_map(|store| gates(world, store))
            .filter(|gate| gate.conclusion == conclusion)
            .map(|gate| ask::from(judge, premises, &gate, Detail::Full))
            .fold(None, better)
    }
}

/// What is made of it.
pub(super) struct SupplyUse;

const USE: LinkDocumentation = LinkDocumentation {
    id: "supply-use",
    name: "What a workload is made of",
    family: "supply",
    source: "supply from a repository, bucket or machine image, or the whole account that owns it",
    target: "workload that is made of it",
    precondition: "the workload is deployed anew from what its supplier changed. What is named by a digest or \
        version, and tags of a repository with immutable tags, stay as they are: speculative, until somebody \
        takes the next one",
    mitigations: "immutable tags, digests, image signing, Allowed AMIs, ec2:Owner and lambda:Layer in service \
        control policies",
    references: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html",
    ],
};

/// Who supplies it.
fn source(world: &World, supply: &SupplyRow) -> Option<Capability> {
    match (supply.store, supply.account, &supply.outside) {
        (Some(store), ..) if !world.store(store)?.kind.push.is_empty() && !supply.pinned => {
            Some(Capability::Supply(store))
        }
        (Some(store), ..) => {
            let owner = world.store(store)?.account;
            let own = world.workload(supply.workload)?.account == owner;
            (!own).then_some(Capability::Account(owner))
        }
        (None, Some(account), _) => Some(Capability::Account(account)),
        (None, None, Some(party)) => world.find_outside(party).map(Capability::Outside),
        (None, None, None) => None,
    }
}

fn judge_supply(world: &World, supply: &SupplyRow) -> Judgement {
    let fixed = supply.pinned
        || supply
            .store
            .and_then(|store| world.store(store))
            .is_some_and(|row| row.immutable);
    let (certainty, what) = if fixed {
        (
            Certainty::Speculative,
            format!("the next version of {} is taken as well", supply.name),
        )
    } else {
        (
            Certainty::Conditional,
            format!("it is deployed anew from what {} has by then", supply.name),
        )
    };
    Judgement::default().hanging_on(certainty, &[what])
}

impl LinkKind for SupplyUse {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &USE
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for supply in &world.supplies {
            if let Some(source) = source(world, supply) {
                rules.add(
                    judge_supply(world, supply).certainty,
                    &[source],
                    Capability::Workload(supply.workload),
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
        let supplies = world.supplies.iter().filter(|supply| {
            Capability::Workload(supply.workload) == conclusion
                && source(world, supply).is_some_and(|source| premises == [source])
        });
        supplies
            .map(|supply| Some(judge_supply(world, supply)))
            .fold(None, better)
    }
}
