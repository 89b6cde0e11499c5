//! From a question to its answer.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::AccountId;
use blastwall_policy::decide::{LayerTrace, StatementTrace, rcps_bind, scps_bind, trace};
use blastwall_policy::{
    Context, Decision, DecisionKind, Effect, Keys, Known, Layer, Layers, Principal, PrincipalError,
    Question, Reach, Reason, Request, Requirement, StatementRef, decide, reach,
};

use super::answer::{Answer, LayerAnswer, StatementAnswer, Verdict};
use super::resource::{Bucket, Buckets, Place, can_have_policy};
use crate::facts::{Boundary, Unjudged};
use crate::judge::{Case, Identity, Judge, RequestKeys, ResourcePolicy};
use crate::world::{AccountIndex, PrincipalIndex, PrincipalRow, World};

/// All that can be asked about.
#[derive(Debug)]
pub struct Questions {
    pub(super) world: World,
    pub(super) buckets: Buckets,
    pub(super) organization_seen: bool,
    pub(super) organization_gaps: Vec<String>,
    pub(super) unseen: BTreeMap<AccountId, String>,
    pub(super) unjudged: Vec<Unjudged>,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The ARN of a user, role, session or root user, an account id (its root user), the name of a
    /// service, or whatever else [`Principal::parse`] reads.
    pub principal: &'a str,
    /// `s3:GetObject`.
    pub action: &'a str,
    /// An ARN, or `*`.
    pub resource: &'a str,
    /// Condition keys and their values. They win over what is known of principal and resource.
    pub context: &'a [(String, Vec<String>)],
}

/// A question that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// The principal is nobody who can make a request.
    #[error(transparent)]
    Principal(#[from] PrincipalError),
    /// The account was looked into and has no such principal.
    #[error("there is no {what} `{name}` in account {account}")]
    Missing {
        /// `principal` or `role`.
        what: &'static str,
        /// As asked.
        name: String,
        /// The account.
        account: AccountId,
        /// What is there.
        known: Vec<String>,
    },
    /// It is not the name of an action.
    #[error("`{0}` is no action; write it as `service:Action`")]
    Action(String),
    /// It is not the name of a resource.
    #[error("`{0}` is no resource; give its ARN, or `*` for an action without resource")]
    Resource(String),
}

/// Keys that every request has, or every one that a person or a program sends itself. Without a value
/// for one that matters there is no answer.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
const ALWAYS_SENT: [&str; 5] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:requestedregion",
    "aws:sourceip",
    "aws:useragent",
];

/// The key that requests with temporary credentials have.
const OF_SESSIONS: &str = "aws:tokenissuetime";

/// The caller with what is known of it.
struct Caller<'w> {
    principal: Principal,
    /// Its user, or the role behind it.
    row: Option<(PrincipalIndex, &'w PrincipalRow)>,
    account: Option<AccountIndex>,
}

/// The resource with what is known of it.
struct Target<'q> {
    account: Option<String>,
    owner_unknown: bool,
    region: Option<&'q str>,
    role: Option<&'q PrincipalRow>,
    bucket: Option<&'q Bucket>,
    policy: Option<ResourcePolicy<'q>>,
    restricted: bool,
    gaps: Vec<String>,
}

impl Questions {
    /// The names of all buckets that were seen.
    pub fn buckets(&self) -> impl Iterator<Item = &str> {
        self.buckets.names()
    }

