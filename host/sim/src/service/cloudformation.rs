//! AWS CloudFormation: stacks, without what they are made from.
//!
//! Source: AWS CloudFormation API Reference, version 2010-05-15.

use super::tag_members;
use crate::document::{list, members, scalar};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;
use crate::xml::Element;

pub(crate) const OPERATIONS: &[Operation] = &[listing(
    "DescribeStacks",
    "cloudformation:DescribeStacks",
    describe_stacks,
)];

fn describe_stacks(call: &Call<'_>) -> Result<Answer, Failure> {
    let documents = call.account()?;
    let documents = documents.documents("AWS::CloudFormation::Stack", call.region);
    let stacks = documents.map(|stack| {
        let capabilities = list(stack, "/config/Capabilities").iter();
        let capabilities = capabilities.filter_map(scalar);
        members(
            Element::new("member"),
            stack,
            &[
                ("/arn", "StackId"),
                ("/config/StackName", "StackName"),
                ("/config/RoleARN", "RoleARN"),
                (
                    "/config/EnableTerminationProtection",
                    "EnableTerminationProtection",
                ),
                ("/observed/StackStatus", "StackStatus"),
                ("/observed/CreationTime", "CreationTime"),
                ("/observed/LastUpdatedTime", "LastUpdatedTime"),
                ("/observed/ParentId", "ParentId"),
            ],
        )
        .list(
            "Capabilities",
            capabilities.map(|one| Element::new("member").content(one)),
        )
        .list("Tags", tag_members(stack))
    });
    let limit = call.simulation.options.page_size;
    let page = page(stacks.collect(), call.input.get("NextToken"), limit)?;
    Ok(Answer::Xml(
        Element::new("")
            .list("Stacks", page.items)
            .maybe("NextToken", page.next),
    ))
}
