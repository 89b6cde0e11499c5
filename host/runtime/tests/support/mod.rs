//! What the tests of the runtime share.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use blastwall_model::Document;
use blastwall_runtime::{Engine, Evaluation, Limits, Outcome, Plugin, Snapshot, Subject};
use blastwall_toolchain::{Job, Output, build};
use wit_component::StringEncoding;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Limits that tests reach quickly.
pub fn limits() -> Limits {
    Limits {
        time: Duration::from_millis(300),
        memory: 32 << 20,
        instances: 4,
        ..Limits::default()
    }
}

pub fn engine() -> Engine {
    Engine::new(&limits(), None).unwrap()
}

/// The component of tests/guest.
pub fn guest() -> &'static [u8] {
    static GUEST: OnceLock<Vec<u8>> = OnceLock::new();
    GUEST.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest");
        let job = Job {
            folder: &root(),
            packages: &["blastwall-plugin-hostile".to_owned()],
            profile: "plugin",
            target_folder: Some(&folder),
            locked: true,
            output: Output::Kept,
        };
        build(&job, &mut |_| {}).unwrap().remove(0).component
    })
}

/// An account with so many buckets.
pub fn buckets(count: usize) -> Arc<Snapshot> {
    let documents = (0..count)
        .map(|number| {
            Document::parse(&format!(
                r#"{{"type":"AWS::S3::Bucket","arn":"arn:aws:s3:::bucket-{number:06}","account":"111122223333","region":"eu-west-1"}}"#
            ))
            .unwrap()
        })
        .collect();
    Arc::new(Snapshot::new(documents, &[]))
}

pub fn evaluation(checks: &[&str]) -> Evaluation {
    Evaluation {
        subject: Subject::Account("111122223333".parse().unwrap()),
        partition: "aws".to_owned(),
        scanned_at: "2026-01-01T00:00:00Z".to_owned(),
        checks: checks
            .iter()
            .map(|check| (check.parse().unwrap(), serde_json::Map::new()))
            .collect::<BTreeMap<_, _>>(),
    }
}

pub fn evaluate(plugin: &Plugin, check: &str, snapshot: &Arc<Snapshot>) -> Outcome {
    plugin.evaluate(&evaluation(&[check]), snapshot)
}

/// A component of our world around a core module in text, of which `describe` names one check
/// `check` of scope `scope` (0 resource, 1 account) that reads buckets.
///
/// `imports` come first and are core imports; `evaluate` is the body of that function, which has
/// the i32 locals 0 to 8 for the request and is to leave the address of the result. The result
/// "ok" is at address 0, and the heap of `cabi_realloc` begins at 65536.
pub fn component(imports: &str, scope: u8, evaluate: &str) -> Vec<u8> {
    component_with(imports, scope, REALLOC, evaluate, "")
}

/// The body of a `cabi_realloc` that goes on and on through the memory: the size is local 3.
pub const REALLOC: &str = "(local $at i32)
    (local.set $at (global.get $heap))
    (global.set $heap (i32.and (i32.add (i32.add (global.get $heap) (local.get 3)) (i32.const 7)) (i32.const -8)))
    (local.get $at)";

/// The same with a `cabi_realloc` and more fields of the module.
pub fn component_with(
    imports: &str,
    scope: u8,
    realloc: &str,
    evaluate: &str,
    fields: &str,
) -> Vec<u8> {
    module(&text(imports, scope, realloc, evaluate, fields))
}

/// The core module of `component_with`.
pub fn text(imports: &str, scope: u8, realloc: &str, evaluate: &str, fields: &str) -> String {
    let mut data = Data::default();
    // First, where `BUCKET` and `CHECK` are.
    let reads = data.string("AWS::S3::Bucket");
    let reads = data.put(4, &reads);
    let id = data.string("check");
    let check = check(&id, scope, &EMPTY, reads, &EMPTY);
    let info = data.info(&id, &[check]);
    around(&data, info, imports, realloc, evaluate, fields)
}

/// A plugin with checks of these ids, this title, and one parameter of this schema.
pub fn described(ids: &[&str], title: &str, schema: &str) -> Vec<u8> {
    let mut data = Data::default();
    let reads = data.string("AWS::S3::Bucket");
    let reads = data.put(4, &reads);
    let name = data.string("check");
    let title = data.string(title);
    let default = data.string("1");
    let schema = data.string(schema);
    let parameter = [&name[..], &EMPTY, &default, &schema].concat();
    let parameters = list(data.put(4, &parameter), 1);
    let checks: Vec<Vec<u8>> = ids
        .iter()
        .map(|id| check(&data.string(id), 1, &title, reads, &parameters))
        .collect();
    let info = data.info(&name, &checks);
    module(&around(&data, info, "", REALLOC, "(i32.const 0)", ""))
}

const EMPTY: [u8; 8] = [0; 8];

