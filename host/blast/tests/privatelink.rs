//! Endpoint services and who connects to them, worked out with a pencil.
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
use support::sides::{REGION, Side, document, lets_in, open_acl, reaches_host};
use support::*;

fn side(account: &'static str, name: &'static str, ingress: Value) -> Side {
    let second = if name == "prod" { 1 } else { 2 };
    Side {
        account,
        name,
        range: ["10.1.0.0/24", "10.2.0.0/24"][second - 1],
        address: ["10.1.0.9", "10.2.0.9"][second - 1],
        routes: json!([]),
        acl: open_acl(),
        ingress,
        egress: json!([{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]),
    }
}

fn balanced(kind: &str, id: &str, config: Value) -> Value {
    json!({"type": format!("AWS::ElasticLoadBalancingV2::{kind}"), "account": PROD,
        "region": REGION, "arn": elb(id), "config": config})
}

fn elb(id: &str) -> String {
    format!("arn:aws:elasticloadbalancing:{REGION}:{PROD}:{id}")
}

/// A service of prod with a host behind it, which lets in its own subnet, and a host of dev.
struct Case {
    service: Value,
    allowed: Value,
    endpoint: Value,
    /// What the endpoint's security group lets in.
    to_endpoint: Value,
    /// What the host behind the load balancer lets in.
    to_target: Value,
    scp: Option<Value>,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            service: json!({"AcceptanceRequired": false,
                "NetworkLoadBalancerArns": [elb("loadbalancer/net/nlb/1")]}),
            allowed: json!([]),
            endpoint: Value::Null,
            to_endpoint: lets_in(json!({"CidrIp": "10.2.0.0/16"})),
            to_target: lets_in(json!({"CidrIp": "10.1.0.0/16"})),
            scp: None,
        }
    }
}

impl Case {
    fn org(&self) -> Org {
        let org = side(PROD, "prod", self.to_target.clone()).add_to(Org::three());
        let org = side(DEV, "dev", json!([])).add_to(org);
        let mut org = org
            .add(
                PROD,
                balanced(
                    "LoadBalancer",
                    "loadbalancer/net/nlb/1",
                    json!({"Type": "network", "Scheme": "internal", "Subnets": ["subnet-prod"]}),
                ),
            )
            .add(
                PROD,
                balanced(
                    "TargetGroup",
                    "targetgroup/tg/1",
                    json!({"TargetType": "instance", "Protocol": "TCP", "Port": 5432,
                        "VpcId": "vpc-prod", "Targets": [{"Id": "i-prod", "Port": 5432}]}),
                ),
            )
            .add(
                PROD,
                balanced(
                    "Listener",
                    "listener/net/nlb/1/1",
                    json!({"LoadBalancerArn": elb("loadbalancer/net/nlb/1"), "Protocol": "TCP",
                        "Port": 5432, "DefaultActions": [
                            {"Type": "forward", "TargetGroupArn": elb("targetgroup/tg/1")}]}),
                ),
            )
            .add(
                PROD,
                document(
                    PROD,
                    "VPCEndpointService",
                    "vpce-svc-1",
                    self.service.clone(),
                    json!({}),
                ),
            )
            .add(
                PROD,
                document(
                    PROD,
                    "VPCEndpointServicePermissions",
                    "vpce-svc-1-permissions",
                    json!({"ServiceId": "vpce-svc-1", "AllowedPrincipals": self.allowed}),
                    json!({}),
                ),
            )
            .add(
                DEV,
                document(
                    DEV,
                    "SecurityGroup",
                    "sg-endpoint",
                    json!({"GroupId": "sg-endpoint", "VpcId": "vpc-dev",
                        "SecurityGroupIngress": self.to_endpoint}),
                    json!({}),
                ),
            );
        if let Value::Object(observed) = &self.endpoint {
            let config = json!({"Id": "vpce-1", "VpcId": "vpc-dev", "SubnetIds": ["subnet-dev"],
                "SecurityGroupIds": ["sg-endpoint"], "VpcEndpointType": "Interface",
                "ServiceName": format!("com.amazonaws.vpce.{REGION}.vpce-svc-1")});
            let observed = Value::Object(observed.clone());
            org = org.add(
                DEV,
                document(DEV, "VPCEndpoint", "vpce-1", config, observed),
            );
        }
        match &self.scp {
            Some(scp) => org.scp("guard", scp.clone(), &[DEV]),
            None => org,
        }
    }

    fn reach(&self, from: &str) -> Option<Certainty> {
        reaches_host(&self.org(), from, &host(PROD, "prod"))
    }
}

fn host(account: &str, name: &str) -> String {
    support::sides::arn(account, &format!("i-{name}"))
}

#[test]
fn an_endpoint_leads_hosts_of_its_vpc_to_what_is_behind() {
    let own = host(DEV, "dev");
    let available = || Case {
        endpoint: json!({"State": "available"}),
        ..Case::default()
    };
    assert_eq!(Case::default().reach(&own), None, "no endpoint, no leave");
    assert_eq!(available().reach(&own), Some(Certain));
    assert_eq!(
        available().reach(DEV),
        Some(Certain),
        "the account has hosts"
    );
    let waits = Case {
        endpoint: json!({"State": "pendingAcceptance"}),
        ..Case::default()
    };
    assert_eq!(waits.reach(&own), Some(Conditional));
    let refused = Case {
        endpoint: json!({"State": "rejected"}),
        ..Case::default()
    };
    assert_eq!(refused.reach(&own), None);
    let shut = Case {
        to_endpoint: lets_in(json!({"CidrIp": "10.9.0.0/16"})),
        ..available()
    };
    assert_eq!(shut.reach(&own), None, "the endpoint's group keeps it out");
    let foreign = Case {
        to_target: lets_in(json!({"CidrIp": "10.2.0.0/16"})),
        ..available()
    };
    assert_eq!(
        foreign.reach(&own),
        None,
        "targets see the load balancer, not the host"
    );
}

#[test]
fn whom_the_service_allows_makes_an_endpoint() {
    let root = |account: &str| json!([format!("arn:aws:iam::{account}:root")]);
    let allowing = |allowed: Value| Case {
        allowed,
        ..Case::default()
    };
    assert_eq!(allowing(root(DEV)).reach(DEV), Some(Certain));
    assert_eq!(allowing(root(TEST)).reach(DEV), None);
    assert_eq!(allowing(root(VENDOR)).reach(VENDOR), Some(Certain));
    let everybody = allowing(json!(["*"]));
    assert_eq!(everybody.reach(DEV), Some(Certain));
    assert_eq!(everybody.reach("anyone"), Some(Certain));
    let asks = Case {
        service: json!({"AcceptanceRequired": true,
            "NetworkLoadBalancerArns": [elb("loadbalancer/net/nlb/1")]}),
        ..allowing(root(DEV))
    };
    assert_eq!(asks.reach(DEV), Some(Conditional));
    let guarded = Case {
        scp: Some(policy(&[
            json!({"Effect": "Deny", "Action": "ec2:CreateVpcEndpoint",
            "Resource": "*", "Condition": {"StringNotEquals": {"ec2:VpceServiceOwner": ["amazon"]}}}),
        ])),
        ..allowing(root(DEV))
    };
    assert_eq!(guarded.reach(DEV), None, "a guardrail forbids the endpoint");
}
