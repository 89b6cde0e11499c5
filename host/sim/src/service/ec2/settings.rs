//! What is set once for a region. A region without a document has what AWS begins with.

use serde_json::Value;

use super::listings::child;
use crate::document::text;
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::xml::Element;

pub(super) const OPERATIONS: &[Operation] = &[
    listing(
        "GetEbsEncryptionByDefault",
        "ec2:GetEbsEncryptionByDefault",
        ebs_encryption,
    ),
    listing(
        "GetSnapshotBlockPublicAccessState",
        "ec2:GetSnapshotBlockPublicAccessState",
        snapshot_block,
    ),
    listing(
        "GetImageBlockPublicAccessState",
        "ec2:GetImageBlockPublicAccessState",
        image_block,
    ),
    listing(
        "DescribeVpcBlockPublicAccessOptions",
        "ec2:DescribeVpcBlockPublicAccessOptions",
        vpc_block,
    ),
    listing(
        "GetInstanceMetadataDefaults",
        "ec2:GetInstanceMetadataDefaults",
        metadata_defaults,
    ),
];

fn setting<'a>(call: &Call<'a>, kind: &str) -> Result<Option<&'a Value>, Failure> {
    Ok(call.account()?.documents(kind, call.region).next())
}

/// The value of a property, or what AWS begins with.
fn value(document: Option<&Value>, pointer: &str, first: &str) -> String {
    let value = document.map(|document| text(document, pointer));
    value
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| first.to_owned())
}

fn ebs_encryption(call: &Call<'_>) -> Result<Answer, Failure> {
    let document = setting(call, "AWS::EC2::EbsEncryptionByDefault")?;
    let on = value(document, "/config/EbsEncryptionByDefault", "false");
    Ok(Answer::Xml(
        Element::new("").text("ebsEncryptionByDefault", on),
    ))
}

fn snapshot_block(call: &Call<'_>) -> Result<Answer, Failure> {
    let document = setting(call, "AWS::EC2::SnapshotBlockPublicAccess")?;
    let state = value(document, "/config/State", "unblocked");
    Ok(Answer::Xml(Element::new("").text("state", state)))
}

fn image_block(call: &Call<'_>) -> Result<Answer, Failure> {
    let document = setting(call, "AWS::EC2::ImageBlockPublicAccess")?;
    let state = value(document, "/config/State", "unblocked");
    Ok(Answer::Xml(
        Element::new("").text("imageBlockPublicAccessState", state),
    ))
}

fn vpc_block(call: &Call<'_>) -> Result<Answer, Failure> {
    let document = setting(call, "AWS::EC2::VPCBlockPublicAccessOptions")?;
    let options = Element::new("vpcBlockPublicAccessOptions")
        .text(
            "internetGatewayBlockMode",
            value(document, "/config/InternetGatewayBlockMode", "off"),
        )
        .text("state", value(document, "/observed/State", "default-state"))
        .text(
            "managedBy",
            value(document, "/observed/ManagedBy", "account"),
        );
    Ok(Answer::Xml(Element::new("").child(options)))
}

fn metadata_defaults(call: &Call<'_>) -> Result<Answer, Failure> {
    let none = Value::Null;
    let document = setting(call, "AWS::EC2::InstanceMetadataDefaults")?;
    Ok(Answer::Xml(child(
        Element::new(""),
        document.unwrap_or(&none),
        "/config/AccountLevel",
        "accountLevel",
        &[
            ("/HttpTokens", "httpTokens"),
            ("/HttpPutResponseHopLimit", "httpPutResponseHopLimit"),
            ("/HttpEndpoint", "httpEndpoint"),
        ],
    )))
}
