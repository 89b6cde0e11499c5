//! Everything that follows from changing who may do what, account by account.
//!
//! Who was changed changes others, or what is changed already: one takes a boundary away, another writes a
//! policy, and whoever has both has the sum. So changes of one target are put together, whoever makes them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::pair::{ACTIONS, Pair};
use crate::capability::{Capability, Rewrite};
use crate::certainty::Certainty;
use crate::facts::PrincipalKind;
use crate::judge::{Detail, Judge, Judgement};
use crate::links::account_administrator::administers;
use crate::links::power::{Power, better, is_certain};
use crate::links::unspent;
use crate::world::{ASSUME_ROLE, AccountIndex, PrincipalIndex};

/// How many forms of one principal are put together with others. Each is a set of changes; people do not
/// scatter more of them over an account.
const FORMS: usize = 64;

/// What one may make of a target: the change, how, and what that is worth to the account.
pub(super) struct Outcome {
    pub(super) rewrite: Rewrite,
    pub(super) how: Judgement,
    pub(super) account: Option<Judgement>,
}

/// What the pair gives; a target that is not there is made first, unless somebody has it already, and can be had as
/// it was made.
pub(super) fn outcomes(
    judge: &Judge<'_>,
    writer: &Power<'_, '_>,
    target: PrincipalIndex,
    there: bool,
    worths: &Worths<'_, '_>,
) -> Vec<Outcome> {
    let there = there || writer.is(target) || !judge.world().is_makeable(target);
    let made = match !there {
        true => match makes(judge, writer, target) {
            Some(made) => made,
            None => return Vec::new(),
        },
        false => Judgement::default(),
    };
    let Some(pair) = Pair::new(judge, writer, target, worths.detail) else {
        return Vec::new();
    };
    let mut changes = pair.changes();
    let whatever = |(rewrite, how): &(Rewrite, Judgement)| {
        rewrite.anything && how.certainty == Certainty::Certain
    };
    // Whoever gives it any policy as surely gains nothing by leaving that.
    if !there && !changes.iter().any(whatever) {
        changes.push((Rewrite::default(), Judgement::default()));
    }
    changes
        .into_iter()
        .map(|(rewrite, how)| {
            let how = made.clone().and(how);
            let how = pair.written.complete(writer.complete(how));
            let account = worths.of(target, rewrite).map(|gain| how.clone().and(gain));
            Outcome {
                rewrite,
                how,
                account,
            }
        })
        .collect()
}

/// What comes of writing what a form of the target was given.
pub(super) fn addition_written(
    judge: &Judge<'_>,
    writer: &Power<'_, '_>,
    target: PrincipalIndex,
    form: Rewrite,
    worths: &Worths<'_, '_>,
) -> Option<Outcome> {
    let how = writes_addition(judge, writer, target, form.added?, worths.detail)?;
    once_written(target, form, how, worths)
}

/// Whether somebody may write what a target was given.
fn writes_addition(
    judge: &Judge<'_>,
    writer: &Power<'_, '_>,
    target: PrincipalIndex,
    added: u16,
    detail: Detail,
) -> Option<Judgement> {
    let pair = Pair::new(judge, writer, target, detail)?;
    let how = pair.writes_addition(added)?;
    Some(pair.written.complete(writer.complete(how)))
}

/// What a form of a target becomes once what it was given is written.
fn once_written(
    target: PrincipalIndex,
    form: Rewrite,
    how: Judgement,
    worths: &Worths<'_, '_>,
) -> Option<Outcome> {
    let any = Rewrite {
        anything: true,
        ..Rewrite::default()
    };
    let rewrite = form.then(any)?;
    let account = worths.of(target, rewrite).map(|gain| how.clone().and(gain));
    Some(Outcome {
        rewrite,
        how,
        account,
    })
}

/// Whether principals have their accounts once they were changed. Many make the same change of the same target, so
/// that each is asked about once.
pub(super) struct Worths<'j, 'w> {
    judge: &'j Judge<'w>,
    detail: Detail,
    known: RefCell<BTreeMap<(PrincipalIndex, Rewrite), Option<Judgement>>>,
}

impl<'j, 'w> Worths<'j, 'w> {
    pub(super) fn new(judge: &'j Judge<'w>, detail: Detail) -> Self {
        Self {
            judge,
            detail,
            known: RefCell::default(),
        }
    }

    pub(super) fn of(&self, target: PrincipalIndex, rewrite: Rewrite) -> Option<Judgement> {
        let mut known = self.known.borrow_mut();
        let worth = known.entry((target, rewrite)).or_insert_with(|| {
            let after = Power::rewritten(self.judge, target, rewrite, self.detail)?;
            Some(after.complete(administers(self.judge.world(), &after)?))
        });
        worth.clone()
    }
}

