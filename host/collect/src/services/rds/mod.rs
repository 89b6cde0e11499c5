//! Amazon RDS: databases, clusters of them, and the snapshots that somebody took, with whom they are shared.
//!
//! Snapshots that RDS takes by itself cannot be shared, and hold what the database holds.

mod database;
mod snapshot;

use aws_sdk_rds::types::{Tag, VpcSecurityGroupMembership};
use blastwall_aws::{Declaration, client};
use blastwall_model::resources::{
    DbClusterKind, DbClusterSnapshotKind, DbInstanceKind, DbSnapshotKind,
};
use blastwall_model::{Field, Kind, Tags};
use futures::FutureExt;

use crate::catalogue::Run;
use crate::context::Context;
use crate::convert::{sorted, tags};
use crate::harvest::Harvest;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "rds",
    products: &[
        product(DbInstanceKind::TYPE, &[INSTANCES]),
        product(DbClusterKind::TYPE, &[CLUSTERS]),
        product(DbSnapshotKind::TYPE, &[SNAPSHOTS, SNAPSHOT_ATTRIBUTES]),
        product(
            DbClusterSnapshotKind::TYPE,
            &[CLUSTER_SNAPSHOTS, CLUSTER_SNAPSHOT_ATTRIBUTES],
        ),
    ],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const INSTANCES: Declaration = call("DescribeDBInstances", "rds:DescribeDBInstances");
const CLUSTERS: Declaration = call("DescribeDBClusters", "rds:DescribeDBClusters");
const SNAPSHOTS: Declaration = call("DescribeDBSnapshots", "rds:DescribeDBSnapshots");
const SNAPSHOT_ATTRIBUTES: Declaration = call(
    "DescribeDBSnapshotAttributes",
    "rds:DescribeDBSnapshotAttributes",
);
const CLUSTER_SNAPSHOTS: Declaration = call(
    "DescribeDBClusterSnapshots",
    "rds:DescribeDBClusterSnapshots",
);
const CLUSTER_SNAPSHOT_ATTRIBUTES: Declaration = call(
    "DescribeDBClusterSnapshotAttributes",
    "rds:DescribeDBClusterSnapshotAttributes",
);

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "RDS",
        operation,
        action,
    }
}

const fn product(kind: &'static str, calls: &'static [Declaration]) -> Product {
    Product {
        kind,
        calls,
        tags: &[],
    }
}

/// No answer has more. Source: Amazon RDS API Reference, "DescribeDBInstances".
const A_PAGE: i32 = 100;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let client = client!(aws_sdk_rds, context.session, region);
    let found = futures::join!(
        database::instances(context, region, &client),
        database::clusters(context, region, &client),
        snapshot::of_instances(context, region, &client),
        snapshot::of_clusters(context, region, &client),
    );
    let mut harvest = found.0;
    harvest.append(found.1);
    harvest.append(found.2);
    harvest.append(found.3);
    harvest
}

fn tag_list(list: &[Tag]) -> Field<Tags> {
    tags(list.iter().map(|tag| (tag.key(), tag.value())))
}

/// The ids of security groups, sorted.
fn groups(memberships: &[VpcSecurityGroupMembership]) -> Vec<String> {
    let ids = memberships
        .iter()
        .filter_map(|one| one.vpc_security_group_id());
    sorted(ids.map(str::to_owned))
}
