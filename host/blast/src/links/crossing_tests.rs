//! Classes of hosts against every pair of hosts by itself, in random networks.

use std::collections::BTreeMap;

use blastwall_model::Document;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::crossing::{BetweenNetworks, certainty, goals, hosts, origins};
use super::same_vpc::SAME_VPC;
use super::transit_gateway::TRANSIT_GATEWAY;
use super::vpc_peering::VPC_PEERING;
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Environment, Facts};
use crate::graph::Graph;
use crate::rules::FactId;
use crate::world::WorkloadIndex;

const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];

const RANGES: [&str; 11] = [
    "0.0.0.0/0",
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.2.0.0/16",
    "10.1.0.0/24",
    "10.2.1.0/24",
    "10.1.0.16/28",
    "10.1.0.10/32",
    "10.2.0.11/32",
];

/// Decisions, one a byte.
struct Choices<'b>(std::slice::Iter<'b, u8>);

impl Choices<'_> {
    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % bound
    }

    fn one<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Yes in one of so many cases.
    fn seldom(&mut self, bound: usize) -> bool {
        self.below(bound) == bound - 1
    }

    fn group(&mut self) -> String {
        format!("sg-{}-{}", self.below(3), self.below(3))
    }
}

fn document(account: &str, kind: &str, id: &str, config: Value, observed: Value) -> Value {
    json!({"type": format!("AWS::EC2::{kind}"), "account": account, "region": "eu-west-1",
        "arn": format!("arn:aws:ec2:eu-west-1:{account}:{kind}/{id}"), "config": config,
        "observed": observed})
}

fn rules(choices: &mut Choices<'_>, side: &str) -> Vec<Value> {
    let count = 1 + choices.below(3);
    let rule = |choices: &mut Choices<'_>| {
        let mut rule = match choices.below(3) {
            0 => json!({"IpProtocol": "-1"}),
            1 => json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}),
            _ => json!({"IpProtocol": "udp", "FromPort": 0, "ToPort": 2000}),
        };
        match choices.below(8) {
            0 => rule[format!("{side}PrefixListId")] = json!("pl-1"),
            1..=2 => rule[format!("{side}SecurityGroupId")] = json!(choices.group()),
            _ => rule["CidrIp"] = json!(choices.one(&RANGES)),
        }
        rule
    };
    (0..count).map(|_| rule(choices)).collect()
}

