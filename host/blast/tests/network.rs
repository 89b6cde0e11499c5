//! Networks: who opens a connection to which host, worked out with a pencil.
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

fn document(account: &str, kind: &str, id: &str, config: Value, observed: Value) -> Value {
    json!({"type": format!("AWS::EC2::{kind}"), "account": account, "region": REGION,
        "arn": arn(account, id), "config": config, "observed": observed})
}

fn arn(account: &str, id: &str) -> String {
    let kind = if id.starts_with("i-") {
        "instance"
    } else {
        "other"
    };
    format!("arn:aws:ec2:{REGION}:{account}:{kind}/{id}")
}

/// One side: a VPC of one subnet and one host with one security group.
#[derive(Clone)]
struct Side {
    account: &'static str,
    name: &'static str,
    range: &'static str,
    address: &'static str,
    routes: Value,
    acl: Value,
    ingress: Value,
    egress: Value,
}

fn entry(number: i32, action: &str, egress: bool, cidr: &str, ports: Option<(i32, i32)>) -> Value {
    let mut entry = json!({"RuleNumber": number, "RuleAction": action, "Egress": egress,
        "Protocol": if ports.is_some() { "6" } else { "-1" }, "CidrBlock": cidr});
    if let Some((from, to)) = ports {
        entry["PortRange"] = json!({"From": from, "To": to});
    }
    entry
}

fn open_acl() -> Value {
    json!([
        entry(100, "allow", false, "0.0.0.0/0", None),
        entry(100, "allow", true, "0.0.0.0/0", None),
        entry(32767, "deny", false, "0.0.0.0/0", None),
        entry(32767, "deny", true, "0.0.0.0/0", None),
    ])
}

fn through(peering: &str, to: &str) -> Value {
    json!([
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
        {"DestinationCidrBlock": to, "VpcPeeringConnectionId": peering, "State": "active"},
    ])
}

