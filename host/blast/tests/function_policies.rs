//! The policies of functions, worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional, Speculative};
use blastwall_blast::Subject;
use serde_json::{Value, json};
use support::*;

fn function() -> String {
    format!("arn:aws:lambda:eu-west-1:{PROD}:function:pay")
}

/// A function in production with these permissions, callers in dev and production, and a vendor.
fn org(permissions: &[Value]) -> Org {
    let invoker = || allow("lambda:InvokeFunction", "*");
    let coder = || allow("lambda:*", "*");
    let mut org = Org::three()
        .role(PROD, "pay", runs(), &[])
        .role(PROD, "plain", runs(), &[])
        .role(DEV, "plain", runs(), &[])
        .role(DEV, "invoker", runs(), &[invoker()])
        .role(DEV, "coder", runs(), &[coder()])
        .add(
            PROD,
            json!({"type": "AWS::Lambda::Function", "account": PROD, "region": "eu-west-1",
            "arn": function(), "config": {"FunctionName": "pay", "Role": role(PROD, "pay")}}),
        );
    for (place, permission) in permissions.iter().enumerate() {
        let mut config = json!({"FunctionName": "pay"});
        for (key, value) in permission.as_object().unwrap() {
            config[key] = value.clone();
        }
        org = org.add(PROD, json!({"type": "AWS::Lambda::Permission", "account": PROD,
            "region": "eu-west-1", "arn": format!("{}:permission/{place}", function()), "config": config}));
    }
    org
}

fn permit(action: &str, principal: &str) -> Value {
    json!({"Action": format!("lambda:{action}"), "Principal": principal})
}

fn network(org: &Org, start: &str) -> Option<Certainty> {
    let graph = org.graph();
    let start = graph.find(start).ok()?;
    let radius = graph.radius(&[start]).unwrap();
    let target = Subject::Network {
        arn: function().parse().unwrap(),
    };
    radius.fact(&target).map(|fact| fact.certainty)
}

fn workload(org: &Org, start: &str) -> Option<Certainty> {
    let graph = org.graph();
    let start = graph.find(start).ok()?;
    let radius = graph.radius(&[start]).unwrap();
    radius
        .fact(&graph.find(&function()).unwrap())
        .map(|fact| fact.certainty)
}

#[test]
fn whoever_may_invoke_by_the_policy_sends_it_events() {
    let open = org(&[permit("InvokeFunction", DEV)]);
    assert_eq!(network(&open, &role(DEV, "invoker")), Some(Certain));
    assert_eq!(
        network(&open, &role(DEV, "plain")),
        None,
        "its own policies have a say"
    );
    assert_eq!(network(&open, DEV), Some(Certain));
    assert_eq!(network(&open, TEST), None);
    // What it does with them hangs on a flaw.
    assert_eq!(
        open.reach(&role(DEV, "invoker"), &role(PROD, "pay")),
        Some(Speculative)
    );
    assert_eq!(network(&org(&[]), &role(DEV, "invoker")), None);
    let one = org(&[permit("InvokeFunction", &role(DEV, "invoker"))]);
    assert_eq!(network(&one, &role(DEV, "invoker")), Some(Certain));
    assert_eq!(network(&one, &role(DEV, "coder")), None);
    // In its own account the policy is enough.
    let own = org(&[permit("InvokeFunction", &role(PROD, "plain"))]);
    assert_eq!(network(&own, &role(PROD, "plain")), Some(Certain));
}

#[test]
fn whoever_may_change_it_by_the_policy_has_it() {
    let both = org(&[
        permit("UpdateFunctionCode", DEV),
        permit("InvokeFunction", DEV),
    ]);
    assert_eq!(workload(&both, &role(DEV, "coder")), Some(Certain));
    assert_eq!(
        both.reach(&role(DEV, "coder"), &role(PROD, "pay")),
        Some(Certain)
    );
    assert_eq!(workload(&both, DEV), Some(Certain));
    assert_eq!(workload(&both, &role(DEV, "invoker")), Some(Speculative));
    let code = org(&[permit("UpdateFunctionCode", DEV)]);
    assert_eq!(workload(&code, &role(DEV, "coder")), Some(Conditional));
    let everything = org(&[permit("*", DEV)]);
    assert_eq!(workload(&everything, &role(DEV, "coder")), Some(Certain));
    // In its own account the policy is enough.
    let own = [
        permit("UpdateFunctionCode", &role(PROD, "plain")),
        permit("InvokeFunction", &role(PROD, "plain")),
    ];
    assert_eq!(workload(&org(&own), &role(PROD, "plain")), Some(Certain));
    // The code is not that of an alias.
    let mut alias = permit("*", DEV);
    alias["FunctionName"] = json!("pay:live");
    assert_eq!(
        workload(&org(std::slice::from_ref(&alias)), &role(DEV, "coder")),
        Some(Speculative)
    );
    assert_eq!(network(&org(&[alias]), &role(DEV, "coder")), Some(Certain));
}

