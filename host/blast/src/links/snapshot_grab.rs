//! Whoever may copy a disk or database, and read or share the copy, has its data: no policy of a resource is
//! in the way. The ways are in `facts/stores.rs`.

use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::facts::{Copying, store_kinds};
use crate::judge::{Detail, Judge, Judgement};
use crate::world::StoreIndex;

pub(super) struct SnapshotGrab;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "snapshot-grab",
    name: "Snapshot and restore by an insider",
    family: "data",
    source: "principal that may make a snapshot of a volume or database and share, read or restore it",
    target: "the data of the volume or database",
    precondition: "identity policies, boundary and service control policies allow all actions of one way; \
        data under a customer's key takes the key as well",
    mitigations: "service control policies on ec2:ModifySnapshotAttribute, rds:ModifyDBSnapshotAttribute and \
        the direct APIs of EBS; ec2:Add/userId; a customer's key",
    references: &[
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html",
    ],
};

fn judge_store(judge: &Judge<'_>, power: &Power<'_, '_>, store: StoreIndex) -> Option<Judgement> {
    let row = judge.world().store(store)?;
    let keys = power.keys();
    let ways = row.kind.copies.iter().map(
        |Copying {
             source,
             copy,
             besides,
         }| {
            let made = power.may(source, row.arn.as_str(), keys.clone())?;
            let all = copy.iter().try_fold(made, |all, action| {
                Some(all.and(power.may_somewhere(action, &keys)?))
            })?;
            Some(all.also(besides))
        },
    );
    Some(power.complete(ways.fold(None, better)?))
}

/// What is gained: under a customer's key, nothing without the key.
fn gained(judge: &Judge<'_>, store: StoreIndex) -> Option<Capability> {
    Some(match judge.world().store(store)?.key {
        Some(_) => Capability::Encrypted(store),
        None => Capability::Data(store),
    })
}

impl LinkKind for SnapshotGrab {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        let copies = store_kinds().iter().flat_map(|kind| kind.copies);
        copies
            .flat_map(|way| way.copy.iter().copied().chain([way.source]))
            .collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for store in world.store_indices() {
            let Some(row) = world.store(store).filter(|row| !row.kind.copies.is_empty()) else {
                continue;
            };
            let first: Vec<&str> = row.kind.copies.iter().map(|way| way.source).collect();
            for principal in world.principals_of(row.account) {
                let judgement = rules
                    .unspent(judge, principal, &first)
                    .and_then(|power| judge_store(judge, &power, store));
                if let (Some(judgement), Some(gained)) = (judgement, gained(judge, store)) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Principal(principal)],
                        gained,
                    );
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
        let (
            [Capability::Principal(principal)],
            Capability::Data(store) | Capability::Encrypted(store),
        ) = (premises, conclusion)
        else {
            return None;
        };
        judge_store(judge, &Power::of(judge, *principal, Detail::Full)?, store)
    }
}
