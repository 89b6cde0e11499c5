//! The engine and the naive evaluator of the tests agree on whatever the fuzzer draws.
#![no_main]

#[path = "../../tests/naive/mod.rs"]
mod naive;
#[path = "../../tests/world/mod.rs"]
mod world;

use libfuzzer_sys::fuzz_target;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fuzz_target!(|bytes: &[u8]| {
    let rng = TestRng::from_seed(RngAlgorithm::PassThrough, bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let Ok(tree) = (world::world(), world::context()).new_tree(&mut runner) else {
        return;
    };
    let (world, pairs) = tree.current();
    let context = world.context(&pairs);
    assert_eq!(naive::decide(&world.ask(&context)), world.decide(&context));
});
