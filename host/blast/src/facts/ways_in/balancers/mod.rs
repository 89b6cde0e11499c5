//! Load balancers that face the internet, and what they forward to.
//!
//! Sources: Elastic Load Balancing, "Listener rules for your Application Load Balancer", "Security groups for
//! your Network Load Balancer", "Edit target group attributes" (client IP preservation).

mod read;

use std::net::{IpAddr, Ipv4Addr};

use self::read::{Balancer, Kind, Listener, TargetGroup, Told, name_of};
use super::documents::{Documents, last};
use super::hosts::{Host, Hosts, Interface, STRANGERS_CODE};
use super::open::{Open, Place, Sender, is_login};
use super::ranges::Span;
use super::rules::Rules;
use super::tasks::Tasks;
use super::{Exposure, Likelihood, Past, ToAddress, WaysIn, function_of};
use crate::facts::networks::{TCP, UDP};

pub(super) use self::read::{TYPES, web_acls};

/// The load balancers of an account, with what they forward to.
pub(super) struct Balancers<'a> {
    told: Told,
    rules: &'a Rules,
    hosts: &'a Hosts,
    tasks: &'a Tasks,
}

/// Something that opens connections to targets, on behalf of strangers.
struct Front<'a> {
    /// What strangers come by, in words.
    by: String,
    kind: Kind,
    sender: Sender<'a>,
    conditions: Vec<String>,
    account: &'a str,
    partition: &'a str,
    region: &'a str,
    /// Load balancers on the way that are not entered again.
    depth: u8,
    /// Whether targets see the load balancer as the sender whoever the client is, as they do of what comes
    /// through an endpoint. Source: Elastic Load Balancing, "Edit target group attributes", on AWS PrivateLink.
    hides_client: bool,
}

impl<'a> Balancers<'a> {
    pub(super) fn read(
        documents: &Documents<'_>,
        rules: &'a Rules,
        hosts: &'a Hosts,
        tasks: &'a Tasks,
    ) -> Self {
        Self {
            told: Told::read(documents),
            rules,
            hosts,
            tasks,
        }
    }

    /// Adds what strangers reach through those that face the internet.
    pub(super) fn add_ways(&self, ways: &mut WaysIn) {
        for balancer in self.told.balancers.iter().filter(|one| one.faces_internet) {
            for listener in &balancer.listeners {
                let Some(open) = self.opens(balancer, listener.at) else {
                    continue;
                };
                let port = listener.at.map(|(_, port)| format!(" at port {port}"));
                let front = self.front(
                    balancer,
                    format!(
                        "the load balancer {} is on the internet{}",
                        balancer.name,
                        port.unwrap_or_default()
                    ),
                    open.conditions,
                    0,
                );
                self.forward(&front, listener, ways);
            }
        }
    }

    /// The ranges of subnets; none if any was not told.
    pub(super) fn ranges_of(&self, subnets: &[String]) -> Option<Vec<Span>> {
        self.rules.ranges_of(subnets)
    }

    /// What comes to a load balancer in the network from something that is called from elsewhere: by the ARN of
    /// a listener, or of the load balancer. Without a sender it comes through an endpoint.
    pub(super) fn add_ways_behind(
        &self,
        arn: &str,
        sender: Option<&Sender<'_>>,
        by: &str,
        ways: &mut WaysIn,
    ) {
        for balancer in &self.told.balancers {
            for listener in &balancer.listeners {
                if listener.arn != arn && balancer.arn != arn {
                    continue;
                }
                let Some(conditions) = self.let_in(balancer, listener.at, sender, by) else {
                    continue;
                };
                let by = format!("{by}, behind which is the load balancer {}", balancer.name);
                let front = Front {
                    hides_client: sender.is_none(),
                    ..self.front(balancer, by, conditions, 1)
                };
                self.forward(&front, listener, ways);
            }
        }
    }

    /// Whether a load balancer lets in a sender of the network, in any of its subnets.
    fn let_in(
        &self,
        balancer: &Balancer,
        at: Option<(u8, u16)>,
        sender: Option<&Sender<'_>>,
        by: &str,
    ) -> Option<Vec<String>> {
        if balancer.groups.is_empty() && balancer.kind == Kind::Network {
            return Some(Vec::new());
        }
        // What comes through endpoints may be let in whatever the groups say.
        if sender.is_none() && balancer.lets_in_endpoints {
            return Some(Vec::new());
        }
        let Some(sender) = sender else {
            let what = format!(
                "the security groups of {} let in what comes by {by}",
                balancer.name
            );
            return Some(vec![what]);
        };
        let places = self.places(balancer).into_iter();
        places
            .filter_map(|place| {
                self.rules
                    .admits(sender, &place, None, at.map(|(_, port)| port))
            })
            .min_by_key(Vec::len)
    }

