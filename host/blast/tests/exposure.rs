//! How the internet reaches workloads, worked out with a pencil: each thing on the way, and each that stops it.
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
    let mut org = Org::three().role(DEV, "app", nobody(), &[]);
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

#[test]
fn a_public_instance_in_a_public_subnet_is_reached() {
    assert_eq!(instance(&public()), Some(Certain));
    let hidden = with(
        public(),
        "AWS::EC2::Instance",
        "/observed/PublicIpAddress",
        Value::Null,
    );
    assert_eq!(instance(&hidden), None);
    for state in ["stopped", "stopping"] {
        let off = with(
            public(),
            "AWS::EC2::Instance",
            "/observed/State",
            json!(state),
        );
        assert_eq!(instance(&off), None, "{state}");
    }
}

#[test]
fn the_routes_of_the_subnet_lead_to_an_internet_gateway() {
    let routed = |routes: Value| instance(&with(public(), ROUTES, "/config/Routes", routes));
    let default =
        |target: &str, id: &str| json!([{"DestinationCidrBlock": "0.0.0.0/0", target: id}]);
    assert_eq!(routed(default("GatewayId", "igw-1")), Some(Certain));
    assert_eq!(routed(default("NatGatewayId", "nat-1")), None);
    assert_eq!(routed(default("TransitGatewayId", "tgw-1")), None);
    assert_eq!(routed(default("GatewayId", "vgw-1")), None);
    assert_eq!(routed(json!([])), None);
    let mut gone = default("GatewayId", "igw-1");
    gone[0]["State"] = json!("blackhole");
    assert_eq!(routed(gone), None);
    // The most specific route decides for its part of the internet.
    let halves = |first: &str, second: &str| {
        routed(
            json!([{"DestinationCidrBlock": "0.0.0.0/1", "GatewayId": first},
            {"DestinationCidrBlock": "128.0.0.0/1", "GatewayId": second}]),
        )
    };
    assert_eq!(halves("igw-1", "igw-1"), Some(Certain));
    assert_eq!(halves("vgw-1", "vgw-1"), None);
    let little = json!([{"DestinationCidrBlock": "198.51.100.0/24", "GatewayId": "igw-1"}]);
    assert_eq!(routed(little), None);
    let some = json!([{"DestinationCidrBlock": "52.0.0.0/8", "GatewayId": "igw-1"}]);
    assert_eq!(routed(some), Some(Conditional));
}