/// Whether it may make the principal, under the boundary that it is to have, and become it: a role lets in
/// whom its maker likes, a user gets credentials.
fn makes(judge: &Judge<'_>, maker: &Power<'_, '_>, target: PrincipalIndex) -> Option<Judgement> {
    let row = judge.world().principal(target)?;
    let arn = row.arn.as_str();
    let may = |action: &str| {
        let keys = maker.without_request_tags(maker.keys_about(row));
        maker.may(action, arn, keys.absent("aws:TagKeys"))
    };
    match row.kind {
        PrincipalKind::Role => {
            let make = may("iam:CreateRole")?;
            let enter = maker
                .with_any_policy()
                .may_once_let_in(ASSUME_ROLE, arn, maker.keys_about(row))
                .or_else(|| maker.stranger_may_once_let_in(ASSUME_ROLE, arn))?;
            Some(make.and(enter))
        }
        PrincipalKind::User => {
            let make = may("iam:CreateUser")?;
            let become_it = better(may("iam:CreateAccessKey"), may("iam:CreateLoginProfile"))?;
            Some(make.and(become_it))
        }
    }
}

/// What escalation gives, before other kinds of link ask who there is.
#[derive(Debug, Default)]
pub(in crate::links) struct Escalations {
    pub(super) rules: Vec<(Certainty, Vec<Capability>, Capability)>,
    /// By account: the principals that can be had with changed permissions.
    rewritten: Vec<Vec<(PrincipalIndex, Rewrite)>>,
}

impl Escalations {
    /// The principals of an account that can be had with changed permissions.
    pub(in crate::links) fn rewritten(
        &self,
        account: AccountIndex,
    ) -> &[(PrincipalIndex, Rewrite)] {
        let of_account = self.rewritten.get(account.index());
        of_account.map_or(&[], Vec::as_slice)
    }

    /// Everything that follows, account by account.
    pub(in crate::links) fn explore(
        judge: &Judge<'_>,
        administrators: &[Option<Certainty>],
    ) -> Self {
        let mut all = Self::default();
        for account in judge.world().account_indices() {
            let mut explorer = Explorer::new(judge, administrators, account);
            while let Some(holder) = explorer.open.pop_front() {
                explorer.follow(holder);
            }
            all.rules.append(&mut explorer.rules);
            let rewritten = explorer.forms.into_iter().flat_map(|(target, forms)| {
                let forms = forms.all.into_iter();
                forms.map(move |rewrite| (target, rewrite))
            });
            all.rewritten.push(rewritten.collect());
        }
        all
    }
}

/// Somebody who changes others.
type Holder<'j, 'w> = (Capability, PrincipalIndex, Power<'j, 'w>);

/// What becomes of one principal.
#[derive(Default)]
struct Forms {
    all: BTreeSet<Rewrite>,
    /// Who makes which change, and how surely.
    changes: Vec<(Capability, Rewrite, Certainty)>,
}

/// One account, as far as it was explored.
struct Explorer<'j, 'w> {
    /// Those that were followed.
    followed: Vec<Holder<'j, 'w>>,
    judge: &'j Judge<'w>,
    account: AccountIndex,
    rules: Vec<(Certainty, Vec<Capability>, Capability)>,
    forms: BTreeMap<PrincipalIndex, Forms>,
    open: VecDeque<Holder<'j, 'w>>,
    worths: Worths<'j, 'w>,
    /// Whether a holder may write what a target was given.
    additions: HashMap<(Capability, PrincipalIndex, u16), Option<Judgement>>,
}

impl<'j, 'w> Explorer<'j, 'w> {
    fn new(
        judge: &'j Judge<'w>,
        administrators: &[Option<Certainty>],
        account: AccountIndex,
    ) -> Self {
        let principals = judge.world().principals_of(account);
        let holders = principals.filter_map(|index| {
            let power = unspent(judge, administrators, index, ACTIONS)?;
            Some((Capability::Principal(index), index, power))
        });
        Self {
            followed: Vec::new(),
            judge,
            account,
            rules: Vec::new(),
            forms: BTreeMap::new(),
            open: holders.collect(),
            worths: Worths::new(judge, Detail::Certainty),
            additions: HashMap::new(),
        }
    }

    /// What one holder makes of itself, of the others, and of principals that it makes.
    fn follow(&mut self, (holder, own, power): Holder<'j, 'w>) {
        let world = self.judge.world();
        let others = world
            .principals_of(self.account)
            .filter(|other| *other != own);
        let there = std::iter::once(own).chain(others);
        let new = world
            .makeable_in(self.account)
            .filter(|other| *other != own);
        for target in there.chain(new) {
            let premises = if target == own || world.is_makeable(target) {
                vec![holder]
            } else {
                vec![holder, Capability::Principal(target)]
            };
            let mut spent = false;
            let outcomes = outcomes(self.judge, &power, target, false, &self.worths);
            if outcomes.is_empty() && self.forms.contains_key(&target) {
                self.change_made(target, holder, &power);
            }
            for outcome in outcomes {
                let certain = is_certain(outcome.account.as_ref());
                if let Some(gain) = &outcome.account {
                    let whole = Capability::Account(self.account);
                    self.rules.push((gain.certainty, premises.clone(), whole));
                }
                if certain {
                    spent = true;
                    break;
                }
                let changed = Capability::Rewritten(target, outcome.rewrite);
                if changed == holder {
                    continue;
                }
                let certainty = outcome.how.certainty;
                self.rules.push((certainty, premises.clone(), changed));
                self.add_form(target, outcome.rewrite);
                self.add_change(target, holder, outcome.rewrite, certainty);
            }
            // Alone it has the account: nobody else is needed.
            if spent && target == own {
                break;
            }
        }
        let forms = self.forms.iter();
        let added = forms.flat_map(|(target, forms)| {
            let added = forms.all.iter().filter(|form| form.added.is_some());
            added.map(|form| (*target, *form))
        });
        for (target, form) in added.collect::<Vec<_>>() {
            self.write_addition(target, form, holder, &power);
        }
        self.followed.push((holder, own, power));
    }

