//! Plugins that misbehave: each is stopped, told by type what it did, and costs only its own
//! verdicts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod support;

use std::sync::Arc;

use blastwall_runtime::{Engine, Failure, Limits, LoadError, Plugin};
use blastwall_sdk::model::Verdict;
use support::{
    BUCKET, CHECK, LOG, REPORT, RESOURCES, buckets, component, engine, evaluate, evaluation,
    finding, guest, limits, module,
};

fn failure(component: &[u8]) -> Failure {
    let plugin = engine().load(component).unwrap();
    let outcome = evaluate(&plugin, "check", &buckets(2));
    let verdicts: Vec<_> = outcome
        .findings
        .iter()
        .map(|finding| finding.verdict)
        .collect();
    assert_eq!(verdicts, [Verdict::Error]);
    outcome.failure.unwrap()
}

fn broken(component: &[u8]) -> String {
    match failure(component) {
        Failure::ContractBroken { how } => how,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_panic_carries_its_message_out() {
    let plugin = engine().load(guest()).unwrap();
    let outcome = evaluate(&plugin, "panics", &buckets(3));
    let Some(Failure::Trap {
        said: Some(said), ..
    }) = &outcome.failure
    else {
        panic!("{outcome:?}");
    };
    assert!(
        said.contains("no way to judge arn:aws:s3:::bucket-000000"),
        "{said}"
    );
    let finding = outcome.findings.first().unwrap();
    assert_eq!(finding.verdict, Verdict::Error);
    assert!(
        finding.message.contains("no way to judge"),
        "{}",
        finding.message
    );
}

#[test]
fn rust_that_loops_hoards_or_recurses_is_stopped() {
    let plugin = engine().load(guest()).unwrap();
    let failure = |check: &str| evaluate(&plugin, check, &buckets(1)).failure.unwrap();
    let limits = limits();
    assert_eq!(failure("loops"), Failure::OutOfTime { limit: limits.time });
    assert_eq!(
        failure("hoards"),
        Failure::OutOfMemory {
            limit: limits.memory
        }
    );
    // Rust keeps arrays on a stack of its own in linear memory, whose end is an access out of bounds.
    assert!(matches!(failure("recurses"), Failure::Trap { .. }));
    let outcome = evaluate(&plugin, "good", &buckets(1));
    assert_eq!((outcome.failure, outcome.findings.len()), (None, 1));
}

#[test]
fn one_check_that_fails_takes_the_checks_beside_it_along() {
    let plugin = engine().load(guest()).unwrap();
    let outcome = plugin.evaluate(&evaluation(&["good", "panics"]), &buckets(1));
    let verdicts: Vec<_> = outcome
        .findings
        .iter()
        .map(|finding| (finding.check.as_str(), finding.verdict))
        .collect();
    assert_eq!(
        verdicts,
        [("good", Verdict::Error), ("panics", Verdict::Error)]
    );
}

#[test]
fn messages_are_bounded_and_kept_as_they_are() {
    let plugin = engine().load(guest()).unwrap();
    let outcome = evaluate(&plugin, "talks", &buckets(1));
    assert_eq!(
        *outcome.findings.first().unwrap().message,
        "\u{1b}".repeat(10)
    );
    let mut request = evaluation(&["talks"]);
    for parameters in request.checks.values_mut() {
        parameters.insert("bytes".to_owned(), 1_000_000.into());
    }
    let limit = limits().finding_bytes;
    assert_eq!(
        plugin.evaluate(&request, &buckets(1)).failure,
        Some(Failure::TooLargeFindings { limit })
    );
}

#[test]
fn too_many_findings() {
    let few = Limits {
        findings: 2,
        ..limits()
    };
    let plugin = Engine::new(&few, None).unwrap().load(guest()).unwrap();
    assert_eq!(evaluate(&plugin, "talks", &buckets(2)).failure, None);
    assert_eq!(
        evaluate(&plugin, "talks", &buckets(3)).failure,
        Some(Failure::TooManyFindings { limit: 2 })
    );
}

#[test]
fn a_check_that_is_not_there() {
    let plugin = engine().load(guest()).unwrap();
    let outcome = evaluate(&plugin, "forged", &buckets(1));
    assert!(matches!(outcome.failure, Some(Failure::NoSuchCheck { .. })));
    assert_eq!(outcome.findings.len(), 1);
}

#[test]
fn silence_is_a_broken_contract() {
    let how = broken(&component("", 1, "(i32.const 0)"));
    assert_eq!(how, "check `check` gives no verdict on the account");
    let how = broken(&component("", 0, "(i32.const 0)"));
    assert_eq!(
        how,
        "check `check` gives no verdict on 2 of 2 AWS::S3::Bucket"
    );
}

#[test]
fn forged_findings() {
    let report = |scope, body: String| component(REPORT, scope, &format!("{body} (i32.const 0)"));
    let how = broken(&report(1, finding(BUCKET, None, 0)));
    assert_eq!(
        how,
        "a finding of check `AWS::S3::Bucket`, which was not asked for"
    );
    let how = broken(&report(1, finding(CHECK, Some(CHECK), 0)));
    assert_eq!(
        how,
        "check `check` judges `check`; it was to judge the account"
    );
    let how = broken(&report(0, finding(CHECK, None, 0)));
    assert_eq!(
        how,
        "check `check` judges the account; it was to judge each AWS::S3::Bucket"
    );
    let how = broken(&report(0, finding(CHECK, Some(CHECK), 0)));
    assert_eq!(
        how,
        "check `check` judges `check`, which is no AWS::S3::Bucket that it was given"
    );
    let twice = format!("{0} {0}", finding(CHECK, None, 0));
    assert_eq!(
        broken(&report(1, twice)),
        "check `check` judges the account twice"
    );
    let once = report(1, finding(CHECK, None, 0));
    let plugin = engine().load(&once).unwrap();
    assert_eq!(evaluate(&plugin, "check", &buckets(1)).failure, None);
}

#[test]
fn a_resource_that_exists_but_was_not_handed_out() {
    // The ARN of the first bucket, at 3000.
    let arn = "arn:aws:s3:::bucket-000000";
    let stores: String = arn
        .bytes()
        .enumerate()
        .map(|(offset, byte)| {
            format!("(i32.store8 offset={offset} (i32.const 3000) (i32.const {byte}))")
        })
        .collect();
    let length = u32::try_from(arn.len()).unwrap();
    let body = format!(
        "{stores} {} (i32.const 0)",
        finding(CHECK, Some((3000, length)), 0)
    );
    let how = broken(&component(REPORT, 0, &body));
    assert!(
        how.contains("no AWS::S3::Bucket that it was given"),
        "{how}"
    );
}

#[test]
fn values_outside_of_the_contract() {
    // A verdict that does not exist, text that is not UTF-8, a list beyond the memory.
    for body in [
        finding(CHECK, None, 9),
        "(i32.store8 (i32.const 1048) (i32.const 255))".to_owned() + &finding(CHECK, None, 0),
        "(call $report (i32.const 2048) (i32.const 100000000))".to_owned(),
    ] {
        let failure = failure(&component(REPORT, 1, &format!("{body} (i32.const 0)")));
        assert!(matches!(failure, Failure::Trap { .. }), "{failure:?}");
    }
}

#[test]
fn one_string_named_many_times_does_not_fill_the_host() {
    // 2,000 findings in one list, each with the same message of 100,000 bytes.
    let body = format!(
        r#"(local $i i32) (local $at i32)
        (loop $again
            (local.set $at (i32.add (i32.const 131072) (i32.mul (local.get $i) (i32.const 40))))
            (i32.store (local.get $at) (i32.const {}))
            (i32.store offset=4 (local.get $at) (i32.const {}))
            (i32.store offset=24 (local.get $at) (i32.const 0))
            (i32.store offset=28 (local.get $at) (i32.const 100000))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (i32.const 2000))))
        (call $report (i32.const 131072) (i32.const 2000))
        (i32.const 0)"#,
        CHECK.0, CHECK.1
    );
    let failure = failure(&component(REPORT, 1, &body));
    assert!(matches!(failure, Failure::Trap { .. }), "{failure:?}");
}

