//! A decision layer by layer: what each policy says to the request, and what nearly said something.
//!
//! For people who ask why; it allocates freely and decides nothing itself.

use std::fmt;

use super::layers::{Layer, Layers};
use super::organization;
use super::outcome::StatementRef;
use super::principals::Who;
use super::statement::{Principals, Query, Ref, applies, resource_truth};
use super::{Decision, Request, decide};
use crate::language::{Effect, Policy, Statement};
use crate::lowered::Lowered;
use crate::truth::Truth;

/// A decision with what led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The decision.
    pub decision: Decision,
    /// Every layer that the request has, in the order in which AWS describes them.
    pub layers: Vec<LayerTrace>,
}

/// One layer, or one level of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerTrace {
    /// Which.
    pub layer: Layer,
    /// What it says.
    pub verdict: LayerVerdict,
    /// The statements that apply, and those about the action that do not.
    pub statements: Vec<StatementTrace>,
}

/// What a layer says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LayerVerdict {
    /// A statement denies.
    Denies,
    /// A statement allows.
    Allows,
    /// A statement of the resource's policy allows the caller's account, which hands the question to
    /// the identity policies.
    Delegates,
    /// No statement applies.
    Silent,
    /// Policies of this kind do not bind the request.
    NotBinding,
}

/// One statement about the action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementTrace {
    /// Where it is.
    pub at: StatementRef,
    /// What it does when it applies.
    pub effect: Effect,
    /// Why it does not apply; `None` when it does.
    pub miss: Option<Miss>,
}

/// Why a statement about the action does not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// It is about other resources.
    Resource,
    /// It is about other principals.
    Principal,
    /// This condition does not hold.
    Condition(String),
}

/// Decides a request and says layer by layer what was found.
#[must_use]
pub fn trace(request: &Request<'_>, layers: &Layers<'_>) -> Trace {
    let action = Lowered::new(request.action);
    let query = Query::of(request, action.as_str(), layers);
    let mut traces = Vec::new();
    let mut add = |layer: Layer, policies: &[&Policy], binds: bool| {
        traces.push(of_layer(layer, policies, binds, &query, layers));
    };
    let bound = organization::scps_touch(query.principal, query.role_path);
    for (level, policies) in layers.scps.unwrap_or_default().iter().enumerate() {
        add(Layer::Scp { level }, policies, bound);
    }
    let bound = organization::rcps_touch(
        query.principal,
        query.role_path,
        query.action,
        query.resource,
    );
    for (level, policies) in layers.rcps.unwrap_or_default().iter().enumerate() {
        add(Layer::Rcp { level }, policies, bound);
    }
    for (endpoint, policy) in layers.vpc_endpoints.iter().enumerate() {
        add(Layer::VpcEndpoint { endpoint }, &[policy], true);
    }
    if let Some(policy) = layers.resource {
        add(Layer::Resource, &[policy], true);
    }
    add(Layer::Identity, layers.identity, true);
    if let Some(policy) = layers.boundary {
        add(Layer::Boundary, &[policy], true);
    }
    if let Some(policies) = layers.session {
        add(Layer::Session, policies, true);
    }
    Trace {
        decision: decide(request, layers),
        layers: traces,
    }
}

fn of_layer(
    layer: Layer,
    policies: &[&Policy],
    binds: bool,
    query: &Query<'_>,
    layers: &Layers<'_>,
) -> LayerTrace {
    let mut found = LayerTrace {
        layer,
        verdict: LayerVerdict::Silent,
        statements: Vec::new(),
    };
    for (policy_index, policy) in policies.iter().enumerate() {
        for (statement_index, statement) in policy.statements.iter().enumerate() {
            if !statement.actions.covers_lower(query.action, query.service) {
                continue;
            }
            let who = applies(statement, query, Principals::of(layer));
            let applies = who.any() != Truth::False;
            if applies {
                found.verdict = found.verdict.or(verdict(statement.effect, who));
            }
            let at = Ref {
                layer,
                policy: policy_index,
                statement: statement_index,
            };
            found.statements.push(StatementTrace {
                at: at.resolve(layers),
                effect: statement.effect,
                miss: (!applies).then(|| miss(statement, layer, query)),
            });
        }
    }
    if !binds {
        found.verdict = LayerVerdict::NotBinding;
    }
    found
}

