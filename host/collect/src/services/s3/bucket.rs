//! Buckets with policy, access control list, switches, encryption, tags and the other settings:
//! `AWS::S3::Bucket`.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_bucket_acl::GetBucketAclOutput;
use aws_sdk_s3::types::{
    PublicAccessBlockConfiguration as SwitchesAnswer, ServerSideEncryptionConfiguration,
};
use aws_smithy_types::DateTime;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::s3::{
    BucketEncryption, Grant, Grantee, PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault, ServerSideEncryptionRule,
};
use blastwall_model::resources::{Bucket, BucketKind};
use blastwall_model::{Field, Kind, Tags};
use futures::{StreamExt, stream};

use super::{location, settings};
use crate::Product;
use crate::context::{Context, parse_arn};
use crate::convert::{Policy, tags, text, time};
use crate::harvest::{About, Harvest, absent, malformed, unknown};
use crate::pages::pages;

const LIST: Declaration = super::call("ListBuckets", "s3:ListAllMyBuckets");
const POLICY: Declaration = super::call("GetBucketPolicy", "s3:GetBucketPolicy");
const POLICY_STATUS: Declaration = super::call("GetBucketPolicyStatus", "s3:GetBucketPolicyStatus");
const ACL: Declaration = super::call("GetBucketAcl", "s3:GetBucketAcl");
const SWITCHES: Declaration = super::call("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock");
const ENCRYPTION: Declaration = super::call("GetBucketEncryption", "s3:GetEncryptionConfiguration");
const TAGS: Declaration = super::call("GetBucketTagging", "s3:GetBucketTagging");

pub(super) const PRODUCT: Product = Product {
    kind: BucketKind::TYPE,
    calls: &[
        LIST,
        location::GET,
        POLICY,
        POLICY_STATUS,
        ACL,
        SWITCHES,
        ENCRYPTION,
        settings::VERSIONING,
        settings::LOGGING,
        settings::OWNERSHIP,
        settings::OBJECT_LOCK,
        settings::REPLICATION,
    ],
    tags: &[TAGS],
};

/// How many buckets are looked into side by side.
const BUCKETS_AT_ONCE: usize = 16;

/// How many buckets a page has. Any number makes S3 say in which region each bucket is.
/// Source: S3 API Reference, `ListBuckets`.
const PAGE: i32 = 1000;

/// S3 lists a bucket for a while after its end; such a one is not there.
const GONE: &str = "NoSuchBucket";

/// A bucket as it was listed.
struct Listed {
    name: String,
    region: Option<String>,
    created: Option<DateTime>,
}

