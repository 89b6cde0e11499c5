//! Whoever may copy a disk or database, and read or share the copy, has its data: no policy of a resource is
//! in the way. The ways are in `facts/store_kinds/`.

use super::access::ask;
use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind, policy_rewrite};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::store_kinds;
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
        data under a customer's key takes the key as well, for the account outside if the copy is shared, \
        which one under a key of AWS's own never is",
    mitigations: "service control policies on ec2:ModifySnapshotAttribute, rds:ModifyDBSnapshotAttribute and \
        the direct APIs of EBS; ec2:Add/userId; a customer's key",
    references: &[
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html",
    ],
};

/// Whether the principal copies it in a way that hands the copy to an account outside, or in one that reads
/// it where it is. Handing over takes the key for whoever is outside, and no key that AWS keeps for the
/// account goes there.
fn judge_store(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    store: StoreIndex,
    hands_over: bool,
) -> Option<Judgement> {
    let row = judge.world().store(store)?;
    let keys = power.keys_tagged(row.tags.as_ref());
    let ways = row.kind.copies.iter();
    let ways = ways.filter(|way| way.hands_over == hands_over).map(|way| {
        let made = power.may(way.source, row.arn.as_str(), keys.clone())?;
        let all = way.copy.iter().try_fold(made, |all, action| {
            Some(all.and(power.may_somewhere(action, &keys)?))
        })?;
        Some(all.also(way.besides))
    });
    let best = ways.fold(None, better)?;
    let best = match row.key {
        _ if hands_over && row.own_key => return None,
        Some(key) if hands_over => best.and(policy_rewrite::handing_key(judge, power, store, key)?),
        _ => best,
    };
    Some(power.complete(best.hanging_on(Certainty::Conditional, &row.doubts)))
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
        let copies = store_kinds().flat_map(|kind| kind.copies);
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
            for (premise, _, power) in rules.holders(judge, row.account, &first) {
                if let (Some(judgement), Some(gained)) = (
                    judge_store(judge, &power, store, false),
                    gained(judge, store),
                ) {
                    rules.add_with_key(judge, &judgement, premise, gained);
                }
                if let Some(judgement) = judge_store(judge, &power, store, true) {
                    rules.add(judgement.certainty, &[premise], Capability::Data(store));
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
        let ([premise], Capability::Data(store) | Capability::Encrypted(store)) =
            (premises, conclusion)
        else {
            return None;
        };
        let power = Power::holding(judge, *premise, Detail::Full)?;
        let kept = judge_store(judge, &power, store, false);
        if matches!(conclusion, Capability::Encrypted(_)) {
            return kept;
        }
        let with_key = kept.and_then(|kept| match judge.world().store(store)?.key {
            Some(_) => Some(kept.and(ask::decrypts(judge, *premise, store, Detail::Full)?)),
            None => Some(kept),
        });
        better(with_key, judge_store(judge, &power, store, true))
    }
}
