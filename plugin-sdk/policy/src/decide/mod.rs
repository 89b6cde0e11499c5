//! The decision on one request: which policies apply, what each says, and how AWS puts them
//! together.
//!
//! [`decide`] is a pure function of a [`Request`] and its [`Layers`]. It needs every condition key
//! of the request; for questions with open keys see [`crate::reach()`]. Start at [`decide`]; the
//! combination of layers is in `evaluate`, the rules that no policy can change in `rules`.
//!
//! Every rule with its page is in `RULES.md`. Source: AWS IAM User Guide, "Policy evaluation logic"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

mod access_point;
pub(crate) mod evaluate;
mod grants;
mod layers;
mod organization;
mod outcome;
pub(crate) mod principals;
pub(crate) mod rules;
pub(crate) mod statement;
mod tables;
mod trace;
mod without_resource;

pub use access_point::{ThroughAccessPoint, UnderlyingBucket, decide_through_access_point};
pub use grants::{GrantConstraint, KmsGrant};
pub use layers::{Layer, Layers, Level};
pub use organization::{Organization, Selected, rcps_bind, scps_bind};
pub use outcome::{Decision, DecisionKind, Reason, StatementRef};
pub use rules::ServiceRule;
pub use tables::{RCP_SERVICES, RCP_SERVICES_AS_OF, has_no_resource_level};

pub use trace::{LayerTrace, LayerVerdict, Miss, StatementTrace, Trace, trace};

use crate::context::Context;
use crate::lowered::Lowered;
use crate::principal::Principal;
use evaluate::{Verdict, evaluate};
use statement::Query;

/// One request, every condition key known.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The path of the role behind a session, with a slash at both ends, where known. A session's
    /// ARN does not tell it.
    pub role_path: Option<&'a str>,
    /// For example `s3:GetObject`, in any case.
    pub action: &'a str,
    /// An ARN, or `*` for an action that has no resource.
    pub resource: &'a str,
    /// The account that owns the resource: twelve digits.
    pub resource_account: &'a str,
    /// The condition keys; a key that is not in it is absent from the request. See
    /// [`Context::derived`] for those that follow from the principal.
    pub context: &'a Context,
}

/// Decides a request.
#[must_use]
pub fn decide(request: &Request<'_>, layers: &Layers<'_>) -> Decision {
    let action = Lowered::new(request.action);
    let query = Query::of(request, action.as_str(), layers);
    let (kind, reason) = match evaluate(&query, layers).verdict {
        Verdict::Denied(at) => (
            DecisionKind::ExplicitlyDenied,
            Reason::Statement(at.resolve(layers)),
        ),
        Verdict::Refused(rule) => (rule.refusal(), Reason::Rule(rule)),
        Verdict::Missing(layer) => (DecisionKind::ImplicitlyDenied, Reason::MissingAllow(layer)),
        Verdict::Granted {
            grant: Some(at), ..
        } => (DecisionKind::Allowed, Reason::Statement(at.resolve(layers))),
        Verdict::Granted {
            grant: None, rule, ..
        } => (DecisionKind::Allowed, Reason::Rule(rule)),
    };
    Decision { kind, reason }
}
