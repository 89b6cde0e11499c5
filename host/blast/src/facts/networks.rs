//! The networks of an account: subnets with their routes, network ACLs and security groups. IPv4 alone,
//! because joined networks have that in common.
//!
//! Of default VPCs, which every account has in every region, nothing is kept unless a host is in one or
//! something leads out of the account: they cannot be shared, so nobody else is in them either.
//! Source: Amazon VPC User Guide, "Share your VPC subnets with other accounts".

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use blastwall_model::resources::ec2::{NetworkAclEntry, Route, RouteTableConfig, Rule};
use blastwall_model::resources::{
    NetworkAclKind, RouteTableKind, SecurityGroupKind, SubnetKind, VpcKind,
    VpcPeeringConnectionKind,
};
use blastwall_model::{Document, Field, Kind, Resource};
use ipnet::Ipv4Net;
use serde_json::Value;

use super::interfaces::used_networks;
use super::prefix_lists::{PREFIX_LIST, PrefixLists, of_ranges, prefix_lists, to_ranges};
use super::subnet_shares::{self, SubnetShares};
use super::transit::{self, TransitFacts};

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    [
        NetworkAclKind::TYPE,
        RouteTableKind::TYPE,
        SecurityGroupKind::TYPE,
        SubnetKind::TYPE,
        VpcKind::TYPE,
        VpcPeeringConnectionKind::TYPE,
    ]
    .into_iter()
    .chain(transit::TYPES)
    .chain([subnet_shares::SHARE, PREFIX_LIST])
}

/// Where a host is in a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) vpc: String,
    pub(crate) subnet: String,
    /// Its address, or where that is.
    pub(crate) range: Ipv4Net,
    /// Its security groups.
    pub(crate) groups: Vec<String>,
}

impl Host {
    pub(crate) fn address(&self) -> std::net::Ipv4Addr {
        self.range.addr()
    }

    /// Whether it has an address at which it takes connections.
    pub(crate) fn listens(&self) -> bool {
        self.range.prefix_len() == self.range.max_prefix_len()
    }
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subnet {
    pub(crate) vpc: String,
    pub(crate) range: Ipv4Net,
    /// The accounts that tell of it: its owner, and those that it is shared with.
    pub(crate) told_by: BTreeSet<String>,
}

/// The accounts that own something, as far as is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owners {
    /// Those that documents name.
    named: BTreeSet<String>,
    /// Those in the ARNs of documents, which may be of whoever sees it.
    by_arn: BTreeSet<String>,
}

impl Owners {
    fn add(&mut self, named: Option<&str>, by_arn: &str) {
        self.named.extend(named.map(str::to_owned));
        self.by_arn.insert(by_arn.to_owned());
    }

    /// Those that are named, or else the others.
    pub(crate) fn all(&self) -> &BTreeSet<String> {
        if self.named.is_empty() {
            return &self.by_arn;
        }
        &self.named
    }

    fn extend(&mut self, other: Self) {
        self.named.extend(other.named);
        self.by_arn.extend(other.by_arn);
    }
}

/// A route of a subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteFacts {
    pub(crate) to: Destination,
    pub(crate) next: NextHop,
}

/// What a route is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Range(Ipv4Net),
    /// The ranges of a prefix list, which are not collected.
    List(String),
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NextHop {
    Peering(String),
    TransitGateway(String),
    /// To whatever is in the VPC itself.
    Local,
    /// To a network interface, a NAT gateway or an endpoint, behind which an appliance may be.
    Appliance(String),
    /// Nowhere: a blackhole.
    Nowhere,
    /// Into no network of ours.
    Elsewhere,
}

/// What decides about a subnet: its own route table or network ACL, or that of its VPC.
#[derive(Clone, Debug)]
pub(crate) struct BySubnet<T> {
    own: BTreeMap<String, T>,
    of_vpc: BTreeMap<String, T>,
}

impl<T> Default for BySubnet<T> {
    fn default() -> Self {
        Self {
            own: BTreeMap::new(),
            of_vpc: BTreeMap::new(),
        }
    }
}

impl<T> BySubnet<T> {
    pub(crate) fn get(&self, subnet: &str, vpc: &str) -> Option<&T> {
        self.own.get(subnet).or_else(|| self.of_vpc.get(vpc))
    }

