//! Whom key policies and grants let in.

use blastwall_sdk::Value;
use blastwall_sdk::policy::Policy;
use blastwall_sdk::policy::Principal;
use blastwall_sdk::policy::analysis::public_access;
use blastwall_sdk::prelude::*;

use crate::key::not_ours;

/// The key policy, as the document and as what it says.
///
/// # Errors
/// If it could not be fetched or is no policy: what it allows cannot be told.
fn key_policy(key: &Key) -> Result<(&Value, Policy), Unknown> {
    let document = key.config.key_policy.required()?;
    let policy = read_policy(document, "config.KeyPolicy")?;
    Ok((document, policy))
}

/// Keep KMS keys from being public
///
/// Looks at whether the key policy allows anything to everybody under no condition that pins the
/// caller, as `kms:CallerAccount` does. Whoever may use the key reads what it protects, wherever they
/// come by a copy.
///
/// # Remediation
///
/// Name the principals, or add a condition on `aws:PrincipalOrgID` (console: KMS, the key, "Key
/// policy"):
///
/// ```sh
/// aws kms put-key-policy --key-id KEY --policy-name default --policy file://policy.json
/// ```
///
/// Terraform: `policy` in `aws_kms_key`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
#[check(
    id = "kms-key-public",
    severity = Critical,
    category = Security,
    controls = ["cis-aws-7.0:2.21"]
)]
pub(crate) fn public(key: &Key, account: &Account) -> Result<Outcome, Unknown> {
    if let Some(outcome) = not_ours(key)? {
        return Ok(outcome);
    }
    let (document, policy) = key_policy(key)?;
    Ok(match public_access(&policy, account.id().as_str()) {
        None => pass("the key policy is not public"),
        Some(grant) => fail(format!(
            "the key policy allows {}{} to everybody",
            if grant.actions_negated {
                "all but "
            } else {
                ""
            },
            grant.actions.join(", ")
        ))
        .statement("/config/KeyPolicy", document, grant.statement),
    })
}

/// Which accounts are no strangers, besides those of the organization.
#[derive(Parameters)]
pub(crate) struct Trusted {
    /// Accounts outside the organization that may use keys, as twelve digits.
    #[parameter(default = [])]
    trusted_accounts: Vec<String>,
}

/// Let KMS keys be used only within the organization
///
/// Looks at whom the key policy lets in that is neither of the account nor of the organization nor
/// named in `trusted_accounts`. AWS services do not count.
///
/// # Remediation
///
/// Take out principals that you do not know, or fence the policy with a condition on
/// `aws:PrincipalOrgID` (console: KMS, the key, "Key policy"):
///
/// ```sh
/// aws kms put-key-policy --key-id KEY --policy-name default --policy file://policy.json
/// ```
///
/// Terraform: `policy` in `aws_kms_key`. For the whole organization: a resource control policy.
///
/// # References
///
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html>
#[check(
    id = "kms-key-shared-outside",
    severity = High,
    category = Security,
    controls = ["cis-aws-7.0:2.21"],
    reads = [OrganizationAccount, OrganizationDescription]
)]
pub(crate) fn outside(
    key: &Key,
    account: &Account,
    organization: &Organization,
    parameters: &Trusted,
) -> Result<Outcome, Unknown> {
    if let Some(outcome) = not_ours(key)? {
        return Ok(outcome);
    }
    let (document, policy) = key_policy(key)?;
    let insiders = Insiders::new(account, organization, &parameters.trusted_accounts);
    let outsiders = insiders.outsiders(&policy)?;
    if outsiders.is_empty() {
        return Ok(pass("the key policy lets in nobody from outside"));
    }
    let names: Vec<String> = outsiders
        .iter()
        .map(|grant| grant.audience.to_string())
        .collect();
    let outcome = fail(format!("the key policy lets in {}", names.join(", ")));
    Ok(outsiders.iter().fold(outcome, |outcome, grant| {
        outcome.statement("/config/KeyPolicy", document, grant.statement)
    }))
}

/// Grant KMS keys only within the organization
///
/// Looks at the principals that the grants of each key name. A grant is easily overlooked: it is in
/// no policy, and it stays until somebody retires it. Services that hold grants act for the account
/// and do not count, nor do accounts in `trusted_accounts`.
///
/// # Remediation
///
/// Revoke the grant; the console does not show grants:
///
/// ```sh
/// aws kms list-grants --key-id KEY
/// aws kms revoke-grant --key-id KEY --grant-id GRANT
/// ```
///
/// Terraform: remove the `aws_kms_grant`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>
#[check(
    id = "kms-grant-outside",
    severity = High,
    category = Security,
    reads = [OrganizationAccount, OrganizationDescription]
)]
pub(crate) fn grants(
    key: &Key,
    account: &Account,
    organization: &Organization,
    parameters: &Trusted,
) -> Result<Outcome, Unknown> {
    if let Some(outcome) = not_ours(key)? {
        return Ok(outcome);
    }
    let none = Vec::new();
    let grants = key.observed.grants.get()?.unwrap_or(&none);
    let insiders = Insiders::new(account, organization, &parameters.trusted_accounts);
    let mut outside = Vec::new();
    let mut undecided = None;
    for (index, grant) in grants.iter().enumerate() {
        let Some(grantee) = grant.grantee_principal.as_deref() else {
            continue;
        };
        let principal = Principal::parse(grantee).ok();
        // A service has no account, nor has what is left of a principal that was deleted.
        let Some(id) = principal.as_ref().and_then(Principal::account) else {
            continue;
        };
        match insiders.has_account(id) {
            Ok(true) => {}
            Ok(false) => outside.push((index, grant, grantee)),
            Err(unknown) => undecided = Some(unknown),
        }
    }
    if outside.is_empty() {
        return match undecided {
            Some(unknown) => Err(unknown),
            None => Ok(pass("no grant names anybody from outside")),
        };
    }
    let names: Vec<&str> = outside.iter().map(|(_, _, grantee)| *grantee).collect();
    let outcome = fail(format!("granted to {}", names.join(", ")));
    Ok(outside.iter().fold(outcome, |outcome, (index, grant, _)| {
        outcome.evidence(format!("/observed/Grants/{index}"), grant)
    }))
}
