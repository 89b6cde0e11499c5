//! Documents against CloudFormation's resource schemas, which the package cfn-lint carries: `config` is
//! spelled and shaped as there, except where `deviations.json` says why not.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use blastwall_tests::python;
use serde_json::{Map, Value};

/// Its schemas change with AWS; a later version may want the table and the deviations looked at.
const CFN_LINT: &str = "cfn-lint==1.58.0";

/// How deep properties are followed; a few schemas contain themselves.
const DEPTH: usize = 12;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What the script prints.
fn schemas(arguments: impl IntoIterator<Item = String>) -> String {
    let output = Command::new(python(CFN_LINT))
        .arg(root().join("tests/cloudformation/schemas.py"))
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Our own schemas, by type.
fn ours() -> BTreeMap<String, Value> {
    fs::read_dir(root().join("plugin-sdk/model/schema"))
        .unwrap()
        .map(|file| -> Value {
            serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap()
        })
        .filter_map(|schema| Some((schema["title"].as_str()?.to_owned(), schema)))
        .filter(|(kind, _)| kind.starts_with("AWS::"))
        .collect()
}

/// A place in a schema.
#[derive(Clone, Copy)]
struct Node<'a> {
    whole: &'a Value,
    here: &'a Value,
}

impl<'a> Node<'a> {
    fn new(whole: &'a Value, here: &'a Value) -> Self {
        let mut here = here;
        while let Some(name) = here.get("$ref").and_then(Value::as_str) {
            here = whole.pointer(name.trim_start_matches('#')).unwrap();
        }
        Self { whole, here }
    }

    fn at(self, here: &'a Value) -> Self {
        Self::new(self.whole, here)
    }

    /// It, and what it may be besides.
    fn alternatives(self) -> Vec<Self> {
        let mut all = vec![self];
        for name in ["anyOf", "oneOf", "allOf"] {
            let parts = self.here.get(name).and_then(Value::as_array);
            all.extend(parts.into_iter().flatten().map(|part| self.at(part)));
        }
        all
    }

    /// The JSON types that it may have; none if any.
    fn types(self) -> BTreeSet<&'a str> {
        let mut types = BTreeSet::new();
        for node in self.alternatives() {
            match node.here.get("type") {
                Some(Value::String(name)) => {
                    types.insert(name.as_str());
                }
                Some(Value::Array(names)) => types.extend(names.iter().filter_map(Value::as_str)),
                _ if node.here.get("properties").is_some() => {
                    types.insert("object");
                }
                _ => {}
            }
        }
        types.remove("null");
        if types.remove("integer") {
            types.insert("number");
        }
        types
    }

    fn properties(self) -> BTreeMap<&'a str, Self> {
        let mut all = BTreeMap::new();
        for node in self.alternatives() {
            let properties = node.here.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                all.entry(name.as_str()).or_insert(self.at(property));
            }
        }
        all
    }

    fn items(self) -> Option<Self> {
        let mut all = self.alternatives().into_iter();
        all.find_map(|node| Some(node.at(node.here.get("items")?)))
    }
}

/// Walks both schemas side by side and collects the paths where ours is not the other's.
fn compare(ours: Node<'_>, theirs: Node<'_>, path: &str, found: &mut BTreeMap<String, String>) {
    if path.matches('.').count() > DEPTH {
        return;
    }
    let (our_types, their_types) = (ours.types(), theirs.types());
    if !our_types.is_empty() && !their_types.is_empty() && our_types.is_disjoint(&their_types) {
        let what = format!("is {our_types:?} here and {their_types:?} there");
        found.insert(path.to_owned(), what);
        return;
    }
    let known = theirs.properties();
    for (name, property) in ours.properties() {
        let below = format!("{path}.{name}");
        let below = below.trim_start_matches('.');
        match known.get(name) {
            Some(their) => compare(property, *their, below, found),
            // An object without properties takes any.
            None if known.is_empty() && !path.is_empty() => {}
            None => {
                found.insert(below.to_owned(), "is not there".to_owned());
            }
        }
    }
    if let (Some(our), Some(their)) = (ours.items(), theirs.items()) {
        compare(our, their, &format!("{path}[]"), found);
    }
}

#[test]
fn config_is_as_cloudformation_has_it() {
    let ours = ours();
    assert!(ours.len() > 50, "{}", ours.len());
    let arguments = ["shapes".to_owned()]
        .into_iter()
        .chain(ours.keys().cloned());
    let theirs: Map<String, Value> = serde_json::from_str(&schemas(arguments)).unwrap();
    let file = root().join("tests/cloudformation/deviations.json");
    let justified: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_slice(&fs::read(file).unwrap()).unwrap();

    let mut deviations: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (kind, schema) in &ours {
        let mut found = BTreeMap::new();
        match theirs.get(kind) {
            None => {
                found.insert(String::new(), "has no schema there".to_owned());
            }
            Some(their) => {
                let config = schema.pointer("/properties/config").unwrap();
                compare(
                    Node::new(schema, config),
                    Node::new(their, their),
                    "",
                    &mut found,
                );
            }
        }
        if !found.is_empty() {
            deviations.insert(kind.clone(), found);
        }
    }
    let paths = |all: &BTreeMap<String, BTreeMap<String, String>>| -> BTreeSet<(String, String)> {
        all.iter()
            .flat_map(|(kind, paths)| paths.keys().map(|path| (kind.clone(), path.clone())))
            .collect()
    };
    let (found, known) = (paths(&deviations), paths(&justified));
    let new: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "not justified: {new:#?}\njustified and not there any more: {gone:#?}\n{deviations:#?}"
    );
    for (kind, path) in known {
        assert!(
            justified[&kind][&path].len() > 20,
            "{kind} {path}: say why it deviates"
        );
    }
}

/// `BLESS=1` writes the table anew.
#[test]
fn cloud_control_table_is_of_these_schemas() {
    let file: PathBuf = root().join("host/collect/src/services/cloud_control/types.json");
    let expected = schemas(["readable".to_owned()]);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, expected).unwrap();
        return;
    }
    let table = fs::read_to_string(&file).unwrap();
    assert!(
        table == expected,
        "the table differs; write it anew with BLESS=1"
    );
}
