//! From a question to its answer.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::AccountId;
use blastwall_policy::decide::{rcps_bind, scps_bind, trace};
use blastwall_policy::{
    Context, Keys, Known, Principal, PrincipalError, Question, Reach, Reason, Request, actions,
    decide, reach,
};

use super::answer::{Answer, Verdict};
use super::caller::{Caller, role_path};
use super::resource::Buckets;
use super::target::Target;
use super::words::{Places, layer_answer, reason, statement};
use crate::facts::{Boundary, OrganizationFacts, PolicyType, Unjudged};
use crate::judge::{Case, Identity, Judge, ResourcePolicy};
use crate::request::RequestKeys;
use crate::world::{AccountRow, World};

/// All that can be asked about.
#[derive(Debug)]
pub struct Questions {
    pub(super) world: World,
    pub(super) buckets: Buckets,
    /// For the names of the places where policies are attached.
    pub(super) organization: OrganizationFacts,
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
    /// Ask even about an action that the compiled-in table of the Service Authorization Reference does
    /// not have, for those that are newer than the table.
    pub unlisted_action: bool,
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
    /// No service has an action of that name, as far as is known.
    #[error("there is no action `{action}`")]
    UnknownAction {
        /// As asked.
        action: String,
        /// The actions that may be meant, the likeliest first.
        nearest: Vec<String>,
    },
    /// It is not the name of a resource.
    #[error("`{0}` is no resource; give its ARN, or `*` for an action without resource")]
    Resource(String),
}

impl Asked<'_> {
    /// Whether there is such an action.
    ///
    /// # Errors
    /// It does not look like one, or none of that name is known and it is not to be one that is not.
    pub fn check_action(&self) -> Result<(), QuestionError> {
        is_action(self.action)?;
        self.check_listed()
    }

    fn check_listed(&self) -> Result<(), QuestionError> {
        if self.unlisted_action || actions::find(self.action).is_some() {
            return Ok(());
        }
        let nearest = actions::nearest(self.action).into_iter();
        Err(QuestionError::UnknownAction {
            action: self.action.to_owned(),
            nearest: nearest.map(|action| action.to_string()).collect(),
        })
    }
}

/// Whether it looks like the name of an action.
fn is_action(name: &str) -> Result<(), QuestionError> {
    match name.split_once(':') {
        Some((service, action)) if !service.is_empty() && !action.is_empty() => Ok(()),
        _ => Err(QuestionError::Action(name.to_owned())),
    }
}

impl Questions {
    /// The accounts of the organization, or those that were seen.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountId> {
        self.world.accounts.iter().map(|row| &row.id)
    }

    /// The names of all buckets that were seen.
    pub fn buckets(&self) -> impl Iterator<Item = &str> {
        self.buckets.names()
    }

    /// The ARNs of all users and roles that were seen.
    pub fn principals(&self) -> impl Iterator<Item = &str> {
        self.world.principals.iter().map(|row| row.arn.as_str())
    }

    /// Whether the request goes through, and why.
    ///
    /// # Errors
    /// When it cannot be meant: nobody by that name, no action, no resource.
    pub fn can(&self, asked: &Asked<'_>) -> Result<Answer, QuestionError> {
        is_action(asked.action)?;
        let caller = self.caller(asked.principal)?;
        let target = self.target(asked, &caller)?;
        self.answer(asked, &caller, &target)
    }

    /// The same if the resource is shared with the account of the caller, so that no policy of its own has to
    /// let the caller in.
    ///
    /// # Errors
    /// As [`can`](Self::can).
    pub fn can_by_share(&self, asked: &Asked<'_>) -> Result<Answer, QuestionError> {
        is_action(asked.action)?;
        let caller = self.caller(asked.principal)?;
        let target = Target {
            policy: Some(ResourcePolicy::Opened),
            ..self.target(asked, &caller)?
        };
        self.answer(asked, &caller, &target)
    }

    /// Whether the request of a role goes through that whoever has an account makes in it, with any policy. The
    /// principal that is asked about is left alone.
    ///
    /// # Errors
    /// As [`can`](Self::can).
    pub fn can_account(
        &self,
        account: &AccountId,
        asked: &Asked<'_>,
    ) -> Result<Answer, QuestionError> {
        is_action(asked.action)?;
        let caller = self.made_caller(account)?;
        let target = self.target(asked, &caller)?;
        self.answer(asked, &caller, &target)
    }

    fn answer<'q>(
        &'q self,
        asked: &Asked<'q>,
        caller: &Caller<'q>,
        target: &Target<'q>,
    ) -> Result<Answer, QuestionError> {
        asked.check_listed()?;
        let role_path = caller.row.and_then(|(_, row)| role_path(row));
        let acting = caller.principal.acting_account().unwrap_or_default();
        let resource_account = target.account.as_deref().unwrap_or(acting);
        let mut assumptions = Vec::new();
        let context = self.context(asked, caller, target, &mut assumptions);
        let judge = Judge::new(&self.world);
        let management = judge.management_account();

        let mut gaps = Vec::new();
        let identity_gaps = self.identity_gaps(caller);
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
        if asked.action.eq_ignore_ascii_case("sts:AssumeRoot") {
            assumptions.push(
                "root access is centralized, by the caller's account: the management account or the delegated administrator"
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
            identity: match caller.made {
                true => Identity::Anything,
                false => Identity::Attached(attached),
            },
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
            made_by_attacker: caller.made,
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
        let level_names = |policy_type, row: Option<&AccountRow>| {
            row.map(|row| self.organization.level_names(policy_type, &row.id))
                .unwrap_or_default()
        };
        let places = Places {
            scps: level_names(PolicyType::ServiceControl, scps),
            rcps: level_names(PolicyType::ResourceControl, rcps),
        };
        let (on_seen, layers) = judge.with_layers(&seen, |layers| {
            let layers = &target.with_switch(layers);
            let trace = trace(&request, layers);
            let told = trace.layers.iter();
            (
                trace.decision.clone(),
                told.map(|layer| layer_answer(&judge, &seen, &places, layer))
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
            reason: reason(&judge, case, &places, decision),
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
            keys = keys.sent_by(row);
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
        if let (Principal::RoleSession { session, .. }, Some((_, row))) =
            (&caller.principal, caller.row)
            && let Some(id) = &row.unique_id
        {
            context.insert("aws:userid", [format!("{id}:{session}")]);
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
