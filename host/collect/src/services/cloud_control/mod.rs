//! AWS's Cloud Control API: any type that a plugin asks for and no collector produces, in the shape of
//! its CloudFormation resource schema.
//!
//! The API runs the type's own handlers with the caller's credentials, so reading a type takes the
//! actions of its service too; the table has them.
//! Source: Cloud Control API User Guide, "Cloud Control API and IAM".

mod table;
mod withheld;

use aws_sdk_cloudcontrol::Client;
use aws_sdk_cloudcontrol::types::ResourceDescription;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::{Arn, Document, GLOBAL};
use futures::StreamExt;
use futures::stream;
use serde_json::{Map, Value, json};

pub(crate) use table::{Listed, listed};

use crate::context::{Context, parse_arn};
use crate::harvest::{Harvest, absent, malformed};
use crate::pages::pages;

/// The service in IAM actions.
pub(crate) const SERVICE: &str = "cloudformation";

pub(crate) const CALLS: &[Declaration] = &[LIST, GET];

const LIST: Declaration = Declaration {
    service: "CloudControl",
    operation: "ListResources",
    action: "cloudformation:ListResources",
};
const GET: Declaration = Declaration {
    service: "CloudControl",
    operation: "GetResource",
    action: "cloudformation:GetResource",
};

/// How many resources of one type and region are read at once; the listing has only their names.
const AT_ONCE: usize = 8;

/// There is none: the region does not have the type, or the resource is gone since it was listed.
const NONE: &[&str] = &["TypeNotFoundException", "ResourceNotFoundException"];

/// The resources of a type in a region, or in the one that answers for its global service.
pub(crate) async fn collect(
    context: &Context<'_>,
    listed: &'static Listed<'static>,
    region: &str,
) -> Harvest {
    let client = client!(aws_sdk_cloudcontrol, context.session, region);
    let place = Place {
        context,
        listed,
        region: if listed.is_global() { GLOBAL } else { region },
    };
    let mut harvest = Harvest::default();
    let names = match &listed.below {
        None => place.names(&client, listed.kind, None, &mut harvest).await,
        Some(below) => {
            let parents = place.names(&client, below.of, None, &mut harvest).await;
            match below.by {
                None => parents,
                Some(by) => place.names_below(&client, by, parents, &mut harvest).await,
            }
        }
    };
    let mut read = stream::iter(names)
        .map(|name| place.resource(&client, name))
        .buffered(AT_ONCE);
    while let Some(found) = read.next().await {
        harvest.append(found);
    }
    drop(read);
    harvest
}

struct Place<'a> {
    context: &'a Context<'a>,
    listed: &'static Listed<'static>,
    region: &'a str,
}

