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

pub(super) async fn associations(
    context: &Context<'_>,
    eks: &Client,
    region: &str,
    cluster: &str,
) -> Harvest {
    const KIND: &str = PodIdentityAssociationKind::TYPE;
    let mut harvest = Harvest::default();
    if !context.wants(KIND) {
        return harvest;
    }
    let place = (region, cluster);
    let mut ids = Vec::new();
    let request = eks.list_pod_identity_associations().cluster_name(cluster);
    let stream = request.max_results(100).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        let listed = page.associations().iter();
        ids.extend(listed.filter_map(|one| text(one.association_id())));
    })
    .await;
    if let Err(failure) = ended {
        missing(
            context,
            &mut harvest,
            place,
            &[KIND],
            (ASSOCIATIONS, &failure),
        );
    }
    let told = stream::iter(ids)
        .map(|id| association(context, eks, place, id))
        .buffered(AT_ONCE)
        .boxed();
    add_each(context, place, &mut harvest, ASSOCIATION, told).await;
    harvest
}

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

pub(super) async fn nodegroups(
    context: &Context<'_>,
    eks: &Client,
    region: &str,
    cluster: &str,
) -> Harvest {
    const KIND: &str = NodegroupKind::TYPE;
    let mut harvest = Harvest::default();
    if !context.wants(KIND) {
        return harvest;
    }
    let place = (region, cluster);
    let mut names = Vec::new();
    let request = eks.list_nodegroups().cluster_name(cluster);
    let stream = request.max_results(100).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        names.extend_from_slice(page.nodegroups());
    })
    .await;
    if let Err(failure) = ended {
        missing(
            context,
            &mut harvest,
            place,
            &[KIND],
            (NODEGROUPS, &failure),
        );
    }
    let told = stream::iter(names)
        .map(|name| nodegroup(context, eks, place, name))
        .buffered(AT_ONCE)
        .boxed();
    add_each(context, place, &mut harvest, NODEGROUP, told).await;
    harvest
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

pub(super) async fn profiles(
    context: &Context<'_>,
    eks: &Client,
    region: &str,
    cluster: &str,
) -> Harvest {
    const KIND: &str = FargateProfileKind::TYPE;
    let mut harvest = Harvest::default();
    if !context.wants(KIND) {
        return harvest;
    }
    let place = (region, cluster);
    let mut names = Vec::new();
    let request = eks.list_fargate_profiles().cluster_name(cluster);
    let stream = request.max_results(100).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        names.extend_from_slice(page.fargate_profile_names());
    })
    .await;
    if let Err(failure) = ended {
        missing(context, &mut harvest, place, &[KIND], (PROFILES, &failure));
    }
    let told = stream::iter(names)
        .map(|name| profile(context, eks, place, name))
        .buffered(AT_ONCE)
        .boxed();
    add_each(context, place, &mut harvest, PROFILE, told).await;
    harvest
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
