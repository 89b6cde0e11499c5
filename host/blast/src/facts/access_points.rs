//! Access points: other names of buckets, with policies of their own.

use blastwall_model::{Arn, Document};
use serde_json::Value;

use super::stores::{self, StorePolicy};
use super::{Policies, Unjudged};

/// The type.
pub(super) const ACCESS_POINT: &str = "AWS::S3::AccessPoint";

/// An access point.
#[derive(Clone, Debug)]
pub(crate) struct AccessPointFacts {
    pub(crate) arn: Arn,
    /// The name of the bucket behind it.
    pub(crate) bucket: String,
    pub(crate) policy: StorePolicy,
    /// Whether it is reached from inside a VPC alone.
    pub(crate) in_network: bool,
    /// Whether strangers are kept out of it if its policy is public, which is so unless it was switched off.
    /// Source: S3 User Guide, "Managing public access to access points".
    pub(crate) restricted: bool,
}

/// Reads the access points of an account.
pub(super) fn read<'a>(
    documents: impl Iterator<Item = &'a Document>,
    policies: &mut Policies,
    unjudged: &mut Vec<Unjudged>,
) -> Vec<AccessPointFacts> {
    let own = documents.filter(|document| document.kind == ACCESS_POINT);
    let read = own.filter_map(|document| {
        let value: Value = serde_json::from_str(document.json()).ok()?;
        let switch = "/config/PublicAccessBlockConfiguration/RestrictPublicBuckets";
        let vpc = value.pointer("/config/VpcConfiguration/VpcId");
        let origin = value
            .pointer("/config/NetworkOrigin")
            .and_then(Value::as_str);
        Some(AccessPointFacts {
            arn: document.arn.clone(),
            bucket: value.pointer("/config/Bucket")?.as_str()?.to_owned(),
            policy: stores::policy_of(document, &value, "/Policy", None, policies, unjudged),
            in_network: vpc.is_some() || origin == Some("VPC"),
            restricted: value
                .pointer(switch)
                .and_then(Value::as_bool)
                .unwrap_or(true),
        })
    });
    read.collect()
}