fn verdict(effect: Effect, who: Who) -> LayerVerdict {
    match effect {
        Effect::Deny => LayerVerdict::Denies,
        Effect::Allow if who.direct == Truth::False && who.role == Truth::False => {
            LayerVerdict::Delegates
        }
        Effect::Allow => LayerVerdict::Allows,
    }
}

impl LayerVerdict {
    /// The stronger of two.
    fn or(self, other: Self) -> Self {
        let rank = |verdict| match verdict {
            Self::Denies => 3,
            Self::Allows => 2,
            Self::Delegates => 1,
            Self::Silent | Self::NotBinding => 0,
        };
        if rank(other) > rank(self) {
            other
        } else {
            self
        }
    }
}

/// The first thing that keeps the statement from applying.
fn miss(statement: &Statement, layer: Layer, query: &Query<'_>) -> Miss {
    if resource_truth(statement, query) == Truth::False {
        return Miss::Resource;
    }
    let failing = statement
        .conditions
        .iter()
        .find(|condition| condition.truth(&query.facts) == Truth::False);
    let covers = Principals::of(layer) == Principals::Implied
        || statement.principal.as_ref().is_some_and(|clause| {
            Who::covered(clause, statement.effect, query).any() != Truth::False
        });
    match failing {
        Some(condition) if covers => Miss::Condition(condition.to_string()),
        _ => Miss::Principal,
    }
}

impl fmt::Display for LayerVerdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Denies => "denies",
            Self::Allows => "allows",
            Self::Delegates => "allows the account",
            Self::Silent => "says nothing",
            Self::NotBinding => "does not bind this request",
        })
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resource => formatter.write_str("other resources"),
            Self::Principal => formatter.write_str("other principals"),
            Self::Condition(condition) => write!(formatter, "not {condition}"),
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.decision)?;
        for layer in &self.layers {
            writeln!(formatter, "  {}: {}", layer.layer, layer.verdict)?;
            for statement in &layer.statements {
                let effect = match statement.effect {
                    Effect::Allow => "allow",
                    Effect::Deny => "deny",
                };
                let place = &statement.at;
                write!(
                    formatter,
                    "    policy {}, statement {}",
                    place.policy, place.statement
                )?;
                if let Some(sid) = &place.sid {
                    write!(formatter, " (`{sid}`)")?;
                }
                match &statement.miss {
                    None => writeln!(formatter, ": {effect}")?,
                    Some(miss) => writeln!(formatter, ": {effect} does not apply: {miss}")?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::principal::Principal;

    #[test]
    fn tells_every_layer() {
        let policy = |text| Policy::parse(text).unwrap();
        let scp = policy(r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#);
        let identity = policy(
            r#"{"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::other/*"},
                {"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}},
                {"Effect":"Deny","Action":"ec2:*","Resource":"*"}]}"#,
        );
        let resource = policy(
            r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"*","Resource":"*"},
                {"Effect":"Deny","Principal":{"AWS":"222222222222"},"Action":"*","Resource":"*"}]}"#,
        );
        let principal = Principal::parse("arn:aws:iam::111111111111:user/ann").unwrap();
        let request = Request {
            principal: &principal,
            role_path: None,
            action: "s3:GetObject",
            resource: "arn:aws:s3:::b/k",
            resource_account: "111111111111",
            context: &Context::new(),
        };
        let layers = Layers {
            scps: Some(&[&[&scp]]),
            identity: &[&identity],
            resource: Some(&resource),
            ..Layers::default()
        };
        let expected = "implicitly denied: no statement allows it in: identity policies
  service control policies at level 0: allows
    policy 0, statement 0: allow
  resource policy: allows the account
    policy 0, statement 0: allow
    policy 0, statement 1: deny does not apply: other principals
  identity policies: says nothing
    policy 0, statement 0 (`A`): allow does not apply: other resources
    policy 0, statement 1: allow does not apply: not Bool aws:SecureTransport [true]
";
        assert_eq!(trace(&request, &layers).to_string(), expected);
    }
}
