//! Who gets through a gate: into a role past its trust policy, to data past the policy of what holds it.
//!
//! A gate is one action on one resource with its policy. Callers are found from the side of that policy,
//! which names accounts, principals or everyone ([`candidates`]); whether one gets through is then judged
//! against all layers ([`ask`]). Whoever has an account calls under a name of its own choice ([`callers`]).

pub(super) mod ask;
pub(super) mod callers;
pub(super) mod candidates;
mod rewritten;

use std::sync::LazyLock;

use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{PrincipalKind, StorePolicy};
use crate::judge::{Judgement, RequestKeys, ResourcePolicy};
use crate::world::{
    ASSUME_ROLE, AccountIndex, AccountRow, EvidenceIndex, PrincipalIndex, PrincipalRow, StoreIndex,
    TrustSummary, World,
};

/// What a policy names that names nobody.
static NOBODY: LazyLock<TrustSummary> = LazyLock::new(TrustSummary::default);

/// One action on one resource.
pub(super) struct Gate<'w> {
    pub(super) action: &'static str,
    /// The ARN that is asked for.
    pub(super) resource: String,
    pub(super) owner: AccountIndex,
    pub(super) account: &'w AccountRow,
    pub(super) policy: Option<ResourcePolicy<'w>>,
    pub(super) summary: Option<&'w TrustSummary>,
    /// The role that it leads into, if it does.
    pub(super) role: Option<(PrincipalIndex, &'w PrincipalRow)>,
    /// Whether nobody outside the owner's account gets through, whatever the policy says.
    pub(super) closed: bool,
    /// A condition key of the request that follows from what is asked for, and its value.
    fixed: Option<(&'static str, &'static str)>,
    /// What must be the case besides, in words.
    besides: Vec<String>,
    /// What is behind it.
    pub(super) conclusion: Capability,
}

impl<'w> Gate<'w> {
    /// Into a role; none for a user.
    pub(super) fn of_role(world: &'w World, role: PrincipalIndex) -> Option<Self> {
        let row = world.principal(role)?;
        let policy = ResourcePolicy::of(row)?;
        debug_assert_eq!(row.kind, PrincipalKind::Role);
        let summary = match policy {
            ResourcePolicy::Trust(index, _) => world.trusts.get(&index),
            ResourcePolicy::Resource(..) | ResourcePolicy::NotSeen => None,
        };
        Some(Self {
            action: ASSUME_ROLE,
            resource: row.arn.to_string(),
            owner: row.account,
            account: world.account(row.account)?,
            policy: Some(policy),
            summary,
            role: Some((role, row)),
            closed: false,
            // No service assumes a role with the credentials that it was called with.
            fixed: Some(("aws:ViaAWSService", "false")),
            besides: Vec::new(),
            conclusion: Capability::Principal(role),
        })
    }

    /// To the data of what holds it.
    pub(super) fn of_store(world: &'w World, store: StoreIndex) -> Option<Self> {
        let row = world.store(store)?;
        Some(Self {
            action: row.kind.action,
            resource: format!("{}{}", row.arn, row.kind.suffix),
            owner: row.account,
            account: world.account(row.account)?,
            policy: match row.policy {
                StorePolicy::Policy(index) => Some(ResourcePolicy::Resource(index, &row.arn)),
                StorePolicy::Unknown => Some(ResourcePolicy::NotSeen),
                StorePolicy::None => None,
            },
            summary: Some(&row.summary),
            role: None,
            closed: row.closed,
            fixed: None,
            besides: row
                .unseen_key
                .iter()
                .map(|key| format!("the key {key}, which was not seen, lets the caller decrypt"))
                .collect(),
            conclusion: match row.key {
                Some(_) => Capability::Encrypted(store),
                None => Capability::Data(store),
            },
        })
    }

    /// To changing what others run from a store; none if nobody does.
    pub(super) fn to_supply(world: &'w World, store: StoreIndex) -> Option<Self> {
        let gate = Self::of_store(world, store)?;
        let row = world.store(store)?;
        Some(Self {
            action: row.kind.push.first()?,
            besides: Vec::new(),
            conclusion: Capability::Supply(store),
            ..gate
        })
    }

    /// To destroying what tells what happened.
    pub(super) fn to_evidence(
        world: &'w World,
        evidence: EvidenceIndex,
        action: &'static str,
        resource: String,
    ) -> Option<Self> {
        let row = world.evidence(evidence)?;
        let of_store = row.store.and_then(|store| Self::of_store(world, store));
        let lock = row.store.and_then(|store| world.store(store)?.lock.words());
        Some(Self {
            action,
            resource,
            owner: row.owner,
            account: world.account(row.owner)?,
            policy: of_store.as_ref().and_then(|gate| gate.policy),
            summary: Some(of_store.map_or(&NOBODY, |gate| gate.summary.unwrap_or(&NOBODY))),
            role: None,
            closed: false,
            fixed: None,
            besides: lock.into_iter().map(str::to_owned).collect(),
            conclusion: Capability::Evidence(evidence),
        })
    }

    /// The same for whoever rewrites the policy first and lifts locks that can be lifted.
    pub(super) fn for_owner(self) -> Self {
        Self {
            policy: None,
            summary: Some(&NOBODY),
            besides: Vec::new(),
            ..self
        }
    }

    /// To the policies of the organization, past its resource policy; none if it has none.
    pub(super) fn of_organization(
        world: &'w World,
        action: &'static str,
        resource: String,
        fixed: Option<(&'static str, &'static str)>,
        besides: Vec<String>,
    ) -> Option<Self> {
        let (arn, policy, summary) = world.delegation.as_ref()?;
        let owner = world.management?;
        Some(Self {
            action,
            resource,
            owner,
            account: world.account(owner)?,
            policy: Some(ResourcePolicy::Resource(*policy, arn)),
            summary: Some(summary),
            role: None,
            closed: false,
            fixed,
            besides,
            conclusion: Capability::Guardrails,
        })
    }

    /// What is known of a request.
    pub(super) fn keys<'a>(&self, keys: RequestKeys<'a>) -> RequestKeys<'a> {
        let keys = match self.fixed {
            Some((key, value)) => keys.with(key, value),
            None => keys,
        };
        match self.role {
            Some((_, row)) => keys.for_resource(row),
            None => keys.for_account(self.owner),
        }
    }

    /// Adds what was not seen on this side.
    fn complete(&self, judgement: Judgement) -> Judgement {
        let unseen = match self.policy {
            Some(ResourcePolicy::NotSeen) => Some(match self.role {
                Some((_, row)) => format!(
                    "the trust policy of {}, which was not seen, lets the caller in",
                    row.arn
                ),
                None => format!(
                    "the policy of {}, which was not seen, lets the caller through",
                    self.resource
                ),
            }),
            _ => None,
        };
        judgement
            .hanging_on(Certainty::Speculative, unseen.as_slice())
            .hanging_on(Certainty::Conditional, &self.besides)
            .hanging_on(Certainty::Conditional, &self.account.rcp_gaps)
    }
}
