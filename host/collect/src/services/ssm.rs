//! AWS Systems Manager: `AWS::SSM::Parameter`.
//!
//! The listing tells everything but values, which are never asked for.

use aws_sdk_ssm::types;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::{Parameter, ParameterKind};
use blastwall_model::{Field, Kind};
use futures::FutureExt;

use super::listing::list_pages;
use crate::catalogue::Run;
use crate::context::Context;
use crate::convert::{text, time};
use crate::harvest::{Harvest, not_collected};
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "ssm",
    products: &[Product {
        kind: ParameterKind::TYPE,
        calls: &[LIST],
        tags: &[],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("DescribeParameters", "ssm:DescribeParameters");
/// Takes a call a parameter, of which there are many; nobody reads their tags.
const TAGS: Declaration = call("ListTagsForResource", "ssm:ListTagsForResource");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "SSM",
        operation,
        action,
    }
}

/// No answer has more. Source: Systems Manager API Reference, "DescribeParameters".
const A_PAGE: i32 = 50;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let client = client!(aws_sdk_ssm, context.session, region);
    let request = client.describe_parameters().max_results(A_PAGE);
    list_pages!(context, region, LIST, request, parameters, parameter)
}

fn parameter(
    context: &Context<'_>,
    region: &str,
    answer: &types::ParameterMetadata,
) -> Result<Parameter, Failure> {
    let name = answer.name().unwrap_or_default();
    // One that is a path begins with its own slash.
    let resource = format!("parameter/{}", name.trim_start_matches('/'));
    let arn = context.arn("ssm", region, &resource)?;
    let mut parameter = Parameter::new(arn, context.session.account().clone(), region);
    parameter.tags = Field::unknown("tags", not_collected(TAGS));
    let config = &mut parameter.config;
    config.name = text(Some(name)).into();
    config.parameter_type = text(answer.r#type().map(|one| one.as_str())).into();
    config.tier = text(answer.tier().map(|tier| tier.as_str())).into();
    config.key_id = text(answer.key_id()).into();
    config.data_type = text(answer.data_type()).into();
    let observed = &mut parameter.observed;
    observed.last_modified_date = answer.last_modified_date().and_then(time).into();
    observed.version = Some(answer.version()).into();
    Ok(parameter)
}
