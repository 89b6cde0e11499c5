//! Rewriting the policy of what holds data, sharing it, or granting the use of a key: who lets itself in, and
//! who hands it to somebody outside. Part of the kind `trust-rewrite`.

use blastwall_policy::Keys;

use super::Deriver;
use super::access::{GRANTEE, Gate, ask, candidates, granting, through_no_access_point};
use super::power::{ANY_NAME, Power, better};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{BUCKET, CREATE_GRANT, KEY, StorePolicy, Way};
use crate::judge::{Detail, Judge, Judgement, ResourcePolicy};
use crate::subject::OutsideParty;
use crate::world::{PrincipalIndex, StoreIndex, StoreRow};

/// An account that is nobody's at hand.
pub(super) const STRANGER: &str = "000000000000";

/// What a writer gains of one store.
#[derive(Default)]
struct Gains {
    /// What is in it, as far as the store itself is in the way.
    read: Option<Judgement>,
    /// The data, key and all, for somebody outside.
    handed_out: Option<Judgement>,
    supply: Option<Judgement>,
}

/// Adds what follows from the rights over one store.
pub(super) fn derive(
    judge: &Judge<'_>,
    rules: &mut Deriver<'_>,
    store: StoreIndex,
    supplies: bool,
) {
    let world = judge.world();
    let Some(row) = world
        .store(store)
        .filter(|row| !row.kind.rewrites.is_empty())
    else {
        return;
    };
    for (premise, _, power) in writers(judge, rules, row) {
        let gains = gains(judge, &power, store, row, supplies);
        if let Some(judgement) = &gains.read {
            rules.add_with_key(judge, judgement, premise, gained(store, row));
        }
        for (judgement, conclusion) in [
            (gains.handed_out, Capability::Data(store)),
            (gains.supply, Capability::Supply(store)),
        ] {
            if let Some(judgement) = judgement {
                rules.add(judgement.certainty, &[premise], conclusion);
            }
        }
    }
    if let Some(gate) = Gate::to_granting(world, store) {
        candidates::add_links(judge, rules, &gate);
    }
}

/// Whoever may have a right to rewrite the policy of a store: by policies of its own, or because that one names
/// it.
fn writers<'j, 'w>(
    judge: &'j Judge<'w>,
    rules: &Deriver<'_>,
    row: &StoreRow,
) -> Vec<(Capability, PrincipalIndex, Power<'j, 'w>)> {
    let mut holders = rules.holders(judge, row.account, row.kind.rewrites);
    let named = judge
        .world()
        .principals_of(row.account)
        .filter(|writer| is_named(judge, row, *writer));
    for writer in named {
        let premise = Capability::Principal(writer);
        if holders.iter().all(|(holder, ..)| *holder != premise)
            && let Some(power) = rules.unspent_whatever(judge, writer)
        {
            holders.push((premise, writer, power));
        }
    }
    holders
}

/// Who lets others in by the policy of a store, or by sharing it: its account, and those in it who may write
/// that.
pub(super) fn openers(
    judge: &Judge<'_>,
    rules: &Deriver<'_>,
    store: StoreIndex,
) -> Vec<(Capability, Certainty)> {
    let Some(row) = judge.world().store(store) else {
        return Vec::new();
    };
    let owner = (Capability::Account(row.account), Certainty::Certain);
    if row.kind.rewrites.is_empty() {
        return vec![owner];
    }
    let shared = !row.kind.shares.is_empty();
    let writers = writers(judge, rules, row);
    let able = writers.iter().filter_map(|(premise, _, power)| {
        let opens = power.complete(rewriting(power, row, shared)?);
        Some((*premise, opens.certainty))
    });
    able.chain([owner]).collect()
}

/// Whether somebody lets others in by the policy of a store, or by sharing it.
pub(super) fn opens(
    judge: &Judge<'_>,
    opener: Capability,
    store: StoreIndex,
    detail: Detail,
) -> Option<Judgement> {
    let row = judge.world().store(store)?;
    if opener == Capability::Account(row.account) {
        return Some(Judgement::default());
    }
    let power = Power::holding(judge, opener, detail)?;
    let own = power.row.account == row.account && !row.kind.rewrites.is_empty();
    let rewrite = rewriting(&power, row, !row.kind.shares.is_empty());
    Some(power.complete(rewrite.filter(|_| own)?))
}

