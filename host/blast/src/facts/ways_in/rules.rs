//! What stands between a place in a VPC and others, read from the documents: security groups, network ACLs,
//! route tables, and what blocks all internet gateways of a region.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::documents::{Documents, list, number, text, texts};
use super::ranges::Span;
use crate::facts::networks::Traffic;

pub(in crate::facts) const TYPES: [&str; 8] = [
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::PrefixList",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::RouteTable",
    BLOCK,
    EXCLUSION,
];

const BLOCK: &str = "AWS::EC2::VPCBlockPublicAccessOptions";
const EXCLUSION: &str = "AWS::EC2::VPCBlockPublicAccessExclusion";

/// Whom a rule of a security group is about.
#[derive(Clone, Debug)]
pub(super) enum Peer {
    Range(Span),
    Group(String),
    /// A prefix list.
    List(String),
}

#[derive(Clone, Debug)]
pub(super) struct GroupRule {
    pub(super) peer: Peer,
    pub(super) traffic: Traffic,
}

/// A security group; none of what could not be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) ingress: Option<Vec<GroupRule>>,
    pub(super) egress: Option<Vec<GroupRule>>,
}

#[derive(Clone, Debug)]
pub(super) struct AclRule {
    number: i64,
    pub(super) egress: bool,
    pub(super) allows: bool,
    pub(super) range: Span,
    pub(super) traffic: Traffic,
}

/// Where a route leads, as far as the internet may come back that way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// An internet gateway.
    Internet,
    /// An endpoint or interface, behind which there may be a firewall.
    Inspection(String),
    Elsewhere,
}

/// What a route is for.
#[derive(Clone, Debug)]
pub(super) enum To {
    Range(Span),
    List(String),
}

#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) to: To,
    pub(super) next: Next,
}

#[derive(Clone, Debug, Default)]
struct Table {
    vpc: String,
    routes: Vec<Route>,
    subnets: Vec<String>,
    main: bool,
    of_gateway: bool,
}

#[derive(Debug, Default)]
struct Subnet {
    vpc: String,
    /// Its IPv4 range.
    range: Option<Span>,
    /// The account that owns it.
    owner: String,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Rules {
    groups: BTreeMap<String, Group>,
    subnets: BTreeMap<String, Subnet>,
    /// The IPv4 ranges of VPCs.
    vpcs: BTreeMap<String, Vec<Span>>,
    /// The ranges of prefix lists, as far as they were told.
    pub(super) lists: BTreeMap<String, Vec<Span>>,
    acls: BTreeMap<String, Vec<AclRule>>,
    default_acls: BTreeMap<String, Vec<AclRule>>,
    routes: BTreeMap<String, Vec<Route>>,
    main_routes: BTreeMap<String, Vec<Route>>,
    /// By VPC, behind what its internet gateway sends what comes in.
    inspected: BTreeMap<String, BTreeSet<String>>,
    /// Accounts and regions whose internet gateways let nobody in, but for what is excluded: VPCs and subnets.
    blocked: BTreeSet<(String, String)>,
    excluded: BTreeSet<String>,
    /// Whether something was asked for that is not among them.
    missed: Cell<bool>,
}

impl Rules {
    pub(super) fn read(documents: &Documents<'_>) -> Self {
        let mut rules = Self::default();
        for one in documents.of("AWS::EC2::VPC") {
            let first = one.text("/CidrBlock").map(str::to_owned);
            let ranges = one.texts("/CidrBlocks").into_iter().chain(first);
            let ranges = ranges.filter_map(|range| Span::parse(&range));
            let id = one.id("/VpcId").to_owned();
            rules.vpcs.insert(id, ranges.collect());
        }
        for one in documents.of("AWS::EC2::Subnet") {
            let range = one.text("/CidrBlock").and_then(Span::parse);
            if let Some(vpc) = one.text("/VpcId") {
                let subnet = Subnet {
                    vpc: vpc.to_owned(),
                    range,
                    owner: one.text("/OwnerId").unwrap_or(one.account()).to_owned(),
                };
                rules.subnets.insert(one.id("/SubnetId").to_owned(), subnet);
            }
        }
        rules.read_groups(documents);
        rules.read_acls(documents);
        rules.read_routes(documents);
        for one in documents.of(BLOCK) {
            let mode = one.text("/InternetGatewayBlockMode");
            if matches!(mode, Some("block-bidirectional" | "block-ingress")) {
                let place = (one.account().to_owned(), one.region().to_owned());
                rules.blocked.insert(place);
            }
        }
        // Of one that lets out alone nobody comes in.
        for one in documents.of(EXCLUSION) {
            if one.text("/InternetGatewayExclusionMode") == Some("allow-bidirectional") {
                let ids = ["/VpcId", "/SubnetId"].iter();
                let ids = ids.filter_map(|name| one.text(name));
                rules.excluded.extend(ids.map(str::to_owned));
            }
        }
        rules
    }

