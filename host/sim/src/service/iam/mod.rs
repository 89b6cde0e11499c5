//! AWS Identity and Access Management.
//!
//! Source: IAM API Reference.

mod certificates;
mod credentials;
mod details;
mod features;
mod mfa;
mod policies;
mod providers;
mod report;

use blastwall_model::resources::User;
use blastwall_model::{Arn, Field, Tags};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing, of_resource};
use crate::signature::hex;
use crate::xml::Element;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing(
        "GetAccountAuthorizationDetails",
        "iam:GetAccountAuthorizationDetails",
        details::get_account_authorization_details,
    ),
    listing(
        "GetAccountSummary",
        "iam:GetAccountSummary",
        get_account_summary,
    ),
    listing(
        "GetAccountPasswordPolicy",
        "iam:GetAccountPasswordPolicy",
        get_account_password_policy,
    ),
    listing(
        "GenerateCredentialReport",
        "iam:GenerateCredentialReport",
        report::generate_credential_report,
    ),
    listing(
        "GetCredentialReport",
        "iam:GetCredentialReport",
        report::get_credential_report,
    ),
    of_resource(
        "ListAccessKeys",
        "iam:ListAccessKeys",
        credentials::user_target,
        credentials::list_access_keys,
    ),
    of_resource(
        "GetAccessKeyLastUsed",
        "iam:GetAccessKeyLastUsed",
        credentials::key_owner_target,
        credentials::get_access_key_last_used,
    ),
    of_resource(
        "ListMFADevices",
        "iam:ListMFADevices",
        credentials::user_target,
        mfa::list_mfa_devices,
    ),
    listing(
        "ListVirtualMFADevices",
        "iam:ListVirtualMFADevices",
        mfa::list_virtual_mfa_devices,
    ),
    of_resource(
        "ListSigningCertificates",
        "iam:ListSigningCertificates",
        credentials::user_target,
        certificates::list_signing_certificates,
    ),
    of_resource(
        "ListSSHPublicKeys",
        "iam:ListSSHPublicKeys",
        credentials::user_target,
        certificates::list_ssh_public_keys,
    ),
    listing(
        "ListServerCertificates",
        "iam:ListServerCertificates",
        certificates::list_server_certificates,
    ),
    listing(
        "ListServiceSpecificCredentials",
        "iam:ListServiceSpecificCredentials",
        certificates::list_service_specific_credentials,
    ),
    listing(
        "ListInstanceProfiles",
        "iam:ListInstanceProfiles",
        providers::list_instance_profiles,
    ),
    listing(
        "ListSAMLProviders",
        "iam:ListSAMLProviders",
        providers::list_saml_providers,
    ),
    of_resource(
        "GetSAMLProvider",
        "iam:GetSAMLProvider",
        providers::saml_target,
        providers::get_saml_provider,
    ),
    listing(
        "ListOpenIDConnectProviders",
        "iam:ListOpenIDConnectProviders",
        providers::list_open_id_connect_providers,
    ),
    of_resource(
        "GetOpenIDConnectProvider",
        "iam:GetOpenIDConnectProvider",
        providers::oidc_target,
        providers::get_open_id_connect_provider,
    ),
    of_resource(
        "ListOrganizationsFeatures",
        "iam:ListOrganizationsFeatures",
        features::organization_target,
        features::list_organizations_features,
    ),
    of_resource(
        "GetLoginProfile",
        "iam:GetLoginProfile",
        credentials::user_target,
        credentials::get_login_profile,
    ),
    of_resource(
        "GetPolicy",
        "iam:GetPolicy",
        policies::policy_target,
        policies::get_policy,
    ),
    of_resource(
        "GetPolicyVersion",
        "iam:GetPolicyVersion",
        policies::policy_target,
        policies::get_policy_version,
    ),
];

