//! The Cloud Control API: documents of any type as resources of it, named by their ARN.
//!
//! AWS runs the handlers of the type with the caller's credentials besides; the simulation knows no
//! handlers, so only the actions of the API itself are asked for.
//! Source: Cloud Control API Reference.

use serde_json::{Value, json};

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

fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let names = resources(call)?
        .into_iter()
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
    let found = resources(call)?
        .into_iter()
        .find(|resource| text(resource, "/arn") == asked);
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
