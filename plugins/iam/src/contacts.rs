//! Whom AWS reaches about an account.

use blastwall_sdk::prelude::*;

/// Let AWS reach somebody
///
/// Looks at whether the account has contact information. AWS writes there when it sees abuse, and
/// closes the account if nobody answers. That it is up to date, only a person can say.
///
/// # Remediation
///
/// Set the contact information (console: "Account"), best of a group rather than a person:
///
/// ```sh
/// aws account put-contact-information --contact-information file://contact.json
/// ```
///
/// Terraform: `aws_account_primary_contact`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact.html>
#[check(
    id = "account-contact",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.2"]
)]
pub(crate) fn primary(contacts: &Contacts) -> Result<Outcome, Unknown> {
    // The name itself stays out of the report.
    Ok(match contacts.config.full_name.get()? {
        Some(name) if !name.trim().is_empty() => pass("the account has contact information"),
        _ => fail("the account has no contact information"),
    })
}

/// Let AWS reach security people
///
/// Looks for the alternate contact of type `SECURITY`. Without it AWS's warnings about security go to
/// the e-mail address of the root user only, which nobody reads at night.
///
/// # Remediation
///
/// Set it, for all accounts at once from the management account:
///
/// ```sh
/// aws account put-alternate-contact --alternate-contact-type SECURITY --account-id ACCOUNT \
///   --email-address security@example.com --name Security --title SOC --phone-number +15550100
/// ```
///
/// Terraform: `aws_account_alternate_contact`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html>
#[check(
    id = "account-security-contact",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:2.3"]
)]
pub(crate) fn security(contacts: &Contacts) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let alternates = contacts.config.alternate_contacts.get()?.unwrap_or(&none);
    let found = alternates
        .iter()
        .any(|contact| contact.alternate_contact_type == "SECURITY");
    Ok(if found {
        pass("the account has a security contact")
    } else {
        fail("the account has no security contact")
    })
}
