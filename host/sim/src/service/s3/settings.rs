//! A bucket's versioning, logging, ownership, object lock and replication.

use super::{asked, missing, root};
use crate::failure::Failure;
use crate::operation::{Answer, Call};
use crate::xml::Element;

pub(super) fn get_bucket_versioning(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    let versioning = bucket.config.versioning_configuration.known();
    Ok(Answer::Xml(
        root("VersioningConfiguration")
            .maybe(
                "Status",
                versioning.and_then(|versioning| versioning.status.as_ref()),
            )
            .maybe("MfaDelete", bucket.observed.mfa_delete.known()),
    ))
}

pub(super) fn get_bucket_logging(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    let logging = bucket.config.logging_configuration.known().map(|logging| {
        Element::new("LoggingEnabled")
            .text("TargetBucket", &logging.destination_bucket_name)
            .text(
                "TargetPrefix",
                logging.log_file_prefix.as_deref().unwrap_or_default(),
            )
    });
    Ok(Answer::Xml(
        root("BucketLoggingStatus").maybe_child(logging),
    ))
}

pub(super) fn get_bucket_ownership_controls(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    let controls = bucket.config.ownership_controls.known().ok_or_else(|| {
        missing(
            "OwnershipControlsNotFoundError",
            "bucket ownership controls",
        )
    })?;
    let rules = controls
        .rules
        .iter()
        .map(|rule| Element::new("Rule").text("ObjectOwnership", &rule.object_ownership));
    Ok(Answer::Xml(root("OwnershipControls").extend(rules)))
}

pub(super) fn get_object_lock_configuration(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    let lock = bucket.config.object_lock_configuration.known();
    let lock = lock.ok_or_else(|| {
        missing(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration",
        )
    })?;
    let rule = lock.rule.as_ref().map(|rule| {
        let retention = rule.default_retention.as_ref();
        Element::new("Rule").maybe_child(retention.map(|retention| {
            Element::new("DefaultRetention")
                .maybe("Mode", retention.mode.as_ref())
                .maybe("Days", retention.days)
                .maybe("Years", retention.years)
        }))
    });
    Ok(Answer::Xml(
        root("ObjectLockConfiguration")
            .maybe("ObjectLockEnabled", lock.object_lock_enabled.as_ref())
            .maybe_child(rule),
    ))
}

pub(super) fn get_bucket_replication(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, bucket) = asked(call)?;
    let replication = bucket.config.replication_configuration.known();
    let replication = replication.ok_or_else(|| {
        missing(
            "ReplicationConfigurationNotFoundError",
            "replication configuration",
        )
    })?;
    let rules = replication.rules.iter().map(|rule| {
        Element::new("Rule")
            .maybe("ID", rule.id.as_ref())
            .text("Status", &rule.status)
            .child(
                Element::new("Destination")
                    .text("Bucket", &rule.destination.bucket)
                    .maybe("Account", rule.destination.account.as_ref()),
            )
    });
    Ok(Answer::Xml(
        root("ReplicationConfiguration")
            .text("Role", &replication.role)
            .extend(rules),
    ))
}
