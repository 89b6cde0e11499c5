//! Ciphertext and the use of its key in different hands.
//!
//! No service hands out ciphertext: it decrypts in the name of whoever reads, so that one caller must be let in
//! by what holds the data and by its key. What one may do by itself the other kinds judge. Two have the data
//! between them if one of them can let the other in where it lacks that, or if both let in somebody else.
//!
//! Sources: S3 User Guide, "Using server-side encryption with AWS KMS keys" (permissions); EBS User Guide,
//! "Share an Amazon EBS snapshot" (encrypted snapshots); Secrets Manager User Guide, "Secret encryption and
//! decryption".

use std::collections::{BTreeMap, HashMap, HashSet};

use super::access::{Gate, ask, candidates};
use super::policy_rewrite::{self, STRANGER};
use super::power::{ANY_NAME, better, is_certain};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Detail, Judge, Judgement};
use crate::rules::FactId;
use crate::subject::OutsideParty;
use crate::world::{AccountIndex, StoreIndex, StoreRow, World};

pub(super) struct Decryption;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "decryption",
    name: "Ciphertext and its key in different hands",
    family: "data",
    source: "two of: who reads what is encrypted, who may use its key, who may let others in to the one or the \
        other",
    target: "the data",
    precondition: "the service decrypts in the name of whoever reads, so that one caller needs both. Who grants \
        the use of the key (kms:CreateGrant) or writes its policy lets in the one who reads; who writes the \
        policy of the store lets in the one who may use the key; both together share with an account \
        outside. Somebody who may only use the key adds nothing to somebody who may only read",
    mitigations: "kms:GranteePrincipal and kms:GrantIsForAWSResource on kms:CreateGrant; denials in the key \
        policy; few who may write policies of keys and stores",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/grants.html",
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html",
    ],
};

/// Those who may do something, and how surely.
type Able = Vec<(Capability, Certainty)>;

/// Of those who may do something, the ones who are no worse than a certainty, as one premise.
type Levels = Vec<(Certainty, Capability)>;

/// Who lets others use a key.
struct KeyHolders {
    /// By its policy.
    openers: Able,
    /// By its policy, or by grants to whom they like in its account.
    granters: Able,
    /// The same to somebody of an account outside.
    handing: Able,
    /// All who make grants, and those among them who make them for some by name alone.
    granting: HashSet<Capability>,
    limited: Vec<Capability>,
}

impl KeyHolders {
    fn of(judge: &Judge<'_>, rules: &mut Deriver<'_>, key: StoreIndex) -> Self {
        let world = judge.world();
        let gate = |grantee: Option<&str>| Gate::to_granting_others(world, key, grantee);
        let all = match gate(None) {
            Some(gate) => candidates::callers(judge, rules, &gate),
            None => Vec::new(),
        };
        let to = |grantee: &str| -> Able {
            let Some(gate) = gate(Some(grantee)) else {
                return Vec::new();
            };
            let able = all.iter().filter_map(|(holder, _)| {
                let judgement = ask::from(judge, &[*holder], &gate, Detail::Certainty)?;
                Some((*holder, judgement.certainty))
            });
            able.collect()
        };
        let anybody = to(&somebody(judge, key));
        let strangers = to(&stranger_of(world));
        let free: HashSet<Capability> = anybody.iter().map(|(holder, _)| *holder).collect();
        let limited = all.iter().map(|(holder, _)| *holder);
        let limited = limited.filter(|holder| !free.contains(holder));
        let openers = policy_rewrite::openers(judge, rules, key);
        let with = |able: Able| able.into_iter().chain(openers.clone()).collect();
        Self {
            granters: with(anybody),
            handing: with(strangers),
            granting: all.iter().map(|(holder, _)| *holder).collect(),
            limited: limited.collect(),
            openers,
        }
    }
}

/// Whom a grant is for that is for nobody in particular.
fn somebody(judge: &Judge<'_>, key: StoreIndex) -> String {
    let world = judge.world();
    let owner = world.store(key).and_then(|row| world.account(row.account));
    let id = owner.map_or("", |owner| owner.id.as_str());
    format!("arn:{}:iam::{id}:role/{ANY_NAME}", world.partition)
}

fn stranger_of(world: &World) -> String {
    format!("arn:{}:iam::{STRANGER}:role/{ANY_NAME}", world.partition)
}

