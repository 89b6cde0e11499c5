//! What can be collected, and which calls it takes. Everything that says what Blastwall may send
//! (session policies, the audit role, the guard) is derived from here.

use std::collections::BTreeSet;

use blastwall_aws::Declaration;
use futures::future::BoxFuture;

use crate::context::Context;
use crate::harvest::Harvest;
use crate::services::cloud_control::{self, Listed};
use crate::{Request, regions, services};

/// One service: the resource types that it produces and how.
#[derive(Clone, Copy, Debug)]
pub struct Collector {
    /// The service's prefix in IAM actions, `s3`.
    pub service: &'static str,
    /// The resource types.
    pub products: &'static [Product],
    pub(crate) run: Run,
}

/// One resource type and the calls that its documents take.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// The type, `AWS::S3::Bucket`.
    pub kind: &'static str,
    /// The calls. Two types of a service may share some; those are made once.
    pub calls: &'static [Declaration],
    /// The calls that bring nothing but tags, made only if tags are wanted.
    pub tags: &'static [Declaration],
}

/// A collector's entry point: collects those of its types that the context wants.
pub(crate) type Once = for<'a> fn(&'a Context<'a>) -> BoxFuture<'a, Harvest>;
/// The same for one region.
pub(crate) type InRegion = for<'a> fn(&'a Context<'a>, &'a str) -> BoxFuture<'a, Harvest>;

/// How often a collector runs in an account.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Run {
    /// Once; the service has no regions.
    Global(Once),
    /// Once; one listing names the resources of all regions.
    AllRegions(Once),
    /// In every region that is looked at.
    EachRegion(InRegion),
}

/// All collectors, by service.
#[must_use]
pub fn catalogue() -> &'static [Collector] {
    services::ALL
}

/// All resource types that a collector of their own produces. Cloud Control lists more, if a request
/// names them.
#[must_use]
pub fn types() -> BTreeSet<&'static str> {
    products(catalogue()).map(|product| product.kind).collect()
}

/// Whether this type is told by Identity Center, which answers the management account and the accounts that it
/// is delegated to, and refuses all others.
#[must_use]
pub fn is_of_identity_center(kind: &str) -> bool {
    let mut own = services::IDENTITY_CENTER.products.iter();
    own.any(|product| product.kind == kind)
}

/// Whether resources of this type can be collected, by a collector of its own or by Cloud Control.
#[must_use]
pub fn is_collected(kind: &str) -> bool {
    types().contains(kind) || cloud_control::listed(kind).is_some()
}

/// The calls that a request takes, sorted. Types that nobody can list take none.
#[must_use]
pub fn declarations(request: &Request) -> Vec<Declaration> {
    let mut calls = BTreeSet::new();
    for collector in catalogue() {
        for product in collector.wanted(&request.types) {
            calls.extend(product.calls);
            if request.tags {
                calls.extend(product.tags);
            }
            if matches!(collector.run, Run::EachRegion(_)) {
                calls.insert(regions::DESCRIBE_REGIONS);
            }
        }
    }
    for listed in by_cloud_control(&request.types) {
        calls.extend(cloud_control::CALLS);
        if !listed.is_global() {
            calls.insert(regions::DESCRIBE_REGIONS);
        }
    }
    calls.into_iter().collect()
}

/// The IAM actions that a request takes, those included that AWS's own handlers of a type take.
#[must_use]
pub fn actions(request: &Request) -> BTreeSet<&'static str> {
    let calls = declarations(request).into_iter().map(|call| call.action);
    let handlers =
        by_cloud_control(&request.types).flat_map(|listed| listed.actions.iter().copied());
    calls.chain(handlers).collect()
}

/// Those of these types that Cloud Control lists, because no collector produces them.
pub(crate) fn by_cloud_control(
    types: &BTreeSet<String>,
) -> impl Iterator<Item = &'static Listed<'static>> {
    let own = self::types();
    types
        .iter()
        .filter(move |kind| !own.contains(kind.as_str()))
        .filter_map(|kind| cloud_control::listed(kind))
}

impl Collector {
    /// The products among these types.
    pub(crate) fn wanted<'a>(
        &self,
        types: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = &'static Product> + use<'a> {
        self.products
            .iter()
            .filter(|product| types.contains(product.kind))
    }
}

fn products(collectors: &'static [Collector]) -> impl Iterator<Item = &'static Product> {
    collectors.iter().flat_map(|collector| collector.products)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Request {
        Request {
            types: types().into_iter().map(str::to_owned).collect(),
            tags: true,
            regions: None,
        }
    }

    fn one(kind: &str) -> Request {
        Request {
            types: BTreeSet::from([kind.to_owned()]),
            ..Request::default()
        }
    }

    /// The one action that is no read; it makes IAM bring a report up to date and changes nothing
    /// else.
    const REPORT: &str = "iam:GenerateCredentialReport";

    #[test]
    fn only_reads_are_declared() {
        for call in declarations(&everything()) {
            let (_, name) = call.action.split_once(':').unwrap();
            let reads = |name: &str| {
                [
                    "Get",
                    "List",
                    "Describe",
                    "BatchGet",
                    "SearchTransitGatewayRoutes",
                ]
                .iter()
                .any(|verb| name.starts_with(verb))
            };
            assert!(
                (reads(name) && reads(call.operation)) || call.action == REPORT,
                "{call:?} is not a read"
            );
        }
    }

    #[test]
    fn an_operation_is_declared_with_one_action() {
        let calls = declarations(&everything());
        let operations: BTreeSet<_> = calls
            .iter()
            .map(|call| (call.service, call.operation))
            .collect();
        assert_eq!(operations.len(), calls.len());
    }

    #[test]
    fn each_type_has_one_collector_and_calls() {
        let kinds: Vec<_> = products(catalogue()).map(|product| product.kind).collect();
        assert_eq!(kinds.len(), types().len());
        for product in products(catalogue()) {
            assert!(!product.calls.is_empty(), "{}", product.kind);
        }
    }

    #[test]
    fn a_type_takes_its_own_calls_alone() {
        assert_eq!(
            actions(&one("AWS::EC2::Volume")),
            BTreeSet::from(["ec2:DescribeRegions", "ec2:DescribeVolumes"])
        );
        assert!(actions(&one("AWS::No::Such")).is_empty());
    }

    #[test]
    fn what_cloud_control_lists_takes_the_actions_of_its_service_too() {
        assert_eq!(
            actions(&one("AWS::SecurityHub::Hub")),
            BTreeSet::from([
                "cloudformation:GetResource",
                "cloudformation:ListResources",
                "ec2:DescribeRegions",
                "securityhub:DescribeHub",
                "securityhub:ListTagsForResource",
            ])
        );
        // A collector of our own goes first, and a global service has no regions to ask for.
        assert!(!actions(&one("AWS::EC2::Volume")).contains("cloudformation:ListResources"));
        assert!(!actions(&one("AWS::Route53::HostedZone")).contains("ec2:DescribeRegions"));
    }

    #[test]
    fn tags_take_calls_only_if_they_are_wanted() {
        let without = one("AWS::CloudTrail::Trail");
        let with = Request {
            tags: true,
            ..without.clone()
        };
        let without = actions(&without);
        let more: Vec<_> = actions(&with).difference(&without).copied().collect();
        assert_eq!(more, ["cloudtrail:ListTags"]);
    }
}