    fn read_groups(&mut self, documents: &Documents<'_>) {
        for one in documents.of("AWS::EC2::SecurityGroup") {
            let rules = |property: &str| {
                let rules = one.list(&format!("/{property}")).iter();
                (!one.is_unknown(property)).then(|| rules.filter_map(group_rule).collect())
            };
            // A group without rules of its own for the way out lets everything out.
            let egress = match one.at("/SecurityGroupEgress") {
                None => None,
                Some(_) => rules("SecurityGroupEgress"),
            };
            let group = Group {
                ingress: rules("SecurityGroupIngress"),
                egress,
            };
            self.groups.insert(one.id("/GroupId").to_owned(), group);
        }
        for one in documents.of("AWS::EC2::PrefixList") {
            let Some(entries) = one.at("/Entries") else {
                continue;
            };
            let ranges = list(Some(entries)).iter();
            let ranges = ranges.filter_map(|entry| Span::parse(text(entry, "/Cidr")?));
            let id = one.id("/PrefixListId").to_owned();
            self.lists.insert(id, ranges.collect());
        }
    }

    fn read_acls(&mut self, documents: &Documents<'_>) {
        for one in documents.of("AWS::EC2::NetworkAcl") {
            if one.is_unknown("Entries") {
                continue;
            }
            let mut rules: Vec<AclRule> =
                one.list("/Entries").iter().filter_map(acl_rule).collect();
            rules.sort_by_key(|rule| rule.number);
            for subnet in one.texts("/SubnetIds") {
                self.acls.insert(subnet, rules.clone());
            }
            let is_default = one.at("/IsDefault").and_then(Value::as_bool) == Some(true);
            if let (true, Some(vpc)) = (is_default, one.text("/VpcId")) {
                self.default_acls.insert(vpc.to_owned(), rules);
            }
        }
    }

    fn read_routes(&mut self, documents: &Documents<'_>) {
        let mut tables = Vec::new();
        for one in documents.of("AWS::EC2::RouteTable") {
            let Some(vpc) = one.text("/VpcId").filter(|_| !one.is_unknown("Routes")) else {
                continue;
            };
            let associations = one.list("/Associations");
            let subnets = associations.iter().filter_map(|one| text(one, "/SubnetId"));
            let table = Table {
                vpc: vpc.to_owned(),
                routes: one.list("/Routes").iter().filter_map(route).collect(),
                subnets: subnets.map(str::to_owned).collect(),
                main: associations
                    .iter()
                    .any(|one| one.get("Main").and_then(Value::as_bool) == Some(true)),
                of_gateway: associations
                    .iter()
                    .any(|one| text(one, "/GatewayId").is_some_and(|id| id.starts_with("igw-"))),
            };
            tables.push(table);
        }
        for table in tables {
            if table.of_gateway {
                let behind = table.routes.iter().filter_map(|route| match &route.next {
                    Next::Inspection(id) => Some(id.clone()),
                    Next::Internet | Next::Elsewhere => None,
                });
                let of_vpc = self.inspected.entry(table.vpc.clone()).or_default();
                of_vpc.extend(behind);
            }
            for subnet in table.subnets {
                self.routes.insert(subnet, table.routes.clone());
            }
            if table.main {
                self.main_routes.insert(table.vpc, table.routes);
            }
        }
    }

    /// Whether something was asked for that was not told: what stands in a subnet of another account knows of its own
    /// security groups alone.
    pub(super) fn has_missed(&self) -> bool {
        self.missed.get()
    }

    /// What was told, if it was.
    fn told<T>(&self, found: Option<T>) -> Option<T> {
        if found.is_none() {
            self.missed.set(true);
        }
        found
    }

    /// A security group.
    pub(super) fn group(&self, id: &str) -> Option<&Group> {
        self.told(self.groups.get(id))
    }

    /// The VPC of a subnet; empty if that was not told.
    pub(super) fn vpc_of(&self, subnet: &str) -> &str {
        self.subnets.get(subnet).map_or("", |subnet| &subnet.vpc)
    }

    /// The ranges of subnets; none if any was not told.
    pub(super) fn ranges_of(&self, subnets: &[String]) -> Option<Vec<Span>> {
        let mut ranges = Vec::new();
        for subnet in subnets {
            ranges.push(self.subnets.get(subnet)?.range?);
        }
        (!ranges.is_empty()).then_some(ranges)
    }

    /// Whether an address is one of a VPC, as far as its ranges were told.
    pub(super) fn is_inside(&self, vpc: &str, address: &Span) -> bool {
        let ranges = self.vpcs.get(vpc).into_iter().flatten();
        ranges.clone().any(|range| range.covers(address))
    }

    /// The routes of a subnet: those of its own table, or of the VPC's main table.
    pub(super) fn routes(&self, subnet: &str, vpc: &str) -> Option<&[Route]> {
        let routes = self.routes.get(subnet);
        let routes = routes.or_else(|| self.main_routes.get(vpc));
        self.told(routes).map(Vec::as_slice)
    }