    /// One puts a target into a group, or attaches a policy to it; who writes the group or the policy may be
    /// another.
    fn write_addition(
        &mut self,
        target: PrincipalIndex,
        form: Rewrite,
        holder: Capability,
        power: &Power<'_, '_>,
    ) {
        let Some(added) = form.added else { return };
        // Many forms were given the same.
        let known = self.additions.entry((holder, target, added));
        let how = known.or_insert_with(|| {
            writes_addition(self.judge, power, target, added, Detail::Certainty)
        });
        let Some(how) = how.clone() else { return };
        let Some(outcome) = once_written(target, form, how, &self.worths) else {
            return;
        };
        let after = outcome.rewrite;
        let own = self.forms.get(&target).is_some_and(|forms| {
            let certain = (holder, after, Certainty::Certain);
            forms.changes.contains(&certain)
        });
        if !own {
            self.conclude(target, form, holder, after, outcome.how.certainty);
        }
    }

    /// What somebody changes of a principal that another made.
    fn change_made(&mut self, target: PrincipalIndex, holder: Capability, power: &Power<'_, '_>) {
        if !self.judge.world().is_makeable(target) {
            return;
        }
        for outcome in outcomes(self.judge, power, target, true, &self.worths) {
            self.add_change(target, holder, outcome.rewrite, outcome.how.certainty);
        }
    }

    /// A principal as somebody may have it.
    fn add_form(&mut self, target: PrincipalIndex, form: Rewrite) {
        let forms = self.forms.entry(target).or_default();
        let first = forms.all.is_empty();
        if !forms.all.insert(form) {
            return;
        }
        let changes = forms.changes.clone();
        let changed = Capability::Rewritten(target, form);
        let power = Power::rewritten(self.judge, target, form, Detail::Certainty)
            .filter(|power| ACTIONS.iter().any(|action| power.mentions(action)));
        self.open
            .extend(power.map(|power| (changed, target, power)));
        for (holder, change, certainty) in changes {
            self.put_together(target, form, holder, change, certainty);
        }
        let made = first && self.judge.world().is_makeable(target);
        if made || form.added.is_some() {
            for (holder, _, power) in self.followed.clone() {
                if made {
                    self.change_made(target, holder, &power);
                }
                self.write_addition(target, form, holder, &power);
            }
        }
    }

    /// A change that somebody may make.
    fn add_change(
        &mut self,
        target: PrincipalIndex,
        holder: Capability,
        change: Rewrite,
        certainty: Certainty,
    ) {
        let forms = self.forms.entry(target).or_default();
        let new = (holder, change, certainty);
        if forms.changes.contains(&new) {
            return;
        }
        forms.changes.push(new);
        let known: Vec<Rewrite> = forms.all.iter().copied().collect();
        for form in known {
            self.put_together(target, form, holder, change, certainty);
        }
    }

    /// A change of what is changed already, by somebody who does not make both changes anyway.
    fn put_together(
        &mut self,
        target: PrincipalIndex,
        form: Rewrite,
        holder: Capability,
        change: Rewrite,
        certainty: Certainty,
    ) {
        let Some(both) = form.then(change).filter(|both| *both != form) else {
            return;
        };
        let Some(forms) = self.forms.get(&target) else {
            return;
        };
        let makeable = self.judge.world().is_makeable(target);
        let mut changes = forms.changes.iter();
        let alone = changes.any(|(other, own, _)| *other == holder && *own == both);
        if !makeable && (both == change || alone) {
            return;
        }
        self.conclude(target, form, holder, both, certainty);
    }

    /// A holder makes one form of a principal into another.
    fn conclude(
        &mut self,
        target: PrincipalIndex,
        form: Rewrite,
        holder: Capability,
        both: Rewrite,
        certainty: Certainty,
    ) {
        let Some(forms) = self.forms.get(&target) else {
            return;
        };
        if forms.all.len() >= FORMS {
            return;
        }
        let before = Capability::Rewritten(target, form);
        let premises = match holder == before {
            true => vec![holder],
            false => vec![holder, before],
        };
        let after = Capability::Rewritten(target, both);
        if holder == after {
            return;
        }
        let new = !forms.all.contains(&both);
        self.rules.push((certainty, premises, after));
        if new {
            if let Some(gain) = self.worths.of(target, both) {
                let whole = Capability::Account(self.account);
                self.rules.push((gain.certainty, vec![after], whole));
            }
            self.add_form(target, both);
        }
    }
}
