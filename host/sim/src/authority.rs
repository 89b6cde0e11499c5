//! May the caller do that? Gathers the policies and the condition keys of a request and lets the
//! policy crate decide, then says no in AWS's words.

use blastwall_model::resources::iam::InlinePolicy;
use blastwall_model::{Field, Tags};
use blastwall_policy::Context;
use blastwall_policy::decide::{
    Decision, DecisionKind, Layer, Layers, Reason, Request, decide, rcps_bind, scps_bind,
};
use blastwall_policy::language::Policy;
use serde_json::Value;

use crate::credentials::{Identity, Principal};
use crate::operation::{Call, Target};
use crate::state::{Organization, State};

/// The policy that AWS attaches everywhere until someone takes it away.
const FULL_ACCESS: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// Its id. AWS lists it even where it is attached nowhere, so documents without it were written
/// by hand, and mean it to be everywhere.
const FULL_ACCESS_ID: &str = "p-FullAWSAccess";

/// Policies of the caller itself.
#[derive(Default)]
struct Own {
    identity: Vec<Policy>,
    boundary: Option<Policy>,
    role_path: Option<String>,
    tags: Tags,
}

/// Decides whether the caller may take the action on the target.
///
/// # Errors
/// If not, why, as AWS puts it.
pub(crate) fn authorize(
    call: &Call<'_>,
    action: &str,
    target: &Target,
    keys: &[(&str, &str)],
) -> Result<(), Refusal> {
    let state = &call.simulation.state;
    let caller = call.principal;
    let resource = target.arn.as_ref().map_or("*", |arn| arn.as_str());
    let resource_account = target.account.as_ref().unwrap_or(&caller.account);
    let refused = |decision: Option<Decision>| Refusal {
        principal: caller.arn.to_string(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        decision: decision.map(Box::new),
    };
    let Ok(principal) = blastwall_policy::Principal::parse(caller.arn.as_str()) else {
        return Err(refused(None));
    };

    let own = own_policies(state, caller);
    let identity: Vec<&Policy> = own.identity.iter().collect();
    let session = session_policies(state, caller);
    let session: Vec<&Policy> = session.iter().collect();
    let resource_policy = target.policy.as_ref().and_then(parse);

    let organization = state.organization.as_ref();
    let management = organization.map_or("", |organization| organization.management().as_str());
    let role_path = own.role_path.as_deref();
    let scps = organization
        .filter(|_| scps_bind(&principal, role_path, management))
        .and_then(|organization| levels(organization, &caller.account, "SERVICE_CONTROL_POLICY"));
    let rcps = organization
        .filter(|_| {
            rcps_bind(
                &principal,
                role_path,
                action,
                resource_account.as_str(),
                management,
            )
        })
        .and_then(|organization| levels(organization, resource_account, "RESOURCE_CONTROL_POLICY"));
    let scps = scps.as_ref().map(|levels| borrowed(levels));
    let rcps = rcps.as_ref().map(|levels| borrowed(levels));
    let scps: Option<Vec<&[&Policy]>> = scps.as_ref().map(|levels| sliced(levels));
    let rcps: Option<Vec<&[&Policy]>> = rcps.as_ref().map(|levels| sliced(levels));

    let layers = Layers {
        scps: scps.as_deref(),
        rcps: rcps.as_deref(),
        identity: &identity,
        boundary: own.boundary.as_ref(),
        session: (!caller.session_policies.is_empty()).then_some(&session),
        resource: resource_policy.as_ref(),
        restrict_public_buckets: target.restrict_public_buckets,
        ..Layers::default()
    };
    let context = context(call, &own, target, keys);
    let decision = decide(
        &Request {
            principal: &principal,
            role_path,
            action,
            resource,
            resource_account: resource_account.as_str(),
            context: &context,
        },
        &layers,
    );
    if decision.is_allowed() {
        Ok(())
    } else {
        Err(refused(Some(decision)))
    }
}

/// A refusal. AWS words it differently from service to service.
#[derive(Debug)]
pub(crate) struct Refusal {
    principal: String,
    action: String,
    resource: String,
    decision: Option<Box<Decision>>,
}

impl Refusal {
    /// The bare form: who, what, on what.
    pub(crate) fn bare(&self) -> String {
        format!(
            "User: {} is not authorized to perform: {} on resource: {}",
            self.principal, self.action, self.resource
        )
    }

    /// The full form, with the kind of policy that decided.
    /// Source: IAM User Guide, "Troubleshoot access denied error messages".
    pub(crate) fn explained(&self) -> String {
        let because = match self.decision.as_deref() {
            Some(Decision {
                kind: DecisionKind::ExplicitlyDenied,
                reason: Reason::Statement(statement),
            }) => format!("with an explicit deny in {}", with_article(statement.layer)),
            Some(Decision {
                reason: Reason::MissingAllow(layer),
                ..
            }) => format!(
                "because no {} allows the {} action",
                noun(*layer),
                self.action
            ),
            _ => return self.bare(),
        };
        format!("{} {because}", self.bare())
    }
}

fn noun(layer: Layer) -> &'static str {
    match layer {
        Layer::Scp { .. } => "service control policy",
        Layer::Rcp { .. } => "resource control policy",
        Layer::VpcEndpoint { .. } => "VPC endpoint policy",
        Layer::Resource => "resource-based policy",
        Layer::Identity => "identity-based policy",
        Layer::Boundary => "permissions boundary",
        Layer::Session => "session policy",
    }
}

