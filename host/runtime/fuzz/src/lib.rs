//! What the targets share: one sandbox with small limits, and what must hold of whatever is loaded
//! into it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use blastwall_model::{Document, Verdict};
use blastwall_runtime::{Engine, Evaluation, Limits, Snapshot, Subject};
use wit_component::StringEncoding;

/// A plugin in Rust terms of tests/support: one check `check` on the account, built as the contract
/// was released.
pub const RELEASED: &[u8] = include_bytes!("../../tests/released/0.1.0.wasm");

/// What a core module of a plugin imports and exports.
pub const SHAPE: &str = r#"(module
    (import "blastwall:plugin/log@0.1.0" "write" (func (param i32 i32 i32)))
    (import "blastwall:plugin/findings@0.1.0" "report" (func (param i32 i32)))
    (import "blastwall:plugin/findings@0.1.0" "report-shared" (func (param i32 i32)))
    (import "blastwall:plugin/resources@0.1.0" "open" (func (param i32 i32) (result i32)))
    (import "blastwall:plugin/resources@0.1.0" "[method]cursor.next" (func (param i32 i32)))
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "describe") (result i32) unreachable)
    (func (export "evaluate") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
)"#;

fn limits() -> Limits {
    Limits {
        time: Duration::from_millis(100),
        memory: 16 << 20,
        findings: 10_000,
        findings_bytes: 8 << 20,
        call_bytes: 4 << 20,
        instances: 2,
        ..Limits::default()
    }
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(&limits(), None).expect("a sandbox"))
}

fn snapshot() -> Arc<Snapshot> {
    let bucket = |number: u32| {
        let text = format!(
            r#"{{"type":"AWS::S3::Bucket","arn":"arn:aws:s3:::bucket-{number}","account":"111122223333"}}"#
        );
        Document::parse(&text).expect("a document")
    };
    Arc::new(Snapshot::new((0..3).map(bucket).collect(), &[]))
}

/// Loads what claims to be a plugin and asks it, if it is one. Whether it was.
pub fn challenge(bytes: &[u8]) -> bool {
    let plugin = match engine().load(bytes) {
        Ok(plugin) => plugin,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return false;
        }
    };
    let ids = plugin.info().checks.iter().map(|check| check.id.clone());
    let evaluation = Evaluation {
        subject: Subject::Account("111122223333".parse().expect("an account")),
        partition: "aws".to_owned(),
        scanned_at: "2026-01-01T00:00:00Z".to_owned(),
        checks: ids.map(|id| (id, serde_json::Map::new())).collect(),
    };
    let outcome = plugin.evaluate(&evaluation, &snapshot());
    let limits = limits();
    assert!(outcome.peak_memory <= limits.memory);
    assert!(outcome.log.len() <= limits.log_lines);
    match &outcome.failure {
        Some(failure) => {
            assert!(!failure.to_string().is_empty());
            assert_eq!(outcome.findings.len(), evaluation.checks.len());
            let errors = outcome.findings.iter();
            assert!(
                errors
                    .map(|error| error.verdict)
                    .all(|verdict| verdict == Verdict::Error)
            );
        }
        None => assert!(outcome.findings.len() >= evaluation.checks.len().min(1)),
    }
    true
}

/// A core module as a component of our world; none if it does not have the shape of one.
pub fn component(mut module: Vec<u8>) -> Option<Vec<u8>> {
    static WORLD: OnceLock<(wit_parser::Resolve, wit_parser::WorldId)> = OnceLock::new();
    let (resolve, world) = WORLD.get_or_init(|| {
        let mut resolve = wit_parser::Resolve::default();
        let text = include_str!("../../../../wit/plugin.wit");
        let package = resolve.push_str("plugin.wit", text).expect("the contract");
        let world = resolve.select_world(&[package], Some("plugin"));
        (resolve, world.expect("the world"))
    });
    wit_component::embed_component_metadata(&mut module, resolve, *world, StringEncoding::UTF8)
        .ok()?;
    let mut encoder = wit_component::ComponentEncoder::default();
    encoder = encoder.module(&module).ok()?;
    encoder.encode().ok()
}

/// The core module of a component that wit-component made: the first.
pub fn core(component: &[u8]) -> Option<Vec<u8>> {
    wasmparser::Parser::new(0)
        .parse_all(component)
        .find_map(|payload| match payload {
            Ok(wasmparser::Payload::ModuleSection {
                unchecked_range, ..
            }) => component
                .get(unchecked_range.start as usize..unchecked_range.end as usize)
                .map(<[u8]>::to_vec),
            _ => None,
        })
}
