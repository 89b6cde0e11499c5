//! Who gets through a gate: into a role past its trust policy, to data past the policy of what holds it.
//!
//! A gate is one action on one resource with its policy. Callers are found from the side of that policy,
//! which names accounts, principals or everyone ([`candidates`]); whether one gets through is then judged
//! against all layers ([`ask`]). Whoever has an account calls under a name of its own choice ([`callers`]).

pub(super) mod ask;
pub(super) mod callers;
pub(super) mod candidates;
mod functions;
mod opened;
mod points;
mod rewritten;
mod shared;

pub(super) use points::through_none as through_no_access_point;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use blastwall_model::{Arn, GLOBAL, Tags};
use blastwall_policy::{Keys, KmsGrant, Known, Principal};

use super::power::{better, is_certain};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{BUCKET, CREATE_GRANT, KEY, PolicyIndex, PrincipalKind, StorePolicy, Way};
use crate::judge::{Judgement, ResourcePolicy};
use crate::regions::region_of;
use crate::request::RequestKeys;
use crate::world::{
    ASSUME_ROLE, AccountIndex, AccountRow, EvidenceIndex, PrincipalIndex, PrincipalRow, StoreIndex,
    StoreRow, TrustSummary, World,
};

/// A condition key that has one value.
fn known(key: &str, value: &str) -> (String, Known) {
    (key.to_owned(), Known::Fixed(vec![value.to_owned()]))
}

/// What a policy names that names nobody.
static NOBODY: LazyLock<TrustSummary> = LazyLock::new(TrustSummary::default);

const DECRYPT: &str = "kms:Decrypt";

/// Which service asks a key for somebody.
const VIA_SERVICE: &str = "kms:ViaService";

const FOR_SOME: &str =
    "it is decrypted by the service, or in the context, that the policies ask for";
const IN_NETWORK: &str = "the caller opens connections inside the network that it is in";
const BEFORE_BUCKET_KEY: &str = "an object was written before the bucket had a bucket key";
const WITH_BUCKET_KEY: &str = "an object was written with a bucket key";

/// What is known of a request for a grant that lets the caller itself decrypt. Source: KMS Developer Guide,
/// "AWS KMS condition keys".
pub(super) fn granting() -> Vec<(String, Known)> {
    let fixed = |value: &str| Known::Fixed(vec![value.to_owned()]);
    let known = [
        ("kms:GrantOperations", fixed("Decrypt")),
        ("kms:GrantIsForAWSResource", fixed("false")),
        ("kms:GrantConstraintType", Known::Absent),
        (VIA_SERVICE, Known::Absent),
    ];
    known.map(|(key, known)| (key.to_owned(), known)).into()
}

/// What is known of a request to decrypt that is the caller's own, whatever was encrypted: no service is in
/// between, and the context is none that a policy knows.
fn directly(world: &World) -> Vec<(String, Known)> {
    let context = || Known::Fixed(vec!["any-context-at-all".to_owned()]);
    let contexts = world.context_keys.iter();
    contexts
        .map(|key| (key.clone(), context()))
        .chain([(VIA_SERVICE.to_owned(), Known::Absent)])
        .collect()
}

/// Whom a grant is for.
pub(super) const GRANTEE: &str = "kms:GranteePrincipal";

/// What is asked of one resource; most often one action.
#[derive(Clone)]
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
    /// Whether those count alone that its policy lets in, and not whom their own policies are enough for.
    pub(super) by_policy: bool,
    /// Whether it is reached from inside a network alone, so that no policy lets a stranger in.
    in_network: bool,
    /// More actions that are needed on the same resource.
    with: Vec<&'static str>,
    /// Actions that are needed on something of the caller's own: service and name.
    at_home: &'static [(&'static str, &'static str, &'static str)],
    /// The ARN below which things may be asked for, if not all need be the same, and those that the policy
    /// names.
    below: Option<Cow<'w, str>>,
    names: BTreeSet<String>,
    /// What is known of a request, besides what all requests to the account have.
    known: Vec<(String, Known)>,
    /// The region that requests go to, where the resource does not have it in its ARN.
    region: Option<&'w str>,
    tags: Option<&'w Tags>,
    /// The key that the caller has a grant of its own making for by then, if that is how it comes.
    granted: Option<&'w Arn>,
    /// Whom the grants name that there are, if they count.
    grantees: &'w [String],
    /// What the same caller has to get through next.
    then: Option<Box<Gate<'w>>>,
    /// Whether it is what an access point leads to: what limits the caller had its say there.
    behind: bool,
    /// What must be the case besides, in words.
    besides: Vec<String>,
    /// What is behind it.
    pub(super) conclusion: Capability,
}

