//! Inline policies of users that allow everything.

use blastwall_sdk::prelude::*;

use crate::administration::inline;

/// Keep inline policies of users from allowing everything
///
/// Looks at the policies that are embedded in each user. A statement that allows every action on
/// every resource without a condition makes the user an administrator, and an embedded policy is
/// seen by nobody who reviews managed policies.
///
/// # Remediation
///
/// Replace the policy by one that allows what is needed:
///
/// ```sh
/// aws iam delete-user-policy --user-name NAME --policy-name POLICY
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html>
#[check(id = "iam-user-inline-administration", severity = High, category = Security, controls = ["cis-aws-7.0:2.14"])]
pub(crate) fn check(user: &User) -> Result<Outcome, Unknown> {
    inline(&user.config.policies)
}
