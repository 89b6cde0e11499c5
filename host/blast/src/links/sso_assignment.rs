//! A user or group of Identity Center has the role of each permission set that it is assigned.

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::Judge;

pub(super) struct SsoAssignment;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "sso-assignment",
    name: "Identity Center assignment",
    family: "identity",
    source: "user or group of Identity Center",
    target: "the role of the permission set in each account that it is assigned in",
    precondition: "always: signing in as the user, or as a member of the group, gives a session of the role",
    mitigations: "fewer assignments; conditions inside the permission set; MFA and session policies of the \
        identity provider",
    references: &["https://docs.aws.amazon.com/singlesignon/latest/userguide/useraccess.html"],
};

impl LinkKind for SsoAssignment {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        for (party, role) in &judge.world().assignments {
            rules.add(
                Certainty::Certain,
                &[Capability::Outside(*party)],
                Capability::Principal(*role),
            );
        }
    }
}
