//! Whoever reads the copy reads the data.

use blastwall_model::AccountId;

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{StoreIndex, World};

pub(super) struct Replication;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "s3-replication",
    name: "S3 replication",
    family: "data",
    source: "the data of a bucket that another one is replicated into; the account outside that it is in",
    target: "the data of the bucket that is replicated",
    precondition: "a rule of the replication is enabled; whether it copies everything its filter says",
    mitigations: "s3:PutReplicationConfiguration and s3:ReplicateObject limited by aws:ResourceOrgID; no \
        replication out of the environment",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html"],
};

/// Who has a copy of what.
fn copies(world: &World) -> impl Iterator<Item = (Capability, StoreIndex)> {
    world.store_indices().flat_map(move |store| {
        let replicas = world.store(store).into_iter().flat_map(|row| &row.replicas);
        replicas.filter_map(move |replica| {
            let copy = world.find_store(&replica.bucket).map(Capability::Data);
            let owner = || {
                let id: AccountId = replica.account.as_ref()?.parse().ok()?;
                match world.find_account(id.as_str()) {
                    Some(account) => Some(Capability::Account(account)),
                    None => world
                        .find_outside(&OutsideParty::Account { id })
                        .map(Capability::Outside),
                }
            };
            Some((copy.or_else(owner)?, store))
        })
    })
}

impl LinkKind for Replication {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        for (copy, store) in copies(judge.world()) {
            rules.add(Certainty::Certain, &[copy], Capability::Data(store));
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        _premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let Capability::Data(store) = conclusion else {
            return None;
        };
        let row = judge.world().store(store)?;
        let into: Vec<&str> = row.replicas.iter().map(|one| one.bucket.as_str()).collect();
        Some(Judgement::default().told(
            "replication",
            row.arn.as_str(),
            &format!("it is copied into {}", into.join(", ")),
        ))
    }
}