    fn extend(&mut self, other: Self) {
        self.own.extend(other.own);
        self.of_vpc.extend(other.of_vpc);
    }
}

/// A rule of a network ACL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AclRule {
    pub(crate) egress: bool,
    pub(crate) allows: bool,
    pub(crate) range: Ipv4Net,
    pub(crate) traffic: Traffic,
}

/// Whom a rule of a security group is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Range(Ipv4Net),
    Group(String),
    /// The ranges of a prefix list, which are not collected.
    List(String),
}

/// A rule of a security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupRule {
    pub(crate) peer: Peer,
    pub(crate) traffic: Traffic,
}

/// The rules of a security group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SecurityGroupFacts {
    pub(crate) vpc: Option<String>,
    /// The account that owns it.
    pub(crate) owner: String,
    pub(crate) ingress: Vec<GroupRule>,
    pub(crate) egress: Vec<GroupRule>,
}

/// A protocol with ports, and which of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Traffic {
    /// Its number; none is every protocol.
    pub(crate) protocol: Option<u8>,
    /// The first port and the last.
    ports: (u16, u16),
}

/// The number of TCP. Source: IANA, "Protocol Numbers".
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;

impl Traffic {
    /// None for protocols without ports, by which no service is reached.
    pub(super) fn new(protocol: &str, from: Option<i32>, to: Option<i32>) -> Option<Self> {
        let protocol = match protocol {
            "-1" | "all" => None,
            "tcp" | "6" => Some(TCP),
            "udp" | "17" => Some(UDP),
            _ => return None,
        };
        let port = |port: Option<i32>, other: u16| {
            let port = port.filter(|port| *port >= 0 && protocol.is_some());
            port.map_or(Some(other), |port| u16::try_from(port).ok())
        };
        Some(Self {
            protocol,
            ports: (port(from, 0)?, port(to, u16::MAX)?),
        })
    }

    /// Every port of every protocol.
    pub(crate) const EVERYTHING: Self = Self {
        protocol: None,
        ports: (0, u16::MAX),
    };

    pub(crate) fn ports(&self) -> RangeInclusive<u16> {
        self.ports.0..=self.ports.1
    }

    pub(crate) fn covers(&self, protocol: u8, port: u16) -> bool {
        self.protocol.is_none_or(|own| own == protocol) && self.ports().contains(&port)
    }

    /// In words: `tcp 443`.
    pub(crate) fn words(&self) -> String {
        let protocol = match self.protocol {
            None => return "all ports".to_owned(),
            Some(UDP) => "udp",
            Some(_) => "tcp",
        };
        match self.ports {
            (0, u16::MAX) => format!("all {protocol} ports"),
            (from, to) if from == to => format!("{protocol} port {from}"),
            (from, to) => format!("{protocol} ports {from} to {to}"),
        }
    }
}

/// One end of a peering connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PeeringEnd {
    pub(crate) vpc: String,
    pub(crate) account: String,
}

/// What is known of the networks.
#[derive(Clone, Debug, Default)]
pub(crate) struct NetworkFacts {
    /// The ranges of VPCs.
    ranges: BTreeMap<String, BTreeSet<Ipv4Net>>,
    /// The accounts that own VPCs.
    pub(crate) owners: BTreeMap<String, Owners>,
    pub(crate) subnets: BTreeMap<String, Subnet>,
    pub(crate) routes: BySubnet<Vec<RouteFacts>>,
    pub(crate) acls: BySubnet<Vec<AclRule>>,
    pub(crate) groups: BTreeMap<String, SecurityGroupFacts>,
    /// Active peering connections, by id.
    pub(crate) peerings: BTreeMap<String, [PeeringEnd; 2]>,
    /// Those between two regions, whose sides do not know each other's security groups. Source: Amazon VPC
    /// Peering Guide, "Update your security groups to reference peer security groups".
    pub(crate) far: BTreeSet<String>,
    pub(crate) transit: TransitFacts,
    pub(crate) shares: SubnetShares,
}

