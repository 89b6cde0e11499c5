//! Principals and accounts that no policy at hand tells apart, taken together.
//!
//! Thousands of principals share their policies, and a role that trusts an organization trusts all
//! of its accounts. Instead of one rule for each pair, a class gets one rule for each role, and
//! each member one rule that says it is a member. A class is only ever used where the policies
//! that decide do not ask who exactly the caller is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use blastwall_policy::Effect;

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Boundary, PolicyIndex, PrincipalKind};
use crate::judge::Judge;
use crate::subject::OutsideParty;
use crate::world::{AccountIndex, LevelsIndex, OutsideIndex, PrincipalIndex, PrincipalRow, World};

/// The place of a class in [`Classes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClassIndex(u32);

/// Members that answer every question alike, or that all answer one; never empty.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) members: Vec<Capability>,
    used: bool,
}

impl Class {
    /// The principals among the members.
    pub(crate) fn principals(&self) -> impl Iterator<Item = PrincipalIndex> + '_ {
        self.members.iter().filter_map(|member| match member {
            Capability::Principal(index) => Some(*index),
            _ => None,
        })
    }

    /// The accounts among the members.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = AccountIndex> + '_ {
        self.members.iter().filter_map(|member| match member {
            Capability::Account(index) => Some(*index),
            _ => None,
        })
    }
}

/// What makes callers of one account alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct CallerKey {
    kind: PrincipalKind,
    /// Policies of the organization bind no service-linked role, whatever its own are.
    service_linked: bool,
    identity: Vec<PolicyIndex>,
    boundary: Option<PolicyIndex>,
    /// Set for a caller that stands alone: a policy of its own asks who it is, or not all of its
    /// policies are known.
    alone: Option<PrincipalIndex>,
}

/// What makes accounts alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct AccountKey {
    scps: LevelsIndex,
    organization_path: Option<String>,
    gaps: Vec<String>,
    alone: Option<AccountIndex>,
}

/// All classes.
#[derive(Debug)]
pub(crate) struct Classes {
    classes: Vec<Class>,
    /// By action.
    callers: HashMap<&'static str, Callers>,
    accounts: Vec<ClassIndex>,
    account_keys: Vec<AccountKey>,
    /// Those of whom any will do, by their members.
    any_of: HashMap<Vec<Capability>, ClassIndex>,
}

/// Those that may do one action on something at all.
#[derive(Debug, Default)]
struct Callers {
    of: HashMap<AccountIndex, Vec<ClassIndex>>,
    of_all: CallerIndex,
}

/// Callers of all accounts by the roles that their policies name, so that a role that trusts everybody is
/// not held against every caller there is.
#[derive(Debug, Default)]
struct CallerIndex {
    /// Those that name roles of any account.
    anywhere: Vec<ClassIndex>,
    /// Those that name roles of one account, by its id.
    in_account: HashMap<Box<str>, Vec<ClassIndex>>,
}

impl CallerIndex {
    fn new(world: &World, classes: &[Class], indices: Vec<ClassIndex>, action: &str) -> Self {
        let mut index = Self::default();
        for class in indices {
            let speaker = classes
                .get(class.0 as usize)
                .and_then(|class| class.principals().next())
                .and_then(|speaker| world.principal(speaker));
            let Some(speaker) = speaker else { continue };
            match named_accounts(world, speaker, action) {
                None => index.anywhere.push(class),
                Some(accounts) => {
                    for account in accounts {
                        index.in_account.entry(account).or_default().push(class);
                    }
                }
            }
        }
        index
    }
}

/// The accounts of the resources that a principal's policies name for an action; none if they may be of
/// any.
fn named_accounts(world: &World, row: &PrincipalRow, action: &str) -> Option<BTreeSet<Box<str>>> {
    if !row.gaps.is_empty() {
        return None;
    }
    let mut accounts = BTreeSet::new();
    let stored = row
        .identity
        .iter()
        .filter_map(|from| world.policies.get(from.policy));
    for statement in stored.flat_map(|stored| &stored.policy.statements) {
        if statement.effect != Effect::Allow || !statement.actions.covers(action) {
            continue;
        }
        let clause = statement
            .resources
            .as_ref()
            .filter(|clause| !clause.negated)?;
        for pattern in &clause.patterns {
            let account = pattern.as_str().split(':').nth(4)?;
            // Twelve digits and nothing else: a wildcard or a variable may be any account.
            if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            accounts.insert(account.into());
        }
    }
    Some(accounts)
}

