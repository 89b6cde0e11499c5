//! Hosts in one VPC, which accounts may share: who opens a connection to which, worked out with a pencil.
//!
//! The VPC vpc-shared, 10.0.0.0/16, is the network account's, with a subnet a for dev (10.0.1.0/24) and b
//! for prod (10.0.2.0/24); dev has a host at 10.0.1.10 and prod at 10.0.2.20.
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
use support::sides::*;
use support::*;

const NETWORK: &str = "444444444444";

fn vpc() -> Value {
    document(
        NETWORK,
        "VPC",
        "vpc-shared",
        json!({"VpcId": "vpc-shared", "CidrBlock": "10.0.0.0/16"}),
        json!({"OwnerId": NETWORK, "IsDefault": false}),
    )
}

fn subnet(name: &str, range: &str) -> Value {
    let id = format!("subnet-{name}");
    let config = json!({"SubnetId": id, "VpcId": "vpc-shared", "CidrBlock": range});
    document(NETWORK, "Subnet", &id, config, json!({"OwnerId": NETWORK}))
}

fn routes(name: &str, further: &[Value]) -> Value {
    let id = format!("rtb-{name}");
    let mut routes = vec![json!({"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"})];
    routes.extend_from_slice(further);
    let config = json!({"RouteTableId": id, "VpcId": "vpc-shared", "Routes": routes,
        "Associations": [{"SubnetId": format!("subnet-{name}")}]});
    document(NETWORK, "RouteTable", &id, config, json!({}))
}

fn acl(name: &str, entries: Value) -> Value {
    let id = format!("acl-{name}");
    let config = json!({"Id": id, "VpcId": "vpc-shared", "Entries": entries,
        "SubnetIds": [format!("subnet-{name}")]});
    document(NETWORK, "NetworkAcl", &id, config, json!({}))
}

fn group(account: &str, name: &str, ingress: Value, egress: Value) -> Value {
    let id = format!("sg-{name}");
    let config = json!({"GroupId": id, "VpcId": "vpc-shared", "SecurityGroupIngress": ingress,
        "SecurityGroupEgress": egress});
    document(account, "SecurityGroup", &id, config, json!({}))
}

fn host(account: &str, name: &str, subnet: &str, address: &str, group: &str) -> Value {
    let id = format!("i-{name}");
    let config = json!({"InstanceId": id, "VpcId": "vpc-shared", "SecurityGroupIds": [group],
        "SubnetId": format!("subnet-{subnet}"), "IamInstanceProfile": format!(
            "arn:aws:iam::{account}:instance-profile/app-{name}")});
    let observed = json!({"State": "running", "PrivateIpAddress": address});
    document(account, "Instance", &id, config, observed)
}

fn anywhere() -> Value {
    json!([{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}])
}

/// The network, dev's group and host, and prod's host with this rule.
fn org(rule: Value) -> Org {
    let mut org =
        Org::three()
            .account(NETWORK, "network", "r-root")
            .role(PROD, "app-prod", nobody(), &[]);
    for document in [
        vpc(),
        subnet("a", "10.0.1.0/24"),
        subnet("b", "10.0.2.0/24"),
        routes("a", &[]),
        routes("b", &[]),
        acl("a", open_acl()),
        acl("b", open_acl()),
    ] {
        org = org.add(NETWORK, document);
    }
    org.add(DEV, group(DEV, "dev", json!([]), anywhere()))
        .add(DEV, host(DEV, "dev", "a", "10.0.1.10", "sg-dev"))
        .add(PROD, group(PROD, "prod", lets_in(rule), anywhere()))
        .add(PROD, host(PROD, "prod", "b", "10.0.2.20", "sg-prod"))
}

fn by_range() -> Org {
    org(json!({"CidrIp": "10.0.0.0/16"}))
}

/// Changes the documents of an account that have this id.
fn change(mut org: Org, account: &str, id: &str, how: impl Fn(&mut Value)) -> Org {
    let documents = &mut org.accounts.get_mut(account).unwrap().1;
    let of_id = documents
        .iter_mut()
        .filter(|one| one["arn"] == arn(account, id));
    let mut count = 0;
    for document in of_id {
        how(document);
        count += 1;
    }
    assert!(count > 0, "there is no {id}");
    org
}

