//! What the management account has handed over.

use serde_json::{Value, json};

use blastwall_model::AccountId;

use super::{account, administrator, in_management, listed, not_found, object};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Target};
use crate::service::epoch_seconds;
use crate::state::Organization;

/// Whether an account is a delegated administrator, by the documents or by the options.
pub(super) fn is_delegated(
    call: &Call<'_>,
    organization: &Organization,
    account: &AccountId,
) -> bool {
    let options = &call.simulation.options;
    options.delegated_administrators.contains(account)
        || organization.delegated.contains_key(account.as_str())
}

pub(super) fn list_delegated_administrators(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let members = organization.accounts.iter().filter(|(id, _)| {
        let id: Option<AccountId> = id.parse().ok();
        id.is_some_and(|id| is_delegated(call, organization, &id))
    });
    let entries: Result<Vec<Value>, Failure> = members
        .map(|(id, document)| {
            let mut entry = account(id, document)?;
            let delegated = organization.delegated.get(id);
            let since = delegated.and_then(|it| it.observed.delegation_enabled_date.known());
            if let Some(since) = since {
                crate::document::set(&mut entry, "DelegationEnabledDate", epoch_seconds(since)?);
            }
            Ok(entry)
        })
        .collect();
    listed(call, "DelegatedAdministrators", entries?)
}

/// The document of the administrator that is asked about.
pub(super) fn administrator_target(call: &Call<'_>) -> Result<Target, Failure> {
    let organization = administrator(call)?;
    let delegated = organization.delegated.get(call.required("AccountId")?);
    Ok(Target {
        document: delegated.map(|it| (it.account.clone(), it.arn.clone())),
        ..Target::default()
    })
}

pub(super) fn list_delegated_services_for_account(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let id = call.required("AccountId")?;
    let is_registered = id
        .parse()
        .is_ok_and(|id| is_delegated(call, organization, &id));
    if !is_registered {
        return Err(Failure::new(
            400,
            "AccountNotRegisteredException",
            "The provided account is not a registered delegated administrator for your organization.",
        ));
    }
    let delegated = organization.delegated.get(id);
    let services = delegated.and_then(|it| it.config.service_principals.known());
    let services = services
        .into_iter()
        .flatten()
        .map(|service| json!({ "ServicePrincipal": service }))
        .collect();
    listed(call, "DelegatedServices", services)
}

pub(super) fn resource_policy_target(call: &Call<'_>) -> Result<Target, Failure> {
    let organization = administrator(call)?;
    let policy = organization.resource_policy.as_ref();
    Ok(policy.map_or_else(Target::default, |policy| {
        in_management(organization, &policy.arn)
    }))
}

pub(super) fn describe_resource_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let policy = organization
        .resource_policy
        .as_ref()
        .ok_or_else(|| not_found("ResourcePolicyNotFoundException", "a resource policy"))?;
    let content = policy.config.content.known().map(|content| match content {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    Ok(Answer::Json(json!({ "ResourcePolicy": object(json!({
        "ResourcePolicySummary": object(json!({
            "Id": policy.config.id.known(), "Arn": policy.arn,
        })),
        "Content": content,
    }))})))
}
