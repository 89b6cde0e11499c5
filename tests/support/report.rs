//! The JSON report, read as a stranger would: by its documented names alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub struct Report(pub Value);

impl Report {
    /// Reads a report.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_else(|error| {
            panic!("the report is not JSON: {error}\n{text:.400}");
        }))
    }

    fn list(&self, key: &str) -> &[Value] {
        self.0[key]
            .as_array()
            .unwrap_or_else(|| panic!("no {key} in the report"))
    }

    /// What is said of an account.
    #[must_use]
    pub fn account(&self, id: &str) -> &Value {
        self.find("accounts", "id", id)
    }

    /// The ids of the accounts that were entered.
    #[must_use]
    pub fn entered(&self) -> Vec<&str> {
        self.list("accounts")
            .iter()
            .filter(|account| account["access"]["status"] == "entered")
            .map(|account| account["id"].as_str().unwrap())
            .collect()
    }

    /// What was seen of an account.
    #[must_use]
    pub fn coverage(&self, id: &str) -> &Value {
        self.find("coverage", "account", id)
    }

    /// All gaps: account, gap.
    pub fn gaps(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.list("coverage").iter().flat_map(|coverage| {
            let account = coverage["account"].as_str().unwrap();
            let gaps = coverage["gaps"].as_array().unwrap();
            gaps.iter().map(move |gap| (account, gap))
        })
    }

    /// All findings.
    #[must_use]
    pub fn findings(&self) -> &[Value] {
        self.list("findings")
    }

    /// The findings of a check in an account.
    pub fn of<'a>(&'a self, check: &'a str, account: &'a str) -> impl Iterator<Item = &'a Value> {
        self.findings()
            .iter()
            .filter(move |finding| finding["check"] == check && finding["account"] == account)
    }

    /// The verdicts of a check in an account by ARN; verdicts on the account itself have the key
    /// `account`.
    #[must_use]
    pub fn verdicts(&self, check: &str, account: &str) -> BTreeMap<String, String> {
        self.of(check, account)
            .map(|finding| {
                (
                    finding["resource"].as_str().unwrap_or("account").to_owned(),
                    finding["verdict"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    }

    /// The one verdict of a check on a resource, by the end of its ARN.
    #[must_use]
    pub fn verdict(&self, check: &str, account: &str, resource: &str) -> String {
        let verdicts = self.verdicts(check, account);
        let found: Vec<_> = verdicts
            .iter()
            .filter(|(arn, _)| arn.ends_with(resource))
            .collect();
        match found.as_slice() {
            [(_, verdict)] => (*verdict).clone(),
            _ => panic!("{check} in {account}: no one verdict on {resource} in {verdicts:#?}"),
        }
    }

    /// The checks that took part.
    #[must_use]
    pub fn checks(&self) -> Vec<&str> {
        self.list("checks")
            .iter()
            .map(|check| check["id"].as_str().unwrap())
            .collect()
    }

    /// What the fall of an account means.
    #[must_use]
    pub fn blast(&self, account: &str) -> &Value {
        self.0["blast_radius"]["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .find(|blast| blast["account"] == account)
            .unwrap_or_else(|| panic!("no blast radius of {account}"))
    }

    /// What the fall of one account reaches in another.
    #[must_use]
    pub fn reach(&self, from: &str, to: &str) -> Option<&Value> {
        self.blast(from)["reaches"]
            .as_array()
            .unwrap()
            .iter()
            .find(|reached| reached["account"] == to)
    }

    fn find(&self, list: &str, key: &str, value: &str) -> &Value {
        self.list(list)
            .iter()
            .find(|item| item[key] == value)
            .unwrap_or_else(|| panic!("no {value} among the {list} of the report"))
    }
}

/// Fails at the first place where two JSON values differ, and shows no more than that place.
///
/// # Panics
/// If they differ.
pub fn assert_same(left: &Value, right: &Value) {
    if let Some(place) = difference("", left, right) {
        panic!("they differ at {place}");
    }
}

fn difference(path: &str, left: &Value, right: &Value) -> Option<String> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            keys.into_iter().find_map(|key| {
                let value = |side: &Map<String, Value>| side.get(key).cloned().unwrap_or_default();
                difference(&format!("{path}/{key}"), &value(left), &value(right))
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => left
            .iter()
            .zip(right)
            .enumerate()
            .find_map(|(index, (left, right))| difference(&format!("{path}/{index}"), left, right)),
        _ => (left != right).then(|| format!("{path}: {} and {}", short(left), short(right))),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(300).collect()
}