fn list(address: u32, length: u32) -> Vec<u8> {
    [address.to_le_bytes(), length.to_le_bytes()].concat()
}

/// The record `check-info`.
fn check(id: &[u8], scope: u8, title: &[u8], reads: u32, parameters: &[u8]) -> Vec<u8> {
    let mut check = [id, title, &EMPTY].concat();
    check.extend([3, 0, scope, 0]);
    check.extend(list(reads, 1));
    check.extend([parameters, &EMPTY, &EMPTY, &EMPTY].concat());
    check
}

fn around(
    data: &Data,
    info: u32,
    imports: &str,
    realloc: &str,
    evaluate: &str,
    fields: &str,
) -> String {
    let bytes: String = data.0.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let pages = data.0.len() / 65_536 + 4;
    format!(
        r#"(module
            {imports}
            (memory (export "memory") {pages})
            (data (i32.const 1024) "{bytes}")
            (global $heap (mut i32) (i32.const 65536))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {realloc})
            {fields}
            (func (export "describe") (result i32) (i32.const {info}))
            (func (export "evaluate") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
                {evaluate})
        )"#
    )
}

/// A core module in text as a component of our world.
pub fn module(text: &str) -> Vec<u8> {
    wrapped(wat::parse_str(text).unwrap()).unwrap()
}

/// A core module as a component of our world; none if it does not have the shape of one.
pub fn wrapped(mut module: Vec<u8>) -> Option<Vec<u8>> {
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_dir(root().join("wit")).unwrap();
    let world = resolve.select_world(&[package], Some("plugin")).unwrap();
    wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .unwrap();
    let encoder = wit_component::ComponentEncoder::default().module(&module);
    encoder.ok()?.encode().ok()
}

/// Bytes from address 1024 on.
#[derive(Default)]
pub struct Data(Vec<u8>);

impl Data {
    fn put(&mut self, align: usize, bytes: &[u8]) -> u32 {
        while !self.0.len().is_multiple_of(align) {
            self.0.push(0);
        }
        let address = 1024 + self.0.len();
        self.0.extend(bytes);
        u32::try_from(address).unwrap()
    }

    /// The record `plugin-info`.
    fn info(&mut self, name: &[u8], checks: &[Vec<u8>]) -> u32 {
        let count = u32::try_from(checks.len()).unwrap();
        let checks = list(self.put(4, &checks.concat()), count);
        self.put(4, &[name, &EMPTY, &checks].concat())
    }

    /// Address and length of a string.
    fn string(&mut self, text: &str) -> Vec<u8> {
        let address = self.put(1, text.as_bytes());
        let length = u32::try_from(text.len()).unwrap();
        [address.to_le_bytes(), length.to_le_bytes()].concat()
    }
}

/// `(import … "report")`: address and length of the list.
pub const REPORT: &str =
    r#"(import "blastwall:plugin/findings@0.1.0" "report" (func $report (param i32 i32)))"#;
/// `(import … "report-shared")`: address and length of the list.
pub const REPORT_SHARED: &str =
    r#"(import "blastwall:plugin/findings@0.1.0" "report-shared" (func $shared (param i32 i32)))"#;
pub const LOG: &str =
    r#"(import "blastwall:plugin/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#;
pub const RESOURCES: &str = r#"
    (import "blastwall:plugin/resources@0.1.0" "open" (func $open (param i32 i32) (result i32)))
    (import "blastwall:plugin/resources@0.1.0" "[method]cursor.next" (func $next (param i32 i32)))
    (import "blastwall:plugin/resources@0.1.0" "[resource-drop]cursor" (func $drop (param i32)))"#;
/// Address and length of the strings that `component` puts into memory first.
pub const BUCKET: (u32, u32) = (1024, 15);
pub const CHECK: (u32, u32) = (1024 + 15 + 1 + 8, 5);

/// Writes a finding without evidence at 2048 and reports it `count` times in one list.
pub fn finding(check: (u32, u32), resource: Option<(u32, u32)>, verdict: u8) -> String {
    let mut stores = String::new();
    let mut store = |offset: u32, value: u32| {
        stores.push_str(&format!(
            "(i32.store offset={offset} (i32.const 2048) (i32.const {value}))"
        ));
    };
    store(0, check.0);
    store(4, check.1);
    store(8, u32::from(resource.is_some()));
    store(12, resource.unwrap_or_default().0);
    store(16, resource.unwrap_or_default().1);
    store(20, u32::from(verdict));
    store(24, BUCKET.0);
    store(28, BUCKET.1);
    format!("{stores} (call $report (i32.const 2048) (i32.const 1))")
}

/// A plugin whose check `check` passes every account.
pub fn one_pass() -> Vec<u8> {
    let body = finding(CHECK, None, 0) + "(i32.const 0)";
    component(REPORT, 1, &body)
}
