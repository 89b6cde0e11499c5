//! Inline policies of groups that allow everything.

use blastwall_sdk::prelude::*;

use crate::administration::inline;

/// Keep inline policies of groups from allowing everything
///
/// Looks at the policies that are embedded in each group. A statement that allows every action on
/// every resource without a condition makes the group an administrator, and an embedded policy is
/// seen by nobody who reviews managed policies.
///
/// # Remediation
///
/// Replace the policy by one that allows what is needed:
///
/// ```sh
/// aws iam delete-group-policy --group-name NAME --policy-name POLICY
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html>
#[check(id = "iam-group-inline-administration", severity = High, category = Security, controls = ["cis-aws-7.0:2.14"])]
pub(crate) fn check(group: &Group) -> Result<Outcome, Unknown> {
    inline(&group.config.policies)
}
