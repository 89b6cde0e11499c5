//! An identity provider that a role trusts.

use blastwall_policy::{FederationProtocol, Principal};

use super::LinkDocumentation;
use super::outside_trust::OutsideTrust;
use crate::subject::OutsideParty;
use crate::world::{ASSUME_ROLE_WITH_SAML, ASSUME_ROLE_WITH_WEB_IDENTITY};

pub(super) static FEDERATED_TRUST: OutsideTrust = OutsideTrust {
    documentation: LinkDocumentation {
        id: "federated-trust",
        name: "Identity provider to role",
        family: "outside",
        source: "identity provider (OIDC or SAML): whoever administers it, and whom it vouches for",
        target: "role that trusts it",
        precondition: "the trust policy names the provider for sts:AssumeRoleWithWebIdentity or \
            sts:AssumeRoleWithSAML; conditions on the provider's claims say for whom",
        mitigations: "conditions on the claims: sub and aud for OIDC, SAML:aud and SAML:sub for SAML",
        references: &[
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp.html",
        ],
    },
    named: |trust| &trust.federated,
    party: |provider| OutsideParty::IdentityProvider { provider },
    name: |party| match party {
        OutsideParty::IdentityProvider { provider } => Some(provider),
        _ => None,
    },
    action: |principal| match principal {
        Principal::IdentityProvider { protocol, .. } => Some(match protocol {
            FederationProtocol::Saml => ASSUME_ROLE_WITH_SAML,
            FederationProtocol::Oidc => ASSUME_ROLE_WITH_WEB_IDENTITY,
        }),
        _ => None,
    },
    besides: None,
};
