//! Worked IAM decisions with known answers, each one request with every policy layer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod case;

use blastwall_policy::{Reach, decide, reach};
use case::Case;

#[test]
fn every_case_decides_as_known() {
    let mut wrong = Vec::new();
    let cases = Case::all();
    assert!(!cases.is_empty());
    for case in &cases {
        let decision = case.with_layers(decide);
        if format!("{:?}", decision.kind) != case.expect_kind {
            wrong.push(format!(
                "{} ({}): expected {}, got {decision}",
                case.id, case.rule, case.expect_kind
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// An open question over an allowed request is never answered with no.
#[test]
fn reach_agrees_with_every_case() {
    for case in Case::all() {
        let allowed = case.with_layers(|request, layers| decide(request, layers).is_allowed());
        let answer = case.with_layers(|request, layers| {
            let keys = case.keys_of_context();
            reach(&case::question(request, &keys), layers)
        });
        if allowed {
            assert!(answer.is_possible(), "{}: {answer}", case.id);
        } else {
            assert!(
                !matches!(answer, Reach::Yes { .. }),
                "{}: {answer}",
                case.id
            );
        }
    }
}
