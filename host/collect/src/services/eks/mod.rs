//! Amazon EKS: `AWS::EKS::Cluster` and what lets somebody in or gives a role: `AccessEntry`,
//! `PodIdentityAssociation`, `Nodegroup`, `FargateProfile`.
//!
//! A region without clusters takes one call. All that a cluster has takes a call to list and one to two for each.

mod access_entry;
mod members;

use std::collections::HashMap;

use aws_sdk_eks::Client;
use aws_sdk_eks::types::{AuthenticationMode, Cluster as Description};
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::eks::{
    AccessConfig, EncryptionConfig, EncryptionProvider, ResourcesVpcConfig,
};
use blastwall_model::resources::{
    AccessEntryKind, Cluster, ClusterKind, FargateProfileKind, NodegroupKind,
    PodIdentityAssociationKind,
};
use blastwall_model::{Field, Kind, Tags};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, tags, text, time};
use crate::harvest::{About, Harvest, malformed};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "eks",
    products: &[
        Product {
            kind: AccessEntryKind::TYPE,
            calls: &[LIST, DESCRIBE, ENTRIES, ENTRY, ENTRY_POLICIES],
            tags: &[],
        },
        Product {
            kind: ClusterKind::TYPE,
            calls: &[LIST, DESCRIBE],
            tags: &[],
        },
        Product {
            kind: FargateProfileKind::TYPE,
            calls: &[LIST, PROFILES, PROFILE],
            tags: &[],
        },
        Product {
            kind: NodegroupKind::TYPE,
            calls: &[LIST, NODEGROUPS, NODEGROUP],
            tags: &[],
        },
        Product {
            kind: PodIdentityAssociationKind::TYPE,
            calls: &[LIST, ASSOCIATIONS, ASSOCIATION],
            tags: &[],
        },
    ],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("ListClusters", "eks:ListClusters");
const DESCRIBE: Declaration = call("DescribeCluster", "eks:DescribeCluster");
const ENTRIES: Declaration = call("ListAccessEntries", "eks:ListAccessEntries");
const ENTRY: Declaration = call("DescribeAccessEntry", "eks:DescribeAccessEntry");
const ENTRY_POLICIES: Declaration = call(
    "ListAssociatedAccessPolicies",
    "eks:ListAssociatedAccessPolicies",
);
const ASSOCIATIONS: Declaration = call(
    "ListPodIdentityAssociations",
    "eks:ListPodIdentityAssociations",
);
const ASSOCIATION: Declaration = call(
    "DescribePodIdentityAssociation",
    "eks:DescribePodIdentityAssociation",
);
const NODEGROUPS: Declaration = call("ListNodegroups", "eks:ListNodegroups");
const NODEGROUP: Declaration = call("DescribeNodegroup", "eks:DescribeNodegroup");
const PROFILES: Declaration = call("ListFargateProfiles", "eks:ListFargateProfiles");
const PROFILE: Declaration = call("DescribeFargateProfile", "eks:DescribeFargateProfile");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "EKS",
        operation,
        action,
    }
}

/// How many clusters of a region, and how many things of a cluster, are asked for side by side.
const AT_ONCE: usize = 4;

