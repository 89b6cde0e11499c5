//! A hostile plugin in a whole scan: it costs its own verdicts, the report names it, and what the
//! other plugins say stays the same to the byte.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::path::{Path, PathBuf};

use blastwall_tests::{Blastwall, assert_same, example, target_directory};
use blastwall_toolchain::{Job, Output, build};
use serde_json::Value;

/// The plugin of the runtime's tests that misbehaves in every way that Rust allows.
fn hostile() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = target_directory().join("hostile");
    let job = Job {
        folder: &root,
        packages: &["blastwall-plugin-hostile".to_owned()],
        profile: "plugin",
        target_folder: Some(&folder),
        locked: true,
        output: Output::Kept,
    };
    let mut built = build(&job, &mut |_| ()).unwrap();
    let file = folder.join("hostile.wasm");
    std::fs::write(&file, built.remove(0).component).unwrap();
    file
}

#[test]
fn a_hostile_plugin_costs_its_own_verdicts() {
    let program = Blastwall::new();
    let organization = example().join("organization");
    let organization = organization.to_str().unwrap();
    let scan = ["scan", "-o", "json", "--from", organization];
    let without = program.run(scan).exits(0).report();

    // Accounts one after the other, so that it is known when the plugin is given up.
    program.file(
        "blastwall.toml",
        "[scan]\nparallel-accounts = 1\n[plugins.limits.hostile]\ntime-seconds = 1\nfailures-in-a-row = 3\n",
    );
    let file = hostile();
    let file = file.to_str().unwrap();
    let run = program.run([&scan[..], &["--plugin-file", file]].concat());
    let with = run.exits(0).report();
    let others = |report: &Value| -> Vec<Value> {
        let findings = report["findings"].as_array().unwrap();
        let theirs = |finding: &&Value| {
            let check = &finding["check"];
            let checks = without.0["checks"].as_array().unwrap();
            checks.iter().any(|known| known["id"] == *check)
        };
        findings.iter().filter(theirs).cloned().collect()
    };
    assert_same(&without.0["findings"], &Value::from(others(&with.0)));
    assert_same(&without.0["blast_radius"], &with.0["blast_radius"]);

    let plugins = with.0["plugins"].as_array().unwrap();
    let plugin = plugins.iter().find(|plugin| plugin["name"] == "hostile");
    let failures = plugin.unwrap()["failures"].as_array().unwrap();
    let kinds: Vec<&str> = failures
        .iter()
        .map(|failure| failure["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds[3..], vec!["given-up"; kinds.len() - 3]);
    assert!(!kinds[..3].contains(&"given-up"), "{kinds:?}");
    let problems = with.0["problems"].to_string();
    assert!(
        problems.contains("it failed 3 times and was not asked about"),
        "{problems}"
    );
}
