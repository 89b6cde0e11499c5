//! Open questions: what is yes, what is no, and how the terms read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use blastwall_policy::{
    KeyControl, Keys, Layer, Layers, Policy, Principal, Question, Reach, Reason, reach,
};
use serde_json::{Value, json};

const DEV: &str = "arn:aws:iam::111111111111:role/teams/dev";
const OPS: &str = "arn:aws:iam::222222222222:role/ops";

fn policy(statement: Value) -> Policy {
    Policy::from_value(&json!({ "Version": "2012-10-17", "Statement": statement })).unwrap()
}

fn allow_all() -> Policy {
    policy(json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }))
}

/// May the role `dev` assume the role `ops` of another account, which trusts on these terms?
fn assume(principal: &str, trust: Value, keys: &Keys) -> Reach {
    let principal = Principal::parse(principal).unwrap();
    let identity = allow_all();
    let trust = policy(trust);
    reach(
        &Question {
            principal: &principal,
            role_path: None,
            action: "sts:AssumeRole",
            resource: OPS,
            resource_account: "222222222222",
            keys,
        },
        &Layers {
            identity: &[&identity],
            resource: Some(&trust),
            ..Layers::default()
        },
    )
}

fn trust(condition: Value) -> Value {
    json!({ "Sid": "Trust", "Effect": "Allow", "Principal": { "AWS": "111111111111" }, "Action": "sts:AssumeRole", "Condition": condition })
}

#[test]
fn yes_with_both_statements() {
    let answer = assume(DEV, trust(json!({})), &Keys::new());
    assert_eq!(
        answer.to_string(),
        "yes: identity policies, policy 0, statement 0; resource policy, policy 0, statement 0 (`Trust`)"
    );
}

#[test]
fn a_secret_the_sender_chooses() {
    let answer = assume(
        DEV,
        trust(json!({ "StringEquals": { "sts:ExternalId": "c-42" } })),
        &Keys::new(),
    );
    let [term] = answer.conditions() else {
        panic!("{answer}")
    };
    assert!(term.is_attacker_settable());
    assert_eq!(term.any_of[0].key, "sts:ExternalId");
    assert_eq!(term.any_of[0].values, ["c-42"]);
    assert!(
        answer
            .to_string()
            .starts_with("only if StringEquals sts:ExternalId [c-42]: "),
        "{answer}"
    );
}

