//! The built-in plugins in the sandbox: the cases that their crates run natively give the same
//! verdicts here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::path::Path;

use blastwall_cases::{CaseFile, run};
use blastwall_runtime::{Engine, Limits};

#[test]
fn every_case_of_every_plugin_through_webassembly() {
    let engine = Engine::new(&Limits::default(), None).unwrap();
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let mut differences = Vec::new();
    for builtin in blastwall_builtin::PLUGINS {
        let plugin = engine.load(builtin.component).unwrap();
        assert_eq!(plugin.info().name, builtin.name);
        let checks = &plugin.info().checks;
        let folder = plugins.join(builtin.name).join("cases");
        let files = CaseFile::read_all(&folder).unwrap_or_else(|message| panic!("{message}"));
        for check in checks {
            let tested = files.iter().any(|file| check.id == file.check.as_str());
            assert!(tested, "no cases for {}", check.id);
        }
        for file in files {
            let check = checks.iter().find(|check| check.id == *file.check.as_str());
            for case in &file.cases {
                let ran = run(&plugin, check.unwrap(), case).unwrap();
                assert!(ran.failure.is_none(), "{}: {:?}", file.check, ran.failure);
                if let Err(difference) = case.compare(&ran.actual) {
                    differences.push(format!("{}: {difference}", file.check));
                }
            }
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
