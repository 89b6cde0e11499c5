//! AWS-managed policies that are known without being told.

use std::fs;
use std::path::Path;
use std::process::Command;

use blastwall_tests::moto_python;
use serde_json::Value;

#[test]
fn known_managed_policies_are_those_that_moto_has() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let script = root.join("tests/moto/managed_policies.py");
    let output = Command::new(moto_python()).arg(&script).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
    let table = root.join("host/blast/src/facts/known_policies.json");
    let ours: Value = serde_json::from_slice(&fs::read(&table).unwrap()).unwrap();
    assert!(ours == theirs, "write {} anew", table.display());
}
