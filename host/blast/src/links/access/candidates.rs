//! Gates whose policy is known: whom it names, and who of them gets through.

use std::collections::BTreeSet;

use blastwall_model::AccountId;
use blastwall_policy::Principal;
use blastwall_policy::language::PrincipalEntry;

use super::{Gate, ask, rewritten};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{CREATE_GRANT, StorePolicy};
use crate::judge::{Detail, Judge, Judgement};
use crate::links::Deriver;
use crate::links::classes::ClassIndex;
use crate::subject::OutsideParty;
use crate::world::{AccountIndex, OutsideIndex, PrincipalIndex, StoreRow, TrustSummary, World};

/// Everyone who has to be asked about for one gate.
#[derive(Default)]
struct Candidates {
    principals: BTreeSet<PrincipalIndex>,
    /// Classes of which any member speaks for all.
    classes: BTreeSet<ClassIndex>,
    accounts: BTreeSet<AccountIndex>,
    account_classes: BTreeSet<ClassIndex>,
    outside: BTreeSet<OutsideIndex>,
}

/// Adds a rule for each caller that gets through. `asks_for_caller`: whether the policy, or one of the
/// organization, tells callers apart that have the same policies.
pub(in crate::links) fn add_links(judge: &Judge<'_>, rules: &mut Deriver<'_>, gate: &Gate<'_>) {
    let world = judge.world();
    let Some(summary) = gate.summary else {
        return;
    };
    // Whoever is told apart behind the gate is told apart before it, and grants are told by whom they are for.
    let key = gate.key(world).map(|key| Apart::by(world, key));
    // So is whoever is told apart by what an access point leads to.
    let asks_for_caller = gate.action == CREATE_GRANT
        || gate.then().is_some()
        || world.asks_for_caller(gate.policy_index())
        || world.levels_ask_for_caller(gate.account.rcps)
        || key.as_ref().is_some_and(|apart| apart.elsewhere);
    let apart_here = key.is_some_and(|apart| apart.here);
    rules.classes.prepare(world, gate.action);
    let candidates = gather(world, rules, gate, summary, asks_for_caller, apart_here);
    for (source, speaker, judgement) in passing(judge, rules, gate, &candidates) {
        rules.add(judgement.certainty, &[source], gate.conclusion);
        if let Capability::Encrypted(store) = gate.conclusion
            && let Some(key) = ask::decrypts(judge, speaker, store, Detail::Certainty)
        {
            let certainty = judgement.certainty.max(key.certainty);
            rules.add(certainty, &[source], Capability::Data(store));
        }
    }
    rewritten::add_links(judge, rules, gate);
}

/// Everybody who gets through, one by one, and how surely.
pub(in crate::links) fn callers(
    judge: &Judge<'_>,
    rules: &mut Deriver<'_>,
    gate: &Gate<'_>,
) -> Vec<(Capability, Certainty)> {
    let world = judge.world();
    let Some(summary) = gate.summary else {
        return Vec::new();
    };
    rules.classes.prepare(world, gate.action);
    let candidates = gather(world, rules, gate, summary, true, true);
    let passing = passing(judge, rules, gate, &candidates);
    passing
        .into_iter()
        .map(|(source, _, judgement)| (source, judgement.certainty))
        .collect()
}

/// Whether a key tells callers apart that have the same policies: those of its own account, which most key
/// policies name, and those of others.
struct Apart {
    here: bool,
    elsewhere: bool,
}

