//! Access points with their policies: `AWS::S3::AccessPoint`.

use aws_sdk_s3control::Client;
use aws_sdk_s3control::operation::get_access_point::GetAccessPointOutput;
use aws_sdk_s3control::types::AccessPoint as Listed;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::s3::VpcConfiguration;
use blastwall_model::resources::{AccessPoint, AccessPointKind};
use blastwall_model::{Field, Kind};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{Policy, text, time};
use crate::harvest::{About, Harvest, absent, malformed, unknown};
use crate::pages::pages;
use crate::{Collector, Product};

/// Access points are listed region by region, unlike buckets.
pub(crate) const COLLECTOR: Collector = Collector {
    service: "s3",
    products: &[Product {
        kind: AccessPointKind::TYPE,
        calls: &[LIST, GET, POLICY],
        tags: &[],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("ListAccessPoints", "s3:ListAccessPoints");
const GET: Declaration = call("GetAccessPoint", "s3:GetAccessPoint");
const POLICY: Declaration = call("GetAccessPointPolicy", "s3:GetAccessPointPolicy");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "S3 Control",
        operation,
        action,
    }
}

/// How many access points of a region are looked into side by side.
const ACCESS_POINTS_AT_ONCE: usize = 8;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let control = client!(aws_sdk_s3control, context.session, region);
    let request = control
        .list_access_points()
        .account_id(context.session.account().as_str());
    let mut harvest = Harvest::default();
    let mut listed = Vec::new();
    let ended = pages(context.session, request.into_paginator().send(), |page| {
        listed.extend(page.access_point_list.unwrap_or_default());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[AccessPointKind::TYPE], LIST, region, &failure);
    }
    let mut looked_into = stream::iter(&listed)
        .map(|listed| look_into(context, &control, region, listed))
        .buffer_unordered(ACCESS_POINTS_AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    drop(looked_into);
    harvest
}

async fn look_into(
    context: &Context<'_>,
    control: &Client,
    region: &str,
    listed: &Listed,
) -> Harvest {
    let arn = match parse_arn(listed.access_point_arn().unwrap_or_default()) {
        Ok(arn) => arn,
        Err(failure) => {
            return Harvest::failed(&[AccessPointKind::TYPE], LIST, region, &failure);
        }
    };
    let session = context.session;
    let account = session.account();
    let name = listed.name();
    let (got, policy) = futures::join!(
        session.call(
            control
                .get_access_point()
                .account_id(account.as_str())
                .name(name)
                .send()
        ),
        session.call(
            control
                .get_access_point_policy()
                .account_id(account.as_str())
                .name(name)
                .send()
        ),
    );
    let mut point = AccessPoint::new(arn, account.clone(), region);
    describe(&mut point, listed);
    let mut harvest = Harvest::default();
    let about = About::resource(&point);
    // Neither answer tells of tags.
    point.tags = Field::unknown("tags", "NotCollected: s3:ListTagsForResource");
    match got {
        Ok(got) => set(&mut point, &got),
        Err(failure) => {
            point.observed.creation_date = unknown(GET, &failure);
            point.config.public_access_block_configuration =
                harvest.field(&about, GET, Err(failure));
        }
    }
    let policy = absent(policy, &["NoSuchAccessPointPolicy"])
        .map(|answer| answer.and_then(|answer| text(answer.policy())));
    point.config.policy = policy_document(&mut harvest, &about, policy);
    harvest.add(&point);
    harvest
}

/// What the listing says.
fn describe(point: &mut AccessPoint, listed: &Listed) {
    let config = &mut point.config;
    config.name = listed.name().to_owned().into();
    config.bucket = listed.bucket().to_owned().into();
    config.bucket_account_id = text(listed.bucket_account_id()).into();
    config.vpc_configuration = listed
        .vpc_configuration()
        .map(|vpc| VpcConfiguration {
            vpc_id: vpc.vpc_id().to_owned(),
        })
        .into();
    point.observed.network_origin = listed.network_origin().as_str().to_owned().into();
    point.observed.alias = text(listed.alias()).into();
}

/// What only the access point itself says.
fn set(point: &mut AccessPoint, got: &GetAccessPointOutput) {
    point.config.public_access_block_configuration = got
        .public_access_block_configuration()
        .map(super::account::convert)
        .into();
    point.observed.creation_date = got.creation_date().and_then(time).into();
}

fn policy_document(
    harvest: &mut Harvest,
    about: &About,
    answer: Result<Option<String>, Failure>,
) -> Field<serde_json::Value> {
    let policy = answer.map(|text| text.map(|text| Policy::plain(&text)));
    if matches!(&policy, Ok(Some(policy)) if !policy.readable) {
        let failure = malformed("the access point policy is not JSON");
        harvest.incomplete(about, POLICY, &failure);
    }
    let document = policy.map(|policy| policy.map(|policy| policy.document));
    harvest.field(about, POLICY, document)
}