impl Place<'_> {
    /// The identifiers of all resources of a type, or of those below the parent that a model names. What could
    /// not be listed is missing of the type that is collected, parents too.
    async fn names(
        &self,
        client: &Client,
        kind: &str,
        model: Option<String>,
        harvest: &mut Harvest,
    ) -> Vec<String> {
        let mut names = Vec::new();
        let stream = client
            .list_resources()
            .type_name(kind)
            .set_resource_model(model)
            .into_paginator()
            .send();
        let ended = pages(self.context.session, stream, |page| {
            for description in page.resource_descriptions() {
                names.push(description.identifier().unwrap_or_default().to_owned());
            }
        })
        .await;
        if let Err(failure) = absent(ended, NONE) {
            harvest.listing(&[self.listed.kind], LIST, self.region, &failure);
        }
        names
    }

    async fn names_below(
        &self,
        client: &Client,
        by: &str,
        parents: Vec<String>,
        harvest: &mut Harvest,
    ) -> Vec<String> {
        let mut listings = stream::iter(parents)
            .map(|parent| async move {
                let mut missed = Harvest::default();
                let model = Some(json!({ by: parent }).to_string());
                let names = self
                    .names(client, self.listed.kind, model, &mut missed)
                    .await;
                (names, missed)
            })
            .buffered(AT_ONCE);
        let mut names = Vec::new();
        while let Some((found, missed)) = listings.next().await {
            names.extend(found);
            harvest.append(missed);
        }
        names
    }

    async fn resource(&self, client: &Client, name: String) -> Harvest {
        let call = client
            .get_resource()
            .type_name(self.listed.kind)
            .identifier(&name);
        let answer = self.context.session.call(call.send()).await;
        let read = absent(answer, NONE).and_then(|answer| {
            answer
                .map(|answer| self.document(&name, answer.resource_description()))
                .transpose()
        });
        let mut harvest = Harvest::default();
        match read {
            Ok(document) => harvest.documents.extend(document),
            // Known by name alone it is no document, so one is missing.
            Err(failure) => harvest.listing(&[self.listed.kind], GET, self.region, &failure),
        }
        harvest
    }

    fn document(
        &self,
        name: &str,
        description: Option<&ResourceDescription>,
    ) -> Result<Document, Failure> {
        let text = description.and_then(ResourceDescription::properties);
        let text = text.ok_or_else(|| malformed("a resource without properties"))?;
        let mut config: Map<String, Value> = serde_json::from_str(text)
            .map_err(|error| malformed(&format!("properties that are no JSON object: {error}")))?;
        let arn = self.arn(name, &config)?;
        let withheld: Map<String, Value> = withheld::withhold(self.listed.kind, &mut config)
            .into_iter()
            .map(|path| (path, "Withheld: it may hold secrets".into()))
            .collect();
        let mut document = json!({
            "type": self.listed.kind,
            "arn": arn,
            "account": self.context.session.account(),
            "region": self.region,
        });
        let tags = self.listed.tags.and_then(|tags| config.get(tags));
        if let Some(parts) = document.as_object_mut() {
            if let Some(tags) = tags.map(own_tags).filter(|tags| !tags.is_empty()) {
                parts.insert("tags".to_owned(), tags.into());
            }
            parts.insert("config".to_owned(), config.into());
            if !withheld.is_empty() {
                parts.insert("unknown".to_owned(), withheld.into());
            }
        }
        Document::parse(&document.to_string())
            .map_err(|error| malformed(&format!("{name} makes no document: {error}")))
    }

    /// Its ARN, if a property or the name is one; else one of Cloud Control's own, made of type and
    /// name, because a document has to be told apart from the others.
    fn arn(&self, name: &str, config: &Map<String, Value>) -> Result<Arn, Failure> {
        let property = self.listed.arn.and_then(|arn| config.get(arn)?.as_str());
        property
            .into_iter()
            .chain([name])
            .find_map(|text| text.parse().ok())
            .map_or_else(
                || {
                    let region = Some(self.region).filter(|region| *region != GLOBAL);
                    parse_arn(&format!(
                        "arn:{}:cloudcontrolapi:{}:{}:{}/{name}",
                        self.context.session.partition(),
                        region.unwrap_or_default(),
                        self.context.session.account(),
                        self.listed.kind,
                    ))
                },
                Ok,
            )
    }
}

/// Tags as schemas have them: a list of keys and values, or an object.
fn own_tags(tags: &Value) -> Map<String, Value> {
    match tags {
        Value::Object(tags) => tags
            .iter()
            .filter(|(_, value)| value.is_string())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        Value::Array(tags) => tags
            .iter()
            .filter_map(|tag| {
                let value = tag.get("Value").and_then(Value::as_str).unwrap_or_default();
                Some((tag.get("Key")?.as_str()?.to_owned(), value.into()))
            })
            .collect(),
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_come_in_two_shapes() {
        let object = own_tags(&json!({ "a": "b", "n": 1 }));
        assert_eq!(Value::from(object), json!({ "a": "b" }));
        let list = own_tags(&json!([{ "Key": "a", "Value": "b" }, { "Key": "c" }, {}]));
        assert_eq!(Value::from(list), json!({ "a": "b", "c": "" }));
        assert!(own_tags(&Value::Null).is_empty());
    }
}