fn prod_from(org: &Org, from: &str) -> Option<Certainty> {
    reaches_host(org, from, &arn(PROD, "i-prod"))
}

fn from_dev(org: &Org) -> Option<Certainty> {
    prod_from(org, &arn(DEV, "i-dev"))
}

fn conditions(org: &Org) -> Vec<String> {
    let radius = org.radius(&arn(DEV, "i-dev"));
    let target = Subject::Network {
        arn: arn(PROD, "i-prod").parse().unwrap(),
    };
    let path = radius.path(&target);
    let step = path.last().unwrap();
    assert_eq!(step.link, "same-vpc");
    let conditions = step.conditions.iter();
    conditions.map(|condition| condition.text.clone()).collect()
}

#[test]
fn a_host_reaches_a_host_of_another_account_in_a_shared_vpc() {
    let org = by_range();
    assert_eq!(from_dev(&org), Some(Certain));
    assert_eq!(conditions(&org), [""; 0]);
    assert_eq!(prod_from(&org, DEV), Some(Certain), "dev has a host there");
    assert_eq!(prod_from(&org, NETWORK), Some(Certain), "it owns the VPC");
    assert_eq!(prod_from(&org, TEST), None, "it has nothing there");
    assert_eq!(
        prod_from(&org, &arn(PROD, "i-prod")),
        None,
        "nobody reaches itself"
    );
    assert_eq!(reaches_host(&org, PROD, &arn(DEV, "i-dev")), None);
    // What it may do there hangs on a flaw.
    assert_eq!(org.reach(DEV, &role(PROD, "app-prod")), Some(Speculative));
}

#[test]
fn security_groups_of_both_have_a_say_also_across_accounts() {
    let with = |rule: Value| {
        let org = org(rule);
        [
            from_dev(&org),
            prod_from(&org, DEV),
            prod_from(&org, NETWORK),
        ]
    };
    let group = |id: &str| with(json!({"SourceSecurityGroupId": id}));
    assert_eq!(
        group("sg-dev"),
        [Some(Certain), Some(Certain), None],
        "the group is dev's, and nobody else's hosts have it"
    );
    assert_eq!(group("sg-prod"), [None, None, None]);
    // One that was not seen may be anybody's, and dev's host is seen not to have it.
    assert_eq!(
        group("sg-else"),
        [None, Some(Conditional), Some(Conditional)]
    );
    let range = |range: &str| with(json!({"CidrIp": range}));
    assert_eq!(range("10.0.1.10/32"), [Some(Certain); 3]);
    assert_eq!(range("10.0.1.11/32"), [None, Some(Certain), Some(Certain)]);
    // Dev has nothing in prod's subnet; the owner of the VPC starts hosts there.
    assert_eq!(range("10.0.2.0/24"), [None, None, Some(Certain)]);
    assert_eq!(range("192.168.0.0/16"), [None, None, None]);
    let shut = change(by_range(), DEV, "sg-dev", |group| {
        group["config"]["SecurityGroupEgress"] =
            json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}]);
    });
    assert_eq!(from_dev(&shut), None);
    assert_eq!(
        prod_from(&shut, DEV),
        Some(Certain),
        "it takes other groups"
    );
    let to_group = change(by_range(), DEV, "sg-dev", |group| {
        group["config"]["SecurityGroupEgress"] =
            json!([{"IpProtocol": "-1", "DestinationSecurityGroupId": "sg-prod"}]);
    });
    assert_eq!(from_dev(&to_group), Some(Certain));
}

#[test]
fn network_acls_count_between_subnets_alone() {
    let shut = json!([entry(100, "deny", false, "0.0.0.0/0", None)]);
    let between = change(by_range(), NETWORK, "acl-b", |acl| {
        acl["config"]["Entries"] = shut.clone();
    });
    assert_eq!(from_dev(&between), None);
    assert_eq!(prod_from(&between, DEV), None);
    // The owner of the VPC starts a host beside prod's.
    assert_eq!(prod_from(&between, NETWORK), Some(Certain));
    let beside = change(between, DEV, "i-dev", |host| {
        host["config"]["SubnetId"] = json!("subnet-b");
        host["observed"]["PrivateIpAddress"] = json!("10.0.2.10");
    });
    assert_eq!(from_dev(&beside), Some(Certain));
    // One that was not seen is a condition.
    let mut unseen = by_range();
    let documents = &mut unseen.accounts.get_mut(NETWORK).unwrap().1;
    documents.retain(|document| document["type"] != "AWS::EC2::NetworkAcl");
    assert_eq!(from_dev(&unseen), Some(Conditional));
    assert_eq!(
        conditions(&unseen)[0],
        "the network ACL of subnet-a lets it pass"
    );
}

