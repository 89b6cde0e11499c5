//! What load balancers lead to.

use super::*;

pub(crate) fn lb_arn(what: &str) -> String {
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
pub(crate) fn balanced() -> Vec<Value> {
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

pub(crate) const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
pub(crate) const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
pub(crate) const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";

/// The same with the ingress rules of one of the groups changed.
pub(crate) fn group_lets(mut documents: Vec<Value>, id: &str, rules: Value) -> Vec<Value> {
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

/// What it passes on leaves its own subnet, and answers come back in.
#[test]
fn the_network_acl_of_a_load_balancer_has_a_say() {
    let ports = |egress: bool, number: u32, from: u16, to: u16| {
        json!({"RuleNumber": number, "RuleAction": "allow", "Egress": egress, "Protocol": "6",
            "CidrBlock": "0.0.0.0/0", "PortRange": {"From": from, "To": to}})
    };
    let reached = |entries: Value| {
        let config = json!({"Id": "acl-lb", "VpcId": "vpc-1", "Entries": entries, "SubnetIds": ["subnet-lb"]});
        instance(&and(
            balanced(),
            vec![ec2("NetworkAcl", "acl-lb", config, json!({}))],
        ))
    };
    assert_eq!(reached(json!([all(false), all(true)])), Some(Certain));
    let to_clients = ports(true, 100, 50_000, 65_535);
    assert_eq!(reached(json!([all(false), to_clients])), None);
    let to_targets = ports(true, 110, 8080, 8080);
    assert_eq!(
        reached(json!([all(false), to_clients, to_targets])),
        Some(Certain)
    );
    let from_clients = ports(false, 100, 443, 443);
    assert_eq!(reached(json!([from_clients, all(true)])), None);
    let answers = ports(false, 110, 1024, 65_535);
    assert_eq!(
        reached(json!([from_clients, answers, all(true)])),
        Some(Certain)
    );
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
