//! A sound plugin, changed: in single bytes of the component, or in its code by wasm-mutate.
#![no_main]

use blastwall_runtime_fuzz::{RELEASED, challenge, component, core};
use libfuzzer_sys::fuzz_target;
use wasm_mutate::WasmMutate;

#[derive(Debug, arbitrary::Arbitrary)]
enum Change {
    Bytes(Vec<(u16, u8)>),
    Code { seed: u64, rounds: u8, keep: bool },
}

fuzz_target!(|change: Change| {
    match change {
        Change::Bytes(changes) => {
            let mut bytes = RELEASED.to_vec();
            for (at, value) in changes {
                let at = usize::from(at) % bytes.len();
                bytes[at] ^= value;
            }
            challenge(&bytes);
        }
        Change::Code { seed, rounds, keep } => {
            let Some(mut module) = core(RELEASED) else {
                unreachable!("it has a module");
            };
            for round in 0..=rounds % 16 {
                let seed = seed.wrapping_add(u64::from(round));
                let mut mutate = WasmMutate::default();
                mutate.seed(seed).fuel(300).preserve_semantics(keep);
                let next = match mutate.run(&module) {
                    Ok(mut mutants) => mutants.next().and_then(Result::ok),
                    Err(_) => None,
                };
                module = next.unwrap_or(module);
            }
            if let Some(component) = component(module) {
                challenge(&component);
            }
        }
    }
});
