//! Access entries of a cluster: whom it lets in, with the access policies that they have.

use aws_sdk_eks::Client;
use blastwall_aws::Failure;
use blastwall_model::Kind;
use blastwall_model::resources::eks::{AccessPolicy, AccessScope};
use blastwall_model::resources::{AccessEntry, AccessEntryKind};
use futures::{StreamExt, stream};

use super::{AT_ONCE, ENTRIES, ENTRY, ENTRY_POLICIES, missing, tag_map};
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, text, time};
use crate::harvest::{About, Harvest, malformed};
use crate::pages::pages;

pub(super) async fn collect(
    context: &Context<'_>,
    eks: &Client,
    region: &str,
    cluster: &str,
) -> Harvest {
    const KIND: &str = AccessEntryKind::TYPE;
    let mut harvest = Harvest::default();
    let mut principals = Vec::new();
    let request = eks.list_access_entries().cluster_name(cluster);
    let stream = request.max_results(100).into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        principals.extend_from_slice(page.access_entries());
    })
    .await;
    let place = (region, cluster);
    if let Err(failure) = ended {
        missing(context, &mut harvest, place, &[KIND], (ENTRIES, &failure));
    }
    let mut entries = stream::iter(principals)
        .map(|principal| one(context, eks, place, principal))
        .buffered(AT_ONCE)
        .boxed();
    while let Some(found) = entries.next().await {
        harvest.append(found);
    }
    drop(entries);
    harvest
}

/// One entry, if it could be seen.
async fn one(
    context: &Context<'_>,
    eks: &Client,
    place: (&str, &str),
    principal: String,
) -> Harvest {
    match entry(context, eks, place, &principal).await {
        Ok(entry) => with_policies(context, eks, place, entry).await,
        Err(failure) => {
            let mut harvest = Harvest::default();
            let kinds = [AccessEntryKind::TYPE];
            missing(context, &mut harvest, place, &kinds, (ENTRY, &failure));
            harvest
        }
    }
}

async fn entry(
    context: &Context<'_>,
    eks: &Client,
    (region, cluster): (&str, &str),
    principal: &str,
) -> Result<AccessEntry, Failure> {
    let request = eks.describe_access_entry().cluster_name(cluster);
    let request = request.principal_arn(principal).send();
    let answer = context.session.call(request).await?;
    let described = answer
        .access_entry()
        .ok_or_else(|| malformed("the answer describes no access entry"))?;
    let arn = parse_arn(described.access_entry_arn().unwrap_or_default())?;
    let mut entry = AccessEntry::new(arn, context.session.account().clone(), region);
    entry.tags = tag_map(described.tags());
    let config = &mut entry.config;
    config.cluster_name = Some(cluster.to_owned()).into();
    config.principal_arn = Some(principal.to_owned()).into();
    config.username = text(described.username()).into();
    config.entry_type = text(described.r#type()).into();
    let groups = described.kubernetes_groups().iter().cloned();
    config.kubernetes_groups = Some(sorted(groups)).into();
    entry.observed.created_at = described.created_at().and_then(time).into();
    Ok(entry)
}

async fn with_policies(
    context: &Context<'_>,
    eks: &Client,
    (_, cluster): (&str, &str),
    mut entry: AccessEntry,
) -> Harvest {
    let mut harvest = Harvest::default();
    let about = About::resource(&entry);
    let mut policies = Vec::new();
    let stream = eks
        .list_associated_access_policies()
        .cluster_name(cluster)
        .set_principal_arn(entry.config.principal_arn.known().cloned())
        .max_results(100)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        let own = page.associated_access_policies().iter();
        policies.extend(own.filter_map(|policy| {
            let scope = policy.access_scope();
            Some(AccessPolicy {
                policy_arn: text(policy.policy_arn())?,
                access_scope: AccessScope {
                    scope_type: scope
                        .and_then(|scope| scope.r#type())
                        .map(|it| it.as_str().to_owned())
                        .unwrap_or_default(),
                    namespaces: sorted(
                        scope
                            .into_iter()
                            .flat_map(|scope| scope.namespaces().iter().cloned()),
                    ),
                },
            })
        }));
    })
    .await;
    let policies = ended.map(|()| Some(sorted(policies)));
    entry.config.access_policies = harvest.field(&about, ENTRY_POLICIES, policies);
    harvest.add(&entry);
    harvest
}