#[test]
fn outside_accounts_and_anyone_come_by_the_policy() {
    let vendor = org(&[permit("*", VENDOR)]);
    assert_eq!(workload(&vendor, VENDOR), Some(Certain));
    assert_eq!(workload(&vendor, "anyone"), None);
    let anyone = org(&[permit("InvokeFunction", "*")]);
    assert_eq!(network(&anyone, "anyone"), Some(Certain));
    let mut ours = permit("InvokeFunction", "*");
    ours["PrincipalOrgID"] = json!("o-test000001");
    let ours = org(&[ours]);
    assert_eq!(network(&ours, "anyone"), None);
    assert_eq!(network(&ours, &role(DEV, "invoker")), Some(Certain));
}

#[test]
fn control_policies_of_the_callers_account_bind() {
    let denied = org(&[permit("*", DEV)]).scp("no-lambda", deny("lambda:*", "*"), &[DEV]);
    assert_eq!(workload(&denied, &role(DEV, "coder")), None);
    assert_eq!(workload(&denied, DEV), None);
}

#[test]
fn permissions_for_urls_are_for_urls() {
    let mut by_url = permit("InvokeFunction", "*");
    by_url["InvokedViaFunctionUrl"] = json!(true);
    assert_eq!(network(&org(&[by_url]), "anyone"), None);
    let mut signed = permit("InvokeFunctionUrl", DEV);
    signed["FunctionUrlAuthType"] = json!("AWS_IAM");
    let without = org(std::slice::from_ref(&signed));
    assert_eq!(
        network(&without, &role(DEV, "coder")),
        None,
        "there is no address"
    );
    let with = without.add(
        PROD,
        json!({"type": "AWS::Lambda::Url", "account": PROD,
        "region": "eu-west-1", "arn": format!("{}:url", function()),
        "config": {"AuthType": "AWS_IAM", "TargetFunctionArn": function()}}),
    );
    assert_eq!(network(&with, &role(DEV, "coder")), Some(Certain));
    assert_eq!(network(&with, "anyone"), None);
}

#[test]
fn a_service_that_acts_for_anybody_is_anybodys() {
    let open = permit("InvokeFunction", "s3.amazonaws.com");
    assert_eq!(
        network(&org(std::slice::from_ref(&open)), "anyone"),
        Some(Speculative)
    );
    let mut bound = open.clone();
    bound["SourceAccount"] = json!(PROD);
    assert_eq!(network(&org(&[bound]), "anyone"), None);
    let mut sourced = open;
    sourced["SourceArn"] = json!("arn:aws:s3:::ours");
    assert_eq!(network(&org(&[sourced]), "anyone"), None);
}

#[test]
fn the_policy_may_stand_in_the_functions_document() {
    let statement = json!({"Sid": "x", "Effect": "Allow", "Principal": {"AWS": root(DEV)},
        "Action": "lambda:InvokeFunction", "Resource": function()});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
    let with = |policy: Value| {
        let mut org = org(&[]);
        let documents = &mut org.accounts.get_mut(PROD).unwrap().1;
        for document in documents
            .iter_mut()
            .filter(|one| one["type"] == "AWS::Lambda::Function")
        {
            document["observed"] = json!({"Policy": policy});
        }
        network(&org, &role(DEV, "invoker"))
    };
    assert_eq!(with(policy.clone()), Some(Certain));
    assert_eq!(with(json!(policy.to_string())), Some(Certain));
    assert_eq!(with(json!("{")), None);
}