#[test]
fn traps_loops_and_bombs_of_bare_modules() {
    let limits = limits();
    let deep = component("(func $deep (call $deep))", 1, "(call $deep) (i32.const 0)");
    assert_eq!(
        failure(&deep),
        Failure::OutOfStack {
            limit: limits.stack
        }
    );
    for (body, expected) in [
        (
            "(loop (br 0)) (i32.const 0)",
            Failure::OutOfTime { limit: limits.time },
        ),
        (
            "(drop (memory.grow (i32.const 10000))) (i32.const 0)",
            Failure::OutOfMemory {
                limit: limits.memory,
            },
        ),
    ] {
        assert_eq!(failure(&component("", 1, body)), expected);
    }
    let failure = failure(&component("", 1, "unreachable"));
    assert!(
        matches!(failure, Failure::Trap { said: None, .. }),
        "{failure:?}"
    );
}

#[test]
fn a_flood_of_calls_and_lines_ends_with_the_time() {
    let flood =
        "(loop (call $log (i32.const 0) (i32.const 1024) (i32.const 15)) (br 0)) (i32.const 0)";
    let plugin = engine().load(&component(LOG, 1, flood)).unwrap();
    let outcome = evaluate(&plugin, "check", &buckets(1));
    assert!(matches!(outcome.failure, Some(Failure::OutOfTime { .. })));
    assert_eq!(outcome.log.len(), limits().log_lines);
    assert!(outcome.log_dropped > 0);

    let cursors = format!(
        "(loop (drop (call $open (i32.const {}) (i32.const {}))) (br 0)) (i32.const 0)",
        BUCKET.0, BUCKET.1
    );
    let failure = failure(&component(RESOURCES, 1, &cursors));
    assert!(matches!(failure, Failure::Trap { .. }), "{failure:?}");
}