/// Whom a grant is for that lets somebody use a key.
fn grantee(judge: &Judge<'_>, reader: Capability, key: StoreIndex) -> String {
    match reader {
        Capability::Principal(index) | Capability::Rewritten(index, _) => {
            let row = judge.world().principal(index);
            row.map(|row| row.arn.to_string()).unwrap_or_default()
        }
        _ => somebody(judge, key),
    }
}

/// What rules there are about a store so far.
#[derive(Default)]
struct Known {
    /// Who reads what is encrypted, as the premises of the rules.
    readers: Vec<FactId>,
    /// Who certainly has the data by itself.
    done: HashSet<FactId>,
}

/// One store with its key.
struct Pair<'w> {
    store: StoreIndex,
    row: &'w StoreRow,
    /// Who lets others use the key, by its policy or by grants, and by its policy alone; whoever has the
    /// account of the store left out, if the key is in it.
    granters: Levels,
    key_openers: Levels,
    handing: Levels,
    key: StoreIndex,
    holders: &'w KeyHolders,
    /// Who lets others in to the store; the same of those who are not the account itself.
    openers: Levels,
    insiders: Levels,
}

/// Whether somebody who reads what is encrypted grants the use of the key to itself.
fn own_grant(
    judge: &Judge<'_>,
    reader: Capability,
    store: StoreIndex,
    detail: Detail,
) -> Option<Judgement> {
    let gates = Gate::of_own_grant(judge.world(), store);
    ask::through_any(judge, reader, &gates, detail)
}

/// Whether somebody has the data once it is granted the use of the key, a key policy that denies rewritten first
/// or not.
fn once_granted(
    judge: &Judge<'_>,
    reader: Capability,
    store: StoreIndex,
    rewritten: bool,
    detail: Detail,
) -> Option<Judgement> {
    let gates = Gate::of_granted_key(judge.world(), store, rewritten);
    ask::through_any(judge, reader, &gates, detail)
}

/// Whether somebody who may use the key has the data once the store lets it in.
fn once_opened(
    judge: &Judge<'_>,
    user: Capability,
    store: StoreIndex,
    detail: Detail,
) -> Option<Judgement> {
    let gates = Gate::of_opened_store(judge.world(), store);
    let reads = ask::through_any(judge, user, &gates, detail)?;
    Some(reads.and(ask::decrypts(judge, user, store, detail)?))
}

/// Whether a stranger has the data once store and key let him in.
fn stranger(
    judge: &Judge<'_>,
    store: StoreIndex,
    rewritten: bool,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    if world.store(store)?.in_network {
        return None;
    }
    let through = |gates: Vec<Gate<'_>>| {
        let gates = gates.iter();
        gates
            .map(|gate| ask::from_party(judge, &OutsideParty::Anyone, gate, detail))
            .fold(None, better)
    };
    let reads = through(Gate::of_opened_store(world, store))?;
    let decrypts = through(Gate::of_granted_key(world, store, rewritten))?;
    let from = "the attacker comes from an account of its own, outside of the organization";
    Some(reads.and(decrypts).also(from))
}

/// Whether somebody grants another the use of a key.
fn grants(
    judge: &Judge<'_>,
    granter: Capability,
    key: StoreIndex,
    grantee: &str,
    detail: Detail,
) -> Option<Judgement> {
    let by_grant = Gate::to_granting_others(judge.world(), key, Some(grantee))
        .and_then(|gate| ask::from(judge, &[granter], &gate, detail));
    better(policy_rewrite::opens(judge, granter, key, detail), by_grant)
}

/// Those among the able who are no worse than each certainty, where that adds somebody; without an account that
/// needs nobody.
fn levels(rules: &mut Deriver<'_>, able: &Able, without: Option<AccountIndex>) -> Levels {
    let mut levels = Levels::new();
    for worst in Certainty::ALL {
        let enough = able.iter().filter(|(holder, certainty)| {
            *certainty <= worst && without.map(Capability::Account) != Some(*holder)
        });
        let mut members: Vec<Capability> = enough.map(|(holder, _)| *holder).collect();
        members.sort_unstable();
        members.dedup();
        if members.is_empty() {
            continue;
        }
        if let Some(class) = rules.classes.any_of(members)
            && levels.last().is_none_or(|(_, last)| *last != class)
        {
            levels.push((worst, class));
        }
    }
    levels
}

/// All who are in little enough doubt to be told of together.
fn likely(levels: &Levels) -> Option<Capability> {
    let mut levels = levels.iter().rev();
    let level = levels.find(|(worst, _)| *worst <= Certainty::Conditional);
    level.map(|(_, class)| *class)
}

