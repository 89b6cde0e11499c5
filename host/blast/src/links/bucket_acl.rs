//! Access control lists that let everybody list a bucket, and perhaps read what is in it.

use super::access::{Gate, ask, candidates};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{StoreIndex, World};

pub(super) struct BucketAcl;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "s3-acl",
    name: "S3 access control list",
    family: "data",
    source: "anyone, and every principal and account",
    target: "the objects of a bucket",
    precondition: "the list of the bucket grants READ or FULL_CONTROL to AllUsers or AuthenticatedUsers, lists \
        are not switched off (BucketOwnerEnforced) and public ones not ignored. It lets them list objects; \
        objects have lists of their own, which are not collected: always conditional. Denials of the bucket \
        policy and resource control policies hold; what is encrypted under a key takes the key as well. Grants \
        to write and grants to canonical ids are told as not judged",
    mitigations: "BucketOwnerEnforced; IgnorePublicAcls of the bucket or the account",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
    ],
};

/// The gate to a bucket by its list.
fn gate(world: &World, store: StoreIndex) -> Option<Gate<'_>> {
    let objects = "objects have an access control list that lets everybody read them, as that of the bucket lets \
        everybody list them";
    Some(Gate::of_acl(world, store)?.hanging_on([objects.to_owned()]))
}

impl LinkKind for BucketAcl {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec!["s3:GetObject"]
    }

    fn hangs_on_target(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for store in world.store_indices() {
            if let Some(gate) = gate(world, store) {
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
        let ([caller], Capability::Data(store) | Capability::Encrypted(store)) =
            (premises, conclusion)
        else {
            return None;
        };
        let world = judge.world();
        let reads = ask::from(judge, premises, &gate(world, store)?, Detail::Full)?;
        ask::with_key(judge, reads, *caller, conclusion)
    }
}
