//! How the layers are put together.
//!
//! One function serves both the concrete decision and the open question: with every fact known all
//! truths are certain. An explicit deny anywhere wins; otherwise every SCP level and VPC endpoint
//! must allow, and one of a few paths through the other layers must hold.
//!
//! Sources: AWS IAM User Guide, "Policy evaluation for requests within a single account"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html>,
//! "Cross-account policy evaluation logic"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>.

use super::layers::{Layer, Layers};
use super::organization;
use super::principals::{Covering, Who};
use super::rules::{self, ServiceRule};
use super::statement::{Principals, Query, Ref, applies};
use crate::language::{Effect, Policy};
use crate::principal::Principal;
use crate::reach;
use crate::truth::Truth;

/// The outcome of an evaluation.
pub(crate) struct Evaluation {
    pub(crate) verdict: Verdict,
    /// Deny statements that may apply; empty unless facts are open and nothing is decided.
    pub(crate) possible_denies: Vec<Ref>,
    /// Allow statements that are needed and may not apply; likewise.
    pub(crate) uncertain: Vec<Uncertain>,
    /// The allow statements that grant, without those of the layers that only limit.
    pub(crate) grants: Vec<Ref>,
}

/// An allow statement that is needed and may not apply.
#[derive(Clone, Copy)]
pub(crate) struct Uncertain {
    pub(crate) at: Ref,
    /// Whom it has to cover for the caller to be allowed.
    pub(crate) covering: Covering,
}

pub(crate) enum Verdict {
    /// A statement denies for certain.
    Denied(Ref),
    /// A rule refuses.
    Refused(ServiceRule),
    /// A layer does not allow.
    Missing(Layer),
    /// Allowed, as certainly as `truth` says and if no possible deny applies. Without a `grant`
    /// it is `rule` that grants.
    Granted {
        truth: Truth,
        grant: Option<Ref>,
        rule: ServiceRule,
    },
}

impl From<Verdict> for Evaluation {
    fn from(verdict: Verdict) -> Self {
        Self {
            verdict,
            possible_denies: Vec::new(),
            uncertain: Vec::new(),
            grants: Vec::new(),
        }
    }
}

/// The best that a layer offers in one way.
#[derive(Clone, Copy)]
struct Allow {
    truth: Truth,
    at: Option<Ref>,
    /// Whom the statement has to cover.
    covering: Covering,
    /// How much has to come together if it is not certain.
    cost: u32,
}

impl Allow {
    const NONE: Self = Self {
        truth: Truth::False,
        at: None,
        covering: Covering::Account,
        cost: 0,
    };
    /// The layer is not there and so does not limit.
    const UNLIMITED: Self = Self {
        truth: Truth::True,
        at: None,
        covering: Covering::Account,
        cost: 0,
    };

    fn offer(&mut self, truth: Truth, at: Ref, covering: Covering, cost: u32) {
        if truth > self.truth
            || (truth == Truth::Maybe && self.truth == Truth::Maybe && cost < self.cost)
        {
            *self = Self {
                truth,
                at: Some(at),
                covering,
                cost,
            };
        }
    }

    fn uncertain(self) -> Option<Uncertain> {
        let covering = self.covering;
        self.at.map(|at| Uncertain { at, covering })
    }

    fn better(self, other: Self) -> Self {
        if other.truth > self.truth || (other.truth == self.truth && other.cost < self.cost) {
            other
        } else {
            self
        }
    }
}

/// What the allow statements of a layer come to.
struct Tally {
    direct: Allow,
    role: Allow,
    account: Allow,
}

impl Tally {
    const NONE: Self = Self {
        direct: Allow::NONE,
        role: Allow::NONE,
        account: Allow::NONE,
    };

    fn of_grants(query: &Query<'_>, layers: &Layers<'_>) -> Self {
        let who = layers
            .kms_grants
            .iter()
            .map(|grant| grant.covers(query))
            .fold(Who::NOBODY, Who::or);
        let allow = |truth| Allow {
            truth,
            ..Allow::NONE
        };
        Self {
            direct: allow(who.direct),
            role: allow(who.role),
            account: allow(who.account),
        }
    }

    fn any(&self) -> Allow {
        self.account.better(self.role).better(self.direct)
    }
}

