//! How the internet reaches workloads, worked out with a pencil: each thing on the way, and each that stops it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod apis;
mod balancers;
mod instances;
mod shared_networks;
#[path = "../support/mod.rs"]
mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional, Speculative};
use blastwall_blast::Subject;
use serde_json::{Value, json};
use support::*;

const REGION: &str = "eu-west-1";

fn doc(kind: &str, arn: &str, config: Value, observed: Value) -> Value {
    json!({"type": kind, "account": DEV, "region": REGION, "arn": arn, "config": config,
        "observed": observed})
}

fn ec2(kind: &str, id: &str, config: Value, observed: Value) -> Value {
    let arn = format!("arn:aws:ec2:{REGION}:{DEV}:other/{id}");
    doc(&format!("AWS::EC2::{kind}"), &arn, config, observed)
}

const INSTANCE: &str = "arn:aws:ec2:eu-west-1:111111111111:instance/i-1";

fn world(port: i32) -> Value {
    json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "0.0.0.0/0"})
}

fn all(egress: bool) -> Value {
    json!({"RuleNumber": 100, "RuleAction": "allow", "Egress": egress, "Protocol": "-1",
        "CidrBlock": "0.0.0.0/0"})
}

/// A public instance in a public subnet, with everything that there is to see.
fn public() -> Vec<Value> {
    vec![
        ec2(
            "Subnet",
            "subnet-1",
            json!({"SubnetId": "subnet-1", "VpcId": "vpc-1",
            "CidrBlock": "10.0.1.0/24"}),
            json!({}),
        ),
        ec2(
            "RouteTable",
            "rtb-1",
            json!({"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": [
                {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
                {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}],
            "Associations": [{"Main": true}]}),
            json!({}),
        ),
        ec2(
            "NetworkAcl",
            "acl-1",
            json!({"Id": "acl-1", "VpcId": "vpc-1", "Entries":
            [all(false), all(true)], "SubnetIds": ["subnet-1"]}),
            json!({"IsDefault": true}),
        ),
        ec2(
            "SecurityGroup",
            "sg-1",
            json!({"GroupId": "sg-1", "VpcId": "vpc-1",
            "SecurityGroupIngress": [world(443)]}),
            json!({}),
        ),
        doc(
            "AWS::EC2::Instance",
            INSTANCE,
            json!({"InstanceId": "i-1", "VpcId": "vpc-1",
            "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-1"],
            "MetadataOptions": {"HttpTokens": "required"}}),
            json!({"State": "running", "PublicIpAddress": "203.0.113.7",
                "PrivateIpAddress": "10.0.1.10"}),
        ),
    ]
}

/// The same with one property of the documents of a type changed.
fn with(mut documents: Vec<Value>, kind: &str, pointer: &str, value: Value) -> Vec<Value> {
    let mut changed = 0;
    for document in documents.iter_mut().filter(|one| one["type"] == kind) {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[name] = value.clone();
        changed += 1;
    }
    assert!(changed > 0, "there is no {kind}");
    documents
}

fn without(mut documents: Vec<Value>, kind: &str) -> Vec<Value> {
    let before = documents.len();
    documents.retain(|one| one["type"] != kind);
    assert!(documents.len() < before, "there is no {kind}");
    documents
}

fn and(mut documents: Vec<Value>, more: Vec<Value>) -> Vec<Value> {
    documents.extend(more);
    documents
}

fn org(documents: &[Value]) -> Org {
    let mut org = Org::three().role(DEV, "app", runs(), &[]);
    for document in documents {
        org = org.add(DEV, document.clone());
    }
    org
}

/// How surely somebody has network reach of a workload, with the words of what it hangs on and of why.
fn told(org: &Org, start: &str, arn: &str) -> Option<(Certainty, String)> {
    let graph = org.graph();
    let start = graph.find(start).unwrap();
    let radius = graph.radius(&[start]).unwrap();
    let target = Subject::Network {
        arn: arn.parse().unwrap(),
    };
    let fact = radius.fact(&target)?;
    let step = fact.witness.as_ref().unwrap();
    let conditions = step.conditions.iter().map(|one| one.text.clone());
    let evidence = step.evidence.iter().map(|one| one.text.to_string());
    let words: Vec<String> = conditions.chain(evidence).collect();
    assert_eq!(
        step.certainty == Certain,
        step.conditions.is_empty(),
        "{step:?}"
    );
    Some((fact.certainty, words.join("; ")))
}

fn reach(documents: &[Value], arn: &str) -> Option<Certainty> {
    told(&org(documents), "anyone", arn).map(|(certainty, _)| certainty)
}

fn instance(documents: &[Value]) -> Option<Certainty> {
    reach(documents, INSTANCE)
}

fn words(documents: &[Value], arn: &str) -> String {
    told(&org(documents), "anyone", arn).unwrap().1
}

const GROUP: &str = "AWS::EC2::SecurityGroup";
const ROUTES: &str = "AWS::EC2::RouteTable";
const ACL: &str = "AWS::EC2::NetworkAcl";

fn function(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{DEV}:function:{name}")
}

fn function_document(name: &str) -> Value {
    doc(
        "AWS::Lambda::Function",
        &function(name),
        json!({"FunctionName": name,
        "Role": role(DEV, "app")}),
        json!({}),
    )
}

fn permission(name: &str, more: Value) -> Value {
    let mut config = json!({"FunctionName": name, "Action": "lambda:InvokeFunction"});
    for (key, value) in more.as_object().unwrap() {
        config[key] = value.clone();
    }
    doc(
        "AWS::Lambda::Permission",
        &format!("{}:permission/{}", function("f"), config.to_string().len()),
        config,
        json!({}),
    )
}

fn public_without_address() -> Vec<Value> {
    with(
        public(),
        "AWS::EC2::Instance",
        "/observed/PublicIpAddress",
        Value::Null,
    )
}

/// The likelihood that goes with the flaw.
fn likelihood(documents: &[Value], arn: &str) -> String {
    let graph = org(documents).graph();
    let radius = graph.radius(&[graph.find("anyone").unwrap()]).unwrap();
    let fact = radius.fact(&graph.find(arn).unwrap()).unwrap();
    assert_eq!(fact.certainty, Speculative);
    fact.witness.as_ref().unwrap().conditions[0].text.clone()
}
