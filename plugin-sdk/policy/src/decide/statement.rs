//! Whether one statement applies to one request.

use super::Request;
use super::layers::{Layer, Layers};
use super::principals::Who;
use super::tables::lower_has_no_resource_level;
use crate::context::Facts;
use crate::language::{ServiceFilter, Statement};
use crate::principal::Principal;
use crate::truth::Truth;

/// A request or an open question, in the form every rule works on.
#[derive(Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) principal: &'a Principal,
    pub(crate) role_path: Option<&'a str>,
    /// Lower case.
    pub(crate) action: &'a str,
    pub(crate) service: ServiceFilter,
    pub(crate) resource: &'a str,
    pub(crate) resource_account: &'a str,
    pub(crate) facts: Facts<'a>,
    pub(crate) has_boundary: bool,
}

impl<'a> Query<'a> {
    /// The query of a request whose condition keys are all known; `action` is the request's in lower
    /// case.
    pub(super) fn of(request: &Request<'a>, action: &'a str, layers: &Layers<'_>) -> Self {
        Self::new(
            request.principal,
            request.role_path,
            action,
            request.resource,
            request.resource_account,
            Facts::concrete(request.context),
            layers,
        )
    }

    pub(crate) fn new(
        principal: &'a Principal,
        role_path: Option<&'a str>,
        action: &'a str,
        resource: &'a str,
        resource_account: &'a str,
        facts: Facts<'a>,
        layers: &Layers<'_>,
    ) -> Self {
        Self {
            principal,
            role_path: principal.own_role_path().or(role_path),
            action,
            service: ServiceFilter::of_action(action),
            // Such an action is always on `*`, and a narrower ARN in a policy does not match it.
            resource: if resource != "*" && lower_has_no_resource_level(action) {
                "*"
            } else {
                resource
            },
            resource_account,
            facts,
            has_boundary: layers.boundary.is_some(),
        }
    }

    /// Whether the action is `name`, in any case.
    pub(crate) fn is_action(&self, name: &str) -> bool {
        self.action.eq_ignore_ascii_case(name)
    }

    /// Whether the action belongs to a service.
    pub(crate) fn is_service(&self, prefix: &str) -> bool {
        self.action
            .split_once(':')
            .is_some_and(|(service, _)| service.eq_ignore_ascii_case(prefix))
    }
}

/// The position of a statement among the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ref {
    pub(crate) layer: Layer,
    pub(crate) policy: usize,
    pub(crate) statement: usize,
}

/// How a layer reads the principal of its statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Principals {
    /// Attached to the caller (identity policies, boundaries, session policies, SCPs): there is
    /// none to compare.
    Implied,
    /// A statement without principal covers nobody (resource policies).
    Required,
    /// A statement without principal covers everyone (VPC endpoints, RCPs).
    Optional,
}

impl Principals {
    pub(crate) fn of(layer: Layer) -> Self {
        match layer {
            Layer::Resource => Self::Required,
            Layer::Rcp { .. } | Layer::VpcEndpoint { .. } => Self::Optional,
            Layer::Scp { .. } | Layer::Identity | Layer::Boundary | Layer::Session => Self::Implied,
        }
    }
}

/// Whom the statement covers, if it applies at all.
pub(crate) fn applies(statement: &Statement, query: &Query<'_>, principals: Principals) -> Who {
    if !statement.actions.covers_lower(query.action, query.service) {
        return Who::NOBODY;
    }
    let mut truth = resource_truth(statement, query);
    if truth == Truth::False {
        return Who::NOBODY;
    }
    let who = match (principals, &statement.principal) {
        (Principals::Implied, _) | (Principals::Optional, None) => Who::DIRECT,
        (Principals::Required, None) => return Who::NOBODY,
        (_, Some(clause)) => Who::covered(clause, statement.effect, query),
    };
    if who.any() == Truth::False {
        return Who::NOBODY;
    }
    for condition in &statement.conditions {
        truth = truth.and(condition.truth(&query.facts));
        if truth == Truth::False {
            return Who::NOBODY;
        }
    }
    who.limited(truth)
}

pub(crate) fn resource_truth(statement: &Statement, query: &Query<'_>) -> Truth {
    statement.resources.as_ref().map_or(Truth::True, |clause| {
        clause.truth(query.resource, &query.facts)
    })
}
