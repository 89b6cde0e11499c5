//! Generates accounts whose VPCs are all attached to one transit gateway, and measures what the graph costs.
//!
//! ```text
//! cargo run --release -p blastwall-blast --example flat_network -- 1000 2
//! ```
//!
//! The arguments are accounts, each with a VPC, and hosts in each. One route table of the gateway has all of them,
//! and the security groups let in 10.0.0.0/8, as in networks that were never divided.

use std::io::Write;
use std::time::Instant;

use blastwall_blast::{Environment, Facts, Graph};
use blastwall_model::{AccountId, Document};
use serde_json::{Value, json};

const NETWORK: &str = "100000000000";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let accounts: u64 = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let hosts: u64 = arguments.next().map_or(Ok(20), |text| text.parse())?;
    let mut output = std::io::stdout().lock();

    let mut facts = Facts::new();
    let gateway = document(
        NETWORK,
        "TransitGateway",
        "tgw-1",
        json!({"Id": "tgw-1", "AssociationDefaultRouteTableId": "tgw-rtb-1",
            "PropagationDefaultRouteTableId": "tgw-rtb-1"}),
        json!({"OwnerId": NETWORK}),
    );
    let network: AccountId = NETWORK.parse()?;
    let of_network = [Document::parse(&gateway.to_string())?];
    facts.add_account(&network, Environment::new("network", 1.0), &of_network);
    for account in 1..=accounts {
        let id: AccountId = format!("{:012}", 100_000_000_000 + account).parse()?;
        let environment = if account % 3 == 0 { "prod" } else { "dev" };
        let documents = vpc(id.as_str(), account, hosts);
        let documents = documents
            .iter()
            .map(|value| Document::parse(&value.to_string()))
            .collect::<Result<Vec<_>, _>>()?;
        facts.add_account(&id, Environment::new(environment, 1.0), &documents);
    }

    let start = Instant::now();
    let graph = Graph::build(facts);
    writeln!(
        output,
        "graph   {:>8.2?}  {:?}",
        start.elapsed(),
        graph.size()
    )?;
    let start = Instant::now();
    let survey = graph.survey();
    let reaches: usize = survey.accounts.iter().map(|account| account.reached).sum();
    writeln!(
        output,
        "survey  {:>8.2?}  {reaches} pairs of accounts",
        start.elapsed()
    )?;
    let start = Instant::now();
    let one = graph.radius(&[graph.find("100000000001")?])?;
    writeln!(
        output,
        "radius  {:>8.2?}  {} facts from one account",
        start.elapsed(),
        one.facts.len()
    )?;
    Ok(())
}

fn document(account: &str, kind: &str, id: &str, config: Value, observed: Value) -> Value {
    let resource = kind.to_lowercase();
    json!({"type": format!("AWS::EC2::{kind}"), "account": account, "region": "eu-west-1",
        "arn": format!("arn:aws:ec2:eu-west-1:{account}:{resource}/{id}"), "config": config,
        "observed": observed})
}

fn vpc(account: &str, number: u64, hosts: u64) -> Vec<Value> {
    let net = format!("10.{}.{}", number / 256, number % 256);
    let (vpc, subnet) = (format!("vpc-{number}"), format!("subnet-{number}"));
    let (group, table) = (format!("sg-{number}"), format!("rtb-{number}"));
    let (acl, attachment) = (format!("acl-{number}"), format!("tgw-attach-{number}"));
    let document =
        |kind: &str, id: &str, config, observed| document(account, kind, id, config, observed);
    let entry = |egress: bool| {
        json!({"RuleNumber": 100, "RuleAction": "allow", "Egress": egress, "Protocol": "-1",
            "CidrBlock": "0.0.0.0/0"})
    };
    let mut all = vec![
        document(
            "VPC",
            &vpc,
            json!({"VpcId": vpc, "CidrBlock": format!("{net}.0/24")}),
            json!({}),
        ),
        document(
            "Subnet",
            &subnet,
            json!({"SubnetId": subnet, "VpcId": vpc, "CidrBlock": format!("{net}.0/24")}),
            json!({}),
        ),
        document(
            "RouteTable",
            &table,
            json!({"RouteTableId": table, "VpcId": vpc, "Associations": [{"Main": true}], "Routes": [
                {"DestinationCidrBlock": format!("{net}.0/24"), "GatewayId": "local"},
                {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1"}]}),
            json!({}),
        ),
        document(
            "NetworkAcl",
            &acl,
            json!({"Id": acl, "VpcId": vpc, "Entries": [entry(false), entry(true)]}),
            json!({"IsDefault": true}),
        ),
        document(
            "SecurityGroup",
            &group,
            json!({"GroupId": group, "VpcId": vpc,
                "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                    "CidrIp": "10.0.0.0/8"}],
                "SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]}),
            json!({}),
        ),
        document(
            "TransitGatewayAttachment",
            &attachment,
            json!({"Id": attachment, "TransitGatewayId": "tgw-1", "VpcId": vpc}),
            json!({"State": "available", "ResourceOwnerId": account}),
        ),
    ];
    all.extend((0..hosts).map(|host| {
        let id = format!("i-{number}-{host}");
        document(
            "Instance",
            &id,
            json!({"InstanceId": id, "VpcId": vpc, "SubnetId": subnet, "SecurityGroupIds": [group]}),
            json!({"State": "running", "PrivateIpAddress": format!("{net}.{}", 4 + host % 250)}),
        )
    }));
    all
}
