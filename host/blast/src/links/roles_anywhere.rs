//! Whoever holds a certificate that IAM Roles Anywhere takes has the roles of the profiles beside the trust
//! anchor.

use blastwall_policy::Principal;

use super::outside_caller::OutsideCaller;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::TrustAnchor;
use crate::judge::{Detail, Judge, Judgement};
use crate::request::RequestKeys;
use crate::subject::OutsideParty;
use crate::world::{ASSUME_ROLE, PrincipalIndex, World};

const SERVICE: &str = "rolesanywhere.amazonaws.com";

pub(super) struct RolesAnywhere;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "roles-anywhere",
    name: "IAM Roles Anywhere",
    family: "outside",
    source: "holder of a certificate under the trust anchor's authority; whoever has the authority issues \
        one",
    target: "the roles of the profiles in the anchor's account and region that trust the service",
    precondition: "anchor and profile are enabled, and the trust policy lets in the service for this anchor \
        (aws:SourceArn); conditions on the certificate (aws:PrincipalTag/x509Subject/… and the like) ask for \
        another certificate of the same authority",
    mitigations: "aws:SourceArn and aws:PrincipalTag/x509Subject/CN in the trust policy; profiles with \
        session policies; an authority of its own for machines",
    references: &[
        "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html",
        "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/introduction.html",
    ],
};

/// The party that comes with a certificate under an anchor.
pub(crate) fn holder(anchor: &TrustAnchor) -> OutsideParty {
    OutsideParty::CertificateHolder {
        anchor: anchor.arn.to_string(),
    }
}

/// Every anchor with the roles of the profiles beside it.
fn pairs(world: &World) -> impl Iterator<Item = (&TrustAnchor, PrincipalIndex)> {
    world.federation.iter().flat_map(move |facts| {
        facts.anchors.iter().flat_map(move |anchor| {
            let beside = facts.profiles.iter().filter(|profile| {
                let (one, other) = (&profile.arn, &anchor.arn);
                one.account() == other.account() && one.region() == other.region()
            });
            let roles = beside.flat_map(|profile| &profile.roles);
            // A profile gives roles of its own account.
            let own = roles.filter(|role| role.split(':').nth(4) == Some(anchor.arn.account()));
            own.filter_map(move |role| Some((anchor, world.find_principal(role)?)))
        })
    })
}

/// Whether the role lets in whoever comes with a certificate under an anchor of this ARN.
pub(super) fn enters(
    judge: &Judge<'_>,
    anchor: &str,
    account: &str,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let row = world.principal(role)?;
    let caller = OutsideCaller {
        principal: &Principal::parse(SERVICE).ok()?,
        action: ASSUME_ROLE,
        // Whoever has the authority writes what the certificate says.
        made_by_attacker: true,
    };
    let keys = RequestKeys::new(world)
        .for_resource(row)
        .build()
        .fixed("aws:SourceArn", [anchor])
        .fixed("aws:SourceAccount", [account]);
    caller.enters(judge, role, keys, detail)
}

fn judge_pair(
    judge: &Judge<'_>,
    anchor: &TrustAnchor,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let (arn, account) = (anchor.arn.as_str(), anchor.arn.account());
    enters(judge, arn, account, role, detail)
}

impl LinkKind for RolesAnywhere {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for (anchor, role) in pairs(world) {
            let judgement = judge_pair(judge, anchor, role, Detail::Certainty);
            if let (Some(judgement), Some(party)) = (judgement, world.find_outside(&holder(anchor)))
            {
                rules.add(
                    judgement.certainty,
                    &[Capability::Outside(party)],
                    Capability::Principal(role),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let ([Capability::Outside(party)], Capability::Principal(role)) = (premises, conclusion)
        else {
            return None;
        };
        let party = judge.world().outside.get(party.index())?;
        let (anchor, _) = pairs(judge.world())
            .find(|(anchor, other)| *other == role && holder(anchor) == *party)?;
        judge_pair(judge, anchor, role, Detail::Full)
    }
}

/// An authority of AWS Private CA issues certificates to whoever may ask it to.
pub(super) struct PrivateAuthority;

const PRIVATE_CA: LinkDocumentation = LinkDocumentation {
    id: "issued-certificate",
    name: "Certificates of a private authority",
    family: "outside",
    source: "whoever may issue certificates from an authority of AWS Private CA; the account that owns it",
    target: "a certificate that IAM Roles Anywhere takes",
    precondition: "the authority is the one behind a trust anchor; its owner may be another account than the \
        anchor's",
    mitigations: "acm-pca:TemplateArn as a condition of acm-pca:IssueCertificate; an authority of its own for \
        Roles Anywhere",
    references: &[
        "https://docs.aws.amazon.com/privateca/latest/userguide/pca-resource-sharing.html",
    ],
};

impl LinkKind for PrivateAuthority {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &PRIVATE_CA
    }

    fn hops(&self) -> u8 {
        0
    }

    fn is_structural(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for anchor in world.federation.iter().flat_map(|facts| &facts.anchors) {
            let (Some(authority), Some(party)) =
                (&anchor.authority, world.find_outside(&holder(anchor)))
            else {
                continue;
            };
            let owner = authority.split(':').nth(4).unwrap_or_default();
            let source = match world.find_store(authority) {
                Some(store) => Some(Capability::Data(store)),
                None => world.find_account(owner).map(Capability::Account),
            };
            if let Some(source) = source {
                rules.add(Certainty::Certain, &[source], Capability::Outside(party));
            }
        }
    }
}