/// All that is produced here.
const KINDS: [&str; 5] = [
    AccessEntryKind::TYPE,
    ClusterKind::TYPE,
    FargateProfileKind::TYPE,
    NodegroupKind::TYPE,
    PodIdentityAssociationKind::TYPE,
];

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let eks = client!(aws_sdk_eks, context.session, region);
    let mut harvest = Harvest::default();
    let mut names = Vec::new();
    let stream = eks.list_clusters().max_results(100).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        names.extend_from_slice(page.clusters());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&context.wanted(&KINDS), LIST, region, &failure);
    }
    let mut looked_into = stream::iter(names)
        .map(|name| look_into(context, &eks, region, name))
        .buffered(AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

async fn look_into(context: &Context<'_>, eks: &Client, region: &str, name: String) -> Harvest {
    let (cluster, associations, nodegroups, profiles) = futures::join!(
        cluster_and_entries(context, eks, region, &name),
        members::associations(context, eks, region, &name),
        members::nodegroups(context, eks, region, &name),
        members::profiles(context, eks, region, &name),
    );
    let mut harvest = cluster;
    harvest.append(associations);
    harvest.append(nodegroups);
    harvest.append(profiles);
    harvest
}

/// The cluster itself, which tells whether it has access entries at all.
async fn cluster_and_entries(
    context: &Context<'_>,
    eks: &Client,
    region: &str,
    name: &str,
) -> Harvest {
    let kinds = context.wanted(&[ClusterKind::TYPE, AccessEntryKind::TYPE]);
    let mut harvest = Harvest::default();
    if kinds.is_empty() {
        return harvest;
    }
    let answer = context
        .session
        .call(eks.describe_cluster().name(name).send());
    let description = answer.await.and_then(|answer| {
        let description = answer.cluster;
        description.ok_or_else(|| malformed("the answer describes no cluster"))
    });
    let description = match description {
        Ok(description) => description,
        Err(failure) => {
            missing(
                context,
                &mut harvest,
                (region, name),
                &kinds,
                (DESCRIBE, &failure),
            );
            return harvest;
        }
    };
    let mode = description.access_config();
    let mode = mode.and_then(|config| config.authentication_mode());
    if context.wants(ClusterKind::TYPE) {
        match cluster(context, region, &description) {
            Ok(cluster) => harvest.add(&cluster),
            Err(failure) => harvest.listing(&[ClusterKind::TYPE], DESCRIBE, region, &failure),
        }
    }
    // Where the config map in the cluster decides alone, asking for entries is an error.
    // Source: EKS User Guide, "Grant IAM users access to Kubernetes with EKS access entries".
    if context.wants(AccessEntryKind::TYPE) && mode != Some(&AuthenticationMode::ConfigMap) {
        harvest.append(access_entry::collect(context, eks, region, name).await);
    }
    harvest
}

fn cluster(
    context: &Context<'_>,
    region: &str,
    description: &Description,
) -> Result<Cluster, Failure> {
    let arn = parse_arn(description.arn().unwrap_or_default())?;
    let mut cluster = Cluster::new(arn, context.session.account().clone(), region);
    cluster.tags = tag_map(description.tags());
    let config = &mut cluster.config;
    config.name = text(description.name()).into();
    config.role_arn = text(description.role_arn()).into();
    config.version = text(description.version()).into();
    let network = description.resources_vpc_config();
    config.resources_vpc_config = network
        .map(|network| ResourcesVpcConfig {
            subnet_ids: sorted(network.subnet_ids().iter().cloned()),
            security_group_ids: sorted(network.security_group_ids().iter().cloned()),
            endpoint_public_access: network.endpoint_public_access(),
            endpoint_private_access: network.endpoint_private_access(),
            public_access_cidrs: sorted(network.public_access_cidrs().iter().cloned()),
        })
        .into();
    let access = description.access_config();
    config.access_config = access
        .and_then(|access| access.authentication_mode())
        .map(|mode| AccessConfig {
            authentication_mode: mode.as_str().to_owned(),
        })
        .into();
    let encryption = description.encryption_config().iter();
    let encryption = encryption.filter_map(|encryption| {
        let key_arn = text(
            encryption
                .provider()
                .and_then(|provider| provider.key_arn()),
        )?;
        Some(EncryptionConfig {
            provider: EncryptionProvider { key_arn },
        })
    });
    let encryption: Vec<_> = encryption.collect();
    config.encryption_config = Some(encryption).filter(|list| !list.is_empty()).into();
    let observed = &mut cluster.observed;
    observed.status = text(description.status().map(|it| it.as_str())).into();
    observed.created_at = description.created_at().and_then(time).into();
    let identity = description.identity().and_then(|identity| identity.oidc());
    observed.open_id_connect_issuer_url = text(identity.and_then(|oidc| oidc.issuer())).into();
    Ok(cluster)
}

fn tag_map(own: Option<&HashMap<String, String>>) -> Field<Tags> {
    let own = own.into_iter().flatten();
    tags(own.map(|(key, value)| (Some(key.as_str()), Some(value.as_str()))))
}

/// Notes that a call about a cluster was refused, and with it documents of these types.
fn missing(
    context: &Context<'_>,
    harvest: &mut Harvest,
    (region, cluster): (&str, &str),
    kinds: &[&'static str],
    (call, failure): (Declaration, &Failure),
) {
    match context.arn("eks", region, &format!("cluster/{cluster}")) {
        Ok(arn) => {
            let about = About::types(kinds.to_vec(), region, &arn);
            harvest.incomplete(&about, call, failure);
        }
        Err(_) => harvest.listing(kinds, call, region, failure),
    }
}
