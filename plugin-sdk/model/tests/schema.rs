//! The schemas in the repository are those of the types, all types have one, and documents keep
//! them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use blastwall_model::resource_schemas;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The name of the file of a type, as AWS names the pages of types: `aws-s3-bucket.json`.
fn file_name(resource_type: &str) -> String {
    format!("{}.json", resource_type.to_lowercase().replace("::", "-"))
}

/// Run with `BLESS=1` to write the schemas anew after a change that is meant.
#[test]
fn the_schemas_in_the_repository_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let schemas: BTreeMap<String, Value> = resource_schemas()
        .into_iter()
        .map(|schema| (file_name(schema.resource_type), schema.schema))
        .collect();
    if std::env::var_os("BLESS").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, schema) in &schemas {
            let text = serde_json::to_string_pretty(schema).unwrap();
            std::fs::write(folder.join(name), text + "\n").unwrap();
        }
    }
    // Compared as values: the order of keys depends on features of serde_json that other crates
    // of a build may turn on.
    let committed: BTreeMap<String, Value> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let schema = serde_json::from_str(&text).unwrap();
            (entry.file_name().into_string().unwrap(), schema)
        })
        .collect();
    let names = |schemas: &BTreeMap<String, Value>| schemas.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(&schemas));
    for (name, schema) in &schemas {
        assert!(
            committed[name] == *schema,
            "schema/{name} is not the schema of its type; run this test with BLESS=1 and read the \
             difference"
        );
    }
}

#[test]
fn every_type_has_a_schema() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/resources");
    let mut types = Vec::new();
    let mut folders = vec![sources];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let after = text.split("kind! {").skip(1);
            types.extend(after.map(|rest| {
                let after = rest.split_once("Kind =").unwrap().1;
                after.split('"').nth(1).unwrap().to_owned()
            }));
        }
    }
    types.sort();
    let schemas: Vec<&str> = resource_schemas()
        .iter()
        .map(|schema| schema.resource_type)
        .collect();
    assert_eq!(schemas, types);
}

#[test]
fn every_property_is_described() {
    for schema in resource_schemas() {
        for part in ["config", "observed"] {
            let part = &schema.schema["properties"][part];
            for (name, property) in part["properties"].as_object().into_iter().flatten() {
                let described = property["description"].is_string();
                assert!(described, "{} of {}", name, schema.resource_type);
            }
        }
    }
}

/// The documents of the example organization are of the shape that the schemas tell.
#[test]
fn documents_keep_the_schemas() {
    let validators: BTreeMap<&str, jsonschema::Validator> = resource_schemas()
        .into_iter()
        .map(|schema| {
            let validator = jsonschema::draft202012::new(&schema.schema).unwrap();
            (schema.resource_type, validator)
        })
        .collect();
    let mut files = Vec::new();
    list(&root().join("examples/organization"), &mut files);
    let mut count = 0;
    for file in files {
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let mut document: Value = serde_json::from_str(line).unwrap();
            let validator = &validators[document["type"].as_str().unwrap()];
            let errors: Vec<String> = validator
                .iter_errors(&document)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", document["arn"]);
            count += 1;
            // And the schema does refuse something.
            document["account"] = "12".into();
            assert!(!validator.is_valid(&document));
        }
    }
    assert!(count > 100, "{count}");
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            files.push(path);
        }
    }
}