pub(super) async fn list(context: &Context<'_>) -> Harvest {
    let asked = context.global_region();
    let s3 = super::client(context.session, asked);
    let mut harvest = Harvest::default();
    let mut buckets = Vec::new();
    let stream = s3.list_buckets().max_buckets(PAGE).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        for bucket in page.buckets.unwrap_or_default() {
            match bucket.name {
                Some(name) => buckets.push(Listed {
                    name,
                    region: text(bucket.bucket_region.as_deref()),
                    created: bucket.creation_date,
                }),
                None => {
                    let failure = malformed("a bucket without a name");
                    harvest.listing(&[PRODUCT.kind], LIST, asked, &failure);
                }
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[PRODUCT.kind], LIST, asked, &failure);
    }

    let located = locate(context, &s3, buckets, &mut harvest).await;
    let clients: BTreeMap<&str, Client> = located
        .iter()
        .map(|(region, _)| (region.as_str(), super::client(context.session, region)))
        .collect();
    let mut looked_into = stream::iter(&located)
        .filter_map(async |(region, bucket)| Some((clients.get(region.as_str())?, region, bucket)))
        .map(|(s3, region, bucket)| look_into(context, s3, region, bucket))
        .buffer_unordered(BUCKETS_AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    drop(looked_into);
    harvest
}

/// The buckets with their regions, without those outside of the regions that the user chose.
async fn locate(
    context: &Context<'_>,
    s3: &Client,
    buckets: Vec<Listed>,
    harvest: &mut Harvest,
) -> Vec<(String, Listed)> {
    let mut located = stream::iter(buckets)
        .map(async |bucket| {
            let region = match &bucket.region {
                Some(region) => Ok(region.clone()),
                None => location::location(context, s3, &bucket.name).await,
            };
            (region, bucket)
        })
        .buffer_unordered(BUCKETS_AT_ONCE)
        .boxed();
    let mut kept = Vec::new();
    while let Some((region, bucket)) = located.next().await {
        match region {
            Ok(region) => {
                let confined = context.confined;
                if confined.is_none_or(|regions| regions.contains(&region)) {
                    kept.push((region, bucket));
                }
            }
            Err(failure) if failure.code == GONE => {}
            Err(failure) => nowhere(context, &bucket, &failure, harvest),
        }
    }
    kept
}

/// A bucket of which not even the region is known is a document of unknowns.
fn nowhere(context: &Context<'_>, listed: &Listed, failure: &Failure, harvest: &mut Harvest) {
    let region = context.global_region();
    match head(context, region, listed) {
        Ok(mut bucket) => {
            let reason = crate::harvest::reason(location::GET, failure);
            for path in ["config", "observed", "tags"] {
                bucket.mark_unknown(path, &reason);
            }
            bucket.config.bucket_name = listed.name.clone().into();
            bucket.observed.creation_date = listed.created.as_ref().and_then(time).into();
            harvest.incomplete(&About::resource(&bucket), location::GET, failure);
            harvest.add(&bucket);
        }
        Err(failure) => harvest.listing(&[PRODUCT.kind], LIST, region, &failure),
    }
}

/// What the listing alone says.
fn head(context: &Context<'_>, region: &str, listed: &Listed) -> Result<Bucket, Failure> {
    let partition = context.session.partition();
    let arn = parse_arn(&format!("arn:{partition}:s3:::{}", listed.name))?;
    let mut bucket = Bucket::new(arn, context.session.account().clone(), region);
    bucket.config.bucket_name = listed.name.clone().into();
    bucket.observed.creation_date = listed.created.as_ref().and_then(time).into();
    Ok(bucket)
}

async fn look_into(context: &Context<'_>, s3: &Client, region: &str, listed: &Listed) -> Harvest {
    let mut bucket = match head(context, region, listed) {
        Ok(bucket) => bucket,
        Err(failure) => return Harvest::failed(&[PRODUCT.kind], LIST, region, &failure),
    };
    let session = context.session;
    let name = &listed.name;
    let mut settings_harvest = Harvest::default();
    let ((policy, is_public), acl, switches, encryption, tagging, ()) = futures::join!(
        policy(context, s3, name),
        session.call(s3.get_bucket_acl().bucket(name).send()),
        session.call(s3.get_public_access_block().bucket(name).send()),
        session.call(s3.get_bucket_encryption().bucket(name).send()),
        tagging(context, s3, name),
        settings::set(context, s3, name, &mut bucket, &mut settings_harvest),
    );
    // A bucket that went away in the meantime says so to whoever may ask.
    let gone = |failure: Option<&Failure>| failure.is_some_and(|failure| failure.code == GONE);
    if gone(policy.as_ref().err()) || gone(acl.as_ref().err()) {
        return Harvest::default();
    }

    let mut harvest = settings_harvest;
    let about = About::resource(&bucket);
    bucket.observed.policy_is_public = match (&policy, is_public) {
        (Ok(_), Some(is_public)) => harvest.field(&about, POLICY_STATUS, is_public),
        (Ok(_), None) => Field::ABSENT,
        (Err(failure), _) => unknown(POLICY, failure),
    };
    bucket.config.policy_document = policy_document(&mut harvest, &about, policy);
    set_acl(&mut bucket, &mut harvest, &about, acl);
    let switches = absent(switches, &["NoSuchPublicAccessBlockConfiguration"]).map(|answer| {
        answer
            .and_then(|answer| answer.public_access_block_configuration)
            .map(|answer| convert_switches(&answer))
    });
    bucket.config.public_access_block_configuration = harvest.field(&about, SWITCHES, switches);
    let encryption = absent(
        encryption,
        &["ServerSideEncryptionConfigurationNotFoundError"],
    )
    .map(|answer| {
        answer
            .and_then(|answer| answer.server_side_encryption_configuration)
            .map(|answer| convert_encryption(&answer))
    });
    bucket.config.bucket_encryption = harvest.field(&about, ENCRYPTION, encryption);
    bucket.tags = harvest.tags(&about, TAGS, tagging);
    harvest.add(&bucket);
    harvest
}

/// What S3 says of whether a policy is public.
type IsPublic = Result<Option<bool>, Failure>;

/// The text of the bucket policy, and, if there is one, whether S3 takes it for public.
async fn policy(
    context: &Context<'_>,
    s3: &Client,
    name: &str,
) -> (Result<Option<String>, Failure>, Option<IsPublic>) {
    let session = context.session;
    let answer = session
        .call(s3.get_bucket_policy().bucket(name).send())
        .await;
    let policy = absent(answer, &["NoSuchBucketPolicy"])
        .map(|answer| answer.and_then(|answer| text(answer.policy())));
    if !matches!(policy, Ok(Some(_))) {
        return (policy, None);
    }
    let status = session
        .call(s3.get_bucket_policy_status().bucket(name).send())
        .await;
    let status = absent(status, &["NoSuchBucketPolicy"]).map(|answer| {
        let status = answer.and_then(|answer| answer.policy_status);
        status.and_then(|status| status.is_public())
    });
    (policy, Some(status))
}

fn policy_document(
    harvest: &mut Harvest,
    about: &About,
    answer: Result<Option<String>, Failure>,
) -> Field<serde_json::Value> {
    let policy = answer.map(|text| text.map(|text| Policy::plain(&text)));
    if let Ok(Some(Policy {
        readable: false, ..
    })) = &policy
    {
        harvest.incomplete(about, POLICY, &malformed("the bucket policy is not JSON"));
    }
    harvest.field(
        about,
        POLICY,
        policy.map(|policy| policy.map(|policy| policy.document)),
    )
}

fn set_acl(
    bucket: &mut Bucket,
    harvest: &mut Harvest,
    about: &About,
    answer: Result<GetBucketAclOutput, Failure>,
) {
    match answer {
        Ok(acl) => {
            bucket.observed.owner_id = acl.owner().and_then(|owner| text(owner.id())).into();
            bucket.observed.grants = acl
                .grants()
                .iter()
                .map(convert_grant)
                .collect::<Vec<_>>()
                .into();
        }
        Err(failure) => {
            bucket.observed.owner_id = unknown(ACL, &failure);
            bucket.observed.grants = harvest.field(about, ACL, Err(failure));
        }
    }
}

fn convert_grant(grant: &aws_sdk_s3::types::Grant) -> Grant {
    Grant {
        grantee: grant
            .grantee()
            .map(|grantee| Grantee {
                kind: grantee.r#type().as_str().to_owned(),
                id: text(grantee.id()),
                uri: text(grantee.uri()),
            })
            .unwrap_or_default(),
        permission: grant
            .permission()
            .map(|permission| permission.as_str().to_owned())
            .unwrap_or_default(),
    }
}

fn convert_switches(answer: &SwitchesAnswer) -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration {
        block_public_acls: answer.block_public_acls().unwrap_or_default(),
        block_public_policy: answer.block_public_policy().unwrap_or_default(),
        ignore_public_acls: answer.ignore_public_acls().unwrap_or_default(),
        restrict_public_buckets: answer.restrict_public_buckets().unwrap_or_default(),
    }
}

