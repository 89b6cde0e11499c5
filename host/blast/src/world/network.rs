//! Which host opens a connection to which, in one VPC or where a [`Crossing`] joins two: routes of both
//! subnets, network ACLs of both in both directions, security groups of both.
//!
//! Sources: Amazon VPC Peering Guide, "Update your route tables" and "Update your security groups";
//! Amazon VPC User Guide, "Network ACLs" (rules in order, no state; not asked inside a subnet), "Route
//! priority" and "Middlebox routing" (routes more specific than that to the VPC itself).

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::crossing::Crossing;
use super::starters::Starter;
use crate::facts::networks::{
    AclRule, Destination, GroupRule, Host, NetworkFacts, NextHop, Peer, RouteFacts, TCP, Traffic,
    UDP,
};

/// Where a connection starts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    /// A host with the attacker's code in it.
    Host(&'a Host),
    /// A host that an account starts, with the security groups of its choice.
    Start(&'a Starter),
}

/// A connection that passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    /// What passes, in words: `tcp port 443`.
    pub(crate) traffic: String,
    /// What would have to be the case and could not be seen.
    pub(crate) unseen: Vec<String>,
}

/// Where a packet comes from.
struct Sender<'a> {
    vpc: &'a str,
    subnet: &'a str,
    address: Ipv4Addr,
    groups: Groups<'a>,
}

/// The security groups of a sender.
#[derive(Clone, Copy)]
enum Groups<'a> {
    These(&'a [String]),
    /// Those that the account likes to take.
    TakenBy(&'a Starter),
}

/// How packets get from one subnet into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    /// Within one subnet, where no network ACL is asked.
    Inside,
    Direct,
    /// Through an appliance, behind which security groups do not know each other.
    Detour,
}

impl NetworkFacts {
    /// Whether a connection from a source in the near VPC to a host in the far one passes.
    pub(crate) fn passage(
        &self,
        crossing: &Crossing<'_>,
        source: Source<'_>,
        target: &Host,
    ) -> Option<Passage> {
        let senders: Vec<(&str, &str, Ipv4Net, Groups<'_>)> = match source {
            Source::Host(host) => {
                let groups = Groups::These(&host.groups);
                vec![(&host.vpc, &host.subnet, host.range, groups)]
            }
            Source::Start(starter) => starter
                .subnets
                .iter()
                .filter_map(|id| {
                    let range = self.subnets.get(id)?.range;
                    Some((
                        starter.vpc.as_str(),
                        id.as_str(),
                        range,
                        Groups::TakenBy(starter),
                    ))
                })
                .collect(),
        };
        let ingress = self.ingress_of(target);
        let mut best: Option<Passage> = None;
        for (vpc, subnet, range, groups) in senders {
            let tried = ingress.iter().flat_map(|rule| {
                let addresses = self.addresses(range, &rule.peer, target);
                addresses.into_iter().map(move |address| (rule, address))
            });
            for (rule, address) in tried {
                let sender = Sender {
                    vpc,
                    subnet,
                    address,
                    groups,
                };
                let Some(passage) = self.through(crossing, &sender, target, rule) else {
                    continue;
                };
                if passage.unseen.is_empty() {
                    return Some(passage);
                }
                best = best.or(Some(passage));
            }
        }
        best
    }

    /// Addresses of a range that a rule is about: the first, and those behind the ranges that routes and
    /// network ACLs of the target tell apart, since whoever starts a host has the choice.
    fn addresses(&self, range: Ipv4Net, peer: &Peer, target: &Host) -> Vec<Ipv4Addr> {
        let Some(first) = first_common(range, peer) else {
            return Vec::new();
        };
        let routes = self.routes.get(&target.subnet, &target.vpc).into_iter();
        let to_ranges = routes.flatten().filter_map(|route| match &route.to {
            Destination::Range(range) => Some(*range),
            Destination::List(_) => None,
        });
        let acls = self.acls.get(&target.subnet, &target.vpc).into_iter();
        let of_acls = acls.flatten().map(|rule| rule.range);
        let told_apart = to_ranges
            .chain(of_acls)
            .filter(|part| *part != range && range.contains(part))
            .flat_map(|part| {
                let behind = u32::from(part.broadcast()).checked_add(8);
                [part.hosts().nth(8), behind.map(Ipv4Addr::from)]
            })
            .flatten()
            .filter(|address| range.contains(address))
            .filter(|address| match peer {
                Peer::Range(allowed) => allowed.contains(address),
                Peer::Group(_) | Peer::List(_) => true,
            });
        std::iter::once(first).chain(told_apart).collect()
    }

