//! Amazon S3: the account's buckets, wherever they are, its access points, and its own switches.

mod access_point;
mod account;
mod bucket;
mod location;
mod settings;

use aws_types::service_config::ServiceConfigKey;
use blastwall_aws::{Declaration, Session};
use blastwall_model::Kind;
use blastwall_model::resources::{AccountPublicAccessBlockKind, BucketKind};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};

use crate::Collector;
use crate::catalogue::Run;
use crate::context::Context;
use crate::harvest::Harvest;

pub(crate) use access_point::COLLECTOR as ACCESS_POINTS;

pub(crate) const COLLECTOR: Collector = Collector {
    service: "s3",
    products: &[bucket::PRODUCT, account::PRODUCT],
    run: Run::AllRegions(|context| collect(context).boxed()),
};

/// An operation of S3; the names of its IAM actions are often not those of the operations.
/// Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "S3",
        operation,
        action,
    }
}

async fn collect(context: &Context<'_>) -> Harvest {
    let mut parts: Vec<BoxFuture<'_, Harvest>> = Vec::new();
    if context.wants(BucketKind::TYPE) {
        parts.push(bucket::list(context).boxed());
    }
    if context.wants(AccountPublicAccessBlockKind::TYPE) {
        parts.push(account::get(context).boxed());
    }
    let mut harvest = Harvest::default();
    for found in join_all(parts).await {
        harvest.append(found);
    }
    harvest
}

/// The client of a region. Where the endpoint is the user's own, the bucket goes into the path:
/// `bucket.localhost` is rarely set up.
fn client(session: &Session, region: &str) -> aws_sdk_s3::Client {
    blastwall_aws::client!(
        aws_sdk_s3,
        session,
        region,
        force_path_style(has_own_endpoint(session))
    )
}

fn has_own_endpoint(session: &Session) -> bool {
    let config = session.config();
    config.endpoint_url().is_some() || endpoint_of_s3(session).is_some()
}

/// The endpoint that is set for S3 alone (`AWS_ENDPOINT_URL_S3`, or the profile's services).
fn endpoint_of_s3(session: &Session) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    session.config().service_config()?.load_config(key)
}
