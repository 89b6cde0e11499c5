//! Attributes of instances, snapshots and images, whom endpoint services allow, and what templates start.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::listings::child;
use crate::document::{Members, items, list, members, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, of_resource};
use crate::state::last_part;
use crate::xml::Element;

pub(super) const OPERATIONS: &[Operation] = &[
    of_resource(
        "DescribeInstanceAttribute",
        "ec2:DescribeInstanceAttribute",
        |call| target(call, "AWS::EC2::Instance", "InstanceId"),
        instance_attribute,
    ),
    of_resource(
        "DescribeSnapshotAttribute",
        "ec2:DescribeSnapshotAttribute",
        |call| target(call, "AWS::EC2::Snapshot", "SnapshotId"),
        snapshot_attribute,
    ),
    of_resource(
        "DescribeImageAttribute",
        "ec2:DescribeImageAttribute",
        |call| target(call, "AWS::EC2::Image", "ImageId"),
        image_attribute,
    ),
    of_resource(
        "DescribeVpcEndpointServicePermissions",
        "ec2:DescribeVpcEndpointServicePermissions",
        |call| target(call, "AWS::EC2::VPCEndpointService", "ServiceId"),
        service_permissions,
    ),
];

/// The document of a resource that is named by its id.
pub(super) fn find(call: &Call<'_>, kind: &str, parameter: &str) -> Result<Value, Failure> {
    let id = call.required(parameter)?;
    let account = call.account()?;
    if kind == "AWS::EC2::Instance" {
        let found = account.instances.iter().find(|instance| {
            instance.region == call.region && last_part(instance.arn.as_str()) == id
        });
        if let Some(instance) = found {
            return Ok(json!(instance));
        }
    }
    let found = account
        .documents(kind, call.region)
        .find(|document| last_part(&text(document, "/arn")) == id);
    found.cloned().ok_or_else(|| {
        Failure::new(
            400,
            format!("Invalid{parameter}.NotFound").replace("Id.", "ID."),
            format!("The ID '{id}' does not exist"),
        )
    })
}

pub(super) fn target(call: &Call<'_>, kind: &str, parameter: &str) -> Result<Target, Failure> {
    let document = find(call, kind, parameter)?;
    let arn = text(&document, "/arn")
        .parse()
        .map_err(|_| Failure::validation("the document of the resource has no ARN"))?;
    Ok(Target::resource(arn))
}

fn instance_attribute(call: &Call<'_>) -> Result<Answer, Failure> {
    let document = find(call, "AWS::EC2::Instance", "InstanceId")?;
    let data = user_data(&document);
    let data = data.map(|data| Element::new("userData").text("value", data));
    Ok(Answer::Xml(
        Element::new("")
            .text("instanceId", call.required("InstanceId")?)
            .maybe_child(data.or_else(|| Some(Element::new("userData")))),
    ))
}

fn snapshot_attribute(call: &Call<'_>) -> Result<Answer, Failure> {
    let document = find(call, "AWS::EC2::Snapshot", "SnapshotId")?;
    const WITH: &Members = &[("/Group", "group"), ("/UserId", "userId")];
    Ok(Answer::Xml(
        Element::new("")
            .text("snapshotId", call.required("SnapshotId")?)
            .list(
                "createVolumePermission",
                items(&document, "/config/CreateVolumePermissions", WITH),
            ),
    ))
}

fn image_attribute(call: &Call<'_>) -> Result<Answer, Failure> {
    let document = find(call, "AWS::EC2::Image", "ImageId")?;
    const WITH: &Members = &[
        ("/Group", "group"),
        ("/UserId", "userId"),
        ("/OrganizationArn", "organizationArn"),
        ("/OrganizationalUnitArn", "organizationalUnitArn"),
    ];
    Ok(Answer::Xml(
        Element::new("")
            .text("imageId", call.required("ImageId")?)
            .list(
                "launchPermission",
                items(&document, "/config/LaunchPermissions", WITH),
            ),
    ))
}

fn service_permissions(call: &Call<'_>) -> Result<Answer, Failure> {
    let document = find(call, "AWS::EC2::VPCEndpointService", "ServiceId")?;
    let allowed = items(
        &document,
        "/observed/AllowedPrincipals",
        &[("", "principal")],
    );
    Ok(Answer::Xml(
        Element::new("").list("allowedPrincipals", allowed),
    ))
}

/// What a launch template starts; `data` is the part of its document that says so.
pub(super) fn template_data(data: &Value, document: &Value) -> Element {
    let element = members(
        Element::new("launchTemplateData"),
        data,
        &[
            ("/ImageId", "imageId"),
            ("/InstanceType", "instanceType"),
            ("/KeyName", "keyName"),
        ],
    );
    let element = child(
        element,
        data,
        "/IamInstanceProfile",
        "iamInstanceProfile",
        &[("/Arn", "arn"), ("/Name", "name")],
    );
    let element = child(
        element,
        data,
        "/MetadataOptions",
        "metadataOptions",
        &[
            ("/HttpTokens", "httpTokens"),
            ("/HttpEndpoint", "httpEndpoint"),
            ("/HttpPutResponseHopLimit", "httpPutResponseHopLimit"),
        ],
    );
    let interfaces = list(data, "/NetworkInterfaces").iter().map(|interface| {
        let element = members(
            Element::new("item"),
            interface,
            &[
                ("/AssociatePublicIpAddress", "associatePublicIpAddress"),
                ("/SubnetId", "subnetId"),
            ],
        );
        let groups = list(interface, "/Groups").iter().filter_map(Value::as_str);
        element.list(
            "groupSet",
            groups.map(|group| Element::new("groupId").content(group)),
        )
    });
    element
        .list(
            "securityGroupIdSet",
            items(data, "/SecurityGroupIds", &[("", "")]),
        )
        .list("networkInterfaceSet", interfaces)
        .maybe("userData", user_data(document))
}

/// Something of each kind that user data may hold, made up.
const SAMPLES: &[(&str, &str)] = &[
    ("AWS access key", "AKIAIOSFODNN7EXAMPLE"),
    ("private key", "-----BEGIN PRIVATE KEY-----"),
    ("password or secret", "DB_PASSWORD=correct-horse"),
    ("GitHub token", "ghp_000000000000000000000000000000000000"),
    ("GitLab token", "glpat-00000000000000000000"),
    ("Slack token", "xoxb-0000000000"),
    ("Stripe key", "sk_live_0000000000000000"),
    ("npm token", "npm_000000000000000000000000000000000000"),
];

/// User data of which a document tells only the facts, made up again: as long, and with something
/// of each kind.
fn user_data(document: &Value) -> Option<String> {
    let facts = document.pointer("/observed/UserData")?;
    let size = facts
        .get("Size")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let mut text = String::new();
    for kind in list(facts, "/Secrets").iter().filter_map(Value::as_str) {
        if let Some((_, sample)) = SAMPLES.iter().find(|(known, _)| *known == kind) {
            text.push_str(sample);
            text.push('\n');
        }
    }
    let missing = usize::try_from(size)
        .unwrap_or_default()
        .saturating_sub(text.len());
    text.extend(std::iter::repeat_n('#', missing));
    Some(STANDARD.encode(text))
}
