//! Instances with public addresses.

use super::*;

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
    let apart = |allocation: &str| {
        let address = json!({"AllocationId": "eipalloc-1", "PublicIp": "203.0.113.9"});
        let association = json!({"AllocationId": allocation, "InstanceId": "i-1"});
        instance(&and(
            public_without_address(),
            vec![
                ec2("EIP", "eipalloc-1", address, json!({})),
                ec2("EIPAssociation", "eipassoc-1", association, json!({})),
            ],
        ))
    };
    assert_eq!(apart("eipalloc-1"), Some(Certain));
    assert_eq!(apart("eipalloc-2"), None, "which address is not told");
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
