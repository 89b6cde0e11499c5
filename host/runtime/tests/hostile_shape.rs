//! Components whose shape is the attack: too many parts, too deep, too large, features that the
//! sandbox does not have, descriptions that no report can hold. Each is refused with a typed error,
//! or runs within its limits.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod support;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use blastwall_runtime::{Engine, Failure, Limits, LoadError};
use support::{
    CHECK, REALLOC, REPORT, buckets, component, component_with, described, engine, evaluate,
    finding, limits, module,
};

#[track_caller]
fn refused(bytes: &[u8]) -> LoadError {
    let start = Instant::now();
    let error = engine().load(bytes).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(20), "{error}");
    let message = error.to_string();
    assert!(!message.is_empty() && message.len() < 20_000, "{message}");
    error
}

/// A plugin that passes the account, with more fields in its module.
fn passing(fields: &str) -> Vec<u8> {
    let body = finding(CHECK, None, 0) + "(i32.const 0)";
    component_with(REPORT, 1, REALLOC, &body, fields)
}

#[track_caller]
fn passes(bytes: &[u8]) {
    let plugin = engine().load(bytes).unwrap();
    assert_eq!(evaluate(&plugin, "check", &buckets(1)).failure, None);
}

fn repeated(count: usize, field: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", field(number));
        text
    })
}

