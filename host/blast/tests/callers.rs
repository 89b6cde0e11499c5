//! Under which name, and from which organization, somebody calls who may choose; worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{Certain, Conditional, Speculative};
use serde_json::{Value, json};
use support::*;

const LINKED: &str = "aws-service-role/x.amazonaws.com/AWSServiceRoleForX";

/// A role in production that trusts so; `caller` in dev may assume anything.
fn trusting(trust: Value) -> Org {
    Org::three().role(PROD, "target", trust, &[]).role(
        DEV,
        "caller",
        nobody(),
        &[allow("sts:AssumeRole", "*")],
    )
}

fn target() -> String {
    role(PROD, "target")
}

fn deny_if(action: &str, condition: Value) -> Value {
    policy(&[json!({"Effect": "Deny", "Action": action, "Resource": "*", "Condition": condition})])
}

/// A denying statement of a policy of a resource.
fn refuse_if(condition: Value) -> Value {
    json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*",
        "Condition": condition})
}

/// What the step into the target is told by.
fn told(org: &Org, start: &str) -> String {
    let graph = org.graph();
    let start = graph.find(start).unwrap();
    let radius = graph.radius(&[start]).unwrap();
    let path = radius.path(&graph.find(&target()).unwrap());
    format!("{:?}", path.last().unwrap().evidence)
}

#[test]
fn a_service_linked_role_does_not_speak_for_others() {
    let org = trusting(trust(&["*"]))
        .role(DEV, LINKED, nobody(), &[allow("sts:AssumeRole", "*")])
        .scp("none", deny("sts:AssumeRole", "*"), &["r-root"]);
    assert_eq!(org.reach(&role(DEV, LINKED), &target()), Some(Certain));
    assert_eq!(org.reach(&role(DEV, "caller"), &target()), None);
    let org = Org::three()
        .role(DEV, LINKED, nobody(), &[allow("iam:*", "*")])
        .role(DEV, "plain", nobody(), &[allow("iam:*", "*")])
        .scp("none", deny("iam:*", "*"), &["r-root"]);
    assert_eq!(org.reach(&role(DEV, "plain"), DEV), None);
}

#[test]
fn whoever_has_an_account_is_none_of_its_protected_roles() {
    let sso = "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef";
    for protected in [LINKED, sso] {
        let org = trusting(trust(&[&role(DEV, protected)])).role(
            DEV,
            protected,
            nobody(),
            &[allow("sts:AssumeRole", "*")],
        );
        assert_eq!(org.reach(DEV, &target()), Some(Speculative), "{protected}");
    }
}

#[test]
fn exceptions_by_name_are_used_however_the_pattern_is_written() {
    for pattern in [
        "arn:aws:iam::*:role/admin-*",
        "*:role/admin*",
        "*/admin-*",
        "arn:aws:iam::*:*/admin-*",
        "*admin*",
        "arn:aws:iam::${aws:PrincipalAccount}:role/admin",
    ] {
        let org = trusting(trust(&[&root(DEV)])).scp(
            "admins",
            deny_if(
                "sts:*",
                json!({"StringNotLike": {"aws:PrincipalArn": pattern}}),
            ),
            &["r-root"],
        );
        assert_eq!(org.reach(DEV, &target()), Some(Certain), "{pattern}");
        assert_eq!(
            org.reach(&role(DEV, "caller"), &target()),
            None,
            "{pattern}"
        );
        let told = told(&org, DEV);
        assert!(told.contains("the attacker acts as "), "{told}");
        assert!(told.contains("admin"), "{told}");
    }
}

#[test]
fn no_name_is_told_where_none_matters() {
    let told = told(&trusting(trust(&[&root(DEV)])), DEV);
    assert!(!told.contains("the attacker acts as"), "{told}");
}

#[test]
fn one_name_may_have_to_pass_several_exceptions() {
    let except = |pattern: &str| {
        deny_if(
            "sts:*",
            json!({"ArnNotLike": {"aws:PrincipalArn": pattern}}),
        )
    };
    let org = trusting(trust(&[&root(DEV)]))
        .scp("first", except("arn:aws:iam::*:role/p-*"), &["r-root"])
        .scp("second", except("arn:aws:iam::*:role/*-q"), &[DEV]);
    assert_eq!(org.reach(DEV, &target()), Some(Certain));
    assert_eq!(org.reach(TEST, &target()), None);
    let never = org.scp("third", except("arn:aws:iam::*:role/*-r"), &[DEV]);
    assert_eq!(never.reach(DEV, &target()), None);
}