impl<'w> Gate<'w> {
    /// A gate with nothing but what every gate has.
    fn to(
        action: &'static str,
        resource: String,
        owner: (AccountIndex, &'w AccountRow),
        conclusion: Capability,
    ) -> Self {
        Self {
            action,
            resource,
            owner: owner.0,
            account: owner.1,
            policy: None,
            summary: None,
            role: None,
            closed: false,
            by_policy: false,
            in_network: false,
            with: Vec::new(),
            at_home: &[],
            below: None,
            names: BTreeSet::new(),
            known: Vec::new(),
            region: None,
            tags: None,
            granted: None,
            grantees: &[],
            then: None,
            behind: false,
            besides: Vec::new(),
            conclusion,
        }
    }

    /// Into a role; none for a user.
    pub(super) fn of_role(world: &'w World, role: PrincipalIndex) -> Option<Self> {
        let row = world.principal(role)?;
        let policy = ResourcePolicy::of(row)?;
        debug_assert_eq!(row.kind, PrincipalKind::Role);
        let summary = match policy {
            ResourcePolicy::Trust(index, _) => world.trusts.get(&index),
            ResourcePolicy::Resource(..)
            | ResourcePolicy::Granted(..)
            | ResourcePolicy::NotSeen
            | ResourcePolicy::Opened => None,
        };
        let owner = (row.account, world.account(row.account)?);
        let conclusion = Capability::Principal(role);
        Some(Self {
            policy: Some(policy),
            summary,
            role: Some((role, row)),
            // No service assumes a role with the credentials that it was called with.
            known: vec![known("aws:ViaAWSService", "false")],
            ..Self::to(ASSUME_ROLE, row.arn.to_string(), owner, conclusion)
        })
    }

    /// Past the policy of what holds data, to something that is done to it.
    fn past(
        world: &'w World,
        store: StoreIndex,
        action: &'static str,
        resource: String,
        conclusion: Capability,
    ) -> Option<Self> {
        let row = world.store(store)?;
        let owner = (row.account, world.account(row.account)?);
        Some(Self {
            policy: match row.policy {
                StorePolicy::Policy(index) => Some(ResourcePolicy::Resource(index, &row.arn)),
                StorePolicy::Unknown => Some(ResourcePolicy::NotSeen),
                StorePolicy::None => None,
            },
            summary: Some(&row.summary),
            tags: row.tags.as_ref(),
            region: Some(&*row.region).filter(|region| *region != GLOBAL),
            ..Self::to(action, resource, owner, conclusion)
        })
    }

    /// The ways to the data of what holds it, each enough.
    pub(super) fn of_store(world: &'w World, store: StoreIndex) -> Vec<Self> {
        let Some(row) = world.store(store).filter(|row| !row.unusable) else {
            return Vec::new();
        };
        let ways = row.kind.ways.iter();
        ways.filter_map(|way| Self::of_way(world, store, row, way))
            .collect()
    }

    fn of_way(
        world: &'w World,
        store: StoreIndex,
        row: &'w StoreRow,
        way: &'static Way,
    ) -> Option<Self> {
        let (first, with) = way.actions.split_first()?;
        let suffix = way.suffix.unwrap_or(row.kind.suffix);
        let unseen = row.doubts.iter().cloned();
        let inside = row.in_network.then(|| IN_NETWORK.to_owned());
        let besides = (!way.besides.is_empty()).then(|| way.besides.to_owned());
        let conclusion = match row.key {
            Some(_) => Capability::Encrypted(store),
            None => Capability::Data(store),
        };
        let gate = Self::past(
            world,
            store,
            first,
            format!("{}{suffix}", row.asked),
            conclusion,
        )?;
        Some(
            Self {
                closed: row.is_closed(),
                in_network: row.in_network,
                with: with.to_vec(),
                at_home: way.at_home,
                known: match row.kind.kind {
                    KEY => directly(world),
                    BUCKET => points::none(),
                    _ => Vec::new(),
                },
                besides: unseen.chain(inside).chain(besides).collect(),
                ..gate
            }
            .anything_below(world, row),
        )
    }

    /// The same for anything below the ARN that it is about.
    fn anything_below(mut self, world: &World, row: &'w StoreRow) -> Self {
        if row.kind.suffix.is_empty() {
            return self;
        }
        self.below = Some(row.arn.as_str().into());
        if let Some(ResourcePolicy::Resource(index, _)) = self.policy
            && let Some(stored) = world.policies.get(index)
        {
            self.names = stored.names_below(self.action, row.arn.as_str()).collect();
        }
        self
    }

    /// To the use of the key of what holds data, as the service that decrypts for a reader asks for it. Most
    /// often one; a bucket asks in two ways, depending on when an object was written.
    ///
    /// Sources: KMS Developer Guide, "kms:ViaService"; S3 User Guide, "Changes to note before enabling an
    /// S3 Bucket Key"; Secrets Manager User Guide, "Secret encryption and decryption".
    pub(super) fn of_key(world: &'w World, store: StoreIndex) -> Vec<Self> {
        let Some(row) = world.store(store) else {
            return Vec::new();
        };
        let Some(key) = row.key.filter(|key| {
            let key = world.store(*key);
            key.is_some_and(|key| !key.unusable)
        }) else {
            return Vec::new();
        };
        let region = match row.arn.region() {
            "" => &row.region,
            region => region,
        };
        let suffix = match world.partition.as_str() {
            "aws-cn" => "amazonaws.com.cn",
            _ => "amazonaws.com",
        };
        // A bucket of which no region was told may be in any.
        let via = (region != GLOBAL && !row.kind.via.is_empty())
            .then(|| format!("{}.{region}.{suffix}", row.kind.via));
        let gate = |about: &str, besides: &str| {
            let key_row = world.store(key)?;
            let arn = key_row.arn.to_string();
            let mut gate = Self::past(world, key, DECRYPT, arn, Capability::Data(store))?;
            if !key_row.grants.is_empty() {
                gate = gate.with_grants(key_row);
            }
            let via = via.iter().cloned();
            gate.known
                .extend(via.map(|via| (VIA_SERVICE.to_owned(), Known::Fixed(vec![via]))));
            if !row.kind.context.is_empty() {
                let context = Known::Fixed(vec![about.to_owned()]);
                gate.known.push((row.kind.context.to_owned(), context));
            }
            if !besides.is_empty() {
                gate.besides.push(besides.to_owned());
            }
            Some(gate)
        };
        let arn = row.arn.as_str();
        let object = format!("{arn}{}", row.kind.suffix);
        let gates = match (row.kind.kind, row.bucket_key) {
            (BUCKET, true) => [gate(arn, ""), gate(&object, BEFORE_BUCKET_KEY)],
            (BUCKET, false) => [gate(&object, ""), gate(arn, WITH_BUCKET_KEY)],
            _ => [gate(arn, ""), None],
        };
        gates.into_iter().flatten().collect()
    }

    /// The same with the grants that there are.
    pub(super) fn with_grants(self, row: &'w StoreRow) -> Self {
        let policy = match row.policy {
            StorePolicy::Policy(index) => Some(index),
            StorePolicy::Unknown | StorePolicy::None => None,
        };
        Self {
            policy: Some(ResourcePolicy::Granted(policy, &row.arn, &row.grants)),
            grantees: &row.grantees,
            ..self
        }
    }

    /// To the use of a key for some ciphertexts alone: by way of the service, or in the context, that the
    /// policies and grants ask for.
    pub(super) fn for_some(world: &'w World, key: StoreIndex) -> Option<Self> {
        let row = world.store(key).filter(|row| row.kind.kind == KEY)?;
        (!row.unusable).then_some(())?;
        let arn = row.arn.to_string();
        let gate = Self::past(world, key, DECRYPT, arn, Capability::Through(key))?;
        let gate = match row.grants.as_slice() {
            [] => gate,
            _ => gate.with_grants(row),
        };
        Some(Self {
            besides: vec![FOR_SOME.to_owned()],
            ..gate
        })
    }

    /// To the use of a key by way of a grant that the caller makes itself.
    pub(super) fn to_granting(world: &'w World, key: StoreIndex) -> Option<Self> {
        let row = world.store(key).filter(|row| row.kind.kind == KEY)?;
        (!row.unusable).then_some(())?;
        let arn = row.arn.to_string();
        let used = Self {
            granted: Some(&row.arn),
            known: vec![(VIA_SERVICE.to_owned(), Known::Absent)],
            ..Self::past(world, key, DECRYPT, arn.clone(), Capability::Data(key))?
        };
        Some(Self {
            known: granting(),
            then: Some(Box::new(used)),
            ..Self::past(world, key, CREATE_GRANT, arn, Capability::Data(key))?
        })
    }

    /// The same if this holds as well.
    pub(super) fn besides(mut self, judgement: &Judgement) -> Self {
        let texts = judgement.conditions.iter();
        self.besides
            .extend(texts.map(|condition| condition.text.clone()));
        self
    }

    /// What the same caller has to get through next.
    pub(super) fn then(&self) -> Option<&Gate<'w>> {
        self.then.as_deref()
    }

