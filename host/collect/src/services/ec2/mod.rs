//! Amazon EC2, region by region: one listing a type, one module a type.

mod instance;
mod security_group;
mod volume;

use blastwall_aws::{Declaration, client};
use blastwall_model::Kind;
use blastwall_model::resources::{InstanceKind, RegionKind, SecurityGroupKind, VolumeKind};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};

use crate::catalogue::Run;
use crate::context::Context;
use crate::harvest::Harvest;
use crate::{Collector, Product, regions};

pub(crate) const COLLECTOR: Collector = Collector {
    service: "ec2",
    products: &[
        // Made where the regions are found out, which comes before any collector.
        Product {
            kind: RegionKind::TYPE,
            calls: &[regions::DESCRIBE_REGIONS],
            tags: &[],
        },
        security_group::PRODUCT,
        instance::PRODUCT,
        volume::PRODUCT,
    ],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

/// How many resources a page has: the most that the three listings allow.
/// Source: EC2 API Reference, `MaxResults` of each.
const PAGE: i32 = 1000;

/// An operation of EC2, whose IAM actions are named like the operations.
const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "EC2",
        operation,
        action,
    }
}

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let ec2 = &client!(aws_sdk_ec2, context.session, region);
    let mut listings: Vec<BoxFuture<'_, Harvest>> = Vec::new();
    if context.wants(SecurityGroupKind::TYPE) {
        listings.push(security_group::list(context, region, ec2).boxed());
    }
    if context.wants(InstanceKind::TYPE) {
        listings.push(instance::list(context, region, ec2).boxed());
    }
    if context.wants(VolumeKind::TYPE) {
        listings.push(volume::list(context, region, ec2).boxed());
    }
    let mut harvest = Harvest::default();
    for found in join_all(listings).await {
        harvest.append(found);
    }
    harvest
}

/// The tags of a resource.
fn tags(tags: &[aws_sdk_ec2::types::Tag]) -> blastwall_model::Field<blastwall_model::Tags> {
    crate::convert::tags(tags.iter().map(|tag| (tag.key(), tag.value())))
}
