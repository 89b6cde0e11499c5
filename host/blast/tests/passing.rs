//! Passing roles: where it is allowed, and to whom.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{Certain, Conditional};
use serde_json::{Value, json};

use support::*;

fn trusting(service: &str) -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}),
    ])
}

fn passer(statements: &[Value]) -> Org {
    let pass = statement("Allow", "iam:PassRole", &role(DEV, "target"));
    let statements: Vec<Value> = statements.iter().cloned().chain([pass]).collect();
    Org::three().role(DEV, "passer", nobody(), &[policy(&statements)])
}

/// The region that a policy names need not be the one that is asked first, and it may name nothing else.
#[test]
fn what_is_allowed_in_one_region_is_allowed() {
    let org = |resource: &str| {
        let make = statement("Allow", "lambda:*", resource);
        passer(&[make])
            .role(DEV, "target", trusting("lambda.amazonaws.com"), &[admin()])
            .reach(&role(DEV, "passer"), &role(DEV, "target"))
    };
    for resource in [
        format!("arn:aws:lambda:eu-west-1:{DEV}:*"),
        format!("arn:aws:lambda:us-east-1:{DEV}:*"),
        format!("arn:aws:lambda:eu-west-1:{DEV}:function*"),
        "arn:aws:lambda:eu-west-1:*:*".to_owned(),
        "arn:aws:lambda:eu-*:*:*".to_owned(),
        format!("arn:aws:lambda:eu-west-1:{DEV}:function:*"),
    ] {
        assert_eq!(org(&resource), Some(Certain), "{resource}");
    }
    assert_eq!(org(&format!("arn:aws:lambda:eu-west-1:{PROD}:*")), None);
    assert_eq!(
        org(&format!("arn:aws:lambda:eu-west-1:{DEV}:layer:*")),
        None
    );
}

#[test]
fn a_region_that_a_guardrail_shuts_is_shut() {
    let make = statement(
        "Allow",
        "lambda:*",
        &format!("arn:aws:lambda:eu-west-1:{DEV}:*"),
    );
    let org = |region: &str| {
        let fence = policy(&[
            json!({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": region}}}),
        ]);
        passer(std::slice::from_ref(&make))
            .role(DEV, "target", trusting("lambda.amazonaws.com"), &[admin()])
            .scp("fence", fence, &[DEV])
            .reach(&role(DEV, "passer"), &role(DEV, "target"))
    };
    assert_eq!(org("eu-west-1"), Some(Certain));
    assert_eq!(org("us-east-1"), None);
}

/// The principal that a role trusts need not be the one that it is passed to.
#[test]
fn a_role_is_passed_to_the_service_by_its_own_name() {
    let org = |service: &str, action: &str, passed_to: &str| {
        let pass = json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
            "Condition": {"StringEquals": {"iam:PassedToService": passed_to}}});
        Org::three()
            .role(
                DEV,
                "passer",
                nobody(),
                &[policy(&[pass, statement("Allow", action, "*")])],
            )
            .role(DEV, "target", trusting(service), &[admin()])
            .reach(&role(DEV, "passer"), &role(DEV, "target"))
    };
    let runner = |passed_to| {
        org(
            "tasks.apprunner.amazonaws.com",
            "apprunner:CreateService",
            passed_to,
        )
    };
    assert_eq!(runner("apprunner.amazonaws.com"), Some(Certain));
    assert_eq!(runner("tasks.apprunner.amazonaws.com"), Some(Certain));
    assert_eq!(runner("lambda.amazonaws.com"), None);
    let airflow = |passed_to| {
        org(
            "airflow-env.amazonaws.com",
            "airflow:CreateEnvironment",
            passed_to,
        )
    };
    assert_eq!(airflow("airflow.amazonaws.com"), Some(Conditional));
    assert_eq!(airflow("glue.amazonaws.com"), None);
}