    /// The network ACL of a subnet, by the numbers of its rules.
    pub(super) fn acl(&self, subnet: &str, vpc: &str) -> Option<&[AclRule]> {
        let acl = self.acls.get(subnet);
        let acl = acl.or_else(|| self.default_acls.get(vpc));
        self.told(acl).map(Vec::as_slice)
    }

    /// Whether the internet gateway of a VPC sends what comes in through this, too.
    pub(super) fn is_inspected(&self, vpc: &str, by: &str) -> bool {
        self.inspected.get(vpc).is_some_and(|ids| ids.contains(by))
    }

    /// Whether internet gateways let nobody in to a subnet, by the word of its owner. Source: Amazon VPC User Guide,
    /// "Block public access to VPCs and subnets".
    pub(super) fn is_blocked(&self, region: &str, vpc: &str, subnet: &str) -> bool {
        let excluded = self.excluded.contains(vpc) || self.excluded.contains(subnet);
        if excluded || self.blocked.is_empty() {
            return false;
        }
        let owner = self.told(self.subnets.get(subnet));
        let owner = owner.map(|subnet| &subnet.owner);
        let mut blocked = self.blocked.iter();
        let blocked =
            blocked.any(|(account, of)| of == region && owner.is_none_or(|owner| owner == account));
        blocked && !excluded
    }
}

/// Ports that do not fit are those of no rule; `-1` is all of them.
fn ports(value: &Value) -> (Option<i32>, Option<i32>) {
    let one = |name: &str| number(value, name).and_then(|port| i32::try_from(port).ok());
    (one("/FromPort"), one("/ToPort"))
}

/// A protocol, by name or number, which may be a text.
fn protocol(value: &Value, name: &str) -> Option<String> {
    let told = value.pointer(name)?;
    let told = told.as_str().map(str::to_owned);
    told.or_else(|| number(value, name).map(|number| number.to_string()))
}

fn group_rule(rule: &Value) -> Option<GroupRule> {
    let of = |name: &str| text(rule, name);
    let range = of("/CidrIp").or_else(|| of("/CidrIpv6"));
    let group = of("/SourceSecurityGroupId").or_else(|| of("/DestinationSecurityGroupId"));
    let prefixes = of("/SourcePrefixListId").or_else(|| of("/DestinationPrefixListId"));
    let peer = match (range, group, prefixes) {
        (Some(range), ..) => Peer::Range(Span::parse(range)?),
        (None, Some(group), _) => Peer::Group(group.to_owned()),
        (None, None, Some(prefixes)) => Peer::List(prefixes.to_owned()),
        (None, None, None) => return None,
    };
    let (from, to) = ports(rule);
    Some(GroupRule {
        peer,
        traffic: Traffic::new(&protocol(rule, "/IpProtocol")?, from, to)?,
    })
}

fn acl_rule(entry: &Value) -> Option<AclRule> {
    let range = text(entry, "/CidrBlock").or_else(|| text(entry, "/Ipv6CidrBlock"))?;
    let port = |name: &str| number(entry, name).and_then(|port| i32::try_from(port).ok());
    let (from, to) = (port("/PortRange/From"), port("/PortRange/To"));
    Some(AclRule {
        number: number(entry, "/RuleNumber")?,
        egress: entry
            .get("Egress")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
        allows: text(entry, "/RuleAction") == Some("allow"),
        range: Span::parse(range)?,
        traffic: Traffic::new(&protocol(entry, "/Protocol")?, from, to)?,
    })
}

fn route(route: &Value) -> Option<Route> {
    let of = |name: &str| text(route, name);
    let range = of("/DestinationCidrBlock").or_else(|| of("/DestinationIpv6CidrBlock"));
    let to = match (range, of("/DestinationPrefixListId")) {
        (Some(range), _) => To::Range(Span::parse(range)?),
        (None, Some(prefixes)) => To::List(prefixes.to_owned()),
        (None, None) => return None,
    };
    let gateway = of("/GatewayId").unwrap_or_default();
    let through = [
        of("/VpcEndpointId"),
        of("/NetworkInterfaceId"),
        of("/GatewayId"),
    ];
    let through = through.into_iter().flatten();
    let mut through = through.filter(|id| id.starts_with("vpce-") || id.starts_with("eni-"));
    let next = match through.next() {
        _ if of("/State") == Some("blackhole") => Next::Elsewhere,
        _ if gateway.starts_with("igw-") => Next::Internet,
        Some(id) => Next::Inspection(id.to_owned()),
        None => Next::Elsewhere,
    };
    Some(Route { to, next })
}

/// The security groups that a document names under any of these.
pub(super) fn groups_of(value: &Value, pointers: &[&str]) -> Option<Vec<String>> {
    let mut named = pointers.iter().filter_map(|pointer| value.pointer(pointer));
    named.next().map(|names| texts(Some(names)))
}