    /// The rules that let a host be reached. A group that was not seen may let in anything.
    fn ingress_of(&self, target: &Host) -> Vec<GroupRule> {
        let of_group = |group: &String| match self.groups.get(group) {
            Some(facts) => facts.ingress.clone(),
            None => vec![GroupRule {
                peer: Peer::List(format!("the rules of {group}")),
                traffic: Traffic::EVERYTHING,
            }],
        };
        target.groups.iter().flat_map(of_group).collect()
    }

    fn through(
        &self,
        crossing: &Crossing<'_>,
        sender: &Sender<'_>,
        target: &Host,
        rule: &GroupRule,
    ) -> Option<Passage> {
        let mut unseen = Vec::new();
        let route = self.route(crossing, sender, target, &mut unseen)?;
        let passes = self.lets_in(crossing, sender, rule, route, &mut unseen)
            && crossing.carries(target.address(), sender.address, &mut unseen)
            && self.is_open(crossing, sender, target, &rule.traffic, route, &mut unseen);
        passes.then(|| Passage {
            traffic: rule.traffic.words(),
            unseen,
        })
    }

    /// Whether a rule of the target is about the sender.
    fn lets_in(
        &self,
        crossing: &Crossing<'_>,
        sender: &Sender<'_>,
        rule: &GroupRule,
        route: Route,
        unseen: &mut Vec<String>,
    ) -> bool {
        match &rule.peer {
            Peer::Range(_) => true,
            Peer::List(list) => {
                unseen.push(format!("{list} lets in {}", sender.address));
                true
            }
            Peer::Group(_) if route == Route::Detour => false,
            Peer::Group(group) => {
                let has_it = match (sender.groups, self.groups.get(group)) {
                    (Groups::These(own), _) => own.contains(group),
                    (Groups::TakenBy(starter), Some(facts)) => starter.takes(group, facts),
                    (Groups::TakenBy(_), None) => {
                        unseen.push(format!("{group} is a security group of {}", sender.vpc));
                        true
                    }
                };
                has_it && !self.far.contains(crossing.id()) && crossing.knows_groups(unseen)
            }
        }
    }

    /// How packets of both get to the other side; none if one of them does not.
    fn route(
        &self,
        crossing: &Crossing<'_>,
        sender: &Sender<'_>,
        target: &Host,
        unseen: &mut Vec<String>,
    ) -> Option<Route> {
        if crossing.is_local() && sender.subnet == target.subnet {
            return Some(Route::Inside);
        }
        let there = self.routes.get(sender.subnet, sender.vpc);
        let back = self.routes.get(&target.subnet, &target.vpc);
        let both = [
            (
                there,
                sender.subnet,
                target.address(),
                target.subnet.as_str(),
            ),
            (back, target.subnet.as_str(), sender.address, sender.subnet),
        ];
        let mut whole = Route::Direct;
        for (routes, subnet, to, other) in both {
            match routes {
                // Every table has a route to the VPC itself.
                None if crossing.is_local() => {}
                Some(routes) if crossing.is_local() => {
                    let least = self.local_length(&target.vpc, to, other);
                    if inside(routes, subnet, to, least, unseen)? == Route::Detour {
                        whole = Route::Detour;
                    }
                }
                Some(routes) => {
                    if !leads(routes, to, crossing, unseen) {
                        return None;
                    }
                }
                None => {
                    let id = crossing.id();
                    unseen.push(format!("the routes of {subnet} lead through {id}"));
                }
            }
        }
        Some(whole)
    }

