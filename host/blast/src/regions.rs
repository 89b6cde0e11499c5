//! Regions: where a request goes, and which regions policies tell apart.

use std::collections::BTreeSet;

use crate::facts::Policies;
use crate::globs::meetings;

/// Services that have one endpoint for all regions, so that their requests go to one region. Source: IAM User
/// Guide, "aws:RequestedRegion".
const GLOBAL: [&str; 6] = [
    "account",
    "cloudfront",
    "iam",
    "organizations",
    "route53",
    "support",
];

/// The regions of all partitions, for patterns of them. Source: AWS General Reference, "AWS service endpoints", as of
/// 2026-11; one that is missing is missed only where a pattern means it and no other.
const REGIONS: [&str; 38] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "mx-central-1",
    "sa-east-1",
    "me-south-1",
    "me-central-1",
    "il-central-1",
    "af-south-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eusc-de-east-1",
];

/// The region of a partition in which services without regions are.
pub(crate) fn home_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// The region that a request goes to, if that follows from what it asks for.
pub(crate) fn region_of<'a>(action: &str, resource: &'a str, partition: &str) -> Option<&'a str> {
    let service = action.split(':').next().unwrap_or_default();
    if GLOBAL.contains(&service) {
        return Some(home_region(partition));
    }
    let region = resource.split(':').nth(3)?;
    (!region.is_empty() && !region.contains(['*', '?'])).then_some(region)
}

fn fits(pattern: &str, region: &str) -> bool {
    !meetings(pattern, std::iter::once(region)).is_empty()
}

/// A region that a pattern covers: itself, if it is no pattern.
pub(crate) fn fitting(pattern: &str) -> Option<&str> {
    if !pattern.contains(['*', '?']) {
        return Some(pattern).filter(|region| !region.is_empty());
    }
    let mut all = REGIONS.iter().copied();
    all.find(|region| fits(pattern, region))
}

/// The regions that policies tell apart: those that they ask about by name, one for each pattern, and one that
/// stands for all others; none if no policy asks. There are some forty, so that a few stand for all.
pub(crate) fn told_apart(policies: &Policies, partition: &str) -> BTreeSet<String> {
    let statements = policies.iter().flat_map(|stored| &stored.policy.statements);
    let asked: BTreeSet<&str> = statements
        .flat_map(|statement| &statement.conditions)
        .filter(|condition| &*condition.key == "aws:requestedregion")
        .flat_map(|condition| &condition.values)
        .map(|value| value.as_str())
        .filter(|region| !region.contains('$'))
        .collect();
    let one = |pattern: &&str| fitting(pattern).map(str::to_owned);
    let mut regions: BTreeSet<String> = asked.iter().filter_map(one).collect();
    let home = home_region(partition);
    let mut others = REGIONS.iter().filter(|region| **region != home);
    let other = others.find(|region| !asked.iter().any(|pattern| fits(pattern, region)));
    if !asked.is_empty() {
        regions.extend(other.map(|region| (*region).to_owned()));
    }
    regions
}
