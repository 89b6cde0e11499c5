//! Worked IAM decisions with known answers, each one request with every policy layer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use blastwall_policy::cases::{self, Case};
use blastwall_policy::{Question, Reach, decide, reach};
use serde_json::Value;

/// The given cases, further ones (one for each side of the rules), and variations of the rules.
const FILES: [&str; 3] = [
    include_str!("data/iam-cases.json"),
    include_str!("data/more-cases.json"),
    include_str!("data/variations.json"),
];

fn all() -> Vec<(Case, Value)> {
    let mut cases = Vec::new();
    for file in FILES {
        let mut file: Value = serde_json::from_str(file).unwrap();
        for value in file["cases"].as_array_mut().unwrap() {
            let case = Case::from_value(value).unwrap_or_else(|error| panic!("{error}"));
            cases.push((case, value.take()));
        }
    }
    cases
}

#[test]
fn every_case_decides_as_known() {
    let mut wrong = Vec::new();
    let cases = all();
    assert!(!cases.is_empty());
    for (case, value) in &cases {
        let decision = case.decide();
        let expected = value["expect_kind"].as_str().unwrap();
        if format!("{:?}", decision.kind) != expected {
            wrong.push(format!(
                "{} ({}): expected {expected}, got {decision}",
                value["id"], value["rule"]
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

/// The runner gives the same answers as one case at a time.
#[test]
fn the_runner_answers_every_case() {
    for file in FILES {
        let answers: Vec<_> = cases::answers(file).collect();
        let parsed: Value = serde_json::from_str(file).unwrap();
        let values = parsed["cases"].as_array().unwrap();
        assert_eq!(answers.len(), values.len());
        for (answer, value) in answers.into_iter().zip(values) {
            assert_eq!(answer, cases::decide(&value.to_string()));
        }
    }
}

/// An open question over an allowed request is never answered with no. Through an access point, it is
/// a question to the access point.
#[test]
fn reach_agrees_with_every_case() {
    for (case, _) in all() {
        let id = case.id().unwrap();
        let allowed = case.with_layers(decide).is_allowed();
        let answer = case.with_layers(|request, layers| {
            let question = Question {
                principal: request.principal,
                role_path: request.role_path,
                action: request.action,
                resource: request.resource,
                resource_account: request.resource_account,
                keys: &case.fixed_keys(),
            };
            reach(&question, layers)
        });
        if allowed {
            assert!(answer.is_possible(), "{id}: {answer}");
        } else {
            assert!(!matches!(answer, Reach::Yes { .. }), "{id}: {answer}");
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
    let cases = all();
    for (id, reason) in expected {
        let (case, _) = cases
            .iter()
            .find(|(case, _)| case.id() == Some(id))
            .unwrap();
        assert_eq!(case.with_layers(decide).to_string(), reason, "{id}");
    }
}