fn refused(bytes: &[u8]) -> LoadError {
    engine().load(bytes).unwrap_err()
}

#[test]
fn what_is_no_plugin_is_refused_with_the_reason() {
    assert!(matches!(refused(b""), LoadError::NotWebAssembly));
    assert!(matches!(refused(b"#!/bin/sh"), LoadError::NotWebAssembly));
    assert!(matches!(
        refused(&wat::parse_str("(module)").unwrap()),
        LoadError::CoreModule
    ));
    let empty = wat::parse_str("(component)").unwrap();
    assert!(matches!(refused(&empty), LoadError::World { .. }));
    let large = Limits {
        component_bytes: 4,
        ..limits()
    };
    let error = Engine::new(&large, None).unwrap().load(&empty).unwrap_err();
    assert!(matches!(error, LoadError::TooLarge { limit: 4, .. }));

    let import = |name: &str| {
        let text = format!("(component (import \"{name}\" (instance)))");
        refused(&wat::parse_str(text).unwrap())
    };
    let error = import("wasi:clocks/wall-clock@0.2.3");
    assert!(matches!(error, LoadError::Wasi { .. }));
    assert!(
        error.to_string().contains("wasi:clocks/wall-clock@0.2.3"),
        "{error}"
    );
    assert!(error.to_string().contains("--stub-wasi"), "{error}");
    let error = import("blastwall:plugin/network@0.2.0");
    assert!(matches!(error, LoadError::Version { .. }));
    let message = error.to_string();
    for part in ["plugin@0.2.0", "plugin@0.1.0", "use a newer blastwall"] {
        assert!(message.contains(part), "{message}");
    }
    for name in ["blastwall:plugin/network@0.1.0", "acme:secrets/vault"] {
        let error = import(name);
        assert!(matches!(&error, LoadError::Imports { imports, .. } if imports == &[name]));
        assert!(
            error.to_string().contains("blastwall:plugin@0.1.0"),
            "{error}"
        );
    }
}

#[test]
fn truncated_and_scrambled_components_are_refused() {
    let engine = engine();
    let good = component("", 1, "(i32.const 0)");
    for end in (0..good.len()).step_by(97) {
        assert!(engine.load(&good[..end]).is_err(), "cut at {end}");
    }
    for position in (8..good.len()).step_by(61) {
        let mut bytes = good.clone();
        bytes[position] ^= 0x55;
        // Some bytes do not matter; what counts is that nothing panics.
        let _ = engine.load(&bytes);
    }
}