    /// Whether the request goes through, and why.
    ///
    /// # Errors
    /// When it cannot be meant: nobody by that name, no action, no resource.
    pub fn can(&self, asked: &Asked<'_>) -> Result<Answer, QuestionError> {
        match asked.action.split_once(':') {
            Some((service, name)) if !service.is_empty() && !name.is_empty() => {}
            _ => return Err(QuestionError::Action(asked.action.to_owned())),
        }
        let caller = self.caller(asked.principal)?;
        let target = self.target(asked, &caller)?;
        let role_path = caller.row.and_then(|(_, row)| role_path(row));
        let acting = caller.principal.acting_account().unwrap_or_default();
        let resource_account = target.account.as_deref().unwrap_or(acting);
        let mut assumptions = Vec::new();
        let context = self.context(asked, &caller, &target, &mut assumptions);
        let judge = Judge::new(&self.world);
        let management = judge.management_account();

        let mut gaps = Vec::new();
        let identity_gaps = self.identity_gaps(&caller);
        gaps.extend(identity_gaps.iter().cloned());
        let scps = caller.account.and_then(|index| self.world.account(index));
        if scps_bind(&caller.principal, role_path, management) {
            gaps.extend(scps.into_iter().flat_map(|row| row.scp_gaps.clone()));
            gaps.extend(self.organization_gaps.iter().cloned());
        }
        let owner = self.world.find_account(resource_account);
        let rcps = owner.and_then(|index| self.world.account(index));
        if rcps_bind(
            &caller.principal,
            role_path,
            asked.action,
            resource_account,
            management,
        ) {
            gaps.extend(rcps.into_iter().flat_map(|row| row.rcp_gaps.clone()));
            gaps.extend(self.organization_gaps.iter().cloned());
        }
        gaps.extend(target.gaps.iter().cloned());
        if !self.organization_seen && self.organization_gaps.is_empty() {
            assumptions.push(
                "there is no organization, so that none of its policies bind: none is among the documents"
                    .to_owned(),
            );
        }
        if matches!(caller.principal, Principal::RoleSession { .. }) {
            assumptions.push("the session was made without session policies".to_owned());
        }

        let attached = caller.row.map_or(&[][..], |(_, row)| &row.identity);
        let seen = Case {
            principal: &caller.principal,
            role_path,
            action: asked.action,
            resource: asked.resource,
            resource_account,
            keys: Keys::new(),
            identity: Identity::Attached(attached),
            boundary: caller.row.and_then(|(_, row)| match &row.boundary {
                Boundary::Policy(from) => Some(from),
                Boundary::None | Boundary::Unknown => None,
            }),
            scps: scps.map(|row| row.scps),
            rcps: rcps.map(|row| row.rcps),
            resource_policy: match target.policy {
                Some(ResourcePolicy::NotSeen) | None => None,
                seen => seen,
            },
            made_by_attacker: false,
        };
        // What was not seen lets the request through: if it fails even so, it fails.
        let at_best = Case {
            identity: if identity_gaps.is_empty() {
                seen.identity
            } else {
                Identity::AtLeast(attached)
            },
            resource_policy: target.policy,
            ..seen.clone()
        };
        let request = Request {
            principal: &caller.principal,
            role_path,
            action: asked.action,
            resource: asked.resource,
            resource_account,
            context: &context,
        };
        let (best, depends_on) = judge.with_layers(&at_best, |layers| {
            let layers = &target.with_switch(layers);
            let keys = context.iter().fold(Keys::new(), |keys, (key, values)| {
                keys.fixed(key, values.iter().cloned())
            });
            let question = Question {
                principal: &caller.principal,
                role_path,
                action: asked.action,
                resource: asked.resource,
                resource_account,
                keys: &keys,
            };
            let open = match reach(&question, layers) {
                Reach::OnlyIf { conditions, .. } => conditions,
                Reach::Yes { .. } | Reach::No { .. } => Vec::new(),
            };
            (decide(&request, layers), open)
        });
        let (on_seen, layers) = judge.with_layers(&seen, |layers| {
            let layers = &target.with_switch(layers);
            let trace = trace(&request, layers);
            let told = trace.layers.iter();
            (
                trace.decision.clone(),
                told.map(|layer| layer_answer(&judge, &seen, layer))
                    .collect(),
            )
        });
        let caller_tags_unknown = caller.row.is_some_and(|(_, row)| {
            row.tags.is_none() || RequestKeys::new(&self.world).lets_tag_sessions(&row.trust)
        });
        let key_gaps = target.key_gaps(
            &depends_on,
            matches!(
                caller.principal,
                Principal::Role { .. } | Principal::RoleSession { .. }
            ),
            caller_tags_unknown,
            !self.organization_gaps.is_empty(),
        );
        let verdict = match (best.is_allowed(), key_gaps.is_empty()) {
            (true, true) if gaps.is_empty() => Verdict::Allowed,
            // Whatever the rest may say; unless it is not even known whose resource it is.
            (false, true) if !target.owner_unknown => Verdict::Denied,
            _ => Verdict::Undecided,
        };
        gaps.extend(key_gaps);
        let mut told = BTreeSet::new();
        gaps.retain(|gap| told.insert(gap.clone()));
        let (decision, case) = if verdict == Verdict::Denied {
            (&best, &at_best)
        } else {
            (&on_seen, &seen)
        };
        Ok(Answer {
            verdict,
            reason: reason(&judge, case, decision),
            statement: match &decision.reason {
                Reason::Statement(at) => Some(statement(&judge, case, at, None)),
                Reason::MissingAllow(_) | Reason::Rule(_) => None,
            },
            principal: caller.principal.to_string(),
            action: asked.action.to_owned(),
            resource: asked.resource.to_owned(),
            resource_account: target.account.clone(),
            context: context
                .iter()
                .filter(|(_, values)| !values.is_empty())
                .map(|(key, values)| (key.to_owned(), values.to_vec()))
                .collect(),
            assumptions,
            gaps,
            depends_on: depends_on
                .iter()
                .map(|requirement| judge.condition(&at_best, requirement).text)
                .collect(),
            layers,
        })
    }