    /// How long the prefix of a route must at least be to take packets for an address from the route to the
    /// VPC itself: it is for a whole subnet, if the range of the VPC is not told.
    fn local_length(&self, vpc: &str, to: Ipv4Addr, subnet: &str) -> u8 {
        let ranges = self.told_ranges(vpc).filter(|range| range.contains(&to));
        let of_vpc = ranges.map(|range| range.prefix_len()).max();
        let of_subnet = || self.subnets.get(subnet).map(|it| it.range.prefix_len());
        of_vpc.or_else(of_subnet).unwrap_or(32)
    }

    /// Whether the network ACLs of both sides, and the security groups of the sender, leave a port of this
    /// traffic open.
    fn is_open(
        &self,
        crossing: &Crossing<'_>,
        sender: &Sender<'_>,
        target: &Host,
        traffic: &Traffic,
        route: Route,
        unseen: &mut Vec<String>,
    ) -> bool {
        let mut acls = [
            self.acls.get(sender.subnet, sender.vpc),
            self.acls.get(&target.subnet, &target.vpc),
        ];
        if route == Route::Inside {
            acls = [None, None];
        } else {
            for (acl, subnet) in acls.iter().zip([sender.subnet, target.subnet.as_str()]) {
                if acl.is_none() {
                    unseen.push(format!("the network ACL of {subnet} lets it pass"));
                }
            }
        }
        let [near, far] = acls;
        let egress = self.egress_of(sender, unseen);
        let same_region = !self.far.contains(crossing.id());
        let to_groups = same_region && crossing.lets_out_to_groups() && route != Route::Detour;
        let passes = |protocol: u8, port: u16, lists: bool| {
            let out = egress.as_ref().is_none_or(|rules| {
                rules.iter().any(|rule| {
                    let listed = lists && matches!(rule.peer, Peer::List(_));
                    rule.traffic.covers(protocol, port)
                        && (listed || lets_out(rule, target, to_groups))
                })
            });
            out && decides(near, true, target.address(), protocol, port)
                && decides(far, false, sender.address, protocol, port)
        };
        // Answers go to a port of the sender's choice.
        let answered = |protocol: u8, port: u16| {
            decides(far, true, sender.address, protocol, port)
                && decides(near, false, target.address(), protocol, port)
        };
        let boundaries = || {
            let rules = acls.into_iter().flatten().flatten();
            let of_acls = rules.map(|rule| &rule.traffic);
            let of_egress = egress.iter().flatten().map(|rule| &rule.traffic);
            of_acls
                .chain(of_egress)
                .flat_map(|traffic| {
                    let ports = traffic.ports();
                    [*ports.start(), ports.end().saturating_add(1)]
                })
                .collect::<Vec<u16>>()
        };
        let ports = traffic.ports();
        let open = |protocol: u8, lists: bool| {
            std::iter::once(*ports.start())
                .chain(boundaries().into_iter().filter(|port| ports.contains(port)))
                .any(|port| passes(protocol, port, lists))
                && [SOME_PORT]
                    .into_iter()
                    .chain(boundaries().into_iter().filter(|port| *port >= 1024))
                    .any(|port| answered(protocol, port))
        };
        let protocols = traffic.protocol.map_or(vec![TCP, UDP], |one| vec![one]);
        if protocols.iter().any(|protocol| open(*protocol, false)) {
            return true;
        }
        let by_list = protocols.iter().any(|protocol| open(*protocol, true));
        if by_list {
            unseen.push(format!(
                "a prefix list that the sender's security groups let out to has {}",
                target.address()
            ));
        }
        by_list
    }

    /// The rules that let the sender out; none if it makes its own.
    fn egress_of(&self, sender: &Sender<'_>, unseen: &mut Vec<String>) -> Option<Vec<GroupRule>> {
        let Groups::These(groups) = sender.groups else {
            return None;
        };
        // Every interface has one: the default one of its VPC, if it is given none.
        if groups.is_empty() {
            unseen.push("its security groups, which were not told, let it out".to_owned());
            return None;
        }
        let mut rules = Vec::new();
        for group in groups {
            match self.groups.get(group) {
                Some(facts) => rules.extend(facts.egress.iter().cloned()),
                None => {
                    unseen.push(format!("{group} lets it out"));
                    return None;
                }
            }
        }
        Some(rules)
    }
}