impl Classes {
    /// Sorts the accounts.
    pub(crate) fn new(world: &World) -> Self {
        let mut classes = Self {
            classes: Vec::new(),
            callers: HashMap::new(),
            accounts: Vec::new(),
            account_keys: Vec::new(),
            any_of: HashMap::new(),
        };
        let mut accounts: BTreeMap<AccountKey, Vec<Capability>> = BTreeMap::new();
        for index in world.account_indices() {
            let Some(row) = world.account(index) else {
                continue;
            };
            let key = AccountKey {
                scps: row.scps,
                organization_path: row.organization_path.clone(),
                gaps: row.scp_gaps.clone(),
                alone: world.levels_ask_for_caller(row.scps).then_some(index),
            };
            classes.account_keys.push(key.clone());
            accounts
                .entry(key)
                .or_default()
                .push(Capability::Account(index));
        }
        classes.accounts = classes.push_all(accounts);
        classes
    }

    /// Sorts the principals that may do this action on something at all, once.
    pub(crate) fn prepare(&mut self, world: &World, action: &'static str) {
        if self.callers.contains_key(action) {
            return;
        }
        let mut of = HashMap::new();
        let mut everywhere: BTreeMap<(AccountKey, CallerKey), Vec<Capability>> = BTreeMap::new();
        for (index, key) in world.account_indices().zip(self.account_keys.clone()) {
            let Some(row) = world.account(index) else {
                continue;
            };
            let mut callers: BTreeMap<CallerKey, Vec<Capability>> = BTreeMap::new();
            for principal in row.principals.clone().map(PrincipalIndex::new) {
                let Some(caller) = world
                    .principal(principal)
                    .filter(|row| may(world, row, action, None))
                else {
                    continue;
                };
                callers
                    .entry(caller_key(world, principal, caller, row.scps))
                    .or_default()
                    .push(Capability::Principal(principal));
            }
            for (caller, members) in &callers {
                everywhere
                    .entry((key.clone(), caller.clone()))
                    .or_default()
                    .extend(members);
            }
            of.insert(index, self.push_all(callers));
        }
        let of_all = self.push_all(everywhere);
        let of_all = CallerIndex::new(world, &self.classes, of_all, action);
        self.callers.insert(action, Callers { of, of_all });
    }

    /// Numbers classes in the order of their first members: the keys hold numbers of policies,
    /// and those depend on which document came first.
    fn push_all<K>(&mut self, classes: BTreeMap<K, Vec<Capability>>) -> Vec<ClassIndex> {
        let mut all: Vec<Vec<Capability>> = classes.into_values().collect();
        all.sort_unstable();
        all.into_iter()
            .map(|members| {
                let index = ClassIndex(u32::try_from(self.classes.len()).unwrap_or(u32::MAX));
                self.classes.push(Class {
                    members,
                    used: false,
                });
                index
            })
            .collect()
    }

    pub(crate) fn get(&self, index: ClassIndex) -> Option<&Class> {
        self.classes.get(index.0 as usize)
    }

    /// The callers of one account that may do an action on something.
    pub(crate) fn callers(&self, action: &str, account: AccountIndex) -> &[ClassIndex] {
        let callers = self.callers.get(action);
        let of_account = callers.and_then(|callers| callers.of.get(&account));
        of_account.map_or(&[], Vec::as_slice)
    }

