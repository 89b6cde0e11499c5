//! Plugins that misuse the border between their memory and the host: pointers, allocation, handles,
//! sizes. Each is stopped, told by type what it did, and costs only its own verdicts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod support;

use blastwall_model::Verdict;
use blastwall_runtime::{Engine, Failure, Limits, Outcome};
use support::{
    BUCKET, CHECK, LOG, REALLOC, REPORT, REPORT_SHARED, RESOURCES, buckets, component,
    component_with, engine, evaluate, finding, limits,
};

fn outcome(component: &[u8]) -> Outcome {
    let plugin = engine().load(component).unwrap();
    let outcome = evaluate(&plugin, "check", &buckets(2));
    if outcome.failure.is_some() {
        let verdicts = outcome.findings.iter().map(|finding| finding.verdict);
        assert_eq!(verdicts.collect::<Vec<_>>(), [Verdict::Error]);
    }
    outcome
}

#[track_caller]
fn failure(component: &[u8]) -> Failure {
    outcome(component).failure.unwrap()
}

#[track_caller]
fn traps(component: &[u8]) {
    let failure = failure(component);
    assert!(matches!(failure, Failure::Trap { .. }), "{failure:?}");
}

#[track_caller]
fn breaks(component: &[u8], expected: &str) {
    match failure(component) {
        Failure::ContractBroken { how } => assert!(how.contains(expected), "{how}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn pointers_out_of_the_memory() {
    let limit = limits();
    // A message that begins inside and ends outside; one that ends where it began, around the whole
    // address space; one that begins at the last byte.
    for (pointer, length) in [(1024_u32, u32::MAX), (0xffff_fff0, 0x20), (u32::MAX, 1)] {
        let body = finding(CHECK, None, 0).replace(
            "(call $report",
            &format!(
                "(i32.store offset=24 (i32.const 2048) (i32.const {}))
                 (i32.store offset=28 (i32.const 2048) (i32.const {})) (call $report",
                pointer.cast_signed(),
                length.cast_signed()
            ),
        );
        traps(&component(REPORT, 1, &format!("{body} (i32.const 0)")));
    }
    // Lists: outside, of a size that wraps around, at an odd address.
    for (pointer, count) in [
        (0xffff_fff8_u32, 1_u32),
        (2048, 107_374_183),
        (2048, u32::MAX),
        (2049, 1),
    ] {
        let arguments = format!(
            "(i32.const {}) (i32.const {})",
            pointer.cast_signed(),
            count.cast_signed()
        );
        for (import, name) in [(REPORT, "report"), (REPORT_SHARED, "shared")] {
            let body = format!("(call ${name} {arguments}) (i32.const 0)");
            traps(&component(import, 1, &body));
        }
    }
    // The result of `evaluate` itself.
    for address in [-4, 1, 262_143] {
        traps(&component("", 1, &format!("(i32.const {address})")));
    }
    assert_eq!(limits(), limit);
}

/// Takes the resources, then reports one shared finding whose places are at 4096.
fn shared(check: (u32, u32), places: &[u32], list: (u32, u32)) -> String {
    let mut body = format!(
        "(call $next (call $open (i32.const {}) (i32.const {})) (i32.const 2000))",
        BUCKET.0, BUCKET.1
    );
    let mut store = |address: usize, value: u32| {
        body.push_str(&format!(
            "(i32.store (i32.const {address}) (i32.const {}))",
            value.cast_signed()
        ));
    };
    for (index, place) in places.iter().enumerate() {
        store(4096 + 4 * index, *place);
    }
    for (index, value) in [check.0, check.1, 0, BUCKET.0, BUCKET.1, list.0, list.1]
        .into_iter()
        .enumerate()
    {
        store(2048 + 4 * index, value);
    }
    body + "(call $shared (i32.const 2048) (i32.const 1)) (i32.const 0)"
}

fn shares(scope: u8, body: &str) -> Vec<u8> {
    component(&format!("{RESOURCES}{REPORT_SHARED}"), scope, body)
}

#[test]
fn places_that_are_none() {
    let all = shared(CHECK, &[1, 0], (4096, 2));
    let outcome = outcome(&shares(0, &all));
    assert_eq!(outcome.failure, None);
    let resources = outcome.findings.iter().map(|finding| &finding.resource);
    let resources: Vec<_> = resources.flatten().map(ToString::to_string).collect();
    assert_eq!(
        resources,
        ["arn:aws:s3:::bucket-000000", "arn:aws:s3:::bucket-000001"]
    );

    let body = |places: &[u32]| shares(0, &shared(CHECK, places, (4096, 2)));
    breaks(&body(&[0, 2]), "at place 2; it was given 2");
    breaks(&body(&[0, u32::MAX]), "at place 4294967295; it was given 2");
    breaks(&body(&[1, 1]), "at place 1 twice");
    let one = shares(0, &shared(CHECK, &[1], (4096, 1)));
    breaks(&one, "gives no verdict on 1 of 2 AWS::S3::Bucket");
    breaks(
        &shares(0, &shared(BUCKET, &[0, 1], (4096, 2))),
        "a finding of check `AWS::S3::Bucket`, which was not asked for",
    );
    breaks(
        &shares(1, &shared(CHECK, &[0, 1], (4096, 2))),
        "judges resources; it was to judge the account",
    );
    // Before any page was taken.
    let unseen = all.split_once("(i32.store").unwrap().1;
    let unseen = format!("(i32.store{unseen}");
    breaks(&shares(0, &unseen), "at place 1; it was given 0");
    // Lists of places outside, around the address space, at an odd address.
    for list in [(4096, u32::MAX), (0xffff_fffc, 4), (4097, 2), (262_140, 2)] {
        traps(&shares(0, &shared(CHECK, &[0, 1], list)));
    }
}

#[test]
fn shared_findings_count_as_many_as_they_are() {
    // A list without places, over and over.
    let flood = shared(CHECK, &[], (4096, 0)).replace(
        "(call $shared (i32.const 2048) (i32.const 1))",
        "(loop (call $shared (i32.const 2048) (i32.const 1)) (br 0))",
    );
    let few = Limits {
        findings: 100,
        ..limits()
    };
    let load = |body: &str| Engine::new(&few, None).unwrap().load(&shares(0, body));
    let outcome = evaluate(&load(&flood).unwrap(), "check", &buckets(2));
    assert_eq!(
        outcome.failure,
        Some(Failure::TooManyFindings { limit: 100 })
    );
    let many = shared(CHECK, &[], (4096, 101));
    let outcome = evaluate(&load(&many).unwrap(), "check", &buckets(2));
    assert_eq!(
        outcome.failure,
        Some(Failure::TooManyFindings { limit: 100 })
    );
}

#[test]
fn allocation_that_misbehaves() {
    let realloc = |body: &str| component_with(LOG, 1, body, "(i32.const 0)", "");
    // The host asks for room for the request: outside, at an odd address, never, or not in time.
    for body in [
        "(i32.const -1)",
        "(i32.const -8)",
        "(i32.const 262143)",
        "(i32.const 2049)",
        "unreachable",
    ] {
        traps(&realloc(body));
    }
    let limits = limits();
    assert_eq!(
        failure(&realloc("(loop (br 0)) (i32.const 0)")),
        Failure::OutOfTime { limit: limits.time }
    );
    assert_eq!(
        failure(&realloc(
            "(drop (memory.grow (i32.const 10000))) (i32.const 0)"
        )),
        Failure::OutOfMemory {
            limit: limits.memory
        }
    );
    assert_eq!(
        failure(&component_with(
            "",
            1,
            "(call $deep) (i32.const 0)",
            "(i32.const 0)",
            "(func $deep (call $deep))"
        )),
        Failure::OutOfStack {
            limit: limits.stack
        }
    );
    // It may not call the host while the host waits for it.
    traps(&realloc(
        "(call $log (i32.const 0) (i32.const 1024) (i32.const 5)) (i32.const 65536)",
    ));
    let again = format!(
        "(drop (call $open (i32.const {}) (i32.const {}))) {REALLOC}",
        BUCKET.0, BUCKET.1
    )
    .replace("(local $at i32)", "");
    let again = format!("(local $at i32) {again}");
    let body = format!(
        "(call $next (call $open (i32.const {}) (i32.const {})) (i32.const 2000)) (i32.const 0)",
        BUCKET.0, BUCKET.1
    );
    traps(&component_with(RESOURCES, 1, &again, &body, ""));
    // The same address for everything: the plugin fools itself alone.
    let same = component_with(REPORT, 1, "(i32.const 65536)", "(i32.const 0)", "");
    breaks(&same, "gives no verdict on the account");
}

#[test]
fn the_end_of_a_call_is_part_of_it() {
    let cleanup = |body: &str| {
        let after = format!(r#"(func (export "cabi_post_evaluate") (param i32) {body})"#);
        let report = finding(CHECK, None, 0) + "(i32.const 0)";
        component_with(&format!("{REPORT}{LOG}"), 1, REALLOC, &report, &after)
    };
    assert_eq!(outcome(&cleanup("")).failure, None);
    traps(&cleanup("unreachable"));
    traps(&cleanup(
        "(call $log (i32.const 0) (i32.const 1024) (i32.const 5))",
    ));
    assert_eq!(
        failure(&cleanup("(loop (br 0))")),
        Failure::OutOfTime {
            limit: limits().time
        }
    );
}

#[test]
fn forged_handles() {
    let open = format!(
        "(call $open (i32.const {}) (i32.const {}))",
        BUCKET.0, BUCKET.1
    );
    for forged in [
        "(call $next (i32.const 0) (i32.const 2000))".to_owned(),
        "(call $next (i32.const 7) (i32.const 2000))".to_owned(),
        "(call $next (i32.const -1) (i32.const 2000))".to_owned(),
        "(call $drop (i32.const 0))".to_owned(),
        "(call $drop (i32.const 1073741824))".to_owned(),
        format!("(local.set 0 {open}) (call $drop (local.get 0)) (call $drop (local.get 0))"),
        format!(
            "(local.set 0 {open}) (call $drop (local.get 0)) (call $next (local.get 0) (i32.const 2000))"
        ),
        // The next number, which is nobody's.
        format!("(call $next (i32.add {open} (i32.const 1)) (i32.const 2000))"),
    ] {
        traps(&component(RESOURCES, 1, &format!("{forged} (i32.const 0)")));
    }
    // A cursor on the organization is no cursor on the account.
    let wide = r#"(import "blastwall:plugin/organization@0.1.0" "open" (func $wide (param i32 i32) (result i32)))"#;
    let body = format!(
        "(call $next (call $wide (i32.const {}) (i32.const {})) (i32.const 2000)) (i32.const 0)",
        BUCKET.0, BUCKET.1
    );
    traps(&component(&format!("{RESOURCES}{wide}"), 1, &body));
}

/// What this process has of memory, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split(' ').nth(1).unwrap_or_default();
    pages.parse::<usize>().unwrap_or_default() * 4096
}

#[test]
fn little_is_kept_of_large_texts() {
    // 20 MB of memory, named whole: as a line of log, and as the type of a cursor.
    let large = "(drop (memory.grow (i32.const 320)))";
    let again = |call: &str, count: u32| {
        format!(
            "{large} (loop {call}
                (local.set 1 (i32.add (local.get 1) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get 1) (i32.const {count}))))
            (i32.const 0)"
        )
    };
    let patient = Limits {
        time: std::time::Duration::from_secs(20),
        ..limits()
    };
    let engine = Engine::new(&patient, None).unwrap();
    for (imports, call) in [
        (
            LOG,
            "(call $log (i32.const 0) (i32.const 262144) (i32.const 20000000))",
        ),
        (
            RESOURCES,
            "(drop (call $open (i32.const 262144) (i32.const 20000000)))",
        ),
    ] {
        let start = "(local.set 1 (i32.const 0))";
        let body = format!("{start} {}", again(call, 100));
        let plugin = engine.load(&component(imports, 1, &body)).unwrap();
        let before = resident();
        let outcome = evaluate(&plugin, "check", &buckets(1));
        let failure = outcome.failure.as_ref();
        assert!(
            matches!(failure, Some(Failure::ContractBroken { .. })),
            "{failure:?}"
        );
        let log: usize = outcome.log.iter().map(|line| line.message.capacity()).sum();
        assert!(log <= 100 * (limits().log_line_bytes + 8), "{log}");
        // A hundred of them would be two gigabytes.
        let kept = resident().saturating_sub(before);
        assert!(kept < 400_000_000, "{kept}");
    }
}

#[test]
fn evidence_that_is_none_or_too_much() {
    // A finding with one part of evidence, whose value begins at 131072.
    let evidence = |pointer: (u32, u32), unit: &str, count: u32| {
        let mut body = String::new();
        for (offset, byte) in unit.bytes().enumerate() {
            body.push_str(&format!(
                "(i32.store8 offset={offset} (i32.const 131072) (i32.const {byte}))"
            ));
        }
        let length = u32::try_from(unit.len()).unwrap();
        // The unit is repeated, because each copy begins before the one before it has ended.
        body.push_str(&format!(
            "(local.set 1 (i32.const 0))
            (loop
                (i32.store8 (i32.add (i32.const {}) (local.get 1))
                    (i32.load8_u (i32.add (i32.const 131072) (local.get 1))))
                (local.set 1 (i32.add (local.get 1) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get 1) (i32.const {}))))",
            131_072 + length,
            length * count
        ));
        for (index, value) in [pointer.0, pointer.1, 131_072, length * count]
            .into_iter()
            .enumerate()
        {
            body.push_str(&format!(
                "(i32.store (i32.const {}) (i32.const {value}))",
                3000 + 4 * index
            ));
        }
        let report = finding(CHECK, None, 1).replace(
            "(call $report",
            "(i32.store offset=32 (i32.const 2048) (i32.const 3000))
             (i32.store offset=36 (i32.const 2048) (i32.const 1)) (call $report",
        );
        component(REPORT, 1, &format!("{body} {report} (i32.const 0)"))
    };
    assert_eq!(outcome(&evidence((0, 0), "1", 1)).failure, None);
    breaks(&evidence(CHECK, "1", 1), "which is no JSON pointer");
    breaks(&evidence((0, 0), "nothing", 1), "that is no JSON");
    // Nested deeper than anybody reads.
    breaks(&evidence((0, 0), "[", 100_000), "that is no JSON");
    breaks(&evidence((0, 0), "1", 1_000), "that is no JSON");
    let limit = limits().finding_bytes;
    for large in [
        evidence((0, 200_000), "1", 100_000),
        evidence((0, 0), "1", 1_000_000),
    ] {
        let failure = failure(&large);
        assert!(
            matches!(
                failure,
                Failure::TooLargeFindings { .. } | Failure::Trap { .. }
            ),
            "{failure:?}"
        );
        assert_eq!(limits().finding_bytes, limit);
    }
}

#[test]
fn json_that_grows_when_it_is_read_counts_as_what_it_becomes() {
    // `[0,0,0,…]`: two bytes a value in the plugin, thirty-two in the host.
    let body = format!(
        "(i32.store8 (i32.const 131071) (i32.const 91))
        (local.set 1 (i32.const 0))
        (loop
            (i32.store16 (i32.add (i32.const 131072) (local.get 1)) (i32.const 11312))
            (local.set 1 (i32.add (local.get 1) (i32.const 2)))
            (br_if 0 (i32.lt_u (local.get 1) (i32.const 100000))))
        (i32.store16 (i32.const 231072) (i32.const 23856))
        (i32.store (i32.const 3000) (i32.const 0))
        (i32.store (i32.const 3004) (i32.const 0))
        (i32.store (i32.const 3008) (i32.const 131071))
        (i32.store (i32.const 3012) (i32.const 100003))
        {}
        (i32.const 0)",
        finding(CHECK, None, 1).replace(
            "(call $report",
            "(i32.store offset=32 (i32.const 2048) (i32.const 3000))
             (i32.store offset=36 (i32.const 2048) (i32.const 1)) (call $report",
        )
    );
    let bytes = component(REPORT, 1, &body);
    assert_eq!(outcome(&bytes).failure, None);
    let few = Limits {
        findings_bytes: 1_000_000,
        ..limits()
    };
    let plugin = Engine::new(&few, None).unwrap().load(&bytes).unwrap();
    assert_eq!(
        evaluate(&plugin, "check", &buckets(1)).failure,
        Some(Failure::TooLargeFindings { limit: 1_000_000 })
    );
}

#[test]
fn memory_in_small_steps() {
    let body = "(loop (drop (memory.grow (i32.const 1))) (br 0)) (i32.const 0)";
    assert_eq!(
        failure(&component("", 1, body)),
        Failure::OutOfMemory {
            limit: limits().memory
        }
    );
}

#[test]
fn questions_that_would_take_for_ever_are_not_answered() {
    let import = r#"(import "blastwall:plugin/policy@0.1.0" "decide" (func $decide (param i32 i32 i32)))
        (import "blastwall:plugin/policy@0.1.0" "public-access" (func $public (param i32 i32 i32)))"#;
    for call in [
        "(call $decide (i32.const 262144) (i32.const 20000000) (i32.const 2000))",
        "(call $public (i32.const 262144) (i32.const 20000000) (i32.const 2000))",
    ] {
        let body = format!(
            "(drop (memory.grow (i32.const 320))) {call} (i32.load8_u (i32.const 2000)) drop (i32.const 0)"
        );
        breaks(&component(import, 1, &body), "gives no verdict");
    }
}