#[test]
fn a_table_of_the_subnet_goes_before_the_main_one() {
    let own = |routes: Value| {
        and(
            public(),
            vec![ec2(
                "RouteTable",
                "rtb-2",
                json!({"RouteTableId": "rtb-2",
            "VpcId": "vpc-1", "Routes": routes,
            "Associations": [{"Main": false, "SubnetId": "subnet-1"}]}),
                json!({}),
            )],
        )
    };
    assert_eq!(instance(&own(json!([]))), None);
    // Routes and associations as CloudFormation has them.
    let apart = |gateway: &str| {
        let documents = without(public(), ROUTES);
        and(
            documents,
            vec![
                ec2(
                    "RouteTable",
                    "rtb-3",
                    json!({"RouteTableId": "rtb-3", "VpcId": "vpc-1"}),
                    json!({}),
                ),
                ec2(
                    "Route",
                    "r",
                    json!({"RouteTableId": "rtb-3",
                "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}),
                    json!({}),
                ),
                ec2(
                    "SubnetRouteTableAssociation",
                    "a",
                    json!({"RouteTableId": "rtb-3",
                "SubnetId": "subnet-1"}),
                    json!({}),
                ),
            ],
        )
    };
    assert_eq!(instance(&apart("igw-1")), Some(Certain));
    assert_eq!(instance(&apart("vgw-1")), None);
}

#[test]
fn a_firewall_on_the_way_is_a_condition() {
    let firewalled = with(
        public(),
        ROUTES,
        "/config/Routes",
        json!([{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vpce-1"}]),
    );
    // The way in goes around it, so that answers find no connection.
    assert_eq!(instance(&firewalled), None);
    let edge = ec2(
        "RouteTable",
        "rtb-e",
        json!({"RouteTableId": "rtb-e", "VpcId": "vpc-1",
        "Routes": [{"DestinationCidrBlock": "10.0.1.0/24", "GatewayId": "vpce-1"}],
        "Associations": [{"Main": false, "GatewayId": "igw-1"}]}),
        json!({}),
    );
    let both = and(firewalled, vec![edge]);
    assert_eq!(instance(&both), Some(Conditional));
    assert!(words(&both, INSTANCE).contains("the firewall behind vpce-1 lets strangers in"));
}

#[test]
fn security_groups_let_in_the_world_or_much_of_it() {
    let lets_in = |rules: Value| {
        instance(&with(
            public(),
            GROUP,
            "/config/SecurityGroupIngress",
            rules,
        ))
    };
    let from =
        |range: &str| json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": range});
    assert_eq!(lets_in(json!([from("0.0.0.0/0")])), Some(Certain));
    assert_eq!(
        lets_in(json!([from("0.0.0.0/1"), from("128.0.0.0/1")])),
        Some(Certain)
    );
    // The world without what is private, in pieces.
    let pieces = ["32.0.0.0/4", "48.0.0.0/4", "64.0.0.0/4", "80.0.0.0/4"].map(from);
    assert_eq!(lets_in(json!(pieces)), Some(Certain));
    assert_eq!(lets_in(json!([from("52.0.0.0/8")])), Some(Conditional));
    assert_eq!(lets_in(json!([from("198.51.100.0/24")])), None);
    assert_eq!(lets_in(json!([from("10.0.0.0/8")])), None);
    assert_eq!(lets_in(json!([])), None);
    assert_eq!(
        lets_in(
            json!([{"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "0.0.0.0/0"}])
        ),
        None
    );
    assert_eq!(
        lets_in(json!([{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}])),
        Some(Certain)
    );
    assert_eq!(
        lets_in(json!([{"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1"}])),
        None
    );
    // By IPv6 it takes an address of that.
    let ipv6 = json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "::/0"}]);
    assert_eq!(lets_in(ipv6), None);
    let list = json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourcePrefixListId": "pl-1"}]);
    assert_eq!(lets_in(list.clone()), Some(Conditional));
    let told = |range: &str| {
        let documents = with(
            public(),
            GROUP,
            "/config/SecurityGroupIngress",
            list.clone(),
        );
        instance(&and(
            documents,
            vec![ec2(
                "PrefixList",
                "pl-1",
                json!({"PrefixListId": "pl-1", "Entries": [{"Cidr": range}]}),
                json!({}),
            )],
        ))
    };
    assert_eq!(told("0.0.0.0/0"), Some(Certain));
    assert_eq!(told("198.51.100.0/24"), None);
    let apart = |range: &str| {
        let documents = with(public(), GROUP, "/config/SecurityGroupIngress", json!([]));
        instance(&and(
            documents,
            vec![ec2(
                "SecurityGroupIngress",
                "sgr-1",
                json!({"GroupId": "sg-1", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
                "CidrIp": range}),
                json!({}),
            )],
        ))
    };
    assert_eq!(apart("0.0.0.0/0"), Some(Certain));
    assert_eq!(apart("198.51.100.0/24"), None);
}

#[test]
fn network_acls_have_a_say_both_ways() {
    let acl = |entries: Value| instance(&with(public(), ACL, "/config/Entries", entries));
    assert_eq!(acl(json!([all(false), all(true)])), Some(Certain));
    assert_eq!(acl(json!([all(false)])), None, "answers do not get out");
    assert_eq!(acl(json!([all(true)])), None);
    let port = |number: i32, action: &str, port: i32| {
        json!({"RuleNumber": number, "RuleAction": action,
        "Egress": false, "Protocol": "6", "CidrBlock": "0.0.0.0/0",
        "PortRange": {"From": port, "To": port}})
    };
    assert_eq!(
        acl(json!([port(10, "deny", 443), all(false), all(true)])),
        None
    );
    assert_eq!(
        acl(json!([port(200, "deny", 443), all(false), all(true)])),
        Some(Certain)
    );
    assert_eq!(acl(json!([port(10, "allow", 80), all(true)])), None);
    let entry = |range: &str| {
        json!({"RuleNumber": 10, "RuleAction": "allow", "Egress": false,
        "Protocol": "-1", "CidrBlock": range})
    };
    assert_eq!(acl(json!([entry("198.51.100.0/24"), all(true)])), None);
    assert_eq!(
        acl(json!([entry("52.0.0.0/8"), all(true)])),
        Some(Conditional)
    );
}

#[test]
fn what_was_not_collected_is_a_condition() {
    let no_routes = without(public(), ROUTES);
    assert_eq!(instance(&no_routes), Some(Conditional));
    assert!(
        words(&no_routes, INSTANCE).contains("the routes of subnet-1 lead to an internet gateway")
    );
    let no_acl = without(public(), ACL);
    assert_eq!(instance(&no_acl), Some(Conditional));
    assert!(words(&no_acl, INSTANCE).contains("the network ACL of subnet-1 lets strangers in"));
    let no_group = without(public(), GROUP);
    assert_eq!(instance(&no_group), Some(Conditional));
    assert!(words(&no_group, INSTANCE).contains("sg-1, which was not seen, lets strangers in"));
    // What is seen to stop it does, whatever else was not seen.
    let shut = with(no_routes, GROUP, "/config/SecurityGroupIngress", json!([]));
    assert_eq!(instance(&shut), None);
}

#[test]
fn all_interfaces_count_each_with_its_own_groups() {
    let second = |public: Value, group: &str| {
        let documents = with(
            public_without_address(),
            GROUP,
            "/config/VpcId",
            json!("vpc-1"),
        );
        instance(&and(
            documents,
            vec![
                ec2(
                    "SecurityGroup",
                    "sg-2",
                    json!({"GroupId": "sg-2", "VpcId": "vpc-1",
                "SecurityGroupIngress": []}),
                    json!({}),
                ),
                ec2(
                    "NetworkInterface",
                    "eni-2",
                    json!({"Id": "eni-2", "SubnetId": "subnet-1",
                "GroupSet": [group], "PrivateIpAddress": "10.0.1.11"}),
                    json!({"VpcId": "vpc-1", "InstanceId": "i-1", "PublicIp": public}),
                ),
            ],
        ))
    };
    assert_eq!(second(json!("203.0.113.8"), "sg-1"), Some(Certain));
    assert_eq!(
        second(json!("203.0.113.8"), "sg-2"),
        None,
        "the other group opens the other interface"
    );
    assert_eq!(second(Value::Null, "sg-1"), None);
    let elastic = and(
        public_without_address(),
        vec![ec2(
            "EIP",
            "eipalloc-1",
            json!({"AllocationId": "eipalloc-1", "PublicIp": "203.0.113.9", "InstanceId": "i-1"}),
            json!({}),
        )],
    );
    assert_eq!(instance(&elastic), Some(Certain));
}

fn public_without_address() -> Vec<Value> {
    with(
        public(),
        "AWS::EC2::Instance",
        "/observed/PublicIpAddress",
        Value::Null,
    )
}

#[test]
fn ipv6_is_public_where_its_routes_lead_to_an_internet_gateway() {
    let by = |target: &str, id: &str| {
        let documents = with(
            public_without_address(),
            "AWS::EC2::Instance",
            "/observed/Ipv6Addresses",
            json!(["2001:db8::7"]),
        );
        let documents = with(
            documents,
            GROUP,
            "/config/SecurityGroupIngress",
            json!([
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "::/0"}]),
        );
        let documents = with(
            documents,
            ROUTES,
            "/config/Routes",
            json!([
            {"DestinationIpv6CidrBlock": "::/0", target: id}]),
        );
        let any = |egress: bool| {
            json!({"RuleNumber": 101, "RuleAction": "allow", "Egress": egress,
            "Protocol": "-1", "Ipv6CidrBlock": "::/0"})
        };
        instance(&with(
            documents,
            ACL,
            "/config/Entries",
            json!([any(false), any(true)]),
        ))
    };
    assert_eq!(by("GatewayId", "igw-1"), Some(Certain));
    assert_eq!(by("EgressOnlyInternetGatewayId", "eigw-1"), None);
}

#[test]
fn blocked_internet_gateways_let_nobody_in() {
    let blocked = |mode: &str| {
        and(
            public(),
            vec![ec2(
                "VPCBlockPublicAccessOptions",
                "bpa",
                json!({"InternetGatewayBlockMode": mode}),
                json!({}),
            )],
        )
    };
    assert_eq!(instance(&blocked("off")), Some(Certain));
    assert_eq!(instance(&blocked("block-ingress")), None);
    assert_eq!(instance(&blocked("block-bidirectional")), None);
    let excluded = |mode: &str| {
        instance(&and(
            blocked("block-ingress"),
            vec![ec2(
                "VPCBlockPublicAccessExclusion",
                "vpcbpa-1",
                json!({"SubnetId": "subnet-1",
            "InternetGatewayExclusionMode": mode}),
                json!({}),
            )],
        ))
    };
    assert_eq!(excluded("allow-bidirectional"), Some(Certain));
    assert_eq!(excluded("allow-egress"), None);
}

/// The likelihood that goes with the flaw.
fn likelihood(documents: &[Value], arn: &str) -> String {
    let graph = org(documents).graph();
    let radius = graph.radius(&[graph.find("anyone").unwrap()]).unwrap();
    let fact = radius.fact(&graph.find(arn).unwrap()).unwrap();
    assert_eq!(fact.certainty, Speculative);
    fact.witness.as_ref().unwrap().conditions[0].text.clone()
}

#[test]
fn the_likelihood_is_that_of_the_ports_and_the_metadata_service() {
    assert!(likelihood(&public(), INSTANCE).contains("likelihood low"));
    let old = with(
        public(),
        "AWS::EC2::Instance",
        "/config/MetadataOptions",
        json!({"HttpTokens": "optional"}),
    );
    assert!(likelihood(&old, INSTANCE).contains("likelihood medium"));
    let login = with(
        public(),
        GROUP,
        "/config/SecurityGroupIngress",
        json!([world(443), world(22)]),
    );
    assert!(likelihood(&login, INSTANCE).contains("likelihood high: port 22"));
    // A network ACL that stops the port stops the login.
    let stopped = with(
        login,
        ACL,
        "/config/Entries",
        json!([
        {"RuleNumber": 1, "RuleAction": "deny", "Egress": false, "Protocol": "6",
            "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 22, "To": 22}}, all(false), all(true)]),
    );
    assert!(likelihood(&stopped, INSTANCE).contains("likelihood low"));
}

fn lb_arn(what: &str) -> String {
    format!("arn:aws:elasticloadbalancing:{REGION}:{DEV}:{what}")
}

fn elb(kind: &str, arn: &str, config: Value) -> Value {
    doc(
        &format!("AWS::ElasticLoadBalancingV2::{kind}"),
        arn,
        config,
        json!({}),
    )
}

fn from_group(group: &str) -> Value {
    json!({"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "SourceSecurityGroupId": group})
}

/// A private instance behind an application load balancer that faces the internet.
fn balanced() -> Vec<Value> {
    let documents = with(
        public_without_address(),
        GROUP,
        "/config/SecurityGroupIngress",
        json!([from_group("sg-lb")]),
    );
    let (lb, group) = (
        lb_arn("loadbalancer/app/shop/1"),
        lb_arn("targetgroup/shop/2"),
    );
    and(
        documents,
        vec![
            ec2(
                "Subnet",
                "subnet-lb",
                json!({"SubnetId": "subnet-lb", "VpcId": "vpc-1",
            "CidrBlock": "10.0.9.0/24"}),
                json!({}),
            ),
            ec2(
                "SecurityGroup",
                "sg-lb",
                json!({"GroupId": "sg-lb", "VpcId": "vpc-1",
            "SecurityGroupIngress": [world(443)]}),
                json!({}),
            ),
            elb(
                "LoadBalancer",
                &lb,
                json!({"Name": "shop", "Scheme": "internet-facing",
            "Type": "application", "SecurityGroups": ["sg-lb"], "Subnets": ["subnet-lb"]}),
            ),
            elb(
                "Listener",
                &lb_arn("listener/app/shop/1/3"),
                json!({"LoadBalancerArn": lb, "Port": 443,
            "Protocol": "HTTPS", "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}]}),
            ),
            elb(
                "TargetGroup",
                &group,
                json!({"TargetType": "instance", "VpcId": "vpc-1", "Port": 8080,
            "Protocol": "HTTP", "Targets": [{"Id": "i-1", "Port": 8080}]}),
            ),
        ],
    )
}

const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";

/// The same with the ingress rules of one of the groups changed.
fn group_lets(mut documents: Vec<Value>, id: &str, rules: Value) -> Vec<Value> {
    for document in &mut documents {
        if document["config"]["GroupId"] == id {
            document["config"]["SecurityGroupIngress"] = rules.clone();
        }
    }
    documents
}

#[test]
fn a_load_balancer_on_the_internet_leads_to_its_instances() {
    assert_eq!(instance(&balanced()), Some(Certain));
    assert!(
        words(&balanced(), INSTANCE)
            .contains("the load balancer shop is on the internet at port 443")
    );
    assert!(likelihood(&balanced(), INSTANCE).contains("likelihood low"));
    let internal = with(balanced(), BALANCER, "/config/Scheme", json!("internal"));
    assert_eq!(instance(&internal), None);
    assert_eq!(
        instance(&group_lets(balanced(), "sg-lb", json!([world(80)]))),
        None,
        "another port"
    );
    assert_eq!(
        instance(&group_lets(balanced(), "sg-1", json!([from_group("sg-2")]))),
        None
    );
    assert_eq!(
        instance(&group_lets(balanced(), "sg-1", json!([world(9090)]))),
        None
    );
    let range = |range: &str| {
        group_lets(
            balanced(),
            "sg-1",
            json!([{"IpProtocol": "tcp",
        "FromPort": 8080, "ToPort": 8080, "CidrIp": range}]),
        )
    };
    assert_eq!(instance(&range("10.0.9.0/24")), Some(Certain));
    assert_eq!(instance(&range("10.0.8.0/24")), None);
    assert_eq!(
        instance(&with(
            balanced(),
            "AWS::EC2::Instance",
            "/observed/State",
            json!("stopped")
        )),
        None
    );
    let private = with(
        balanced(),
        ROUTES,
        "/config/Routes",
        json!([{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}]),
    );
    assert_eq!(
        instance(&private),
        None,
        "it faces no internet in a private subnet"
    );
    let mut no_way_out = balanced();
    for document in &mut no_way_out {
        if document["config"]["GroupId"] == "sg-lb" {
            document["config"]["SecurityGroupEgress"] = json!([]);
        }
    }
    assert_eq!(instance(&no_way_out), None);
}

#[test]
fn the_actions_of_listeners_decide() {
    let acts = |actions: Value| with(balanced(), LISTENER, "/config/DefaultActions", actions);
    let group = lb_arn("targetgroup/shop/2");
    assert_eq!(instance(&acts(json!([{"Type": "fixed-response"}]))), None);
    assert_eq!(instance(&acts(json!([{"Type": "redirect"}]))), None);
    let weighted = |weight: i32| {
        acts(
            json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": [
        {"TargetGroupArn": group, "Weight": weight}]}}]),
        )
    };
    assert_eq!(instance(&weighted(1)), Some(Certain));
    assert_eq!(instance(&weighted(0)), None);
    let asked = acts(json!([{"Type": "authenticate-oidc", "Order": 1},
        {"Type": "forward", "TargetGroupArn": group, "Order": 2}]));
    assert_eq!(instance(&asked), Some(Conditional));
    assert!(words(&asked, INSTANCE).contains("signs in at the identity provider"));
    let rule = |conditions: Value| {
        and(
            acts(json!([{"Type": "fixed-response"}])),
            vec![elb(
                "ListenerRule",
                &lb_arn("listener-rule/app/shop/1/3/4"),
                json!({
            "ListenerArn": lb_arn("listener/app/shop/1/3"), "Conditions": conditions,
            "Actions": [{"Type": "forward", "TargetGroupArn": group}]}),
            )],
        )
    };
    let path = json!([{"Field": "path-pattern", "Values": ["/api/*"]}]);
    assert_eq!(instance(&rule(path)), Some(Certain));
    let from = |range: &str| json!([{"Field": "source-ip", "SourceIpConfig": {"Values": [range]}}]);
    assert_eq!(instance(&rule(from("198.51.100.0/24"))), None);
    assert_eq!(instance(&rule(from("0.0.0.0/0"))), Some(Certain));
    let unseen = with(
        without(balanced(), LISTENER),
        TARGETS,
        "/config/LoadBalancerArns",
        json!([lb_arn("loadbalancer/app/shop/1")]),
    );
    assert_eq!(instance(&unseen), Some(Conditional));
    let mutual = with(
        balanced(),
        LISTENER,
        "/config/MutualAuthentication",
        json!({"Mode": "verify"}),
    );
    assert_eq!(instance(&mutual), Some(Conditional));
}

#[test]
fn a_web_acl_in_front_is_told() {
    let acl = format!("arn:aws:wafv2:{REGION}:{DEV}:regional/webacl/shield/1");
    let filtered = and(
        balanced(),
        vec![doc(
            "AWS::WAFv2::WebACLAssociation",
            &format!("{acl}-a"),
            json!({"WebACLArn": acl, "ResourceArn": lb_arn("loadbalancer/app/shop/1")}),
            json!({}),
        )],
    );
    assert!(words(&filtered, INSTANCE).contains("filtered by the web ACL shield"));
    assert!(!words(&balanced(), INSTANCE).contains("web ACL"));
}

#[test]
fn network_load_balancers_pass_on_the_address_of_the_client() {
    let network = || {
        let documents = with(balanced(), BALANCER, "/config/Type", json!("network"));
        let documents = with(documents, TARGETS, "/config/Protocol", json!("TCP"));
        with(documents, BALANCER, "/config/SecurityGroups", json!([]))
    };
    // The target sees strangers, and its group does not let them in.
    let subnet_alone = |documents| {
        group_lets(
            documents,
            "sg-1",
            json!([{"IpProtocol": "tcp",
        "FromPort": 8080, "ToPort": 8080, "CidrIp": "10.0.9.0/24"}]),
        )
    };
    assert_eq!(instance(&subnet_alone(network())), None);
    assert_eq!(
        instance(&group_lets(network(), "sg-1", json!([world(8080)]))),
        Some(Certain)
    );
    let hides = with(
        network(),
        TARGETS,
        "/config/TargetGroupAttributes",
        json!([{"Key": "preserve_client_ip.enabled", "Value": "false"}]),
    );
    assert_eq!(instance(&subnet_alone(hides)), Some(Certain));
    // With a group of its own it is known by that.
    let grouped = with(
        network(),
        BALANCER,
        "/config/SecurityGroups",
        json!(["sg-lb"]),
    );
    assert_eq!(instance(&grouped), Some(Certain));
    assert_eq!(instance(&group_lets(grouped, "sg-lb", json!([]))), None);
    let ssh = group_lets(
        with(
            network(),
            TARGETS,
            "/config/Targets",
            json!([{"Id": "i-1", "Port": 22}]),
        ),
        "sg-1",
        json!([world(22)]),
    );
    assert!(likelihood(&ssh, INSTANCE).contains("likelihood high: port 22"));
}

#[test]
fn targets_are_found_by_address_and_by_group() {
    let by_address = with(balanced(), TARGETS, "/config/TargetType", json!("ip"));
    let by_address = with(
        by_address,
        TARGETS,
        "/config/Targets",
        json!([{"Id": "10.0.1.10", "Port": 8080}]),
    );
    assert_eq!(instance(&by_address), Some(Certain));
    let other = with(
        by_address.clone(),
        TARGETS,
        "/config/Targets",
        json!([{"Id": "10.0.1.11", "Port": 8080}]),
    );
    assert_eq!(instance(&other), None);
    let scaling = |name: &str| {
        let documents = with(balanced(), TARGETS, "/config/Targets", json!([]));
        let documents = with(
            documents,
            "AWS::EC2::Instance",
            "/tags",
            json!({"aws:autoscaling:groupName": "shop"}),
        );
        instance(&and(
            documents,
            vec![doc(
                "AWS::AutoScaling::AutoScalingGroup",
                &format!(
                    "arn:aws:autoscaling:{REGION}:{DEV}:autoScalingGroup:1:autoScalingGroupName/{name}"
                ),
                json!({"AutoScalingGroupName": name, "TargetGroupARNs": [lb_arn("targetgroup/shop/2")]}),
                json!({}),
            )],
        ))
    };
    assert_eq!(scaling("shop"), Some(Certain));
    assert_eq!(scaling("other"), None);
}

#[test]
fn an_address_of_another_account_is_a_target_too() {
    let documents = with(balanced(), TARGETS, "/config/TargetType", json!("ip"));
    let documents = with(
        documents,
        TARGETS,
        "/config/Targets",
        json!([{"Id": "10.9.0.5", "Port": 8080}]),
    );
    let elsewhere = |documents: &[Value]| {
        let host = json!({"type": "AWS::EC2::Instance", "account": PROD, "region": REGION,
            "arn": format!("arn:aws:ec2:{REGION}:{PROD}:instance/i-9"),
            "config": {"InstanceId": "i-9", "VpcId": "vpc-9", "SubnetId": "subnet-9",
                "SecurityGroupIds": ["sg-9"]},
            "observed": {"State": "running", "PrivateIpAddress": "10.9.0.5"}});
        let org = org(documents).add(PROD, host);
        told(
            &org,
            "anyone",
            &format!("arn:aws:ec2:{REGION}:{PROD}:instance/i-9"),
        )
    };
    let (certainty, words) = elsewhere(&documents).unwrap();
    assert_eq!(certainty, Conditional);
    assert!(
        words.contains("vpc-1 leads to 10.9.0.5 in vpc-9"),
        "{words}"
    );
    // An address of the VPC itself is not another's.
    let inside = and(
        documents,
        vec![ec2(
            "VPC",
            "vpc-1",
            json!({"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/8"}),
            json!({}),
        )],
    );
    assert_eq!(elsewhere(&inside), None);
}

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

#[test]
fn functions_and_tasks_are_targets() {
    let documents = with(balanced(), TARGETS, "/config/TargetType", json!("lambda"));
    let documents = with(
        documents,
        TARGETS,
        "/config/Targets",
        json!([{"Id": function("f")}]),
    );
    let documents = and(documents, vec![function_document("f")]);
    assert_eq!(reach(&documents, &function("f")), Some(Certain));
    let permitted = |more: Value| {
        reach(
            &and(documents.clone(), vec![permission("f", more)]),
            &function("f"),
        )
    };
    let service = "elasticloadbalancing.amazonaws.com";
    assert_eq!(permitted(json!({"Principal": service})), Some(Certain));
    assert_eq!(
        permitted(json!({"Principal": service, "SourceArn": lb_arn("targetgroup/shop/2")})),
        Some(Certain)
    );
    assert_eq!(
        permitted(json!({"Principal": service, "SourceArn": lb_arn("targetgroup/other/2")})),
        None
    );
    assert_eq!(
        permitted(json!({"Principal": "s3.amazonaws.com", "SourceAccount": DEV})),
        None
    );

    let task = format!("arn:aws:ecs:{REGION}:{DEV}:task-definition/web:7");
    let tasks = |named: &str, count: i32, group: &str| {
        let documents = with(balanced(), TARGETS, "/config/TargetType", json!("ip"));
        let documents = with(documents, TARGETS, "/config/Targets", json!([]));
        reach(
            &and(
                documents,
                vec![
                    doc(
                        "AWS::ECS::TaskDefinition",
                        &task,
                        json!({"Family": "web", "TaskRoleArn": role(DEV, "app")}),
                        json!({}),
                    ),
                    doc(
                        "AWS::ECS::Service",
                        &format!("arn:aws:ecs:{REGION}:{DEV}:service/c/web"),
                        json!({
                "ServiceName": "web", "TaskDefinition": named, "DesiredCount": count,
                "LoadBalancers": [{"TargetGroupArn": lb_arn("targetgroup/shop/2"), "ContainerPort": 8080}],
                "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"],
                    "SecurityGroups": [group]}}}),
                        json!({}),
                    ),
                ],
            ),
            &task,
        )
    };
    assert_eq!(tasks(&task, 1, "sg-1"), Some(Certain));
    assert_eq!(tasks("web:7", 1, "sg-1"), Some(Certain));
    assert_eq!(tasks("web", 1, "sg-1"), Some(Certain));
    assert_eq!(tasks("web:6", 1, "sg-1"), None);
    assert_eq!(tasks("web", 0, "sg-1"), None, "nothing runs");
    assert_eq!(tasks("web", 1, "sg-lb"), None);
}

#[test]
fn a_network_load_balancer_leads_through_an_application_load_balancer() {
    let (front, group) = (
        lb_arn("loadbalancer/net/front/7"),
        lb_arn("targetgroup/front/8"),
    );
    let chained = |port: i32| {
        let documents = with(balanced(), BALANCER, "/config/Scheme", json!("internal"));
        instance(&and(
            documents,
            vec![
                elb(
                    "LoadBalancer",
                    &front,
                    json!({"Name": "front", "Scheme": "internet-facing",
                "Type": "network", "Subnets": ["subnet-lb"]}),
                ),
                elb(
                    "Listener",
                    &lb_arn("listener/net/front/7/9"),
                    json!({"LoadBalancerArn": front,
                "Port": 443, "Protocol": "TCP",
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}]}),
                ),
                elb(
                    "TargetGroup",
                    &group,
                    json!({"TargetType": "alb", "VpcId": "vpc-1", "Port": port,
                "Protocol": "TCP", "Targets": [{"Id": lb_arn("loadbalancer/app/shop/1")}]}),
                ),
            ],
        ))
    };
    assert_eq!(chained(443), Some(Certain));
    assert_eq!(chained(80), None, "nobody listens there");
}

#[test]
fn classic_load_balancers_lead_to_their_instances() {
    let classic = |scheme: &str, instances: Value| {
        let documents = with(
            public_without_address(),
            GROUP,
            "/config/SecurityGroupIngress",
            json!([from_group("sg-lb"), world(443)]),
        );
        instance(&and(
            documents,
            vec![
                ec2(
                    "SecurityGroup",
                    "sg-lb",
                    json!({"GroupId": "sg-lb", "SecurityGroupIngress":
                [world(80)]}),
                    json!({}),
                ),
                doc(
                    "AWS::ElasticLoadBalancing::LoadBalancer",
                    &lb_arn("loadbalancer/old"),
                    json!({
                "LoadBalancerName": "old", "Scheme": scheme, "SecurityGroups": ["sg-lb"],
                "Subnets": ["subnet-1"], "Instances": instances,
                "Listeners": [{"LoadBalancerPort": "80", "InstancePort": "8080", "Protocol": "HTTP"}]}),
                    json!({}),
                ),
            ],
        ))
    };
    assert_eq!(classic("internet-facing", json!(["i-1"])), Some(Certain));
    assert_eq!(
        classic("internet-facing", json!([{"InstanceId": "i-1"}])),
        Some(Certain)
    );
    assert_eq!(classic("internal", json!(["i-1"])), None);
    assert_eq!(classic("internet-facing", json!(["i-2"])), None);
}

fn api_arn(what: &str) -> String {
    format!("arn:aws:apigateway:{REGION}::{what}")
}

fn uri(name: &str) -> String {
    format!(
        "arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{}/invocations",
        function(name)
    )
}

/// A function behind a REST API without authorization.
fn rest() -> Vec<Value> {
    vec![
        function_document("f"),
        doc(
            "AWS::ApiGateway::RestApi",
            &api_arn("/restapis/abc"),
            json!({"Name": "orders",
            "EndpointConfiguration": {"Types": ["REGIONAL"]}}),
            json!({}),
        ),
        doc(
            "AWS::ApiGateway::Method",
            &api_arn("/restapis/abc/resources/r/methods/GET"),
            json!({
            "RestApiId": "abc", "ResourceId": "r", "HttpMethod": "GET", "AuthorizationType": "NONE",
            "Integration": {"Type": "AWS_PROXY", "Uri": uri("f")}}),
            json!({}),
        ),
    ]
}

const REST: &str = "AWS::ApiGateway::RestApi";
const METHOD: &str = "AWS::ApiGateway::Method";

#[test]
fn an_api_that_asks_nobody_leads_to_its_function() {
    let f = function("f");
    assert_eq!(reach(&rest(), &f), Some(Certain));
    assert_eq!(
        org(&rest()).reach("anyone", &role(DEV, "app")),
        Some(Speculative)
    );
    for other in ["AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"] {
        let asked = with(rest(), METHOD, "/config/AuthorizationType", json!(other));
        assert_eq!(reach(&asked, &f), None, "{other}");
    }
    let private = with(
        rest(),
        REST,
        "/config/EndpointConfiguration",
        json!({"Types": ["PRIVATE"]}),
    );
    assert_eq!(reach(&private, &f), None);
    let key = with(rest(), METHOD, "/config/ApiKeyRequired", json!(true));
    assert_eq!(reach(&key, &f), Some(Conditional));
    let disabled = with(
        rest(),
        REST,
        "/config/DisableExecuteApiEndpoint",
        json!(true),
    );
    assert_eq!(reach(&disabled, &f), Some(Conditional));
    let mapped = |id: &str| {
        reach(
            &and(
                disabled.clone(),
                vec![doc(
                    "AWS::ApiGateway::BasePathMapping",
                    &api_arn("/domainnames/d/basepathmappings/x"),
                    json!({"RestApiId": id}),
                    json!({}),
                )],
            ),
            &f,
        )
    };
    assert_eq!(mapped("abc"), Some(Certain));
    assert_eq!(mapped("other"), None);
    let other = with(
        rest(),
        METHOD,
        "/config/Integration",
        json!({"Type": "AWS_PROXY", "Uri": uri("g")}),
    );
    assert_eq!(reach(&other, &f), None);
    // The function has to let the API in.
    let lets_in = |more: Value| reach(&and(rest(), vec![permission("f", more)]), &f);
    let source = |id: &str| format!("arn:aws:execute-api:{REGION}:{DEV}:{id}/*/GET/");
    let service = "apigateway.amazonaws.com";
    assert_eq!(
        lets_in(json!({"Principal": service, "SourceArn": source("abc")})),
        Some(Certain)
    );
    assert_eq!(
        lets_in(json!({"Principal": service, "SourceArn": source("xyz")})),
        None
    );
    assert_eq!(lets_in(json!({"Principal": DEV})), None);
}

#[test]
fn the_policy_of_an_api_has_to_let_strangers_in() {
    let policed = |statements: Value| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        reach(
            &with(rest(), REST, "/config/Policy", policy),
            &function("f"),
        )
    };
    let open = json!({"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*"});
    assert_eq!(policed(json!([open])), Some(Certain));
    let mut addressed = open.clone();
    addressed["Condition"] = json!({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}});
    assert_eq!(policed(json!([addressed])), Some(Conditional));
    let mut account = open.clone();
    account["Principal"] = json!({"AWS": root(PROD)});
    assert_eq!(policed(json!([account])), None);
    let mut of_organization = open.clone();
    of_organization["Condition"] = json!({"StringEquals": {"aws:PrincipalOrgID": "o-test000001"}});
    assert_eq!(policed(json!([of_organization])), None);
    let mut denied = open.clone();
    denied["Effect"] = json!("Deny");
    assert_eq!(policed(json!([open, denied])), None);
    let mut one_path = open.clone();
    one_path["Resource"] = json!(format!(
        "arn:aws:execute-api:{REGION}:{DEV}:abc/prod/GET/public"
    ));
    assert_eq!(policed(json!([one_path])), Some(Conditional));
    let text = json!({"Statement": [open]}).to_string();
    assert_eq!(
        reach(
            &with(rest(), REST, "/config/Policy", json!(text)),
            &function("f")
        ),
        Some(Certain)
    );
}