    fn caller(&self, text: &str) -> Result<Caller<'_>, QuestionError> {
        let principal = Principal::parse(text)?;
        let account = principal
            .acting_account()
            .and_then(|id| self.world.find_account(id));
        let find = || {
            let index = match &principal {
                Principal::User { arn, .. } | Principal::Role { arn, .. } => {
                    self.world.find_principal(arn)?
                }
                Principal::RoleSession { role, .. } => {
                    self.world.find_role_by_name(account?, role)?
                }
                // AWS User Guide: a federated user has what the user and the session allow.
                _ => return None,
            };
            Some((index, self.world.principal(index)?))
        };
        let row = find();
        let has_row = matches!(
            principal,
            Principal::User { .. } | Principal::Role { .. } | Principal::RoleSession { .. }
        );
        if has_row && row.is_none() {
            self.exists(account, "principal", text, |_| true)?;
        }
        Ok(Caller {
            principal,
            row,
            account,
        })
    }

    /// An account that was looked into has what was seen in it and nothing else.
    fn exists(
        &self,
        account: Option<AccountIndex>,
        what: &'static str,
        name: &str,
        counts: impl Fn(&PrincipalRow) -> bool,
    ) -> Result<(), QuestionError> {
        let Some(row) = account
            .and_then(|index| self.world.account(index))
            .filter(|row| row.seen && !self.unseen.contains_key(&row.id))
        else {
            return Ok(());
        };
        let known = row.principals.clone().map(PrincipalIndex::new);
        Err(QuestionError::Missing {
            what,
            name: name.to_owned(),
            account: row.id.clone(),
            known: known
                .filter_map(|index| self.world.principal(index))
                .filter(|row| counts(row))
                .map(|row| row.arn.to_string())
                .collect(),
        })
    }

    /// What of the caller's own policies was not seen.
    fn identity_gaps(&self, caller: &Caller<'_>) -> Vec<String> {
        match (&caller.principal, caller.row) {
            (Principal::FederatedUser { .. }, _) => vec![
                "the permissions of a federated user are those of the user who made the session, which are not recorded"
                    .to_owned(),
            ],
            (_, Some((_, row))) if !row.gaps.is_empty() => row.gaps.clone(),
            (_, Some(_)) => Vec::new(),
            (
                Principal::User { .. } | Principal::Role { .. } | Principal::RoleSession { .. },
                None,
            ) => vec![format!(
                "the policies of {}: {}",
                caller.principal,
                self.why_unseen(caller.principal.acting_account().unwrap_or_default())
            )],
            _ => Vec::new(),
        }
    }

    /// Why nothing is known of the principals of an account.
    fn why_unseen(&self, id: &str) -> String {
        if let Some(why) = self.unseen.get(id) {
            return format!("account {id} was not seen: {why}");
        }
        if let Some(why) = self.world.set_aside.get(id) {
            return format!("account {id}: {why}");
        }
        match self.world.find_account(id) {
            Some(_) => format!("account {id} was not looked into"),
            None => format!("account {id} is not of this organization"),
        }
    }

    fn target<'q>(
        &'q self,
        asked: &Asked<'q>,
        caller: &Caller<'_>,
    ) -> Result<Target<'q>, QuestionError> {
        let own = caller.principal.acting_account();
        let mut target = Target {
            account: own.map(str::to_owned),
            owner_unknown: false,
            region: None,
            role: None,
            bucket: None,
            policy: None,
            restricted: false,
            gaps: Vec::new(),
        };
        if asked.resource == "*" {
            return Ok(target);
        }
        let place = Place::of(asked.resource)
            .ok_or_else(|| QuestionError::Resource(asked.resource.to_owned()))?;
        target.region = Some(place.region).filter(|region| !region.is_empty());
        if !place.account.is_empty() && place.account != "aws" {
            target.account = Some(place.account.to_owned());
        }
        if let Some(name) = place.bucket() {
            self.bucket(name, own, &mut target);
        } else if place.service == "iam" && place.name.starts_with("role/") {
            self.role(asked, place, &mut target)?;
        } else if can_have_policy(&place) {
            target.policy = Some(ResourcePolicy::NotSeen);
            target.gaps.push(format!(
                "the policy of {}, if it has one: such policies are not collected",
                asked.resource
            ));
        }
        Ok(target)
    }

    fn bucket<'q>(&'q self, name: &str, own: Option<&str>, target: &mut Target<'q>) {
        let Some(bucket) = self.buckets.get(name) else {
            target.account = None;
            target.owner_unknown = true;
            target.policy = Some(ResourcePolicy::NotSeen);
            target.gaps.push(format!(
                "the bucket `{name}` was not seen in any account: neither its owner nor its policy is known"
            ));
            return;
        };
        target.bucket = Some(bucket);
        target.account = Some(bucket.account.to_string());
        target.region = Some(bucket.region.as_str());
        match &bucket.policy {
            Ok(None) => {}
            Ok(Some(index)) => {
                target.policy = Some(ResourcePolicy::Bucket(*index, &bucket.arn));
            }
            Err(why) => {
                target.policy = Some(ResourcePolicy::NotSeen);
                target
                    .gaps
                    .push(format!("the policy of the bucket `{name}`: {why}"));
            }
        }
        // The switch keeps strangers out alone, and only where there is a policy.
        let matters = target.policy.is_some() && own != Some(bucket.account.as_str());
        match self.buckets.restricted(bucket) {
            Ok(restricted) => target.restricted = restricted,
            Err(why) if matters => target.gaps.push(format!(
                "whether the bucket `{name}` keeps strangers out (RestrictPublicBuckets): {why}"
            )),
            Err(_) => {}
        }
    }

    /// A role has a trust policy, which has a say on who gets into it and on nothing else.
    fn role<'q>(
        &'q self,
        asked: &Asked<'_>,
        place: Place<'_>,
        target: &mut Target<'q>,
    ) -> Result<(), QuestionError> {
        target.role = self
            .world
            .find_principal(asked.resource)
            .and_then(|index| self.world.principal(index));
        let entering = asked
            .action
            .split_once(':')
            .is_some_and(|(service, _)| service.eq_ignore_ascii_case("sts"));
        if !entering {
            return Ok(());
        }
        if target.role.is_none() {
            let account = self.world.find_account(place.account);
            self.exists(account, "role", asked.resource, |row| {
                row.arn.resource().starts_with("role/")
            })?;
        }
        target.policy = target
            .role
            .map_or(Some(ResourcePolicy::NotSeen), ResourcePolicy::of);
        if let Some(ResourcePolicy::NotSeen) = target.policy {
            let noted = self
                .unjudged
                .iter()
                .find(|noted| noted.arn.as_str() == asked.resource);
            let why =
                noted.map_or_else(|| self.why_unseen(place.account), |noted| noted.why.clone());
            target
                .gaps
                .push(format!("the trust policy of {}: {why}", asked.resource));
        }
        Ok(())
    }

    /// The condition keys of the request: what follows from caller and resource, what every direct
    /// request has, and above all what was given.
    fn context(
        &self,
        asked: &Asked<'_>,
        caller: &Caller<'_>,
        target: &Target<'_>,
        assumptions: &mut Vec<String>,
    ) -> Context {
        let role_path = caller.row.and_then(|(_, row)| role_path(row));
        let acting = caller.principal.acting_account().unwrap_or_default();
        let resource_account = target.account.as_deref().unwrap_or(acting);
        let mut context = Context::derived(&caller.principal, role_path, resource_account);
        let mut keys = RequestKeys::new(&self.world);
        keys = match (caller.account, caller.principal.acting_account()) {
            (Some(account), _) => keys.sent_from_account(account),
            (None, Some(_)) if self.organization_seen => keys.sent_from_outside(),
            _ => keys,
        };
        if let Some((_, row)) = caller.row {
            keys = keys.with_tags_of(row);
        }
        keys = match (target.role, self.world.find_account(resource_account)) {
            (Some(row), _) => keys.for_resource(row),
            (None, Some(account)) => keys.for_account(account),
            (None, None) => keys,
        };
        for (key, known) in keys.build().iter() {
            if let Known::Fixed(values) = known {
                context.insert(key, values.iter().cloned());
            }
        }
        if let Some(tags) = target.bucket.and_then(|bucket| bucket.tags.as_ref()) {
            for (name, value) in tags {
                for prefix in ["aws:ResourceTag/", "s3:BucketTag/"] {
                    context.insert(&format!("{prefix}{name}"), [value.as_str()]);
                }
            }
        }
        if let Some(region) = target.region {
            context.insert("aws:RequestedRegion", [region]);
        }
        if !matches!(caller.principal, Principal::Service { .. }) {
            context.insert("aws:SecureTransport", ["true"]);
            context.insert("aws:ViaAWSService", ["false"]);
            assumptions.push(
                "the request comes over TLS and directly, not through a service (unless --context says otherwise)"
                    .to_owned(),
            );
        }
        for (key, values) in asked.context {
            context.insert(key, values.iter().cloned());
        }
        context
    }
}

