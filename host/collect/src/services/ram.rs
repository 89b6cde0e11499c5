//! AWS Resource Access Manager: `AWS::RAM::ResourceShare`, by its owner.
//!
//! Two listings tell what all shares are with; the permissions take a call a share.

use std::collections::HashMap;

use aws_sdk_ram::Client;
use aws_sdk_ram::types::{
    ResourceOwner, ResourceShare as Share, ResourceShareAssociation,
    ResourceShareAssociationStatus, ResourceShareAssociationType, ResourceShareStatus,
};
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::ram::PrincipalAssociation;
use blastwall_model::resources::{ResourceShare, ResourceShareKind};
use blastwall_model::{Field, Kind};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, tags, text, time};
use crate::harvest::{About, Harvest, unknown};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "ram",
    products: &[Product {
        kind: ResourceShareKind::TYPE,
        calls: &[LIST, ASSOCIATIONS, PERMISSIONS],
        tags: &[],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("GetResourceShares", "ram:GetResourceShares");
const ASSOCIATIONS: Declaration = call(
    "GetResourceShareAssociations",
    "ram:GetResourceShareAssociations",
);
const PERMISSIONS: Declaration = call(
    "ListResourceSharePermissions",
    "ram:ListResourceSharePermissions",
);

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "RAM",
        operation,
        action,
    }
}

/// How many shares of a region are looked into side by side.
const AT_ONCE: usize = 4;

/// What shares are associated with, by ARN of the share; or why it was not seen.
type Associations = Result<HashMap<String, Vec<ResourceShareAssociation>>, Failure>;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    const KIND: &str = ResourceShareKind::TYPE;
    let client = client!(aws_sdk_ram, context.session, region);
    let mut harvest = Harvest::default();
    let mut shares = Vec::new();
    let request = client
        .get_resource_shares()
        .resource_owner(ResourceOwner::SelfValue)
        .max_results(500);
    let ended = pages(context.session, request.into_paginator().send(), |page| {
        shares.extend(page.resource_shares.unwrap_or_default());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], LIST, region, &failure);
    }
    shares.retain(|share| share.status() != Some(&ResourceShareStatus::Deleted));
    if shares.is_empty() {
        return harvest;
    }
    let (principals, resources) = futures::join!(
        associations(context, &client, ResourceShareAssociationType::Principal),
        associations(context, &client, ResourceShareAssociationType::Resource),
    );
    let mut documents = Vec::new();
    for share in &shares {
        match document(context, region, share) {
            Ok(mut document) => {
                with_principals(&mut harvest, &mut document, &principals);
                with_resources(&mut harvest, &mut document, &resources);
                documents.push(document);
            }
            Err(failure) => harvest.listing(&[KIND], LIST, region, &failure),
        }
    }
    let mut looked_into = stream::iter(documents)
        .map(|document| with_permissions(context, &client, document))
        .buffered(AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

async fn associations(
    context: &Context<'_>,
    client: &Client,
    kind: ResourceShareAssociationType,
) -> Associations {
    let request = client
        .get_resource_share_associations()
        .association_type(kind)
        .max_results(500);
    let mut found: HashMap<String, Vec<ResourceShareAssociation>> = HashMap::new();
    pages(context.session, request.into_paginator().send(), |page| {
        for one in page.resource_share_associations.unwrap_or_default() {
            if let Some(share) = one.resource_share_arn() {
                found.entry(share.to_owned()).or_default().push(one);
            }
        }
    })
    .await?;
    Ok(found)
}

fn document(context: &Context<'_>, region: &str, share: &Share) -> Result<ResourceShare, Failure> {
    let arn = parse_arn(share.resource_share_arn().unwrap_or_default())?;
    let mut document = ResourceShare::new(arn, context.session.account().clone(), region);
    document.tags = tags(share.tags().iter().map(|tag| (tag.key(), tag.value())));
    document.config.name = text(share.name()).into();
    document.config.allow_external_principals = share.allow_external_principals().into();
    document.observed.status = text(share.status().map(|status| status.as_str())).into();
    document.observed.creation_time = share.creation_time().and_then(time).into();
    Ok(document)
}

/// What one share is associated with.
fn of<'a>(
    associations: &'a Associations,
    share: &ResourceShare,
) -> Result<&'a [ResourceShareAssociation], &'a Failure> {
    let found = associations.as_ref()?.get(share.arn.as_str());
    Ok(found.map_or(&[], Vec::as_slice))
}

fn entities<'a>(
    associations: impl IntoIterator<Item = &'a ResourceShareAssociation>,
) -> Field<Vec<String>> {
    let named = associations.into_iter();
    let named = named.filter_map(|one| one.associated_entity());
    Field::Known(sorted(named.map(str::to_owned)))
}

/// Whether a resource is, or is about to be, part of its share.
fn is_shared(association: &ResourceShareAssociation) -> bool {
    use ResourceShareAssociationStatus::{Associated, Associating};
    matches!(association.status(), None | Some(Associated | Associating))
}

fn with_principals(harvest: &mut Harvest, share: &mut ResourceShare, associations: &Associations) {
    match of(associations, share) {
        Ok(found) => {
            let each = found.iter().map(|one| PrincipalAssociation {
                associated_entity: one.associated_entity().unwrap_or_default().to_owned(),
                status: text(one.status().map(|status| status.as_str())).unwrap_or_default(),
                external: one.external().unwrap_or_default(),
            });
            share.observed.principal_associations = Field::Known(sorted(each));
            share.config.principals = entities(found);
        }
        Err(failure) => {
            harvest.incomplete(&About::resource(share), ASSOCIATIONS, failure);
            share.observed.principal_associations = unknown(ASSOCIATIONS, failure);
            share.config.principals = unknown(ASSOCIATIONS, failure);
        }
    }
}

fn with_resources(harvest: &mut Harvest, share: &mut ResourceShare, associations: &Associations) {
    share.config.resource_arns = match of(associations, share) {
        Ok(found) => entities(found.iter().filter(|one| is_shared(one))),
        Err(failure) => {
            harvest.incomplete(&About::resource(share), ASSOCIATIONS, failure);
            unknown(ASSOCIATIONS, failure)
        }
    };
}

async fn with_permissions(
    context: &Context<'_>,
    client: &Client,
    mut share: ResourceShare,
) -> Harvest {
    let mut harvest = Harvest::default();
    let request = client
        .list_resource_share_permissions()
        .resource_share_arn(share.arn.to_string());
    let mut arns = Vec::new();
    let ended = pages(context.session, request.into_paginator().send(), |page| {
        let permissions = page.permissions.unwrap_or_default();
        arns.extend(permissions.into_iter().filter_map(|one| one.arn));
    })
    .await;
    let answer = ended.map(|()| Some(sorted(arns)));
    share.config.permission_arns = harvest.field(&About::resource(&share), PERMISSIONS, answer);
    harvest.add(&share);
    harvest
}