#[test]
fn a_route_that_is_more_specific_leads_through_an_appliance() {
    let with = |to: &str, hop: Value, rule: Value| {
        let org = change(org(rule), NETWORK, "rtb-a", |table| {
            let mut route = json!({"DestinationCidrBlock": to});
            for (name, value) in hop.as_object().unwrap() {
                route[name] = value.clone();
            }
            let routes = table["config"]["Routes"].as_array_mut().unwrap();
            routes.push(route);
        });
        from_dev(&org)
    };
    let range = || json!({"CidrIp": "10.0.0.0/16"});
    let appliance = || json!({"NetworkInterfaceId": "eni-1"});
    assert_eq!(with("10.0.2.0/24", appliance(), range()), Some(Conditional));
    let endpoint = json!({"GatewayId": "vpce-1"});
    assert_eq!(with("10.0.2.0/24", endpoint, range()), Some(Conditional));
    let blackhole = json!({"NetworkInterfaceId": "eni-1", "State": "blackhole"});
    assert_eq!(with("10.0.2.0/24", blackhole, range()), None);
    // Groups do not know each other behind it.
    let group = || json!({"SourceSecurityGroupId": "sg-dev"});
    assert_eq!(with("10.0.2.0/24", appliance(), group()), None);
    // For another subnet, or less specific than the route to the VPC.
    assert_eq!(with("10.0.3.0/24", appliance(), group()), Some(Certain));
    let gateway = || json!({"TransitGatewayId": "tgw-1"});
    assert_eq!(with("10.0.0.0/8", gateway(), range()), Some(Certain));
    assert_eq!(with("0.0.0.0/0", appliance(), range()), Some(Certain));
}

#[test]
fn whom_a_subnet_is_shared_with_starts_hosts_there() {
    let shared = |principal: &str, subnet: &str| {
        let mut share = document(
            NETWORK,
            "ResourceShare",
            "share",
            json!({"Name": "subnets", "Principals": [principal],
                "ResourceArns": [format!("arn:aws:ec2:eu-west-1:{NETWORK}:subnet/{subnet}")]}),
            json!({}),
        );
        share["type"] = json!("AWS::RAM::ResourceShare");
        share
    };
    let with = |principal: &str, subnet: &str| {
        let org = org(json!({"CidrIp": "10.0.1.0/24"}));
        let unit =
            org.unit("ou-nonprod", "r-root")
                .account("555555555555", "nonprod", "ou-nonprod");
        let org = unit.add(NETWORK, shared(principal, subnet));
        [prod_from(&org, TEST), prod_from(&org, "555555555555")]
    };
    let unit = format!("arn:aws:organizations::{MANAGEMENT}:ou/o-test000001/ou-nonprod");
    let organization = format!("arn:aws:organizations::{MANAGEMENT}:organization/o-test000001");
    let other = format!("arn:aws:organizations::{MANAGEMENT}:organization/o-other");
    assert_eq!(with(TEST, "subnet-a"), [Some(Certain), None]);
    assert_eq!(with(&unit, "subnet-a"), [None, Some(Certain)]);
    assert_eq!(with(&organization, "subnet-a"), [Some(Certain); 2]);
    assert_eq!(with(&other, "subnet-a"), [None, None]);
    assert_eq!(
        with(TEST, "subnet-b"),
        [None, None],
        "prod lets in the other subnet alone"
    );
    // A share that is gone.
    let mut gone = shared(TEST, "subnet-a");
    gone["observed"]["Status"] = json!("DELETED");
    assert_eq!(prod_from(&by_range().add(NETWORK, gone), TEST), None);
    // Whoever sees a subnet of somebody else has it shared.
    let mut seen = subnet("a", "10.0.1.0/24");
    seen["account"] = json!(TEST);
    assert_eq!(prod_from(&by_range().add(TEST, seen), TEST), Some(Certain));
    // A security group is shared as well as a subnet.
    let group = |org: Org| {
        change(org, PROD, "sg-prod", |group| {
            group["config"]["SecurityGroupIngress"] =
                lets_in(json!({"SourceSecurityGroupId": "sg-dev"}));
        })
    };
    let org = group(by_range().add(NETWORK, shared(TEST, "subnet-a")));
    assert_eq!(prod_from(&org, TEST), None, "the group is dev's");
    let mut share = shared(TEST, "subnet-a");
    share["account"] = json!(DEV);
    share["config"]["ResourceArns"] =
        json!([format!("arn:aws:ec2:eu-west-1:{DEV}:security-group/sg-dev")]);
    assert_eq!(prod_from(&org.add(DEV, share), TEST), Some(Certain));
}