/// The rules so far about what is encrypted, by store, and about who uses keys, by key.
fn known(
    judge: &Judge<'_>,
    rules: &Deriver<'_>,
) -> (
    BTreeMap<StoreIndex, Known>,
    BTreeMap<StoreIndex, Vec<FactId>>,
) {
    let mut stores: BTreeMap<StoreIndex, Known> = BTreeMap::new();
    let mut users: BTreeMap<StoreIndex, Vec<FactId>> = BTreeMap::new();
    let mut about: HashMap<FactId, Capability> = HashMap::new();
    let world = judge.world();
    for store in world.store_indices() {
        let Some(key) = world.store(store).and_then(|row| row.key) else {
            continue;
        };
        stores.insert(store, Known::default());
        users.insert(key, Vec::new());
        for capability in [
            Capability::Encrypted(store),
            Capability::Data(store),
            Capability::Data(key),
            Capability::Through(key),
        ] {
            let fact = rules.capabilities.find(capability);
            about.extend(fact.map(|fact| (fact, capability)));
        }
    }
    for (rule, premises) in rules.rules.all() {
        let ([premise], Some(capability)) = (premises, about.get(&rule.conclusion)) else {
            continue;
        };
        match capability {
            Capability::Encrypted(store) => {
                if let Some(known) = stores.get_mut(store) {
                    known.readers.push(*premise);
                }
            }
            Capability::Data(store) | Capability::Through(store) => {
                if let Some(users) = users.get_mut(store) {
                    users.push(*premise);
                }
                if let Some(known) = stores.get_mut(store)
                    && rule.certainty == Certainty::Certain
                {
                    known.done.insert(*premise);
                }
            }
            _ => {}
        }
    }
    let readers = stores.values_mut().map(|known| &mut known.readers);
    for facts in readers.chain(users.values_mut()) {
        facts.sort_unstable();
        facts.dedup();
    }
    (stores, users)
}

/// Adds what those have who read, once they are granted the use of the key.
fn add_readers(judge: &Judge<'_>, rules: &mut Deriver<'_>, pair: &Pair<'_>, known: &Known) {
    let detail = Detail::Certainty;
    for premise in &known.readers {
        if known.done.contains(premise) {
            continue;
        }
        let Some((reader, speaker)) = speaker(rules, *premise) else {
            continue;
        };
        // A grant may be for oneself alone, which nobody of a class has in common.
        for member in rules.classes.members(reader) {
            let (encrypted, data) = (
                Capability::Encrypted(pair.store),
                Capability::Data(pair.store),
            );
            if pair.holders.granting.contains(&member)
                && let Some(judgement) = own_grant(judge, member, pair.store, detail)
            {
                rules.add(judgement.certainty, &[member, encrypted], data);
            }
            let whom = grantee(judge, member, pair.key);
            for granter in &pair.holders.limited {
                if *granter != member
                    && let Some(once) = once_granted(judge, member, pair.store, false, detail)
                    && let Some(grant) = grants(judge, *granter, pair.key, &whom, detail)
                {
                    let certainty = once.certainty.max(grant.certainty);
                    rules.add(certainty, &[member, encrypted, *granter], data);
                }
            }
        }
        if pair.granters.is_empty() && pair.key_openers.is_empty() {
            continue;
        }
        let granted = once_granted(judge, speaker, pair.store, false, detail);
        let opened = (!is_certain(granted.as_ref()) && !pair.key_openers.is_empty())
            .then(|| once_granted(judge, speaker, pair.store, true, detail))
            .flatten();
        for (judgement, levels) in [(granted, &pair.granters), (opened, &pair.key_openers)] {
            let Some(judgement) = judgement else { continue };
            for (worst, class) in levels {
                rules.add(
                    judgement.certainty.max(*worst),
                    &[reader, Capability::Encrypted(pair.store), *class],
                    Capability::Data(pair.store),
                );
            }
        }
    }
}

