//! A user or group of Identity Center has the role of each permission set that it is assigned.

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Judge, Judgement};

pub(super) struct SsoAssignment;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "sso-assignment",
    name: "Identity Center assignment",
    family: "identity",
    source: "user or group of Identity Center",
    target: "the role of the permission set in each account that it is assigned in",
    precondition: "always: signing in as the user, or as a member of the group, gives a session of the role. Where \
        the name of a permission set was not told, each role of Identity Center in the account that is of no known \
        set may be meant",
    mitigations: "fewer assignments; conditions inside the permission set; MFA and session policies of the \
        identity provider",
    references: &["https://docs.aws.amazon.com/singlesignon/latest/userguide/useraccess.html"],
};

impl LinkKind for SsoAssignment {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        for assigned in &judge.world().workforce.assignments {
            let certainty = match assigned.guessed {
                None => Certainty::Certain,
                Some(_) => Certainty::Conditional,
            };
            rules.add(
                certainty,
                &[Capability::Outside(assigned.party)],
                Capability::Principal(assigned.role),
            );
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let mut assigned = judge.world().workforce.assignments.iter();
        let assigned = assigned.find(|assigned| {
            premises == [Capability::Outside(assigned.party)]
                && conclusion == Capability::Principal(assigned.role)
        })?;
        let set = assigned.guessed.as_ref();
        let unseen = set.map(|set| format!("the name of the permission set {set} was not told, so that the role may be another's"));
        Some(Judgement::default().hanging_on(Certainty::Conditional, unseen.as_slice()))
    }
}
