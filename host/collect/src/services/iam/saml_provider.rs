//! SAML identity providers: `AWS::IAM::SAMLProvider`, with their metadata reduced to whom they are of.

use aws_sdk_iam::Client;
use aws_sdk_iam::operation::get_saml_provider::GetSamlProviderOutput;
use aws_sdk_iam::types::SamlProviderListEntry;
use blastwall_aws::Declaration;
use blastwall_model::resources::{SamlProvider, SamlProviderKind};
use blastwall_model::{Field, GLOBAL, Kind};
use futures::{StreamExt, stream};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::Product;
use crate::context::{Context, parse_arn};
use crate::convert::time;
use crate::harvest::{About, Harvest, malformed, reason, unknown};

const LIST: Declaration = super::call("ListSAMLProviders", "iam:ListSAMLProviders");
const GET: Declaration = super::call("GetSAMLProvider", "iam:GetSAMLProvider");

pub(super) const PRODUCT: Product = Product {
    kind: SamlProviderKind::TYPE,
    calls: &[LIST, GET],
    tags: &[],
};

/// The providers, if they are wanted. Their listing has no pages: an account has at most a hundred.
pub(super) async fn collect(context: &Context<'_>, iam: &Client) -> Harvest {
    if !context.wants(PRODUCT.kind) {
        return Harvest::default();
    }
    let answer = match context.session.call(iam.list_saml_providers().send()).await {
        Ok(answer) => answer,
        Err(failure) => return Harvest::failed(&[PRODUCT.kind], LIST, GLOBAL, &failure),
    };
    let mut looked_into = stream::iter(answer.saml_provider_list())
        .map(|provider| look_into(context, iam, provider))
        .buffer_unordered(super::PROVIDERS_AT_ONCE)
        .boxed();
    let mut harvest = Harvest::default();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

async fn look_into(context: &Context<'_>, iam: &Client, listed: &SamlProviderListEntry) -> Harvest {
    let arn = match parse_arn(listed.arn().unwrap_or_default()) {
        Ok(arn) => arn,
        Err(failure) => return Harvest::failed(&[PRODUCT.kind], LIST, GLOBAL, &failure),
    };
    let mut harvest = Harvest::default();
    let request = iam.get_saml_provider().saml_provider_arn(arn.as_str());
    let answer = context.session.call(request.send()).await;
    let mut provider = SamlProvider::new(arn, context.session.account().clone(), GLOBAL);
    let (_, name) = super::managed::path_and_name(&provider.arn);
    provider.config.name = name.to_owned().into();
    provider.observed.create_date = listed.create_date().and_then(time).into();
    provider.observed.valid_until = listed.valid_until().and_then(time).into();
    let about = About::resource(&provider);
    match answer {
        Ok(answer) => set(&mut provider, &answer, &about, &mut harvest),
        Err(failure) => {
            provider.observed.entity_id = unknown(GET, &failure);
            provider.tags = Field::unknown("tags", reason(GET, &failure));
            harvest.incomplete(&about, GET, &failure);
        }
    }
    harvest.add(&provider);
    harvest
}

fn set(
    provider: &mut SamlProvider,
    answer: &GetSamlProviderOutput,
    about: &About,
    harvest: &mut Harvest,
) {
    provider.tags = super::tags(answer.tags());
    let metadata = answer.saml_metadata_document().unwrap_or_default();
    let entity_id = entity_id(metadata)
        .ok_or_else(|| malformed("the metadata names no entity"))
        .map(Some);
    provider.observed.entity_id = harvest.field(about, GET, entity_id);
}

/// The `entityID` of the first entity that metadata describes.
/// Source: OASIS, "Metadata for SAML V2.0", 2.3.2.
fn entity_id(metadata: &str) -> Option<String> {
    let mut reader = Reader::from_str(metadata);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element)
                if element.local_name().as_ref() == b"EntityDescriptor" =>
            {
                let attribute = element.try_get_attribute("entityID").ok()??;
                let value = attribute.unescape_value().ok()?;
                return Some(value.into_owned()).filter(|value| !value.is_empty());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_names_its_entity() {
        for (metadata, expected) in [
            (
                "<?xml version=\"1.0\"?><!-- x --><md:EntityDescriptor \
                 xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
                 entityID=\"https://idp.example.com/?a=1&amp;b=2\"><md:IDPSSODescriptor/>\
                 </md:EntityDescriptor>",
                Some("https://idp.example.com/?a=1&b=2"),
            ),
            (
                "<EntitiesDescriptor><EntityDescriptor entityID='urn:x'/></EntitiesDescriptor>",
                Some("urn:x"),
            ),
            ("<EntityDescriptor/>", None),
            ("<EntityDescriptor entityID='&unheard;'/>", None),
            ("not XML", None),
            ("<open entityID=", None),
            ("", None),
        ] {
            assert_eq!(entity_id(metadata).as_deref(), expected, "{metadata}");
        }
    }
}