#[test]
fn describe_is_held_to_the_same_limits() {
    let start = |body: &str| {
        module(&format!(
            r#"(module
                (memory (export "memory") 1)
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
                (func (export "describe") (result i32) {body})
                (func (export "evaluate") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
            )"#
        ))
    };
    let error = refused(&start("(loop (br 0)) unreachable"));
    assert!(
        matches!(error, LoadError::Describe(Failure::OutOfTime { .. })),
        "{error}"
    );
    let error = refused(&start("unreachable"));
    assert!(
        matches!(error, LoadError::Describe(Failure::Trap { .. })),
        "{error}"
    );
    let error = refused(&start("(i32.const 0)"));
    assert!(matches!(error, LoadError::Description { .. }), "{error}");
}

#[test]
fn a_loop_while_starting_is_stopped() {
    let bytes = module(
        r#"(module
            (memory (export "memory") 1)
            (func $start (loop (br 0)))
            (start $start)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
            (func (export "describe") (result i32) unreachable)
            (func (export "evaluate") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
        )"#,
    );
    let error = refused(&bytes);
    assert!(
        matches!(error, LoadError::Describe(Failure::OutOfTime { .. })),
        "{error}"
    );
}

#[test]
fn more_threads_than_instances_wait_for_their_turn() {
    let plugin = engine().load(guest()).unwrap();
    let snapshot = buckets(1_000);
    let expected = evaluate(&plugin, "good", &snapshot).findings;
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let outcome = evaluate(&plugin, "good", &Arc::clone(&snapshot));
                assert_eq!(outcome.findings, expected);
            });
        }
    });
}

#[test]
fn what_takes_too_long_to_compile_is_let_go() {
    let adds = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(3_000);
    let body = format!("{adds} (i32.const 0)");
    let hasty = Limits {
        compile_time: std::time::Duration::from_millis(1),
        ..limits()
    };
    let component = component("", 1, &body);
    let error = Engine::new(&hasty, None)
        .unwrap()
        .load(&component)
        .unwrap_err();
    assert!(matches!(error, LoadError::CompileTime { .. }), "{error}");
}

#[test]
fn a_plugin_that_keeps_failing_is_given_up() {
    let few = Limits {
        failures_in_a_row: 2,
        ..limits()
    };
    let engine = Engine::new(&few, None).unwrap();
    let plugin = engine.load(guest()).unwrap();
    let fails = || evaluate(&plugin, "panics", &buckets(1)).failure.unwrap();
    let works = || evaluate(&plugin, "good", &buckets(1)).failure;
    assert!(matches!(fails(), Failure::Trap { .. }));
    // It is failures in a row that count.
    assert_eq!(works(), None);
    assert!(matches!(fails(), Failure::Trap { .. }));
    assert!(matches!(fails(), Failure::Trap { .. }));
    assert_eq!(fails(), Failure::GivenUp { failures: 2 });
    assert_eq!(works(), Some(Failure::GivenUp { failures: 2 }));
    let outcome = evaluate(&plugin, "good", &buckets(1));
    assert_eq!(outcome.findings[0].verdict, Verdict::Error);
    // Another plugin of the same engine is not affected.
    let other = engine.load(guest()).unwrap();
    assert_eq!(evaluate(&other, "good", &buckets(1)).failure, None);
}

#[test]
fn limits_of_one_plugin_are_its_own() {
    let plugin = engine().load(guest()).unwrap();
    let small = Limits {
        memory: 4 << 20,
        ..limits()
    };
    let narrowed = plugin.clone().with_limits(small);
    let memory = |plugin: &Plugin| match evaluate(plugin, "hoards", &buckets(1)).failure {
        Some(Failure::OutOfMemory { limit }) => limit,
        other => panic!("{other:?}"),
    };
    assert_eq!(memory(&narrowed), 4 << 20);
    assert_eq!(memory(&plugin), limits().memory);
    // There is no more room than the engine has.
    let greedy = Limits {
        memory: 1 << 40,
        ..limits()
    };
    assert_eq!(memory(&plugin.clone().with_limits(greedy)), limits().memory);
}
