//! A check of a resource that looks at the organization around it and asks what a policy means.

use std::collections::BTreeSet;

use blastwall_sdk::Arn;
use blastwall_sdk::model::resources;
use blastwall_sdk::policy::Policy;
use blastwall_sdk::policy::analysis::{Audience, audience};
use blastwall_sdk::prelude::*;

#[derive(Parameters)]
pub(crate) struct Partners {
    /// The ids of accounts outside the organization that roles may trust.
    #[parameter(default = [], schema = { "items": { "type": "string", "pattern": "^[0-9]{12}$" } })]
    partner_accounts: Vec<String>,
}

/// Keep roles from trusting strangers
///
/// Looks at who may assume each IAM role by its trust policy. An account that is neither in the
/// organization nor a known partner is a way in that nobody here watches. Services and identity
/// providers are the subject of other rules.
///
/// # Remediation
///
/// Take the stranger out of the role's trust policy, or name its account in `partner-accounts`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>
#[check(
    id = "house-role-trust",
    severity = High,
    category = Security,
    reads = [resources::Account, resources::Organization]
)]
pub(crate) fn check(
    role: &Role,
    organization: &Organization,
    partners: &Partners,
) -> Result<Outcome, Unknown> {
    let document = role.config.assume_role_policy_document.required()?;
    let policy = Policy::from_value(document).map_err(|_| Unknown {
        path: "config.AssumeRolePolicyDocument".to_owned(),
        reason: "it is no policy".to_owned(),
    })?;
    let mut strangers = BTreeSet::new();
    let mut statements = BTreeSet::new();
    // One stranger decides, whether or not another principal can be placed.
    let mut unclear = None;
    for grant in audience(&policy, role.account.as_str()) {
        let member = match &grant.audience {
            Audience::Anyone => Ok(false),
            Audience::Organization(id) => is_ours(organization, id),
            Audience::OrganizationPath(path) => {
                is_ours(organization, path.split('/').next().unwrap_or_default())
            }
            Audience::Account(id) => is_known(id, role, organization, partners),
            Audience::Principal(principal) => {
                let account = account_of(&principal.to_string()).to_owned();
                is_known(&account, role, organization, partners)
            }
            Audience::PrincipalPattern(pattern) => {
                is_known(account_of(pattern), role, organization, partners)
            }
            Audience::CanonicalUser(_)
            | Audience::Service { .. }
            | Audience::IdentityProvider { .. }
            | Audience::Nobody(_) => Ok(true),
        };
        match member {
            Ok(true) => {}
            Ok(false) => {
                strangers.insert(grant.audience.to_string());
                statements.insert(grant.statement);
            }
            Err(unknown) => unclear = unclear.or(Some(unknown)),
        }
    }
    if strangers.is_empty() {
        return match unclear {
            Some(unknown) => Err(unknown),
            None => Ok(pass("the role trusts nobody outside the organization")),
        };
    }
    let strangers: Vec<String> = strangers.into_iter().collect();
    let message = format!("the role trusts {}", strangers.join(" and "));
    Ok(statements
        .into_iter()
        .fold(fail(message), |outcome, statement| {
            outcome.statement("/config/AssumeRolePolicyDocument", document, statement)
        }))
}

/// Whether an account is the role's own, a partner or a member of the organization.
fn is_known(
    account: &str,
    role: &Role,
    organization: &Organization,
    partners: &Partners,
) -> Result<bool, Unknown> {
    let is_partner = partners.partner_accounts.iter().any(|id| id == account);
    if account == role.account.as_str() || is_partner {
        return Ok(true);
    }
    let mut members = organization.seen::<resources::Account>()?.iter();
    if members.any(|member| last_part(&member.arn) == account) {
        return Ok(true);
    }
    // Not among those that were seen; if some could not be seen, that says nothing.
    organization.all::<resources::Account>()?;
    Ok(false)
}

/// Whether an id is that of this organization.
fn is_ours(organization: &Organization, id: &str) -> Result<bool, Unknown> {
    let mut ours = organization.all::<resources::Organization>()?.iter();
    Ok(ours.any(|ours| last_part(&ours.arn) == id))
}

/// The id in the ARN of an organization or of one of its accounts.
fn last_part(arn: &Arn) -> &str {
    arn.as_str().rsplit('/').next().unwrap_or_default()
}

/// The account in an ARN, as written.
fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}
