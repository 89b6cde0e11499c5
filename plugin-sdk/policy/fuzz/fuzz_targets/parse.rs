//! Any text is a policy or an error, and what a policy says by itself can be asked.
#![no_main]

use blastwall_policy::language::{locate, locate_statement};
use blastwall_policy::{Policy, analysis};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Policy::parse(text) {
        Ok(policy) => {
            let _ = analysis::audience(&policy, "111111111111");
            let _ = analysis::public_access(&policy, "111111111111");
            let _ = analysis::grants_administration(&policy);
            for index in 0..policy.statements.len() {
                assert!(locate_statement(text, index).is_some());
            }
        }
        Err(error) => {
            let _ = locate(text, &error.pointer);
            assert!(!error.to_string().is_empty());
        }
    }
});