fn get_account_summary(call: &Call<'_>) -> Result<Answer, Failure> {
    let account = call.account()?;
    let mut counts = account
        .summary
        .as_ref()
        .and_then(|summary| summary.observed.summary_map.known().cloned())
        .unwrap_or_default();
    // Hand-written accounts leave the summary out; IAM counts what it has.
    let root = account.root.as_ref().map(|root| &root.observed);
    let flag = |field: Option<&Field<bool>>| {
        i64::from(field.and_then(Field::known).copied().unwrap_or_default())
    };
    let own_policies = account
        .policies
        .keys()
        .filter(|arn| arn.account() != "aws")
        .count();
    for (name, count) in [
        ("Users", count(account.users.len())),
        ("Groups", count(account.groups.len())),
        ("Roles", count(account.roles.len())),
        ("Policies", count(own_policies)),
        ("MFADevicesInUse", count(mfa::in_use(call)?)),
        (
            "AccountMFAEnabled",
            flag(root.map(|root| &root.account_mfa_enabled)),
        ),
        (
            "AccountAccessKeysPresent",
            flag(root.map(|root| &root.account_access_keys_present)),
        ),
        (
            "AccountSigningCertificatesPresent",
            flag(root.map(|root| &root.account_signing_certificates_present)),
        ),
        (
            "AccountPasswordPresent",
            flag(root.map(|root| &root.account_password_present)),
        ),
    ] {
        counts.entry(name.to_owned()).or_insert(count);
    }
    let entries = counts
        .iter()
        .map(|(name, count)| Element::new("entry").text("key", name).text("value", count));
    Ok(Answer::Xml(Element::new("").list("SummaryMap", entries)))
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn get_account_password_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let document = call.account()?.password_policy.as_ref();
    let Some(policy) = document
        .map(|document| &document.config)
        .filter(|policy| policy.policy_present.known() != Some(&false))
    else {
        return Err(Failure::new(
            404,
            "NoSuchEntity",
            format!(
                "The Password Policy with domain name {} cannot be found.",
                call.principal.account
            ),
        ));
    };
    let element = Element::new("PasswordPolicy")
        .maybe(
            "MinimumPasswordLength",
            policy.minimum_password_length.known(),
        )
        .maybe("RequireSymbols", policy.require_symbols.known())
        .maybe("RequireNumbers", policy.require_numbers.known())
        .maybe(
            "RequireUppercaseCharacters",
            policy.require_uppercase_characters.known(),
        )
        .maybe(
            "RequireLowercaseCharacters",
            policy.require_lowercase_characters.known(),
        )
        .maybe(
            "AllowUsersToChangePassword",
            policy.allow_users_to_change_password.known(),
        )
        .text("ExpirePasswords", policy.max_password_age.known().is_some())
        .maybe("MaxPasswordAge", policy.max_password_age.known())
        .maybe(
            "PasswordReusePrevention",
            policy.password_reuse_prevention.known(),
        )
        .maybe("HardExpiry", policy.hard_expiry.known());
    Ok(Answer::Xml(Element::new("").child(element)))
}

/// The user that an operation names.
///
/// # Errors
/// If there is none of that name.
fn user<'a>(call: &Call<'a>, name: &str) -> Result<&'a User, Failure> {
    call.account()?.users.get(name).ok_or_else(|| {
        Failure::new(
            404,
            "NoSuchEntity",
            format!("The user with name {name} cannot be found."),
        )
    })
}

/// The path of a resource: the property, or else what the ARN says.
pub(crate) fn path_of(path: Option<&String>, arn: &Arn) -> String {
    path.cloned().unwrap_or_else(|| {
        let resource = arn.resource();
        let start = resource.find('/').unwrap_or_default();
        let end = resource.rfind('/').unwrap_or_default();
        resource.get(start..=end).unwrap_or("/").to_owned()
    })
}

/// A unique id for a resource whose document has none, the same each time.
pub(crate) fn made_up_id(prefix: &str, arn: &str) -> String {
    let digest = hex(&Sha256::digest(arn)).to_ascii_uppercase();
    format!("{prefix}{}", digest.get(..17).unwrap_or_default())
}

/// A policy document as IAM sends it: JSON, percent-encoded. Text that is no JSON is a JSON string
/// in a resource document.
fn encoded_document(document: &Value) -> String {
    let text = match document {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string()
}

/// Adds tags, if any are set.
fn with_tags(element: Element, tags: &Field<Tags>) -> Element {
    match tags.known() {
        None => element,
        Some(tags) => element.list(
            "Tags",
            tags.iter()
                .map(|(key, value)| Element::new("member").text("Key", key).text("Value", value)),
        ),
    }
}
