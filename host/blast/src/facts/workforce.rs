//! The workforce behind Identity Center: who is assigned which permission set in which account, what users and
//! groups are called, and who is in which group.

use std::collections::BTreeMap;

use blastwall_model::Document;
use serde_json::Value;

use super::Unjudged;

const ASSIGNMENT: &str = "AWS::SSO::Assignment";
const PERMISSION_SET: &str = "AWS::SSO::PermissionSet";
const USER: &str = "AWS::IdentityStore::User";
const GROUP: &str = "AWS::IdentityStore::Group";
const MEMBERSHIP: &str = "AWS::IdentityStore::GroupMembership";

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    [ASSIGNMENT, PERMISSION_SET, USER, GROUP, MEMBERSHIP].into_iter()
}

/// A permission set that a user or group of Identity Center has in an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AssignmentFacts {
    /// The id of the user or group in the identity store.
    pub(crate) principal: String,
    /// The ARN of the permission set.
    pub(crate) permission_set: String,
    /// The name of the permission set; none if it was not told.
    pub(crate) set_name: Option<String>,
    /// The account.
    pub(crate) account: String,
    /// Whether it is a group.
    pub(crate) group: bool,
    /// The id of the instance, `ssoins-…`, if it is told.
    pub(crate) instance: Option<String>,
}

/// A permission set of Identity Center.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PermissionSet {
    pub(crate) arn: String,
    pub(crate) name: String,
}

/// A user of the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PersonFacts {
    /// What the user signs in as; none if it was not told.
    pub(crate) name: Option<String>,
    /// The ids of the groups that the user is in.
    pub(crate) groups: Vec<String>,
}

/// What is told of the workforce.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkforceFacts {
    pub(crate) assignments: Vec<AssignmentFacts>,
    pub(crate) permission_sets: Vec<PermissionSet>,
    /// The names of groups, by id.
    pub(crate) group_names: BTreeMap<String, String>,
    /// Users by id.
    pub(crate) people: BTreeMap<String, PersonFacts>,
}

impl WorkforceFacts {
    /// Reads the documents of an account.
    pub(super) fn read<'a>(
        documents: impl Iterator<Item = &'a Document>,
        unjudged: &mut Vec<Unjudged>,
    ) -> Self {
        let read: Vec<(&Document, Value)> = documents
            .filter(|document| types().any(|kind| kind == document.kind))
            .filter_map(|document| Some((document, serde_json::from_str(document.json()).ok()?)))
            .collect();
        let of = |kind: &'static str| {
            read.iter()
                .filter(move |(document, _)| document.kind == kind)
        };
        let permission_sets: Vec<PermissionSet> = of(PERMISSION_SET)
            .filter_map(|(document, set)| {
                let arn = text(set, "/PermissionSetArn").unwrap_or(document.arn.as_str());
                Some(PermissionSet {
                    arn: arn.to_owned(),
                    name: text(set, "/Name")?.to_owned(),
                })
            })
            .collect();
        let mut facts = Self::default();
        for (document, assignment) in of(ASSIGNMENT) {
            match assignment_of(assignment, &permission_sets) {
                Ok(assignment) => facts.assignments.push(assignment),
                Err(why) => unjudged.push(Unjudged {
                    arn: document.arn.clone(),
                    why,
                }),
            }
        }
        for (document, group) in of(GROUP) {
            let id = text(group, "/GroupId").unwrap_or_else(|| last(document.arn.as_str()));
            if let Some(name) = text(group, "/DisplayName") {
                facts.group_names.insert(id.to_owned(), name.to_owned());
            }
        }
        for (document, user) in of(USER) {
            let id = text(user, "/UserId").unwrap_or_else(|| last(document.arn.as_str()));
            facts.people.entry(id.to_owned()).or_default().name =
                text(user, "/UserName").map(str::to_owned);
        }
        for (_, membership) in of(MEMBERSHIP) {
            let ids = text(membership, "/MemberId/UserId").zip(text(membership, "/GroupId"));
            if let Some((user, group)) = ids {
                let person = facts.people.entry(user.to_owned()).or_default();
                person.groups.push(group.to_owned());
            }
        }
        facts.permission_sets = permission_sets;
        facts
    }

    /// Takes in another part.
    pub(crate) fn extend(&mut self, other: Self) {
        self.assignments.extend(other.assignments);
        self.permission_sets.extend(other.permission_sets);
        self.group_names.extend(other.group_names);
        for (id, person) in other.people {
            let known = self.people.entry(id).or_default();
            known.name = known.name.take().or(person.name);
            known.groups.extend(person.groups);
        }
    }
}

fn assignment_of(assignment: &Value, sets: &[PermissionSet]) -> Result<AssignmentFacts, String> {
    let named = |pointer: &str| {
        let missing = || format!("config.{}: not told", pointer.trim_start_matches('/'));
        text(assignment, pointer).ok_or_else(missing)
    };
    let arn = named("/PermissionSetArn")?;
    let set = sets.iter().find(|set| set.arn == arn);
    let instance = text(assignment, "/InstanceArn").or(Some(arn));
    Ok(AssignmentFacts {
        principal: named("/PrincipalId")?.to_owned(),
        permission_set: arn.to_owned(),
        set_name: set.map(|set| set.name.clone()),
        account: named("/TargetId")?.to_owned(),
        group: text(assignment, "/PrincipalType") == Some("GROUP"),
        instance: instance.and_then(instance_id).map(str::to_owned),
    })
}

/// The id of the instance in an ARN of one, or of a permission set of one.
pub(crate) fn instance_id(arn: &str) -> Option<&str> {
    arn.split('/').find(|part| part.starts_with("ssoins-"))
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(&format!("/config{pointer}"))?.as_str()
}

fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}
