//! What wasm-smith makes up: core modules with the imports and exports of a plugin and arbitrary
//! code, as components of our world; and arbitrary components.
#![no_main]

use arbitrary::Unstructured;
use blastwall_runtime_fuzz::{SHAPE, challenge, component};
use libfuzzer_sys::{Corpus, fuzz_target};
use wasm_smith::{Component, Config, Module};

fn made_up(bytes: &[u8]) -> arbitrary::Result<Option<Vec<u8>>> {
    let mut input = Unstructured::new(bytes);
    if input.ratio(1, 4)? {
        return Ok(Some(
            Component::new(Config::default(), &mut input)?.to_bytes(),
        ));
    }
    let config = Config {
        module_shape: wat::parse_str(SHAPE).ok(),
        ..Config::default()
    };
    Ok(component(Module::new(config, &mut input)?.to_bytes()))
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match made_up(bytes) {
        Ok(Some(component)) => {
            challenge(&component);
            Corpus::Keep
        }
        _ => Corpus::Reject,
    }
});
