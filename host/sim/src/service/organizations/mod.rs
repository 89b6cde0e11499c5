//! AWS Organizations, the read operations.
//!
//! Source: AWS Organizations API Reference.

mod delegation;

use blastwall_model::Arn;
use blastwall_model::resources::organizations as model;
use serde_json::{Map, Value, json};

use super::epoch_seconds;
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;
use crate::state::{Organization, last_part, policy_type_of};

pub(crate) const OPERATIONS: &[Operation] = &[
    listing(
        "DescribeOrganization",
        "organizations:DescribeOrganization",
        describe_organization,
    ),
    listing("ListRoots", "organizations:ListRoots", list_roots),
    listing(
        "ListOrganizationalUnitsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        list_organizational_units_for_parent,
    ),
    listing("ListAccounts", "organizations:ListAccounts", list_accounts),
    listing(
        "ListAccountsForParent",
        "organizations:ListAccountsForParent",
        list_accounts_for_parent,
    ),
    listing("ListParents", "organizations:ListParents", list_parents),
    listing("ListPolicies", "organizations:ListPolicies", list_policies),
    listing(
        "ListPoliciesForTarget",
        "organizations:ListPoliciesForTarget",
        list_policies_for_target,
    ),
    listing(
        "ListDelegatedAdministrators",
        "organizations:ListDelegatedAdministrators",
        delegation::list_delegated_administrators,
    ),
    of_resource(
        "ListDelegatedServicesForAccount",
        "organizations:ListDelegatedServicesForAccount",
        delegation::administrator_target,
        delegation::list_delegated_services_for_account,
    ),
    of_resource(
        "DescribeResourcePolicy",
        "organizations:DescribeResourcePolicy",
        delegation::resource_policy_target,
        delegation::describe_resource_policy,
    ),
    of_resource(
        "ListAWSServiceAccessForOrganization",
        "organizations:ListAWSServiceAccessForOrganization",
        organization_document,
        list_aws_service_access_for_organization,
    ),
    of_resource(
        "ListTagsForResource",
        "organizations:ListTagsForResource",
        tagged_target,
        list_tags_for_resource,
    ),
    of_resource(
        "DescribePolicy",
        "organizations:DescribePolicy",
        policy_target,
        describe_policy,
    ),
    of_resource(
        "ListTargetsForPolicy",
        "organizations:ListTargetsForPolicy",
        policy_target,
        list_targets_for_policy,
    ),
];

/// The caller's organization.
fn member<'a>(call: &Call<'a>) -> Result<&'a Organization, Failure> {
    call.simulation
        .state
        .organization_of(&call.principal.account)
        .ok_or_else(|| {
            Failure::new(
                400,
                "AWSOrganizationsNotInUseException",
                "Your account is not a member of an organization.",
            )
        })
}

/// The caller's organization, if the caller may look into it: every member may describe it, only
/// the management account and delegated administrators may list what is in it.
pub(super) fn administrator<'a>(call: &Call<'a>) -> Result<&'a Organization, Failure> {
    let organization = member(call)?;
    let account = &call.principal.account;
    if account == organization.management() || delegation::is_delegated(call, organization, account)
    {
        Ok(organization)
    } else {
        Err(Failure::new(
            400,
            "AccessDeniedException",
            "You don't have permissions to access this resource.",
        ))
    }
}

/// A page of a listing under the name that the answer has for it.
fn listed(call: &Call<'_>, name: &str, entries: Vec<Value>) -> Result<Answer, Failure> {
    let page = page(
        entries,
        call.input.get("NextToken"),
        call.page_size("MaxResults"),
    )?;
    let mut answer = Map::new();
    answer.insert(name.to_owned(), Value::Array(page.items));
    if let Some(next) = page.next {
        answer.insert("NextToken".to_owned(), Value::String(next));
    }
    Ok(Answer::Json(Value::Object(answer)))
}

/// An object without the members that have no value.
fn object(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .collect(),
        ),
        other => other,
    }
}

fn describe_organization(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = member(call)?;
    let config = &organization.document.config;
    let management = organization.management();
    let master = format!(
        "arn:{}:organizations::{management}:account/{}/{management}",
        organization.document.arn.partition(),
        organization.id()
    );
    Ok(Answer::Json(json!({ "Organization": object(json!({
        "Id": organization.id(),
        "Arn": organization.document.arn,
        "FeatureSet": config.feature_set.known().map_or("ALL", String::as_str),
        "MasterAccountArn": master,
        "MasterAccountId": management,
        "MasterAccountEmail": config.management_account_email.known(),
        "AvailablePolicyTypes": policy_types(organization),
    }))})))
}

