//! Instances, with their network interfaces.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use serde_json::Value;

use super::documents::{Documents, One, last, list, text, texts};
use super::open::{Open, Place, is_login};
use super::ranges::{Family, Span};
use super::rules::{Rules, groups_of};
use super::{Exposure, Likelihood, WaysIn};
use crate::facts::interfaces::InterfaceFacts;

pub(super) const TYPES: [&str; 4] = [INSTANCE, INTERFACE, ADDRESS, ASSOCIATION];

const INSTANCE: &str = "AWS::EC2::Instance";
const INTERFACE: &str = "AWS::EC2::NetworkInterface";
const ADDRESS: &str = "AWS::EC2::EIP";
const ASSOCIATION: &str = "AWS::EC2::EIPAssociation";

/// A network interface.
#[derive(Clone, Debug, Default)]
pub(super) struct Interface {
    id: String,
    vpc: String,
    subnet: String,
    groups: Option<Vec<String>>,
    private: Vec<Ipv4Addr>,
    public: Option<String>,
    ipv6: Vec<String>,
}

/// An instance.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) arn: String,
    region: String,
    /// The Auto Scaling group that it is of.
    group: Option<String>,
    metadata: Option<Value>,
    pub(super) interfaces: Vec<Interface>,
}

/// The hosts of an account.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    /// By the id of the instance.
    hosts: BTreeMap<String, Host>,
}

impl Interface {
    pub(super) fn place<'a>(&'a self, what: &'a str, region: &'a str) -> Place<'a> {
        Place {
            what,
            region,
            vpc: &self.vpc,
            subnet: &self.subnet,
            groups: self.groups.as_deref(),
            without_groups: false,
        }
    }

    pub(super) fn address(&self) -> Option<Span> {
        let first = self.private.first()?;
        Some(Span::one(IpAddr::V4(*first)))
    }

    /// Whether another document is about the same interface.
    fn is(&self, other: &Self) -> bool {
        let same = |one: &str, other: &str| !one.is_empty() && one == other;
        let near = self.vpc == other.vpc || self.vpc.is_empty() || other.vpc.is_empty();
        same(&self.id, &other.id)
            || (near && self.private.iter().any(|one| other.private.contains(one)))
            || (self.public.is_some() && self.public == other.public)
    }

    /// What another document of the same interface tells besides.
    fn learn(&mut self, other: Self) {
        for (own, theirs) in [
            (&mut self.id, other.id),
            (&mut self.vpc, other.vpc),
            (&mut self.subnet, other.subnet),
        ] {
            if own.is_empty() {
                *own = theirs;
            }
        }
        self.groups = other.groups.or(self.groups.take());
        self.public = self.public.take().or(other.public);
        for address in other.private {
            if !self.private.contains(&address) {
                self.private.push(address);
            }
        }
        for address in other.ipv6 {
            if !self.ipv6.contains(&address) {
                self.ipv6.push(address);
            }
        }
    }
}

/// Whether somebody is there who answers.
fn answers(one: &One<'_>) -> bool {
    let state = one.value.pointer("/observed/State").and_then(Value::as_str);
    !matches!(
        state,
        Some("stopped" | "stopping" | "terminated" | "shutting-down")
    )
}

