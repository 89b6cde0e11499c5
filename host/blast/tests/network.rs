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
use serde_json::{Value, json};
use support::sides::*;
use support::*;

fn through(peering: &str, to: &str) -> Value {
    json!([
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
        {"DestinationCidrBlock": to, "VpcPeeringConnectionId": peering, "State": "active"},
    ])
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

fn org(sides: &[Side]) -> Org {
    let mut org = Org::three();
    for side in sides {
        org = side.add_to(org).add(
            side.account,
            document(
                side.account,
                "VPCPeeringConnection",
                "pcx-1",
                json!({"Id": "pcx-1", "VpcId": "vpc-dev", "PeerVpcId": "vpc-prod",
                    "PeerOwnerId": PROD}),
                json!({"OwnerId": DEV, "Status": "active"}),
            ),
        );
    }
    org
}

fn network(org: &Org, from: &str) -> Option<Certainty> {
    reaches_host(org, from, &arn(PROD, "i-prod"))
}

#[test]
fn a_host_reaches_a_host_where_all_let_it_pass() {
    let open = org(&[dev(), prod()]);
    assert_eq!(network(&open, &arn(DEV, "i-dev")), Some(Certain));
    assert_eq!(network(&open, DEV), Some(Certain));
    assert_eq!(network(&open, TEST), None);
    // What it may do there hangs on a flaw.
    assert_eq!(open.reach(DEV, &role(PROD, "app-prod")), Some(Speculative));
    assert_eq!(
        open.reach(PROD, &role(DEV, "app-dev")),
        None,
        "nothing listens to prod in dev"
    );
}

/// The same with every rule, route and entry as a document of its own, numbers of protocols as numbers.
fn taken_apart(side: &Side) -> Vec<Value> {
    let mut all = Vec::new();
    for mut whole in side.documents() {
        let kind = whole["type"].as_str().unwrap().replace("AWS::EC2::", "");
        let lists: &[(&str, &str, &str, &str)] = match kind.as_str() {
            "SecurityGroup" => &[
                (
                    "SecurityGroupIngress",
                    "SecurityGroupIngress",
                    "GroupId",
                    "GroupId",
                ),
                (
                    "SecurityGroupEgress",
                    "SecurityGroupEgress",
                    "GroupId",
                    "GroupId",
                ),
            ],
            "RouteTable" => &[("Routes", "Route", "RouteTableId", "RouteTableId")],
            "NetworkAcl" => &[("Entries", "NetworkAclEntry", "Id", "NetworkAclId")],
            _ => &[],
        };
        for (list, part, id, names) in lists {
            let config = whole["config"].as_object_mut().unwrap();
            let own = config.remove(*list).unwrap();
            for (number, mut one) in own.as_array().unwrap().iter().cloned().enumerate() {
                one[*names] = config[*id].clone();
                if *part == "NetworkAclEntry" {
                    let protocol: i64 = one["Protocol"].as_str().unwrap().parse().unwrap();
                    one["Protocol"] = json!(protocol);
                }
                let name = format!("{part}-{number}-of-{}", side.name);
                all.push(document(side.account, part, &name, one, json!({})));
            }
        }
        all.push(whole);
    }
    all
}

#[test]
fn parts_may_be_documents_of_their_own() {
    let apart = |sides: &[Side]| {
        let mut org = org(&[]);
        for side in sides {
            org = org.role(side.account, &format!("app-{}", side.name), nobody(), &[]);
            for document in taken_apart(side) {
                org = org.add(side.account, document);
            }
            let connection = document(
                side.account,
                "VPCPeeringConnection",
                "pcx-1",
                json!({"Id": "pcx-1", "VpcId": "vpc-dev", "PeerVpcId": "vpc-prod",
                    "PeerOwnerId": PROD}),
                json!({"OwnerId": DEV, "Status": "active"}),
            );
            org = org.add(side.account, connection);
        }
        network(&org, &arn(DEV, "i-dev"))
    };
    assert_eq!(apart(&[dev(), prod()]), Some(Certain));
    let shut = Side {
        ingress: json!([]),
        ..prod()
    };
    assert_eq!(apart(&[dev(), shut]), None, "no rule lets anything in");
    let other_port = Side {
        acl: json!([entry(100, "allow", false, "0.0.0.0/0", Some((22, 22)))]),
        ..prod()
    };
    assert_eq!(
        apart(&[dev(), other_port]),
        None,
        "the network ACL stops it"
    );
    let no_way_back = Side {
        routes: json!([]),
        ..prod()
    };
    assert_eq!(apart(&[dev(), no_way_back]), None);
}

#[test]
fn a_group_that_does_not_say_what_it_lets_out_lets_out_everything() {
    let without = |property: &str| {
        let mut all = Org::three();
        for side in [dev(), prod()] {
            all = all.role(side.account, &format!("app-{}", side.name), nobody(), &[]);
            for mut document in side.documents() {
                document["config"].as_object_mut().unwrap().remove(property);
                all = all.add(side.account, document);
            }
        }
        let connection = document(
            DEV,
            "VPCPeeringConnection",
            "pcx-1",
            json!({"Id": "pcx-1", "VpcId": "vpc-dev", "PeerVpcId": "vpc-prod", "PeerOwnerId": PROD}),
            json!({"OwnerId": DEV, "Status": "active"}),
        );
        network(&all.add(DEV, connection), &arn(DEV, "i-dev"))
    };
    assert_eq!(without("SecurityGroupEgress"), Some(Certain));
    assert_eq!(without("SecurityGroupIngress"), None, "and lets nothing in");
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
    // A blackhole takes its range from less specific routes.
    let mut in_front = dev();
    in_front.routes = json!([
        {"DestinationCidrBlock": "10.0.0.0/8", "VpcPeeringConnectionId": "pcx-1"},
        {"DestinationCidrBlock": "10.2.0.0/16", "VpcPeeringConnectionId": "pcx-2", "State": "blackhole"},
    ]);
    assert_eq!(network(&org(&[in_front, prod()]), DEV), None);
    // What a prefix list has is not collected.
    let mut list = dev();
    list.routes = json!([{"DestinationPrefixListId": "pl-1", "VpcPeeringConnectionId": "pcx-1"}]);
    assert_eq!(network(&org(&[list, prod()]), DEV), Some(Conditional));
    let mut other_list = dev();
    other_list.routes = json!([{"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"}]);
    assert_eq!(network(&org(&[other_list, prod()]), DEV), None);
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
    assert_eq!(network(&of_group, DEV), Some(Certain));
    let of_other_group = with(json!({"SourceSecurityGroupId": "sg-else"}));
    assert_eq!(network(&of_other_group, &arn(DEV, "i-dev")), None);
    let of_own_group = with(json!({"SourceSecurityGroupId": "sg-prod"}));
    assert_eq!(
        network(&of_own_group, DEV),
        None,
        "an account takes groups of its own VPC alone"
    );
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
