//! `AWS::RDS::DBSnapshot` and `AWS::RDS::DBClusterSnapshot`, each with the accounts that it is shared with.

use aws_sdk_rds::operation::describe_db_cluster_snapshots::DescribeDbClusterSnapshotsOutput;
use aws_sdk_rds::operation::describe_db_snapshots::DescribeDbSnapshotsOutput;
use aws_sdk_rds::{Client, types};
use blastwall_aws::Failure;
use blastwall_model::Kind;
use blastwall_model::resources::rds::SnapshotAttribute;
use blastwall_model::resources::{
    DbClusterSnapshot, DbClusterSnapshotKind, DbSnapshot, DbSnapshotKind,
};

use super::{
    A_PAGE, CLUSTER_SNAPSHOT_ATTRIBUTES, CLUSTER_SNAPSHOTS, SNAPSHOT_ATTRIBUTES, SNAPSHOTS,
    tag_list,
};
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, text, time};
use crate::harvest::{About, Harvest};
use crate::services::listing::list_and_ask;

/// What somebody took, which alone can be shared.
const MANUAL: &str = "manual";

pub(super) async fn of_instances(context: &Context<'_>, region: &str, client: &Client) -> Harvest {
    if !context.wants(DbSnapshotKind::TYPE) {
        return Harvest::default();
    }
    let request = client
        .describe_db_snapshots()
        .snapshot_type(MANUAL)
        .max_records(A_PAGE);
    list_and_ask!(
        context,
        region,
        SNAPSHOTS,
        request,
        DescribeDbSnapshotsOutput::db_snapshots,
        snapshot,
        |snapshot| share(context, client, snapshot)
    )
}

fn snapshot(
    context: &Context<'_>,
    region: &str,
    answer: &types::DbSnapshot,
) -> Result<DbSnapshot, Failure> {
    let arn = parse_arn(answer.db_snapshot_arn().unwrap_or_default())?;
    let mut snapshot = DbSnapshot::new(arn, context.session.account().clone(), region);
    snapshot.tags = tag_list(answer.tag_list());
    let config = &mut snapshot.config;
    config.db_snapshot_identifier = text(answer.db_snapshot_identifier()).into();
    config.db_instance_identifier = text(answer.db_instance_identifier()).into();
    config.engine = text(answer.engine()).into();
    config.encrypted = answer.encrypted().into();
    config.kms_key_id = text(answer.kms_key_id()).into();
    let observed = &mut snapshot.observed;
    observed.status = text(answer.status()).into();
    observed.snapshot_create_time = answer.snapshot_create_time().and_then(time).into();
    Ok(snapshot)
}

async fn share(context: &Context<'_>, client: &Client, mut snapshot: DbSnapshot) -> Harvest {
    let mut harvest = Harvest::default();
    let request = client
        .describe_db_snapshot_attributes()
        .set_db_snapshot_identifier(snapshot.config.db_snapshot_identifier.known().cloned());
    let answer = context.session.call(request.send()).await;
    let attributes = answer.map(|answer| {
        let result = answer.db_snapshot_attributes_result?;
        let attributes = result.db_snapshot_attributes().iter();
        Some(sorted(attributes.map(|one| {
            attribute(one.attribute_name(), one.attribute_values())
        })))
    });
    let about = About::resource(&snapshot);
    snapshot.config.db_snapshot_attributes = harvest.field(&about, SNAPSHOT_ATTRIBUTES, attributes);
    harvest.add(&snapshot);
    harvest
}

pub(super) async fn of_clusters(context: &Context<'_>, region: &str, client: &Client) -> Harvest {
    if !context.wants(DbClusterSnapshotKind::TYPE) {
        return Harvest::default();
    }
    let request = client
        .describe_db_cluster_snapshots()
        .snapshot_type(MANUAL)
        .max_records(A_PAGE);
    list_and_ask!(
        context,
        region,
        CLUSTER_SNAPSHOTS,
        request,
        DescribeDbClusterSnapshotsOutput::db_cluster_snapshots,
        cluster_snapshot,
        |snapshot| share_cluster(context, client, snapshot)
    )
}

fn cluster_snapshot(
    context: &Context<'_>,
    region: &str,
    answer: &types::DbClusterSnapshot,
) -> Result<DbClusterSnapshot, Failure> {
    let arn = parse_arn(answer.db_cluster_snapshot_arn().unwrap_or_default())?;
    let mut snapshot = DbClusterSnapshot::new(arn, context.session.account().clone(), region);
    snapshot.tags = tag_list(answer.tag_list());
    let config = &mut snapshot.config;
    config.db_cluster_snapshot_identifier = text(answer.db_cluster_snapshot_identifier()).into();
    config.db_cluster_identifier = text(answer.db_cluster_identifier()).into();
    config.engine = text(answer.engine()).into();
    config.encrypted = answer.storage_encrypted().into();
    config.kms_key_id = text(answer.kms_key_id()).into();
    let observed = &mut snapshot.observed;
    observed.status = text(answer.status()).into();
    observed.snapshot_create_time = answer.snapshot_create_time().and_then(time).into();
    Ok(snapshot)
}

async fn share_cluster(
    context: &Context<'_>,
    client: &Client,
    mut snapshot: DbClusterSnapshot,
) -> Harvest {
    let mut harvest = Harvest::default();
    let id = snapshot.config.db_cluster_snapshot_identifier.known();
    let request = client
        .describe_db_cluster_snapshot_attributes()
        .set_db_cluster_snapshot_identifier(id.cloned());
    let answer = context.session.call(request.send()).await;
    let attributes = answer.map(|answer| {
        let result = answer.db_cluster_snapshot_attributes_result?;
        let attributes = result.db_cluster_snapshot_attributes().iter();
        Some(sorted(attributes.map(|one| {
            attribute(one.attribute_name(), one.attribute_values())
        })))
    });
    let about = About::resource(&snapshot);
    snapshot.config.db_cluster_snapshot_attributes =
        harvest.field(&about, CLUSTER_SNAPSHOT_ATTRIBUTES, attributes);
    harvest.add(&snapshot);
    harvest
}

fn attribute(name: Option<&str>, values: &[String]) -> SnapshotAttribute {
    SnapshotAttribute {
        attribute_name: name.unwrap_or_default().to_owned(),
        attribute_values: sorted(values.iter().cloned()),
    }
}
