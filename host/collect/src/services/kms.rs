//! AWS KMS: `AWS::KMS::Key`.
//!
//! Keys that AWS keeps in an account for its services can be changed by nobody and cost three calls
//! each, so their policies, rotation and grants are not asked for; documents say so.

use std::collections::BTreeMap;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{GrantListEntry, KeyManagerType, KeyMetadata, KeySpec, OriginType};
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::kms::{Grant, GrantConstraints};
use blastwall_model::resources::{Key, KeyKind};
use blastwall_model::{Field, Kind};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{Policy, sorted, tags, text, time};
use crate::harvest::{About, Harvest, malformed, not_collected, unknown};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "kms",
    products: &[Product {
        kind: KeyKind::TYPE,
        calls: &[LIST, DESCRIBE, ALIASES, POLICY, ROTATION, GRANTS],
        tags: &[TAGS],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("ListKeys", "kms:ListKeys");
const DESCRIBE: Declaration = call("DescribeKey", "kms:DescribeKey");
const ALIASES: Declaration = call("ListAliases", "kms:ListAliases");
const POLICY: Declaration = call("GetKeyPolicy", "kms:GetKeyPolicy");
const ROTATION: Declaration = call("GetKeyRotationStatus", "kms:GetKeyRotationStatus");
const GRANTS: Declaration = call("ListGrants", "kms:ListGrants");
const TAGS: Declaration = call("ListResourceTags", "kms:ListResourceTags");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "KMS",
        operation,
        action,
    }
}

/// How many keys of a region are looked into side by side.
const KEYS_AT_ONCE: usize = 8;

