//! `GetAccountAuthorizationDetails`: users, groups, roles and policies, page by page.

use blastwall_model::Field;
use blastwall_model::resources::iam::InlinePolicy;
use blastwall_model::resources::{Group, ManagedPolicy, Role, User};

use super::{encoded_document, path_of, with_tags};
use crate::failure::Failure;
use crate::operation::{Answer, Call};
use crate::page::page;
use crate::state::last_part;
use crate::xml::Element;

/// The lists of the answer, with the filters that ask for them.
const LISTS: [&str; 4] = [
    "UserDetailList",
    "GroupDetailList",
    "RoleDetailList",
    "Policies",
];

pub(super) fn get_account_authorization_details(call: &Call<'_>) -> Result<Answer, Failure> {
    let account = call.account()?;
    let filters = call.input.list("Filter");
    let wanted = |filter: &str| filters.is_empty() || filters.contains(&filter);
    let mut entries: Vec<(&str, Element)> = Vec::new();
    if wanted("User") {
        entries.extend(
            account
                .users
                .values()
                .map(|it| ("UserDetailList", user(it))),
        );
    }
    if wanted("Group") {
        entries.extend(
            account
                .groups
                .values()
                .map(|it| ("GroupDetailList", group(it))),
        );
    }
    if wanted("Role") {
        entries.extend(
            account
                .roles
                .values()
                .map(|it| ("RoleDetailList", role(it))),
        );
    }
    entries.extend(
        account
            .policies
            .values()
            .filter(|policy| {
                wanted(if policy.arn.account() == "aws" {
                    "AWSManagedPolicy"
                } else {
                    "LocalManagedPolicy"
                })
            })
            .map(|it| ("Policies", policy(it))),
    );
    let page = page(
        entries,
        call.input.get("Marker"),
        call.page_size("MaxItems"),
    )?;
    let mut answer = Element::new("").text("IsTruncated", page.next.is_some());
    for name in LISTS {
        let members = page
            .items
            .iter()
            .filter(|(list, _)| *list == name)
            .map(|(_, element)| element.clone());
        answer = answer.list(name, members);
    }
    Ok(Answer::Xml(answer.maybe("Marker", page.next)))
}

fn user(user: &User) -> Element {
    let element = Element::new("member")
        .text("Path", path_of(user.config.path.known(), &user.arn))
        .text("UserName", last_part(user.arn.as_str()))
        .maybe("UserId", user.observed.user_id.known())
        .text("Arn", &user.arn)
        .maybe("CreateDate", user.observed.create_date.known())
        .maybe_child(inline("UserPolicyList", &user.config.policies))
        .maybe_child(texts("GroupList", &user.config.groups))
        .maybe_child(attached(&user.config.managed_policy_arns))
        .maybe_child(boundary(&user.config.permissions_boundary));
    with_tags(element, &user.tags)
}

fn group(group: &Group) -> Element {
    Element::new("member")
        .text("Path", path_of(group.config.path.known(), &group.arn))
        .text("GroupName", last_part(group.arn.as_str()))
        .maybe("GroupId", group.observed.group_id.known())
        .text("Arn", &group.arn)
        .maybe("CreateDate", group.observed.create_date.known())
        .maybe_child(inline("GroupPolicyList", &group.config.policies))
        .maybe_child(attached(&group.config.managed_policy_arns))
}

fn role(role: &Role) -> Element {
    let trust = role.config.assume_role_policy_document.known();
    let last_used = role.observed.role_last_used.known().map(|used| {
        Element::new("RoleLastUsed")
            .maybe("LastUsedDate", used.last_used_date.as_ref())
            .maybe("Region", used.region.as_ref())
    });
    let profiles = role.observed.instance_profiles.known().map(|profiles| {
        Element::new("InstanceProfileList").extend(
            profiles
                .iter()
                .map(|profile| instance_profile(profile, role)),
        )
    });
    let element = Element::new("member")
        .text("Path", path_of(role.config.path.known(), &role.arn))
        .text("RoleName", last_part(role.arn.as_str()))
        .maybe("RoleId", role.observed.role_id.known())
        .text("Arn", &role.arn)
        .maybe("CreateDate", role.observed.create_date.known())
        .maybe("AssumeRolePolicyDocument", trust.map(encoded_document))
        .maybe_child(profiles)
        .maybe_child(inline("RolePolicyList", &role.config.policies))
        .maybe_child(attached(&role.config.managed_policy_arns))
        .maybe_child(boundary(&role.config.permissions_boundary))
        .maybe_child(last_used);
    with_tags(element, &role.tags)
}

fn instance_profile(arn: &str, role: &Role) -> Element {
    let name = last_part(arn);
    Element::new("member")
        .text("Path", "/")
        .text("InstanceProfileName", name)
        .text("InstanceProfileId", super::made_up_id("AIPA", arn))
        .text("Arn", arn)
        .maybe("CreateDate", role.observed.create_date.known())
        .list("Roles", [])
}

fn policy(policy: &ManagedPolicy) -> Element {
    let version = super::policies::version_id(policy);
    let document = policy.config.policy_document.known().map(|document| {
        Element::new("PolicyVersionList").child(
            Element::new("member")
                .text("Document", encoded_document(document))
                .text("VersionId", version)
                .text("IsDefaultVersion", true),
        )
    });
    super::policies::summary(policy).maybe_child(document)
}

fn inline(name: &'static str, policies: &Field<Vec<InlinePolicy>>) -> Option<Element> {
    policies.known().map(|policies| {
        Element::new(name).extend(policies.iter().map(|policy| {
            Element::new("member")
                .text("PolicyName", &policy.policy_name)
                .text("PolicyDocument", encoded_document(&policy.policy_document))
        }))
    })
}

fn attached(policies: &Field<Vec<String>>) -> Option<Element> {
    policies.known().map(|arns| {
        Element::new("AttachedManagedPolicies").extend(arns.iter().map(|arn| {
            Element::new("member")
                .text("PolicyName", last_part(arn))
                .text("PolicyArn", arn)
        }))
    })
}

fn boundary(boundary: &Field<String>) -> Option<Element> {
    boundary.known().map(|arn| {
        Element::new("PermissionsBoundary")
            .text("PermissionsBoundaryType", "Policy")
            .text("PermissionsBoundaryArn", arn)
    })
}

fn texts(name: &'static str, texts: &Field<Vec<String>>) -> Option<Element> {
    texts.known().map(|texts| {
        Element::new(name).extend(
            texts
                .iter()
                .map(|text| Element::new("member").content(text)),
        )
    })
}