impl Target<'_> {
    fn tags_unknown(&self) -> bool {
        match (self.bucket, self.role) {
            (Some(bucket), _) => bucket.tags.is_none(),
            (None, Some(role)) => role.tags.is_none(),
            (None, None) => true,
        }
    }

    fn with_switch<'a>(&self, layers: &Layers<'a>) -> Layers<'a> {
        Layers {
            // A policy that was not seen may be one that is not public.
            restrict_public_buckets: self.restricted
                && matches!(self.policy, Some(ResourcePolicy::Bucket(..))),
            ..*layers
        }
    }

    /// Keys that matter and that the request has, or may well have, with a value that is not known.
    fn key_gaps(
        &self,
        open: &[Requirement],
        of_session: bool,
        caller_tags_unknown: bool,
        caller_organization_unknown: bool,
    ) -> Vec<String> {
        let tests = open.iter().flat_map(|requirement| &requirement.any_of);
        tests
            .filter_map(|test| {
                let key = test.key.to_ascii_lowercase();
                if ALWAYS_SENT.contains(&key.as_str()) || (of_session && key == OF_SESSIONS) {
                    Some(format!(
                        "{}, which such a request has; give it with --context",
                        test.key
                    ))
                } else if (key.contains("resourcetag/") || key.starts_with("s3:buckettag/"))
                    && self.tags_unknown()
                    || key.starts_with("s3:existingobjecttag/")
                {
                    Some(format!(
                        "{}: the tags of the resource were not seen; give it with --context",
                        test.key
                    ))
                } else if key.starts_with("aws:principaltag/") && caller_tags_unknown {
                    Some(format!(
                        "{}: the tags of the caller are not known; give it with --context",
                        test.key
                    ))
                } else if key.starts_with("aws:principalorg") && caller_organization_unknown {
                    Some(format!(
                        "{}: the organization of the caller was not seen; give it with --context",
                        test.key
                    ))
                } else {
                    None
                }
            })
            .collect()
    }
}