impl Apart {
    fn by(world: &World, key: &StoreRow) -> Self {
        let owner = world.account(key.account);
        let id = owner.map_or("", |owner| owner.id.as_str());
        let policy = match key.policy {
            StorePolicy::Policy(index) => world.policies.get(index),
            StorePolicy::Unknown | StorePolicy::None => None,
        };
        let names_others = policy.is_some_and(|stored| {
            let statements = stored.policy.statements.iter();
            statements
                .filter_map(|statement| statement.principal.as_ref())
                .any(|clause| {
                    clause.negated
                        || clause.entries.iter().any(|entry| match entry {
                            PrincipalEntry::Account { id: named, .. } => **named != *id,
                            PrincipalEntry::Identity(named) => named.account() != Some(id),
                            _ => false,
                        })
                })
        });
        let grants_others = key
            .grantees
            .iter()
            .any(|grantee| grantee.split(':').nth(4) != Some(id));
        let asks = policy.is_some_and(|stored| stored.asks_for_caller)
            || owner.is_some_and(|owner| world.levels_ask_for_caller(owner.rcps));
        Self {
            here: asks || key.summary.tells_principals_apart || !key.grants.is_empty(),
            elsewhere: asks || names_others || grants_others,
        }
    }
}

fn gather(
    world: &World,
    rules: &Deriver<'_>,
    gate: &Gate<'_>,
    summary: &TrustSummary,
    asks_for_caller: bool,
    apart_here: bool,
) -> Candidates {
    let mut candidates = Candidates::default();
    let one_by_one = asks_for_caller || summary.tells_principals_apart;
    // Whom the trust policy does not name, its own policies must allow to assume the role.
    let allowed = |callers: &[ClassIndex]| -> Vec<ClassIndex> {
        callers
            .iter()
            .copied()
            .filter(|class| {
                let (action, resource) = (gate.action, gate.resource.as_str());
                rules.classes.may(world, *class, action, resource)
                    || gate.below.as_deref().is_some_and(|below| {
                        let class = rules.classes.get(*class);
                        let speaker = class.and_then(|class| class.principals().next());
                        speaker.is_some_and(|speaker| names_below(world, speaker, action, below))
                    })
            })
            .collect()
    };
    let account_by_account = asks_for_caller || summary.tells_accounts_apart;
    let callers_of = |account| rules.classes.callers(gate.action, account);

    if gate.role.is_none() && !gate.by_policy {
        // Inside the account identity policies alone may be enough.
        let callers = allowed(callers_of(gate.owner));
        add_callers(rules, &mut candidates, &callers, one_by_one || apart_here);
    }
    if gate.closed {
        // The account itself is not kept out, whoever else its policy names.
        let owner = gate.account.id.as_str();
        let own = |identity: &&Principal| identity.account() == Some(owner);
        for identity in summary.identities.iter().filter(own) {
            add_identity(world, &mut candidates, identity);
        }
        if summary.anyone {
            candidates
                .principals
                .extend(world.principals_of(gate.owner));
        }
        return candidates;
    }
    for identity in &summary.identities {
        add_identity(world, &mut candidates, identity);
    }
    for id in &summary.accounts {
        match world.find_account(id) {
            Some(account) => {
                candidates.accounts.insert(account);
                let callers = allowed(callers_of(account));
                add_callers(rules, &mut candidates, &callers, one_by_one);
            }
            None => add_outside_account(world, &mut candidates, id),
        }
    }
    if summary.anyone {
        // Inside the role's own account the trust policy alone is enough, so that principals count
        // that have no permission to assume anything.
        candidates
            .principals
            .extend(world.principals_of(gate.owner));
        if account_by_account {
            for account in world.account_indices() {
                candidates.accounts.insert(account);
                let callers = allowed(callers_of(account));
                add_callers(rules, &mut candidates, &callers, one_by_one);
            }
        } else {
            candidates.account_classes.extend(rules.classes.accounts());
            let owner = gate.account.id.as_str();
            let of_all: Vec<_> = rules.classes.callers_of_all(gate.action, owner).collect();
            let callers = allowed(&of_all);
            add_callers(rules, &mut candidates, &callers, one_by_one);
        }
        candidates
            .outside
            .extend(world.find_outside(&OutsideParty::Anyone));
        for id in &summary.condition_accounts {
            add_outside_account(world, &mut candidates, id);
        }
        for id in &summary.organizations {
            let party = OutsideParty::Organization { id: id.to_string() };
            candidates.outside.extend(world.find_outside(&party));
        }
    }
    if gate.in_network {
        candidates.outside.clear();
    }
    candidates
}

