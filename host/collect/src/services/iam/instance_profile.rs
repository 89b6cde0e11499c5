//! What carries roles into instances: `AWS::IAM::InstanceProfile`.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::InstanceProfile as Answer;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::{InstanceProfile, InstanceProfileKind};
use blastwall_model::{GLOBAL, Kind};

use crate::Product;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, time};
use crate::harvest::Harvest;
use crate::pages::pages;

const LIST: Declaration = super::call("ListInstanceProfiles", "iam:ListInstanceProfiles");

pub(super) const PRODUCT: Product = Product {
    kind: InstanceProfileKind::TYPE,
    calls: &[LIST],
    tags: &[],
};

/// How many a page has, the most that IAM allows.
const PAGE: i32 = 1000;

/// The instance profiles, if they are wanted. The listing of roles names those that have a role;
/// this one has the others too.
pub(super) async fn collect(context: &Context<'_>, iam: &Client) -> Harvest {
    let mut harvest = Harvest::default();
    if !context.wants(PRODUCT.kind) {
        return harvest;
    }
    let request = iam.list_instance_profiles().max_items(PAGE);
    let ended = pages(context.session, request.into_paginator().send(), |page| {
        for profile in page.instance_profiles() {
            match convert(context, profile) {
                Ok(profile) => harvest.add(&profile),
                Err(failure) => harvest.listing(&[PRODUCT.kind], LIST, GLOBAL, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[PRODUCT.kind], LIST, GLOBAL, &failure);
    }
    harvest
}

fn convert(context: &Context<'_>, answer: &Answer) -> Result<InstanceProfile, Failure> {
    let arn = parse_arn(answer.arn())?;
    let mut profile = InstanceProfile::new(arn, context.session.account().clone(), GLOBAL);
    // The listing does not bring them.
    profile.mark_unknown("tags", "NotCollected: iam:ListInstanceProfileTags");
    let config = &mut profile.config;
    config.instance_profile_name = answer.instance_profile_name().to_owned().into();
    config.path = answer.path().to_owned().into();
    let roles = answer.roles().iter();
    config.roles = sorted(roles.map(|role| role.role_name().to_owned())).into();
    let observed = &mut profile.observed;
    observed.instance_profile_id = answer.instance_profile_id().to_owned().into();
    observed.create_date = time(answer.create_date()).into();
    Ok(profile)
}
