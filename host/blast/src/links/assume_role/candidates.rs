//! Roles whose trust policy is known: who it names, and who of them gets in.

use std::collections::BTreeSet;

use blastwall_model::AccountId;
use blastwall_policy::Principal;

use super::ask;
use crate::capability::Capability;
use crate::judge::{Detail, Judge};
use crate::links::Deriver;
use crate::links::classes::ClassIndex;
use crate::subject::OutsideParty;
use crate::world::{AccountIndex, OutsideIndex, PrincipalIndex, PrincipalRow, TrustSummary, World};

/// Everyone who has to be asked about for one role.
#[derive(Default)]
struct Candidates {
    principals: BTreeSet<PrincipalIndex>,
    /// Classes of which any member speaks for all.
    classes: BTreeSet<ClassIndex>,
    accounts: BTreeSet<AccountIndex>,
    account_classes: BTreeSet<ClassIndex>,
    outside: BTreeSet<OutsideIndex>,
}

pub(super) fn derive(judge: &Judge<'_>, rules: &mut Deriver<'_>) {
    let world = judge.world();
    for (role, row, trust) in world.trusting_roles() {
        let Some(summary) = world.trusts.get(&trust) else {
            continue;
        };
        let asks_for_caller = world.asks_for_caller([trust])
            || world
                .account(row.account)
                .is_some_and(|account| world.levels_ask_for_caller(account.rcps));
        let candidates = gather(world, rules, row, summary, asks_for_caller);
        add_rules(judge, rules, role, row, &candidates);
    }
}

fn gather(
    world: &World,
    rules: &Deriver<'_>,
    role: &PrincipalRow,
    summary: &TrustSummary,
    asks_for_caller: bool,
) -> Candidates {
    let mut candidates = Candidates::default();
    let one_by_one = asks_for_caller || summary.tells_principals_apart;
    // Whom the trust policy does not name, its own policies must allow to assume the role.
    let allowed = |callers: &[ClassIndex]| -> Vec<ClassIndex> {
        callers
            .iter()
            .copied()
            .filter(|class| rules.classes.may_assume(world, *class, role.arn.as_str()))
            .collect()
    };
    let account_by_account = asks_for_caller || summary.tells_accounts_apart;

    for identity in &summary.identities {
        add_identity(world, &mut candidates, identity);
    }
    for id in &summary.accounts {
        match world.find_account(id) {
            Some(account) => {
                candidates.accounts.insert(account);
                let callers = allowed(rules.classes.callers(account));
                add_callers(rules, &mut candidates, &callers, one_by_one);
            }
            None => add_outside_account(world, &mut candidates, id),
        }
    }
    if summary.anyone {
        // Inside the role's own account the trust policy alone is enough, so that principals count
        // that have no permission to assume anything.
        if let Some(own) = world.account(role.account) {
            candidates
                .principals
                .extend(own.principals.clone().map(PrincipalIndex::new));
        }
        if account_by_account {
            for account in world.account_indices() {
                candidates.accounts.insert(account);
                let callers = allowed(rules.classes.callers(account));
                add_callers(rules, &mut candidates, &callers, one_by_one);
            }
        } else {
            candidates.account_classes.extend(rules.classes.accounts());
            let of_all: Vec<_> = rules.classes.callers_of_all(role.arn.account()).collect();
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
    candidates
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

fn add_rules(
    judge: &Judge<'_>,
    rules: &mut Deriver<'_>,
    role: PrincipalIndex,
    row: &PrincipalRow,
    candidates: &Candidates,
) {
    let conclusion = Capability::Principal(role);
    let world = judge.world();
    for caller in &candidates.principals {
        if *caller == role {
            continue;
        }
        if let Some(judgement) = ask::from_principal(judge, *caller, role, Detail::Certainty) {
            rules.add(
                judgement.certainty,
                &[Capability::Principal(*caller)],
                conclusion,
            );
        }
    }
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
                        .is_some_and(|member| member.account != row.account)
                })
                .or(Some(first))
        });
        let judgement =
            speaker.and_then(|caller| ask::from_principal(judge, caller, role, Detail::Certainty));
        let source = judgement
            .as_ref()
            .and_then(|_| rules.classes.capability(*class));
        if let (Some(judgement), Some(source)) = (judgement, source) {
            rules.add(judgement.certainty, &[source], conclusion);
        }
    }
    for account in &candidates.accounts {
        if *account == row.account {
            continue;
        }
        if let Some(judgement) = ask::from_account(judge, *account, role, Detail::Certainty) {
            rules.add(
                judgement.certainty,
                &[Capability::Account(*account)],
                conclusion,
            );
        }
    }
    for class in &candidates.account_classes {
        let speaker = rules
            .classes
            .get(*class)
            .and_then(|class| class.accounts().find(|account| *account != row.account));
        let judgement =
            speaker.and_then(|account| ask::from_account(judge, account, role, Detail::Certainty));
        let source = judgement
            .as_ref()
            .and_then(|_| rules.classes.capability(*class));
        if let (Some(judgement), Some(source)) = (judgement, source) {
            rules.add(judgement.certainty, &[source], conclusion);
        }
    }
    for outside in &candidates.outside {
        if let Some(judgement) = ask::from_outside(judge, *outside, role, Detail::Certainty) {
            rules.add(
                judgement.certainty,
                &[Capability::Outside(*outside)],
                conclusion,
            );
        }
    }
}