#[test]
fn participants_reach_through_what_the_vpc_is_joined_to() {
    let far = Side {
        account: TEST,
        name: "far",
        range: "10.9.0.0/24",
        address: "10.9.0.9",
        routes: json!([{"DestinationCidrBlock": "10.0.0.0/16", "VpcPeeringConnectionId": "pcx-1"}]),
        acl: open_acl(),
        ingress: lets_in(json!({"CidrIp": "10.0.0.0/16"})),
        egress: anywhere(),
    };
    let peering = document(
        NETWORK,
        "VPCPeeringConnection",
        "pcx-1",
        json!({"Id": "pcx-1", "VpcId": "vpc-shared", "PeerVpcId": "vpc-far", "PeerOwnerId": TEST}),
        json!({"OwnerId": NETWORK, "Status": "active"}),
    );
    let there = json!({"DestinationCidrBlock": "10.9.0.0/16", "VpcPeeringConnectionId": "pcx-1"});
    let org = far.add_to(by_range()).add(NETWORK, peering);
    let org = change(org, NETWORK, "rtb-a", |table| {
        let routes = table["config"]["Routes"].as_array_mut().unwrap();
        routes.push(there.clone());
    });
    let i_far = arn(TEST, "i-far");
    assert_eq!(
        reaches_host(&org, &arn(DEV, "i-dev"), &i_far),
        Some(Certain)
    );
    assert_eq!(reaches_host(&org, DEV, &i_far), Some(Certain));
    assert_eq!(reaches_host(&org, NETWORK, &i_far), Some(Certain));
    // Prod's subnet has no route.
    assert_eq!(reaches_host(&org, PROD, &i_far), None);
}

#[test]
fn hosts_of_a_vpc_of_their_own_reach_each_other() {
    // A default VPC of which nothing is told but that it is one.
    let mut org = Org::three();
    let default = document(
        DEV,
        "VPC",
        "vpc-shared",
        json!({"VpcId": "vpc-shared", "CidrBlock": "10.0.0.0/16"}),
        json!({"IsDefault": true}),
    );
    let own = json!([{"IpProtocol": "-1", "SourceSecurityGroupId": "sg-default"}]);
    for document in [
        default,
        group(DEV, "default", own, anywhere()),
        host(DEV, "one", "a", "10.0.1.10", "sg-default"),
        host(DEV, "two", "a", "10.0.1.11", "sg-default"),
        host(DEV, "three", "a", "10.0.1.12", "sg-unseen"),
    ] {
        org = org.add(DEV, document);
    }
    let [one, two, three] = ["i-one", "i-two", "i-three"].map(|id| arn(DEV, id));
    assert_eq!(reaches_host(&org, &one, &two), Some(Certain));
    assert_eq!(reaches_host(&org, &three, &two), None);
    assert_eq!(reaches_host(&org, &one, &three), Some(Conditional));
}

#[test]
fn many_hosts_take_few_rules() {
    let mut org = by_range();
    for number in 0..60 {
        let address = format!("10.0.1.{}", 50 + number);
        let document = host(DEV, &format!("n{number}"), "a", &address, "sg-dev");
        let address = format!("10.0.2.{}", 50 + number);
        let other = host(PROD, &format!("m{number}"), "b", &address, "sg-prod");
        org = org.add(DEV, document).add(PROD, other);
    }
    assert_eq!(from_dev(&org), Some(Certain));
    assert_eq!(
        reaches_host(&org, &arn(DEV, "i-n7"), &arn(PROD, "i-m33")),
        Some(Certain)
    );
    // 122 hosts and the network account reach each of 61: more than 7,000 pairs.
    let rules = org.graph().size().rules;
    assert!(rules < 3_000, "{rules} rules");
}

