//! Which organization policies bind a request.
//!
//! Sources: AWS Organizations User Guide, "Service control policies"
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html> and
//! "Resource control policies"
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>.

use std::collections::BTreeMap;

use super::Request;
use super::layers::{Layers, Level};
use super::tables::RCP_SERVICES;
use crate::arn;
use crate::principal::Principal;

/// What is attached where in an organization.
#[derive(Clone, Debug, Default)]
pub struct Organization<'a> {
    /// The management account, which neither kind of policy touches.
    pub management_account: &'a str,
    /// SCPs by account, levels from the root to the account. Accounts outside have no entry.
    pub scps: BTreeMap<&'a str, &'a [Level<'a>]>,
    /// RCPs by account, likewise.
    pub rcps: BTreeMap<&'a str, &'a [Level<'a>]>,
}

/// The organization policies that bind one request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selected<'a> {
    /// For [`Layers::scps`].
    pub scps: Option<&'a [Level<'a>]>,
    /// For [`Layers::rcps`].
    pub rcps: Option<&'a [Level<'a>]>,
}

impl<'a> Organization<'a> {
    /// Selects the policies for a request.
    #[must_use]
    pub fn select_for(&self, request: &Request<'_>) -> Selected<'a> {
        self.select(
            request.principal,
            request.role_path,
            request.action,
            request.resource_account,
        )
    }

    /// Selects the policies for a request by its parts: SCPs by the caller's account, RCPs by the resource's.
    #[must_use]
    pub fn select(
        &self,
        principal: &Principal,
        role_path: Option<&str>,
        action: &str,
        resource_account: &str,
    ) -> Selected<'a> {
        let scps = principal
            .acting_account()
            .filter(|_| scps_bind(principal, role_path, self.management_account))
            .and_then(|account| self.scps.get(account).copied());
        let rcps = rcps_bind(
            principal,
            role_path,
            action,
            resource_account,
            self.management_account,
        )
        .then(|| self.rcps.get(resource_account).copied())
        .flatten();
        Selected { scps, rcps }
    }
}

impl<'a> Selected<'a> {
    /// The layers with these policies put in.
    #[must_use]
    pub fn with(self, layers: Layers<'a>) -> Layers<'a> {
        Layers {
            scps: self.scps,
            rcps: self.rcps,
            ..layers
        }
    }
}

/// Whether SCPs of the caller's account can bind the caller: not in the management account, not
/// service-linked roles, not AWS services, and nobody without an account. Root users are bound.
#[must_use]
pub fn scps_bind(principal: &Principal, role_path: Option<&str>, management_account: &str) -> bool {
    principal.acting_account() != Some(management_account) && scps_touch(principal, role_path)
}

/// [`scps_bind`] as far as it does not depend on the organization.
pub(crate) fn scps_touch(principal: &Principal, role_path: Option<&str>) -> bool {
    principal.acting_account().is_some() && !is_service_linked(principal, role_path)
}

/// Whether RCPs of the resource's account can bind the request: not in the management account, only
/// for supported services, not for service-linked roles, and never `kms:RetireGrant`.
#[must_use]
pub fn rcps_bind(
    principal: &Principal,
    role_path: Option<&str>,
    action: &str,
    resource_account: &str,
    management_account: &str,
) -> bool {
    resource_account != management_account && rcps_touch(principal, role_path, action, "*")
}

/// [`rcps_bind`] as far as it does not depend on the organization. A service may always assume a
/// service-linked role.
pub(crate) fn rcps_touch(
    principal: &Principal,
    role_path: Option<&str>,
    action: &str,
    resource: &str,
) -> bool {
    let service = action
        .split_once(':')
        .map_or(action, |(service, _)| service);
    let by_its_service = matches!(principal, Principal::Service { .. })
        && arn::split(resource).is_some_and(|parts| {
            parts.service == "iam" && parts.resource.starts_with("role/aws-service-role/")
        });
    RCP_SERVICES
        .iter()
        .any(|supported| service.eq_ignore_ascii_case(supported))
        && !action.eq_ignore_ascii_case("kms:RetireGrant")
        && !by_its_service
        && !is_service_linked(principal, role_path)
}

/// Service-linked roles live under a path of their own.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
fn is_service_linked(principal: &Principal, role_path: Option<&str>) -> bool {
    principal.is_role()
        && principal
            .own_role_path()
            .or(role_path)
            .is_some_and(|path| path.starts_with("/aws-service-role/"))
}
