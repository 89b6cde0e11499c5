//! AWS Resource Access Manager: shares, by their owner.
//!
//! Source: AWS RAM API Reference.

use serde_json::{Value, json};

use super::{epoch_seconds, tags};
use crate::document::{list, object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing(
        "GetResourceShares",
        "ram:GetResourceShares",
        get_resource_shares,
    ),
    listing(
        "GetResourceShareAssociations",
        "ram:GetResourceShareAssociations",
        get_associations,
    ),
    listing(
        "ListResourceSharePermissions",
        "ram:ListResourceSharePermissions",
        list_permissions,
    ),
];

pub(crate) const ROUTES: &[(&str, &str, &str)] = &[
    ("POST", "/getresourceshares", "GetResourceShares"),
    (
        "POST",
        "/getresourceshareassociations",
        "GetResourceShareAssociations",
    ),
    (
        "POST",
        "/listresourcesharepermissions",
        "ListResourceSharePermissions",
    ),
];

fn shares<'a>(call: &Call<'a>) -> Result<impl Iterator<Item = &'a Value> + use<'a>, Failure> {
    let account = call.account()?;
    Ok(account.documents("AWS::RAM::ResourceShare", call.region))
}

fn listed(call: &Call<'_>, name: &str, items: Vec<Value>) -> Result<Answer, Failure> {
    let limit = call.page_size("maxResults");
    let page = page(items, call.input.get("nextToken"), limit)?;
    let mut answer = json!({ "nextToken": page.next });
    set(&mut answer, name, page.items.into());
    Ok(Answer::Json(answer))
}

fn get_resource_shares(call: &Call<'_>) -> Result<Answer, Failure> {
    if call.required("resourceOwner")? != "SELF" {
        return listed(call, "resourceShares", Vec::new());
    }
    let shares: Result<Vec<Value>, Failure> = shares(call)?.map(share).collect();
    listed(call, "resourceShares", shares?)
}

fn share(share: &Value) -> Result<Value, Failure> {
    let mut answer = object(
        share,
        &[
            ("/arn", "resourceShareArn"),
            ("/config/Name", "name"),
            ("/config/AllowExternalPrincipals", "allowExternalPrincipals"),
            ("/observed/Status", "status"),
        ],
    );
    let time = text(share, "/observed/CreationTime");
    if !time.is_empty() {
        set(&mut answer, "creationTime", epoch_seconds(&time)?);
    }
    let own: Vec<Value> = tags(share)
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    set(&mut answer, "tags", own.into());
    Ok(answer)
}

fn get_associations(call: &Call<'_>) -> Result<Answer, Failure> {
    let kind = call.required("associationType")?;
    let of_share = |share: &Value| -> Vec<Value> {
        let association = |entity: &Value| {
            json!({
                "resourceShareArn": text(share, "/arn"), "associationType": kind,
                "associatedEntity": entity, "status": "ASSOCIATED"
            })
        };
        if kind == "RESOURCE" {
            let resources = list(share, "/config/ResourceArns").iter();
            return resources.map(association).collect();
        }
        let told = list(share, "/observed/PrincipalAssociations").iter();
        let told: Vec<&Value> = told.collect();
        let with = list(share, "/config/Principals").iter();
        with.map(|whom| {
            let own = told
                .iter()
                .find(|one| one.get("AssociatedEntity") == Some(whom));
            let mut answer = association(whom);
            for (pointer, name) in [("/Status", "status"), ("/External", "external")] {
                if let Some(value) = own.and_then(|own| own.pointer(pointer)) {
                    set(&mut answer, name, value.clone());
                }
            }
            answer
        })
        .collect()
    };
    let all = shares(call)?.flat_map(of_share).collect();
    listed(call, "resourceShareAssociations", all)
}

fn list_permissions(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.required("resourceShareArn")?;
    let found = shares(call)?.find(|share| text(share, "/arn") == asked);
    let found = found.ok_or_else(|| {
        Failure::new(
            400,
            "UnknownResourceException",
            "The resource share does not exist.",
        )
    })?;
    let permissions = list(found, "/config/PermissionArns").iter();
    let permissions = permissions.map(|arn| json!({ "arn": arn })).collect();
    listed(call, "permissions", permissions)
}
