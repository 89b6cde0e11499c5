//! AWS partitions.

use std::fmt;

/// A set of regions with its own accounts, credentials and ARNs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(&'static str);

/// Partition by the beginning of the region's name; the first that fits.
/// Source: AWS Whitepaper "AWS Fault Isolation Boundaries", section "Partitions".
const BY_REGION: &[(&str, &str)] = &[
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
];

/// The region in which each partition answers for its global services.
const GLOBAL_REGION: &[(&str, &str)] = &[
    ("aws-cn", "cn-north-1"),
    ("aws-us-gov", "us-gov-west-1"),
    ("aws-iso", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-east-1"),
    ("aws-iso-f", "us-isof-south-1"),
    ("aws-iso-e", "eu-isoe-west-1"),
    ("aws-eusc", "eusc-de-east-1"),
];

impl Partition {
    /// The commercial partition.
    pub const AWS: Partition = Partition("aws");

    /// The partition of a region.
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        BY_REGION
            .iter()
            .find(|(prefix, _)| region.starts_with(prefix))
            .map_or(Self::AWS, |(_, partition)| Partition(partition))
    }

    /// The partition of this name, as it stands in ARNs; the commercial one if there is no other.
    #[must_use]
    pub fn named(name: &str) -> Self {
        BY_REGION
            .iter()
            .find(|(_, partition)| *partition == name)
            .map_or(Self::AWS, |(_, partition)| Partition(partition))
    }

    /// The name, as it stands in ARNs.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// The region that answers for global services (IAM, Organizations).
    #[must_use]
    pub fn global_region(&self) -> &'static str {
        GLOBAL_REGION
            .iter()
            .find(|(partition, _)| *partition == self.0)
            .map_or("us-east-1", |(_, region)| region)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_tell_their_partition() {
        for (region, partition, global) in [
            ("eu-west-1", "aws", "us-east-1"),
            ("us-gov-east-1", "aws-us-gov", "us-gov-west-1"),
            ("cn-northwest-1", "aws-cn", "cn-north-1"),
            ("us-isob-east-1", "aws-iso-b", "us-isob-east-1"),
        ] {
            let found = Partition::of_region(region);
            assert_eq!((found.as_str(), found.global_region()), (partition, global));
            assert_eq!(Partition::named(partition), found);
        }
    }
}
