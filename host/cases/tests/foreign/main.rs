//! The example plugin in Rust, Python and JavaScript: three components, written by hand against
//! `wit/`, say the same of themselves and give the same findings, byte for byte.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod tools;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use blastwall_cases::{CaseFile, run, snapshot};
use blastwall_model::{CheckInfo, Finding};
use blastwall_plugin_house_rules::PLUGIN;
use blastwall_runtime::{Engine, Evaluation, Limits, Plugin, Subject};
use blastwall_sdk::Judged;
use blastwall_sdk::testing::{ACCOUNT, Case};
use blastwall_toolchain::{Job, Output, build};
use serde_json::{Value, json};
use tools::Language;
use wasmparser::{ComponentTypeRef, Parser, Payload};

/// The capabilities that the example uses.
const IMPORTS: &[&str] = &[
    "blastwall:plugin/findings@0.1.0",
    "blastwall:plugin/log@0.1.0",
    "blastwall:plugin/organization@0.1.0",
    "blastwall:plugin/policy@0.1.0",
    "blastwall:plugin/resources@0.1.0",
    "blastwall:plugin/types@0.1.0",
];

/// How the message begins where a document does not have the shape of its type. The rest is in the
/// words of whatever read it.
const SHAPE: &str = "the document does not have the shape of ";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rust() -> Vec<u8> {
    let job = Job {
        folder: &repository(),
        packages: &["blastwall-plugin-house-rules".to_owned()],
        profile: "plugin",
        // Shared with the other plugins of tests.
        target_folder: Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest")),
        locked: true,
        output: Output::Kept,
    };
    build(&job, &mut |_| {}).unwrap().remove(0).component
}

#[test]
fn three_languages_give_the_same_findings() {
    let components = [
        ("Rust", rust()),
        ("Python", tools::component(&repository(), Language::Python)),
        (
            "JavaScript",
            tools::component(&repository(), Language::JavaScript),
        ),
    ];
    // Compiling CPython takes longer than everything else here.
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign/compiled");
    let engine = Engine::new(&Limits::default(), Some(&cache)).unwrap();
    let mut plugins = Vec::new();
    for (language, component) in components {
        for import in imports(&component) {
            assert!(IMPORTS.contains(&&*import), "{language} imports {import}");
        }
        let plugin = engine.load(&component);
        let plugin = plugin.unwrap_or_else(|error| panic!("{language}: {error}"));
        plugins.push((language, plugin));
    }

    let info = PLUGIN.describe().unwrap();
    for (language, plugin) in &plugins {
        assert_eq!(
            *plugin.info(),
            info,
            "{language} describes itself otherwise"
        );
    }
    let files = CaseFile::read_all(&repository().join("examples/plugins/cases"));
    let files = files.unwrap_or_else(|message| panic!("{message}"));
    for check in &info.checks {
        let file = files.iter().find(|file| check.id == *file.check.as_str());
        let cases = &file
            .unwrap_or_else(|| panic!("no cases for {}", check.id))
            .cases;
        for case in cases {
            let native = natively(check, case);
            for (language, plugin) in &plugins {
                let ran = run(plugin, check, case).unwrap();
                let name = &case.name;
                assert!(ran.passed(), "{language}, {}, {name}: {ran:?}", check.id);
            }
            let [rust, others @ ..] = &plugins[..] else {
                panic!("there is no plugin");
            };
            let expected = findings(&rust.1, check, case);
            let judgements: Vec<Value> = expected.iter().map(judgement).collect();
            assert_eq!(shown(&judgements), shown(&native), "natively");
            for (language, plugin) in others {
                let findings = findings(plugin, check, case);
                assert_eq!(shown(&findings), shown(&expected), "in {language}");
            }
        }
    }
}

/// The interfaces that a component imports.
fn imports(component: &[u8]) -> Vec<String> {
    let mut imports = Vec::new();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload.unwrap() {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                let imported = section.into_iter().map(Result::unwrap);
                let instances = imported
                    .filter(|import| matches!(import.ty, ComponentTypeRef::Instance(_)))
                    .map(|import| import.name.name.to_owned());
                imports.extend(instances);
            }
            _ => {}
        }
    }
    imports
}

/// What the check concludes outside the sandbox.
fn natively(check: &CheckInfo, case: &Case) -> Vec<Value> {
    let judgements = case.world().judge_by(&PLUGIN, check.id.as_str());
    let judgement = judgements.into_iter().map(|judgement| {
        json!({
            "check": judgement.check,
            "resource": judgement.resource,
            "verdict": judgement.outcome.verdict,
            "message": comparable(&judgement.outcome.message),
            "evidence": judgement.outcome.evidence,
        })
    });
    judgement.collect()
}

/// What of a finding is the plugin's word.
fn judgement(finding: &Finding) -> Value {
    json!({
        "check": finding.check,
        "resource": finding.resource,
        "verdict": finding.verdict,
        "message": finding.message,
        "evidence": finding.evidence,
    })
}

/// What the check concludes in the sandbox.
fn findings(plugin: &Plugin, check: &CheckInfo, case: &Case) -> Vec<Finding> {
    let world = case.world();
    let request = world.request(check);
    let evaluation = Evaluation {
        subject: match request.judged {
            Judged::Account(id) => Subject::Account(id),
            Judged::Organization(id) => Subject::Organization {
                id,
                management_account: ACCOUNT.parse().unwrap(),
            },
        },
        partition: request.partition,
        scanned_at: request.scanned_at,
        checks: BTreeMap::from([(check.id.clone(), case.parameters.clone())]),
    };
    let mut findings = plugin
        .evaluate(&evaluation, &Arc::new(snapshot(&world).unwrap()))
        .findings;
    for finding in &mut findings {
        finding.message = comparable(&finding.message).into();
    }
    findings
}

/// A message without the words of whatever read the document.
fn comparable(message: &str) -> &str {
    if message.starts_with(SHAPE) {
        return SHAPE;
    }
    message
}

fn shown(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}
