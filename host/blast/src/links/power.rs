//! What a principal may do in its own account, under its boundary and the service control policies:
//! the question that all kinds of escalation inside an account ask.

use std::collections::BTreeSet;

use blastwall_model::Tags;
use blastwall_policy::{Keys, Principal};

use crate::certainty::Certainty;
use crate::facts::{Attachment, Boundary};
use crate::judge::{Case, Detail, Identity, Judge, Judgement, RequestKeys, ResourcePolicy};
use crate::world::{AccountRow, PrincipalIndex, PrincipalRow, World};

/// A name that stands for every name: nobody scopes a policy to it.
pub(super) const ANY_NAME: &str = "any-name-at-all";

/// A principal, and how its permissions are looked at.
#[derive(Clone)]
pub(super) struct Power<'a, 'w> {
    judge: &'a Judge<'w>,
    pub(super) row: &'w PrincipalRow,
    pub(super) account: &'w AccountRow,
    identity: Identity<'w>,
    boundary: Option<&'w Attachment>,
    detail: Detail,
}

impl<'a, 'w> Power<'a, 'w> {
    /// The principal with the permissions that it has.
    pub(super) fn of(judge: &'a Judge<'w>, index: PrincipalIndex, detail: Detail) -> Option<Self> {
        let row = judge.world().principal(index)?;
        Some(Self {
            judge,
            row,
            account: judge.world().account(row.account)?,
            identity: Identity::Attached(&row.identity),
            boundary: match &row.boundary {
                Boundary::Policy(from) => Some(from),
                Boundary::None | Boundary::Unknown => None,
            },
            detail,
        })
    }

    /// The same with whatever identity policies it takes.
    pub(super) fn with_any_policy(&self) -> Self {
        Self {
            identity: Identity::Anything,
            ..self.clone()
        }
    }

    /// The same with other identity policies.
    pub(super) fn with(&self, attachments: &'w [Attachment]) -> Self {
        Self {
            identity: Identity::Attached(attachments),
            ..self.clone()
        }
    }

    /// The same without its permissions boundary.
    pub(super) fn without_boundary(&self) -> Self {
        Self {
            boundary: None,
            ..self.clone()
        }
    }

