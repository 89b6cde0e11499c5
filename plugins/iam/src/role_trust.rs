//! Whom the trust policies of roles let in.

use blastwall_sdk::Value;
use blastwall_sdk::policy::Policy;
use blastwall_sdk::policy::analysis::{Audience, Grant, audience, statement_safeguards};
use blastwall_sdk::prelude::*;

use crate::in_use::is_service_linked;

/// The trust policy, as the document and as what it says; nothing for roles of AWS's services.
///
/// # Errors
/// If it could not be fetched or is no policy: whom it lets in cannot be told.
fn trust(role: &Role) -> Result<Option<(&Value, Policy)>, Unknown> {
    if is_service_linked(role) {
        return Ok(None);
    }
    let document = role.config.assume_role_policy_document.required()?;
    let policy = read_policy(document, "config.AssumeRolePolicyDocument")?;
    Ok(Some((document, policy)))
}

fn of_a_service() -> Outcome {
    not_applicable("the role belongs to a service of AWS")
}

/// A failure with the statements that let somebody in.
fn failing(message: String, document: &Value, grants: &[Grant]) -> Outcome {
    let mut statements: Vec<usize> = grants.iter().map(|grant| grant.statement).collect();
    statements.dedup();
    statements
        .into_iter()
        .fold(fail(message), |outcome, statement| {
            outcome.statement("/config/AssumeRolePolicyDocument", document, statement)
        })
}

/// Who is named by grants, each once.
fn names(grants: &[Grant]) -> String {
    let mut names: Vec<String> = grants
        .iter()
        .map(|grant| grant.audience.to_string())
        .collect();
    names.dedup();
    names.join(", ")
}

/// Keep roles from trusting everybody
///
/// Looks at whether the trust policy of a role lets in every AWS account, with no condition that says
/// whose. Anybody with an AWS account of their own becomes the role then.
///
/// # Remediation
///
/// Name the principals, or add a condition on `aws:PrincipalOrgID` (console: IAM, the role, "Trust
/// relationships"):
///
/// ```sh
/// aws iam update-assume-role-policy --role-name NAME --policy-document file://trust.json
/// ```
///
/// Terraform: `assume_role_policy` in `aws_iam_role`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html>
#[check(
    id = "iam-role-trust-public",
    severity = Critical,
    category = Security,
    controls = ["cis-aws-7.0:2.21"]
)]
pub(crate) fn public(role: &Role, account: &Account) -> Result<Outcome, Unknown> {
    let Some((document, policy)) = trust(role)? else {
        return Ok(of_a_service());
    };
    let open: Vec<Grant> = audience(&policy, account.id().as_str())
        .into_iter()
        .filter(|grant| {
            let guarded = policy
                .statements
                .get(grant.statement)
                .map(statement_safeguards)
                .is_some_and(|safeguards| safeguards.network || safeguards.external_id);
            grant.audience == Audience::Anyone && !guarded
        })
        .collect();
    Ok(if open.is_empty() {
        pass("the role does not trust everybody")
    } else {
        failing("everybody may assume the role".to_owned(), document, &open)
    })
}

/// Which accounts are no strangers, besides those of the organization.
#[derive(Parameters)]
pub(crate) struct Trusted {
    /// Accounts outside the organization that may assume roles, as twelve digits.
    #[parameter(default = [])]
    trusted_accounts: Vec<String>,
}

