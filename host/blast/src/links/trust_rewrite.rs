//! Whoever may rewrite the trust policy of a role, or the policy of what holds data, can let itself in.

use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::facts::{PrincipalKind, StorePolicy, store_kinds};
use crate::judge::{Detail, Judge, Judgement, ResourcePolicy};
use crate::world::{ASSUME_ROLE, PrincipalIndex, StoreIndex};

pub(super) struct TrustRewrite;

const UPDATE: &str = "iam:UpdateAssumeRolePolicy";

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "trust-rewrite",
    name: "Rewrite of a trust or resource policy",
    family: "identity",
    source: "principal with iam:UpdateAssumeRolePolicy on the role, or the like of s3:PutBucketPolicy, \
        kms:PutKeyPolicy, kms:CreateGrant or ec2:ModifySnapshotAttribute on what holds data",
    target: "role or data of the same account",
    precondition: "boundary, service control policies and the policy that is there leave the rewriting open, \
        and entering or reading for whoever is let in: somebody of the account, or else somebody of an \
        account outside, whom only resource control policies bind",
    mitigations: "service control policies on iam:UpdateAssumeRolePolicy, aws:PrincipalOrgID in a resource \
        control policy on sts:AssumeRole",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html",
        "https://pathfinding.cloud/paths/iam-012",
    ],
};

fn judge_pair(judge: &Judge<'_>, power: &Power<'_, '_>, role: PrincipalIndex) -> Option<Judgement> {
    let row = judge.world().principal(role)?;
    if row.kind != PrincipalKind::Role || row.is_protected() {
        return None;
    }
    let rewrite = power.may(UPDATE, row.arn.as_str(), power.keys_about(row))?;
    // The new trust policy names whomever it takes.
    let enter = power
        .with_any_policy()
        .may_once_let_in(ASSUME_ROLE, row.arn.as_str(), power.keys_about(row))
        .or_else(|| power.stranger_may_once_let_in(ASSUME_ROLE, row.arn.as_str()))?;
    Some(power.complete(rewrite.and(enter)))
}

fn judge_store(judge: &Judge<'_>, power: &Power<'_, '_>, store: StoreIndex) -> Option<Judgement> {
    let row = judge.world().store(store)?;
    let policy = match row.policy {
        StorePolicy::Policy(index) => Some(ResourcePolicy::Resource(index, &row.arn)),
        // A key without a policy is nobody's; anything else is whoever's identity policies allow.
        StorePolicy::Unknown => Some(ResourcePolicy::NotSeen),
        StorePolicy::None => None,
    };
    let keys = power.keys();
    let rewrite = row
        .kind
        .rewrites
        .iter()
        .filter(|action| power.mentions(action) || policy.is_some())
        .map(|action| power.may_past(action, row.arn.as_str(), keys.clone(), policy))
        .fold(None, better)?;
    let data = format!("{}{}", row.arn, row.kind.suffix);
    // What is shared by name with an account needs no more than that.
    let read = power
        .with_any_policy()
        .may_once_let_in(row.kind.action, &data, keys)
        .or_else(|| power.stranger_may_once_let_in(row.kind.action, &data))?;
    Some(power.complete(rewrite.and(read)))
}

impl LinkKind for TrustRewrite {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        let stores = store_kinds().iter().flat_map(|kind| kind.rewrites);
        stores.copied().chain([UPDATE]).collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        rules.add_pairs(judge, &[UPDATE], |power, role| {
            judge_pair(judge, power, role)
        });
        for store in world.store_indices() {
            let Some(row) = world
                .store(store)
                .filter(|row| !row.kind.rewrites.is_empty())
            else {
                continue;
            };
            for writer in world.principals_of(row.account) {
                let judgement = rules
                    .unspent(judge, writer, row.kind.rewrites)
                    .and_then(|power| judge_store(judge, &power, store));
                if let Some(judgement) = judgement {
                    let gained = match row.key {
                        Some(_) => Capability::Encrypted(store),
                        None => Capability::Data(store),
                    };
                    rules.add(
                        judgement.certainty,
                        &[Capability::Principal(writer)],
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
        match (premises, conclusion) {
            ([writer], Capability::Principal(role)) => {
                judge_pair(judge, &Power::holding(judge, *writer, Detail::Full)?, role)
            }
            (
                [Capability::Principal(writer)],
                Capability::Data(store) | Capability::Encrypted(store),
            ) => judge_store(judge, &Power::of(judge, *writer, Detail::Full)?, store),
            _ => None,
        }
    }
}
