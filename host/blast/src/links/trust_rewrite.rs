//! Whoever may rewrite the trust policy of a role can let itself in.

use super::power::Power;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::facts::PrincipalKind;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{ASSUME_ROLE, PrincipalIndex};

pub(super) struct TrustRewrite;

const UPDATE: &str = "iam:UpdateAssumeRolePolicy";

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "trust-rewrite",
    name: "Rewrite of a trust policy",
    family: "identity",
    source: "principal with iam:UpdateAssumeRolePolicy on the role",
    target: "role of the same account",
    precondition: "boundary and service control policies leave iam:UpdateAssumeRolePolicy open, and \
        sts:AssumeRole for whoever is let in",
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
    let enter = power.with_any_policy().may_once_let_in(
        ASSUME_ROLE,
        row.arn.as_str(),
        power.keys_about(row),
    )?;
    Some(power.complete(rewrite.and(enter)))
}

impl LinkKind for TrustRewrite {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![UPDATE]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for writer in world.principal_indices() {
            let Some(power) = rules.unspent(judge, writer, &[UPDATE]) else {
                continue;
            };
            for role in world.principals_of(power.row.account) {
                if role == writer {
                    continue;
                }
                if let Some(judgement) = judge_pair(judge, &power, role) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Principal(writer)],
                        Capability::Principal(role),
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
            ([Capability::Principal(writer)], Capability::Principal(role)) => {
                judge_pair(judge, &Power::of(judge, *writer, Detail::Full)?, role)
            }
            _ => None,
        }
    }
}
