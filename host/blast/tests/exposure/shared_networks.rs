//! Instances in subnets of another account: the owner has the routes, the network ACLs and what blocks them all.

use super::*;

const NETWORKS: [&str; 3] = ["AWS::EC2::Subnet", ROUTES, ACL];

/// The public instance, in a subnet that production shares with its account.
fn guest(change: impl FnOnce(Vec<Value>) -> Vec<Value>) -> Org {
    let is_network = |one: &Value| NETWORKS.iter().any(|kind| one["type"] == *kind);
    let (networks, own): (Vec<Value>, Vec<Value>) = public().into_iter().partition(is_network);
    let share = json!({"type": "AWS::RAM::ResourceShare", "region": REGION, "account": PROD,
        "arn": format!("arn:aws:ram:{REGION}:{PROD}:resource-share/1"),
        "config": {"Principals": [DEV],
            "ResourceArns": [format!("arn:aws:ec2:{REGION}:{PROD}:subnet/subnet-1")]}});
    let mut org = org(&own).add(PROD, share);
    for mut network in change(networks) {
        network["account"] = json!(PROD);
        let arn = network["arn"].as_str().unwrap().replace(DEV, PROD);
        network["arn"] = json!(arn);
        org = org.add(PROD, network);
    }
    org
}

fn exposed(org: &Org) -> Option<Certainty> {
    told(org, "anyone", INSTANCE).map(|(certainty, _)| certainty)
}

#[test]
fn the_owner_of_a_subnet_says_what_reaches_it() {
    assert_eq!(exposed(&guest(|networks| networks)), Some(Certain));
    let private = |networks| with(networks, ROUTES, "/config/Routes", json!([]));
    assert_eq!(exposed(&guest(private)), None);
    let closed = |networks| with(networks, ACL, "/config/Entries", json!([all(true)]));
    assert_eq!(exposed(&guest(closed)), None);
    let unseen = |networks| without(networks, ROUTES);
    assert_eq!(exposed(&guest(unseen)), Some(Conditional));
}

#[test]
fn the_owner_of_a_subnet_blocks_public_access_to_it() {
    let block = || {
        ec2(
            "VPCBlockPublicAccessOptions",
            "bpa",
            json!({"InternetGatewayBlockMode": "block-bidirectional"}),
            json!({}),
        )
    };
    let blocked = |networks| and(networks, vec![block()]);
    assert_eq!(exposed(&guest(blocked)), None);
    // That of the participant is about its own networks.
    let own = guest(|networks| networks).add(DEV, block());
    assert_eq!(exposed(&own), Some(Certain));
}

#[test]
fn a_security_group_may_be_shared_too() {
    let shared = |ingress: Value| {
        let group = json!({"type": GROUP, "region": REGION, "account": PROD,
            "arn": format!("arn:aws:ec2:{REGION}:{PROD}:security-group/sg-1"),
            "config": {"GroupId": "sg-1", "VpcId": "vpc-1", "SecurityGroupIngress": ingress}});
        let mut org = guest(|networks| networks).add(PROD, group);
        let documents = &mut org.accounts.get_mut(DEV).unwrap().1;
        documents.retain(|one| one["type"] != GROUP);
        exposed(&org)
    };
    assert_eq!(shared(json!([world(443)])), Some(Certain));
    assert_eq!(shared(json!([])), None);
}
