//! The facts of the closure: what an attacker can hold, numbered.
//!
//! A new kind of capability is a new variant here and a new arm in `world/subjects.rs`; the rules and the closure know
//! numbers only.

use std::collections::HashMap;

use crate::rules::FactId;
use crate::world::{
    AccountIndex, EvidenceIndex, OutsideIndex, PrincipalIndex, StoreIndex, WorkloadIndex,
};

/// How the permissions of a principal were changed; not at all, of one that was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Rewrite {
    /// Whether a policy that allows everything was added.
    pub(crate) anything: bool,
    /// Whether its permissions boundary was taken away.
    pub(crate) unbound: bool,
    /// A bit for each of the first of its policies that was taken away.
    pub(crate) without: u32,
    /// A group that it was put into, or a managed policy that it was attached, by its place in the account:
    /// [`AccountRow::addition`](crate::world::AccountRow::addition).
    pub(crate) added: Option<u16>,
    /// Who writes its tags, as the question at hand takes them.
    pub(crate) tagged: Option<Tagger>,
}

/// Who writes tags of another, or of itself: a principal, with which permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tagger {
    pub(crate) by: PrincipalIndex,
    anything: bool,
    unbound: bool,
    without: u32,
    added: Option<u16>,
}

impl Tagger {
    /// A principal whose permissions were changed, as one that writes tags. Whose tags decide what it may
    /// tag is left out.
    pub(crate) fn new(by: PrincipalIndex, rewrite: Rewrite) -> Self {
        let Rewrite {
            anything,
            unbound,
            without,
            added,
            tagged: _,
        } = rewrite;
        Self {
            by,
            anything,
            unbound,
            without,
            added,
        }
    }

    /// How its permissions were changed.
    pub(crate) fn rewrite(self) -> Rewrite {
        Rewrite {
            anything: self.anything,
            unbound: self.unbound,
            without: self.without,
            added: self.added,
            tagged: None,
        }
    }
}

impl Rewrite {
    /// One change after another; none if only one of them can be told, because each adds something else.
    pub(crate) fn then(self, other: Self) -> Option<Self> {
        let anything = self.anything || other.anything;
        let added = match (self.added, other.added) {
            _ if anything => None,
            (Some(one), Some(another)) if one != another => return None,
            (one, another) => one.or(another),
        };
        Some(Self {
            anything,
            unbound: self.unbound || other.unbound,
            without: self.without | other.without,
            added,
            tagged: self.tagged.or(other.tagged),
        })
    }
}

/// Something that an attacker can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Capability {
    /// Full control of an account.
    Account(AccountIndex),
    /// Control of a user or role, with the permissions that it has.
    Principal(PrincipalIndex),
    /// The same, once its permissions were changed, or it was made.
    Rewritten(PrincipalIndex, Rewrite),
    /// Running code in a workload, as its roles.
    Workload(WorkloadIndex),
    /// Opening connections to what listens in a workload.
    Network(WorkloadIndex),
    /// The data of something that holds data; of a key, the use of it to decrypt.
    Data(StoreIndex),
    /// Of a key: the use of it for some ciphertexts alone, those of a service or of an encryption context.
    /// It shows as the data of the key, and nothing follows from it: what is kept is judged by itself.
    Through(StoreIndex),
    /// The same as data, as far as it is encrypted under a key.
    Encrypted(StoreIndex),
    /// Changing what others run or rely on: the images of a repository, the objects of a bucket with code, a
    /// shared document of commands, the names of a zone.
    Supply(StoreIndex),
    /// Power over the policies of the organization.
    Guardrails,
    /// Power over what tells what happened, or brings it back.
    Evidence(EvidenceIndex),
    /// Being a party outside.
    Outside(OutsideIndex),
    /// Control of some principal of a class whose members no policy at hand tells apart. It
    /// exists to keep the number of rules down and never shows.
    Class(u32),
}

/// All facts that some rule mentions, numbered in the order of first mention.
#[derive(Debug, Default)]
pub(crate) struct Capabilities {
    ids: HashMap<Capability, FactId>,
    capabilities: Vec<Capability>,
}

impl Capabilities {
    /// The number of a capability, a new one at first mention.
    pub(crate) fn id(&mut self, capability: Capability) -> FactId {
        *self.ids.entry(capability).or_insert_with(|| {
            let id = FactId(u32::try_from(self.capabilities.len()).unwrap_or(u32::MAX));
            self.capabilities.push(capability);
            id
        })
    }

    /// The number of a capability that was mentioned.
    pub(crate) fn find(&self, capability: Capability) -> Option<FactId> {
        self.ids.get(&capability).copied()
    }

    pub(crate) fn get(&self, id: FactId) -> Option<Capability> {
        self.capabilities.get(id.index()).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (FactId, Capability)> + '_ {
        (0..).map(FactId).zip(self.capabilities.iter().copied())
    }

    pub(crate) fn len(&self) -> usize {
        self.capabilities.len()
    }
}
