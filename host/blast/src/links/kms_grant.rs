//! Whom a grant of a key lets decrypt, whatever its policy leaves out.

use blastwall_model::AccountId;

use super::access::{Gate, ask};
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{StoreRow, World};

pub(super) struct KmsGrant;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "kms-grant",
    name: "KMS grants",
    family: "data",
    source: "principal, whole account, or account outside, that a grant names",
    target: "every ciphertext under the key",
    precondition: "the grant allows Decrypt; it takes the place of a policy that allows, across accounts of \
        both, and outlives their edits. What a key policy, identity policy or policy of the organization \
        denies stays denied",
    mitigations: "kms:GrantIsForAWSResource, kms:GranteePrincipal and kms:GrantOperations on kms:CreateGrant; \
        denials in the key policy",
    references: &[
        "https://docs.aws.amazon.com/kms/latest/developerguide/grants.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html",
    ],
};

/// Whom the grants of a key name, as far as that is somebody at hand.
fn holders(world: &World, row: &StoreRow) -> Vec<Capability> {
    let grantees = row.grantees.iter();
    let mut holders: Vec<Capability> = grantees
        .filter_map(|grantee| {
            let principal = world.find_principal(grantee);
            principal.map(Capability::Principal).or_else(|| {
                let id: AccountId = grantee.split(':').nth(4)?.parse().ok()?;
                match world.find_account(id.as_str()) {
                    Some(account) if grantee.ends_with(":root") => {
                        Some(Capability::Account(account))
                    }
                    Some(_) => None,
                    None => world
                        .find_outside(&OutsideParty::Account { id })
                        .map(Capability::Outside),
                }
            })
        })
        .collect();
    holders.sort_unstable();
    holders.dedup();
    holders
}

/// Whether it lets the holder decrypt everything, or at least what a service keeps or what is encrypted in some
/// context.
fn judge_holder(
    judge: &Judge<'_>,
    gained: Capability,
    holder: Capability,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let (store, gates) = match gained {
        Capability::Data(store) => (store, Gate::of_store(world, store)),
        Capability::Through(store) => (store, Gate::for_some(world, store).into_iter().collect()),
        _ => return None,
    };
    let row = world.store(store)?;
    let asked = gates.into_iter();
    asked
        .map(|gate| ask::from(judge, &[holder], &gate.with_grants(row), detail))
        .fold(None, better)
}

impl LinkKind for KmsGrant {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for store in world.store_indices() {
            let Some(row) = world.store(store).filter(|row| !row.grants.is_empty()) else {
                continue;
            };
            for holder in holders(world, row) {
                for gained in [Capability::Data(store), Capability::Through(store)] {
                    if let Some(judgement) = judge_holder(judge, gained, holder, Detail::Certainty)
                    {
                        rules.add(judgement.certainty, &[holder], gained);
                    }
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
        let [holder] = premises else { return None };
        judge_holder(judge, conclusion, *holder, Detail::Full)
    }
}
