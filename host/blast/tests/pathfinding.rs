//! The escalation paths of <https://pathfinding.cloud> (`pathfinding.json`): each is found with its actions, and
//! none without the one that it stands on.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty;
use serde::Deserialize;
use serde_json::{Value, json};

use support::Org;

#[derive(Deserialize)]
struct Paths {
    paths: Vec<Path>,
}

#[derive(Deserialize)]
struct Path {
    id: String,
    actions: Vec<String>,
    start: String,
    falls: String,
    certainty: String,
    /// Why it is not found as it stands there.
    why: Option<String>,
    without: String,
    documents: Vec<Value>,
}

fn paths() -> Vec<Path> {
    let paths: Paths = serde_json::from_str(include_str!("pathfinding.json")).unwrap();
    paths.paths
}

/// How surely it falls.
fn reach(path: &Path, documents: &[Value]) -> Option<Certainty> {
    let mut org = Org::three();
    org.organization[0]["observed"]["EnabledServicePrincipals"] = json!(["sso.amazonaws.com"]);
    let org = documents.iter().fold(org, |org, document| {
        org.add(document["account"].as_str().unwrap(), document.clone())
    });
    org.reach(&path.start, &path.falls)
}

/// The documents where nobody is allowed an action by itself.
fn without(documents: &[Value], action: &str) -> Vec<Value> {
    let mut documents = documents.to_vec();
    for document in &mut documents {
        drop_statements(document, action);
    }
    documents
}

fn drop_statements(value: &mut Value, action: &str) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Array(statements)) = object.get_mut("Statement") {
                statements.retain(|statement| statement["Action"] != action);
            }
            object
                .values_mut()
                .for_each(|one| drop_statements(one, action));
        }
        Value::Array(list) => list.iter_mut().for_each(|one| drop_statements(one, action)),
        _ => {}
    }
}

#[test]
fn every_path_is_found_and_none_without_its_action() {
    let all = paths();
    assert!(all.len() > 100, "{}", all.len());
    let mut wrong = Vec::new();
    for path in &all {
        assert!(path.actions.contains(&path.without), "{}", path.id);
        let expected = match path.certainty.as_str() {
            "certain" => Some(Certainty::Certain),
            "conditional" => Some(Certainty::Conditional),
            other => {
                assert_eq!(other, "none", "{}", path.id);
                assert!(path.why.is_some(), "{}: say why it is not found", path.id);
                None
            }
        };
        let found = reach(path, &path.documents);
        if found != expected {
            wrong.push(format!("{}: {found:?} instead of {expected:?}", path.id));
        }
        let control = reach(path, &without(&path.documents, &path.without));
        if control.is_some() {
            wrong.push(format!("{}: {control:?} without {}", path.id, path.without));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
