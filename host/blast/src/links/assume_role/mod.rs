//! Who may become a role: `sts:AssumeRole`, inside an account, across accounts and from outside.
//!
//! Callers are found from the side of the trust policy, which names accounts, principals or
//! everyone; whether one gets in is then judged against all layers ([`access`](super::access)).
//! A role whose trust policy is not known is entered from the other side, by identity policies
//! that name it ([`unseen`]).

mod unseen;

use super::access::{Gate, ask, candidates};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::judge::{Detail, Judge, Judgement};

pub(super) struct AssumeRole;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "assume-role",
    name: "Role trust (sts:AssumeRole)",
    family: "identity",
    source: "principal, whole account, or outside account",
    target: "role in any account",
    precondition: "the trust policy lets the caller in; across accounts, and where the trust names \
        only the account, the caller's identity policies allow it as well; the caller's permissions \
        boundary, the service control policies of its account and the resource control policies of \
        the role's account do not stop it. Whoever has a whole account writes the identity policies",
    mitigations: "sts:ExternalId, aws:PrincipalOrgID, aws:PrincipalOrgPaths, aws:PrincipalArn, \
        aws:PrincipalTag/*, aws:MultiFactorAuthPresent in the trust policy; sts:AssumeRole in \
        service control and resource control policies",
    references: &[
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html",
    ],
};

impl LinkKind for AssumeRole {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![crate::world::ASSUME_ROLE]
    }

    fn hangs_on_target(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        for (role, ..) in judge.world().trusting_roles() {
            if let Some(gate) = Gate::of_role(judge.world(), role) {
                candidates::add_links(judge, rules, &gate);
            }
        }
        unseen::derive(judge, rules);
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let Capability::Principal(role) = conclusion else {
            return None;
        };
        ask::from(
            judge,
            premises,
            &Gate::of_role(judge.world(), role)?,
            Detail::Full,
        )
    }
}