/// Judges every statement of a layer. A certain deny ends it.
fn tally(
    layer: Layer,
    policies: &[&Policy],
    query: &Query<'_>,
    denies: &mut Vec<Ref>,
) -> Result<Tally, Ref> {
    let principals = Principals::of(layer);
    let mut tally = Tally::NONE;
    for (policy_index, policy) in policies.iter().enumerate() {
        for (statement_index, statement) in policy.statements.iter().enumerate() {
            let who = applies(statement, query, principals);
            let any = who.any();
            if any == Truth::False {
                continue;
            }
            let at = Ref {
                layer,
                policy: policy_index,
                statement: statement_index,
            };
            match (statement.effect, any) {
                (Effect::Deny, Truth::True) => return Err(at),
                (Effect::Deny, _) => denies.push(at),
                (Effect::Allow, certainty) => {
                    let cost = if certainty == Truth::Maybe {
                        reach::cost(statement, query)
                    } else {
                        0
                    };
                    tally.direct.offer(who.direct, at, Covering::Itself, cost);
                    tally.role.offer(who.role, at, Covering::Role, cost);
                    tally
                        .account
                        .offer(who.account, at, Covering::Account, cost);
                }
            }
        }
    }
    Ok(tally)
}

/// Evaluates a query.
pub(crate) fn evaluate(query: &Query<'_>, layers: &Layers<'_>) -> Evaluation {
    if let Some(rule) = rules::always_allowed(query) {
        return Verdict::Granted {
            truth: Truth::True,
            grant: None,
            rule,
        }
        .into();
    }
    let mut denies = Vec::new();
    match judge(query, layers, &mut denies) {
        Err(denied) => Verdict::Denied(denied).into(),
        Ok(judged) => match rules::refusal(query, layers) {
            Some(rule) => Verdict::Refused(rule).into(),
            None => combine(query, layers, &judged, denies),
        },
    }
}

/// The layers that grant or limit, after all were searched for a deny.
struct Judged {
    /// The first gate that is closed for certain.
    closed: Option<Layer>,
    /// The certainty of all gates (SCP levels and VPC endpoints) together.
    gates: Truth,
    /// What keeps gates from being certain.
    uncertain: Vec<Uncertain>,
    resource: Tally,
    /// The grants on the key.
    granted: Option<Tally>,
    identity: Allow,
    boundary: Allow,
    session: Allow,
}

fn judge(query: &Query<'_>, layers: &Layers<'_>, denies: &mut Vec<Ref>) -> Result<Judged, Ref> {
    let mut judged = Judged {
        closed: None,
        gates: Truth::True,
        uncertain: Vec::new(),
        resource: Tally::NONE,
        granted: (!layers.kms_grants.is_empty()).then(|| Tally::of_grants(query, layers)),
        identity: Allow::NONE,
        boundary: Allow::UNLIMITED,
        session: Allow::UNLIMITED,
    };
    let scps = layers
        .scps
        .filter(|_| organization::scps_touch(query.principal, query.role_path));
    for (level, policies) in scps.unwrap_or_default().iter().enumerate() {
        let layer = Layer::Scp { level };
        let allow = tally(layer, policies, query, denies)?.direct;
        judged.gate(layer, allow);
    }
    // Only denies matter: the full-access policy is attached at every level and cannot be removed.
    // <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
    let rcps = layers.rcps.filter(|_| {
        organization::rcps_touch(
            query.principal,
            query.role_path,
            query.action,
            query.resource,
        )
    });
    for (level, policies) in rcps.unwrap_or_default().iter().enumerate() {
        tally(Layer::Rcp { level }, policies, query, denies)?;
    }
    for (endpoint, policy) in layers.vpc_endpoints.iter().enumerate() {
        let layer = Layer::VpcEndpoint { endpoint };
        let allow = tally(layer, &[policy], query, denies)?.any();
        judged.gate(layer, allow);
    }
    if let Some(policy) = layers.resource {
        let before = denies.len();
        match tally(Layer::Resource, &[policy], query, denies) {
            Ok(tally) => judged.resource = tally,
            Err(_) if rules::ignores_bucket_policy_deny(query) => {}
            Err(denied) => return Err(denied),
        }
        if rules::ignores_bucket_policy_deny(query) {
            denies.truncate(before);
        }
    }
    judged.identity = tally(Layer::Identity, layers.identity, query, denies)?.direct;
    if matches!(query.principal, Principal::Root { .. }) {
        judged.identity = Allow::UNLIMITED;
    }
    if let Some(boundary) = layers.boundary {
        judged.boundary = tally(Layer::Boundary, &[boundary], query, denies)?.direct;
    }
    judged.session = match (layers.session, query.principal) {
        (Some(policies), _) => tally(Layer::Session, policies, query, denies)?.direct,
        // A federated user has the intersection with its session policies, so nothing without.
        // <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
        (None, Principal::FederatedUser { .. }) => Allow::NONE,
        (None, _) => Allow::UNLIMITED,
    };
    Ok(judged)
}

impl Judged {
    fn gate(&mut self, layer: Layer, allow: Allow) {
        self.gates = self.gates.and(allow.truth);
        match allow.truth {
            Truth::False => self.closed = self.closed.or(Some(layer)),
            Truth::Maybe => self.uncertain.extend(allow.uncertain()),
            Truth::True => {}
        }
    }
}

