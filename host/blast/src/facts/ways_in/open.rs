//! Whether strangers, or a load balancer, open connections to a place in a VPC.
//!
//! Sources: Amazon VPC User Guide, "Enable internet access for a VPC using an internet gateway" (a public
//! address, a route to the gateway, security groups, network ACLs), "Network ACLs" (rules in order, no state),
//! "Middlebox routing".

use std::collections::{BTreeMap, BTreeSet};

use super::ranges::{Family, Share, Span, parts, share};
use super::rules::{Next, Peer, Route, Rules, To};
use crate::facts::networks::{TCP, Traffic, UDP};

/// A place at which something listens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// What is there, in words.
    pub(super) what: &'a str,
    pub(super) region: &'a str,
    pub(super) vpc: &'a str,
    /// Its subnet; empty if that was not told.
    pub(super) subnet: &'a str,
    /// Its security groups; none if those were not told.
    pub(super) groups: Option<&'a [String]>,
    /// Whether it has none, so that nothing is filtered.
    pub(super) without_groups: bool,
}

/// How strangers come to the ports of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// What opens which ports, in words.
    pub(super) by: String,
    /// A port at which one logs in.
    pub(super) login: Option<u16>,
    /// What would have to be the case.
    pub(super) conditions: Vec<String>,
    /// How many ports.
    width: u16,
}

impl Open {
    /// The smaller the better.
    fn rank(&self) -> (bool, bool, u16, usize) {
        (
            !self.conditions.is_empty(),
            self.login.is_none(),
            u16::MAX - self.width,
            self.conditions.len(),
        )
    }

    fn better(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) if other.rank() < one.rank() => Some(other),
            (None, other) => other,
            (one, _) => one,
        }
    }
}

/// Ports at which one logs in or administers: a guessed or stolen credential is enough there. The ports
/// of CIS AWS Foundations 5.x "remote server administration" and the databases of AWS Trusted Advisor's
/// "Security Groups - Specific Ports Unrestricted".
const LOGIN_PORTS: [u16; 19] = [
    21, 22, 23, 135, 445, 1433, 1434, 2375, 3306, 3389, 5432, 5500, 5900, 5985, 5986, 6379, 9200,
    11211, 27017,
];

pub(super) fn is_login(port: u16) -> bool {
    LOGIN_PORTS.contains(&port)
}

/// A port that clients use. Source: RFC 6335, section 6 (dynamic ports).
const SOME_PORT: u16 = 50_000;

/// From where strangers are let in to which ports.
struct Opening {
    by: BTreeSet<String>,
    from: Vec<Span>,
    traffic: Traffic,
    condition: Option<String>,
}

/// What of an address is known.
enum Passes {
    Yes,
    If(String),
    No,
}

/// Who opens connections inside a network: a load balancer, a link of an API.
#[derive(Clone, Debug)]
pub(super) struct Sender<'a> {
    /// It, in words.
    pub(super) what: &'a str,
    /// Its security groups, none if it has none.
    pub(super) groups: &'a [String],
    pub(super) subnets: &'a [String],
    /// The ranges that it sends from; none if they were not told.
    pub(super) from: Option<Vec<Span>>,
}

impl Rules {
    /// How strangers come to a place with a public address of these families, to one port or any.
    pub(super) fn open(
        &self,
        place: &Place<'_>,
        families: &[Family],
        wanted: Option<(u8, u16)>,
    ) -> Option<Open> {
        if self.is_blocked(place.region, place.vpc, place.subnet) {
            return None;
        }
        self.open_to_strangers(place, families, wanted, true)
    }

    /// The same for what reaches the place with the strangers' own addresses by way of something else.
    pub(super) fn open_behind(&self, place: &Place<'_>, wanted: Option<(u8, u16)>) -> Option<Open> {
        self.open_to_strangers(place, &[Family::V4], wanted, false)
    }

    fn open_to_strangers(
        &self,
        place: &Place<'_>,
        families: &[Family],
        wanted: Option<(u8, u16)>,
        routed: bool,
    ) -> Option<Open> {
        let mut best = None;
        for family in families {
            for opening in self.openings(place, *family) {
                for protocol in [TCP, UDP] {
                    let open = self.through(place, *family, &opening, protocol, wanted, routed);
                    best = Open::better(best, open);
                }
            }
        }
        best
    }