    /// The callers of all accounts that may do an action on something of this account, or of any.
    pub(crate) fn callers_of_all(
        &self,
        action: &str,
        account: &str,
    ) -> impl Iterator<Item = ClassIndex> + '_ {
        let index = self.callers.get(action).map(|callers| &callers.of_all);
        let named = index.and_then(|index| index.in_account.get(account));
        let anywhere = index.into_iter().flat_map(|index| &index.anywhere);
        anywhere.chain(named.into_iter().flatten()).copied()
    }

    /// Whether the policies of a class of callers may let it do the action on the resource.
    pub(crate) fn may(
        &self,
        world: &World,
        class: ClassIndex,
        action: &str,
        resource: &str,
    ) -> bool {
        self.get(class)
            .and_then(|class| class.principals().next())
            .and_then(|speaker| world.principal(speaker))
            .is_some_and(|speaker| may(world, speaker, action, Some(resource)))
    }

    /// The accounts.
    pub(crate) fn accounts(&self) -> &[ClassIndex] {
        &self.accounts
    }

    /// Whom a capability in a rule stands for: of a class all members.
    pub(crate) fn members(&self, capability: Capability) -> Vec<Capability> {
        match capability {
            Capability::Class(index) => self
                .get(ClassIndex(index))
                .map(|class| class.members.clone())
                .unwrap_or_default(),
            other => vec![other],
        }
    }

    /// Who speaks for a capability in a rule: of a class any member.
    pub(crate) fn speaker(&self, capability: Capability) -> Option<Capability> {
        match capability {
            Capability::Class(index) => {
                let class = self.get(ClassIndex(index))?;
                class.members.first().copied()
            }
            other => Some(other),
        }
    }

    /// The capability that stands for any of these, who need have nothing in common.
    pub(crate) fn any_of(&mut self, members: Vec<Capability>) -> Option<Capability> {
        let index = match self.any_of.get(&members) {
            Some(index) => *index,
            None => {
                let index = ClassIndex(u32::try_from(self.classes.len()).unwrap_or(u32::MAX));
                self.any_of.insert(members.clone(), index);
                self.classes.push(Class {
                    members,
                    used: false,
                });
                index
            }
        };
        self.capability(index)
    }

    /// The capability that stands for a class in a rule.
    pub(crate) fn capability(&mut self, index: ClassIndex) -> Option<Capability> {
        let class = self.classes.get_mut(index.0 as usize)?;
        match class.members.as_slice() {
            [only] => Some(*only),
            _ => {
                class.used = true;
                Some(Capability::Class(index.0))
            }
        }
    }
}

/// Whether some policy of the principal, or one that is not known, may let it do an action on something,
/// or on that.
fn may(world: &World, row: &PrincipalRow, action: &str, resource: Option<&str>) -> bool {
    !row.gaps.is_empty()
        || row.identity.iter().any(|from| {
            world
                .policies
                .get(from.policy)
                .is_some_and(|stored| stored.may_allow(action, resource))
        })
}

fn caller_key(
    world: &World,
    index: PrincipalIndex,
    row: &PrincipalRow,
    scps: LevelsIndex,
) -> CallerKey {
    let boundary = match &row.boundary {
        Boundary::Policy(from) => Some(from.policy),
        Boundary::None | Boundary::Unknown => None,
    };
    let identity = row.policy_indices();
    let alone = !row.gaps.is_empty()
        || world.asks_for_caller(identity.iter().copied().chain(boundary))
        || world.levels_ask_for_caller(scps);
    CallerKey {
        kind: row.kind,
        service_linked: row.is_service_linked(),
        identity,
        boundary,
        alone: alone.then_some(index),
    }
}

/// Membership of a class. A particular outside account or organization is in the class that a
/// policy means by everyone, which has a name: anyone.
pub(super) struct SameClass;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "same-class",
    name: "Member of a class",
    family: "account",
    source: "principal, account or outside party",
    target: "the class of all that have the same policies, or anyone",
    precondition: "always",
    mitigations: "none",
    references: &[],
};

impl LinkKind for SameClass {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn hops(&self) -> u8 {
        0
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let memberships: Vec<(Capability, Capability)> = (0_u32..)
            .zip(&rules.classes.classes)
            .filter(|(_, class)| class.used)
            .flat_map(|(index, class)| {
                class
                    .members
                    .iter()
                    .map(move |member| (*member, Capability::Class(index)))
            })
            .collect();
        for (member, class) in memberships {
            rules.add(Certainty::Certain, &[member], class);
        }
        let Some(anyone) = judge.world().find_outside(&OutsideParty::Anyone) else {
            return;
        };
        for (index, party) in judge.world().outside.iter().enumerate() {
            if matches!(
                party,
                OutsideParty::Account { .. } | OutsideParty::Organization { .. }
            ) {
                rules.add(
                    Certainty::Certain,
                    &[Capability::Outside(OutsideIndex::new(index))],
                    Capability::Outside(anyone),
                );
            }
        }
    }

    fn is_silent(&self) -> bool {
        true
    }
}