/// A port that clients use. Source: RFC 6335, section 6 (dynamic ports).
const SOME_PORT: u16 = 50_000;

/// The first address of a range that a rule is about. AWS keeps the first four of a subnet.
fn first_common(range: Ipv4Net, peer: &Peer) -> Option<Ipv4Addr> {
    let own = || {
        let mut hosts = range.hosts();
        let first = hosts.next();
        hosts.nth(2).or(first)
    };
    match peer {
        Peer::Range(allowed) if allowed.contains(&range) => own(),
        Peer::Range(allowed) if range.contains(allowed) => allowed.hosts().next(),
        Peer::Range(_) => None,
        Peer::Group(_) | Peer::List(_) => own(),
    }
}

/// Whether the most specific route to an address leads to the other side. A prefix list may have the
/// address.
fn leads(
    routes: &[RouteFacts],
    to: Ipv4Addr,
    crossing: &Crossing<'_>,
    unseen: &mut Vec<String>,
) -> bool {
    let to_ranges = routes.iter().filter_map(|route| match &route.to {
        Destination::Range(range) if range.contains(&to) => Some((range.prefix_len(), route)),
        _ => None,
    });
    let longest = to_ranges.max_by_key(|(length, _)| *length);
    if longest.is_some_and(|(_, route)| crossing.is_behind(&route.next)) {
        return true;
    }
    let list = routes.iter().find_map(|route| match &route.to {
        Destination::List(list) if crossing.is_behind(&route.next) => Some(list),
        _ => None,
    });
    unseen.extend(list.map(|list| format!("{list} has a range with {to}")));
    list.is_some()
}

/// How packets for an address of the same VPC leave a subnet: by the route to the VPC itself, unless there
/// is one that is at least so specific; none if that drops them.
fn inside(
    routes: &[RouteFacts],
    subnet: &str,
    to: Ipv4Addr,
    least: u8,
    unseen: &mut Vec<String>,
) -> Option<Route> {
    let to_ranges = routes.iter().filter_map(|route| match &route.to {
        Destination::Range(range) if range.contains(&to) && range.prefix_len() >= least => {
            Some((range.prefix_len(), &route.next))
        }
        _ => None,
    });
    let through = match to_ranges.max_by_key(|(length, _)| *length) {
        None | Some((_, NextHop::Local)) => return Some(Route::Direct),
        Some((_, NextHop::Nowhere)) => return None,
        Some((_, NextHop::Appliance(id) | NextHop::Peering(id) | NextHop::TransitGateway(id))) => {
            id.as_str()
        }
        Some((_, NextHop::Elsewhere)) => "a gateway",
    };
    unseen.push(format!(
        "what is behind {through}, where {subnet} sends what is for {to}, lets it pass"
    ));
    Some(Route::Detour)
}

/// Whether a rule lets out to the target, as far as is known.
fn lets_out(rule: &GroupRule, target: &Host, to_groups: bool) -> bool {
    match &rule.peer {
        Peer::Range(range) => range.contains(&target.address()),
        Peer::Group(group) => to_groups && target.groups.contains(group),
        Peer::List(_) => false,
    }
}

/// What a network ACL says of a packet: the first rule that matches, or no. One that was not seen says
/// yes, and the caller has said so.
fn decides(
    acl: Option<&Vec<AclRule>>,
    egress: bool,
    other: Ipv4Addr,
    protocol: u8,
    port: u16,
) -> bool {
    let Some(rules) = acl else { return true };
    rules
        .iter()
        .find(|rule| {
            rule.egress == egress
                && rule.range.contains(&other)
                && rule.traffic.covers(protocol, port)
        })
        .is_some_and(|rule| rule.allows)
}