/// The path of a role, with a slash at both ends.
fn role_path(row: &PrincipalRow) -> Option<&str> {
    let resource = row.arn.resource().strip_prefix("role")?;
    let end = resource.rfind('/')?;
    resource.get(..=end)
}

fn reason(judge: &Judge<'_>, case: &Case<'_>, decision: &Decision) -> String {
    let how = match decision.kind {
        DecisionKind::Allowed => "allowed",
        DecisionKind::ExplicitlyDenied => "denied",
        DecisionKind::ImplicitlyDenied => "not allowed",
    };
    match &decision.reason {
        Reason::Statement(at) => {
            let evidence = judge.evidence(case, at);
            format!(
                "{how} by {}, {} ({})",
                evidence.policy, evidence.statement, evidence.layer
            )
        }
        Reason::MissingAllow(layer) => {
            let names = policies_of(judge, case, *layer);
            let place = layer_name(case, *layer);
            if names.is_empty() {
                format!("{how}: no statement of the {place} allows it")
            } else {
                let names = names.join(", ");
                format!("{how}: no statement of the {place} allows it ({names})")
            }
        }
        Reason::Rule(rule) => format!("{how}: {rule}"),
    }
}

fn layer_name(case: &Case<'_>, layer: Layer) -> &'static str {
    match layer {
        Layer::Scp { .. } => "service control policies",
        Layer::Rcp { .. } => "resource control policies",
        Layer::VpcEndpoint { .. } => "VPC endpoint policies",
        Layer::Resource => match case.resource_policy {
            Some(ResourcePolicy::Trust(..)) => "trust policy",
            Some(ResourcePolicy::Bucket(..)) => "bucket policy",
            Some(ResourcePolicy::NotSeen) | None => "resource policy",
        },
        Layer::Identity => "identity policies",
        Layer::Boundary => "permissions boundary",
        Layer::Session => "session policies",
    }
}

/// The names of the policies in a layer.
fn policies_of(judge: &Judge<'_>, case: &Case<'_>, layer: Layer) -> Vec<String> {
    let count = judge.with_layers(case, |layers| {
        (0..)
            .take_while(|index| layer.policy(layers, *index).is_some())
            // A layer of one policy has it at every index.
            .take(match layer {
                Layer::Resource | Layer::Boundary | Layer::VpcEndpoint { .. } => 1,
                _ => usize::MAX,
            })
            .count()
    });
    (0..count)
        .map(|policy| {
            let at = StatementRef {
                layer,
                policy,
                statement: 0,
                sid: None,
            };
            judge.evidence(case, &at).policy
        })
        .collect()
}

fn layer_answer(judge: &Judge<'_>, case: &Case<'_>, layer: &LayerTrace) -> LayerAnswer {
    LayerAnswer {
        layer: layer_name(case, layer.layer).to_owned(),
        level: match layer.layer {
            Layer::Scp { level } | Layer::Rcp { level } => Some(level),
            _ => None,
        },
        policies: policies_of(judge, case, layer.layer),
        verdict: layer.verdict.to_string(),
        statements: layer
            .statements
            .iter()
            .map(|told| statement(judge, case, &told.at, Some(told)))
            .collect(),
    }
}

fn statement(
    judge: &Judge<'_>,
    case: &Case<'_>,
    at: &StatementRef,
    told: Option<&StatementTrace>,
) -> StatementAnswer {
    let evidence = judge.evidence(case, at);
    StatementAnswer {
        policy: evidence.policy,
        index: at.statement,
        sid: at.sid.as_ref().map(ToString::to_string),
        effect: told.map(|told| match told.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        }),
        misses: told.and_then(|told| told.miss.as_ref().map(ToString::to_string)),
        text: evidence.text,
    }
}