    /// Rules about the same ports count together: half of the world and the other half are the world.
    fn openings(&self, place: &Place<'_>, family: Family) -> Vec<Opening> {
        let whole = vec![Span::whole(family)];
        if place.without_groups {
            return vec![Opening {
                by: BTreeSet::new(),
                from: whole,
                traffic: Traffic::EVERYTHING,
                condition: None,
            }];
        }
        let unseen = |what: String| Opening {
            by: BTreeSet::new(),
            from: whole.clone(),
            traffic: Traffic::EVERYTHING,
            condition: Some(what),
        };
        let Some(groups) = place.groups.filter(|groups| !groups.is_empty()) else {
            let what = format!("the security groups of {} let strangers in", place.what);
            return vec![unseen(what)];
        };
        let mut same: BTreeMap<(Option<u8>, u16, u16), Opening> = BTreeMap::new();
        let mut openings = Vec::new();
        for id in groups {
            let known = self.group(id).and_then(|group| group.ingress.as_ref());
            let Some(rules) = known else {
                openings.push(unseen(format!(
                    "{id}, which was not seen, lets strangers in"
                )));
                continue;
            };
            for rule in rules {
                let (from, condition) = match &rule.peer {
                    Peer::Range(range) => (vec![*range], None),
                    Peer::Group(_) => continue,
                    Peer::List(list) => match self.lists.get(list) {
                        Some(ranges) => (ranges.clone(), None),
                        None => {
                            let what =
                                format!("{list}, which {id} lets in, has addresses of strangers");
                            (whole.clone(), Some(what))
                        }
                    },
                };
                let opening = || Opening {
                    by: BTreeSet::from([id.clone()]),
                    from: from.clone(),
                    traffic: rule.traffic.clone(),
                    condition: condition.clone(),
                };
                if condition.is_some() {
                    openings.push(opening());
                    continue;
                }
                let ports = rule.traffic.ports();
                let key = (rule.traffic.protocol, *ports.start(), *ports.end());
                let together = same.entry(key).or_insert_with(opening);
                together.by.insert(id.clone());
                together.from.extend(from);
            }
        }
        openings.extend(same.into_values());
        openings
    }

    fn through(
        &self,
        place: &Place<'_>,
        family: Family,
        opening: &Opening,
        protocol: u8,
        wanted: Option<(u8, u16)>,
        routed: bool,
    ) -> Option<Open> {
        if opening.traffic.protocol.is_some_and(|own| own != protocol) {
            return None;
        }
        let routes = self.routes(place.subnet, place.vpc);
        let acl = self.acl(place.subnet, place.vpc);
        let of_routes = routes.unwrap_or_default().iter();
        let of_routes = of_routes.filter_map(|route| match &route.to {
            To::Range(range) => Some(*range),
            To::List(_) => None,
        });
        let of_acl = acl.unwrap_or_default().iter().map(|rule| rule.range);
        let cuts = opening.from.iter().copied().chain(of_routes).chain(of_acl);
        let parts: Vec<Span> = parts(family, cuts)
            .into_iter()
            .filter(|part| opening.from.iter().any(|range| range.covers(part)))
            .collect();
        let mut known: Vec<String> = opening.condition.iter().cloned().collect();
        let subnet = match place.subnet {
            "" => "its subnet",
            subnet => subnet,
        };
        if routed && routes.is_none() {
            known.push(format!(
                "the routes of {subnet} lead to an internet gateway"
            ));
        }
        if acl.is_none() {
            known.push(format!("the network ACL of {subnet} lets strangers in"));
        }
        let ports = self.ports(&opening.traffic, acl.unwrap_or_default(), wanted, protocol);
        let mut best = None;
        let mut width = 0_u16;
        for port in ports {
            let reaches = |part: &Span, conditions: Option<&mut BTreeSet<String>>| {
                let leads = match routes {
                    Some(routes) if routed => self.leads(routes, place.vpc, part),
                    _ => Passes::Yes,
                };
                let passes = decides(acl, false, part, protocol, port)
                    && answered(acl, true, part, protocol);
                match (leads, conditions) {
                    (Passes::Yes, _) => passes,
                    (Passes::If(condition), Some(conditions)) if passes => {
                        conditions.insert(condition);
                        true
                    }
                    _ => false,
                }
            };
            let sure: Vec<Span> = parts
                .iter()
                .copied()
                .filter(|part| reaches(part, None))
                .collect();
            let mut conditions = BTreeSet::new();
            let (through, of) = match share(family, &sure) {
                Share::Little => {
                    let some = parts.iter().copied();
                    let some: Vec<Span> = some
                        .filter(|part| reaches(part, Some(&mut conditions)))
                        .collect();
                    (share(family, &some), some)
                }
                other => (other, sure),
            };
            let mut conditions: Vec<String> = known.iter().cloned().chain(conditions).collect();
            match through {
                Share::Little => continue,
                Share::World => {}
                Share::Large => {
                    let largest = of.iter().max_by_key(|part| part.size());
                    let from = largest.map(Span::words).unwrap_or_default();
                    conditions.push(format!("the attacker sends from an address such as {from}"));
                }
            }
            width = width.max(match wanted {
                Some(_) => 0,
                None => opening.traffic.ports().end() - opening.traffic.ports().start(),
            });
            let open = Open {
                by: by(opening, family),
                login: is_login(port).then_some(port),
                conditions,
                width,
            };
            best = Open::better(best, Some(open));
        }
        best
    }