fn policy_types(organization: &Organization) -> Vec<Value> {
    let listed = organization.document.observed.enabled_policy_types.known();
    let types: Vec<&str> = match listed {
        Some(types) => types.iter().map(String::as_str).collect(),
        None => ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]
            .into_iter()
            .filter(|policy_type| organization.enabled(policy_type))
            .collect(),
    };
    types
        .into_iter()
        .map(|policy_type| json!({ "Type": policy_type, "Status": "ENABLED" }))
        .collect()
}

fn root_arn(organization: &Organization) -> String {
    format!(
        "arn:{}:organizations::{}:root/{}/{}",
        organization.document.arn.partition(),
        organization.management(),
        organization.id(),
        organization.root_id()
    )
}

fn list_roots(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let root = json!({
        "Id": organization.root_id(),
        "Arn": root_arn(organization),
        "Name": "Root",
        "PolicyTypes": policy_types(organization),
    });
    listed(call, "Roots", vec![root])
}

/// The parent that is asked about: the root or a unit.
fn asked_parent<'a>(call: &'a Call<'_>, organization: &Organization) -> Result<&'a str, Failure> {
    let parent = call.required("ParentId")?;
    if parent == organization.root_id() || organization.units.contains_key(parent) {
        Ok(parent)
    } else {
        Err(Failure::new(
            400,
            "ParentNotFoundException",
            "You specified parent that doesn't exist.",
        ))
    }
}

fn list_organizational_units_for_parent(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let parent = asked_parent(call, organization)?;
    let units = organization
        .units
        .iter()
        .filter(|(id, _)| organization.parent(id).as_deref() == Some(parent))
        .map(|(id, unit)| {
            let name = unit.config.name.known().unwrap_or(id);
            json!({ "Id": id, "Arn": unit.arn, "Name": name })
        })
        .collect();
    listed(call, "OrganizationalUnits", units)
}

fn account(id: &str, account: &model::Account) -> Result<Value, Failure> {
    let joined = account.observed.joined_timestamp.known();
    let status = account
        .observed
        .status
        .known()
        .map_or("ACTIVE", String::as_str);
    Ok(object(json!({
        "Id": id,
        "Arn": account.arn,
        "Name": account.config.account_name.known(),
        "Email": account.config.email.known(),
        "Status": status,
        "State": status,
        "JoinedMethod": account.observed.joined_method.known(),
        "JoinedTimestamp": joined.map(|time| epoch_seconds(time)).transpose()?,
    })))
}

fn list_accounts(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let accounts: Result<_, _> = organization
        .accounts
        .iter()
        .map(|(id, document)| account(id, document))
        .collect();
    listed(call, "Accounts", accounts?)
}

fn list_accounts_for_parent(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let parent = asked_parent(call, organization)?;
    let accounts: Result<_, _> = organization
        .accounts
        .iter()
        .filter(|(id, _)| organization.parent(id).as_deref() == Some(parent))
        .map(|(id, document)| account(id, document))
        .collect();
    listed(call, "Accounts", accounts?)
}

fn list_parents(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let child = call.required("ChildId")?;
    let parent = organization.parent(child).ok_or_else(|| {
        Failure::new(
            400,
            "ChildNotFoundException",
            "You specified child that doesn't exist.",
        )
    })?;
    let kind = target_type(organization, &parent);
    listed(call, "Parents", vec![json!({ "Id": parent, "Type": kind })])
}

fn target_type(organization: &Organization, id: &str) -> &'static str {
    if id == organization.root_id() {
        "ROOT"
    } else if organization.units.contains_key(id) {
        "ORGANIZATIONAL_UNIT"
    } else {
        "ACCOUNT"
    }
}

/// The document behind an id, as far as it can have tags.
fn tagged<'a>(
    organization: &'a Organization,
    id: &str,
) -> Option<(&'a Arn, Option<&'a blastwall_model::Tags>)> {
    if id == organization.root_id() {
        let document = &organization.document;
        return Some((&document.arn, document.tags.known()));
    }
    if let Some(account) = organization.accounts.get(id) {
        return Some((&account.arn, account.tags.known()));
    }
    if let Some(unit) = organization.units.get(id) {
        return Some((&unit.arn, unit.tags.known()));
    }
    let policy = organization.policies.get(id)?;
    Some((&policy.arn, policy.tags.known()))
}

