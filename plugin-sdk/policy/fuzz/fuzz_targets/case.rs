//! Any text is a series of cases or of errors.
#![no_main]

use blastwall_policy::cases;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for answer in cases::answers(text) {
        let line = match answer {
            Ok(answer) => answer.to_json(),
            Err(error) => error.to_json(),
        };
        assert!(!line.contains('\n'));
    }
});
