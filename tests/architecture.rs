//! The dependency arrows of host/ARCHITECTURE.md, held by a test.
//!
//! A new arrow is a decision: make it here and in the picture, or not at all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each crate may depend on of ours, leaving out tests and build scripts.
const ARROWS: &[(&str, &[&str])] = &[
    ("blastwall-model", &[]),
    ("blastwall-policy", &[]),
    ("blastwall-macros", &[]),
    ("blastwall-sdk", &["macros", "model", "policy"]),
    ("blastwall-aws", &["model"]),
    ("blastwall-store", &["model"]),
    ("blastwall-organization", &["aws", "model"]),
    ("blastwall-collect", &["aws", "model"]),
    ("blastwall-runtime", &["model", "policy"]),
    ("blastwall-builtin", &[]),
    ("blastwall-toolchain", &[]),
    ("blastwall-cases", &["model", "runtime", "sdk"]),
    ("blastwall-blast", &["model", "policy"]),
    ("blastwall-report", &["blast", "model"]),
    ("blastwall-sim", &["model", "policy", "store"]),
    (
        "blastwall-scan",
        &[
            "aws",
            "blast",
            "collect",
            "model",
            "organization",
            "report",
            "runtime",
            "store",
        ],
    ),
    (
        "blastwall",
        &[
            "aws",
            "blast",
            "builtin",
            "cases",
            "collect",
            "model",
            "organization",
            "policy",
            "report",
            "runtime",
            "scan",
            "sim",
            "store",
            "toolchain",
        ],
    ),
    ("blastwall-tests", &["sim", "store"]),
];

/// Plugins depend on the SDK alone, those of tests included.
const PLUGIN_ARROWS: &[&str] = &["sdk"];

/// Heavy dependencies, by the beginning of the name, and the crates that may have them.
const HEAVY: &[(&str, &[&str])] = &[
    ("aws-sdk-organizations", &["blastwall-organization"]),
    ("aws-sdk-sts", &["blastwall-organization"]),
    ("aws-sdk-", &["blastwall-organization", "blastwall-collect"]),
    ("aws-config", &["blastwall-aws", "blastwall-organization"]),
    ("wasmtime", &["blastwall-runtime"]),
    ("wit-component", &["blastwall-toolchain"]),
    ("clap", &["blastwall"]),
];

/// What cargo says of the packages of the workspace.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"),
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Dependencies that end up in the crate itself: those of no kind are neither for tests nor for
/// build scripts.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    packages()
        .iter()
        .map(|package| {
            let names = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| text(dependency, "name").to_owned())
                .collect();
            (text(package, "name").to_owned(), names)
        })
        .collect()
}

#[test]
fn crates_depend_only_as_drawn() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for (package, dependencies) in dependencies() {
        let allowed = if package.starts_with("blastwall-plugin-") {
            PLUGIN_ARROWS
        } else {
            allowed
                .get(package.as_str())
                .unwrap_or_else(|| panic!("{package} is not in the picture"))
        };
        let ours = dependencies
            .iter()
            .filter_map(|name| name.strip_prefix("blastwall-"));
        let undrawn: Vec<&str> = ours.filter(|name| !allowed.contains(name)).collect();
        assert!(undrawn.is_empty(), "{package} depends on {undrawn:?}");
    }
}

#[test]
fn one_heavy_dependency_one_crate() {
    for (package, dependencies) in dependencies() {
        if package == "blastwall-tests" {
            continue;
        }
        for name in &dependencies {
            if let Some((heavy, allowed)) =
                HEAVY.iter().find(|(prefix, _)| name.starts_with(prefix))
            {
                assert!(
                    allowed.contains(&package.as_str()),
                    "{package} depends on {name}; {heavy}* belongs to {allowed:?}"
                );
            }
        }
    }
}

#[test]
fn every_crate_obeys_the_workspace_lints() {
    for package in packages() {
        let manifest = std::fs::read_to_string(text(&package, "manifest_path")).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{} does not inherit the lints",
            text(&package, "name")
        );
    }
}
