//! Components that nobody wrote: what wasm-smith makes up, and a sound plugin with bytes changed.
//! The same in every run; `GENERATED=50` makes fifty times as many, and `host/runtime/fuzz` looks
//! further.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod support;

use std::time::Duration;

use arbitrary::Unstructured;
use blastwall_model::Verdict;
use blastwall_runtime::{Engine, Limits};
use support::{buckets, evaluation, limits};
use wasm_smith::{Component, Config, Module};

/// Numbers that look random and are the same in every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while bytes.len() < count {
            bytes.extend(self.next().to_le_bytes());
        }
        bytes
    }
}

/// So many, or as many more as the environment asks for.
fn times(count: usize) -> usize {
    let factor = std::env::var("GENERATED").ok();
    count * factor.map_or(1, |factor| factor.parse::<usize>().unwrap())
}

fn engine() -> Engine {
    let hasty = Limits {
        time: Duration::from_millis(20),
        ..limits()
    };
    Engine::new(&hasty, None).unwrap()
}

/// Loads what may be a plugin and asks it, if it is one. Whether it was.
fn challenge(engine: &Engine, bytes: &[u8]) -> bool {
    let plugin = match engine.load(bytes) {
        Ok(plugin) => plugin,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return false;
        }
    };
    let ids = plugin.info().checks.iter();
    let ids: Vec<&str> = ids.map(|check| check.id.as_str()).collect();
    let outcome = plugin.evaluate(&evaluation(&ids), &buckets(2));
    assert!(outcome.peak_memory <= limits().memory);
    if outcome.failure.is_some() {
        assert_eq!(outcome.findings.len(), ids.len());
        let errors = outcome.findings.iter().map(|finding| finding.verdict);
        assert!(errors.into_iter().all(|verdict| verdict == Verdict::Error));
    }
    true
}

#[test]
fn plugins_with_bytes_changed() {
    let engine = engine();
    let good = include_bytes!("released/0.1.0.wasm");
    let mut numbers = Numbers(0x5eed);
    let mut loaded = 0;
    for _ in 0..times(400) {
        let mut bytes = good.to_vec();
        for _ in 0..=numbers.next() % 3 {
            let at = usize::try_from(numbers.next()).unwrap() % bytes.len();
            bytes[at] ^= 1 << (numbers.next() % 8);
        }
        loaded += usize::from(challenge(&engine, &bytes));
    }
    // Otherwise nothing but the validator was tested.
    assert!(loaded > 20, "{loaded}");
}

#[test]
fn modules_that_are_made_up() {
    let engine = engine();
    let shape = support::text(
        &[
            support::LOG,
            support::REPORT,
            support::REPORT_SHARED,
            support::RESOURCES,
        ]
        .concat(),
        1,
        support::REALLOC,
        "(i32.const 0)",
        "",
    );
    let shape = wat::parse_str(shape).unwrap();
    let mut numbers = Numbers(0xfeed);
    for _ in 0..times(60) {
        let bytes = numbers.bytes(4096);
        let config = Config {
            module_shape: Some(shape.clone()),
            ..Config::default()
        };
        let module = Module::new(config, &mut Unstructured::new(&bytes)).unwrap();
        if let Some(component) = support::wrapped(module.to_bytes()) {
            challenge(&engine, &component);
        }
    }
}

#[test]
fn components_that_are_made_up() {
    let engine = engine();
    let mut numbers = Numbers(0xbeef);
    for _ in 0..times(200) {
        let bytes = numbers.bytes(2048);
        let component = Component::new(Config::default(), &mut Unstructured::new(&bytes)).unwrap();
        challenge(&engine, &component.to_bytes());
    }
}