fn with_article(layer: Layer) -> String {
    let article = if layer == Layer::Identity { "an" } else { "a" };
    format!("{article} {}", noun(layer))
}

/// Reads a policy. What AWS could not read either grants nothing and denies nothing.
fn parse(document: &Value) -> Option<Policy> {
    Policy::from_value(document)
        .inspect_err(|error| tracing::warn!(%error, "a policy is left out: it cannot be read"))
        .ok()
}

fn own_policies(state: &State, caller: &Principal) -> Own {
    let Some(account) = state.accounts.get(&caller.account) else {
        return Own::default();
    };
    let mut documents: Vec<&Value> = Vec::new();
    let mut own = Own::default();
    let managed = |arns: &Field<Vec<String>>| -> Vec<&Value> {
        let arns = arns.known().map(Vec::as_slice).unwrap_or_default();
        arns.iter()
            .filter_map(|arn| {
                state
                    .policy(&caller.account, arn)?
                    .config
                    .policy_document
                    .known()
            })
            .collect()
    };
    let boundary = match &caller.identity {
        Identity::Root => None,
        Identity::User(name) => {
            let Some(user) = account.users.get(name) else {
                return own;
            };
            documents.extend(managed(&user.config.managed_policy_arns));
            documents.extend(inline(&user.config.policies));
            for name in user.config.groups.known().into_iter().flatten() {
                if let Some(group) = account.groups.get(name) {
                    documents.extend(managed(&group.config.managed_policy_arns));
                    documents.extend(inline(&group.config.policies));
                }
            }
            own.tags = user.tags.known().cloned().unwrap_or_default();
            user.config.permissions_boundary.known()
        }
        Identity::Session { role, .. } => {
            let Some(role) = account.roles.get(role) else {
                return own;
            };
            documents.extend(managed(&role.config.managed_policy_arns));
            documents.extend(inline(&role.config.policies));
            own.tags = role.tags.known().cloned().unwrap_or_default();
            own.role_path = Some(crate::service::iam::path_of(
                role.config.path.known(),
                &role.arn,
            ));
            role.config.permissions_boundary.known()
        }
    };
    own.identity = documents.into_iter().filter_map(parse).collect();
    // A boundary that cannot be found or read still limits: to nothing.
    own.boundary = boundary.map(|arn| {
        state
            .policy(&caller.account, arn)
            .and_then(|policy| parse(policy.config.policy_document.known()?))
            .unwrap_or(Policy {
                version: blastwall_policy::language::Version::V2012,
                id: None,
                statements: Vec::new(),
            })
    });
    own
}

fn inline(policies: &Field<Vec<InlinePolicy>>) -> impl Iterator<Item = &Value> {
    let policies = policies.known().map(Vec::as_slice).unwrap_or_default();
    policies.iter().map(|policy| &policy.policy_document)
}

fn session_policies(state: &State, caller: &Principal) -> Vec<Policy> {
    caller
        .session_policies
        .iter()
        .filter_map(|policy| match state.policy(&caller.account, policy) {
            Some(managed) => parse(managed.config.policy_document.known()?),
            None => Policy::parse(policy).ok(),
        })
        .collect()
}

/// The policies of a type by level, the root first; none if the type is not enabled or the account
/// is in no organization.
fn levels(
    organization: &Organization,
    account: &blastwall_model::AccountId,
    policy_type: &str,
) -> Option<Vec<Vec<Policy>>> {
    if !organization.has(account) || !organization.enabled(policy_type) {
        return None;
    }
    let is_implied = !organization.policies.contains_key(FULL_ACCESS_ID);
    let levels = organization.path(account).into_iter().map(|target| {
        let mut attached: Vec<Policy> = organization
            .attached(&target, policy_type)
            .filter_map(|policy| parse(policy.config.content.known()?))
            .collect();
        if is_implied {
            attached.extend(Policy::parse(FULL_ACCESS));
        }
        attached
    });
    Some(levels.collect())
}