    /// The ARN of its permissions boundary.
    pub(super) fn boundary(&self) -> Option<&'w str> {
        self.boundary.map(|from| &*from.origin)
    }

    /// What is known of a request about something in its account.
    pub(super) fn keys(&self) -> Keys {
        self.request().for_account(self.row.account).build()
    }

    /// The same about something with these tags.
    pub(super) fn keys_tagged(&self, tags: Option<&Tags>) -> Keys {
        let request = self.request().tagged(tags);
        request.for_account(self.row.account).build()
    }

    /// The same about a user or role of its account.
    pub(super) fn keys_about(&self, target: &PrincipalRow) -> Keys {
        let keys = self.request().for_resource(target).build();
        match &target.boundary {
            Boundary::None => keys.absent("iam:PermissionsBoundary"),
            Boundary::Policy(from) => keys.fixed("iam:PermissionsBoundary", [&*from.origin]),
            Boundary::Unknown => keys,
        }
    }

    fn request(&self) -> RequestKeys<'w> {
        RequestKeys::new(self.world())
            .sent_from_account(self.row.account)
            .with_tags_of(self.row)
    }

    fn world(&self) -> &'w World {
        self.judge.world()
    }

    /// Whether some policy of the principal mentions the action at all; a quick look that saves the
    /// question.
    pub(super) fn mentions(&self, action: &str) -> bool {
        match self.identity {
            Identity::Attached(attachments) => attachments.iter().any(|from| {
                let stored = self.world().policies.get(from.policy);
                stored.is_some_and(|stored| stored.may_allow(action, None))
            }),
            Identity::AtLeast(_) | Identity::Anything => true,
        }
    }

    /// Whether it may do this to this.
    pub(super) fn may(&self, action: &str, resource: &str, keys: Keys) -> Option<Judgement> {
        if !self.mentions(action) {
            return None;
        }
        self.ask(action, resource, keys, None)
    }

    /// Whether it may do this to something with a policy of its own, which has a say.
    pub(super) fn may_past(
        &self,
        action: &str,
        resource: &str,
        keys: Keys,
        policy: Option<ResourcePolicy<'_>>,
    ) -> Option<Judgement> {
        self.ask(action, resource, keys, policy)
    }

    /// Whether anybody of another organization may do this in its account, once let in.
    pub(super) fn stranger_may_once_let_in(
        &self,
        action: &str,
        resource: &str,
    ) -> Option<Judgement> {
        let stranger = format!(
            "arn:{}:iam::000000000000:role/{ANY_NAME}",
            self.world().partition
        );
        let judgement = self.judge.judge(
            &Case {
                principal: &Principal::parse(&stranger).ok()?,
                role_path: None,
                action,
                resource,
                resource_account: self.account.id.as_str(),
                keys: RequestKeys::new(self.world())
                    .sent_from_outside()
                    .for_account(self.row.account)
                    .build(),
                identity: Identity::Anything,
                boundary: None,
                scps: None,
                rcps: Some(self.account.rcps),
                resource_policy: Some(ResourcePolicy::NotSeen),
                made_by_attacker: true,
            },
            self.detail,
        )?;
        let from = "the attacker comes from an account of its own, outside of the organization";
        Some(judgement.also(from))
    }

    /// The same to something whose own policy lets everybody in.
    pub(super) fn may_once_let_in(
        &self,
        action: &str,
        resource: &str,
        keys: Keys,
    ) -> Option<Judgement> {
        self.ask(action, resource, keys, Some(ResourcePolicy::NotSeen))
    }

    fn ask(
        &self,
        action: &str,
        resource: &str,
        keys: Keys,
        resource_policy: Option<ResourcePolicy<'_>>,
    ) -> Option<Judgement> {
        self.judge.judge(
            &Case {
                principal: self.row.principal.as_ref()?,
                role_path: None,
                action,
                resource,
                resource_account: self.account.id.as_str(),
                keys,
                identity: self.identity,
                boundary: self.boundary,
                scps: Some(self.account.scps),
                // They bind what has a policy of its own.
                rcps: resource_policy.map(|_| self.account.rcps),
                resource_policy,
                made_by_attacker: false,
            },
            self.detail,
        )
    }

    /// Whether it may do this to something of its own choice: of any name, or of one that its policies
    /// name.
    pub(super) fn may_somewhere(&self, action: &str, keys: &Keys) -> Option<Judgement> {
        let service = action.split(':').next().unwrap_or_default();
        let account = &self.account.id;
        let partition = &self.world().partition;
        let any = format!("arn:{partition}:{service}:us-east-1:{account}:{ANY_NAME}/{ANY_NAME}");
        let named = self.named(action);
        let mut best: Option<Judgement> = None;
        for resource in std::iter::once(&any).chain(&named) {
            best = better(best, self.may(action, resource, keys.clone()));
            if is_certain(best.as_ref()) {
                break;
            }
        }
        best
    }

    /// Resources that fit what its policies name for an action.
    fn named(&self, action: &str) -> BTreeSet<String> {
        let Identity::Attached(attachments) = self.identity else {
            return BTreeSet::new();
        };
        let stored = attachments
            .iter()
            .filter_map(|from| self.world().policies.get(from.policy));
        stored
            .flat_map(|stored| &stored.policy.statements)
            .filter(|statement| statement.actions.covers(action))
            .filter_map(|statement| statement.resources.as_ref())
            .filter(|clause| !clause.negated)
            .flat_map(|clause| &clause.patterns)
            .map(|pattern| pattern.as_str())
            .filter(|pattern| *pattern != "*" && !pattern.contains("${"))
            .map(|pattern| pattern.replace(['*', '?'], "x"))
            .collect()
    }

    /// Adds what of its policies was not seen.
    pub(super) fn complete(&self, judgement: Judgement) -> Judgement {
        judgement
            .hanging_on(Certainty::Conditional, &self.row.gaps)
            .hanging_on(Certainty::Conditional, &self.account.scp_gaps)
    }
}

/// The surer of two.
pub(super) fn better(one: Option<Judgement>, other: Option<Judgement>) -> Option<Judgement> {
    match (one, other) {
        (Some(one), Some(other)) if other.certainty < one.certainty => Some(other),
        (None, other) => other,
        (one, _) => one,
    }
}

pub(super) fn is_certain(judgement: Option<&Judgement>) -> bool {
    judgement.is_some_and(|judgement| judgement.certainty == Certainty::Certain)
}