fn not_found(code: &str, what: &str) -> Failure {
    Failure::new(
        400,
        code,
        format!("You specified {what} that doesn't exist."),
    )
}

fn tagged_target(call: &Call<'_>) -> Result<Target, Failure> {
    let organization = administrator(call)?;
    let (arn, _) = tagged(organization, call.required("ResourceId")?)
        .ok_or_else(|| not_found("TargetNotFoundException", "a resource"))?;
    Ok(in_management(organization, arn))
}

/// Everything in an organization is of the management account; whether a delegated administrator
/// may read it is for its own policies to say.
fn in_management(organization: &Organization, arn: &Arn) -> Target {
    Target {
        arn: Some(arn.clone()),
        document: Some((organization.management().clone(), arn.clone())),
        ..Target::default()
    }
}

fn list_tags_for_resource(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let tags = tagged(organization, call.required("ResourceId")?).and_then(|(_, tags)| tags);
    let tags = tags
        .into_iter()
        .flatten()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect();
    listed(call, "Tags", tags)
}

fn summary(id: &str, policy: &model::Policy) -> Value {
    object(json!({
        "Id": id,
        "Arn": policy.arn,
        "Name": policy.config.name.known(),
        "Type": policy_type_of(policy),
        "AwsManaged": policy.observed.aws_managed.known().copied().unwrap_or_default(),
    }))
}

fn list_policies(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let policy_type = call.required("Filter")?;
    let policies = organization
        .policies
        .iter()
        .filter(|(_, policy)| policy_type_of(policy) == policy_type)
        .map(|(id, policy)| summary(id, policy))
        .collect();
    listed(call, "Policies", policies)
}

fn list_policies_for_target(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let target = call.required("TargetId")?;
    let policy_type = call.required("Filter")?;
    if tagged(organization, target).is_none() {
        return Err(not_found("TargetNotFoundException", "a target"));
    }
    let policies = organization
        .attached(target, policy_type)
        .map(|policy| summary(last_part(policy.arn.as_str()), policy))
        .collect();
    listed(call, "Policies", policies)
}

fn asked_policy<'a>(call: &Call<'a>) -> Result<(&'a Organization, &'a model::Policy), Failure> {
    let organization = administrator(call)?;
    let policy = organization
        .policies
        .get(call.required("PolicyId")?)
        .ok_or_else(|| not_found("PolicyNotFoundException", "a policy"))?;
    Ok((organization, policy))
}

fn policy_target(call: &Call<'_>) -> Result<Target, Failure> {
    let (organization, policy) = asked_policy(call)?;
    Ok(in_management(organization, &policy.arn))
}

fn describe_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let (_, policy) = asked_policy(call)?;
    let id = call.required("PolicyId")?;
    let content = policy.config.content.known().map(|content| match content {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    Ok(Answer::Json(json!({ "Policy": object(json!({
        "PolicySummary": summary(id, policy),
        "Content": content,
    }))})))
}

fn list_targets_for_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let (organization, policy) = asked_policy(call)?;
    let targets = policy.config.target_ids.known().into_iter().flatten();
    let targets = targets
        .map(|id| {
            let kind = target_type(organization, id);
            let (arn, name) = match (organization.units.get(id), organization.accounts.get(id)) {
                (Some(unit), _) => (unit.arn.to_string(), unit.config.name.known().cloned()),
                (_, Some(member)) => (
                    member.arn.to_string(),
                    member.config.account_name.known().cloned(),
                ),
                (None, None) => (root_arn(organization), Some("Root".to_owned())),
            };
            json!({ "TargetId": id, "Arn": arn, "Name": name, "Type": kind })
        })
        .map(object)
        .collect();
    listed(call, "Targets", targets)
}

/// The organization's document, which remembers what could not be seen of it; policies name no
/// resource for such questions.
pub(super) fn organization_document(call: &Call<'_>) -> Result<Target, Failure> {
    let organization = administrator(call)?;
    let document = &organization.document;
    Ok(Target {
        document: Some((document.account.clone(), document.arn.clone())),
        ..Target::default()
    })
}

fn list_aws_service_access_for_organization(call: &Call<'_>) -> Result<Answer, Failure> {
    let organization = administrator(call)?;
    let services = organization
        .document
        .observed
        .enabled_service_principals
        .known();
    let services = services
        .into_iter()
        .flatten()
        .map(|service| json!({ "ServicePrincipal": service }))
        .collect();
    listed(call, "EnabledServicePrincipals", services)
}
