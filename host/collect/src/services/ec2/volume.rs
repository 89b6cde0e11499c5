//! EBS volumes: `AWS::EC2::Volume`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Volume as Description;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::ec2::VolumeAttachment;
use blastwall_model::resources::{Volume, VolumeKind};

use crate::Product;
use crate::context::Context;
use crate::convert::{sorted, text, time};
use crate::harvest::Harvest;
use crate::pages::pages;

const LIST: Declaration = super::call("DescribeVolumes", "ec2:DescribeVolumes");

pub(super) const PRODUCT: Product = super::product(VolumeKind::TYPE, &[LIST]);

pub(super) async fn list(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let mut harvest = Harvest::default();
    let stream = ec2
        .describe_volumes()
        .max_results(super::PAGE)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.volumes() {
            match resource(context, region, description) {
                Ok(volume) => harvest.add(&volume),
                Err(failure) => harvest.listing(&[PRODUCT.kind], LIST, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[PRODUCT.kind], LIST, region, &failure);
    }
    harvest
}

fn resource(
    context: &Context<'_>,
    region: &str,
    description: &Description,
) -> Result<Volume, Failure> {
    let id = description.volume_id().unwrap_or_default();
    let arn = context.arn("ec2", region, &format!("volume/{id}"))?;
    let mut volume = Volume::new(arn, context.session.account().clone(), region);
    volume.tags = super::tags(description.tags());

    let config = &mut volume.config;
    config.volume_id = text(Some(id)).into();
    config.size = description.size().into();
    config.volume_type = text(description.volume_type().map(|kind| kind.as_str())).into();
    config.availability_zone = text(description.availability_zone()).into();
    config.encrypted = description.encrypted().into();
    config.kms_key_id = text(description.kms_key_id()).into();
    config.snapshot_id = text(description.snapshot_id()).into();

    let observed = &mut volume.observed;
    observed.state = text(description.state().map(|state| state.as_str())).into();
    observed.create_time = description.create_time().and_then(time).into();
    observed.attachments =
        sorted(
            description
                .attachments()
                .iter()
                .map(|attachment| VolumeAttachment {
                    instance_id: attachment.instance_id().unwrap_or_default().to_owned(),
                    device: text(attachment.device()),
                    state: text(attachment.state().map(|state| state.as_str())),
                }),
        )
        .into();
    Ok(volume)
}
