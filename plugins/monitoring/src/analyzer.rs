//! IAM Access Analyzer in every region.

use std::collections::BTreeSet;

use blastwall_sdk::prelude::*;

use crate::regions;

/// Analyse access from outside in every region
///
/// Looks at whether each enabled region has an active analyzer of external access, of the account or
/// of the organization. It tells when a bucket, a key or a role is opened to strangers. Analyzers of
/// unused or internal access do not count. An analyzer of the organization is seen only in the account
/// that it was made in, so the accounts that it watches fail here unless they have one of their own:
/// mute the check there.
///
/// # Remediation
///
/// Console: IAM, "Access analyzer", in each region. CLI, best for the organization, from a delegated
/// administrator:
///
/// ```sh
/// aws accessanalyzer create-analyzer --analyzer-name outside --type ORGANIZATION --region REGION
/// ```
///
/// Terraform: `aws_accessanalyzer_analyzer`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html>
#[check(
    id = "access-analyzer-all-regions",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.18"],
    reads = [Analyzer, Region]
)]
pub(crate) fn check(account: &Account) -> Result<Outcome, Unknown> {
    let mut having = BTreeSet::new();
    let mut undecided = None;
    for analyzer in account.seen::<Analyzer>()? {
        match watches(analyzer) {
            Ok(true) => {
                having.insert(analyzer.region.as_str());
            }
            Ok(false) => {}
            Err(unknown) => undecided = Some(unknown),
        }
    }
    let missing = regions::without(account, &having)?;
    if missing.is_empty() {
        return Ok(pass("every enabled region has an active analyzer"));
    }
    if let Some(unknown) = undecided {
        return Err(unknown);
    }
    account.all::<Analyzer>()?;
    Ok(fail(format!(
        "no active analyzer in {}",
        missing.join(", ")
    )))
}

fn watches(analyzer: &Analyzer) -> Result<bool, Unknown> {
    let kind = analyzer.config.analyzer_type.required()?;
    Ok(matches!(kind.as_str(), "ACCOUNT" | "ORGANIZATION")
        && analyzer.observed.status.required()? == "ACTIVE")
}