impl NetworkFacts {
    /// Reads the networks of an account.
    pub(super) fn read<'a>(documents: impl Iterator<Item = &'a Document> + Clone) -> Self {
        let mut facts = Self {
            transit: TransitFacts::read(documents.clone()),
            ..Self::default()
        };
        let lists = prefix_lists(documents.clone());
        for connection in all::<VpcPeeringConnectionKind>(documents.clone()) {
            facts.add_peering(&connection);
        }
        for share in documents.clone() {
            facts.shares.add(share);
        }
        for table in all::<RouteTableKind>(documents.clone()) {
            facts.add_routes(&table.config, &lists);
        }
        let mut unused = BTreeSet::new();
        if !facts.leads_out() {
            let defaults = all::<VpcKind>(documents.clone())
                .filter(|vpc| vpc.observed.is_default.known() == Some(&true));
            unused.extend(defaults.filter_map(|vpc| vpc.config.vpc_id.known().cloned()));
            let (vpcs, subnets) = used_networks(documents.clone());
            unused.retain(|vpc| !vpcs.contains(vpc));
            for subnet in all::<SubnetKind>(documents.clone()) {
                let id = subnet.config.subnet_id.known();
                if id.is_some_and(|id| subnets.contains(id)) {
                    unused.retain(|vpc| Some(vpc) != subnet.config.vpc_id.known());
                }
            }
        }
        let is_used = |vpc: Option<&String>| vpc.is_none_or(|vpc| !unused.contains(vpc));
        facts.routes.of_vpc.retain(|vpc, _| is_used(Some(vpc)));
        for table in all::<RouteTableKind>(documents.clone()) {
            if !is_used(table.config.vpc_id.known()) {
                let associations = table.config.associations.known().into_iter().flatten();
                for subnet in associations.filter_map(|one| one.subnet_id.as_ref()) {
                    facts.routes.own.remove(subnet);
                }
            }
        }
        let used = documents.clone().filter(|document| {
            let kinds = [VpcKind::TYPE, SubnetKind::TYPE];
            kinds.contains(&document.kind.as_str())
        });
        for document in used {
            facts.add_place(document, &is_used);
        }
        for acl in all::<NetworkAclKind>(documents.clone()) {
            if is_used(acl.config.vpc_id.known()) {
                facts.add_acl(&acl);
            }
        }
        for group in all::<SecurityGroupKind>(documents) {
            if is_used(group.config.vpc_id.known()) {
                facts.add_group(&group, &lists);
            }
        }
        facts
    }

    /// Whether something joins networks of the account to others.
    fn leads_out(&self) -> bool {
        let tables = self.routes.own.values().chain(self.routes.of_vpc.values());
        let leads =
            |next: &NextHop| matches!(next, NextHop::Peering(_) | NextHop::TransitGateway(_));
        !self.peerings.is_empty()
            || !self.transit.is_empty()
            || tables.flatten().any(|route| leads(&route.next))
    }

    fn add_routes(&mut self, config: &RouteTableConfig, lists: &PrefixLists) {
        let (Some(vpc), Some(routes)) = (config.vpc_id.known(), told(&config.routes)) else {
            return;
        };
        let routes = routes.iter().filter_map(route);
        let routes: Vec<_> = routes.flat_map(|route| to_ranges(route, lists)).collect();
        for association in config.associations.known().into_iter().flatten() {
            let place = match (&association.subnet_id, association.main) {
                (Some(subnet), _) => (&mut self.routes.own, subnet),
                (None, true) => (&mut self.routes.of_vpc, vpc),
                (None, false) => continue,
            };
            place.0.insert(place.1.clone(), routes.clone());
        }
    }

    /// Adds a VPC or a subnet.
    fn add_place(&mut self, document: &Document, is_used: &impl Fn(Option<&String>) -> bool) {
        // CloudFormation's VPCs have no owner, as AWS's answers do.
        let value: Option<Value> = serde_json::from_str(document.json()).ok();
        let owner = value
            .as_ref()
            .and_then(|value| value.pointer("/observed/OwnerId"));
        let owner = owner.and_then(Value::as_str);
        let mut owned = |vpc: &String| {
            let owners = self.owners.entry(vpc.clone()).or_default();
            owners.add(owner, document.arn.account());
        };
        if document.kind == VpcKind::TYPE
            && let Ok(vpc) = document.to::<VpcKind>()
        {
            let Some(id) = vpc.config.vpc_id.known().filter(|id| is_used(Some(id))) else {
                return;
            };
            owned(id);
            let first = vpc.config.cidr_block.known();
            let further = vpc.observed.cidr_blocks.known();
            let ranges = first.into_iter().chain(further.into_iter().flatten());
            let ranges = ranges.filter_map(|range| range.parse::<Ipv4Net>().ok());
            self.ranges.entry(id.clone()).or_default().extend(ranges);
        } else if let Ok(subnet) = document.to::<SubnetKind>() {
            let config = &subnet.config;
            let range = config.cidr_block.known().and_then(|it| it.parse().ok());
            let vpc = config.vpc_id.known().filter(|vpc| is_used(Some(vpc)));
            if let (Some(id), Some(vpc), Some(range)) = (config.subnet_id.known(), vpc, range) {
                owned(vpc);
                let told = Subnet {
                    vpc: vpc.clone(),
                    range,
                    told_by: BTreeSet::from([document.account.to_string()]),
                };
                self.add_subnet(id.clone(), told);
            }
        }
    }

    fn add_subnet(&mut self, id: String, told: Subnet) {
        match self.subnets.get_mut(&id) {
            Some(known) => known.told_by.extend(told.told_by),
            None => {
                self.subnets.insert(id, told);
            }
        }
    }

    fn add_acl(&mut self, acl: &Resource<NetworkAclKind>) {
        let config = &acl.config;
        let Some(entries) = told(&config.entries) else {
            return;
        };
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by_key(|entry| entry.rule_number);
        let rules: Vec<_> = entries.into_iter().filter_map(acl_rule).collect();
        for subnet in config.subnet_ids.known().into_iter().flatten() {
            self.acls.own.insert(subnet.clone(), rules.clone());
        }
        if let (Some(vpc), Some(true)) = (config.vpc_id.known(), acl.observed.is_default.known()) {
            self.acls.of_vpc.insert(vpc.clone(), rules);
        }
    }

    fn add_group(&mut self, group: &Resource<SecurityGroupKind>, lists: &PrefixLists) {
        let config = &group.config;
        // A group that does not say what it lets out lets out everything. Source: AWS CloudFormation Template
        // Reference, `AWS::EC2::SecurityGroup`.
        let everything = [Rule {
            ip_protocol: "-1".to_owned(),
            cidr_ip: Some("0.0.0.0/0".to_owned()),
            ..Rule::default()
        }];
        let egress = match &config.security_group_egress {
            Field::Absent(_) => Some(everything.as_slice()),
            other => told(other),
        };
        if let (Some(id), Some(ingress), Some(egress)) = (
            config.group_id.known(),
            told(&config.security_group_ingress),
            egress,
        ) {
            let rules = |rules: &[Rule]| {
                let rules = rules.iter().filter_map(group_rule);
                rules.flat_map(|rule| of_ranges(rule, lists)).collect()
            };
            let group = SecurityGroupFacts {
                vpc: config.vpc_id.known().cloned(),
                owner: group.arn.account().to_owned(),
                ingress: rules(ingress),
                egress: rules(egress),
            };
            self.groups.insert(id.clone(), group);
        }
    }

    fn add_peering(&mut self, connection: &Resource<VpcPeeringConnectionKind>) {
        let (config, observed) = (&connection.config, &connection.observed);
        let active = observed.status.known();
        if active.is_some_and(|status| status != "active") {
            return;
        }
        let account = connection.account.as_str();
        let end = |vpc: Option<&String>, owner: Option<&String>| {
            Some(PeeringEnd {
                vpc: vpc?.clone(),
                account: owner.map_or(account, String::as_str).to_owned(),
            })
        };
        if let (Some(id), Some(asked), Some(peer)) = (
            config.id.known(),
            end(config.vpc_id.known(), observed.owner_id.known()),
            end(config.peer_vpc_id.known(), config.peer_owner_id.known()),
        ) {
            let own = observed
                .region
                .known()
                .map_or(&*connection.region, String::as_str);
            if config
                .peer_region
                .known()
                .is_some_and(|region| region != own)
            {
                self.far.insert(id.clone());
            }
            self.peerings.insert(id.clone(), [asked, peer]);
        }
    }

    /// The ranges of a VPC: its own, or if it was not told, those of its subnets.
    pub(crate) fn ranges_of(&self, vpc: &str) -> Vec<Ipv4Net> {
        if let Some(ranges) = self.ranges.get(vpc).filter(|ranges| !ranges.is_empty()) {
            return ranges.iter().copied().collect();
        }
        let own = self.subnets.values().filter(|subnet| subnet.vpc == vpc);
        own.map(|subnet| subnet.range).collect()
    }

    /// The ranges that are told of a VPC.
    pub(crate) fn told_ranges(&self, vpc: &str) -> impl Iterator<Item = Ipv4Net> + '_ {
        self.ranges.get(vpc).into_iter().flatten().copied()
    }

    /// Takes in what is known of other accounts. Ids of networks are unique across accounts.
    pub(crate) fn extend(&mut self, other: Self) {
        for (vpc, ranges) in other.ranges {
            self.ranges.entry(vpc).or_default().extend(ranges);
        }
        for (vpc, owners) in other.owners {
            self.owners.entry(vpc).or_default().extend(owners);
        }
        for (id, told) in other.subnets {
            self.add_subnet(id, told);
        }
        self.routes.extend(other.routes);
        self.acls.extend(other.acls);
        self.groups.extend(other.groups);
        self.peerings.extend(other.peerings);
        self.far.extend(other.far);
        self.transit.extend(other.transit);
        self.shares.extend(other.shares);
    }
}

