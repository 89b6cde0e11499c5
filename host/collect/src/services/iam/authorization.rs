//! The one listing of users, groups, roles and the account's own policies.

use aws_sdk_iam::Client;
use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;
use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, EntityType, GroupDetail, ManagedPolicyDetail,
    PolicyDetail, RoleDetail, UserDetail,
};
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::iam::{InlinePolicy, RoleLastUsed};
use blastwall_model::resources::{
    Group, GroupKind, ManagedPolicy, ManagedPolicyKind, Role, RoleKind, SigningCertificateKind,
    SshPublicKeyKind, User, UserKind,
};
use blastwall_model::{GLOBAL, Kind, Resource};

use super::managed::Policies;
use super::{document, tags};
use crate::context::{Context, parse_arn};
use crate::convert::{Policy, sorted, text, time};
use crate::harvest::{About, Harvest};
use crate::pages::pages;

pub(super) const LIST: Declaration = super::call(
    "GetAccountAuthorizationDetails",
    "iam:GetAccountAuthorizationDetails",
);

/// How many entities a page has, the most that IAM allows.
const PAGE: i32 = 1000;

/// The types that are made of users: they, and what only the user can be asked for.
const OF_USERS: [&str; 3] = [
    UserKind::TYPE,
    SigningCertificateKind::TYPE,
    SshPublicKeyKind::TYPE,
];

/// What the listing filters by, and the types that are made of it.
const FILTERS: &[(&[&str], EntityType)] = &[
    (&OF_USERS, EntityType::User),
    (&[GroupKind::TYPE], EntityType::Group),
    (&[RoleKind::TYPE], EntityType::Role),
    (&[ManagedPolicyKind::TYPE], EntityType::LocalManagedPolicy),
];

/// What the listing brought. Users and policies are completed by other calls.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) harvest: Harvest,
    pub(super) users: Vec<User>,
    pub(super) policies: Policies,
}

pub(super) async fn list(context: &Context<'_>, iam: &Client) -> Listed {
    let wanted: Vec<&str> = FILTERS
        .iter()
        .flat_map(|(kinds, _)| context.wanted(kinds))
        .collect();
    let mut listed = Listed::default();
    if wanted.is_empty() {
        return listed;
    }
    // Whoever wants policies wants to know where they are attached.
    let everything = context.wants(ManagedPolicyKind::TYPE);
    let filters = FILTERS
        .iter()
        .filter(|(kinds, _)| everything || !context.wanted(kinds).is_empty())
        .map(|(_, filter)| filter.clone())
        .collect();
    let stream = iam
        .get_account_authorization_details()
        .set_filter(Some(filters))
        .max_items(PAGE)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        listed.take(context, &page);
    })
    .await;
    if let Err(failure) = ended {
        listed.harvest.listing(&wanted, LIST, GLOBAL, &failure);
        listed.policies.incomplete = Some(failure);
    }
    listed
}

impl Listed {
    fn take(&mut self, context: &Context<'_>, page: &GetAccountAuthorizationDetailsOutput) {
        self.policies.attachments.count(page);
        let harvest = &mut self.harvest;
        if !context.wanted(&OF_USERS).is_empty() {
            for detail in page.user_detail_list() {
                let user = user(context, detail, harvest);
                self.users.extend(readable(user, harvest));
            }
        }
        if context.wants(GroupKind::TYPE) {
            for detail in page.group_detail_list() {
                let group = group(context, detail, harvest);
                if let Some(group) = readable(group, harvest) {
                    harvest.add(&group);
                }
            }
        }
        if context.wants(RoleKind::TYPE) {
            for detail in page.role_detail_list() {
                let role = role(context, detail, harvest);
                if let Some(role) = readable(role, harvest) {
                    harvest.add(&role);
                }
            }
        }
        if context.wants(ManagedPolicyKind::TYPE) {
            for detail in page.policies() {
                let policy = policy(context, detail, harvest);
                self.policies.own.extend(readable(policy, harvest));
            }
        }
    }
}

/// A listed resource, or the gap that one without an ARN leaves.
fn readable<K: Kind>(
    resource: Result<Resource<K>, Failure>,
    harvest: &mut Harvest,
) -> Option<Resource<K>> {
    resource
        .map_err(|failure| harvest.listing(&[K::TYPE], LIST, GLOBAL, &failure))
        .ok()
}

fn user(
    context: &Context<'_>,
    detail: &UserDetail,
    harvest: &mut Harvest,
) -> Result<User, Failure> {
    let arn = parse_arn(detail.arn().unwrap_or_default())?;
    let mut user = User::new(arn, context.session.account().clone(), GLOBAL);
    user.tags = tags(detail.tags());
    let policies = inline(harvest, &About::resource(&user), detail.user_policy_list());
    let config = &mut user.config;
    config.user_name = text(detail.user_name()).into();
    config.path = text(detail.path()).into();
    config.groups = sorted(detail.group_list().iter().cloned()).into();
    config.managed_policy_arns = attached(detail.attached_managed_policies()).into();
    config.policies = policies.into();
    config.permissions_boundary = boundary(detail.permissions_boundary()).into();
    user.observed.user_id = text(detail.user_id()).into();
    user.observed.create_date = detail.create_date().and_then(time).into();
    Ok(user)
}

