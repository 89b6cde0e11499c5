//! Whoever may rewrite the trust policy of a role, or the policy of what holds data, can let itself in.

use super::power::Power;
use super::{Deriver, LinkDocumentation, LinkKind, policy_rewrite, supply};
use crate::capability::Capability;
use crate::facts::{PrincipalKind, store_kinds};
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{ASSUME_ROLE, PrincipalIndex};

pub(super) struct TrustRewrite;

/// What others build on by what they may read there, not by what their documents say.
const PACKAGES: &str = "AWS::CodeArtifact::Repository";

const UPDATE: &str = "iam:UpdateAssumeRolePolicy";

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "trust-rewrite",
    name: "Rewrite of a trust or resource policy",
    family: "identity",
    source: "principal with iam:UpdateAssumeRolePolicy on the role, or the like of s3:PutBucketPolicy, \
        kms:PutKeyPolicy, kms:CreateGrant or ec2:ModifySnapshotAttribute on what holds data; of another \
        account too for kms:CreateGrant",
    target: "role or data of the same account; supply from a repository or bucket that others run",
    precondition: "boundary, service control policies and the policy that is there leave the rewriting open, \
        and entering or reading for whoever is let in: somebody of the account, or else somebody of an \
        account outside, whom only resource control policies bind. Disks and images are shared with \
        accounts outside alone. Whoever comes from outside needs the customer's key too, and never gets \
        past one that AWS keeps for the account",
    mitigations: "service control policies on iam:UpdateAssumeRolePolicy, aws:PrincipalOrgID in a resource \
        control policy on sts:AssumeRole",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html",
        "https://pathfinding.cloud/paths/iam-012",
    ],
};

fn judge_pair(judge: &Judge<'_>, power: &Power<'_, '_>, role: PrincipalIndex) -> Option<Judgement> {
    let row = judge.world().principal(role)?;
    if row.kind != PrincipalKind::Role || row.is_protected() {
        return None;
    }
    let power = &power.asking_for(row);
    let rewrite = power.may(UPDATE, row.arn.as_str(), power.keys_about(row))?;
    // The new trust policy names whomever it takes.
    let enter = power
        .with_any_policy()
        .may_once_let_in(ASSUME_ROLE, row.arn.as_str(), power.keys_about(row))
        .or_else(|| power.stranger_may_once_let_in(ASSUME_ROLE, row.arn.as_str()))?;
    Some(power.complete(rewrite.and(enter)))
}

impl LinkKind for TrustRewrite {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        let stores = store_kinds().flat_map(|kind| kind.rewrites);
        stores.copied().chain([UPDATE]).collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        rules.add_pairs(judge, &[UPDATE], |power, role| {
            judge_pair(judge, power, role)
        });
        let supplied = supply::supplied(world);
        for store in world.store_indices() {
            let builds_on = world
                .store(store)
                .is_some_and(|row| row.kind.kind == PACKAGES);
            let supplies = builds_on || supplied.contains_key(&store);
            policy_rewrite::derive(judge, rules, store, supplies);
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        if let ([writer], Capability::Principal(role)) = (premises, conclusion) {
            return judge_pair(judge, &Power::holding(judge, *writer, Detail::Full)?, role);
        }
        policy_rewrite::explain(judge, premises, conclusion)
    }
}
