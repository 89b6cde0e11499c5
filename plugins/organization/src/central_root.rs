//! Root users, managed from one place.

use blastwall_sdk::prelude::*;

/// Manage root users centrally
///
/// Looks at whether the organization has both features of central root access: root credentials of
/// member accounts can be removed and kept away, and the few tasks that need a root user are done by
/// short sessions. A root user without credentials cannot be phished.
///
/// # Remediation
///
/// From the management account (console: IAM, "Root access management"):
///
/// ```sh
/// aws iam enable-organizations-root-credentials-management
/// aws iam enable-organizations-root-sessions
/// ```
///
/// Terraform: `aws_iam_organizations_features`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html>
#[check(
    id = "organization-central-root",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:2.1.1"]
)]
pub(crate) fn check(organization: &OrganizationDescription) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let features = organization
        .observed
        .enabled_features
        .get()?
        .unwrap_or(&none);
    let missing: Vec<&str> = ["RootCredentialsManagement", "RootSessions"]
        .into_iter()
        .filter(|wanted| !features.iter().any(|feature| feature == wanted))
        .collect();
    let outcome = if missing.is_empty() {
        pass("root users are managed centrally")
    } else {
        fail(format!("not enabled: {}", missing.join(", ")))
    };
    Ok(outcome.evidence("/observed/EnabledFeatures", features))
}