fn convert_encryption(answer: &ServerSideEncryptionConfiguration) -> BucketEncryption {
    let rule = |rule: &aws_sdk_s3::types::ServerSideEncryptionRule| ServerSideEncryptionRule {
        server_side_encryption_by_default: rule.apply_server_side_encryption_by_default().map(
            |default| ServerSideEncryptionByDefault {
                sse_algorithm: default.sse_algorithm().as_str().to_owned(),
                kms_master_key_id: text(default.kms_master_key_id()),
            },
        ),
        bucket_key_enabled: rule.bucket_key_enabled(),
    };
    BucketEncryption {
        server_side_encryption_configuration: answer.rules().iter().map(rule).collect(),
    }
}

/// The tags of one bucket, if tags are wanted.
async fn tagging(
    context: &Context<'_>,
    s3: &Client,
    name: &str,
) -> Option<Result<Field<Tags>, Failure>> {
    if !context.tags {
        return None;
    }
    let request = s3.get_bucket_tagging().bucket(name);
    let answer = absent(
        context.session.call(request.send()).await,
        &["NoSuchTagSet"],
    );
    Some(answer.map(|answer| answer.map_or(Field::ABSENT, |answer| convert_tags(answer.tag_set()))))
}

fn convert_tags(answer: &[aws_sdk_s3::types::Tag]) -> Field<Tags> {
    tags(
        answer
            .iter()
            .map(|tag| (Some(tag.key()), Some(tag.value()))),
    )
}
