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
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed(bytes));
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let Ok(tree) = (world::world(), world::context()).new_tree(&mut runner) else {
        return;
    };
    let (world, pairs) = tree.current();
    let context = world.context(&pairs);
    assert_eq!(naive::decide(&world.ask(&context)), world.decide(&context));
});

/// The fuzzer's bytes as a seed. As the draws themselves they would not do: proptest reads zeros after
/// the last byte, and a strategy that draws again until a value fits does so for ever.
fn seed(bytes: &[u8]) -> [u8; 32] {
    let mut seed = [0_u8; 32];
    for (byte, place) in bytes.iter().zip((0..seed.len()).cycle()) {
        seed[place] = seed[place].wrapping_mul(31) ^ byte;
    }
    seed
}
