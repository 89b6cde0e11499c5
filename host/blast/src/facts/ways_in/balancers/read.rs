//! Load balancers and what they are told to forward to, read from the documents.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::documents::{Documents, One, last, list, port, text, texts};
use super::super::ranges::{Family, Share, share_of};
use crate::facts::networks::{TCP, UDP};

pub(in crate::facts::ways_in) const TYPES: [&str; 7] = [
    BALANCER,
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    CLASSIC,
    "AWS::AutoScaling::AutoScalingGroup",
    FIREWALL,
];

const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const CLASSIC: &str = "AWS::ElasticLoadBalancing::LoadBalancer";

const ENFORCES: &str = "/EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic";

/// What puts a web ACL in front of something.
const FIREWALL: &str = "AWS::WAFv2::WebACLAssociation";

/// How a target is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Application,
    Network,
    Classic,
}

/// A load balancer.
#[derive(Clone, Debug)]
pub(super) struct Balancer {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) account: String,
    pub(super) partition: String,
    pub(super) region: String,
    pub(super) kind: Kind,
    pub(super) faces_internet: bool,
    pub(super) groups: Vec<String>,
    /// Whether its security groups do not hold for PrivateLink. Source: Elastic Load Balancing, "Update the
    /// security groups for your Network Load Balancer".
    pub(super) lets_in_endpoints: bool,
    pub(super) subnets: Vec<String>,
    pub(super) families: Vec<Family>,
    /// The web ACL in front of it.
    pub(super) filter: Option<String>,
    pub(super) listeners: Vec<Listener>,
}

/// A port of a load balancer and what is behind it.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    pub(super) arn: String,
    /// Protocol and port, if they were told.
    pub(super) at: Option<(u8, u16)>,
    pub(super) forwards: Vec<Forward>,
}

/// Where a listener sends some requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Forward {
    pub(super) group: String,
    /// What the attacker has to have for it.
    pub(super) conditions: Vec<String>,
}

/// What a target group has.
#[derive(Clone, Debug)]
pub(super) struct TargetGroup {
    pub(super) kind: String,
    pub(super) vpc: String,
    pub(super) port: Option<u16>,
    /// Whether targets see the address of the client; none if that is as usual for it.
    pub(super) preserves: Option<bool>,
    pub(super) over_udp: bool,
    /// Whether it takes both TCP and UDP.
    pub(super) over_both: bool,
    /// Ids with ports.
    pub(super) targets: Vec<(String, Option<u16>)>,
    /// The Auto Scaling groups that register their instances, by name.
    pub(super) scaling: Vec<String>,
    pub(super) balancers: Vec<String>,
}

/// What was told of the load balancers of an account.
pub(super) struct Told {
    pub(super) balancers: Vec<Balancer>,
    /// Target groups by ARN.
    pub(super) groups: BTreeMap<String, TargetGroup>,
}

impl Told {
    pub(super) fn read(documents: &Documents<'_>) -> Self {
        let mut all = Self {
            balancers: Vec::new(),
            groups: target_groups(documents),
        };
        let filters = web_acls(documents);
        for one in documents.of(BALANCER) {
            let kind = match one.text("/Type") {
                Some("network") => Kind::Network,
                // What passes through one for appliances comes in by other ways.
                Some("gateway") => continue,
                _ => Kind::Application,
            };
            let mappings = one
                .list("/SubnetMappings")
                .iter()
                .chain(one.list("/AvailabilityZones"));
            let mut subnets = one.texts("/Subnets");
            subnets.extend(mappings.filter_map(|one| Some(text(one, "/SubnetId")?.to_owned())));
            let without_v4 = one.text("/IpAddressType") == Some("dualstack-without-public-ipv4");
            let dual = one
                .text("/IpAddressType")
                .is_some_and(|kind| kind.starts_with("dualstack"));
            all.balancers.push(Balancer {
                listeners: listeners(documents, one.arn(), &all.groups),
                filter: filters.get(one.arn()).cloned(),
                families: match (dual, without_v4) {
                    (_, true) => vec![Family::V6],
                    (true, _) => vec![Family::V4, Family::V6],
                    (false, _) => vec![Family::V4],
                },
                groups: one.texts("/SecurityGroups"),
                lets_in_endpoints: one.text(ENFORCES) == Some("off"),
                ..balancer(one, kind, subnets)
            });
        }
        for one in documents.of(CLASSIC) {
            all.read_classic(documents, one);
        }
        all
    }