    fn places<'b>(&'b self, balancer: &'b Balancer) -> Vec<Place<'b>> {
        let in_subnet = |subnet: &'b str| Place {
            what: &balancer.name,
            region: &balancer.region,
            vpc: self.rules.vpc_of(subnet),
            subnet,
            groups: Some(balancer.groups.as_slice()),
            without_groups: balancer.kind == Kind::Network && balancer.groups.is_empty(),
        };
        match balancer.subnets.as_slice() {
            [] => vec![in_subnet("")],
            subnets => subnets.iter().map(|subnet| in_subnet(subnet)).collect(),
        }
    }

    /// How strangers come to a port of a load balancer: in one of its subnets is enough.
    fn opens(&self, balancer: &Balancer, at: Option<(u8, u16)>) -> Option<Open> {
        let places = self.places(balancer).into_iter();
        places
            .filter_map(|place| self.rules.open(&place, &balancer.families, at))
            .min_by_key(|open| open.conditions.len())
    }

    fn front<'b>(
        &'b self,
        balancer: &'b Balancer,
        by: String,
        conditions: Vec<String>,
        depth: u8,
    ) -> Front<'b> {
        let filter = balancer.filter.as_ref();
        let filter = filter.map(|name| format!(" and filtered by the web ACL {name}"));
        Front {
            by: format!("{by}{}", filter.unwrap_or_default()),
            kind: balancer.kind,
            sender: Sender {
                what: &balancer.name,
                groups: &balancer.groups,
                subnets: &balancer.subnets,
                from: self.rules.ranges_of(&balancer.subnets),
            },
            conditions,
            account: &balancer.account,
            partition: &balancer.partition,
            region: &balancer.region,
            depth,
            hides_client: false,
        }
    }

    fn forward(&self, front: &Front<'_>, listener: &Listener, ways: &mut WaysIn) {
        for forward in &listener.forwards {
            let Some(group) = self.told.groups.get(&forward.group) else {
                continue;
            };
            let conditions = front.conditions.iter().chain(&forward.conditions);
            let conditions: Vec<String> = conditions.cloned().collect();
            for (id, port) in &group.targets {
                let port = port.or(group.port);
                match group.kind.as_str() {
                    "lambda" => add_function(front, &forward.group, id, &conditions, ways),
                    "alb" => self.add_balancer(front, group, id, port, &conditions, ways),
                    "ip" => self.add_address(front, group, id, port, &conditions, ways),
                    _ => {
                        if let Some(host) = self.hosts.of_id(id) {
                            self.add_host(front, group, host, None, port, &conditions, ways);
                        }
                    }
                }
            }
            for name in &group.scaling {
                for host in self.hosts.of_group(name) {
                    self.add_host(front, group, host, None, group.port, &conditions, ways);
                }
            }
            self.add_tasks(front, group, &forward.group, &conditions, ways);
        }
    }

    /// An instance lets in what comes from the load balancer: at one of its interfaces.
    #[expect(clippy::too_many_arguments, reason = "one step of the way each")]
    fn add_host(
        &self,
        front: &Front<'_>,
        group: &TargetGroup,
        host: &Host,
        interface: Option<&Interface>,
        port: Option<u16>,
        conditions: &[String],
        ways: &mut WaysIn,
    ) {
        // An instance is a target by its first interface.
        let Some(interface) = interface.or_else(|| host.interfaces.first()) else {
            return;
        };
        let place = interface.place(last(&host.arn), host.region());
        let Some(more) = self.reaches(front, group, &place, interface.address(), port) else {
            return;
        };
        let login = port.filter(|port| front.kind != Kind::Application && is_login(*port));
        let (likelihood, because) = host.likelihood(login);
        let exposure = exposure(front, conditions, more, None);
        ways.add(
            &host.arn,
            Exposure {
                likelihood,
                because,
                ..exposure
            },
        );
    }

    /// What would have to be the case for a target to let in what a front sends; none if it does not.
    fn reaches(
        &self,
        front: &Front<'_>,
        group: &TargetGroup,
        place: &Place<'_>,
        address: Option<Span>,
        port: Option<u16>,
    ) -> Option<Vec<String>> {
        // Instances, and targets of UDP, see the address of the client unless it is said otherwise.
        let datagrams = group.over_udp || group.over_both;
        let usual = group.kind == "instance" || group.kind == "alb" || datagrams;
        let chosen = group.preserves.filter(|_| !datagrams);
        let preserves =
            front.kind == Kind::Network && !front.hides_client && chosen.unwrap_or(usual);
        if !preserves {
            return self.rules.admits(&front.sender, place, address, port);
        }
        let protocols = match (group.over_udp, group.over_both) {
            (_, true) => &[TCP, UDP][..],
            (true, _) => &[UDP],
            (false, _) => &[TCP],
        };
        let as_client = protocols.iter().filter_map(|protocol| {
            let wanted = port.map(|port| (*protocol, port));
            self.rules.open_behind(place, wanted)
        });
        let by_group = Sender {
            from: Some(Vec::new()),
            ..front.sender.clone()
        };
        let by_group = self.rules.admits(&by_group, place, address, port);
        let both = as_client.map(|open| open.conditions).chain(by_group);
        both.min_by_key(Vec::len)
    }

    fn add_address(
        &self,
        front: &Front<'_>,
        group: &TargetGroup,
        id: &str,
        port: Option<u16>,
        conditions: &[String],
        ways: &mut WaysIn,
    ) {
        let Ok(address) = id.parse::<Ipv4Addr>() else {
            return;
        };
        if let Some((host, interface)) = self.hosts.at(&group.vpc, address) {
            self.add_host(front, group, host, Some(interface), port, conditions, ways);
            return;
        }
        let span = Span::one(IpAddr::V4(address));
        let what = format!(
            "the network ways and security groups of {address} let in {}",
            front.sender.what
        );
        ways.to_addresses.push(ToAddress {
            vpc: group.vpc.clone(),
            inside: self.rules.is_inside(&group.vpc, &span),
            address,
            exposure: exposure(front, conditions, vec![what], None),
        });
    }

    fn add_tasks(
        &self,
        front: &Front<'_>,
        group: &TargetGroup,
        name: &str,
        conditions: &[String],
        ways: &mut WaysIn,
    ) {
        // Services name a classic load balancer by its name.
        let name = name.split('#').next().unwrap_or_default();
        let name = match front.kind {
            Kind::Classic => front.sender.what,
            _ => name,
        };
        for (service, port) in self.tasks.behind(name) {
            let more = if service.has_interfaces() {
                let in_subnets = service.subnets().iter().filter_map(|subnet| {
                    let place = service.place(subnet, self.rules.vpc_of(subnet));
                    self.reaches(front, group, &place, None, port.or(group.port))
                });
                in_subnets.min_by_key(Vec::len)
            } else {
                let what = format!(
                    "the instances that run the tasks let in {}",
                    front.sender.what
                );
                Some(vec![what])
            };
            if let Some(more) = more {
                ways.add(&service.definition, exposure(front, conditions, more, None));
            }
        }
    }

    /// Another load balancer as a target. Source: Elastic Load Balancing, "Use Application Load Balancers as
    /// targets of a Network Load Balancer".
    fn add_balancer(
        &self,
        front: &Front<'_>,
        group: &TargetGroup,
        arn: &str,
        port: Option<u16>,
        conditions: &[String],
        ways: &mut WaysIn,
    ) {
        if front.depth > 1 {
            return;
        }
        for balancer in self.told.balancers.iter().filter(|one| one.arn == arn) {
            let listeners = balancer.listeners.iter();
            for listener in listeners.filter(|one| match (one.at, port) {
                (Some((_, own)), Some(port)) => own == port,
                _ => true,
            }) {
                let places = self.places(balancer).into_iter();
                let more = places
                    .filter_map(|place| self.reaches(front, group, &place, None, port))
                    .min_by_key(Vec::len);
                let Some(more) = more else { continue };
                let conditions = conditions.iter().cloned().chain(more).collect();
                let by = format!(
                    "{}, behind which is the load balancer {}",
                    front.by, balancer.name
                );
                let next = self.front(balancer, by, conditions, front.depth + 1);
                self.forward(&next, listener, ways);
            }
        }
    }
}

fn add_function(
    front: &Front<'_>,
    group: &str,
    id: &str,
    conditions: &[String],
    ways: &mut WaysIn,
) {
    let Some((arn, qualifier)) = function_of(id, front.partition, front.region, front.account)
    else {
        return;
    };
    let past = Past::Service {
        service: "elasticloadbalancing.amazonaws.com",
        source: name_of(group).to_owned(),
        qualifier,
    };
    ways.add(&arn, exposure(front, conditions, Vec::new(), Some(past)));
}

fn exposure(
    front: &Front<'_>,
    conditions: &[String],
    more: Vec<String>,
    past: Option<Past>,
) -> Exposure {
    let mut all: Vec<String> = Vec::new();
    for condition in conditions.iter().chain(&more) {
        if !all.contains(condition) {
            all.push(condition.clone());
        }
    }
    Exposure {
        by: format!("{}, and forwards to it", front.by),
        likelihood: Likelihood::Low,
        because: STRANGERS_CODE.to_owned(),
        conditions: all,
        past,
    }
}
