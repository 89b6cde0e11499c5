//! An identity provider that a role trusts.

use blastwall_policy::{FederationProtocol, Principal};

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::judge::{Case, Detail, Identity, Judge, Judgement, RequestKeys, ResourcePolicy};
use crate::subject::OutsideParty;
use crate::world::{
    ASSUME_ROLE_WITH_SAML, ASSUME_ROLE_WITH_WEB_IDENTITY, OutsideIndex, PrincipalIndex,
};

pub(super) struct FederatedTrust;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "federated-trust",
    name: "Identity provider to role",
    family: "outside",
    source: "identity provider (OIDC or SAML): whoever administers it, and whom it vouches for",
    target: "role that trusts it",
    precondition: "the trust policy names the provider for sts:AssumeRoleWithWebIdentity or \
        sts:AssumeRoleWithSAML; conditions on the provider's claims say for whom",
    mitigations: "conditions on the claims: sub and aud for OIDC, SAML:aud and SAML:sub for SAML",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp.html"],
};

fn judge_provider(
    judge: &Judge<'_>,
    outside: OutsideIndex,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let Some(OutsideParty::IdentityProvider { provider }) = world.outside.get(outside.index())
    else {
        return None;
    };
    let row = world.principal(role)?;
    let account = world.account(row.account)?;
    let principal = Principal::parse(provider).ok()?;
    let Principal::IdentityProvider { protocol, .. } = &principal else {
        return None;
    };
    judge
        .judge(
            &Case {
                principal: &principal,
                action: match protocol {
                    FederationProtocol::Saml => ASSUME_ROLE_WITH_SAML,
                    FederationProtocol::Oidc => ASSUME_ROLE_WITH_WEB_IDENTITY,
                },
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
        )
        .map(|judgement| {
            judgement.hanging_on(crate::certainty::Certainty::Conditional, &account.rcp_gaps)
        })
}

impl LinkKind for FederatedTrust {
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
            for provider in &summary.federated {
                let party = OutsideParty::IdentityProvider {
                    provider: provider.to_string(),
                };
                let Some(outside) = world.find_outside(&party) else {
                    continue;
                };
                if let Some(judgement) = judge_provider(judge, outside, role, Detail::Certainty) {
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
                judge_provider(judge, *outside, role, Detail::Full)
            }
            _ => None,
        }
    }
}
