//! Hosts in networks, one VPC a side, for tests of what joins them.

use blastwall_blast::{Certainty, Subject};
use serde_json::{Value, json};

use super::{Org, nobody};

pub(crate) const REGION: &str = "eu-west-1";

pub(crate) fn document(
    account: &str,
    kind: &str,
    id: &str,
    config: Value,
    observed: Value,
) -> Value {
    json!({"type": format!("AWS::EC2::{kind}"), "account": account, "region": REGION,
        "arn": arn(account, id), "config": config, "observed": observed})
}

pub(crate) fn arn(account: &str, id: &str) -> String {
    let kind = if id.starts_with("i-") {
        "instance"
    } else {
        "other"
    };
    format!("arn:aws:ec2:{REGION}:{account}:{kind}/{id}")
}

/// One side: a VPC of one subnet and one host with one security group.
#[derive(Clone)]
pub(crate) struct Side {
    pub(crate) account: &'static str,
    pub(crate) name: &'static str,
    pub(crate) range: &'static str,
    pub(crate) address: &'static str,
    pub(crate) routes: Value,
    pub(crate) acl: Value,
    pub(crate) ingress: Value,
    pub(crate) egress: Value,
}

pub(crate) fn entry(
    number: i32,
    action: &str,
    egress: bool,
    cidr: &str,
    ports: Option<(i32, i32)>,
) -> Value {
    let mut entry = json!({"RuleNumber": number, "RuleAction": action, "Egress": egress,
        "Protocol": if ports.is_some() { "6" } else { "-1" }, "CidrBlock": cidr});
    if let Some((from, to)) = ports {
        entry["PortRange"] = json!({"From": from, "To": to});
    }
    entry
}

pub(crate) fn open_acl() -> Value {
    json!([
        entry(100, "allow", false, "0.0.0.0/0", None),
        entry(100, "allow", true, "0.0.0.0/0", None),
        entry(32767, "deny", false, "0.0.0.0/0", None),
        entry(32767, "deny", true, "0.0.0.0/0", None),
    ])
}

pub(crate) fn lets_in(rule: Value) -> Value {
    let mut all = json!({"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432});
    for (name, value) in rule.as_object().unwrap() {
        all[name] = value.clone();
    }
    json!([all])
}

impl Side {
    /// Its documents and the role of its host.
    pub(crate) fn add_to(&self, org: Org) -> Org {
        let mut org = org.role(self.account, &format!("app-{}", self.name), nobody(), &[]);
        for document in self.documents() {
            org = org.add(self.account, document);
        }
        org
    }

    pub(crate) fn documents(&self) -> Vec<Value> {
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
                "Instance",
                &format!("i-{name}"),
                json!({"InstanceId": format!("i-{name}"), "VpcId": vpc, "SubnetId": subnet,
                    "SecurityGroupIds": [group], "IamInstanceProfile": format!(
                        "arn:aws:iam::{}:instance-profile/app-{name}", self.account)}),
                json!({"State": "running", "PrivateIpAddress": self.address}),
            ),
        ]
    }
}

/// How surely network reach of a host falls; none if it does not.
pub(crate) fn reaches_host(org: &Org, from: &str, host: &str) -> Option<Certainty> {
    let graph = org.graph();
    let start = graph.find(from).unwrap();
    let radius = graph.radius(&[start]).unwrap();
    let target = Subject::Network {
        arn: host.parse().unwrap(),
    };
    radius.fact(&target).map(|fact| fact.certainty)
}