/// Aliases by the id of their key.
type Aliases = Result<BTreeMap<String, Vec<String>>, Failure>;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let kms = client!(aws_sdk_kms, context.session, region);
    let mut harvest = Harvest::default();
    let mut arns = Vec::new();
    let stream = kms.list_keys().limit(1000).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        arns.extend(page.keys().iter().filter_map(|key| text(key.key_arn())));
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KeyKind::TYPE], LIST, region, &failure);
    }
    if arns.is_empty() {
        return harvest;
    }
    let aliases = aliases(context, &kms).await;
    let mut looked_into = stream::iter(arns)
        .map(|arn| look_into(context, &kms, region, arn, &aliases))
        .buffered(KEYS_AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

async fn aliases(context: &Context<'_>, kms: &Client) -> Aliases {
    let mut aliases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let stream = kms.list_aliases().limit(100).into_paginator().send();
    pages(context.session, stream, |page| {
        for alias in page.aliases() {
            if let (Some(key), Some(name)) = (alias.target_key_id(), alias.alias_name()) {
                aliases
                    .entry(key.to_owned())
                    .or_default()
                    .push(name.to_owned());
            }
        }
    })
    .await?;
    Ok(aliases)
}

async fn look_into(
    context: &Context<'_>,
    kms: &Client,
    region: &str,
    arn: String,
    aliases: &Aliases,
) -> Harvest {
    let session = context.session;
    let mut key = match parse_arn(&arn) {
        Ok(arn) => Key::new(arn, session.account().clone(), region),
        Err(failure) => return Harvest::failed(&[KeyKind::TYPE], LIST, region, &failure),
    };
    let mut harvest = Harvest::default();
    let about = About::resource(&key);
    let answer = session.call(kms.describe_key().key_id(&arn).send()).await;
    let answer = answer.and_then(|answer| {
        let metadata = answer.key_metadata().cloned();
        metadata.ok_or_else(|| malformed("the answer describes no key"))
    });
    match answer {
        Ok(metadata) => {
            describe(&mut key, &metadata, aliases, &about, &mut harvest);
            if metadata.key_manager() == Some(&KeyManagerType::Aws) {
                leave_out(&mut key);
            } else {
                secure(context, kms, &arn, &metadata, &mut key, &mut harvest).await;
            }
        }
        Err(failure) => {
            // Without its metadata it is not known whose key it is, nor what may be asked of it.
            for path in ["config", "observed", "tags"] {
                key.mark_unknown(path, &crate::harvest::reason(DESCRIBE, &failure));
            }
            harvest.incomplete(&about, DESCRIBE, &failure);
        }
    }
    harvest.add(&key);
    harvest
}

fn describe(
    key: &mut Key,
    metadata: &KeyMetadata,
    aliases: &Aliases,
    about: &About,
    harvest: &mut Harvest,
) {
    let config = &mut key.config;
    config.key_id = text(Some(metadata.key_id())).into();
    config.description = text(metadata.description()).into();
    config.enabled = Some(metadata.enabled()).into();
    config.key_spec = text(metadata.key_spec().map(KeySpec::as_str)).into();
    config.key_usage = text(metadata.key_usage().map(|it| it.as_str())).into();
    config.multi_region = metadata.multi_region().into();
    config.origin = text(metadata.origin().map(OriginType::as_str)).into();
    let observed = &mut key.observed;
    observed.key_manager = text(metadata.key_manager().map(|it| it.as_str())).into();
    observed.key_state = text(metadata.key_state().map(|it| it.as_str())).into();
    observed.creation_date = metadata.creation_date().and_then(time).into();
    observed.deletion_date = metadata.deletion_date().and_then(time).into();
    let own = aliases
        .as_ref()
        .map(|aliases| {
            Some(sorted(
                aliases.get(metadata.key_id()).cloned().unwrap_or_default(),
            ))
        })
        .map_err(Clone::clone);
    observed.aliases = harvest.field(about, ALIASES, own);
}

/// What is not asked of keys of AWS.
fn leave_out(key: &mut Key) {
    key.config.key_policy = Field::unknown("", not_collected(POLICY));
    key.config.enable_key_rotation = Field::unknown("", not_collected(ROTATION));
    key.config.rotation_period_in_days = Field::unknown("", not_collected(ROTATION));
    key.observed.grants = Field::unknown("", not_collected(GRANTS));
    key.tags = Field::unknown("tags", not_collected(TAGS));
}

/// What keeps a key of the account safe.
async fn secure(
    context: &Context<'_>,
    kms: &Client,
    arn: &str,
    metadata: &KeyMetadata,
    key: &mut Key,
    harvest: &mut Harvest,
) {
    let session = context.session;
    let about = About::resource(key);
    let policy = session.call(
        kms.get_key_policy()
            .key_id(arn)
            .policy_name("default")
            .send(),
    );
    let rotation = async {
        if is_rotatable(metadata) {
            let answer = session.call(kms.get_key_rotation_status().key_id(arn).send());
            Some(answer.await)
        } else {
            None
        }
    };
    let (policy, rotation, grants, tagging) = futures::join!(
        policy,
        rotation,
        grants(context, kms, arn),
        tagging(context, kms, arn),
    );
    key.config.key_policy = harvest.field(
        &about,
        POLICY,
        policy.map(|answer| answer.policy().map(|text| Policy::plain(text).document)),
    );
    match rotation {
        None => {}
        Some(Ok(answer)) => {
            key.config.enable_key_rotation = Some(answer.key_rotation_enabled()).into();
            key.config.rotation_period_in_days = answer.rotation_period_in_days().into();
        }
        Some(Err(failure)) => {
            key.config.rotation_period_in_days = unknown(ROTATION, &failure);
            key.config.enable_key_rotation = harvest.field(&about, ROTATION, Err(failure));
        }
    }
    key.observed.grants = harvest.field(&about, GRANTS, grants.map(Some));
    key.tags = harvest.tags(&about, TAGS, tagging);
}

/// Whether KMS can renew the material; it refuses to be asked about other keys.
/// Source: KMS Developer Guide, "Rotate AWS KMS keys".
fn is_rotatable(metadata: &KeyMetadata) -> bool {
    metadata
        .key_spec()
        .is_none_or(|spec| *spec == KeySpec::SymmetricDefault)
        && metadata
            .origin()
            .is_none_or(|origin| *origin == OriginType::AwsKms)
}

async fn grants(context: &Context<'_>, kms: &Client, arn: &str) -> Result<Vec<Grant>, Failure> {
    let mut grants = Vec::new();
    let stream = kms
        .list_grants()
        .key_id(arn)
        .limit(100)
        .into_paginator()
        .send();
    pages(context.session, stream, |page| {
        grants.extend(page.grants().iter().map(grant));
    })
    .await?;
    Ok(sorted(grants))
}

fn grant(answer: &GrantListEntry) -> Grant {
    let context = |map: Option<&std::collections::HashMap<String, String>>| {
        map.map(|map| {
            map.iter()
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect::<BTreeMap<_, _>>()
        })
    };
    Grant {
        grant_id: text(answer.grant_id()).unwrap_or_default(),
        name: text(answer.name()),
        grantee_principal: text(answer.grantee_principal()),
        retiring_principal: text(answer.retiring_principal()),
        issuing_account: text(answer.issuing_account()),
        operations: sorted(answer.operations().iter().map(|it| it.as_str().to_owned())),
        constraints: answer.constraints().map(|constraints| GrantConstraints {
            encryption_context_subset: context(constraints.encryption_context_subset()),
            encryption_context_equals: context(constraints.encryption_context_equals()),
        }),
    }
}

/// The tags of one key, if tags are wanted; one page has as many as a key may have.
async fn tagging(
    context: &Context<'_>,
    kms: &Client,
    arn: &str,
) -> Option<Result<Field<blastwall_model::Tags>, Failure>> {
    if !context.tags {
        return None;
    }
    let request = kms.list_resource_tags().key_id(arn).limit(50);
    let answer = context.session.call(request.send()).await;
    Some(answer.map(|answer| {
        tags(
            answer
                .tags()
                .iter()
                .map(|tag| (Some(tag.tag_key()), Some(tag.tag_value()))),
        )
    }))
}