fn group(
    context: &Context<'_>,
    detail: &GroupDetail,
    harvest: &mut Harvest,
) -> Result<Group, Failure> {
    let arn = parse_arn(detail.arn().unwrap_or_default())?;
    let mut group = Group::new(arn, context.session.account().clone(), GLOBAL);
    let policies = inline(
        harvest,
        &About::resource(&group),
        detail.group_policy_list(),
    );
    let config = &mut group.config;
    config.group_name = text(detail.group_name()).into();
    config.path = text(detail.path()).into();
    config.managed_policy_arns = attached(detail.attached_managed_policies()).into();
    config.policies = policies.into();
    group.observed.group_id = text(detail.group_id()).into();
    group.observed.create_date = detail.create_date().and_then(time).into();
    Ok(group)
}

fn role(
    context: &Context<'_>,
    detail: &RoleDetail,
    harvest: &mut Harvest,
) -> Result<Role, Failure> {
    let arn = parse_arn(detail.arn().unwrap_or_default())?;
    let mut role = Role::new(arn, context.session.account().clone(), GLOBAL);
    role.tags = tags(detail.tags());
    let about = About::resource(&role);
    let policies = inline(harvest, &about, detail.role_policy_list());
    let trust = detail.assume_role_policy_document().map(Policy::encoded);
    let config = &mut role.config;
    config.role_name = text(detail.role_name()).into();
    config.path = text(detail.path()).into();
    config.assume_role_policy_document = trust
        .map(|trust| document(harvest, &about, LIST, "the trust policy", &trust))
        .into();
    config.managed_policy_arns = attached(detail.attached_managed_policies()).into();
    config.policies = policies.into();
    config.permissions_boundary = boundary(detail.permissions_boundary()).into();

    let observed = &mut role.observed;
    observed.role_id = text(detail.role_id()).into();
    observed.create_date = detail.create_date().and_then(time).into();
    observed.role_last_used = detail
        .role_last_used()
        .map(|used| RoleLastUsed {
            last_used_date: used.last_used_date().and_then(time),
            region: text(used.region()),
        })
        .filter(|used| used.last_used_date.is_some())
        .into();
    observed.instance_profiles = sorted(
        detail
            .instance_profile_list()
            .iter()
            .map(|profile| profile.arn().to_owned()),
    )
    .into();
    Ok(role)
}

fn policy(
    context: &Context<'_>,
    detail: &ManagedPolicyDetail,
    harvest: &mut Harvest,
) -> Result<ManagedPolicy, Failure> {
    let arn = parse_arn(detail.arn().unwrap_or_default())?;
    let mut policy = ManagedPolicy::new(arn, context.session.account().clone(), GLOBAL);
    // The listing does not bring them, and a call for each policy would cost more than all else.
    policy.mark_unknown("tags", "NotCollected: iam:ListPolicyTags");
    let default = detail
        .policy_version_list()
        .iter()
        .find(|version| version.is_default_version())
        .and_then(|version| version.document())
        .map(Policy::encoded);
    let about = About::resource(&policy);
    let config = &mut policy.config;
    let (path, name) = super::managed::path_and_name(&policy.arn);
    config.managed_policy_name = name.to_owned().into();
    config.path = path.into();
    config.policy_document = default
        .map(|default| document(harvest, &about, LIST, "the policy", &default))
        .into();
    let observed = &mut policy.observed;
    observed.policy_id = text(detail.policy_id()).into();
    observed.default_version_id = text(detail.default_version_id()).into();
    observed.attachment_count = detail.attachment_count().map(unsigned).into();
    observed.permissions_boundary_usage_count = detail
        .permissions_boundary_usage_count()
        .map(unsigned)
        .into();
    Ok(policy)
}

/// Inline policies by name.
fn inline(harvest: &mut Harvest, about: &About, policies: &[PolicyDetail]) -> Vec<InlinePolicy> {
    let mut policies: Vec<InlinePolicy> = policies
        .iter()
        .map(|detail| {
            let name = detail.policy_name().unwrap_or_default();
            let policy = Policy::encoded(detail.policy_document().unwrap_or_default());
            let what = format!("the inline policy `{name}`");
            InlinePolicy {
                policy_name: name.to_owned(),
                policy_document: document(harvest, about, LIST, &what, &policy),
            }
        })
        .collect();
    policies.sort_by(|one, other| one.policy_name.cmp(&other.policy_name));
    policies
}

fn attached(policies: &[AttachedPolicy]) -> Vec<String> {
    sorted(
        policies
            .iter()
            .filter_map(|policy| text(policy.policy_arn())),
    )
}

fn boundary(boundary: Option<&AttachedPermissionsBoundary>) -> Option<String> {
    text(boundary.and_then(|boundary| boundary.permissions_boundary_arn()))
}

/// A count, which AWS sends as a signed number.
fn unsigned(count: i32) -> u32 {
    u32::try_from(count).unwrap_or_default()
}
