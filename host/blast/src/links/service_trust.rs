//! A service of AWS that a role trusts.
//!
//! AWS's services are not attackers. The link says through which services somebody's workload or
//! request could come to act as the role; who can make the service do so is the business of other
//! kinds. So it is speculative throughout.

use blastwall_policy::Principal;

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Case, Detail, Identity, Judge, Judgement, RequestKeys, ResourcePolicy};
use crate::subject::OutsideParty;
use crate::world::{ASSUME_ROLE, OutsideIndex, PrincipalIndex};

pub(super) struct ServiceTrust;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "service-trust",
    name: "AWS service to role",
    family: "outside",
    source: "AWS service, acting for one of its users",
    target: "role that trusts it",
    precondition: "the trust policy names the service and its conditions may hold; whoever can make \
        the service act in this account, or deceive it, acts as the role",
    mitigations: "aws:SourceArn, aws:SourceAccount and aws:SourceOrgID in the trust policy; \
        iam:PassRole limited to who needs it",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ],
};

fn judge_service(
    judge: &Judge<'_>,
    outside: OutsideIndex,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let Some(OutsideParty::Service { name }) = world.outside.get(outside.index()) else {
        return None;
    };
    let row = world.principal(role)?;
    let account = world.account(row.account)?;
    let principal = Principal::parse(name).ok()?;
    let judgement = judge.judge(
        &Case {
            principal: &principal,
            action: ASSUME_ROLE,
            resource: row.arn.as_str(),
            resource_account: account.id.as_str(),
            keys: RequestKeys::new(world).for_resource(row).build(),
            identity: Identity::Attached(&[]),
            boundary: None,
            scps: None,
            rcps: Some(account.rcps),
            resource_policy: Some(ResourcePolicy::of(row)?),
            made_by_attacker: false,
        },
        detail,
    )?;
    Some(judgement.hanging_on(
        Certainty::Speculative,
        &[format!("somebody makes {name} act as the role")],
    ))
}

impl LinkKind for ServiceTrust {
    fn documentation(&self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> &'static [&'static str] {
        &[]
    }

    fn hops(&self) -> u8 {
        1
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for (role, _, trust) in world.trusting_roles() {
            let Some(summary) = world.trusts.get(&trust) else {
                continue;
            };
            for name in &summary.services {
                let party = OutsideParty::Service {
                    name: name.to_string(),
                };
                let Some(outside) = world.find_outside(&party) else {
                    continue;
                };
                if let Some(judgement) = judge_service(judge, outside, role, Detail::Certainty) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Outside(outside)],
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
            ([Capability::Outside(outside)], Capability::Principal(role)) => {
                judge_service(judge, *outside, role, Detail::Full)
            }
            _ => None,
        }
    }
}