/// Why a rule about a store holds.
pub(super) fn explain(
    judge: &Judge<'_>,
    premises: &[Capability],
    conclusion: Capability,
) -> Option<Judgement> {
    let (Capability::Data(store) | Capability::Encrypted(store) | Capability::Supply(store)) =
        conclusion
    else {
        return None;
    };
    let row = judge.world().store(store)?;
    let [premise] = premises else { return None };
    let by_grant = || {
        ask::from(
            judge,
            premises,
            &Gate::to_granting(judge.world(), store)?,
            Detail::Full,
        )
    };
    let Some(power) = Power::holding(judge, *premise, Detail::Full) else {
        return by_grant();
    };
    let gains = if power.row.account == row.account {
        let supplies = matches!(conclusion, Capability::Supply(_));
        gains(judge, &power, store, row, supplies)
    } else {
        Gains::default()
    };
    match conclusion {
        Capability::Supply(_) => gains.supply,
        Capability::Encrypted(_) => gains.read,
        _ => {
            let with_key = gains.read.and_then(|read| match row.key {
                Some(_) => Some(read.and(ask::decrypts(judge, *premise, store, Detail::Full)?)),
                None => Some(read),
            });
            better(better(with_key, gains.handed_out), by_grant())
        }
    }
}

fn gained(store: StoreIndex, row: &StoreRow) -> Capability {
    match row.key {
        Some(_) => Capability::Encrypted(store),
        None => Capability::Data(store),
    }
}

/// Whether the policy of a store names a principal of its account, whose own policies need not allow anything
/// then.
fn is_named(judge: &Judge<'_>, row: &StoreRow, writer: PrincipalIndex) -> bool {
    let arn = judge.world().principal(writer).map(|row| row.arn.as_str());
    row.summary.anyone
        || row
            .summary
            .identities
            .iter()
            .any(|named| Some(named.as_str()) == arn)
}

fn gains(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    store: StoreIndex,
    row: &StoreRow,
    supplies: bool,
) -> Gains {
    if row.unusable {
        return Gains::default();
    }
    let shared = !row.kind.shares.is_empty();
    let Some(rewrite) = rewriting(power, row, shared) else {
        return Gains {
            handed_out: granting_to_stranger(judge, power, store, row),
            ..Gains::default()
        };
    };
    let doubted = |judgement: Judgement| {
        let judgement = judgement.hanging_on(Certainty::Conditional, &row.doubts);
        power.complete(rewrite.clone().and(judgement))
    };
    // What is shared by name with an account needs no more than that.
    let read = if shared { None } else { read(power, row) };
    let stranger = if shared {
        Some(Judgement::default())
    } else {
        stranger_reads(power, row)
    };
    let stranger = stranger.filter(|_| read.is_none() && !row.own_key && !row.in_network);
    let handed_out = stranger.and_then(|reads| match row.key {
        Some(key) => Some(reads.and(handing_key(judge, power, store, key)?)),
        None => Some(reads),
    });
    Gains {
        supply: supplies
            .then(|| pushing(power, row))
            .flatten()
            .map(|push| power.complete(rewrite.clone().and(push))),
        handed_out: better(
            handed_out.map(&doubted),
            granting_to_stranger(judge, power, store, row),
        ),
        read: read.map(&doubted),
    }
}

/// What is known of a request of the writer about the store.
fn keys(power: &Power<'_, '_>, row: &StoreRow) -> Keys {
    let keys = power.keys_tagged(row.tags.as_ref());
    match row.kind.kind {
        KEY => keys.absent("kms:ViaService"),
        // Nobody comes to the policy of a bucket through an access point.
        BUCKET => through_no_access_point(keys),
        _ => keys,
    }
}

fn policy(row: &StoreRow) -> Option<ResourcePolicy<'_>> {
    match row.policy {
        StorePolicy::Policy(index) => Some(ResourcePolicy::Resource(index, &row.arn)),
        // A key without a policy is nobody's; anything else is whoever's identity policies allow.
        StorePolicy::Unknown => Some(ResourcePolicy::NotSeen),
        StorePolicy::None => None,
    }
}

