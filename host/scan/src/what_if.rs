//! Changes that nobody has made yet, to see what they would do to the blast radius.

use blastwall_model::{Arn, Document};
use serde_json::{Value, json};

const ORGANIZATION: &str = "AWS::Organizations::Organization";
const SERVICE_CONTROL_POLICY: &str = "SERVICE_CONTROL_POLICY";

/// Changes to an organization.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WhatIf {
    /// Service control policies, each with the root, unit or account that it is attached to.
    pub service_control_policies: Vec<(Value, String)>,
    /// Inline policies, each with the user or role that it is given to.
    pub policies: Vec<(Value, Arn)>,
}

/// A change that has nothing to be made to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnmetChange {
    /// No root, unit or account of the organization.
    #[error(
        "there is no root, unit or account `{0}` to attach a service control policy to; there are {1}"
    )]
    Target(String, String),
    /// Several units or accounts of that name.
    #[error("`{0}` is the name of several units or accounts: {1}")]
    Several(String, String),
    /// No user or role that was seen.
    #[error("there is no user or role `{0}` to give a policy to")]
    Principal(Arn),
}

/// The id of a root, unit or account that is named by it, or by its own name.
fn place(places: &[Value], target: &str) -> Result<String, UnmetChange> {
    let text =
        |document: &Value, pointer: &str| Some(document.pointer(pointer)?.as_str()?.to_owned());
    let ids = |document: &Value| {
        let of_organization = document["type"] == ORGANIZATION;
        let kind = document["type"].as_str().unwrap_or_default();
        let unit = kind.ends_with("::OrganizationalUnit");
        let id = match (of_organization, unit) {
            (true, _) => "/config/RootId",
            (_, true) => "/config/Id",
            _ => "/config/AccountId",
        };
        let names = ["/config/Name", "/config/AccountName"];
        let name = names.iter().find_map(|name| text(document, name));
        Some((text(document, id)?, name.unwrap_or_default()))
    };
    let known: Vec<(String, String)> = places.iter().filter_map(ids).collect();
    if let Some((id, _)) = known.iter().find(|(id, _)| id == target) {
        return Ok(id.clone());
    }
    let named: Vec<&str> = known
        .iter()
        .filter(|(_, name)| name == target)
        .map(|(id, _)| id.as_str())
        .collect();
    match named.as_slice() {
        [id] => Ok((*id).to_owned()),
        [] => {
            let units = known
                .iter()
                .filter(|(id, _)| !id.starts_with(|first: char| first.is_ascii_digit()));
            let units = units.map(|(id, name)| match name.as_str() {
                "" => id.clone(),
                name => format!("{name} ({id})"),
            });
            let units: Vec<String> = units.take(UNITS_TOLD).collect();
            Err(UnmetChange::Target(target.to_owned(), units.join(", ")))
        }
        several => Err(UnmetChange::Several(target.to_owned(), several.join(", "))),
    }
}

/// How many units an error names.
const UNITS_TOLD: usize = 12;

impl WhatIf {
    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.service_control_policies.is_empty() && self.policies.is_empty()
    }

    /// The same with the ids of what service control policies are to be attached to: a root, unit or account,
    /// which may be given by its name.
    pub(crate) fn found(&self, organization: &[Document]) -> Result<Self, UnmetChange> {
        let mut found = self.clone();
        if self.service_control_policies.is_empty() {
            return Ok(found);
        }
        let places: Vec<Value> = organization.iter().map(parts).collect();
        for (_, target) in &mut found.service_control_policies {
            *target = place(&places, target)?;
        }
        Ok(found)
    }

    /// Whether every inline policy has somebody to be given to.
    pub(crate) fn check_principals(
        &self,
        is_known: impl Fn(&Arn) -> bool,
    ) -> Result<(), UnmetChange> {
        match self.policies.iter().find(|(_, arn)| !is_known(arn)) {
            Some((_, arn)) => Err(UnmetChange::Principal(arn.clone())),
            None => Ok(()),
        }
    }

    /// The documents of the organization with the changes.
    pub(crate) fn organization(&self, documents: &[Document]) -> Vec<Document> {
        let mut changed: Vec<Document> = documents.to_vec();
        let Some(place) = documents.iter().position(|one| one.kind == ORGANIZATION) else {
            return changed;
        };
        if self.service_control_policies.is_empty() {
            return changed;
        }
        let Some(organization) = documents.get(place) else {
            return changed;
        };
        // A policy binds only where its type is on.
        let mut switched_on = parts(organization);
        if let Some(Value::Array(types)) = switched_on.pointer_mut("/observed/EnabledPolicyTypes")
            && !types.iter().any(|one| one == SERVICE_CONTROL_POLICY)
        {
            types.push(json!(SERVICE_CONTROL_POLICY));
        }
        if let (Some(slot), Some(document)) = (changed.get_mut(place), parsed(&switched_on)) {
            *slot = document;
        }
        for (number, (content, target)) in self.service_control_policies.iter().enumerate() {
            let id = format!("p-whatif{number:04}");
            let policy = json!({
                "type": "AWS::Organizations::Policy",
                "arn": format!("arn:{}:organizations::{}:policy/what-if/service_control_policy/{id}",
                    organization.arn.partition(), organization.account),
                "account": organization.account,
                "config": {
                    "Id": id, "Name": format!("what-if-{}", number + 1),
                    "Type": SERVICE_CONTROL_POLICY, "Content": content, "TargetIds": [target]
                }
            });
            changed.extend(parsed(&policy));
        }
        changed
    }

    /// The documents of an account with the changes.
    pub(crate) fn account(&self, documents: &[Document]) -> Vec<Document> {
        let given = |document: &Document| {
            self.policies
                .iter()
                .enumerate()
                .filter(|(_, (_, arn))| *arn == document.arn)
                .collect::<Vec<_>>()
        };
        let change = |document: &Document| {
            let given = given(document);
            if given.is_empty() {
                return document.clone();
            }
            let mut value = parts(document);
            for (number, (content, _)) in given {
                let policy = json!({
                    "PolicyName": format!("what-if-{}", number + 1), "PolicyDocument": content
                });
                match value.pointer_mut("/config/Policies") {
                    Some(Value::Array(policies)) => policies.push(policy),
                    _ => {
                        if let Some(Value::Object(config)) = value.get_mut("config") {
                            config.insert("Policies".to_owned(), json!([policy]));
                        }
                    }
                }
            }
            parsed(&value).unwrap_or_else(|| document.clone())
        };
        documents.iter().map(change).collect()
    }
}

fn parts(document: &Document) -> Value {
    serde_json::from_str(document.json()).unwrap_or_default()
}

fn parsed(value: &Value) -> Option<Document> {
    Document::parse(&value.to_string()).ok()
}
