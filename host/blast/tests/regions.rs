//! Guardrails that keep an organization in its regions, worked out with a pencil.
//!
//! Source: IAM User Guide, "AWS global condition context keys", `aws:RequestedRegion`; AWS Control Tower, "Configure
//! the Region deny control".
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional};
use serde_json::{Value, json};
use support::*;

/// Denies dev everything outside of Ireland, but for services without regions.
fn in_ireland(org: Org, spared: &[&str]) -> Org {
    org.scp(
        "regions",
        policy(&[
            json!({"Effect": "Deny", "NotAction": spared, "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}}),
        ]),
        &[DEV],
    )
}

const SPARED: &[&str] = &["iam:*", "sts:*", "organizations:*"];

fn reader(actions: &[&str]) -> Org {
    let statements: Vec<Value> = actions
        .iter()
        .map(|action| statement("Allow", action, "*"))
        .collect();
    Org::three().role(DEV, "reader", nobody(), &[policy(&statements)])
}

fn reach(org: &Org, to: &str) -> Option<Certainty> {
    org.reach(&role(DEV, "reader"), to)
}

#[test]
fn data_is_read_in_its_own_region() {
    let queue = |region: &str| format!("arn:aws:sqs:{region}:{DEV}:q");
    let bucket = |region: &str| format!("arn:aws:s3:::in-{region}");
    let mut org = in_ireland(reader(&["sqs:ReceiveMessage", "s3:GetObject"]), SPARED);
    for region in ["eu-west-1", "us-west-2"] {
        let document = |kind: &str, arn: String| json!({"type": kind, "arn": arn, "account": DEV, "region": region, "config": {}});
        org = org
            .add(DEV, document("AWS::SQS::Queue", queue(region)))
            .add(DEV, document("AWS::S3::Bucket", bucket(region)));
    }
    for of in [&queue as &dyn Fn(&str) -> String, &bucket] {
        assert_eq!(reach(&org, &of("eu-west-1")), Some(Certain));
        assert_eq!(reach(&org, &of("us-west-2")), None);
    }
    assert_eq!(
        org.reach(DEV, &queue("us-west-2")),
        Some(Certain),
        "it is its own"
    );
}

#[test]
fn roles_are_entered_in_the_region_of_ones_choice() {
    let org = |spared: &[&str]| {
        let org = reader(&["sts:AssumeRole"]).role(PROD, "goal", trust(&[&root(DEV)]), &[]);
        in_ireland(org, spared)
    };
    assert_eq!(reach(&org(SPARED), &role(PROD, "goal")), Some(Certain));
    assert_eq!(reach(&org(&["iam:*"]), &role(PROD, "goal")), Some(Certain));
    let nowhere = org(SPARED).scp("none", deny("sts:AssumeRole", "*"), &[DEV]);
    assert_eq!(reach(&nowhere, &role(PROD, "goal")), None);
}

#[test]
fn commands_go_to_the_region_of_the_instance() {
    let machine = |region: &str| format!("arn:aws:ec2:{region}:{DEV}:instance/i-1");
    let org = |of_instance: &str, of_document: &str| {
        let send = policy(&[
            json!({"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": [
            format!("arn:aws:ec2:{of_instance}:{DEV}:instance/*"),
            format!("arn:aws:ssm:{of_document}::document/AWS-RunShellScript")]}),
        ]);
        Org::three()
            .role(DEV, "reader", nobody(), &[send])
            .role(DEV, "runs", nobody(), &[])
            .add(
                DEV,
                json!({"type": "AWS::EC2::Instance", "arn": machine("eu-central-1"), "account": DEV,
                    "region": "eu-central-1", "config": {"InstanceId": "i-1",
                        "IamInstanceProfile": format!("arn:aws:iam::{DEV}:instance-profile/runs")},
                    "observed": {"State": "running"}}),
            )
    };
    let sends =
        |of_instance, of_document| reach(&org(of_instance, of_document), &machine("eu-central-1"));
    assert_eq!(
        sends("eu-central-1", "eu-central-1"),
        Some(Conditional),
        "the agent runs there"
    );
    assert_eq!(
        sends("eu-central-1", "eu-west-1"),
        None,
        "one call has one region"
    );
    assert_eq!(sends("eu-west-1", "eu-west-1"), None);
}

#[test]
fn stack_sets_are_made_where_regions_allow() {
    const SERVICE: &str = "member.org.stacksets.cloudformation.amazonaws.com";
    let org = |condition: Value| {
        let mut allowed = statement("Allow", "cloudformation:*", "*");
        if !condition.is_null() {
            allowed["Condition"] = condition;
        }
        let mut org = Org::three().role(DEV, "reader", nobody(), &[policy(&[allowed])]);
        org.organization[0]["observed"]["EnabledServicePrincipals"] = json!([SERVICE]);
        org.organization.push(
            json!({"type": "AWS::Organizations::DelegatedAdministrator", "account": MANAGEMENT,
            "arn": format!("arn:aws:organizations::{MANAGEMENT}:delegated-administrator/{DEV}"),
            "config": {"AccountId": DEV, "ServicePrincipals": [SERVICE]}}),
        );
        org
    };
    let guarded = in_ireland(org(Value::Null), SPARED);
    assert_eq!(reach(&guarded, PROD), Some(Certain));
    assert_eq!(guarded.reach(DEV, PROD), Some(Certain));
    let asked = org(json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}));
    assert_eq!(reach(&asked, PROD), Some(Certain));
    let pattern = org(json!({"StringLike": {"aws:RequestedRegion": "eu-*"}}));
    assert_eq!(reach(&pattern, PROD), Some(Certain));
    let shut = org(Value::Null).scp(
        "shut",
        policy(&[
            json!({"Effect": "Deny", "Action": "cloudformation:*", "Resource": "*",
            "Condition": {"StringLike": {"aws:RequestedRegion": "*"}}}),
        ]),
        &[DEV],
    );
    assert_eq!(reach(&shut, PROD), None);
    assert_eq!(shut.reach(DEV, PROD), None);
}
