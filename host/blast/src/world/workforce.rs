//! The users and groups of Identity Center, and the roles that they are assigned.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use blastwall_model::AccountId;

use super::{AccountIndex, AccountRow, OutsideIndex, PrincipalIndex, PrincipalRow};
use crate::facts::{PermissionSet, WorkforceFacts};
use crate::subject::OutsideParty;

/// Who of the workforce has what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workforce {
    /// The permission sets, sorted.
    pub(crate) permission_sets: Vec<PermissionSet>,
    /// What users and groups are assigned; sorted.
    pub(crate) assignments: Vec<AssignedRole>,
    /// Those of them that are groups.
    pub(crate) groups: Vec<OutsideIndex>,
    /// By user or group, the ids of the instances that assign them something; none if that is not told.
    instances: BTreeMap<OutsideIndex, BTreeSet<String>>,
    /// The users of the directory.
    people: Vec<Person>,
}

/// A role that a user or group has by Identity Center.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AssignedRole {
    pub(crate) party: OutsideIndex,
    pub(crate) role: PrincipalIndex,
    /// The ARN of the permission set, if its name was not told and the role may be that of another one.
    pub(crate) guessed: Option<String>,
}

/// A user of the directory.
#[derive(Clone, Debug)]
struct Person {
    id: String,
    name: Option<String>,
    /// The user, if something is assigned to it, and its groups to which something is.
    parties: Vec<OutsideIndex>,
}

/// Assignments by party, before parties are numbered.
pub(super) struct Assigned {
    facts: WorkforceFacts,
    roles: Vec<AssignedTo>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct AssignedTo {
    party: OutsideParty,
    role: PrincipalIndex,
    guessed: Option<String>,
    /// The id of the instance.
    instance: Option<String>,
}

impl Assigned {
    /// The role of each assignment. Identity Center names it after the permission set, with a hash behind.
    /// Source: IAM Identity Center User Guide, "Referencing permission sets in resource policies".
    pub(super) fn new(
        facts: WorkforceFacts,
        accounts: &[AccountRow],
        by_id: &HashMap<AccountId, AccountIndex>,
        principals: &[PrincipalRow],
    ) -> Self {
        let mut roles = Vec::new();
        for assignment in &facts.assignments {
            let account = by_id
                .get(assignment.account.as_str())
                .and_then(|index| accounts.get(index.index()));
            let Some(account) = account else { continue };
            let name = assignment.set_name.as_deref();
            let mut candidates = account.principals.clone().filter(|place| {
                let row = principals.get(*place);
                row.and_then(PrincipalRow::permission_set)
                    .is_some_and(|own| match name {
                        Some(name) => own == name,
                        // The role of any set but those that are known.
                        None => !facts.permission_sets.iter().any(|set| set.name == own),
                    })
            });
            let candidates: Vec<usize> = match name {
                Some(_) => candidates.next().into_iter().collect(),
                None => candidates.collect(),
            };
            // An assignment makes a role: if there is but one that it can have made, it is that.
            let guessed = (candidates.len() > 1).then(|| assignment.permission_set.clone());
            roles.extend(candidates.into_iter().map(|place| AssignedTo {
                party: party(&facts, &assignment.principal, assignment.group),
                role: PrincipalIndex::new(place),
                guessed: guessed.clone(),
                instance: assignment.instance.clone(),
            }));
        }
        roles.sort();
        roles.dedup();
        Self { facts, roles }
    }

    /// The users and groups that have a role.
    pub(super) fn parties(&self) -> impl Iterator<Item = OutsideParty> {
        self.roles.iter().map(|to| to.party.clone())
    }

    /// With the numbers of parties.
    pub(super) fn numbered(self, by_party: &HashMap<OutsideParty, OutsideIndex>) -> Workforce {
        let Self { facts, roles } = self;
        let mut workforce = Workforce::default();
        for to in roles {
            let Some(index) = by_party.get(&to.party).copied() else {
                continue;
            };
            workforce.assignments.push(AssignedRole {
                party: index,
                role: to.role,
                guessed: to.guessed,
            });
            let instances = workforce.instances.entry(index).or_default();
            instances.extend(to.instance);
            if matches!(to.party, OutsideParty::IdentityCenter { group: true, .. }) {
                workforce.groups.push(index);
            }
        }
        workforce.assignments.dedup();
        workforce.groups.dedup();
        let people = facts.people.iter().map(|(id, person)| {
            let own = party(&facts, id, false);
            let groups = person.groups.iter().map(|group| party(&facts, group, true));
            let parties = std::iter::once(own).chain(groups);
            Person {
                id: id.clone(),
                name: person.name.clone(),
                parties: parties
                    .filter_map(|party| by_party.get(&party).copied())
                    .collect(),
            }
        });
        workforce.people = people.collect();
        workforce.permission_sets = facts.permission_sets;
        workforce.permission_sets.sort();
        workforce
    }
}

/// The party of an id in the directory.
fn party(facts: &WorkforceFacts, id: &str, group: bool) -> OutsideParty {
    let name = if group {
        facts.group_names.get(id).cloned()
    } else {
        facts.people.get(id).and_then(|person| person.name.clone())
    };
    OutsideParty::IdentityCenter {
        principal: id.to_owned(),
        name,
        group,
    }
}

impl Workforce {
    /// The users and groups that an instance, by its id, assigns something.
    pub(crate) fn assigned_by(&self, instance: &str) -> impl Iterator<Item = OutsideIndex> {
        let parties = self.instances.iter();
        parties
            .filter(move |(_, by)| by.is_empty() || by.contains(instance))
            .map(|(party, _)| *party)
    }

    /// As whom a user of that id or name is let in: itself and its groups, as far as something is assigned to
    /// them; none if there is no such user.
    pub(crate) fn person(&self, text: &str) -> Option<&[OutsideIndex]> {
        let person = self.people.iter().find(|person| {
            let name = person.name.as_deref();
            // User names are not case sensitive.
            person.id == text || name.is_some_and(|name| name.eq_ignore_ascii_case(text))
        })?;
        Some(&person.parties)
    }
}