    /// A classic load balancer, with its instances as a target group of its own.
    fn read_classic(&mut self, documents: &Documents<'_>, one: &One<'_>) {
        let name = one
            .text("/LoadBalancerName")
            .unwrap_or_else(|| last(one.arn()))
            .to_owned();
        let by_name = |scaling: &&One<'_>| scaling.texts("/LoadBalancerNames").contains(&name);
        let scaling = documents.of("AWS::AutoScaling::AutoScalingGroup").iter();
        let scaling: Vec<&One<'_>> = scaling.filter(by_name).collect();
        let instances = list(one.at("/Instances")).iter();
        let instances =
            instances.filter_map(|one| one.as_str().or_else(|| text(one, "/InstanceId")));
        let mut instances: Vec<String> = instances.map(str::to_owned).collect();
        instances.extend(scaling.iter().flat_map(|one| members(one)));
        let mut listeners = Vec::new();
        let described = one.list("/ListenerDescriptions").iter();
        let described = described.filter_map(|one| one.get("Listener"));
        for (place, value) in one.list("/Listeners").iter().chain(described).enumerate() {
            let inside = port(value, "/InstancePort");
            let group = format!("{}#{place}", one.arn());
            listeners.push(Listener {
                arn: String::new(),
                at: port(value, "/LoadBalancerPort").map(|port| (TCP, port)),
                forwards: vec![Forward {
                    group: group.clone(),
                    conditions: Vec::new(),
                }],
            });
            let targets = instances.iter().map(|id| (id.clone(), inside));
            self.groups.insert(
                group,
                TargetGroup {
                    kind: "instance".to_owned(),
                    vpc: one.text("/VPCId").unwrap_or_default().to_owned(),
                    port: inside,
                    preserves: Some(false),
                    over_udp: false,
                    over_both: false,
                    targets: targets.collect(),
                    scaling: scaling.iter().map(|one| scaling_name(one)).collect(),
                    balancers: Vec::new(),
                },
            );
        }
        self.balancers.push(Balancer {
            name,
            listeners,
            groups: one.texts("/SecurityGroups"),
            ..balancer(one, Kind::Classic, one.texts("/Subnets"))
        });
    }
}

fn balancer(one: &One<'_>, kind: Kind, subnets: Vec<String>) -> Balancer {
    Balancer {
        arn: one.arn().to_owned(),
        name: one
            .text("/Name")
            .or_else(|| one.text("/LoadBalancerName"))
            .unwrap_or_else(|| name_of(one.arn()))
            .to_owned(),
        account: one.account().to_owned(),
        partition: one.document.arn.partition().to_owned(),
        region: one.region().to_owned(),
        kind,
        // One of which nothing is said faces the internet. Source: CloudFormation, `Scheme`.
        faces_internet: one.text("/Scheme") != Some("internal"),
        groups: Vec::new(),
        lets_in_endpoints: false,
        subnets,
        families: vec![Family::V4],
        filter: None,
        listeners: Vec::new(),
    }
}

/// `loadbalancer/app/shop/0123456789abcdef`: the name is before the id.
pub(super) fn name_of(arn: &str) -> &str {
    let parts: Vec<&str> = arn.split('/').collect();
    match parts.as_slice() {
        [.., name, _id] if parts.len() > 2 => name,
        [.., name] => name,
        [] => arn,
    }
}

/// By the ARN of what is behind it, the name of a web ACL.
pub(in crate::facts::ways_in) fn web_acls(documents: &Documents<'_>) -> BTreeMap<String, String> {
    let associations = documents.of(FIREWALL).iter();
    associations
        .filter_map(|one| {
            let acl = one.text("/WebACLArn")?;
            let resource = one.text("/ResourceArn")?;
            Some((resource.to_owned(), name_of(acl).to_owned()))
        })
        .collect()
}

fn target_groups(documents: &Documents<'_>) -> BTreeMap<String, TargetGroup> {
    let mut groups: BTreeMap<String, TargetGroup> = BTreeMap::new();
    for one in documents.of("AWS::ElasticLoadBalancingV2::TargetGroup") {
        let described = one.list("/TargetHealthDescriptions").iter();
        let described = described.filter_map(|one| one.get("Target"));
        let listed = ["config", "observed"].into_iter();
        let listed = listed.flat_map(|part| list(one.value.pointer(&format!("/{part}/Targets"))));
        let targets: BTreeSet<(String, Option<u16>)> = listed
            .chain(described)
            .filter_map(|one| Some((text(one, "/Id")?.to_owned(), port(one, "/Port"))))
            .collect();
        let attributes = one.list("/TargetGroupAttributes").iter();
        let mut preserves = attributes
            .filter(|one| text(one, "/Key") == Some("preserve_client_ip.enabled"))
            .map(|one| text(one, "/Value") == Some("true"));
        let protocol = one.text("/Protocol").unwrap_or_default();
        groups.insert(
            one.arn().to_owned(),
            TargetGroup {
                kind: one.text("/TargetType").unwrap_or("instance").to_owned(),
                vpc: one.text("/VpcId").unwrap_or_default().to_owned(),
                port: one.at("").and_then(|config| port(config, "/Port")),
                preserves: preserves.next(),
                over_udp: matches!(protocol, "UDP" | "QUIC"),
                over_both: matches!(protocol, "TCP_UDP" | "TCP_QUIC"),
                targets: targets.into_iter().collect(),
                scaling: Vec::new(),
                balancers: one.texts("/LoadBalancerArns"),
            },
        );
    }
    for one in documents.of("AWS::AutoScaling::AutoScalingGroup") {
        let sources = one.list("/TrafficSources").iter();
        let sources = sources.filter_map(|one| Some(text(one, "/Identifier")?.to_owned()));
        let named = one.texts("/TargetGroupARNs").into_iter().chain(sources);
        for arn in named {
            if let Some(group) = groups.get_mut(&arn) {
                group.scaling.push(scaling_name(one));
                group.targets.extend(members(one).map(|id| (id, None)));
            }
        }
    }
    groups
}