/// Whether policies of a principal name something below an ARN for an action.
fn names_below(world: &World, principal: PrincipalIndex, action: &str, below: &str) -> bool {
    let row = world.principal(principal);
    let mut attached = row.into_iter().flat_map(|row| &row.identity);
    attached.any(|from| {
        let stored = world.policies.get(from.policy);
        stored.is_some_and(|stored| stored.names_below(action, below).next().is_some())
    })
}

fn add_identity(world: &World, candidates: &mut Candidates, identity: &Principal) {
    let Some(id) = identity.account() else {
        return;
    };
    let Some(account) = world.find_account(id) else {
        add_outside_account(world, candidates, id);
        return;
    };
    candidates.accounts.insert(account);
    candidates.principals.extend(match identity {
        Principal::RoleSession { role, .. } => world.find_role_by_name(account, role),
        other => world.find_principal(other.as_str()),
    });
}

fn add_outside_account(world: &World, candidates: &mut Candidates, id: &str) {
    if let Ok(id) = id.parse::<AccountId>() {
        candidates
            .outside
            .extend(world.find_outside(&OutsideParty::Account { id }));
    }
}

fn add_callers(
    rules: &Deriver<'_>,
    candidates: &mut Candidates,
    callers: &[ClassIndex],
    one_by_one: bool,
) {
    if !one_by_one {
        candidates.classes.extend(callers);
        return;
    }
    for class in callers.iter().filter_map(|class| rules.classes.get(*class)) {
        candidates.principals.extend(class.principals());
    }
}

/// Who gets through: what stands for them in a rule, who of them was asked, and the answer.
fn passing(
    judge: &Judge<'_>,
    rules: &mut Deriver<'_>,
    gate: &Gate<'_>,
    candidates: &Candidates,
) -> Vec<(Capability, Capability, Judgement)> {
    let role = gate.role.map(|(role, _)| role);
    let world = judge.world();
    let mut askers: Vec<(Capability, Option<ClassIndex>)> = Vec::new();
    let principals = candidates.principals.iter();
    let principals = principals.filter(|caller| Some(**caller) != role);
    askers.extend(principals.map(|caller| (Capability::Principal(*caller), None)));
    for class in &candidates.classes {
        // A member in another account speaks for the others; only in a class of the role's own
        // account is there none.
        let speaker = rules.classes.get(*class).and_then(|class| {
            let mut members = class.principals();
            let first = members.next()?;
            std::iter::once(first)
                .chain(members)
                .find(|member| {
                    world
                        .principal(*member)
                        .is_some_and(|member| member.account != gate.owner)
                })
                .or(Some(first))
        });
        askers.extend(speaker.map(|speaker| (Capability::Principal(speaker), Some(*class))));
    }
    let accounts = candidates.accounts.iter();
    let accounts = accounts.filter(|account| **account != gate.owner);
    askers.extend(accounts.map(|account| (Capability::Account(*account), None)));
    for class in &candidates.account_classes {
        let speaker = rules
            .classes
            .get(*class)
            .and_then(|class| class.accounts().find(|account| *account != gate.owner));
        askers.extend(speaker.map(|speaker| (Capability::Account(speaker), Some(*class))));
    }
    let outside = candidates.outside.iter();
    askers.extend(outside.map(|outside| (Capability::Outside(*outside), None)));
    let passing = askers.into_iter().filter_map(|(speaker, class)| {
        let judgement = ask::from(judge, &[speaker], gate, Detail::Certainty)?;
        let source = match class {
            Some(class) => rules.classes.capability(class)?,
            None => speaker,
        };
        Some((source, speaker, judgement))
    });
    passing.collect()
}
