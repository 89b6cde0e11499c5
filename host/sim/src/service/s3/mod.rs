//! Amazon S3: buckets and their settings.
//!
//! Source: Amazon S3 API Reference.

mod settings;

use blastwall_model::AccountId;
use blastwall_model::resources::Bucket;
use blastwall_model::resources::s3::{Grant, PublicAccessBlockConfiguration};
use blastwall_policy::analysis::public_access;
use blastwall_policy::language::Policy;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;
use crate::replay::was_refused;
use crate::signature::hex;
use crate::xml::Element;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListBuckets", "s3:ListAllMyBuckets", list_buckets),
    of_resource(
        "GetBucketPolicy",
        "s3:GetBucketPolicy",
        bucket_target,
        get_bucket_policy,
    ),
    of_resource(
        "GetBucketPolicyStatus",
        "s3:GetBucketPolicyStatus",
        bucket_target,
        get_bucket_policy_status,
    ),
    of_resource(
        "GetBucketAcl",
        "s3:GetBucketAcl",
        bucket_target,
        get_bucket_acl,
    ),
    of_resource(
        "GetPublicAccessBlock",
        "s3:GetBucketPublicAccessBlock",
        bucket_target,
        get_public_access_block,
    ),
    of_resource(
        "GetBucketEncryption",
        "s3:GetEncryptionConfiguration",
        bucket_target,
        get_bucket_encryption,
    ),
    of_resource(
        "GetBucketLocation",
        "s3:GetBucketLocation",
        bucket_anywhere,
        get_bucket_location,
    ),
    of_resource(
        "GetBucketTagging",
        "s3:GetBucketTagging",
        bucket_target,
        get_bucket_tagging,
    ),
    of_resource(
        "GetBucketVersioning",
        "s3:GetBucketVersioning",
        bucket_target,
        settings::get_bucket_versioning,
    ),
    of_resource(
        "GetBucketLogging",
        "s3:GetBucketLogging",
        bucket_target,
        settings::get_bucket_logging,
    ),
    of_resource(
        "GetBucketOwnershipControls",
        "s3:GetBucketOwnershipControls",
        bucket_target,
        settings::get_bucket_ownership_controls,
    ),
    of_resource(
        "GetObjectLockConfiguration",
        "s3:GetBucketObjectLockConfiguration",
        bucket_target,
        settings::get_object_lock_configuration,
    ),
    of_resource(
        "GetBucketReplication",
        "s3:GetReplicationConfiguration",
        bucket_target,
        settings::get_bucket_replication,
    ),
];

pub(super) const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// The region of buckets that have no other; S3 writes it as nothing at all.
const FIRST_REGION: &str = "us-east-1";

fn root(name: &str) -> Element {
    Element::new(name).attribute("xmlns", NAMESPACE)
}

fn region(bucket: &Bucket) -> &str {
    if bucket.region == blastwall_model::GLOBAL {
        FIRST_REGION
    } else {
        &bucket.region
    }
}

/// Whether listings tell the region. Older implementations of S3 do not, and where the question
/// for it was refused too, the document says so.
fn region_known(call: &Call<'_>, bucket: &Bucket) -> bool {
    let state = &call.simulation.state;
    !was_refused(state, &bucket.account, &bucket.arn, "s3:GetBucketLocation")
}

/// The id that S3 knows an account by, for documents that do not have it.
fn canonical_id(account: &AccountId) -> String {
    hex(&Sha256::digest(account.as_str()))
}

fn owner_id(call: &Call<'_>, bucket: &Bucket) -> String {
    bucket
        .observed
        .owner_id
        .known()
        .cloned()
        .unwrap_or_else(|| canonical_id(&call.principal.account))
}

fn list_buckets(call: &Call<'_>) -> Result<Answer, Failure> {
    let account = call.account()?;
    let prefix = call.input.get("prefix").unwrap_or_default();
    let wanted = call.input.get("bucket-region");
    let buckets: Vec<(&String, &Bucket)> = account
        .buckets
        .iter()
        .filter(|(name, bucket)| {
            name.starts_with(prefix) && wanted.is_none_or(|wanted| wanted == region(bucket))
        })
        .collect();
    let owner = account.buckets.values().next().map_or_else(
        || canonical_id(&call.principal.account),
        |bucket| owner_id(call, bucket),
    );
    let page = page(
        buckets,
        call.input.get("continuation-token"),
        call.page_size("max-buckets"),
    )?;
    let buckets = page.items.iter().map(|(name, bucket)| {
        Element::new("Bucket")
            .text("Name", name)
            .maybe("CreationDate", bucket.observed.creation_date.known())
            .maybe(
                "BucketRegion",
                region_known(call, bucket).then(|| region(bucket)),
            )
            .text("BucketArn", &bucket.arn)
    });
    Ok(Answer::Xml(
        root("ListAllMyBucketsResult")
            .child(Element::new("Owner").text("ID", owner))
            .list("Buckets", buckets)
            .maybe("ContinuationToken", page.next),
    ))
}

fn asked<'a>(call: &Call<'a>) -> Result<(&'a AccountId, &'a Bucket), Failure> {
    let name = call.input.get("Bucket").unwrap_or_default();
    call.simulation
        .state
        .bucket(name)
        .ok_or_else(|| Failure::new(404, "NoSuchBucket", "The specified bucket does not exist"))
}

/// The bucket, asked for in its own region.
fn bucket_target(call: &Call<'_>) -> Result<Target, Failure> {
    let (_, bucket) = asked(call)?;
    let region = region(bucket);
    if region != call.region {
        return Err(Failure {
            bucket_region: Some(region.to_owned()),
            ..Failure::new(
                301,
                "PermanentRedirect",
                "The bucket you are attempting to access must be addressed using the specified \
                 endpoint. Please send all future requests to this endpoint.",
            )
        });
    }
    bucket_anywhere(call)
}