/// Adds what those have who may use the key, once the store lets them in.
fn add_users(
    judge: &Judge<'_>,
    rules: &mut Deriver<'_>,
    pair: &Pair<'_>,
    users: &[FactId],
    known: &Known,
) {
    for premise in users {
        if known.done.contains(premise) || pair.openers.is_empty() {
            continue;
        }
        let Some((user, speaker)) = speaker(rules, *premise) else {
            continue;
        };
        let at_home = judge.world().owner(speaker) == Some(pair.row.account);
        let openers = if at_home {
            &pair.insiders
        } else {
            &pair.openers
        };
        // A share is for other accounts, and whoever has the account has no need of another.
        let none = (at_home && !pair.row.kind.shares.is_empty())
            || speaker == Capability::Account(pair.row.account);
        if none || openers.is_empty() {
            continue;
        }
        if let Some(judgement) = once_opened(judge, speaker, pair.store, Detail::Certainty) {
            for (worst, class) in openers {
                let certainty = judgement.certainty.max(*worst);
                rules.add(certainty, &[user, *class], Capability::Data(pair.store));
            }
        }
    }
}

/// Adds that both who let others in hand the data out.
fn add_stranger(judge: &Judge<'_>, rules: &mut Deriver<'_>, pair: &Pair<'_>) {
    let ways = [(false, &pair.handing), (true, &pair.key_openers)];
    let handed = ways.into_iter().find_map(|(rewritten, granters)| {
        let premises = [likely(&pair.openers)?, likely(granters)?];
        let judgement = stranger(judge, pair.store, rewritten, Detail::Certainty)?;
        Some((premises, judgement.certainty))
    });
    if let Some((premises, certainty)) = handed {
        rules.add(certainty, &premises, Capability::Data(pair.store));
    }
}

/// The premise of a rule, and who speaks for it.
fn speaker(rules: &Deriver<'_>, premise: FactId) -> Option<(Capability, Capability)> {
    let capability = rules.capabilities.get(premise)?;
    Some((capability, rules.classes.speaker(capability)?))
}

impl LinkKind for Decryption {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let (stores, users) = known(judge, rules);
        let mut keys: HashMap<StoreIndex, KeyHolders> = HashMap::new();
        for (store, known) in stores {
            let Some((row, key)) = world.store(store).and_then(|row| Some((row, row.key?))) else {
                continue;
            };
            let holders = keys
                .entry(key)
                .or_insert_with(|| KeyHolders::of(judge, rules, key));
            // Whoever has the account of both has the data.
            let own = world.store(key).map(|key| key.account) == Some(row.account);
            let owner = own.then_some(row.account);
            let openers = policy_rewrite::openers(judge, rules, store);
            let pair = Pair {
                store,
                row,
                granters: levels(rules, &holders.granters, owner),
                key_openers: levels(rules, &holders.openers, owner),
                openers: levels(rules, &openers, owner),
                insiders: levels(rules, &openers, Some(row.account)),
                handing: levels(rules, &holders.handing, owner),
                key,
                holders,
            };
            let users = users.get(&key).map_or(&[][..], Vec::as_slice);
            add_readers(judge, rules, &pair, &known);
            add_users(judge, rules, &pair, users, &known);
            add_stranger(judge, rules, &pair);
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let Capability::Data(store) = conclusion else {
            return None;
        };
        let key = judge.world().store(store)?.key?;
        let detail = Detail::Full;
        match premises {
            [reader, Capability::Encrypted(_)] => own_grant(judge, *reader, store, detail),
            [reader, Capability::Encrypted(_), other] => {
                let granted = || {
                    let whom = grantee(judge, *reader, key);
                    let once = once_granted(judge, *reader, store, false, detail)?;
                    Some(once.and(grants(judge, *other, key, &whom, detail)?))
                };
                let opened = || {
                    let once = once_granted(judge, *reader, store, true, detail)?;
                    Some(once.and(policy_rewrite::opens(judge, *other, key, detail)?))
                };
                better(granted(), opened())
            }
            [one, other] => {
                let opened = || {
                    let once = once_opened(judge, *one, store, detail)?;
                    Some(once.and(policy_rewrite::opens(judge, *other, store, detail)?))
                };
                let by_grant = || {
                    let whom = stranger_of(judge.world());
                    let grants = grants(judge, *other, key, &whom, detail)?;
                    Some(grants.and(stranger(judge, store, false, detail)?))
                };
                let by_policy = || {
                    let writes = policy_rewrite::opens(judge, *other, key, detail)?;
                    Some(writes.and(stranger(judge, store, true, detail)?))
                };
                let handed = || {
                    let opens = policy_rewrite::opens(judge, *one, store, detail)?;
                    Some(opens.and(by_grant().or_else(by_policy)?))
                };
                better(opened(), handed())
            }
            _ => None,
        }
    }
}