pub(super) fn all<'a, K: Kind>(
    documents: impl Iterator<Item = &'a Document>,
) -> impl Iterator<Item = Resource<K>> {
    documents
        .filter(|document| document.kind == K::TYPE)
        .filter_map(|document| document.to::<K>().ok())
}

/// What a list says; one that is left out is empty, one that could not be read says nothing.
fn told<T>(field: &Field<Vec<T>>) -> Option<&[T]> {
    match field {
        Field::Known(all) => Some(all),
        Field::Absent(_) => Some(&[]),
        Field::Unknown(_) => None,
    }
}

fn route(route: &Route) -> Option<RouteFacts> {
    let range = route.destination_cidr_block.as_deref();
    let range = range.and_then(|range| range.parse().ok());
    let list = || route.destination_prefix_list_id.clone();
    let peering = || route.vpc_peering_connection_id.clone();
    let gateway = route.gateway_id.as_deref();
    let appliance = || {
        let endpoint = gateway.filter(|gateway| gateway.starts_with("vpce-"));
        let interface = route.network_interface_id.as_deref();
        let through = interface.or(route.nat_gateway_id.as_deref()).or(endpoint)?;
        Some(NextHop::Appliance(through.to_owned()))
    };
    let next = if route.state.as_deref() == Some("blackhole") {
        NextHop::Nowhere
    } else if let Some(gateway) = route.transit_gateway_id.clone() {
        NextHop::TransitGateway(gateway)
    } else if gateway == Some("local") {
        NextHop::Local
    } else {
        let peering = peering().map(NextHop::Peering);
        peering.or_else(appliance).unwrap_or(NextHop::Elsewhere)
    };
    Some(RouteFacts {
        to: range
            .map(Destination::Range)
            .or_else(|| list().map(Destination::List))?,
        next,
    })
}

fn acl_rule(entry: &NetworkAclEntry) -> Option<AclRule> {
    let ports = entry.port_range.as_ref();
    Some(AclRule {
        egress: entry.egress,
        allows: entry.rule_action == "allow",
        range: entry.cidr_block.as_deref()?.parse().ok()?,
        traffic: Traffic::new(
            &entry.protocol,
            ports.map(|ports| ports.from),
            ports.map(|ports| ports.to),
        )?,
    })
}

fn group_rule(rule: &Rule) -> Option<GroupRule> {
    let range = rule.cidr_ip.as_deref().and_then(|range| range.parse().ok());
    let group = rule
        .source_security_group_id
        .as_ref()
        .or(rule.destination_security_group_id.as_ref());
    let list = rule
        .source_prefix_list_id
        .as_ref()
        .or(rule.destination_prefix_list_id.as_ref());
    Some(GroupRule {
        peer: range
            .map(Peer::Range)
            .or_else(|| group.cloned().map(Peer::Group))
            .or_else(|| list.cloned().map(Peer::List))?,
        traffic: Traffic::new(&rule.ip_protocol, rule.from_port, rule.to_port)?,
    })
}