    /// Ports that speak for those that a rule opens: the first, those that a network ACL tells apart, and
    /// those at which one logs in.
    fn ports(
        &self,
        traffic: &Traffic,
        acl: &[super::rules::AclRule],
        wanted: Option<(u8, u16)>,
        protocol: u8,
    ) -> Vec<u16> {
        if let Some((of, port)) = wanted {
            let fits = of == protocol && traffic.covers(protocol, port);
            return fits.then_some(port).into_iter().collect();
        }
        let ends = acl.iter().flat_map(|rule| {
            let ports = rule.traffic.ports();
            [Some(*ports.start()), ports.end().checked_add(1)]
        });
        let ends = ends.flatten();
        let all = ends.chain(LOGIN_PORTS).chain([*traffic.ports().start()]);
        let all: BTreeSet<u16> = all.filter(|port| traffic.ports().contains(port)).collect();
        all.into_iter().collect()
    }

    /// Whether the most specific route to a part of the internet leads there, so that answers come back.
    fn leads(&self, routes: &[Route], vpc: &str, part: &Span) -> Passes {
        let of_ranges = routes.iter().filter_map(|route| match &route.to {
            To::Range(range) if range.covers(part) => Some((range.size(), &route.next)),
            _ => None,
        });
        let next = of_ranges
            .min_by_key(|(size, _)| *size)
            .map(|(_, next)| next);
        match next {
            Some(Next::Internet) => return Passes::Yes,
            Some(Next::Inspection(by)) if self.is_inspected(vpc, by) => {
                return Passes::If(format!("the firewall behind {by} lets strangers in"));
            }
            _ => {}
        }
        let mut by_list = routes.iter().filter_map(|route| match &route.to {
            To::List(list) if route.next == Next::Internet => Some(list),
            _ => None,
        });
        match by_list.next() {
            Some(list) => Passes::If(format!("{list} has the address of the attacker")),
            None => Passes::No,
        }
    }

    /// What would have to be the case for a sender in the network to open connections to a place at a port,
    /// or at any if that was not told; none if it does not.
    pub(super) fn admits(
        &self,
        sender: &Sender<'_>,
        place: &Place<'_>,
        address: Option<Span>,
        port: Option<u16>,
    ) -> Option<Vec<String>> {
        let mut conditions = self.lets_out(sender, place, address, port)?;
        conditions.extend(self.lets_in(sender, place, port)?);
        if !place.subnet.is_empty() && !sender.subnets.iter().any(|one| one == place.subnet) {
            conditions.extend(self.acl_admits(sender, place, port)?);
            self.acl_lets_out(sender, address, port)?;
        }
        Some(conditions)
    }

    /// Whether the network ACL of some subnet of the sender lets packets to an address out and answers in. One
    /// that was not seen is as good as that of the place, of which the conditions tell.
    fn acl_lets_out(
        &self,
        sender: &Sender<'_>,
        address: Option<Span>,
        port: Option<u16>,
    ) -> Option<()> {
        let (Some(address), Some(port)) = (address, port) else {
            return Some(());
        };
        let passes = |subnet: &String| {
            let Some(acl) = self.acl(subnet, self.vpc_of(subnet)) else {
                return true;
            };
            decides(Some(acl), true, &address, TCP, port)
                && answered(Some(acl), false, &address, TCP)
        };
        let subnets = sender.subnets;
        (subnets.is_empty() || subnets.iter().any(passes)).then_some(())
    }

    fn lets_in(
        &self,
        sender: &Sender<'_>,
        place: &Place<'_>,
        port: Option<u16>,
    ) -> Option<Vec<String>> {
        let Some(groups) = place.groups.filter(|groups| !groups.is_empty()) else {
            let what = format!(
                "the security groups of {} let in {}",
                place.what, sender.what
            );
            return Some(vec![what]);
        };
        let mut best: Option<Vec<String>> = None;
        for id in groups {
            let known = self.group(id).and_then(|group| group.ingress.as_ref());
            let Some(rules) = known else {
                let what = format!("{id}, which was not seen, lets in {}", sender.what);
                best = best.or(Some(vec![what]));
                continue;
            };
            for rule in rules.iter().filter(|rule| fits(&rule.traffic, port)) {
                let condition = match &rule.peer {
                    Peer::Group(group) if sender.groups.contains(group) => None,
                    Peer::Group(_) => continue,
                    Peer::Range(range) => match &sender.from {
                        Some(from) if from.iter().any(|one| range.meets(one)) => None,
                        Some(_) => continue,
                        None if range.covers(&Span::whole(Family::V4)) => None,
                        None => Some(format!("{} sends from {}", sender.what, range.words())),
                    },
                    Peer::List(list) => Some(format!("{list} has addresses of {}", sender.what)),
                };
                match condition {
                    None => return Some(Vec::new()),
                    Some(condition) => best = best.or(Some(vec![condition])),
                }
            }
        }
        best
    }

