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
    #[error("there is no root, unit or account `{0}` to attach a service control policy to")]
    Target(String),
    /// No user or role that was seen.
    #[error("there is no user or role `{0}` to give a policy to")]
    Principal(Arn),
}

impl WhatIf {
    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.service_control_policies.is_empty() && self.policies.is_empty()
    }

    /// Whether every service control policy has something to be attached to.
    pub(crate) fn check_targets(&self, organization: &[Document]) -> Result<(), UnmetChange> {
        let places: Vec<Value> = organization.iter().map(parts).collect();
        let is_place = |target: &str| {
            let ids = ["/config/Id", "/config/AccountId", "/config/RootId"];
            places.iter().any(|document| {
                ids.iter()
                    .any(|id| document.pointer(id).and_then(Value::as_str) == Some(target))
            })
        };
        let mut targets = self.service_control_policies.iter();
        match targets.find(|(_, target)| !is_place(target)) {
            Some((_, target)) => Err(UnmetChange::Target(target.clone())),
            None => Ok(()),
        }
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
