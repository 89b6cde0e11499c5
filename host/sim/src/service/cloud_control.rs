//! The Cloud Control API: documents of any type as resources of it, named by their ARN.
//!
//! Which property names a parent say only the schemas of types; here the parent of a model, or of a name that
//! is not the resource's own, is found in whatever property has it.
//!
//! AWS runs the handlers of the type with the caller's credentials besides; the simulation knows no
//! handlers, so only the actions of the API itself are asked for.
//! Source: Cloud Control API Reference.

use serde_json::{Map, Value, json};

use crate::document::text;
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListResources", "cloudformation:ListResources", list),
    listing("GetResource", "cloudformation:GetResource", get),
];

/// The region that has the resources of global services.
const GLOBAL_HOME: &str = "us-east-1";

fn resources<'a>(call: &Call<'a>) -> Result<Vec<&'a Value>, Failure> {
    let kind = call.required("TypeName")?;
    let account = call.account()?;
    let global = (call.region == GLOBAL_HOME).then(|| account.documents(kind, "global"));
    Ok(account
        .documents(kind, call.region)
        .chain(global.into_iter().flatten())
        .collect())
}

/// Whether a property of a resource names what has this ARN, by the ARN itself or by its last part.
fn belongs(resource: &Value, property: &str, parent: &str) -> bool {
    let config = resource.get("config");
    let named = config.and_then(|config| config.get(property)?.as_str());
    named.is_some_and(|named| {
        let before = parent.strip_suffix(named);
        before.is_some_and(|before| before.is_empty() || before.ends_with(['/', ':']))
    })
}

/// The properties that a listing is narrowed by.
fn model(call: &Call<'_>) -> Result<Map<String, Value>, Failure> {
    match call.input.get("ResourceModel") {
        None => Ok(Map::new()),
        Some(text) => serde_json::from_str(text).map_err(|_| {
            Failure::new(
                400,
                "InvalidRequestException",
                "Invalid model: it is no JSON object",
            )
        }),
    }
}

fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let model = model(call)?;
    let names = resources(call)?
        .into_iter()
        .filter(|resource| {
            let mut parts = model.iter();
            parts.all(|(name, parent)| {
                parent
                    .as_str()
                    .is_some_and(|parent| belongs(resource, name, parent))
            })
        })
        .map(|resource| json!({ "Identifier": text(resource, "/arn"), "Properties": "{}" }));
    let page = page(
        names.collect(),
        call.input.get("NextToken"),
        call.page_size("MaxResults"),
    )?;
    Ok(Answer::Json(json!({
        "TypeName": call.required("TypeName")?,
        "ResourceDescriptions": page.items,
        "NextToken": page.next,
    })))
}

fn get(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.required("Identifier")?;
    let all = resources(call)?;
    let own = all.iter().find(|resource| text(resource, "/arn") == asked);
    let of_parent = all.iter().find(|resource| {
        let config = resource.get("config").and_then(Value::as_object);
        let mut properties = config.into_iter().flat_map(|config| config.keys());
        properties.any(|property| belongs(resource, property, asked))
    });
    let found = own.or(of_parent);
    let resource = found.ok_or_else(|| {
        Failure::new(
            400,
            "ResourceNotFoundException",
            format!("the resource '{asked}' was not found"),
        )
    })?;
    let none = json!({});
    let properties = resource.get("config").unwrap_or(&none).to_string();
    Ok(Answer::Json(json!({
        "TypeName": call.required("TypeName")?,
        "ResourceDescription": { "Identifier": asked, "Properties": properties },
    })))
}