#[test]
fn keys_that_follow_from_the_principal() {
    for (condition, expected) in [
        (json!({ "ArnEquals": { "aws:PrincipalArn": DEV } }), true),
        (
            json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/other/*" } }),
            false,
        ),
        (
            json!({ "StringEquals": { "aws:PrincipalAccount": "111111111111" } }),
            true,
        ),
        (
            json!({ "StringEquals": { "aws:PrincipalType": "User" } }),
            false,
        ),
        (
            json!({ "Bool": { "aws:PrincipalIsAWSService": "false" } }),
            true,
        ),
        (
            json!({ "StringEquals": { "aws:SourceAccount": "222222222222" } }),
            false,
        ),
        (json!({ "StringEquals": { "aws:username": "dev" } }), false),
        (json!({ "Null": { "aws:username": "true" } }), true),
    ] {
        let answer = assume(DEV, trust(condition.clone()), &Keys::new());
        assert_eq!(
            matches!(answer, Reach::Yes { .. }),
            expected,
            "{condition}: {answer}"
        );
        assert_eq!(
            matches!(answer, Reach::No { .. }),
            !expected,
            "{condition}: {answer}"
        );
    }
}

#[test]
fn given_keys_decide() {
    let organization = trust(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } }));
    let ask = |keys: &Keys| assume(DEV, organization.clone(), keys);
    assert!(matches!(
        ask(&Keys::new().fixed("AWS:principalorgid", ["o-1"])),
        Reach::Yes { .. }
    ));
    assert!(matches!(
        ask(&Keys::new().fixed("aws:PrincipalOrgID", ["o-2"])),
        Reach::No { .. }
    ));
    assert!(matches!(
        ask(&Keys::new().absent("aws:PrincipalOrgID")),
        Reach::No { .. }
    ));
    let open = ask(&Keys::new());
    assert_eq!(open.conditions()[0].any_of[0].control, KeyControl::Fixed);
}

#[test]
fn a_session_that_must_have_a_name() {
    let named = json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:sts::111111111111:assumed-role/dev/deploy" }, "Action": "sts:AssumeRole" });
    let answer = assume(DEV, named.clone(), &Keys::new());
    assert!(
        answer
            .to_string()
            .starts_with("only if StringEquals sts:RoleSessionName [deploy]: "),
        "{answer}"
    );
    let other = assume(
        "arn:aws:sts::111111111111:assumed-role/dev/work",
        named,
        &Keys::new(),
    );
    assert_eq!(
        other,
        Reach::No {
            blocked: Reason::MissingAllow(Layer::Resource)
        }
    );
}

#[test]
fn a_deny_that_may_apply_is_a_term_with_alternatives() {
    let principal = Principal::parse(DEV).unwrap();
    let identity = policy(json!([
        { "Effect": "Allow", "Action": "s3:*", "Resource": "*" },
        { "Sid": "Region", "Effect": "Deny", "Action": "*", "Resource": "*",
          "Condition": { "StringNotEquals": { "aws:RequestedRegion": "eu-west-1" }, "NotIpAddress": { "aws:SourceIp": "10.0.0.0/8" } } },
    ]));
    let keys = Keys::new();
    let question = Question {
        principal: &principal,
        role_path: None,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        resource_account: "111111111111",
        keys: &keys,
    };
    let layers = Layers {
        identity: &[&identity],
        ..Layers::default()
    };
    let answer = reach(&question, &layers);
    let [term] = answer.conditions() else {
        panic!("{answer}")
    };
    assert_eq!(term.statement.sid.as_deref(), Some("Region"));
    let mut tests: Vec<(&str, KeyControl, bool)> = term
        .any_of
        .iter()
        .map(|test| (test.key.as_str(), test.control, test.must_hold))
        .collect();
    tests.sort_unstable();
    assert_eq!(
        tests,
        [
            ("aws:RequestedRegion", KeyControl::Attacker, false),
            ("aws:SourceIp", KeyControl::Unknown, false)
        ]
    );
    // One known key that makes the deny miss settles it.
    let keys = Keys::new().fixed("aws:SourceIp", ["10.1.2.3"]);
    assert!(matches!(
        reach(
            &Question {
                keys: &keys,
                ..question
            },
            &layers
        ),
        Reach::Yes { .. }
    ));
}

#[test]
fn the_easier_statement_is_the_evidence() {
    let answer = assume(
        DEV,
        json!([
            { "Sid": "Tagged", "Effect": "Allow", "Principal": { "AWS": "111111111111" }, "Action": "sts:AssumeRole",
              "Condition": { "StringEquals": { "aws:PrincipalTag/team": "ops" } } },
            { "Sid": "External", "Effect": "Allow", "Principal": { "AWS": "111111111111" }, "Action": "sts:AssumeRole",
              "Condition": { "StringEquals": { "sts:ExternalId": "x" } } },
        ]),
        &Keys::new(),
    );
    assert_eq!(
        answer.evidence().unwrap().statements[1].sid.as_deref(),
        Some("External")
    );
}

#[test]
fn an_open_variable_in_a_resource() {
    let principal = Principal::parse(DEV).unwrap();
    let identity = policy(
        json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:PrincipalTag/name}/*" }),
    );
    let keys = Keys::new();
    let ask = |resource: &str| {
        reach(
            &Question {
                principal: &principal,
                role_path: None,
                action: "s3:GetObject",
                resource,
                resource_account: "111111111111",
                keys: &keys,
            },
            &Layers {
                identity: &[&identity],
                ..Layers::default()
            },
        )
    };
    let answer = ask("arn:aws:s3:::home/ann/k");
    assert!(
        answer.to_string().starts_with("only if PolicyVariable aws:principaltag/name [arn:aws:s3:::home/${aws:PrincipalTag/name}/*]"),
        "{answer}"
    );
    assert!(!ask("arn:aws:s3:::other/k").is_possible());
}

#[test]
fn no_names_the_statement_that_blocks() {
    let principal = Principal::parse(DEV).unwrap();
    let identity = allow_all();
    let open = allow_all();
    let guard =
        policy(json!({ "Sid": "Guard", "Effect": "Deny", "Action": "iam:*", "Resource": "*" }));
    let keys = Keys::new();
    let answer = reach(
        &Question {
            principal: &principal,
            role_path: None,
            action: "iam:CreateUser",
            resource: "arn:aws:iam::111111111111:user/x",
            resource_account: "111111111111",
            keys: &keys,
        },
        &Layers {
            identity: &[&identity],
            scps: Some(&[&[&open], &[&open, &guard]]),
            ..Layers::default()
        },
    );
    assert_eq!(
        answer.to_string(),
        "no: service control policies at level 1, policy 1, statement 0 (`Guard`)"
    );
}

/// Yes, no, or open.
fn kind(answer: &Reach) -> &'static str {
    match answer {
        Reach::Yes { .. } => "yes",
        Reach::OnlyIf { .. } => "open",
        Reach::No { .. } => "no",
    }
}

#[test]
fn keys_that_are_always_there_are_not_absent() {
    let user = "arn:aws:iam::111111111111:user/dev";
    for (principal, condition, expected) in [
        (
            DEV,
            json!({ "Null": { "aws:ViaAWSService": "true" } }),
            "no",
        ),
        (
            DEV,
            json!({ "Null": { "aws:ViaAWSService": "false" } }),
            "yes",
        ),
        // A service may pass the request on.
        (
            DEV,
            json!({ "Bool": { "aws:ViaAWSService": "false" } }),
            "open",
        ),
        (
            DEV,
            json!({ "Null": { "aws:TokenIssueTime": "true" } }),
            "no",
        ),
        (
            user,
            json!({ "Null": { "aws:TokenIssueTime": "true" } }),
            "open",
        ),
    ] {
        let answer = assume(principal, trust(condition.clone()), &Keys::new());
        assert_eq!(kind(&answer), expected, "{principal} {condition}: {answer}");
    }
}

#[test]
fn a_variable_without_value_matches_whatever_the_key_is() {
    let untagged = Keys::new().absent("aws:PrincipalTag/x");
    for (operator, expected) in [
        ("StringEquals", "no"),
        ("StringLike", "no"),
        ("StringNotEquals", "yes"),
        ("StringEqualsIfExists", "open"),
        ("ForAllValues:StringEquals", "open"),
    ] {
        let condition = json!({ operator: { "sts:ExternalId": "${aws:PrincipalTag/x}" } });
        let answer = assume(DEV, trust(condition), &untagged);
        assert_eq!(kind(&answer), expected, "{operator}: {answer}");
    }
    let condition = json!({ "StringEquals": { "sts:ExternalId": "${aws:PrincipalTag/x}" } });
    assert_eq!(kind(&assume(DEV, trust(condition), &Keys::new())), "open");
}

#[test]
fn whoever_comes_with_a_token_is_in_no_organization() {
    let provider = "arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com";
    let principal = Principal::parse(provider).unwrap();
    let trust = policy(
        json!({ "Effect": "Allow", "Principal": { "Federated": provider },
        "Action": "sts:AssumeRoleWithWebIdentity" }),
    );
    let guardrail = policy(
        json!({ "Effect": "Deny", "Principal": "*", "Action": "sts:*",
        "Resource": "*", "Condition": {
            "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-ours" },
            "BoolIfExists": { "aws:PrincipalIsAWSService": "false" } } }),
    );
    let full =
        policy(json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }));
    let level: &[&Policy] = &[&full, &guardrail];
    let answer = reach(
        &Question {
            principal: &principal,
            role_path: None,
            action: "sts:AssumeRoleWithWebIdentity",
            resource: OPS,
            resource_account: "222222222222",
            keys: &Keys::new(),
        },
        &Layers {
            rcps: Some(&[level]),
            resource: Some(&trust),
            ..Layers::default()
        },
    );
    assert_eq!(kind(&answer), "no", "{answer}");
}

/// What a `Deny` with `NotPrincipal` leaves to a caller of account 111111111111 that may do anything.
fn excepting(caller: &str, listed: &[&str]) -> Reach {
    let principal = Principal::parse(caller).unwrap();
    let identity = allow_all();
    let resource = policy(json!({ "Effect": "Deny", "NotPrincipal": { "AWS": listed },
        "Action": "s3:*", "Resource": "*" }));
    reach(
        &Question {
            principal: &principal,
            role_path: None,
            action: "s3:GetObject",
            resource: "arn:aws:s3:::data/x",
            resource_account: "111111111111",
            keys: &Keys::new(),
        },
        &Layers {
            identity: &[&identity],
            resource: Some(&resource),
            ..Layers::default()
        },
    )
}

/// A list that has the account and somebody in it takes everybody else there. One without the account "might
/// deny access to the entire account"; one with the account alone does not say who in it is meant.
#[test]
fn whom_a_list_of_exceptions_leaves_out() {
    const ROOT: &str = "arn:aws:iam::111111111111:root";
    const ANN: &str = "arn:aws:iam::111111111111:user/ann";
    const BOB: &str = "arn:aws:iam::111111111111:user/bob";
    const WORK: &str = "arn:aws:sts::111111111111:assumed-role/dev/work";
    const PLAY: &str = "arn:aws:sts::111111111111:assumed-role/dev/play";
    for (caller, listed, expected) in [
        (ANN, &[ROOT, ANN][..], "yes"),
        (BOB, &[ROOT, ANN], "no"),
        (DEV, &[ROOT, ANN], "no"),
        (ANN, &[ROOT, DEV], "no"),
        (DEV, &[ROOT, DEV], "yes"),
        (OPS, &[ROOT, DEV], "no"),
        (ROOT, &[ROOT, ANN], "yes"),
        // Only the session of that name, which whoever assumes the role chooses.
        (DEV, &[ROOT, DEV, WORK], "open"),
        (WORK, &[ROOT, DEV, WORK], "yes"),
        (PLAY, &[ROOT, DEV, WORK], "no"),
        // Without the account.
        (ANN, &[ANN], "open"),
        (DEV, &[DEV], "open"),
        (BOB, &[ANN], "no"),
        // The account alone.
        (ANN, &[ROOT], "open"),
        (ANN, &["222222222222"], "no"),
    ] {
        let answer = excepting(caller, listed);
        assert_eq!(kind(&answer), expected, "{caller} {listed:?}: {answer}");
    }
}

/// What time it is at the earliest decides what is over and what has begun, and nothing else.
#[test]
fn what_is_over_never_holds_again() {
    let now = Keys::new().since("2025-06-01T12:00:00Z");
    let asks = |operator: &str, key: &str, moment: &str| {
        let condition = json!({ operator: { key: moment } });
        assume(DEV, trust(condition), &now)
    };
    let (time, epoch) = ("aws:CurrentTime", "aws:EpochTime");
    for (operator, key, moment, expected) in [
        ("DateLessThan", time, "2020-01-01", "no"),
        ("DateLessThan", time, "2025-06-01T12:00:00Z", "no"),
        ("DateLessThanEquals", time, "2025-06-01T12:00:00Z", "open"),
        ("DateLessThan", time, "2031-01-01", "open"),
        ("DateGreaterThan", time, "2020-01-01", "yes"),
        ("DateGreaterThanEquals", time, "2025-06-01T12:00:00Z", "yes"),
        ("DateGreaterThan", time, "2031-01-01", "open"),
        ("DateEquals", time, "2020-01-01", "no"),
        ("DateEquals", time, "2031-01-01", "open"),
        ("DateNotEquals", time, "2020-01-01", "yes"),
        ("DateLessThanIfExists", time, "2020-01-01", "no"),
        ("DateLessThan", epoch, "1577836800", "no"),
        ("DateGreaterThan", epoch, "1577836800", "yes"),
        ("NumericLessThan", epoch, "1577836800", "no"),
        ("NumericGreaterThan", epoch, "1577836800", "yes"),
        ("NumericLessThan", epoch, "1924992000", "open"),
        ("Null", time, "true", "no"),
        ("Null", time, "false", "yes"),
        ("DateLessThan", time, "whenever", "no"),
    ] {
        let answer = asks(operator, key, moment);
        assert_eq!(kind(&answer), expected, "{operator} {moment}: {answer}");
    }
    let until = asks("DateLessThan", time, "2031-01-01").to_string();
    let from = asks("DateGreaterThan", time, "2031-01-01").to_string();
    assert!(until.contains("(until 2031-01-01)"), "{until}");
    assert!(from.contains("(from 2031-01-01 on)"), "{from}");
}

/// The same with a boundary on terms of its own.
fn bounded(own: Value, trusted: Value) -> Reach {
    let principal = Principal::parse(DEV).unwrap();
    let on = |condition: &Value| {
        policy(json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition }))
    };
    let (identity, boundary) = (allow_all(), on(&own));
    let trust = policy(trust(trusted));
    reach(
        &Question {
            principal: &principal,
            role_path: None,
            action: "sts:AssumeRole",
            resource: OPS,
            resource_account: "222222222222",
            keys: &Keys::new(),
        },
        &Layers {
            identity: &[&identity],
            boundary: Some(&boundary),
            resource: Some(&trust),
            ..Layers::default()
        },
    )
}

#[test]
fn terms_on_one_key_that_exclude_each_other_are_no_way() {
    for (own, trusted, expected) in [
        (
            json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }),
            json!({ "Bool": { "aws:MultiFactorAuthPresent": "false" } }),
            "no",
        ),
        (
            json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } }),
            json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } }),
            "open",
        ),
        (
            json!({ "StringEquals": { "sts:ExternalId": ["a", "b"] } }),
            json!({ "StringEquals": { "sts:ExternalId": ["b", "c"] } }),
            "open",
        ),
        (
            json!({ "StringEquals": { "sts:ExternalId": "a" } }),
            json!({ "StringEquals": { "sts:ExternalId": "c" } }),
            "no",
        ),
        (
            json!({ "StringEquals": { "sts:ExternalId": "a" } }),
            json!({ "StringNotEquals": { "sts:ExternalId": "a" } }),
            "no",
        ),
        (
            json!({ "StringNotEquals": { "sts:ExternalId": "a" } }),
            json!({ "StringNotEquals": { "sts:ExternalId": "c" } }),
            "open",
        ),
        (
            json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }),
            json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
            "no",
        ),
        (
            json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }),
            json!({ "NotIpAddress": { "aws:SourceIp": ["10.0.0.0/9", "10.192.0.0/10"] } }),
            "open",
        ),
        (
            json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }),
            json!({ "NotIpAddress": { "aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"] } }),
            "no",
        ),
        // Patterns are not listed.
        (
            json!({ "StringLike": { "sts:ExternalId": "a*" } }),
            json!({ "StringLike": { "sts:ExternalId": "b*" } }),
            "open",
        ),
    ] {
        assert_eq!(
            kind(&bounded(own.clone(), trusted.clone())),
            expected,
            "{own} {trusted}"
        );
    }
}

/// A request does not tell which user asked for the token of a federated user, so a policy that names
/// a user is a term, also where it names the account beside, which alone grants nothing.
#[test]
fn a_federated_user_may_be_whoever_a_policy_names() {
    for named in [
        json!("arn:aws:iam::111111111111:user/bob"),
        json!(["111111111111", "arn:aws:iam::111111111111:user/bob"]),
    ] {
        let trusted = policy(json!({
            "Effect": "Allow", "Principal": { "AWS": named }, "Action": "s3:GetObject", "Resource": "*"
        }));
        let answer = reach(
            &Question {
                principal: &Principal::parse("arn:aws:sts::111111111111:federated-user/ann")
                    .unwrap(),
                role_path: None,
                action: "s3:GetObject",
                resource: "arn:aws:s3:::data/x",
                resource_account: "111111111111",
                keys: &Keys::new(),
            },
            &Layers {
                resource: Some(&trusted),
                session: Some(&[&allow_all()]),
                ..Layers::default()
            },
        );
        let [term] = answer.conditions() else {
            panic!("{answer}")
        };
        assert_eq!(term.any_of[0].key, "Principal");
        assert!(
            term.any_of[0]
                .values
                .contains(&"arn:aws:iam::111111111111:user/bob".to_owned()),
            "{answer}"
        );
    }
}