/// A function, a build, and tasks of dev that are joined to subnet a with the group of dev's host.
fn with_joined(org: Org) -> Org {
    let of = |service: &str, kind: &str, name: &str, config: Value| {
        json!({"type": format!("AWS::{kind}"), "account": DEV, "region": "eu-west-1",
            "arn": format!("arn:aws:{service}:eu-west-1:{DEV}:{name}"), "config": config})
    };
    let networks = |subnets: &str, groups: &str| json!({subnets: ["subnet-a"], groups: ["sg-dev"]});
    let own = role(DEV, "runs");
    org.role(DEV, "runs", nobody(), &[])
        .add(
            DEV,
            of(
                "lambda",
                "Lambda::Function",
                "function:f",
                json!({"FunctionName": "f", "Role": own,
                    "VpcConfig": networks("SubnetIds", "SecurityGroupIds")}),
            ),
        )
        .add(
            DEV,
            of(
                "codebuild",
                "CodeBuild::Project",
                "project/p",
                json!({"Name": "p", "ServiceRole": own,
                    "VpcConfig": networks("Subnets", "SecurityGroupIds")}),
            ),
        )
        .add(
            DEV,
            of(
                "ecs",
                "ECS::TaskDefinition",
                "task-definition/t:1",
                json!({"Family": "t", "TaskRoleArn": own}),
            ),
        )
        .add(
            DEV,
            of(
                "ecs",
                "ECS::Service",
                "service/c/s",
                json!({"TaskDefinition": "t", "NetworkConfiguration":
                    {"AwsvpcConfiguration": networks("Subnets", "SecurityGroups")}}),
            ),
        )
}

#[test]
fn functions_builds_and_tasks_open_connections_from_their_subnets() {
    let all = [
        format!("arn:aws:lambda:eu-west-1:{DEV}:function:f"),
        format!("arn:aws:codebuild:eu-west-1:{DEV}:project/p"),
        format!("arn:aws:ecs:eu-west-1:{DEV}:task-definition/t:1"),
    ];
    let reach = |org: &Org| all.clone().map(|from| prod_from(org, &from));
    let open = with_joined(by_range());
    assert_eq!(reach(&open), [Some(Certain); 3]);
    for from in &all {
        assert_eq!(
            reaches_host(&open, &arn(DEV, "i-dev"), from),
            None,
            "{from} takes none"
        );
    }
    let elsewhere = with_joined(org(json!({"CidrIp": "10.0.7.0/24"})));
    assert_eq!(reach(&elsewhere), [None; 3]);
    let part = with_joined(org(json!({"CidrIp": "10.0.1.128/25"})));
    assert_eq!(
        reach(&part),
        [Some(Certain); 3],
        "it may be any of the subnet"
    );
    let nowhere = change(with_joined(by_range()), DEV, "sg-dev", |group| {
        group["config"]["SecurityGroupEgress"] = json!([]);
    });
    assert_eq!(reach(&nowhere), [None; 3]);
    let closed = change(with_joined(by_range()), NETWORK, "acl-b", |acl| {
        acl["config"]["Entries"] = json!([]);
    });
    assert_eq!(reach(&closed), [None; 3]);
}

#[test]
fn every_interface_of_an_instance_counts() {
    // The first interface of dev's host lets nothing out; a second, in subnet a too, does.
    let second = |group: &str| {
        document(
            DEV,
            "NetworkInterface",
            "eni-2",
            json!({"Id": "eni-2", "SubnetId": "subnet-a", "GroupSet": [group],
                "PrivateIpAddress": "10.0.1.11"}),
            json!({"InstanceId": "i-dev"}),
        )
    };
    let org = |group: &str| {
        change(by_range(), DEV, "sg-dev", |group| {
            group["config"]["SecurityGroupEgress"] = json!([]);
        })
        .add(DEV, self::group(DEV, "open", json!([]), anywhere()))
        .add(DEV, second(group))
    };
    assert_eq!(from_dev(&org("sg-open")), Some(Certain));
    assert_eq!(from_dev(&org("sg-dev")), None);
}
