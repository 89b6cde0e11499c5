//! A bucket's versioning, logging, ownership, object lock and replication.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    ObjectLockConfiguration as LockAnswer, ReplicationConfiguration as ReplicationAnswer,
};
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::Bucket;
use blastwall_model::resources::s3::{
    DefaultRetention, LoggingConfiguration, ObjectLockConfiguration, ObjectLockRule,
    OwnershipControls, OwnershipControlsRule, ReplicationConfiguration, ReplicationDestination,
    ReplicationRule, VersioningConfiguration,
};

use crate::context::Context;
use crate::convert::text;
use crate::harvest::{About, Harvest, absent, unknown};

pub(super) const VERSIONING: Declaration =
    super::call("GetBucketVersioning", "s3:GetBucketVersioning");
pub(super) const LOGGING: Declaration = super::call("GetBucketLogging", "s3:GetBucketLogging");
pub(super) const OWNERSHIP: Declaration = super::call(
    "GetBucketOwnershipControls",
    "s3:GetBucketOwnershipControls",
);
pub(super) const OBJECT_LOCK: Declaration = super::call(
    "GetObjectLockConfiguration",
    "s3:GetBucketObjectLockConfiguration",
);
pub(super) const REPLICATION: Declaration =
    super::call("GetBucketReplication", "s3:GetReplicationConfiguration");

/// Asks for all of them and sets them.
///
/// Object lock and replication need versioning, so buckets that have never had it are not asked for
/// them. Source: Amazon S3 User Guide, "Locking objects with Object Lock" and "Requirements and
/// considerations for replication".
pub(super) async fn set(
    context: &Context<'_>,
    s3: &Client,
    name: &str,
    bucket: &mut Bucket,
    harvest: &mut Harvest,
) {
    let session = context.session;
    let versions = async {
        let versioning = session
            .call(s3.get_bucket_versioning().bucket(name).send())
            .await;
        let never = matches!(&versioning, Ok(answer) if answer.status().is_none());
        let dependent = if never {
            None
        } else {
            Some(futures::join!(
                object_lock(context, s3, name),
                replication(context, s3, name)
            ))
        };
        (versioning, dependent)
    };
    let ((versioning, dependent), logging, ownership) = futures::join!(
        versions,
        session.call(s3.get_bucket_logging().bucket(name).send()),
        ownership(context, s3, name),
    );

    let about = About::resource(bucket);
    match versioning {
        Ok(answer) => {
            let status = answer.status().map(|status| status.as_str().to_owned());
            let versioning = status.map(|status| VersioningConfiguration {
                status: Some(status),
            });
            bucket.config.versioning_configuration = versioning.into();
            let mfa_delete = answer.mfa_delete();
            bucket.observed.mfa_delete = text(mfa_delete.map(|status| status.as_str())).into();
        }
        Err(failure) => {
            bucket.observed.mfa_delete = unknown(VERSIONING, &failure);
            bucket.config.versioning_configuration =
                harvest.field(&about, VERSIONING, Err(failure));
        }
    }
    let logging = logging.map(|answer| {
        answer.logging_enabled.map(|logging| LoggingConfiguration {
            destination_bucket_name: logging.target_bucket().to_owned(),
            log_file_prefix: text(Some(logging.target_prefix())),
        })
    });
    let config = &mut bucket.config;
    config.logging_configuration = harvest.field(&about, LOGGING, logging);
    config.ownership_controls = harvest.field(&about, OWNERSHIP, ownership);
    if let Some((object_lock, replication)) = dependent {
        config.object_lock_configuration = harvest.field(&about, OBJECT_LOCK, object_lock);
        config.replication_configuration = harvest.field(&about, REPLICATION, replication);
    }
}

async fn ownership(
    context: &Context<'_>,
    s3: &Client,
    name: &str,
) -> Result<Option<OwnershipControls>, Failure> {
    let request = s3.get_bucket_ownership_controls().bucket(name);
    let answer = context.session.call(request.send()).await;
    let answer = absent(answer, &["OwnershipControlsNotFoundError"])?;
    let controls = answer.and_then(|answer| answer.ownership_controls);
    Ok(controls.map(|controls| OwnershipControls {
        rules: controls
            .rules()
            .iter()
            .map(|rule| OwnershipControlsRule {
                object_ownership: rule.object_ownership().as_str().to_owned(),
            })
            .collect(),
    }))
}

async fn object_lock(
    context: &Context<'_>,
    s3: &Client,
    name: &str,
) -> Result<Option<ObjectLockConfiguration>, Failure> {
    let request = s3.get_object_lock_configuration().bucket(name);
    let answer = context.session.call(request.send()).await;
    let answer = absent(answer, &["ObjectLockConfigurationNotFoundError"])?;
    let configuration = answer.and_then(|answer| answer.object_lock_configuration);
    Ok(configuration.as_ref().map(convert_lock))
}

fn convert_lock(answer: &LockAnswer) -> ObjectLockConfiguration {
    let enabled = answer.object_lock_enabled();
    ObjectLockConfiguration {
        object_lock_enabled: text(enabled.map(|enabled| enabled.as_str())),
        rule: answer.rule().map(|rule| ObjectLockRule {
            default_retention: rule.default_retention().map(|retention| DefaultRetention {
                mode: text(retention.mode().map(|mode| mode.as_str())),
                days: retention.days(),
                years: retention.years(),
            }),
        }),
    }
}

async fn replication(
    context: &Context<'_>,
    s3: &Client,
    name: &str,
) -> Result<Option<ReplicationConfiguration>, Failure> {
    let request = s3.get_bucket_replication().bucket(name);
    let answer = context.session.call(request.send()).await;
    let answer = absent(answer, &["ReplicationConfigurationNotFoundError"])?;
    let configuration = answer.and_then(|answer| answer.replication_configuration);
    Ok(configuration.as_ref().map(convert_replication))
}

fn convert_replication(answer: &ReplicationAnswer) -> ReplicationConfiguration {
    let rule = |rule: &aws_sdk_s3::types::ReplicationRule| ReplicationRule {
        id: text(rule.id()),
        status: rule.status().as_str().to_owned(),
        destination: rule
            .destination()
            .map(|destination| ReplicationDestination {
                bucket: destination.bucket().to_owned(),
                account: text(destination.account()),
            })
            .unwrap_or_default(),
    };
    ReplicationConfiguration {
        role: answer.role().to_owned(),
        rules: answer.rules().iter().map(rule).collect(),
    }
}