/// One way to be allowed: everything in it is needed.
#[derive(Clone, Copy)]
struct Path {
    grants: [Option<Allow>; 2],
    limits: [Option<Allow>; 2],
}

impl Path {
    fn needs(&self) -> impl Iterator<Item = Allow> {
        self.grants.into_iter().chain(self.limits).flatten()
    }

    fn truth(&self) -> Truth {
        self.needs()
            .fold(Truth::True, |all, need| all.and(need.truth))
    }

    fn cost(&self) -> u32 {
        self.needs()
            .fold(0, |sum, need| sum.saturating_add(need.cost))
    }
}

fn combine(
    query: &Query<'_>,
    layers: &Layers<'_>,
    judged: &Judged,
    possible_denies: Vec<Ref>,
) -> Evaluation {
    if let Some(layer) = judged.closed {
        return Verdict::Missing(layer).into();
    }
    let limits = [Some(judged.boundary), Some(judged.session)];
    let resource = &judged.resource;
    let mut best: Option<Path> = None;
    let mut consider = |grants: [Option<Allow>; 2], limits: [Option<Allow>; 2]| {
        let path = Path { grants, limits };
        let truth = path.truth();
        let is_better = truth != Truth::False
            && best.as_ref().is_none_or(|best| {
                truth > best.truth() || (truth == best.truth() && path.cost() < best.cost())
            });
        if is_better {
            best = Some(path);
        }
    };
    let unlimited = [None, None];
    match query.principal.acting_account() {
        // Services, anonymous callers and identity providers have no identity side.
        None => consider([Some(resource.any()), None], unlimited),
        // Across accounts both sides must allow, and nothing gets around the limits.
        Some(account) if account != query.resource_account => {
            let consent = (!rules::organization_consents(query)).then(|| resource.any());
            consider([Some(judged.identity), consent], limits);
        }
        // Within an account either side is enough, except where the resource policy must at least
        // hand the question to the account. Naming the user or session (or everyone) gets around
        // boundary and session policies, naming the role does not.
        Some(_) => {
            let delegated = rules::needs_resource_policy(query).then(|| resource.any());
            consider([Some(judged.identity), delegated], limits);
            consider([Some(resource.role), None], limits);
            consider([Some(resource.direct), None], unlimited);
        }
    }
    // A grant on a key needs no consent of the identity side, wherever the grantee is.
    if let Some(granted) = &judged.granted {
        consider([Some(granted.direct), None], unlimited);
        consider([Some(granted.role), None], limits);
        consider([Some(judged.identity), Some(granted.account)], limits);
    }
    let Some(best) = best else {
        return Verdict::Missing(missing(query, layers, judged)).into();
    };
    let truth = best.truth().and(judged.gates);
    let grants = best.grants.into_iter().flatten();
    let mut uncertain = Vec::new();
    if truth == Truth::Maybe {
        uncertain.extend(
            best.needs()
                .filter(|need| need.truth == Truth::Maybe)
                .filter_map(Allow::uncertain),
        );
        uncertain.extend(judged.uncertain.iter().copied());
    }
    Evaluation {
        verdict: Verdict::Granted {
            truth,
            grant: grants.clone().find_map(|need| need.at),
            rule: if matches!(query.principal, Principal::Root { .. }) {
                ServiceRule::RootUser
            } else {
                ServiceRule::KmsGrant
            },
        },
        possible_denies,
        uncertain,
        grants: if query.facts.is_open() {
            grants.filter_map(|need| need.at).collect()
        } else {
            Vec::new()
        },
    }
}

/// The layer to blame when no path holds: the one whose allow would have helped most.
fn missing(query: &Query<'_>, layers: &Layers<'_>, judged: &Judged) -> Layer {
    let lacks = |allow: Allow| allow.truth == Truth::False;
    let Some(account) = query.principal.acting_account() else {
        return Layer::Resource;
    };
    let crosses = account != query.resource_account;
    let resource_needed =
        (crosses && !rules::organization_consents(query)) || rules::needs_resource_policy(query);
    let granted_by_role = !crosses && !lacks(judged.resource.role);
    if lacks(judged.identity)
        && !granted_by_role
        && (crosses || !resource_needed || !lacks(judged.resource.any()))
    {
        Layer::Identity
    } else if resource_needed && lacks(judged.resource.any()) {
        Layer::Resource
    } else if lacks(judged.boundary) && layers.boundary.is_some() {
        Layer::Boundary
    } else if lacks(judged.session) {
        Layer::Session
    } else {
        Layer::Identity
    }
}
