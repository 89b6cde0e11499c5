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

/// A denial names the layer or rule whose consent was missing, an allow the statement that gave it.
#[test]
fn decisions_say_why() {
    let expected = [
        (
            "R01",
            "explicitly denied: identity policies, policy 1, statement 0",
        ),
        (
            "R03a",
            "implicitly denied: no statement allows it in: identity policies",
        ),
        (
            "cross-identity-only",
            "implicitly denied: no statement allows it in: resource policy",
        ),
        (
            "cross-session-policy",
            "implicitly denied: no statement allows it in: session policies",
        ),
        (
            "boundary-cuts",
            "implicitly denied: no statement allows it in: permissions boundary",
        ),
        (
            "session-role-named",
            "implicitly denied: no statement allows it in: session policies",
        ),
        (
            "kms-no-delegation",
            "implicitly denied: no statement allows it in: resource policy",
        ),
        (
            "R06c",
            "implicitly denied: no statement allows it in: identity policies",
        ),
        (
            "R18a",
            "implicitly denied: no statement allows it in: service control policies at level 1",
        ),
        (
            "R31a",
            "implicitly denied: no statement allows it in: VPC endpoint policy 0",
        ),
        (
            "R34",
            "implicitly denied: policies managed by AWS cannot be changed",
        ),
        (
            "R18i",
            "allowed: the root user has full access to its account",
        ),
        ("R02c", "allowed: identity policies, policy 0, statement 0"),
        (
            "same-account-user-named",
            "allowed: resource policy, policy 0, statement 0",
        ),
    ];
    let cases = Case::all();
    for (id, reason) in expected {
        let case = cases.iter().find(|case| case.id == id).unwrap();
        assert_eq!(case.with_layers(decide).to_string(), reason, "{id}");
    }
}