fn entries(choices: &mut Choices<'_>) -> Vec<Value> {
    let mut entries = Vec::new();
    if choices.seldom(3) {
        for number in 1..3 {
            entries.push(
                json!({"RuleNumber": number, "RuleAction": choices.one(&["allow", "deny"]),
                "Egress": choices.seldom(2), "Protocol": choices.one(&["-1", "6"]),
                "CidrBlock": choices.one(&RANGES)}),
            );
        }
    }
    for egress in [false, true] {
        if !choices.seldom(8) {
            entries.push(
                json!({"RuleNumber": 100, "RuleAction": "allow", "Egress": egress,
                "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}),
            );
        }
    }
    entries
}

fn routes(choices: &mut Choices<'_>, vpc: usize) -> Vec<Value> {
    let mut routes = vec![json!({"DestinationCidrBlock": format!("10.{vpc}.0.0/16"),
        "GatewayId": "local"})];
    let mut wide = json!({"DestinationCidrBlock": "10.0.0.0/8"});
    match choices.below(5) {
        0..=2 => wide["TransitGatewayId"] = json!("tgw-1"),
        3 => wide["VpcPeeringConnectionId"] = json!("pcx-0"),
        _ => wide["VpcPeeringConnectionId"] = json!("pcx-1"),
    }
    routes.push(wide);
    for _ in 0..choices.below(4).saturating_sub(1) {
        let mut route = match choices.below(8) {
            0 => json!({"DestinationPrefixListId": "pl-1"}),
            1..=3 => json!({"DestinationCidrBlock": "10.0.0.0/8"}),
            _ => json!({"DestinationCidrBlock": choices.one(&RANGES)}),
        };
        match choices.below(8) {
            0 => route["GatewayId"] = json!("igw-1"),
            1 => route["NetworkInterfaceId"] = json!("eni-1"),
            2 => route["State"] = json!("blackhole"),
            3 => route["VpcPeeringConnectionId"] = json!("pcx-0"),
            4 => route["VpcPeeringConnectionId"] = json!("pcx-1"),
            _ => route["TransitGatewayId"] = json!("tgw-1"),
        }
        routes.push(route);
    }
    routes
}

fn add(all: &mut Vec<Value>, account: &str, kind: &str, id: &str, config: Value, observed: Value) {
    all.push(document(account, kind, id, config, observed));
}

/// VPCs 0 to 2 of 10.0 to 10.2, of which two may be of one range, joined by peerings and a transit gateway.
fn network(choices: &mut Choices<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    let tables = ["tgw-rtb-0", "tgw-rtb-1", "tgw-rtb-2"];
    for (vpc, owner) in ACCOUNTS.into_iter().enumerate() {
        let second = if choices.seldom(6) { 1 } else { vpc };
        let name = format!("vpc-{vpc}");
        if choices.seldom(2) {
            let range = format!("10.{second}.0.0/16");
            add(
                &mut all,
                owner,
                "VPC",
                &name,
                json!({"VpcId": name, "CidrBlock": range}),
                json!({}),
            );
        }
        for part in 0..3 {
            let group = format!("sg-{vpc}-{part}");
            let account = if choices.seldom(3) {
                choices.one(&ACCOUNTS)
            } else {
                owner
            };
            if choices.seldom(8) {
                continue;
            }
            add(
                &mut all,
                account,
                "SecurityGroup",
                &group,
                json!({"GroupId": group, "VpcId": name,
                    "SecurityGroupIngress": rules(choices, "Source"),
                    "SecurityGroupEgress": if choices.seldom(2) { rules(choices, "Destination") }
                        else { vec![json!({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"})] }}),
                json!({}),
            );
        }
        let count = 1 + choices.below(2);
        for part in 0..count {
            let subnet = format!("subnet-{vpc}-{part}");
            add(
                &mut all,
                owner,
                "Subnet",
                &subnet,
                json!({"SubnetId": subnet, "VpcId": name,
                "CidrBlock": format!("10.{second}.{part}.0/24")}),
                json!({"OwnerId": owner}),
            );
            if choices.seldom(4) {
                let with = choices.one(&ACCOUNTS);
                let arn = format!("arn:aws:ec2:eu-west-1:{owner}:subnet/{subnet}");
                let mut share = document(
                    owner,
                    "ResourceShare",
                    &subnet,
                    json!({"ResourceArns": [arn], "Principals": [with]}),
                    json!({}),
                );
                share["type"] = json!("AWS::RAM::ResourceShare");
                all.push(share);
            }
            if !choices.seldom(8) {
                let acl = format!("acl-{vpc}-{part}");
                add(
                    &mut all,
                    owner,
                    "NetworkAcl",
                    &acl,
                    json!({"Id": acl, "VpcId": name,
                    "Entries": entries(choices), "SubnetIds": [subnet]}),
                    json!({}),
                );
            }
            if !choices.seldom(8) {
                let table = format!("rtb-{vpc}-{part}");
                add(
                    &mut all,
                    owner,
                    "RouteTable",
                    &table,
                    json!({"RouteTableId": table, "VpcId": name,
                    "Routes": routes(choices, second), "Associations": [{"SubnetId": subnet}]}),
                    json!({}),
                );
            }
            for host in 0..choices.below(5) {
                let account = if choices.seldom(4) {
                    choices.one(&ACCOUNTS)
                } else {
                    owner
                };
                let id = format!("i-{vpc}-{part}-{host}");
                let groups: Vec<_> = (0..choices.below(3))
                    .map(|_| format!("sg-{vpc}-{}", choices.below(3)))
                    .collect();
                add(
                    &mut all,
                    account,
                    "Instance",
                    &id,
                    json!({"InstanceId": id, "VpcId": name,
                    "SubnetId": subnet, "SecurityGroupIds": groups}),
                    json!({"State": "running",
                        "PrivateIpAddress": format!("10.{second}.{part}.{}", 9 + choices.below(12))}),
                );
            }
        }
        if !choices.seldom(4) {
            let id = format!("tgw-attach-{vpc}");
            let table = if choices.seldom(8) {
                Value::Null
            } else {
                json!(choices.one(&tables))
            };
            let mut attachment = document(
                owner,
                "TransitGatewayAttachment",
                &id,
                json!({"Id": id, "TransitGatewayId": "tgw-1", "VpcId": name}),
                json!({"State": "available", "ResourceOwnerId": owner,
                    "AssociationRouteTableId": table}),
            );
            if choices.seldom(4) {
                attachment["config"]["Options"] =
                    json!({"SecurityGroupReferencingSupport": "disable"});
            }
            all.push(attachment);
        }
        if choices.seldom(2) {
            let (id, peer) = (format!("pcx-{}", vpc % 2), (vpc + 1) % 3);
            all.push(document(
                owner,
                "VPCPeeringConnection",
                &id,
                json!({"Id": id, "VpcId": name,
                "PeerVpcId": format!("vpc-{peer}"), "PeerOwnerId": ACCOUNTS[peer]}),
                json!({"OwnerId": owner, "Status": "active"}),
            ));
        }
    }
    if !choices.seldom(4) {
        all.push(document(
            ACCOUNTS[0],
            "TransitGateway",
            "tgw-1",
            json!({"Id": "tgw-1",
            "SecurityGroupReferencingSupport": choices.one(&["enable", "disable"])}),
            json!({"OwnerId": ACCOUNTS[0]}),
        ));
    }
    for table in tables {
        let mut routes = Vec::new();
        for vpc in 0..3 {
            if !choices.seldom(4) {
                routes.push(json!({"DestinationCidrBlock": format!("10.{vpc}.0.0/16"),
                    "Type": "propagated", "TransitGatewayAttachmentId": format!("tgw-attach-{vpc}")}));
            }
        }
        if choices.seldom(3) {
            routes.push(
                json!({"DestinationCidrBlock": choices.one(&RANGES), "Type": "static",
                "TransitGatewayAttachmentId": format!("tgw-attach-{}", choices.below(3))}),
            );
        }
        if !choices.seldom(6) {
            all.push(document(
                ACCOUNTS[0],
                "TransitGatewayRouteTable",
                table,
                json!({"TransitGatewayRouteTableId": table, "TransitGatewayId": "tgw-1"}),
                json!({"Routes": routes}),
            ));
        }
    }
    all
}

fn graph(documents: &[Value]) -> Graph {
    let mut facts = Facts::new();
    for account in ACCOUNTS {
        let own = documents
            .iter()
            .filter(|document| document["account"] == account);
        let own: Vec<Document> = own
            .map(|document| Document::parse(&document.to_string()).unwrap())
            .collect();
        facts.add_account(&account.parse().unwrap(), Environment::default(), &own);
    }
    Graph::build(facts)
}

type Reach = BTreeMap<(Capability, WorkloadIndex), Certainty>;

fn better(reach: &mut Reach, from: Capability, to: WorkloadIndex, found: Certainty) {
    let best = reach.entry((from, to)).or_insert(found);
    *best = found.min(*best);
}

/// What every pair by itself gives.
fn by_pairs(graph: &Graph, kind: &BetweenNetworks) -> Reach {
    let world = &graph.world;
    let hosts = hosts(world);
    let mut reach = Reach::new();
    for junction in (kind.all)(world) {
        for origin in origins(world, &hosts, &junction) {
            for goal in goals(world, &hosts, &junction) {
                let crossing = origin.way_to(&goal, &junction);
                let passage = crossing.and_then(|crossing| {
                    let networks = &world.networks;
                    networks.passage(&crossing, origin.source, goal.host)
                });
                if let Some(passage) = passage {
                    better(
                        &mut reach,
                        origin.holder,
                        goal.workload,
                        certainty(&passage),
                    );
                }
            }
        }
    }
    reach
}

/// What the rules say.
fn by_classes(graph: &Graph, kind: &BetweenNetworks) -> Reach {
    let members = |fact: FactId| -> Vec<Capability> {
        match graph.capabilities.get(fact).unwrap() {
            Capability::Class(_) => {
                let members = graph.rules.members(fact);
                members
                    .map(|member| graph.capabilities.get(member).unwrap())
                    .collect()
            }
            alone => vec![alone],
        }
    };
    let mut reach = Reach::new();
    for (_, rule) in graph.rules.all() {
        let own = super::kind(rule.link).unwrap().documentation().id == kind.documentation.id;
        let (true, Some(Capability::Network(goal))) =
            (own, graph.capabilities.get(rule.conclusion))
        else {
            continue;
        };
        for premise in graph.rules.premises(rule) {
            for member in members(*premise) {
                better(&mut reach, member, goal, rule.certainty);
            }
        }
    }
    reach
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn classes_say_what_every_pair_says(bytes in proptest::collection::vec(any::<u8>(), 500)) {
        let graph = graph(&network(&mut Choices(bytes.iter())));
        for kind in [&SAME_VPC, &VPC_PEERING, &TRANSIT_GATEWAY] {
            let pairs = by_pairs(&graph, kind);
            prop_assert_eq!(&by_classes(&graph, kind), &pairs);
            // And what is explained is what was judged.
            for ((from, to), found) in pairs {
                let (_, passage) = kind.passage(&graph.world, from, to).unwrap();
                prop_assert_eq!(certainty(&passage), found);
            }
        }
    }
}

#[test]
fn random_networks_have_all_kinds_of_passage() {
    let mut bytes = 1_u32;
    let mut found: BTreeMap<(&str, Certainty, bool), u32> = BTreeMap::new();
    for _ in 0..300 {
        let choices: Vec<u8> = (0..500)
            .map(|_| {
                bytes = bytes.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                bytes.to_be_bytes()[0]
            })
            .collect();
        let graph = graph(&network(&mut Choices(choices.iter())));
        for kind in [&SAME_VPC, &VPC_PEERING, &TRANSIT_GATEWAY] {
            for ((from, _), certainty) in by_pairs(&graph, kind) {
                let account = matches!(from, Capability::Account(_));
                *found
                    .entry((kind.documentation.id, certainty, account))
                    .or_default() += 1;
            }
        }
    }
    assert_eq!(found.len(), 12, "{found:?}");
    assert!(found.values().all(|count| *count >= 10), "{found:?}");
}
