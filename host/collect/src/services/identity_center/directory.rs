//! The users and groups of an instance's directory, who is in which group, and what each is assigned.

use aws_sdk_identitystore::Client;
use aws_sdk_identitystore::types::{self, MemberId as Member};
use aws_sdk_ssoadmin::types::PrincipalType;
use blastwall_aws::{Failure, client};
use blastwall_model::resources::identity_center::{
    AssignmentKind, DirectoryGroup, DirectoryGroupKind, DirectoryUser, DirectoryUserKind,
    GroupMembership, GroupMembershipKind, MemberId,
};
use blastwall_model::{Arn, Kind};
use futures::StreamExt;
use futures::stream::{self, BoxStream};

use super::{AT_ONCE, GROUPS, MEMBERSHIPS, Place, USERS, assignments};
use crate::harvest::Harvest;
use crate::pages::pages;

const USER: &str = DirectoryUserKind::TYPE;
const GROUP: &str = DirectoryGroupKind::TYPE;
const MEMBERSHIP: &str = GroupMembershipKind::TYPE;
const ASSIGNMENT: &str = AssignmentKind::TYPE;

/// No answer has more. Source: Identity Store API Reference, "ListUsers".
const A_PAGE: i32 = 100;

pub(super) async fn collect(place: &Place<'_>) -> Harvest {
    let client = client!(aws_sdk_identitystore, place.context.session, place.region);
    let (mut users, groups) = futures::join!(users(place, &client), groups(place, &client));
    users.append(groups);
    users
}

async fn users(place: &Place<'_>, client: &Client) -> Harvest {
    let mut harvest = Harvest::default();
    let wanted = place.context.wanted(&[USER, ASSIGNMENT]);
    if wanted.is_empty() {
        return harvest;
    }
    let mut users = Vec::new();
    let request = client.list_users().identity_store_id(place.store);
    let stream = request.max_results(A_PAGE).into_paginator().send();
    let ended = pages(place.context.session, stream, |page| {
        users.extend(page.users)
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&wanted, USERS, place.region, &failure);
    }
    if place.context.wants(USER) {
        for user in &users {
            match user_document(place, user) {
                Ok(document) => harvest.add(&document),
                Err(failure) => harvest.listing(&[USER], USERS, place.region, &failure),
            }
        }
    }
    if place.context.wants(ASSIGNMENT) {
        let assigned = stream::iter(users)
            .map(|user| assignments::collect(place, PrincipalType::User, user.user_id))
            .buffered(AT_ONCE)
            .boxed();
        append_all(&mut harvest, assigned).await;
    }
    harvest
}

async fn groups(place: &Place<'_>, client: &Client) -> Harvest {
    let mut harvest = Harvest::default();
    let wanted = place.context.wanted(&[GROUP, MEMBERSHIP, ASSIGNMENT]);
    if wanted.is_empty() {
        return harvest;
    }
    let mut groups = Vec::new();
    let request = client.list_groups().identity_store_id(place.store);
    let stream = request.max_results(A_PAGE).into_paginator().send();
    let ended = pages(place.context.session, stream, |page| {
        groups.extend(page.groups)
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&wanted, GROUPS, place.region, &failure);
    }
    if place.context.wants(GROUP) {
        for group in &groups {
            match group_document(place, group) {
                Ok(document) => harvest.add(&document),
                Err(failure) => harvest.listing(&[GROUP], GROUPS, place.region, &failure),
            }
        }
    }
    let ids: Vec<String> = groups.into_iter().map(|group| group.group_id).collect();
    if place.context.wants(MEMBERSHIP) {
        let members = stream::iter(ids.clone())
            .map(|id| memberships(place, client, id))
            .buffered(AT_ONCE)
            .boxed();
        append_all(&mut harvest, members).await;
    }
    if place.context.wants(ASSIGNMENT) {
        let assigned = stream::iter(ids)
            .map(|id| assignments::collect(place, PrincipalType::Group, id))
            .buffered(AT_ONCE)
            .boxed();
        append_all(&mut harvest, assigned).await;
    }
    harvest
}

async fn append_all(harvest: &mut Harvest, mut found: BoxStream<'_, Harvest>) {
    while let Some(found) = found.next().await {
        harvest.append(found);
    }
}

async fn memberships(place: &Place<'_>, client: &Client, group: String) -> Harvest {
    let mut harvest = Harvest::default();
    let request = client
        .list_group_memberships()
        .identity_store_id(place.store)
        .group_id(group);
    let stream = request.max_results(A_PAGE).into_paginator().send();
    let mut found = Vec::new();
    let ended = pages(place.context.session, stream, |page| {
        found.extend(page.group_memberships);
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[MEMBERSHIP], MEMBERSHIPS, place.region, &failure);
    }
    for membership in &found {
        match membership_document(place, membership) {
            Ok(document) => harvest.add(&document),
            Err(failure) => harvest.listing(&[MEMBERSHIP], MEMBERSHIPS, place.region, &failure),
        }
    }
    harvest
}

/// The ARN of something in a directory, `arn:aws:identitystore:::user/…`: ids are unique over all directories.
/// Source: Service Authorization Reference, "AWS Identity Store".
fn arn(place: &Place<'_>, kind: &str, id: &str) -> Result<Arn, Failure> {
    place
        .context
        .arn_of("identitystore", "", "", &format!("{kind}/{id}"))
}

fn user_document(place: &Place<'_>, user: &types::User) -> Result<DirectoryUser, Failure> {
    let account = place.context.session.account().clone();
    let arn = arn(place, "user", &user.user_id)?;
    let mut document = DirectoryUser::new(arn, account, place.region);
    let config = &mut document.config;
    config.identity_store_id = Some(place.store.to_owned()).into();
    config.user_id = Some(user.user_id.clone()).into();
    config.user_name = user.user_name.clone().into();
    config.display_name = user.display_name.clone().into();
    Ok(document)
}

fn group_document(place: &Place<'_>, group: &types::Group) -> Result<DirectoryGroup, Failure> {
    let account = place.context.session.account().clone();
    let arn = arn(place, "group", &group.group_id)?;
    let mut document = DirectoryGroup::new(arn, account, place.region);
    let config = &mut document.config;
    config.identity_store_id = Some(place.store.to_owned()).into();
    config.group_id = Some(group.group_id.clone()).into();
    config.display_name = group.display_name.clone().into();
    config.description = group.description.clone().into();
    Ok(document)
}

fn membership_document(
    place: &Place<'_>,
    membership: &types::GroupMembership,
) -> Result<GroupMembership, Failure> {
    let account = place.context.session.account().clone();
    let arn = arn(place, "membership", &membership.membership_id)?;
    let mut document = GroupMembership::new(arn, account, place.region);
    let config = &mut document.config;
    config.identity_store_id = Some(place.store.to_owned()).into();
    config.membership_id = Some(membership.membership_id.clone()).into();
    config.group_id = membership.group_id.clone().into();
    let member = match &membership.member_id {
        Some(Member::UserId(id)) => Some(MemberId {
            user_id: id.clone(),
        }),
        _ => None,
    };
    config.member_id = member.into();
    Ok(document)
}
