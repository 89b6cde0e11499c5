//! A service of AWS that a role trusts.
//!
//! AWS's services are not attackers. The link says through which services somebody's workload or
//! request could come to act as the role; who can make the service do so is the business of other
//! kinds. So it is speculative throughout.

use super::LinkDocumentation;
use super::outside_trust::OutsideTrust;
use crate::certainty::Certainty;
use crate::subject::OutsideParty;
use crate::world::ASSUME_ROLE;

pub(super) static SERVICE_TRUST: OutsideTrust = OutsideTrust {
    documentation: LinkDocumentation {
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
    },
    named: |trust| &trust.services,
    party: |name| OutsideParty::Service { name },
    name: |party| match party {
        OutsideParty::Service { name } => Some(name),
        _ => None,
    },
    action: |_| Some(ASSUME_ROLE),
    besides: Some((Certainty::Speculative, |name| {
        format!("somebody makes {name} act as the role")
    })),
};
