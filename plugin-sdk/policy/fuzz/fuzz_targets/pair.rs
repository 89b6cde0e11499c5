//! The engine and the naive evaluator of the tests agree on whatever the fuzzer draws.
#![no_main]

#[path = "../../tests/naive/mod.rs"]
mod naive;
#[path = "../../tests/world/mod.rs"]
mod world;

use libfuzzer_sys::fuzz_target;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Bytes that no draw uses up.
const ENOUGH: usize = 64 * 1_024;

fuzz_target!(|bytes: &[u8]| {
    let rng = TestRng::from_seed(RngAlgorithm::PassThrough, &without_end(bytes));
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let Ok(tree) = (world::world(), world::context()).new_tree(&mut runner) else {
        return;
    };
    let (world, pairs) = tree.current();
    let context = world.context(&pairs);
    assert_eq!(naive::decide(&world.ask(&context)), world.decide(&context));
});

/// The fuzzer's bytes, and then others that follow from them (splitmix64): proptest reads zeros
/// after the last byte, and strategies that draw again until a value fits would do so for ever.
fn without_end(bytes: &[u8]) -> Vec<u8> {
    let mut state = bytes.iter().fold(0_u64, |state, byte| {
        state.wrapping_mul(0x0100_0000_01b3) ^ u64::from(*byte)
    });
    let mut stream = bytes.to_vec();
    while stream.len() < ENOUGH {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        stream.extend((mixed ^ (mixed >> 31)).to_le_bytes());
    }
    stream
}