/// Whether the writer may rewrite the policy, or share it with an account outside.
fn rewriting(power: &Power<'_, '_>, row: &StoreRow, shared: bool) -> Option<Judgement> {
    let mut keys = keys(power, row);
    if shared {
        keys = keys
            .fixed("ec2:Add/userId", [STRANGER])
            .absent("ec2:Add/group");
    }
    let actions = row.kind.rewrites.iter();
    actions
        .filter(|action| **action != CREATE_GRANT)
        .filter(|action| power.mentions(action) || policy(row).is_some())
        .map(|action| power.may_past(action, &row.asked, keys.clone(), policy(row)))
        .fold(None, better)
}

fn resource(row: &StoreRow, way: &Way) -> String {
    format!("{}{}", row.asked, way.suffix.unwrap_or(row.kind.suffix))
}

/// Whether the writer reads once its policy lets it.
fn read(power: &Power<'_, '_>, row: &StoreRow) -> Option<Judgement> {
    let keys = keys(power, row);
    let free = power.with_any_policy();
    let ways = row.kind.ways.iter().map(|way| {
        let resource = resource(row, way);
        let mut actions = way.actions.iter();
        let all = actions.try_fold(Judgement::default(), |all, action| {
            Some(all.and(free.may_once_let_in(action, &resource, keys.clone())?))
        })?;
        Some(all.also(way.besides))
    });
    ways.fold(None, better)
}

fn stranger_reads(power: &Power<'_, '_>, row: &StoreRow) -> Option<Judgement> {
    let ways = row.kind.ways.iter().map(|way| {
        let resource = resource(row, way);
        let mut actions = way.actions.iter();
        let all = actions.try_fold(Judgement::default(), |all, action| {
            Some(all.and(power.stranger_may_once_let_in(action, &resource)?))
        })?;
        Some(all.also(way.besides))
    });
    ways.fold(None, better)
}

/// Whether the writer, or else a stranger, changes what others run once the policy lets it.
fn pushing(power: &Power<'_, '_>, row: &StoreRow) -> Option<Judgement> {
    let resource = format!("{}{}", row.arn, row.kind.suffix);
    let keys = keys(power, row);
    let free = power.with_any_policy();
    let all = |may: &dyn Fn(&str) -> Option<Judgement>| {
        let mut actions = row.kind.push.iter();
        actions.try_fold(Judgement::default(), |all, action| {
            Some(all.and(may(action)?))
        })
    };
    all(&|action| free.may_once_let_in(action, &resource, keys.clone()))
        .or_else(|| all(&|action| power.stranger_may_once_let_in(action, &resource)))
}

/// Whether a stranger may use the key of a store: as it is, or because the writer lets it.
pub(super) fn handing_key(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    store: StoreIndex,
    key: StoreIndex,
) -> Option<Judgement> {
    let row = judge.world().store(key).filter(|row| !row.unusable)?;
    let open = Gate::of_key(judge.world(), store)
        .iter()
        .map(|gate| ask::from_party(judge, &OutsideParty::Anyone, gate, Detail::Full))
        .fold(None, better);
    if row.account != power.row.account {
        return open;
    }
    let rewritten = rewriting(power, row, false)
        .and_then(|rewrite| Some(rewrite.and(stranger_reads(power, row)?)));
    better(
        better(open, rewritten),
        granting_to_stranger(judge, power, key, row),
    )
}

/// Whether the writer makes a grant to a stranger, which no denial of the key policy keeps from using it.
fn granting_to_stranger(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    key: StoreIndex,
    row: &StoreRow,
) -> Option<Judgement> {
    let gate = Gate::to_granting(judge.world(), key)?;
    let stranger = format!(
        "arn:{}:iam::{STRANGER}:role/{ANY_NAME}",
        judge.world().partition
    );
    let mut keys = keys(power, row).fixed(GRANTEE, [stranger]);
    for (name, known) in granting() {
        keys.set(&name, known);
    }
    let grant = power.may_past(CREATE_GRANT, row.arn.as_str(), keys, policy(row))?;
    let used = ask::from_party(judge, &OutsideParty::Anyone, gate.then()?, Detail::Full)?;
    let from = "the attacker comes from an account of its own, outside of the organization";
    Some(power.complete(grant.and(used).also(from)))
}