/// The bucket, asked for in any region.
fn bucket_anywhere(call: &Call<'_>) -> Result<Target, Failure> {
    let (owner, bucket) = asked(call)?;
    let state = &call.simulation.state;
    let of_account = state
        .accounts
        .get(owner)
        .and_then(|account| account.public_access_block.as_ref())
        .map(|block| &block.config.public_access_block_configuration);
    let restricts = |block: Option<&PublicAccessBlockConfiguration>| {
        block.is_some_and(|block| block.restrict_public_buckets)
    };
    Ok(Target {
        arn: Some(bucket.arn.clone()),
        account: Some(owner.clone()),
        policy: bucket.config.policy_document.known().cloned(),
        tags: bucket.tags.known().cloned().unwrap_or_default(),
        restrict_public_buckets: restricts(of_account.and_then(|block| block.known()))
            || restricts(bucket.config.public_access_block_configuration.known()),
        ..Target::default()
    })
}

fn missing(code: &str, what: &str) -> Failure {
    Failure::new(404, code, format!("The {what} does not exist"))
}

fn policy<'a>(call: &Call<'a>) -> Result<&'a Value, Failure> {
    let (_, bucket) = asked(call)?;
    bucket
        .config
        .policy_document
        .known()
        .ok_or_else(|| missing("NoSuchBucketPolicy", "bucket policy"))
}

fn get_bucket_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::Document(match policy(call)? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }))
}

fn get_bucket_policy_status(call: &Call<'_>) -> Result<Answer, Failure> {
    let (owner, bucket) = asked(call)?;
    let document = policy(call)?;
    let told = bucket.observed.policy_is_public.known().copied();
    let is_public = told.unwrap_or_else(|| {
        Policy::from_value(document)
            .is_ok_and(|policy| public_access(&policy, owner.as_str()).is_some())
    });
    Ok(Answer::Xml(
        root("PolicyStatus").text("IsPublic", is_public),
    ))
}

fn get_bucket_acl(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    let owner = owner_id(call, bucket);
    let grants: Vec<Element> = match bucket.observed.grants.known() {
        Some(grants) => grants.iter().map(grant).collect(),
        // What every bucket has that was given nothing else.
        None => vec![owner_grant(&owner)],
    };
    Ok(Answer::Xml(
        root("AccessControlPolicy")
            .child(Element::new("Owner").text("ID", owner))
            .list("AccessControlList", grants),
    ))
}

fn grantee(kind: &str) -> Element {
    Element::new("Grantee")
        .attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .attribute("xsi:type", kind)
}

fn owner_grant(owner: &str) -> Element {
    Element::new("Grant")
        .child(grantee("CanonicalUser").text("ID", owner))
        .text("Permission", "FULL_CONTROL")
}

fn grant(grant: &Grant) -> Element {
    Element::new("Grant")
        .child(
            grantee(&grant.grantee.kind)
                .maybe("ID", grant.grantee.id.as_ref())
                .maybe("URI", grant.grantee.uri.as_ref()),
        )
        .text("Permission", &grant.permission)
}

fn get_public_access_block(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    bucket
        .config
        .public_access_block_configuration
        .known()
        .map(public_access_block)
        .ok_or_else(|| {
            missing(
                "NoSuchPublicAccessBlockConfiguration",
                "public access block configuration",
            )
        })
}

/// The switches, as S3 and S3 Control send them.
pub(super) fn public_access_block(block: &PublicAccessBlockConfiguration) -> Answer {
    let name = "PublicAccessBlockConfiguration";
    Answer::Xml(switches(name, block).attribute("xmlns", NAMESPACE))
}

/// The switches in an element of this name.
pub(super) fn switches(name: &str, block: &PublicAccessBlockConfiguration) -> Element {
    Element::new(name)
        .text("BlockPublicAcls", block.block_public_acls)
        .text("IgnorePublicAcls", block.ignore_public_acls)
        .text("BlockPublicPolicy", block.block_public_policy)
        .text("RestrictPublicBuckets", block.restrict_public_buckets)
}

fn get_bucket_encryption(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    let Some(encryption) = bucket.config.bucket_encryption.known() else {
        return Err(missing(
            "ServerSideEncryptionConfigurationNotFoundError",
            "server side encryption configuration",
        ));
    };
    let rules = encryption.server_side_encryption_configuration.iter();
    Ok(Answer::Xml(
        root("ServerSideEncryptionConfiguration").extend(rules.map(|rule| {
            let default = rule.server_side_encryption_by_default.as_ref().map(|it| {
                Element::new("ApplyServerSideEncryptionByDefault")
                    .text("SSEAlgorithm", &it.sse_algorithm)
                    .maybe("KMSMasterKeyID", it.kms_master_key_id.as_ref())
            });
            Element::new("Rule")
                .maybe_child(default)
                .maybe("BucketKeyEnabled", rule.bucket_key_enabled)
        })),
    ))
}

fn get_bucket_location(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    let region = region(bucket);
    let region = if region == FIRST_REGION { "" } else { region };
    Ok(Answer::Xml(root("LocationConstraint").content(region)))
}

fn get_bucket_tagging(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    let tags = bucket
        .tags
        .known()
        .filter(|tags| !tags.is_empty())
        .ok_or_else(|| missing("NoSuchTagSet", "TagSet"))?;
    Ok(Answer::Xml(
        root("Tagging").list(
            "TagSet",
            tags.iter()
                .map(|(key, value)| Element::new("Tag").text("Key", key).text("Value", value)),
        ),
    ))
}