fn scaling_name(one: &One<'_>) -> String {
    one.id("/AutoScalingGroupName").to_owned()
}

/// The instances that an Auto Scaling group says that it has.
fn members(one: &One<'_>) -> impl Iterator<Item = String> {
    let instances = one.list("/Instances").iter();
    instances.filter_map(|one| {
        let id = one.as_str().or_else(|| text(one, "/InstanceId"));
        Some(id?.to_owned())
    })
}

/// The listeners of a load balancer. If none was told of, a target group may still say that it is behind it.
fn listeners(
    documents: &Documents<'_>,
    balancer: &str,
    groups: &BTreeMap<String, TargetGroup>,
) -> Vec<Listener> {
    let mut found = Vec::new();
    let own = documents.of("AWS::ElasticLoadBalancingV2::Listener").iter();
    for one in own.filter(|one| one.text("/LoadBalancerArn") == Some(balancer)) {
        let config = one.at("").cloned().unwrap_or_default();
        let certificates = match one.text("/MutualAuthentication/Mode") {
            Some("verify") => Some(CERTIFICATE.to_owned()),
            _ => None,
        };
        let rules = documents
            .of("AWS::ElasticLoadBalancingV2::ListenerRule")
            .iter();
        let rules = rules.filter(|rule| rule.text("/ListenerArn") == Some(one.arn()));
        let forwards = rules
            .flat_map(|rule| {
                let asked = conditions_of(rule.list("/Conditions"));
                let forwards = forwards(rule.list("/Actions"));
                forwards.into_iter().filter_map(move |forward| {
                    let conditions = asked.clone()?.into_iter().chain(forward.conditions);
                    Some(Forward {
                        conditions: conditions.collect(),
                        ..forward
                    })
                })
            })
            .chain(forwards(one.list("/DefaultActions")))
            .map(|forward| Forward {
                conditions: forward
                    .conditions
                    .into_iter()
                    .chain(certificates.clone())
                    .collect(),
                ..forward
            });
        let udp = matches!(one.text("/Protocol"), Some("UDP" | "QUIC"));
        found.push(Listener {
            arn: one.arn().to_owned(),
            at: port(&config, "/Port").map(|port| (if udp { UDP } else { TCP }, port)),
            forwards: forwards.collect(),
        });
    }
    if !documents.has("AWS::ElasticLoadBalancingV2::Listener") {
        let behind = groups.iter();
        let behind = behind.filter(|(_, group)| group.balancers.iter().any(|arn| arn == balancer));
        let forwards = behind.map(|(arn, _)| Forward {
            group: arn.clone(),
            conditions: vec![format!(
                "a listener, which was not seen, forwards to {}",
                name_of(arn)
            )],
        });
        found.push(Listener {
            arn: String::new(),
            at: None,
            forwards: forwards.collect(),
        });
    }
    found
}

const CERTIFICATE: &str = "the attacker has a certificate that the listener's trust store takes";

/// Where actions send requests to. What asks who one is comes before.
fn forwards(actions: &[Value]) -> Vec<Forward> {
    let asks = actions
        .iter()
        .filter_map(|action| match text(action, "/Type")? {
            "authenticate-oidc" | "authenticate-cognito" => Some(
                "the attacker signs in at the identity provider that the listener asks".to_owned(),
            ),
            "jwt-validation" => Some("the attacker has a token that the listener takes".to_owned()),
            _ => None,
        });
    let conditions: Vec<String> = asks.collect();
    let mut groups: BTreeSet<&str> = BTreeSet::new();
    for action in actions {
        if text(action, "/Type").is_some_and(|kind| kind != "forward") {
            continue;
        }
        let several = list(action.pointer("/ForwardConfig/TargetGroups")).iter();
        // What has no weight gets nothing.
        let several = several.filter(|one| one.get("Weight").and_then(Value::as_i64) != Some(0));
        let several: Vec<&str> = several
            .filter_map(|one| text(one, "/TargetGroupArn"))
            .collect();
        match several.as_slice() {
            [] => groups.extend(text(action, "/TargetGroupArn")),
            several => groups.extend(several),
        }
    }
    let forward = |group: &str| Forward {
        group: group.to_owned(),
        conditions: conditions.clone(),
    };
    groups.into_iter().map(forward).collect()
}

/// What a rule asks of the address of the client; none if strangers are not among those that it is for.
/// What else it asks a client says as it likes.
fn conditions_of(conditions: &[Value]) -> Option<Vec<String>> {
    let mut asked = Vec::new();
    for condition in conditions {
        if text(condition, "/Field") != Some("source-ip") {
            continue;
        }
        let values = texts(condition.pointer("/SourceIpConfig/Values"));
        match share_of(&values) {
            Share::World => {}
            Share::Large => asked.push(format!(
                "the attacker sends from one of {}",
                values.join(", ")
            )),
            Share::Little => return None,
        }
    }
    Some(asked)
}