impl Hosts {
    pub(super) fn read(documents: &Documents<'_>) -> Self {
        let mut hosts = Self::default();
        for one in documents.of(INSTANCE).iter().filter(|one| answers(one)) {
            hosts.read_host(one);
        }
        for one in documents.of(INTERFACE) {
            let interface = Interface {
                id: one.id("/Id").to_owned(),
                vpc: one.text("/VpcId").unwrap_or_default().to_owned(),
                subnet: one.text("/SubnetId").unwrap_or_default().to_owned(),
                groups: groups_of(&one.value, &["/config/GroupSet"]),
                private: addresses(one, &["/PrivateIpAddress"]),
                public: one.text("/PublicIp").map(str::to_owned),
                ipv6: one.texts("/Ipv6Addresses"),
            };
            let host = one.text("/InstanceId");
            let host = host.and_then(|id| hosts.hosts.get_mut(id));
            let own = |host: &&mut Host| host.interfaces.iter().any(|own| own.is(&interface));
            let host = match host {
                Some(host) => Some(host),
                None => hosts.hosts.values_mut().find(own),
            };
            if let Some(host) = host {
                host.add(interface);
            }
        }
        let addresses = documents.of(ADDRESS).iter();
        let apart = documents.of(ASSOCIATION).iter();
        for one in addresses.clone().chain(apart) {
            // One that is a document of its own names the address, or what it was allocated as.
            let allocated = one.text("/AllocationId");
            let named = || {
                let mut same = addresses.clone();
                let own = |other: &&One<'_>| other.text("/AllocationId") == allocated;
                same.find(|other| allocated.is_some() && own(other))?
                    .text("/PublicIp")
            };
            let address = one.text("/PublicIp").or_else(|| one.text("/EIP"));
            let Some(address) = address.or_else(named) else {
                continue;
            };
            let interface = one.text("/NetworkInterfaceId");
            let instance = one.text("/InstanceId");
            let found = hosts.hosts.iter_mut().find_map(|(id, host)| {
                let own = host.interfaces.iter();
                let by_id = own
                    .clone()
                    .position(|own| Some(own.id.as_str()) == interface);
                let first = || (Some(id.as_str()) == instance).then_some(0);
                let place = by_id.or_else(first)?;
                host.interfaces.get_mut(place)
            });
            if let Some(found) = found {
                found.public.get_or_insert_with(|| address.to_owned());
            }
        }
        hosts
    }

    fn read_host(&mut self, one: &One<'_>) {
        let public = one
            .text("/PublicIpAddress")
            .or_else(|| one.text("/PublicIp"));
        let ids = one.texts("/SecurityGroupIds");
        let first = Interface {
            id: String::new(),
            vpc: one.text("/VpcId").unwrap_or_default().to_owned(),
            subnet: one.text("/SubnetId").unwrap_or_default().to_owned(),
            groups: Some(ids).filter(|ids| !ids.is_empty()),
            private: addresses(one, &["/PrivateIpAddress"]),
            public: public.map(str::to_owned),
            ipv6: one.texts("/Ipv6Addresses"),
        };
        let tags = one.value.pointer("/tags/aws:autoscaling:groupName");
        let mut host = Host {
            arn: one.arn().to_owned(),
            region: one.region().to_owned(),
            group: tags.and_then(Value::as_str).map(str::to_owned),
            metadata: one.at("/MetadataOptions").cloned(),
            interfaces: vec![first],
        };
        // As CloudFormation has them.
        for (place, value) in one.list("/NetworkInterfaces").iter().enumerate() {
            let of = |pointer: &str| text(value, pointer).unwrap_or_default().to_owned();
            let address = text(value, "/PrivateIpAddress").and_then(|text| text.parse().ok());
            let ipv6 = list(value.get("Ipv6Addresses")).iter();
            let interface = Interface {
                id: of("/NetworkInterfaceId"),
                vpc: one.text("/VpcId").unwrap_or_default().to_owned(),
                subnet: of("/SubnetId"),
                groups: value.get("GroupSet").map(|set| texts(Some(set))),
                private: address.into_iter().collect(),
                public: text(value, "/PublicIp").map(str::to_owned),
                ipv6: ipv6
                    .filter_map(|one| one.as_str().or_else(|| text(one, "/Ipv6Address")))
                    .map(str::to_owned)
                    .collect(),
            };
            match host.interfaces.first_mut() {
                Some(first) if place == 0 => first.learn(interface),
                _ => host.add(interface),
            }
        }
        self.hosts.insert(one.id("/InstanceId").to_owned(), host);
    }

