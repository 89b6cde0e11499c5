//! Amazon S3 Control: the account's own public access block, and access points.
//!
//! Source: Amazon S3 API Reference, "AWS S3 Control".

use blastwall_model::resources::AccessPoint;
use serde_json::Value;

use super::s3::{public_access_block, switches};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, of_resource};
use crate::page::page;
use crate::state::last_part;
use crate::xml::Element;

pub(crate) const OPERATIONS: &[Operation] = &[
    of_resource(
        "GetPublicAccessBlock",
        "s3:GetAccountPublicAccessBlock",
        switches_target,
        get_public_access_block,
    ),
    of_resource(
        "ListAccessPoints",
        "s3:ListAccessPoints",
        own_account,
        list_access_points,
    ),
    of_resource(
        "GetAccessPoint",
        "s3:GetAccessPoint",
        access_point_target,
        get_access_point,
    ),
    of_resource(
        "GetAccessPointPolicy",
        "s3:GetAccessPointPolicy",
        access_point_target,
        get_access_point_policy,
    ),
];

/// The switches of the account.
fn switches_target(call: &Call<'_>) -> Result<Target, Failure> {
    let target = own_account(call)?;
    let document = call.account()?.public_access_block.as_ref();
    Ok(Target {
        document: document.map(|it| (it.account.clone(), it.arn.clone())),
        ..target
    })
}

/// The account itself; another one is nobody's to ask about.
fn own_account(call: &Call<'_>) -> Result<Target, Failure> {
    match call.input.get("AccountId") {
        Some(account) if call.principal.account == *account => Ok(Target::default()),
        Some(_) => Err(Failure::new(403, "AccessDenied", "Access Denied")),
        None => Err(Failure::new(
            400,
            "InvalidRequest",
            "Missing required header for this request: x-amz-account-id",
        )),
    }
}

fn get_public_access_block(call: &Call<'_>) -> Result<Answer, Failure> {
    call.account()?
        .public_access_block
        .as_ref()
        .and_then(|block| block.config.public_access_block_configuration.known())
        .map(public_access_block)
        .ok_or_else(|| {
            Failure::new(
                404,
                "NoSuchPublicAccessBlockConfiguration",
                "The public access block configuration was not found",
            )
        })
}

/// The access points of the region that is asked, by name.
fn access_points<'a>(call: &Call<'a>) -> Result<Vec<&'a AccessPoint>, Failure> {
    let points = call.account()?.access_points.iter();
    Ok(points.filter(|point| point.region == call.region).collect())
}

fn access_point<'a>(call: &Call<'a>) -> Result<&'a AccessPoint, Failure> {
    let name = call.required("Name")?;
    access_points(call)?
        .into_iter()
        .find(|point| last_part(point.arn.as_str()) == name)
        .ok_or_else(|| {
            Failure::new(
                404,
                "NoSuchAccessPoint",
                "The specified accesspoint does not exist",
            )
        })
}

fn access_point_target(call: &Call<'_>) -> Result<Target, Failure> {
    own_account(call)?;
    Ok(Target::resource(access_point(call)?.arn.clone()))
}

/// What listing and access point have in common.
fn described(name: &str, point: &AccessPoint) -> Element {
    let config = &point.config;
    let vpc = config.vpc_configuration.known();
    let origin = if vpc.is_some() { "VPC" } else { "Internet" };
    let told = point.observed.network_origin.known();
    let origin = told.map_or(origin, String::as_str);
    let vpc = vpc.map(|vpc| Element::new("VpcConfiguration").text("VpcId", &vpc.vpc_id));
    Element::new(name)
        .text("Name", last_part(point.arn.as_str()))
        .maybe("Bucket", config.bucket.known())
        .text("NetworkOrigin", origin)
        .maybe_child(vpc)
        .text("AccessPointArn", &point.arn)
        .maybe("Alias", point.observed.alias.known())
        .maybe("BucketAccountId", config.bucket_account_id.known())
}

fn list_access_points(call: &Call<'_>) -> Result<Answer, Failure> {
    let page = page(
        access_points(call)?,
        call.input.get("nextToken"),
        call.page_size("maxResults"),
    )?;
    let points = page.items.iter();
    Ok(Answer::Xml(
        Element::new("ListAccessPointsResult")
            .list(
                "AccessPointList",
                points.map(|point| described("AccessPoint", point)),
            )
            .maybe("NextToken", page.next),
    ))
}

fn get_access_point(call: &Call<'_>) -> Result<Answer, Failure> {
    let point = access_point(call)?;
    let block = point.config.public_access_block_configuration.known();
    Ok(Answer::Xml(
        described("GetAccessPointResult", point)
            .maybe_child(block.map(|block| switches("PublicAccessBlockConfiguration", block)))
            .maybe("CreationDate", point.observed.creation_date.known()),
    ))
}

fn get_access_point_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let policy = access_point(call)?.config.policy.known().ok_or_else(|| {
        Failure::new(
            404,
            "NoSuchAccessPointPolicy",
            "The specified accesspoint does not have a policy",
        )
    })?;
    let text = match policy {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(Answer::Xml(
        Element::new("GetAccessPointPolicyResult").text("Policy", text),
    ))
}
