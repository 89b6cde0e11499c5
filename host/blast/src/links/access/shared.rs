//! Gates to what accounts share with each other, and to changing what others build on.

use std::borrow::Cow;

use blastwall_model::Arn;
use blastwall_policy::Known;

use super::Gate;
use crate::capability::Capability;
use crate::facts::{PolicyIndex, Way};
use crate::judge::ResourcePolicy;
use crate::world::{AccountIndex, StoreIndex, TrustSummary, World};

impl<'w> Gate<'w> {
    /// To changing what others build on, by all of these actions.
    pub(in crate::links) fn to_change(
        world: &'w World,
        store: StoreIndex,
        actions: &[&'static str],
        resource: String,
        conclusion: Capability,
    ) -> Option<Self> {
        let (first, with) = actions.split_first()?;
        Some(Self {
            with: with.to_vec(),
            ..Self::past(world, store, first, resource, conclusion)?
        })
    }

    /// To the data of what is shared, in one of the ways that the share gives, past the policy that the share
    /// amounts to: index, whose it is, whom it names.
    pub(in crate::links) fn of_share(
        world: &'w World,
        store: StoreIndex,
        way: &'static Way,
        (policy, share, summary): (PolicyIndex, &'w Arn, &'w TrustSummary),
    ) -> Option<Self> {
        let row = world.store(store).filter(|row| !row.unusable)?;
        Some(Self {
            policy: Some(ResourcePolicy::Resource(policy, share)),
            summary: Some(summary),
            ..Self::of_way(world, store, row, way)?
        })
    }

    /// Past a policy that is no store's: index, whose it is, whom it names. Whoever gets through has no more by
    /// that alone.
    pub(in crate::links) fn past_policy(
        world: &'w World,
        owner: AccountIndex,
        action: &'static str,
        resource: String,
        (policy, of, summary): (PolicyIndex, &'w Arn, &'w TrustSummary),
    ) -> Option<Self> {
        let account = world.account(owner)?;
        let conclusion = Capability::Account(owner);
        Some(Self {
            policy: Some(ResourcePolicy::Resource(policy, of)),
            summary: Some(summary),
            ..Self::to(action, resource, (owner, account), conclusion)
        })
    }

    /// The same with something that is known of each request.
    pub(in crate::links) fn knowing(
        mut self,
        known: impl IntoIterator<Item = (&'static str, Known)>,
    ) -> Self {
        let known = known.into_iter();
        self.known
            .extend(known.map(|(key, known)| (key.to_owned(), known)));
        self
    }

    /// The same if the same caller gets through another gate next.
    pub(in crate::links) fn followed_by(self, next: Self) -> Self {
        Self {
            then: Some(Box::new(next)),
            ..self
        }
    }

    /// The same for anything below this ARN, which is not the one of the store.
    pub(in crate::links) fn below(mut self, world: &World, prefix: String) -> Self {
        if let Some(ResourcePolicy::Resource(index, _)) = self.policy
            && let Some(stored) = world.policies.get(index)
        {
            self.names = stored.names_below(self.action, &prefix).collect();
        }
        self.below = Some(Cow::Owned(prefix));
        self
    }

    /// To the objects of a bucket by its access control list, which amounts to this policy: those alone come by it
    /// whom it names, and that public policies are restricted does not matter.
    pub(in crate::links) fn of_acl(world: &'w World, store: StoreIndex) -> Option<Self> {
        let row = world.store(store)?;
        let (policy, summary) = row.acl.as_ref()?;
        let way = row.kind.ways.first()?;
        let gate = Self::of_share(world, store, way, (*policy, &row.arn, summary))?;
        Some(Self {
            by_policy: true,
            closed: row.own_key,
            ..gate
        })
    }

    /// The same if this holds as well, in words.
    pub(in crate::links) fn hanging_on(mut self, what: impl IntoIterator<Item = String>) -> Self {
        self.besides.extend(what);
        self
    }
}