    /// Those that have public addresses.
    pub(super) fn add_ways(&self, rules: &Rules, ways: &mut WaysIn) {
        for host in self.hosts.values() {
            let of_host = last(&host.arn);
            for interface in &host.interfaces {
                let place = interface.place(of_host, &host.region);
                let by_ipv6 = interface.ipv6.first();
                let addresses = [
                    (Family::V4, interface.public.as_ref()),
                    (Family::V6, by_ipv6),
                ];
                for (family, address) in addresses {
                    if let Some(address) = address
                        && let Some(open) = rules.open(&place, &[family], None)
                    {
                        ways.add(&host.arn, host.exposed_at(address, open));
                    }
                }
            }
        }
    }

    /// Where they are in networks.
    pub(super) fn add_interfaces(&self, ways: &mut WaysIn) {
        for host in self.hosts.values() {
            let told = host.interfaces.iter().filter_map(|interface| {
                Some(InterfaceFacts {
                    vpc: Some(interface.vpc.clone()).filter(|vpc| !vpc.is_empty()),
                    subnet: interface.subnet.clone(),
                    address: Some(*interface.private.first()?),
                    groups: interface.groups.clone().unwrap_or_default(),
                })
            });
            let interfaces = ways.interfaces.entry(host.arn.clone()).or_default();
            interfaces.extend(told);
        }
    }

    /// The instance of an id.
    pub(super) fn of_id(&self, id: &str) -> Option<&Host> {
        self.hosts.get(id)
    }

    /// The instances of an Auto Scaling group.
    pub(super) fn of_group(&self, name: &str) -> impl Iterator<Item = &Host> {
        let hosts = self.hosts.values();
        hosts.filter(move |host| host.group.as_deref() == Some(name))
    }

    /// Whatever has an address in a VPC.
    pub(super) fn at(&self, vpc: &str, address: Ipv4Addr) -> Option<(&Host, &Interface)> {
        self.hosts.values().find_map(|host| {
            let mut own = host.interfaces.iter();
            let found = own.find(|one| one.vpc == vpc && one.private.contains(&address))?;
            Some((host, found))
        })
    }
}

impl Host {
    fn add(&mut self, interface: Interface) {
        match self.interfaces.iter_mut().find(|own| own.is(&interface)) {
            Some(own) => own.learn(interface),
            None => self.interfaces.push(interface),
        }
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    fn exposed_at(&self, address: &str, open: Open) -> Exposure {
        let (likelihood, because) = self.likelihood(open.login);
        let and = match open.by.as_str() {
            "" => String::new(),
            by => format!(", and {by}"),
        };
        Exposure {
            by: format!("{address} is public{and}"),
            likelihood,
            because,
            conditions: open.conditions,
            past: None,
        }
    }

    /// How likely somebody gets in: high if a port is open at which one logs in, medium if another port is
    /// and the instance hands the credentials of its role to a forged request (IMDSv1), so that it takes no
    /// more than a request forgery; low if neither.
    pub(super) fn likelihood(&self, login: Option<u16>) -> (Likelihood, String) {
        let option = |name: &str| self.metadata.as_ref()?.get(name)?.as_str();
        let off = option("HttpEndpoint") == Some("disabled");
        match (login.filter(|port| is_login(*port)), option("HttpTokens")) {
            (Some(port), _) => (
                Likelihood::High,
                format!("port {port} is one to log in at"),
            ),
            (None, Some("required")) => (Likelihood::Low, STRANGERS_CODE.to_owned()),
            (None, _) if off => (Likelihood::Low, STRANGERS_CODE.to_owned()),
            (None, Some(_)) => (
                Likelihood::Medium,
                "the metadata service answers version 1, so that a forged request of what listens is \
                enough for the credentials of the role"
                    .to_owned(),
            ),
            (None, None) => (
                Likelihood::Low,
                format!("{STRANGERS_CODE}, unless the metadata service answers version 1"),
            ),
        }
    }
}

pub(super) const STRANGERS_CODE: &str = "what listens would have to run code of strangers";

fn addresses(one: &One<'_>, pointers: &[&str]) -> Vec<Ipv4Addr> {
    let texts = pointers.iter().filter_map(|pointer| one.text(pointer));
    texts.filter_map(|text| text.parse().ok()).collect()
}
