//! What is central about the root users of an organization, which IAM is asked for.

use crate::failure::Failure;
use crate::operation::{Answer, Call, Target};
use crate::state::Organization;
use crate::xml::Element;

const SERVICE: &str = "iam.amazonaws.com";

/// The caller's organization, if the caller may ask: the management account may, and whoever it has
/// made the administrator of IAM.
/// Source: IAM API Reference, `ListOrganizationsFeatures`.
fn organization<'a>(call: &Call<'a>) -> Result<&'a Organization, Failure> {
    let account = &call.principal.account;
    let state = &call.simulation.state;
    let organization = state.organization_of(account).ok_or_else(|| {
        let message =
            "The request was rejected because no organization is associated with your account.";
        Failure::new(404, "OrganizationNotFoundException", message)
    })?;
    let services = organization
        .delegated
        .get(account.as_str())
        .and_then(|delegated| delegated.config.service_principals.known());
    // Options name administrators without saying of what, so they are of everything.
    let options = &call.simulation.options;
    let administers = services.is_some_and(|services| services.iter().any(|it| it == SERVICE))
        || options.delegated_administrators.contains(account);
    if account == organization.management() || administers {
        Ok(organization)
    } else {
        Err(Failure::new(
            400,
            "AccountNotManagementOrDelegatedAdministratorException",
            "The request was rejected because the account making the request is not the \
             management account or delegated administrator account for centralized root access.",
        ))
    }
}

/// The organization's document, which remembers what could not be seen of it.
pub(super) fn organization_target(call: &Call<'_>) -> Result<Target, Failure> {
    let document = &organization(call)?.document;
    Ok(Target {
        document: Some((document.account.clone(), document.arn.clone())),
        ..Target::default()
    })
}

pub(super) fn list_organizations_features(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = organization(call)?;
    let features = organization.document.observed.enabled_features.known();
    let features = features
        .into_iter()
        .flatten()
        .map(|feature| Element::new("member").content(feature));
    Ok(Answer::Xml(
        Element::new("")
            .text("OrganizationId", organization.id())
            .list("EnabledFeatures", features),
    ))
}