#[test]
fn thousands_of_exports_and_imports() {
    passes(&passing(&repeated(5_000, |number| {
        format!(r#"(func (export "f{number}"))"#)
    })));
    let imports = |name: &str| {
        let imports = repeated(20_000, |number| {
            format!(r#"(import "{name}{number}:a/b" (instance))"#)
        });
        refused(&wat::parse_str(format!("(component {imports})")).unwrap())
    };
    assert!(matches!(imports("acme"), LoadError::Imports { .. }));
    let long = "a".repeat(90_000);
    let text = format!(r#"(component (import "{long}:a/b" (instance)))"#);
    let error = refused(&wat::parse_str(text).unwrap());
    assert!(
        matches!(error, LoadError::Imports { .. } | LoadError::Invalid { .. }),
        "{error}"
    );
}

#[test]
fn many_core_instances() {
    // More than the pool has room for, in one component.
    let instances = repeated(1_000, |number| {
        format!("(core instance $i{number} (instantiate $m))")
    });
    let text = format!(r#"(component (core module $m (memory 1)) {instances})"#);
    let error = refused(&wat::parse_str(text).unwrap());
    assert!(
        matches!(
            error,
            LoadError::Compile { .. } | LoadError::World { .. } | LoadError::Invalid { .. }
        ),
        "{error}"
    );
}

#[test]
fn memories_and_tables_that_are_too_many_or_too_large() {
    for field in [
        "(memory $huge 60000)".to_owned(),
        repeated(20, |_| "(memory 1)".to_owned()),
        "(table 5000000 funcref)".to_owned(),
        repeated(50, |_| "(table 1 funcref)".to_owned()),
        "(memory i64 100000000)".to_owned(),
    ] {
        let error = refused(&passing(&field));
        assert!(
            matches!(
                error,
                LoadError::Compile { .. } | LoadError::World { .. } | LoadError::Describe(_)
            ),
            "{error}"
        );
    }
    // All tables count together.
    let body = "(call $grow) (i32.const 0)";
    let tables = "(table $a 0 funcref) (table $b 0 funcref) (func $grow
        (drop (table.grow $a (ref.null func) (i32.const 60000)))
        (drop (table.grow $b (ref.null func) (i32.const 60000))))";
    let plugin = component_with("", 1, REALLOC, body, tables);
    let plugin = engine().load(&plugin).unwrap();
    let limit = limits().table_elements;
    assert_eq!(
        evaluate(&plugin, "check", &buckets(1)).failure,
        Some(Failure::OutOfTable { limit })
    );
}

#[test]
fn data_that_is_large_far_or_outside() {
    let body = finding(CHECK, None, 0) + "(i32.const 0)";
    let with = |data: &str| {
        let text = support::text(REPORT, 1, REALLOC, &body, data);
        let small = r#"(memory (export "memory") 4)"#;
        assert!(text.contains(small));
        module(&text.replace(small, r#"(memory (export "memory") 500)"#))
    };
    let large = "x".repeat(8 << 20);
    for offset in [1 << 20, 500 * 65_536 - (8 << 20)] {
        passes(&with(&format!(r#"(data (i32.const {offset}) "{large}")"#)));
    }
    passes(&with(r#"(data (i32.const 32767999) "x")"#));
    let outside = r#"(data (i32.const 262144) "x")"#;
    let error = refused(&passing(outside));
    assert!(
        matches!(error, LoadError::Describe(Failure::Trap { .. })),
        "{error}"
    );
}

/// A component with one section.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.push(id);
    let mut length = content.len();
    loop {
        let low = u8::try_from(length & 0x7f).unwrap();
        length >>= 7;
        bytes.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    bytes.extend(content);
    bytes
}

#[test]
fn components_and_types_that_are_nested_deep() {
    let mut nested = section(0, b"\0");
    for _ in 0..20_000 {
        nested = section(4, &nested);
    }
    let error = refused(&nested);
    assert!(
        matches!(error, LoadError::Invalid { .. } | LoadError::World { .. }),
        "{error}"
    );
    // Each type twice the one before: a billion in the end.
    let doubled = repeated(30, |number| {
        let before = number
            .checked_sub(1)
            .map_or("u8".to_owned(), |before| format!("$t{before}"));
        format!("(type $t{number} (tuple {before} {before}))")
    });
    let error = refused(&wat::parse_str(format!("(component {doubled})")).unwrap());
    assert!(
        matches!(error, LoadError::Invalid { .. } | LoadError::World { .. }),
        "{error}"
    );
    let deep = repeated(5_000, |number| {
        let before = number
            .checked_sub(1)
            .map_or("u8".to_owned(), |before| format!("$t{before}"));
        format!("(type $t{number} (list {before}))")
    });
    let error = refused(&wat::parse_str(format!("(component {deep})")).unwrap());
    assert!(
        matches!(error, LoadError::Invalid { .. } | LoadError::World { .. }),
        "{error}"
    );
}

#[test]
fn features_that_the_sandbox_does_not_have() {
    for field in [
        // Waiting on shared memory would hang a thread of the host, clock or no clock.
        "(memory $shared 1 1 shared) (func (export \"w\") (drop (memory.atomic.wait32 $shared (i32.const 0) (i32.const 0) (i64.const -1))))",
        "(type $s (struct (field i32))) (func (export \"g\") (drop (struct.new $s (i32.const 1))))",
        "(tag $t) (func (export \"x\") (throw $t))",
        "(type $f (func)) (type $c (cont $f)) (func (export \"k\") (param (ref $c)) (resume $c (local.get 0)))",
    ] {
        let error = refused(&passing(field));
        assert!(
            matches!(error, LoadError::Compile { .. } | LoadError::Invalid { .. }),
            "{error}"
        );
    }
}

#[test]
fn loops_that_are_no_loops() {
    // Calls in the tail, of itself and through a table, use no stack and never return.
    let direct = "(func $spin (return_call $spin))";
    let table = "(table 1 funcref) (elem (i32.const 0) $spin) (type $t (func))
        (func $spin (return_call_indirect (type $t) (i32.const 0)))";
    for fields in [direct, table] {
        let bytes = component_with("", 1, REALLOC, "(call $spin) (i32.const 0)", fields);
        let plugin = engine().load(&bytes).unwrap();
        let limit = limits().time;
        assert_eq!(
            evaluate(&plugin, "check", &buckets(1)).failure,
            Some(Failure::OutOfTime { limit })
        );
    }
    // Filling memory over and over: each step is one instruction of the sandbox.
    let fill = "(drop (memory.grow (i32.const 400)))
        (loop (memory.fill (i32.const 0) (i32.const 0) (i32.const 26000000)) (br 0)) (i32.const 0)";
    let plugin = engine().load(&component("", 1, fill)).unwrap();
    let outcome = evaluate(&plugin, "check", &buckets(1));
    assert!(matches!(outcome.failure, Some(Failure::OutOfTime { .. })));
    assert!(outcome.elapsed < Duration::from_secs(5));
}

#[test]
fn starting_costs_what_running_costs() {
    let start = |body: &str| passing(&format!("(func $begin {body}) (start $begin)"));
    let limits = limits();
    for (body, expected) in [
        ("(loop (br 0))", Failure::OutOfTime { limit: limits.time }),
        (
            "(loop (drop (memory.grow (i32.const 1))) (br 0))",
            Failure::OutOfMemory {
                limit: limits.memory,
            },
        ),
        (
            "(call $begin)",
            Failure::OutOfStack {
                limit: limits.stack,
            },
        ),
    ] {
        match refused(&start(body)) {
            LoadError::Describe(failure) => assert_eq!(failure, expected),
            other => panic!("{other}"),
        }
    }
    let error = refused(&start("unreachable"));
    assert!(
        matches!(error, LoadError::Describe(Failure::Trap { .. })),
        "{error}"
    );
    // Verdicts before there is a question.
    let error = refused(&start("(call $report (i32.const 2048) (i32.const 0))"));
    assert!(
        matches!(
            error,
            LoadError::Describe(Failure::ContractBroken { .. } | Failure::Trap { .. })
        ),
        "{error}"
    );
}

#[test]
fn code_that_is_large() {
    // One function of forty thousand locals, one with a jump table of a sixty thousand, ten
    // thousand functions: sound, and within the time for compiling or refused.
    let locals = format!("(func (export \"l\") {})", "(local i64)".repeat(40_000));
    let table = format!(
        "(func (export \"t\") (param i32) (block (br_table {} (local.get 0))))",
        "0 ".repeat(60_000)
    );
    let functions = repeated(10_000, |_| {
        "(func (param i32) (result i32) (local.get 0))".to_owned()
    });
    for fields in [locals, table, functions] {
        passes(&passing(&fields));
    }
    let locals = format!("(func (export \"l\") {})", "(local i64)".repeat(60_000));
    let module = wat::parse_str(format!("(component (core module {locals}))")).unwrap();
    assert!(matches!(refused(&module), LoadError::Invalid { .. }));
}

#[test]
fn descriptions_that_no_report_can_hold() {
    let wrong = |bytes: Vec<u8>| match refused(&bytes) {
        LoadError::Description { message } => message,
        other => panic!("{other}"),
    };
    let long = "a".repeat(100_000);
    assert!(wrong(described(&[&long], "", "")).contains("id of a check has 100000 bytes"));
    assert!(wrong(described(&[""], "", "")).contains("is not a check id"));
    assert!(wrong(described(&["a", "b", "a"], "", "")).contains("check `a` is there twice"));
    assert!(wrong(described(&["a"], &long, "")).contains("the title has 100000 bytes"));
    let ids: Vec<String> = (0..10_000).map(|number| format!("c{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(
        wrong(described(&ids, "", "")),
        "it has 10000 checks; 2000 are allowed"
    );
    assert_eq!(wrong(described(&[], "", "")), "it has no checks");
}

#[test]
fn schemas_that_are_bombs() {
    let schema = |schema: &str| engine().load(&described(&["a"], "", schema));
    assert!(schema(r#"{"type":"integer","minimum":1}"#).is_ok());
    for (bomb, why) in [
        (
            r##"{"$ref":"#"}"##.to_owned(),
            "`$ref`, which is not followed",
        ),
        (
            r##"{"items":{"anyOf":[{"$dynamicRef":"#x"}]}}"##.to_owned(),
            "which is not followed",
        ),
        (
            r#"{"$ref":"https://attacker.example/schema.json"}"#.to_owned(),
            "which is not followed",
        ),
        (r#"{"not":"#.repeat(9_000), "is no JSON"),
        (
            format!(r#"{{"enum":[{}0]}}"#, "0,".repeat(100_000)),
            "bytes; 65536 are allowed",
        ),
        ("7".to_owned(), "is no JSON object"),
    ] {
        match schema(&bomb) {
            Err(LoadError::Description { message }) => {
                assert!(message.contains(why), "{message}");
                assert!(message.len() < 1_000);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_description_that_is_different_each_time_is_asked_for_once() {
    // The state of an instance is gone with it, so counting calls does not help a plugin either.
    let bytes = module(
        &support::text(
            "(global $calls (mut i32) (i32.const 0))",
            1,
            REALLOC,
            "(i32.const 0)",
            "",
        )
        .replace(
            "(func (export \"describe\") (result i32)",
            "(func (export \"describe\") (result i32)
            (if (global.get $calls) (then (unreachable)))
            (global.set $calls (i32.const 1))",
        ),
    );
    let plugin = engine().load(&bytes).unwrap();
    for _ in 0..3 {
        let info = plugin.clone();
        assert_eq!(info.info().checks.len(), 1);
        let failure = evaluate(&plugin, "check", &buckets(1)).failure;
        assert!(
            matches!(failure, Some(Failure::ContractBroken { .. })),
            "{failure:?}"
        );
    }
    let again = Engine::new(
        &Limits {
            instances: 1,
            ..limits()
        },
        None,
    )
    .unwrap();
    assert_eq!(again.load(&bytes).unwrap().info(), plugin.info());
}
