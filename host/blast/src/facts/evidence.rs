//! What tells afterwards what happened: trails, and the buckets that logs are delivered to.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::{Arn, Document};
use serde_json::Value;

const TRAIL: &str = "AWS::CloudTrail::Trail";

/// What delivers to a bucket, and where its document names the bucket or its ARN.
const DELIVERIES: &[(&str, &str)] = &[
    (TRAIL, "/config/S3BucketName"),
    ("AWS::Config::DeliveryChannel", "/config/S3BucketName"),
    ("AWS::EC2::FlowLog", "/config/LogDestination"),
];

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    DELIVERIES.iter().map(|(kind, _)| *kind)
}

/// What an account has of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct EvidenceFacts {
    /// Its trails; those that it sees of the organization have another account in their ARN.
    pub(crate) trails: BTreeSet<Arn>,
    /// By the ARN of a bucket: what delivers to it.
    pub(crate) buckets: BTreeMap<String, BTreeSet<Arn>>,
}

impl EvidenceFacts {
    /// Reads the documents of an account.
    pub(super) fn read<'a>(documents: impl Iterator<Item = &'a Document>) -> Self {
        let mut facts = Self::default();
        for document in documents {
            let Some((kind, pointer)) = DELIVERIES.iter().find(|(kind, _)| *kind == document.kind)
            else {
                continue;
            };
            if *kind == TRAIL {
                facts.trails.insert(document.arn.clone());
            }
            let Ok(value) = serde_json::from_str::<Value>(document.json()) else {
                continue;
            };
            let Some(name) = value.pointer(pointer).and_then(Value::as_str) else {
                continue;
            };
            let partition = document.arn.partition();
            // A flow log names the ARN, with a prefix behind it; it may deliver elsewhere than to S3.
            let name = name.split_once(":s3:::").map_or(name, |(_, name)| name);
            let name = name.split('/').next().unwrap_or_default();
            if !name.is_empty() && !name.contains(':') {
                let bucket = format!("arn:{partition}:s3:::{name}");
                let deliveries = facts.buckets.entry(bucket).or_default();
                deliveries.insert(document.arn.clone());
            }
        }
        facts
    }

    /// Takes in what another account has.
    pub(crate) fn extend(&mut self, other: Self) {
        self.trails.extend(other.trails);
        for (bucket, deliveries) in other.buckets {
            self.buckets.entry(bucket).or_default().extend(deliveries);
        }
    }
}