fn borrowed(levels: &[Vec<Policy>]) -> Vec<Vec<&Policy>> {
    levels.iter().map(|level| level.iter().collect()).collect()
}

fn sliced<'a>(levels: &'a [Vec<&'a Policy>]) -> Vec<&'a [&'a Policy]> {
    levels.iter().map(Vec::as_slice).collect()
}

/// The condition keys that every request has, and those of this one.
///
/// The simulation stands for endpoints that speak TLS, so requests count as secure although
/// loopback has none.
/// Source: IAM User Guide, "AWS global condition context keys".
fn context(call: &Call<'_>, own: &Own, target: &Target, keys: &[(&str, &str)]) -> Context {
    let state = &call.simulation.state;
    let caller = call.principal;
    let account = caller.account.as_str();
    let now = call.simulation.options.clock.now();
    let mut context = Context::new();
    let mut set = |key: &str, value: String| context.insert(key, [value]);
    set("aws:PrincipalAccount", account.to_owned());
    set("aws:SecureTransport", "true".to_owned());
    set("aws:SourceIp", std::net::Ipv4Addr::LOCALHOST.to_string());
    set("aws:ViaAWSService", "false".to_owned());
    set("aws:PrincipalIsAWSService", "false".to_owned());
    set("aws:CurrentTime", now.to_string());
    set("aws:EpochTime", now.as_second().to_string());
    set("aws:RequestedRegion", call.region.to_owned());
    let (arn, kind, id) = describe(state, caller);
    set("aws:PrincipalArn", arn);
    set("aws:PrincipalType", kind.to_owned());
    set("aws:userid", id);
    match &caller.identity {
        Identity::User(name) => set("aws:username", name.clone()),
        Identity::Session { .. } => set("aws:MultiFactorAuthPresent", "false".to_owned()),
        Identity::Root => {}
    }
    for (key, value) in &own.tags {
        set(&format!("aws:PrincipalTag/{key}"), value.clone());
    }
    for (key, value) in &target.tags {
        set(&format!("aws:ResourceTag/{key}"), value.clone());
    }
    if let Some(organization) = state.organization_of(&caller.account) {
        set("aws:PrincipalOrgID", organization.id());
        set(
            "aws:PrincipalOrgPaths",
            organization_path(organization, &caller.account),
        );
    }
    let owner = target.account.as_ref().unwrap_or(&caller.account);
    set("aws:ResourceAccount", owner.to_string());
    if let Some(organization) = state.organization_of(owner) {
        set("aws:ResourceOrgID", organization.id());
        set(
            "aws:ResourceOrgPaths",
            organization_path(organization, owner),
        );
    }
    for (key, value) in keys {
        set(key, (*value).to_owned());
    }
    context
}

/// The path of an account as the keys have it: `o-…/r-…/ou-…/`.
fn organization_path(organization: &Organization, account: &blastwall_model::AccountId) -> String {
    let mut path = organization.path(account);
    path.pop();
    format!("{}/{}/", organization.id(), path.join("/"))
}

/// The ARN that policies know the caller by, its type, and its unique id.
fn describe(state: &State, caller: &Principal) -> (String, &'static str, String) {
    let account = state.accounts.get(&caller.account);
    match &caller.identity {
        Identity::Root => (
            caller.arn.to_string(),
            "Account",
            caller.account.to_string(),
        ),
        Identity::User(_) => (caller.arn.to_string(), "User", user_id(state, caller)),
        Identity::Session { role, .. } => {
            let role = account.and_then(|account| account.roles.get(role));
            let arn = role.map_or(&caller.arn, |role| &role.arn);
            (arn.to_string(), "AssumedRole", user_id(state, caller))
        }
    }
}

/// The unique id of a caller, as `GetCallerIdentity` gives it.
pub(crate) fn user_id(state: &State, caller: &Principal) -> String {
    let account = state.accounts.get(&caller.account);
    match &caller.identity {
        Identity::Root => caller.account.to_string(),
        Identity::User(name) => account
            .and_then(|account| account.users.get(name)?.observed.user_id.known().cloned())
            .unwrap_or_else(|| crate::service::iam::made_up_id("AIDA", caller.arn.as_str())),
        Identity::Session { role, name } => {
            let role = account.and_then(|account| account.roles.get(role));
            let id = role.and_then(|role| role.observed.role_id.known().cloned());
            let arn = role.map_or(&caller.arn, |role| &role.arn);
            let id = id.unwrap_or_else(|| crate::service::iam::made_up_id("AROA", arn.as_str()));
            format!("{id}:{name}")
        }
    }
}
