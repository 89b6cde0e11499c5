//! AWS CloudFormation: `AWS::CloudFormation::Stack`.
//!
//! One listing tells all; parameters and outputs come with it and are let go of.

use aws_sdk_cloudformation::types;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::Kind;
use blastwall_model::resources::{Stack, StackKind};
use futures::FutureExt;

use super::listing::list_pages;
use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, tags, text, time};
use crate::harvest::Harvest;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "cloudformation",
    products: &[Product {
        kind: StackKind::TYPE,
        calls: &[LIST],
        tags: &[],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = Declaration {
    service: "CloudFormation",
    operation: "DescribeStacks",
    action: "cloudformation:DescribeStacks",
};

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let client = client!(aws_sdk_cloudformation, context.session, region);
    list_pages!(
        context,
        region,
        LIST,
        client.describe_stacks(),
        stacks,
        stack
    )
}

fn stack(context: &Context<'_>, region: &str, answer: &types::Stack) -> Result<Stack, Failure> {
    let arn = parse_arn(answer.stack_id().unwrap_or_default())?;
    let mut stack = Stack::new(arn, context.session.account().clone(), region);
    stack.tags = tags(answer.tags().iter().map(|tag| (tag.key(), tag.value())));
    let config = &mut stack.config;
    config.stack_name = text(answer.stack_name()).into();
    config.role_arn = text(answer.role_arn()).into();
    let capabilities = answer.capabilities().iter();
    config.capabilities = sorted(capabilities.map(|one| one.as_str().to_owned())).into();
    config.enable_termination_protection = answer.enable_termination_protection().into();
    let observed = &mut stack.observed;
    observed.stack_status = text(answer.stack_status().map(|status| status.as_str())).into();
    observed.creation_time = answer.creation_time().and_then(time).into();
    observed.last_updated_time = answer.last_updated_time().and_then(time).into();
    observed.parent_id = text(answer.parent_id()).into();
    Ok(stack)
}
