//! The built-in plugins in the sandbox: the cases that their crates run natively give the same
//! verdicts here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use blastwall_runtime::{Engine, Limits};
use blastwall_sdk::testing::{Actual, CaseFile};

#[test]
fn every_case_of_every_plugin_through_webassembly() {
    let engine = Engine::new(&Limits::default(), None).unwrap();
    let mut differences = Vec::new();
    for builtin in blastwall_builtin::PLUGINS {
        let plugin = engine.load(builtin.component).unwrap();
        assert_eq!(plugin.info().name, builtin.name);
        let folder = support::root()
            .join("plugins")
            .join(builtin.name)
            .join("cases");
        let files = CaseFile::read_all(&folder).unwrap_or_else(|message| panic!("{message}"));
        for check in &plugin.info().checks {
            let tested = files.iter().any(|file| check.id == file.check.as_str());
            assert!(tested, "no cases for {}", check.id);
        }
        for file in files {
            for case in &file.cases {
                let world = case.world();
                let checks = &plugin.info().checks;
                let info = checks.iter().find(|info| info.id == *file.check.as_str());
                let request = world.request(info.unwrap());
                let mut evaluation = support::evaluation(&[&file.check]);
                evaluation.subject = support::subject(request.judged);
                evaluation.partition = request.partition;
                evaluation.scanned_at = request.scanned_at;
                for parameters in evaluation.checks.values_mut() {
                    parameters.clone_from(&case.parameters);
                }
                let outcome = plugin.evaluate(&evaluation, &support::snapshot(&world));
                let actual: Vec<Actual> = outcome
                    .findings
                    .into_iter()
                    .map(|finding| Actual {
                        resource: finding.resource,
                        verdict: finding.verdict,
                        message: finding.message,
                    })
                    .collect();
                if let Err(difference) = case.compare(&actual) {
                    differences.push(format!("{}: {difference}", file.check));
                }
            }
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
