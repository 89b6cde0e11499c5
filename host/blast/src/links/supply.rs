//! Whoever changes what a workload is made of has the workload, once it is deployed anew: container images,
//! machine images, layers, buckets with code.

use std::collections::{BTreeMap, BTreeSet};

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
        accounts both do; boundary, service control and resource control policies do not stop it. An image \
        takes all actions of a push; of code in a bucket it is the object that counts, where that is told",
    mitigations: "aws:PrincipalOrgID and aws:PrincipalArn in repository and bucket policies; pushing from the \
        build system alone",
    references: &[
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
    ],
};

/// What is made of each store and changes with it.
pub(super) type Supplied<'w> = BTreeMap<StoreIndex, Vec<&'w SupplyRow>>;

/// The stores that workloads are made of, and whose contents somebody pushes.
pub(super) fn supplied(world: &World) -> Supplied<'_> {
    let mut supplied = Supplied::new();
    for supply in world.supplies.iter().filter(|supply| !supply.pinned) {
        let pushed = supply.store.filter(|store| {
            let row = world.store(*store);
            row.is_some_and(|row| !row.kind.push.is_empty())
        });
        if let Some(store) = pushed {
            supplied.entry(store).or_default().push(supply);
        }
    }
    supplied
}

/// The ways to change what others run from a store: where it is told of which objects of a bucket they are
/// made, each of those by itself leads to its workloads alone, unless there is only one.
fn gates<'w>(world: &'w World, store: StoreIndex, supplied: &[&'w SupplyRow]) -> Vec<Gate<'w>> {
    let objects: BTreeSet<Option<&str>> = supplied
        .iter()
        .map(|supply| supply.object.as_deref())
        .collect();
    if objects.len() == 1 {
        let objects = objects.into_iter();
        return objects
            .filter_map(|object| Gate::to_supply(world, store, object, Capability::Supply(store)))
            .collect();
    }
    let one_by_one = supplied.iter().filter_map(|supply| {
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
        let kinds = store_kinds();
        kinds.flat_map(|kind| kind.push).copied().collect()
    }

    fn hangs_on_target(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for (store, supplied) in supplied(world) {
            let Some(row) = world.store(store) else {
                continue;
            };
            rules.add(
                Certainty::Certain,
                &[Capability::Account(row.account)],
                Capability::Supply(store),
            );
            for gate in gates(world, store, &supplied) {
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
        supplied(world)
            .into_iter()
            .filter(|(store, _)| match conclusion {
                Capability::Supply(wanted) => *store == wanted,
                _ => true,
            })
            .flat_map(|(store, supplied)| gates(world, store, &supplied))
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
