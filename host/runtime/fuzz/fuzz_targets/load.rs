//! Any bytes are a plugin or a typed error.
#![no_main]

use blastwall_runtime_fuzz::challenge;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    challenge(bytes);
});
