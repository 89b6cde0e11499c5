//! Identity providers and instance profiles.

use blastwall_model::{Arn, Kind, Resource};

use super::certificates::listed;
use super::{path_of, with_tags};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Target};
use crate::state::last_part;
use crate::xml::Element;

pub(super) fn list_instance_profiles(call: &Call<'_>) -> Result<Answer, Failure> {
    let account = call.account()?;
    let profiles = account.instance_profiles.iter();
    let members = profiles
        .map(|profile| {
            let roles = profile.config.roles.known().into_iter().flatten();
            let roles = roles.map(|name| {
                let role = account.roles.get(name);
                Element::new("member")
                    .text("RoleName", name)
                    .maybe("Arn", role.map(|role| &role.arn))
            });
            Element::new("member")
                .text("Path", path_of(profile.config.path.known(), &profile.arn))
                .text("InstanceProfileName", last_part(profile.arn.as_str()))
                .text("Arn", &profile.arn)
                .maybe(
                    "InstanceProfileId",
                    profile.observed.instance_profile_id.known(),
                )
                .maybe("CreateDate", profile.observed.create_date.known())
                .list("Roles", roles)
        })
        .collect();
    listed(call, "InstanceProfiles", members)
}

fn asked_arn(call: &Call<'_>, parameter: &str) -> Result<Arn, Failure> {
    let arn = call.required(parameter)?;
    arn.parse()
        .map_err(|_| Failure::new(400, "InvalidInput", format!("ARN {arn} is not valid.")))
}

pub(super) fn saml_target(call: &Call<'_>) -> Result<Target, Failure> {
    Ok(Target::resource(asked_arn(call, "SAMLProviderArn")?))
}

pub(super) fn oidc_target(call: &Call<'_>) -> Result<Target, Failure> {
    let arn = asked_arn(call, "OpenIDConnectProviderArn")?;
    Ok(Target::resource(arn))
}

fn named<'a, K: Kind>(providers: &'a [Resource<K>], arn: &Arn) -> Result<&'a Resource<K>, Failure> {
    providers
        .iter()
        .find(|provider| provider.arn == *arn)
        .ok_or_else(|| Failure::new(404, "NoSuchEntity", format!("Provider {arn} not found.")))
}

pub(super) fn list_saml_providers(call: &Call<'_>) -> Result<Answer, Failure> {
    let providers = call.account()?.saml_providers.iter().map(|provider| {
        Element::new("member")
            .text("Arn", &provider.arn)
            .maybe("ValidUntil", provider.observed.valid_until.known())
            .maybe("CreateDate", provider.observed.create_date.known())
    });
    Ok(Answer::Xml(
        Element::new("").list("SAMLProviderList", providers),
    ))
}

pub(super) fn get_saml_provider(call: &Call<'_>) -> Result<Answer, Failure> {
    let arn = asked_arn(call, "SAMLProviderArn")?;
    let provider = named(&call.account()?.saml_providers, &arn)?;
    let mut metadata =
        Element::new("EntityDescriptor").attribute("xmlns", "urn:oasis:names:tc:SAML:2.0:metadata");
    if let Some(entity_id) = provider.observed.entity_id.known() {
        metadata = metadata.attribute("entityID", entity_id);
    }
    let answer = Element::new("")
        .text("SAMLMetadataDocument", metadata.document())
        .maybe("ValidUntil", provider.observed.valid_until.known())
        .maybe("CreateDate", provider.observed.create_date.known());
    Ok(Answer::Xml(with_tags(answer, &provider.tags)))
}

pub(super) fn list_open_id_connect_providers(call: &Call<'_>) -> Result<Answer, Failure> {
    let providers = call.account()?.oidc_providers.iter();
    let providers = providers.map(|provider| Element::new("member").text("Arn", &provider.arn));
    Ok(Answer::Xml(
        Element::new("").list("OpenIDConnectProviderList", providers),
    ))
}

pub(super) fn get_open_id_connect_provider(call: &Call<'_>) -> Result<Answer, Failure> {
    let arn = asked_arn(call, "OpenIDConnectProviderArn")?;
    let provider = named(&call.account()?.oidc_providers, &arn)?;
    let texts = |texts: Option<&Vec<String>>| -> Vec<Element> {
        let texts = texts.into_iter().flatten();
        texts
            .map(|text| Element::new("member").content(text))
            .collect()
    };
    let config = &provider.config;
    let url = config.url.known().map(String::as_str);
    let answer = Element::new("")
        .maybe("Url", url.or(named_url(&provider.arn)))
        .list("ClientIDList", texts(config.client_id_list.known()))
        .list("ThumbprintList", texts(config.thumbprint_list.known()))
        .maybe("CreateDate", provider.observed.create_date.known());
    Ok(Answer::Xml(with_tags(answer, &provider.tags)))
}

/// The URL that the ARN of a provider ends with.
fn named_url(arn: &Arn) -> Option<&str> {
    arn.resource().split_once('/').map(|(_, url)| url)
}
