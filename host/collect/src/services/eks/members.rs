//! What gives pods and nodes of a cluster their roles: associations, groups of nodes, Fargate profiles.

use aws_sdk_eks::Client;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::{
    FargateProfile, FargateProfileKind, Nodegroup, NodegroupKind, PodIdentityAssociation,
    PodIdentityAssociationKind,
};
use blastwall_model::{Kind, Resource};
use futures::{Stream, StreamExt, stream};

use super::{
    ASSOCIATION, ASSOCIATIONS, AT_ONCE, NODEGROUP, NODEGROUPS, PROFILE, PROFILES, missing, tag_map,
};
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, text, time};
use crate::harvest::{Harvest, malformed};
use crate::pages::pages;

/// Region and name of a cluster.
type Place<'a> = (&'a str, &'a str);

/// Adds what each of a listing is, once it is told.
async fn add_each<K: Kind>(
    context: &Context<'_>,
    place: Place<'_>,
    harvest: &mut Harvest,
    call: Declaration,
    mut told: impl Stream<Item = Result<Resource<K>, Failure>> + Unpin,
) {
    while let Some(one) = told.next().await {
        match one {
            Ok(resource) => harvest.add(&resource),
            Err(failure) => missing(context, harvest, place, &[K::TYPE], (call, &failure)),
        }
    }
}

/// A function that lists what a cluster has of a type and asks about each, a few side by side.
macro_rules! members {
    ($name:ident: $kind:ty, $list:ident, |$page:ident| $names:expr, $listing:expr, $asking:expr, $one:ident) => {
        pub(super) async fn $name(
            context: &Context<'_>,
            eks: &Client,
            region: &str,
            cluster: &str,
        ) -> Harvest {
            let mut harvest = Harvest::default();
            if !context.wants(<$kind>::TYPE) {
                return harvest;
            }
            let place = (region, cluster);
            let mut names: Vec<String> = Vec::new();
            let request = eks.$list().cluster_name(cluster);
            let stream = request.max_results(100).into_paginator().send();
            let ended = pages(context.session, stream, |$page| names.extend($names)).await;
            if let Err(failure) = ended {
                let kinds = &[<$kind>::TYPE];
                missing(context, &mut harvest, place, kinds, ($listing, &failure));
            }
            let told = stream::iter(names)
                .map(|name| $one(context, eks, place, name))
                .buffered(AT_ONCE)
                .boxed();
            add_each(context, place, &mut harvest, $asking, told).await;
            harvest
        }
    };
}

members!(
    associations: PodIdentityAssociationKind, list_pod_identity_associations,
    |page| page.associations().iter().filter_map(|one| text(one.association_id())),
    ASSOCIATIONS, ASSOCIATION, association
);
members!(
    nodegroups: NodegroupKind, list_nodegroups, |page| page.nodegroups().iter().cloned(),
    NODEGROUPS, NODEGROUP, nodegroup
);
members!(
    profiles: FargateProfileKind, list_fargate_profiles,
    |page| page.fargate_profile_names().iter().cloned(), PROFILES, PROFILE, profile
);

async fn association(
    context: &Context<'_>,
    eks: &Client,
    (region, cluster): Place<'_>,
    id: String,
) -> Result<PodIdentityAssociation, Failure> {
    let request = eks.describe_pod_identity_association();
    let request = request.cluster_name(cluster).association_id(id).send();
    let answer = context.session.call(request).await?;
    let described = answer
        .association()
        .ok_or_else(|| malformed("the answer describes no association"))?;
    let arn = parse_arn(described.association_arn().unwrap_or_default())?;
    let account = context.session.account().clone();
    let mut association = PodIdentityAssociation::new(arn, account, region);
    association.tags = tag_map(described.tags());
    let config = &mut association.config;
    config.cluster_name = Some(cluster.to_owned()).into();
    config.namespace = text(described.namespace()).into();
    config.service_account = text(described.service_account()).into();
    config.role_arn = text(described.role_arn()).into();
    config.target_role_arn = text(described.target_role_arn()).into();
    association.observed.created_at = described.created_at().and_then(time).into();
    Ok(association)
}

async fn nodegroup(
    context: &Context<'_>,
    eks: &Client,
    (region, cluster): Place<'_>,
    name: String,
) -> Result<Nodegroup, Failure> {
    let request = eks.describe_nodegroup().cluster_name(cluster);
    let request = request.nodegroup_name(name).send();
    let answer = context.session.call(request).await?;
    let described = answer
        .nodegroup()
        .ok_or_else(|| malformed("the answer describes no group of nodes"))?;
    let arn = parse_arn(described.nodegroup_arn().unwrap_or_default())?;
    let mut nodegroup = Nodegroup::new(arn, context.session.account().clone(), region);
    nodegroup.tags = tag_map(described.tags());
    let config = &mut nodegroup.config;
    config.cluster_name = Some(cluster.to_owned()).into();
    config.nodegroup_name = text(described.nodegroup_name()).into();
    config.node_role = text(described.node_role()).into();
    config.subnets = Some(sorted(described.subnets().iter().cloned())).into();
    let observed = &mut nodegroup.observed;
    observed.status = text(described.status().map(|it| it.as_str())).into();
    observed.created_at = described.created_at().and_then(time).into();
    Ok(nodegroup)
}

async fn profile(
    context: &Context<'_>,
    eks: &Client,
    (region, cluster): Place<'_>,
    name: String,
) -> Result<FargateProfile, Failure> {
    let request = eks.describe_fargate_profile().cluster_name(cluster);
    let request = request.fargate_profile_name(name).send();
    let answer = context.session.call(request).await?;
    let described = answer
        .fargate_profile()
        .ok_or_else(|| malformed("the answer describes no profile"))?;
    let arn = parse_arn(described.fargate_profile_arn().unwrap_or_default())?;
    let mut profile = FargateProfile::new(arn, context.session.account().clone(), region);
    profile.tags = tag_map(described.tags());
    let config = &mut profile.config;
    config.cluster_name = Some(cluster.to_owned()).into();
    config.fargate_profile_name = text(described.fargate_profile_name()).into();
    config.pod_execution_role_arn = text(described.pod_execution_role_arn()).into();
    config.subnets = Some(sorted(described.subnets().iter().cloned())).into();
    let observed = &mut profile.observed;
    observed.status = text(described.status().map(|it| it.as_str())).into();
    observed.created_at = described.created_at().and_then(time).into();
    Ok(profile)
}
