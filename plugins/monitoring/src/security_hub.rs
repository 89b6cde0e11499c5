//! Security Hub in every region.

use std::collections::BTreeSet;

use blastwall_sdk::prelude::*;

use crate::regions;

/// Switch Security Hub on in every region
///
/// Looks at whether each enabled region has Security Hub. It is where the findings of AWS's own
/// services come together; a region without it keeps them to itself.
///
/// # Remediation
///
/// Console: "Security Hub", in each region. CLI, best from the delegated administrator for all
/// accounts and regions by central configuration:
///
/// ```sh
/// aws securityhub enable-security-hub --region REGION
/// ```
///
/// Terraform: `aws_securityhub_account`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html>
#[check(
    id = "security-hub-all-regions",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:5.16"],
    reads = [Hub, Region]
)]
pub(crate) fn check(account: &Account) -> Result<Outcome, Unknown> {
    let hubs = account.seen::<Hub>()?;
    let having: BTreeSet<&str> = hubs.iter().map(|hub| hub.region.as_str()).collect();
    let missing = regions::without(account, &having)?;
    if missing.is_empty() {
        return Ok(pass("every enabled region has Security Hub"));
    }
    account.all::<Hub>()?;
    Ok(fail(format!("no Security Hub in {}", missing.join(", "))))
}