/// Let roles be assumed only within the organization
///
/// Looks at whom the trust policy of each role lets in that is neither of the account nor of the
/// organization nor named in `trusted_accounts`. Services and identity providers do not count.
///
/// # Remediation
///
/// Take out principals that you do not know (console: IAM, the role, "Trust relationships"):
///
/// ```sh
/// aws iam update-assume-role-policy --role-name NAME --policy-document file://trust.json
/// ```
///
/// Terraform: `assume_role_policy` in `aws_iam_role`. For the whole organization: a resource control
/// policy on `sts:AssumeRole`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html>
#[check(
    id = "iam-role-trust-outside",
    severity = Medium,
    category = Security,
    reads = [OrganizationAccount, OrganizationDescription]
)]
pub(crate) fn outside(
    role: &Role,
    account: &Account,
    organization: &Organization,
    parameters: &Trusted,
) -> Result<Outcome, Unknown> {
    let Some((document, policy)) = trust(role)? else {
        return Ok(of_a_service());
    };
    let insiders = Insiders::new(account, organization, &parameters.trusted_accounts);
    let outsiders = insiders.outsiders(&policy)?;
    Ok(if outsiders.is_empty() {
        pass("the role trusts nobody from outside")
    } else {
        failing(
            format!("the role trusts {}", names(&outsiders)),
            document,
            &outsiders,
        )
    })
}

/// Ask vendors for an external id
///
/// Looks at roles that trust an account outside the organization, and whether the statement asks for
/// an external id. Without, another customer of the same vendor can have the vendor work on your
/// account by naming your role (the confused deputy).
///
/// # Remediation
///
/// Take the external id that the vendor made for you, never one of your own, into the trust policy:
///
/// ```json
/// "Condition": { "StringEquals": { "sts:ExternalId": "ID" } }
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
#[check(
    id = "iam-role-trust-external-id",
    severity = Medium,
    category = Security,
    reads = [OrganizationAccount, OrganizationDescription]
)]
pub(crate) fn external_id(
    role: &Role,
    account: &Account,
    organization: &Organization,
    parameters: &Trusted,
) -> Result<Outcome, Unknown> {
    let Some((document, policy)) = trust(role)? else {
        return Ok(of_a_service());
    };
    let insiders = Insiders::new(account, organization, &parameters.trusted_accounts);
    let outsiders = insiders.outsiders(&policy)?;
    if outsiders.is_empty() {
        return Ok(not_applicable("the role trusts nobody from outside"));
    }
    let unguarded: Vec<Grant> = outsiders
        .into_iter()
        .filter(|grant| {
            !policy
                .statements
                .get(grant.statement)
                .is_some_and(|statement| statement_safeguards(statement).external_id)
        })
        .collect();
    Ok(if unguarded.is_empty() {
        pass("whoever comes from outside has to show an external id")
    } else {
        let message = format!("no external id is asked of {}", names(&unguarded));
        failing(message, document, &unguarded)
    })
}

/// Say which users of an identity provider may come
///
/// Looks at roles that trust an OpenID Connect or SAML provider, and whether a condition says which of
/// its users: their subject (`:sub`) or another claim than the audience. At a provider that serves
/// everybody, as that of GitHub does, any repository in the world becomes the role otherwise.
///
/// # Remediation
///
/// Add a condition on the subject to the trust policy:
///
/// ```json
/// "Condition": { "StringLike": {
///   "token.actions.githubusercontent.com:sub": "repo:ORGANIZATION/REPOSITORY:ref:refs/heads/main" } }
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
#[check(
    id = "iam-role-trust-provider-subject",
    severity = High,
    category = Security
)]
pub(crate) fn provider_subject(role: &Role, account: &Account) -> Result<Outcome, Unknown> {
    let Some((document, policy)) = trust(role)? else {
        return Ok(of_a_service());
    };
    // Users of a SAML provider are the company's own, whichever of them come.
    let providers: Vec<Grant> = audience(&policy, account.id().as_str())
        .into_iter()
        .filter(|grant| {
            matches!(&grant.audience, Audience::IdentityProvider { provider, .. }
                if !provider.contains(":saml-provider/"))
        })
        .collect();
    if providers.is_empty() {
        return Ok(not_applicable("the role trusts no OpenID Connect provider"));
    }
    let open: Vec<Grant> = providers
        .into_iter()
        .filter(|grant| {
            matches!(
                grant.audience,
                Audience::IdentityProvider { pinned: false, .. }
            )
        })
        .collect();
    Ok(if open.is_empty() {
        pass("a condition says which users of the provider may come")
    } else {
        failing(
            format!("no condition says which users may come: {}", names(&open)),
            document,
            &open,
        )
    })
}
