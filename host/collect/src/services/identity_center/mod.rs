//! AWS IAM Identity Center: its instances, permission sets and assignments (`AWS::SSO::…`), and the users,
//! groups and memberships of its directory (`AWS::IdentityStore::…`).
//!
//! Only the management account and the delegated administrator may ask. Assignments are asked for by user and
//! group, not by permission set and account: an organization has fewer people than pairs of those, and nobody
//! who is assigned something is missed.

mod assignments;
mod directory;
mod permission_sets;

use aws_sdk_ssoadmin::types::InstanceMetadata;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::identity_center::{
    AssignmentKind, DirectoryGroupKind, DirectoryInstance, DirectoryInstanceKind,
    DirectoryUserKind, GroupMembershipKind, PermissionSetKind,
};
use blastwall_model::{Field, Kind};
use futures::FutureExt;

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{text, time};
use crate::harvest::{Harvest, not_collected};
use crate::pages::pages;
use crate::{Collector, Product};

pub(crate) const COLLECTOR: Collector = Collector {
    service: "sso",
    products: &[
        product(DirectoryInstanceKind::TYPE, &[INSTANCES]),
        product(
            PermissionSetKind::TYPE,
            &[INSTANCES, PERMISSION_SETS, PERMISSION_SET],
        ),
        product(
            AssignmentKind::TYPE,
            &[INSTANCES, USERS, GROUPS, ASSIGNMENTS],
        ),
        product(DirectoryUserKind::TYPE, &[INSTANCES, USERS]),
        product(DirectoryGroupKind::TYPE, &[INSTANCES, GROUPS]),
        product(GroupMembershipKind::TYPE, &[INSTANCES, GROUPS, MEMBERSHIPS]),
    ],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

/// Every type that is collected here.
const KINDS: [&str; 6] = [
    DirectoryInstanceKind::TYPE,
    PermissionSetKind::TYPE,
    AssignmentKind::TYPE,
    DirectoryUserKind::TYPE,
    DirectoryGroupKind::TYPE,
    GroupMembershipKind::TYPE,
];

const INSTANCES: Declaration = sso("ListInstances", "sso:ListInstances");
const PERMISSION_SETS: Declaration = sso("ListPermissionSets", "sso:ListPermissionSets");
const PERMISSION_SET: Declaration = sso("DescribePermissionSet", "sso:DescribePermissionSet");
const ASSIGNMENTS: Declaration = sso(
    "ListAccountAssignmentsForPrincipal",
    "sso:ListAccountAssignmentsForPrincipal",
);
const USERS: Declaration = directory("ListUsers", "identitystore:ListUsers");
const GROUPS: Declaration = directory("ListGroups", "identitystore:ListGroups");
const MEMBERSHIPS: Declaration =
    directory("ListGroupMemberships", "identitystore:ListGroupMemberships");
/// Brings what nobody reads, and is not called.
const TAGS: Declaration = sso("ListTagsForResource", "sso:ListTagsForResource");

const fn sso(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "SSO Admin",
        operation,
        action,
    }
}

const fn directory(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "identitystore",
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

/// How many permission sets, groups or users are looked into side by side. Identity Center takes about twenty
/// calls a second.
/// Source: IAM Identity Center User Guide, "IAM Identity Center quotas and limits".
const AT_ONCE: usize = 4;

/// One instance, in the region that it is asked in.
struct Place<'a> {
    context: &'a Context<'a>,
    region: &'a str,
    sso: &'a aws_sdk_ssoadmin::Client,
    /// Its ARN.
    instance: &'a str,
    /// The id of its directory.
    store: &'a str,
}

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let client = client!(aws_sdk_ssoadmin, context.session, region);
    let mut harvest = Harvest::default();
    let mut instances = Vec::new();
    let stream = client.list_instances().into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        instances.extend(page.instances.unwrap_or_default());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&context.wanted(&KINDS), INSTANCES, region, &failure);
    }
    for found in &instances {
        // One that is copied to other regions is listed in each.
        if text(found.primary_region()).is_some_and(|primary| primary != region) {
            continue;
        }
        if context.wants(DirectoryInstanceKind::TYPE) {
            match instance(context, region, found) {
                Ok(instance) => harvest.add(&instance),
                Err(failure) => {
                    harvest.listing(&[DirectoryInstanceKind::TYPE], INSTANCES, region, &failure);
                }
            }
        }
        let place = Place {
            context,
            region,
            sso: &client,
            instance: found.instance_arn().unwrap_or_default(),
            store: found.identity_store_id().unwrap_or_default(),
        };
        let (sets, people) =
            futures::join!(permission_sets::collect(&place), directory::collect(&place));
        harvest.append(sets);
        harvest.append(people);
    }
    harvest
}

fn instance(
    context: &Context<'_>,
    region: &str,
    found: &InstanceMetadata,
) -> Result<DirectoryInstance, Failure> {
    let arn = parse_arn(found.instance_arn().unwrap_or_default())?;
    let mut instance = DirectoryInstance::new(arn, context.session.account().clone(), region);
    instance.tags = Field::unknown("tags", not_collected(TAGS));
    let config = &mut instance.config;
    config.instance_arn = text(found.instance_arn()).into();
    config.name = text(found.name()).into();
    let observed = &mut instance.observed;
    observed.owner_account_id = text(found.owner_account_id()).into();
    observed.identity_store_id = text(found.identity_store_id()).into();
    observed.status = text(found.status().map(|status| status.as_str())).into();
    observed.created_date = found.created_date().and_then(time).into();
    Ok(instance)
}
