//! Instances: `AWS::EC2::Instance`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Instance as Description, InstanceAttributeName, InstanceStateName};
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::ec2::MetadataOptions;
use blastwall_model::resources::{Instance, InstanceKind};
use futures::{StreamExt, stream};

use super::user_data;
use crate::Product;
use crate::context::Context;
use crate::convert::{sorted, text, time};
use crate::harvest::{About, Harvest};
use crate::pages::pages;

const LIST: Declaration = super::call("DescribeInstances", "ec2:DescribeInstances");

const USER_DATA: Declaration =
    super::call("DescribeInstanceAttribute", "ec2:DescribeInstanceAttribute");

pub(super) const PRODUCT: Product = super::product(InstanceKind::TYPE, &[LIST, USER_DATA]);

/// How many instances of a region are asked for their user data side by side.
const AT_ONCE: usize = 8;

pub(super) async fn list(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let mut harvest = Harvest::default();
    let mut instances = Vec::new();
    let stream = ec2
        .describe_instances()
        .max_results(super::PAGE)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        let descriptions = page
            .reservations()
            .iter()
            .flat_map(|reservation| reservation.instances())
            .filter(|description| !is_terminated(description));
        for description in descriptions {
            match resource(context, region, description) {
                Ok(instance) => instances.push(instance),
                Err(failure) => harvest.listing(&[PRODUCT.kind], LIST, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[PRODUCT.kind], LIST, region, &failure);
    }
    let mut looked_into = stream::iter(instances)
        .map(|instance| look_into(context, ec2, instance))
        .buffered(AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

/// The facts about the user data, which take a call for each instance.
async fn look_into(context: &Context<'_>, ec2: &Client, mut instance: Instance) -> Harvest {
    let mut harvest = Harvest::default();
    let request = ec2
        .describe_instance_attribute()
        .set_instance_id(instance.config.instance_id.known().cloned())
        .attribute(InstanceAttributeName::UserData);
    let answer = context.session.call(request.send()).await;
    let facts = answer.and_then(|answer| {
        let encoded = answer.user_data().and_then(|data| text(data.value()));
        encoded
            .map(|encoded| user_data::facts(&encoded))
            .transpose()
    });
    let about = About::resource(&instance);
    instance.observed.user_data = harvest.field(&about, USER_DATA, facts);
    harvest.add(&instance);
    harvest
}

/// EC2 lists instances for about an hour after their end.
fn is_terminated(description: &Description) -> bool {
    let state = description.state().and_then(|state| state.name());
    state == Some(&InstanceStateName::Terminated)
}

fn resource(
    context: &Context<'_>,
    region: &str,
    description: &Description,
) -> Result<Instance, Failure> {
    let id = description.instance_id().unwrap_or_default();
    let arn = context.arn("ec2", region, &format!("instance/{id}"))?;
    let mut instance = Instance::new(arn, context.session.account().clone(), region);
    instance.tags = super::tags(description.tags());

    let config = &mut instance.config;
    config.instance_id = text(Some(id)).into();
    config.image_id = text(description.image_id()).into();
    config.instance_type = text(description.instance_type().map(|kind| kind.as_str())).into();
    config.vpc_id = text(description.vpc_id()).into();
    config.subnet_id = text(description.subnet_id()).into();
    config.security_group_ids = sorted(
        description
            .security_groups()
            .iter()
            .filter_map(|group| text(group.group_id())),
    )
    .into();
    config.iam_instance_profile = description
        .iam_instance_profile()
        .and_then(|profile| text(profile.arn()))
        .into();
    config.key_name = text(description.key_name()).into();
    config.metadata_options = description
        .metadata_options()
        .map(|options| MetadataOptions {
            http_tokens: text(options.http_tokens().map(|tokens| tokens.as_str())),
            http_endpoint: text(options.http_endpoint().map(|endpoint| endpoint.as_str())),
            http_put_response_hop_limit: options.http_put_response_hop_limit(),
        })
        .into();
    config.availability_zone = description
        .placement()
        .and_then(|placement| text(placement.availability_zone()))
        .into();

    let observed = &mut instance.observed;
    observed.state = description
        .state()
        .and_then(|state| text(state.name().map(|name| name.as_str())))
        .into();
    observed.public_ip_address = text(description.public_ip_address()).into();
    observed.private_ip_address = text(description.private_ip_address()).into();
    let interfaces = description.network_interfaces().iter();
    let addresses = interfaces.flat_map(|interface| interface.ipv6_addresses());
    let addresses = sorted(addresses.filter_map(|address| text(address.ipv6_address())));
    observed.ipv6_addresses = Some(addresses).filter(|list| !list.is_empty()).into();
    observed.state_transition_reason = text(description.state_transition_reason()).into();
    observed.launch_time = description.launch_time().and_then(time).into();
    Ok(instance)
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::InstanceState;

    use super::*;

    #[test]
    fn terminated_instances_are_told_apart() {
        let in_state = |name: &str| {
            let state = InstanceState::builder().name(name.into()).build();
            is_terminated(&Description::builder().state(state).build())
        };
        assert!(in_state("terminated"));
        assert!(!in_state("stopped"));
        assert!(!is_terminated(&Description::builder().build()));
    }
}
