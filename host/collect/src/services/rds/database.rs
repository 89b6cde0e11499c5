//! `AWS::RDS::DBInstance` and `AWS::RDS::DBCluster`.

use aws_sdk_rds::{Client, types};
use blastwall_aws::Failure;
use blastwall_model::Kind;
use blastwall_model::resources::{DbCluster, DbClusterKind, DbInstance, DbInstanceKind};

use super::{A_PAGE, CLUSTERS, INSTANCES, groups, tag_list};
use crate::context::{Context, parse_arn};
use crate::convert::{text, time};
use crate::harvest::Harvest;
use crate::services::listing::list_pages;

pub(super) async fn instances(context: &Context<'_>, region: &str, client: &Client) -> Harvest {
    if !context.wants(DbInstanceKind::TYPE) {
        return Harvest::default();
    }
    let request = client.describe_db_instances().max_records(A_PAGE);
    list_pages!(context, region, INSTANCES, request, db_instances, instance)
}

fn instance(
    context: &Context<'_>,
    region: &str,
    answer: &types::DbInstance,
) -> Result<DbInstance, Failure> {
    let arn = parse_arn(answer.db_instance_arn().unwrap_or_default())?;
    let mut instance = DbInstance::new(arn, context.session.account().clone(), region);
    instance.tags = tag_list(answer.tag_list());
    let config = &mut instance.config;
    config.db_instance_identifier = text(answer.db_instance_identifier()).into();
    config.db_cluster_identifier = text(answer.db_cluster_identifier()).into();
    config.engine = text(answer.engine()).into();
    config.storage_encrypted = answer.storage_encrypted().into();
    config.kms_key_id = text(answer.kms_key_id()).into();
    config.publicly_accessible = answer.publicly_accessible().into();
    config.enable_iam_database_authentication = answer.iam_database_authentication_enabled().into();
    config.vpc_security_groups = groups(answer.vpc_security_groups()).into();
    let observed = &mut instance.observed;
    observed.db_instance_status = text(answer.db_instance_status()).into();
    observed.instance_create_time = answer.instance_create_time().and_then(time).into();
    Ok(instance)
}

pub(super) async fn clusters(context: &Context<'_>, region: &str, client: &Client) -> Harvest {
    if !context.wants(DbClusterKind::TYPE) {
        return Harvest::default();
    }
    let request = client.describe_db_clusters().max_records(A_PAGE);
    list_pages!(context, region, CLUSTERS, request, db_clusters, cluster)
}

fn cluster(
    context: &Context<'_>,
    region: &str,
    answer: &types::DbCluster,
) -> Result<DbCluster, Failure> {
    let arn = parse_arn(answer.db_cluster_arn().unwrap_or_default())?;
    let mut cluster = DbCluster::new(arn, context.session.account().clone(), region);
    cluster.tags = tag_list(answer.tag_list());
    let config = &mut cluster.config;
    config.db_cluster_identifier = text(answer.db_cluster_identifier()).into();
    config.engine = text(answer.engine()).into();
    config.storage_encrypted = answer.storage_encrypted().into();
    config.kms_key_id = text(answer.kms_key_id()).into();
    config.enable_iam_database_authentication = answer.iam_database_authentication_enabled().into();
    config.vpc_security_group_ids = groups(answer.vpc_security_groups()).into();
    let observed = &mut cluster.observed;
    observed.status = text(answer.status()).into();
    observed.cluster_create_time = answer.cluster_create_time().and_then(time).into();
    Ok(cluster)
}