    /// Whether the sender's own security groups let it out; those that say nothing of it let out everything.
    fn lets_out(
        &self,
        sender: &Sender<'_>,
        place: &Place<'_>,
        address: Option<Span>,
        port: Option<u16>,
    ) -> Option<Vec<String>> {
        let known = sender
            .groups
            .iter()
            .map(|id| self.group(id)?.egress.as_ref());
        let Some(known) = known.collect::<Option<Vec<_>>>() else {
            return Some(Vec::new());
        };
        if known.is_empty() {
            return Some(Vec::new());
        }
        let mut best = None;
        let rules = known.into_iter().flatten();
        for rule in rules.filter(|rule| fits(&rule.traffic, port)) {
            let condition = match (&rule.peer, address) {
                (Peer::Range(range), Some(address)) if range.covers(&address) => None,
                (Peer::Range(_), Some(_)) => continue,
                (Peer::Range(range), None) if range.covers(&Span::whole(Family::V4)) => None,
                (Peer::Range(range), None) => Some(format!(
                    "the address of {} is in {}",
                    place.what,
                    range.words()
                )),
                (Peer::Group(group), _) => {
                    if !place.groups.unwrap_or_default().contains(group) {
                        continue;
                    }
                    None
                }
                (Peer::List(list), _) => Some(format!("{list} has the address of {}", place.what)),
            };
            match condition {
                None => return Some(Vec::new()),
                Some(condition) => best = best.or(Some(vec![condition])),
            }
        }
        best
    }

    fn acl_admits(
        &self,
        sender: &Sender<'_>,
        place: &Place<'_>,
        port: Option<u16>,
    ) -> Option<Vec<String>> {
        let Some(acl) = self.acl(place.subnet, place.vpc) else {
            let what = format!(
                "the network ACL of {} lets in {}",
                place.subnet, sender.what
            );
            return Some(vec![what]);
        };
        let (Some(from), Some(port)) = (&sender.from, port) else {
            return Some(Vec::new());
        };
        // What comes with the address of the client is judged by that.
        let mut ranges = from.iter();
        let passes = ranges.any(|from| {
            decides(Some(acl), false, from, TCP, port) && answered(Some(acl), true, from, TCP)
        });
        (passes || from.is_empty()).then(Vec::new)
    }
}

/// Which groups open what, in words.
fn by(opening: &Opening, family: Family) -> String {
    let world = match family {
        Family::V4 => "the world",
        Family::V6 => "the world, by IPv6",
    };
    let groups: Vec<&str> = opening.by.iter().map(String::as_str).collect();
    match groups.as_slice() {
        [] => String::new(),
        [one] => format!("{one} opens {} to {world}", opening.traffic.words()),
        several => format!(
            "{} open {} to {world}",
            several.join(" and "),
            opening.traffic.words()
        ),
    }
}

fn fits(traffic: &Traffic, port: Option<u16>) -> bool {
    match port {
        Some(port) => traffic.covers(TCP, port),
        None => traffic.protocol.is_none_or(|protocol| protocol == TCP),
    }
}

/// What a network ACL says of a packet: the first rule that matches, or no. One that was not seen says yes,
/// and the caller has said so.
fn decides(
    acl: Option<&[super::rules::AclRule]>,
    egress: bool,
    other: &Span,
    protocol: u8,
    port: u16,
) -> bool {
    let Some(rules) = acl else { return true };
    rules
        .iter()
        .find(|rule| {
            rule.egress == egress && rule.range.covers(other) && rule.traffic.covers(protocol, port)
        })
        .is_some_and(|rule| rule.allows)
}

/// Whether answers pass, out or in, to some port of the choice of who asked.
fn answered(
    acl: Option<&[super::rules::AclRule]>,
    egress: bool,
    other: &Span,
    protocol: u8,
) -> bool {
    let rules = acl.unwrap_or_default().iter();
    let ends = rules.flat_map(|rule| {
        let ports = rule.traffic.ports();
        [Some(*ports.start()), ports.end().checked_add(1)]
    });
    let mut ports = ends.flatten().filter(|port| *port >= 1024);
    decides(acl, egress, other, protocol, SOME_PORT)
        || ports.any(|port| decides(acl, egress, other, protocol, port))
}
