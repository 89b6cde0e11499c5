//! Gates that somebody else opened by then: whoever rewrites the policy of what holds data, or grants the use
//! of its key, lets in whom it likes.

use super::{GRANTEE, Gate, granting, known};
use crate::capability::Capability;
use crate::facts::{CREATE_GRANT, KEY};
use crate::judge::ResourcePolicy;
use crate::world::{StoreIndex, World};

impl<'w> Gate<'w> {
    /// The ways to the data of what holds it, once its policy was rewritten.
    pub(in crate::links) fn of_opened_store(world: &'w World, store: StoreIndex) -> Vec<Self> {
        let gates = Self::of_store(world, store).into_iter();
        let opened = gates.map(|gate| Self {
            policy: Some(ResourcePolicy::Opened),
            ..gate
        });
        opened.collect()
    }

    /// To the use of the key of what holds data, once the caller has a grant for it. A key policy that denies
    /// stays in the way, unless it was rewritten.
    pub(in crate::links) fn of_granted_key(
        world: &'w World,
        store: StoreIndex,
        rewritten: bool,
    ) -> Vec<Self> {
        let key = world.store(store).and_then(|row| world.store(row.key?));
        let gates = Self::of_key(world, store).into_iter();
        let granted = gates.map(|gate| Self {
            policy: gate.policy.filter(|_| !rewritten),
            granted: key.map(|key| &key.arn),
            grantees: &[],
            ..gate
        });
        granted.collect()
    }

    /// The same by way of a grant that the caller makes itself.
    pub(in crate::links) fn of_own_grant(world: &'w World, store: StoreIndex) -> Vec<Self> {
        let Some(key) = world.store(store).and_then(|row| row.key) else {
            return Vec::new();
        };
        let used = Self::of_granted_key(world, store, false).into_iter();
        let own = used.filter_map(|used| {
            Some(Self {
                then: Some(Box::new(used)),
                ..Self::to_granting_others(world, key, None)?
            })
        });
        own.collect()
    }

    /// To granting the use of a key to somebody, or if nobody is named, to whomever the policies name.
    pub(in crate::links) fn to_granting_others(
        world: &'w World,
        key: StoreIndex,
        grantee: Option<&str>,
    ) -> Option<Self> {
        let row = world.store(key).filter(|row| row.kind.kind == KEY)?;
        (!row.unusable).then_some(())?;
        let arn = row.arn.to_string();
        let named = grantee.map(|grantee| known(GRANTEE, grantee));
        Some(Self {
            known: granting().into_iter().chain(named).collect(),
            ..Self::past(world, key, CREATE_GRANT, arn, Capability::Data(key))?
        })
    }
}
