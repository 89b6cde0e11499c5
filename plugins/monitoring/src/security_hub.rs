//! Security Hub in every region.

use std::collections::BTreeSet;

use blastwall_sdk::prelude::*;

use crate::regions;

/// Gather findings with Security Hub in every region
///
/// Looks at whether Security Hub is enabled in each enabled region. It runs the controls of AWS's own
/// standards and gathers what GuardDuty, Inspector, Macie and others find, so that there is one place
/// to look at.
///
/// # Remediation
///
/// Console: Security Hub, "Enable", best for all accounts and regions by central configuration from
/// a delegated administrator. CLI, in each region:
///
/// ```sh
/// aws securityhub enable-security-hub --enable-default-standards --region REGION
/// ```
///
/// Terraform: `aws_securityhub_account`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/securityhub/latest/userguide/what-is-securityhub.html>
#[check(
    id = "security-hub-all-regions",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:5.16"],
    reads = [SecurityHub, Region]
)]
pub(crate) fn check(account: &Account) -> Result<Outcome, Unknown> {
    let seen = account.seen::<SecurityHub>()?;
    let having: BTreeSet<&str> = seen.iter().map(|hub| hub.region.as_str()).collect();
    let missing = regions::without(account, &having)?;
    if missing.is_empty() {
        return Ok(pass("Security Hub is enabled in every enabled region"));
    }
    account.all::<SecurityHub>()?;
    Ok(fail(format!(
        "Security Hub is not enabled in {}",
        missing.join(", ")
    )))
}