#[test]
fn exceptions_of_denials_in_policies_of_resources_are_used() {
    let admins = json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ops-*"}});
    for principal in [DEV, VENDOR] {
        let by_guardrail = trusting(trust(&[&root(principal)])).control(
            "rcp",
            "admins",
            policy(&[refuse_if(admins.clone())]),
            &[PROD],
        );
        assert_eq!(by_guardrail.reach(principal, &target()), Some(Certain));
        let mut by_trust = trust(&[&root(principal)]);
        let statements = by_trust["Statement"].as_array_mut().unwrap();
        statements.push(refuse_if(admins.clone()));
        let by_trust = trusting(by_trust);
        assert_eq!(by_trust.reach(principal, &target()), Some(Certain));
        assert_eq!(by_trust.reach(&role(DEV, "caller"), &target()), None);
    }
    // Whom a denial excepts by account is let in from outside.
    let others = json!({"StringNotEquals": {"aws:PrincipalAccount": [DEV, VENDOR]}});
    let mut open = trust(&["*"]);
    let statements = open["Statement"].as_array_mut().unwrap();
    statements.push(refuse_if(others));
    let org = trusting(open);
    assert_eq!(org.reach(VENDOR, &target()), Some(Certain));
    assert_eq!(org.reach("anyone", &target()), None);
}

#[test]
fn a_user_is_made_by_the_name_that_is_asked_for() {
    let named = json!({"StringEquals": {"aws:username": "robot"}});
    for principal in [DEV, VENDOR] {
        let org = trusting(trust_if(&[&root(principal)], named.clone()));
        assert_eq!(org.reach(principal, &target()), Some(Certain));
    }
    let others = json!({"StringNotEquals": {"aws:username": "robot"}});
    let org = trusting(trust(&[&root(DEV)])).scp("robot", deny_if("sts:*", others), &["r-root"]);
    assert_eq!(org.reach(DEV, &target()), Some(Certain));
}

#[test]
fn accounts_of_no_organization_exist() {
    let ours = "o-test000001";
    for condition in [
        json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": ours}}),
        json!({"Null": {"aws:PrincipalOrgID": "true"}}),
        json!({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": format!("{ours}/*")}}),
    ] {
        let org = trusting(trust_if(&["*"], condition.clone()));
        assert_eq!(org.reach("anyone", &target()), Some(Certain), "{condition}");
        let org = trusting(trust_if(&[&root(VENDOR)], condition.clone()));
        let vendor = org.reach(VENDOR, &target());
        assert_eq!(vendor, Some(Conditional), "{condition}");
    }
    for condition in [
        json!({"StringEquals": {"aws:PrincipalOrgID": ours}}),
        json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": format!("{ours}/*")}}),
    ] {
        let org = trusting(trust_if(&["*"], condition.clone()));
        assert_eq!(org.reach("anyone", &target()), None, "{condition}");
    }
    let fence = refuse_if(json!({"ForAnyValue:StringNotLike":
        {"aws:PrincipalOrgPaths": format!("{ours}/*")}}));
    let org = trusting(trust(&["*"])).control("rcp", "ours", policy(&[fence]), &[PROD]);
    assert_eq!(org.reach("anyone", &target()), Some(Certain));
}

#[test]
fn an_account_outside_may_be_of_the_organization_that_is_named() {
    let partner = "o-partner0001";
    let trusted = trusting(trust_if(
        &[&root(VENDOR)],
        json!({"StringEquals": {"aws:PrincipalOrgID": partner}}),
    ));
    assert_eq!(trusted.reach(VENDOR, &target()), Some(Conditional));
    let fence = refuse_if(json!({"StringNotEqualsIfExists":
        {"aws:PrincipalOrgID": ["o-test000001", partner]}}));
    let excepted =
        trusting(trust(&[&root(VENDOR)])).control("rcp", "partner", policy(&[fence]), &[PROD]);
    assert_eq!(excepted.reach(VENDOR, &target()), Some(Conditional));
    let unit = trusting(trust_if(
        &["*"],
        json!({"ForAnyValue:StringLike":
            {"aws:PrincipalOrgPaths": format!("{partner}/r-ab/ou-1/*")}}),
    ));
    assert_eq!(unit.reach(partner, &target()), Some(Certain));
    assert_eq!(unit.reach("anyone", &target()), None);
}

/// The pattern of landing zones: one role is spared, and nobody else touches it.
#[test]
fn a_role_that_is_spared_and_protected_passes_no_guardrail_for_others() {
    let spared = "arn:aws:iam::*:role/platform";
    let but = json!({"ArnNotLike": {"aws:PrincipalArn": spared}});
    let guard = |protected: &[&str]| {
        let mut statements = vec![json!({"Effect": "Deny", "Action": "sts:AssumeRole",
            "Resource": "*", "Condition": but})];
        if !protected.is_empty() {
            statements.push(
                json!({"Effect": "Deny", "Action": protected, "Resource": spared,
                "Condition": but}),
            );
        }
        trusting(trust(&[&root(DEV)])).scp("guard", policy(&statements), &[DEV])
    };
    assert_eq!(
        guard(&[]).reach(DEV, &target()),
        Some(Certain),
        "who has the account makes it"
    );
    assert_eq!(guard(&["iam:*"]).reach(DEV, &target()), None);
    let deleting = guard(&["iam:DeleteRole"]);
    assert_eq!(
        deleting.reach(DEV, &target()),
        Some(Certain),
        "it can still be made"
    );
}