/// A function behind an HTTP API without authorization.
fn http() -> Vec<Value> {
    vec![
        function_document("f"),
        doc(
            "AWS::ApiGatewayV2::Api",
            &api_arn("/apis/h1"),
            json!({"Name": "shop",
            "ProtocolType": "HTTP"}),
            json!({}),
        ),
        doc(
            "AWS::ApiGatewayV2::Route",
            &api_arn("/apis/h1/routes/r1"),
            json!({"ApiId": "h1",
            "RouteKey": "ANY /x", "AuthorizationType": "NONE", "Target": "integrations/i1"}),
            json!({}),
        ),
        doc(
            "AWS::ApiGatewayV2::Integration",
            &api_arn("/apis/h1/integrations/i1"),
            json!({
            "ApiId": "h1", "IntegrationType": "AWS_PROXY", "IntegrationUri": function("f")}),
            json!({}),
        ),
    ]
}

#[test]
fn http_and_websocket_apis_lead_to_functions_and_load_balancers() {
    let f = function("f");
    const ROUTE: &str = "AWS::ApiGatewayV2::Route";
    assert_eq!(reach(&http(), &f), Some(Certain));
    let asked = |kind: &str| {
        reach(
            &with(http(), ROUTE, "/config/AuthorizationType", json!(kind)),
            &f,
        )
    };
    assert_eq!(asked("JWT"), None);
    assert_eq!(asked("AWS_IAM"), None);
    let elsewhere = with(http(), ROUTE, "/config/Target", json!("integrations/i2"));
    assert_eq!(reach(&elsewhere, &f), None);
    assert_eq!(reach(&without(http(), ROUTE), &f), Some(Conditional));
    // Who may connect may send.
    let socket = with(
        http(),
        "AWS::ApiGatewayV2::Api",
        "/config/ProtocolType",
        json!("WEBSOCKET"),
    );
    let connect = |kind: &str| {
        reach(
            &and(
                socket.clone(),
                vec![doc(
                    ROUTE,
                    &api_arn("/apis/h1/routes/r0"),
                    json!({"ApiId": "h1", "RouteKey": "$connect", "AuthorizationType": kind}),
                    json!({}),
                )],
            ),
            &f,
        )
    };
    assert_eq!(connect("NONE"), Some(Certain));
    assert_eq!(connect("AWS_IAM"), None);

    // Through a link of the VPC to the listener of an internal load balancer.
    let linked = |group: &str| {
        let documents = with(balanced(), BALANCER, "/config/Scheme", json!("internal"));
        let documents = group_lets(
            documents,
            "sg-lb",
            json!([{"IpProtocol": "tcp", "FromPort": 443,
            "ToPort": 443, "SourceSecurityGroupId": "sg-link"}]),
        );
        let documents = and(documents, http());
        let documents = with(
            documents,
            "AWS::ApiGatewayV2::Integration",
            "/config",
            json!({
            "ApiId": "h1", "IntegrationType": "HTTP_PROXY", "ConnectionType": "VPC_LINK",
            "ConnectionId": "l1", "IntegrationUri": lb_arn("listener/app/shop/1/3")}),
        );
        instance(&and(
            documents,
            vec![
                ec2(
                    "SecurityGroup",
                    group,
                    json!({"GroupId": group, "SecurityGroupIngress": []}),
                    json!({}),
                ),
                doc(
                    "AWS::ApiGatewayV2::VpcLink",
                    &api_arn("/vpclinks/l1"),
                    json!({"VpcLinkId": "l1",
                "Name": "l", "SecurityGroupIds": [group], "SubnetIds": ["subnet-1"]}),
                    json!({}),
                ),
            ],
        ))
    };
    assert_eq!(linked("sg-link"), Some(Certain));
    assert_eq!(linked("sg-else"), None);
}