fn lets_in(rule: Value) -> Value {
    let mut all = json!({"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432});
    for (name, value) in rule.as_object().unwrap() {
        all[name] = value.clone();
    }
    json!([all])
}

fn dev() -> Side {
    Side {
        account: DEV,
        name: "dev",
        range: "10.1.0.0/24",
        address: "10.1.0.10",
        routes: through("pcx-1", "10.2.0.0/16"),
        acl: open_acl(),
        ingress: json!([]),
        egress: json!([{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]),
    }
}

fn prod() -> Side {
    Side {
        account: PROD,
        name: "prod",
        range: "10.2.0.0/24",
        address: "10.2.0.20",
        routes: through("pcx-1", "10.1.0.0/16"),
        acl: open_acl(),
        ingress: lets_in(json!({"CidrIp": "10.1.0.0/16"})),
        egress: json!([]),
    }
}

impl Side {
    fn documents(&self) -> Vec<Value> {
        let name = self.name;
        let (vpc, subnet, group) = (
            format!("vpc-{name}"),
            format!("subnet-{name}"),
            format!("sg-{name}"),
        );
        let document =
            |kind, id: &str, config, observed| document(self.account, kind, id, config, observed);
        vec![
            document(
                "Subnet",
                &subnet,
                json!({"SubnetId": subnet, "VpcId": vpc, "CidrBlock": self.range}),
                json!({}),
            ),
            document(
                "RouteTable",
                &format!("rtb-{name}"),
                json!({"RouteTableId": format!("rtb-{name}"), "VpcId": vpc, "Routes": self.routes,
                    "Associations": [{"Main": true}]}),
                json!({}),
            ),
            document(
                "NetworkAcl",
                &format!("acl-{name}"),
                json!({"Id": format!("acl-{name}"), "VpcId": vpc, "Entries": self.acl,
                    "SubnetIds": [subnet]}),
                json!({"IsDefault": true}),
            ),
            document(
                "SecurityGroup",
                &group,
                json!({"GroupId": group, "GroupName": name, "VpcId": vpc,
                    "SecurityGroupIngress": self.ingress, "SecurityGroupEgress": self.egress}),
                json!({}),
            ),
            document(
                "VPCPeeringConnection",
                "pcx-1",
                json!({"Id": "pcx-1", "VpcId": "vpc-dev", "PeerVpcId": "vpc-prod",
                    "PeerOwnerId": PROD}),
                json!({"OwnerId": DEV, "Status": "active"}),
            ),
            document(
                "Instance",
                &format!("i-{name}"),
                json!({"InstanceId": format!("i-{name}"), "VpcId": vpc, "SubnetId": subnet,
                    "SecurityGroupIds": [group], "IamInstanceProfile": format!(
                        "arn:aws:iam::{}:instance-profile/app", self.account)}),
                json!({"State": "running", "PrivateIpAddress": self.address}),
            ),
        ]
    }
}

fn org(sides: &[Side]) -> Org {
    let mut org = Org::three();
    for side in sides {
        org = org.role(side.account, "app", nobody(), &[]);
        for document in side.documents() {
            org = org.add(side.account, document);
        }
    }
    org
}

fn network(org: &Org, from: &str) -> Option<Certainty> {
    let graph = org.graph();
    let start = graph.find(from).unwrap();
    let radius = graph.radius(&[start]).unwrap();
    let target = Subject::Network {
        arn: arn(PROD, "i-prod").parse().unwrap(),
    };
    radius.fact(&target).map(|fact| fact.certainty)
}

#[test]
fn a_host_reaches_a_host_where_all_let_it_pass() {
    let open = org(&[dev(), prod()]);
    assert_eq!(network(&open, &arn(DEV, "i-dev")), Some(Certain));
    assert_eq!(network(&open, DEV), Some(Certain));
    assert_eq!(network(&open, TEST), None);
    // What it may do there hangs on a flaw.
    assert_eq!(open.reach(DEV, &role(PROD, "app")), Some(Speculative));
    assert_eq!(
        open.reach(PROD, &role(DEV, "app")),
        None,
        "nothing listens to prod in dev"
    );
}

#[test]
fn routes_must_lead_there_and_back() {
    let mut away = dev();
    away.routes = through("pcx-2", "10.2.0.0/16");
    assert_eq!(network(&org(&[away, prod()]), DEV), None);
    let mut no_way_back = prod();
    no_way_back.routes = json!([{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]);
    assert_eq!(network(&org(&[dev(), no_way_back]), DEV), None);
    // The longest prefix decides.
    let mut more_specific = dev();
    more_specific.routes = json!([
        {"DestinationCidrBlock": "10.2.0.0/16", "VpcPeeringConnectionId": "pcx-1"},
        {"DestinationCidrBlock": "10.2.0.0/24", "TransitGatewayId": "tgw-1"},
    ]);
    assert_eq!(network(&org(&[more_specific, prod()]), DEV), None);
    let mut blackhole = dev();
    blackhole.routes[1]["State"] = json!("blackhole");
    assert_eq!(network(&org(&[blackhole, prod()]), DEV), None);
}

#[test]
fn security_groups_of_both_sides_have_a_say() {
    let with = |rule: Value| {
        let mut side = prod();
        side.ingress = lets_in(rule);
        org(&[dev(), side])
    };
    let one_host = with(json!({"CidrIp": "10.1.0.10/32"}));
    assert_eq!(network(&one_host, &arn(DEV, "i-dev")), Some(Certain));
    assert_eq!(
        network(&one_host, DEV),
        Some(Certain),
        "an account takes the address"
    );
    let other_host = with(json!({"CidrIp": "10.1.0.99/32"}));
    assert_eq!(network(&other_host, &arn(DEV, "i-dev")), None);
    assert_eq!(network(&other_host, DEV), Some(Certain));
    assert_eq!(network(&with(json!({"CidrIp": "10.9.0.0/16"})), DEV), None);
    let of_group = with(json!({"SourceSecurityGroupId": "sg-dev"}));
    assert_eq!(network(&of_group, &arn(DEV, "i-dev")), Some(Certain));
    let of_other_group = with(json!({"SourceSecurityGroupId": "sg-else"}));
    assert_eq!(network(&of_other_group, &arn(DEV, "i-dev")), None);
    let of_list = with(json!({"SourcePrefixListId": "pl-1"}));
    assert_eq!(network(&of_list, &arn(DEV, "i-dev")), Some(Conditional));
    let mut shut = dev();
    shut.egress =
        json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}]);
    let shut = org(&[shut, prod()]);
    assert_eq!(network(&shut, &arn(DEV, "i-dev")), None);
    assert_eq!(
        network(&shut, DEV),
        Some(Certain),
        "an account takes other groups"
    );
}

#[test]
fn network_acls_are_asked_both_ways_and_in_order() {
    let with = |entries: Value| {
        let mut side = prod();
        side.acl = entries;
        network(&org(&[dev(), side]), &arn(DEV, "i-dev"))
    };
    let out = entry(100, "allow", true, "0.0.0.0/0", None);
    let denied = entry(50, "deny", false, "10.1.0.0/16", Some((5432, 5432)));
    let all_in = entry(100, "allow", false, "0.0.0.0/0", None);
    assert_eq!(
        with(json!([all_in, denied, out])),
        None,
        "the lower number decides"
    );
    let late = entry(200, "deny", false, "10.1.0.0/16", None);
    assert_eq!(with(json!([late, all_in, out])), Some(Certain));
    // No state: the answer needs a rule of its own.
    assert_eq!(with(json!([all_in])), None);
    let clients = entry(100, "allow", true, "10.1.0.0/16", Some((1024, 65535)));
    assert_eq!(with(json!([all_in, clients])), Some(Certain));
    let low = entry(100, "allow", true, "10.1.0.0/16", Some((1, 1023)));
    assert_eq!(with(json!([all_in, low])), None);
}

#[test]
fn what_was_not_seen_is_a_condition() {
    let mut org = org(&[dev(), prod()]);
    let documents = &mut org.accounts.get_mut(PROD).unwrap().1;
    documents.retain(|document| document["type"] != "AWS::EC2::NetworkAcl");
    assert_eq!(network(&org, DEV), Some(Conditional));
    let documents = &mut org.accounts.get_mut(PROD).unwrap().1;
    documents.retain(|document| document["type"] != "AWS::EC2::SecurityGroup");
    assert_eq!(network(&org, DEV), Some(Conditional));
}

#[test]
fn a_peering_that_is_not_active_leads_nowhere() {
    let mut org = org(&[dev(), prod()]);
    for account in [DEV, PROD] {
        for document in &mut org.accounts.get_mut(account).unwrap().1 {
            if document["type"] == "AWS::EC2::VPCPeeringConnection" {
                document["observed"]["Status"] = json!("deleted");
            }
        }
    }
    assert_eq!(network(&org, DEV), None);
}
