//! Gates of access points, behind which is the gate of the bucket.

use blastwall_policy::{Keys, Known};

use super::{Gate, known};
use crate::capability::Capability;
use crate::facts::StorePolicy;
use crate::judge::ResourcePolicy;
use crate::world::{AccessPointRow, World};

/// What a request has that comes through an access point. Source: S3 User Guide, "Condition keys" of "Configuring
/// IAM policies for using access points".
const KEYS: [&str; 3] = [
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    "s3:AccessPointNetworkOrigin",
];

/// What is known of a request that comes through none.
pub(super) fn none() -> Vec<(String, Known)> {
    let keys = KEYS.iter();
    keys.map(|key| ((*key).to_owned(), Known::Absent)).collect()
}

/// The keys of a request that comes through none.
pub(in crate::links) fn through_none(keys: Keys) -> Keys {
    KEYS.iter().fold(keys, |keys, key| keys.absent(key))
}

impl<'w> Gate<'w> {
    /// To the data of a bucket through an access point: its policy and that of the bucket both have a say.
    pub(in crate::links) fn of_access_point(
        world: &'w World,
        point: &'w AccessPointRow,
    ) -> Option<Self> {
        let row = world.store(point.bucket)?;
        let conclusion = match row.key {
            Some(_) => Capability::Encrypted(point.bucket),
            None => Capability::Data(point.bucket),
        };
        let account = world.account(point.account)?;
        let origin = if point.in_network { "VPC" } else { "Internet" };
        let values = [account.id.as_str(), point.arn.as_str(), origin];
        let told = KEYS.iter().zip(values);
        let told: Vec<_> = told.map(|(key, value)| known(key, value)).collect();
        let bucket = Self::of_store(world, point.bucket).into_iter().next()?;
        let action = bucket.action;
        let below = format!("{}/object", point.arn);
        let stored = match point.policy {
            StorePolicy::Policy(index) => world.policies.get(index),
            StorePolicy::Unknown | StorePolicy::None => None,
        };
        let names = stored.map(|stored| stored.names_below(action, &below).collect());
        let network = "the caller sends the request from the VPC that the access point is for";
        Some(
            Self {
                policy: match point.policy {
                    StorePolicy::Policy(index) => Some(ResourcePolicy::Resource(index, &point.arn)),
                    StorePolicy::Unknown => Some(ResourcePolicy::NotSeen),
                    StorePolicy::None => None,
                },
                summary: Some(&point.summary),
                // Only the policy of the bucket that is public is looked at for strangers.
                closed: point.closed || row.is_closed(),
                in_network: point.in_network,
                names: names.unwrap_or_default(),
                known: told.clone(),
                besides: point
                    .in_network
                    .then(|| network.to_owned())
                    .into_iter()
                    .collect(),
                then: Some(Box::new(Self {
                    behind: true,
                    known: bucket.known.iter().cloned().chain(told).collect(),
                    ..bucket
                })),
                ..Self::to(
                    action,
                    format!("{below}/any-object"),
                    (point.account, account),
                    conclusion,
                )
            }
            .with_below(below),
        )
    }

    fn with_below(mut self, below: String) -> Self {
        self.below = Some(below.into());
        self
    }
}