#[test]
fn a_function_url_is_open_if_the_function_lets_everybody_in_by_it() {
    let f = function("f");
    let url = |permissions: Vec<Value>| {
        let documents = vec![
            function_document("f"),
            doc(
                "AWS::Lambda::Url",
                &format!("{f}:url"),
                json!({"AuthType": "NONE", "TargetFunctionArn": f}),
                json!({}),
            ),
        ];
        reach(&and(documents, permissions), &f)
    };
    assert_eq!(url(vec![]), Some(Certain), "permissions were not collected");
    let open = json!({"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"});
    assert_eq!(url(vec![permission("f", open.clone())]), Some(Certain));
    let mut signed = open.clone();
    signed["FunctionUrlAuthType"] = json!("AWS_IAM");
    assert_eq!(url(vec![permission("f", signed)]), None);
    assert_eq!(url(vec![permission("g", open.clone())]), None);
    assert_eq!(
        url(vec![permission("f:live", open.clone())]),
        None,
        "another address's"
    );
    let mut organization = open;
    organization["PrincipalOrgID"] = json!("o-test000001");
    assert_eq!(url(vec![permission("f", organization)]), None);
}

#[test]
fn services_that_are_on_the_internet_by_themselves() {
    let app = format!("arn:aws:apprunner:{REGION}:{DEV}:service/web/1");
    let runs = |config: Value| {
        reach(
            &[doc("AWS::AppRunner::Service", &app, config, json!({}))],
            &app,
        )
    };
    assert_eq!(
        runs(json!({"InstanceConfiguration": {"InstanceRoleArn": role(DEV, "app")}})),
        Some(Certain)
    );
    let ingress = |public: bool| json!({"NetworkConfiguration": {"IngressConfiguration": {"IsPubliclyAccessible": public}}});
    assert_eq!(runs(ingress(true)), Some(Certain));
    assert_eq!(runs(ingress(false)), None);
    let cluster = format!("arn:aws:eks:{REGION}:{DEV}:cluster/c");
    let endpoint = |network: Value| {
        reach(
            &[doc(
                "AWS::EKS::Cluster",
                &cluster,
                json!({"Name": "c", "ResourcesVpcConfig": network}),
                json!({}),
            )],
            &cluster,
        )
    };
    assert_eq!(
        endpoint(json!({"EndpointPublicAccess": true})),
        Some(Certain)
    );
    assert_eq!(endpoint(json!({"EndpointPublicAccess": false})), None);
    assert_eq!(
        endpoint(json!({"EndpointPublicAccess": true, "PublicAccessCidrs": ["198.51.100.0/24"]})),
        None
    );
}

#[test]
fn nonsense_in_documents_is_no_way_in_and_no_panic() {
    let odd = [
        json!(null),
        json!(7),
        json!("x"),
        json!([]),
        json!([[1]]),
        json!({"a": []}),
    ];
    for value in odd {
        for (kind, pointer) in [
            (ROUTES, "/config/Routes"),
            (ACL, "/config/Entries"),
            (GROUP, "/config/SecurityGroupIngress"),
            (LISTENER, "/config/DefaultActions"),
            (LISTENER, "/config/Port"),
            (TARGETS, "/config/Targets"),
            (BALANCER, "/config/Subnets"),
        ] {
            // It is enough that there is an answer.
            let _ = instance(&with(balanced(), kind, pointer, value.clone()));
        }
    }
    let wide =
        json!([{"IpProtocol": "tcp", "FromPort": 70000, "ToPort": -5, "CidrIp": "999.0.0.0/99"}]);
    assert_eq!(
        instance(&with(public(), GROUP, "/config/SecurityGroupIngress", wide)),
        None
    );
}