    /// To changing what others run from a store: all of these objects, if it is a bucket and they are known;
    /// none if nobody changes it.
    pub(super) fn to_supply(
        world: &'w World,
        store: StoreIndex,
        object: Option<&str>,
        conclusion: Capability,
    ) -> Option<Self> {
        let row = world.store(store)?;
        let (first, with) = row.kind.push.split_first()?;
        let resource = match object {
            Some(object) => format!("{}/{object}", row.arn),
            None => format!("{}{}", row.arn, row.kind.suffix),
        };
        let gate = Self {
            // Whoever writes an object chooses the key that it is encrypted under.
            closed: row.restricted,
            with: with.to_vec(),
            ..Self::past(world, store, first, resource, conclusion)?
        };
        Some(match object {
            Some(_) => gate,
            None => gate.anything_below(world, row),
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
        let conclusion = Capability::Evidence(evidence);
        let lock = row.store.and_then(|store| world.store(store)?.lock.words());
        let gate = match row.store {
            Some(store) => Self::past(world, store, action, resource, conclusion)?,
            None => {
                let owner = (row.owner, world.account(row.owner)?);
                Self::to(action, resource, owner, conclusion)
            }
        };
        Some(Self {
            owner: row.owner,
            account: world.account(row.owner)?,
            summary: gate.summary.or(Some(&NOBODY)),
            besides: lock.into_iter().map(str::to_owned).collect(),
            ..gate
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
        let owner = (owner, world.account(owner)?);
        Some(Self {
            policy: Some(ResourcePolicy::Resource(*policy, arn)),
            summary: Some(summary),
            known: fixed
                .map(|(key, value)| known(key, value))
                .into_iter()
                .collect(),
            besides,
            ..Self::to(action, resource, owner, Capability::Guardrails)
        })
    }

    /// The region that requests go to; none if that is not known, or the caller chooses.
    fn region<'a>(&'a self, world: &'a World) -> Option<&'a str> {
        region_of(self.action, &self.resource, &world.partition).or(self.region)
    }

    /// What is known of a request.
    pub(super) fn keys<'a>(&self, keys: RequestKeys<'a>) -> RequestKeys<'a> {
        let keys = match self.region(keys.world) {
            Some(region) => keys.knowing(&[known("aws:RequestedRegion", region)]),
            None => keys,
        };
        match self.role {
            Some((_, row)) => keys.for_resource(row),
            None => keys.tagged(self.tags).for_account(self.owner),
        }
        .knowing(&self.known)
    }

    /// The policy that has a say, with the grant that the caller made itself, if that is how it comes.
    fn policy_with<'a>(&'a self, own: &'a Option<KmsGrant>) -> Option<ResourcePolicy<'a>> {
        match self.granted {
            Some(key) => Some(ResourcePolicy::Granted(
                self.policy_index(),
                key,
                own.as_slice(),
            )),
            None => self.policy,
        }
    }

    /// The grant that a caller made itself by then, if that is how it comes.
    fn own_grant(&self, caller: &Principal) -> Option<KmsGrant> {
        let granted = self.granted.is_some();
        granted.then(|| KmsGrant::new(caller.clone(), ["Decrypt"], None))
    }

    /// Whom the grants name that count, by ARN.
    fn grantees(&self) -> impl Iterator<Item = &'w str> + use<'w> {
        self.grantees.iter().map(String::as_str)
    }

    /// What is known of a request by this caller: grants are made for oneself.
    fn keys_for(&self, caller: &Principal, keys: &Keys) -> Keys {
        let keys = keys.clone();
        if self.action == CREATE_GRANT && self.then.is_some() {
            keys.fixed(GRANTEE, [caller.as_str()])
        } else {
            keys
        }
    }

    /// What all of the requests are about, as `ask` answers for one gate: the whole, or else one of the
    /// things below that some policy names, those of the caller included.
    fn answer(
        &self,
        of_caller: impl FnOnce(&str) -> BTreeSet<String>,
        ask: impl Fn(&Self) -> Option<Judgement>,
    ) -> Option<Judgement> {
        let here = self.answer_here(of_caller, &ask)?;
        match &self.then {
            Some(then) => Some(here.and(then.answer_here(|_| BTreeSet::new(), &ask)?)),
            None => Some(here),
        }
    }

    fn answer_here(
        &self,
        of_caller: impl FnOnce(&str) -> BTreeSet<String>,
        ask: &dyn Fn(&Self) -> Option<Judgement>,
    ) -> Option<Judgement> {
        let mut best = ask(self);
        if !is_certain(best.as_ref())
            && let Some(below) = self.below.as_deref()
        {
            let names = of_caller(below);
            for name in self.names.iter().chain(names.difference(&self.names)) {
                let gate = Self {
                    resource: name.clone(),
                    ..self.clone()
                };
                let what = format!("what is wanted is under a name such as {name}");
                let judgement = ask(&gate)
                    .map(|judgement| judgement.hanging_on(Certainty::Conditional, &[what]));
                best = better(best, judgement);
                if best.is_some() {
                    // No name makes it surer.
                    break;
                }
            }
        }
        best
    }

    /// The key that what is behind it is encrypted under.
    fn key(&self, world: &'w World) -> Option<&'w StoreRow> {
        match self.conclusion {
            Capability::Encrypted(store) => world.store(world.store(store)?.key?),
            _ => None,
        }
    }

    /// The policy that has a say.
    fn policy_index(&self) -> Option<PolicyIndex> {
        match self.policy? {
            ResourcePolicy::Trust(index, _) | ResourcePolicy::Resource(index, _) => Some(index),
            ResourcePolicy::Granted(index, ..) => index,
            ResourcePolicy::NotSeen | ResourcePolicy::Opened => None,
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
        // Grants hold where a policy was not seen, unless that denies.
        let denies = match self.policy {
            Some(ResourcePolicy::Granted(None, arn, _)) => Some(format!(
                "the policy of {arn}, which was not seen, does not deny it"
            )),
            _ => None,
        };
        judgement
            .hanging_on(Certainty::Conditional, denies.as_slice())
            .hanging_on(Certainty::Speculative, unseen.as_slice())
            .hanging_on(Certainty::Conditional, &self.besides)
            .hanging_on(Certainty::Conditional, &self.account.rcp_gaps)
    }
}
