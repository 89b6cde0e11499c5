//! Hosts that a network cannot tell apart.
//!
//! Thousands of hosts share a few security groups, route tables and network ACLs; whether a connection passes is
//! judged once for all that have the same. What counts is what the other side can see: of an address,
//! the ranges that some rule, route or ACL over there is about; of a security group, whether a rule over there
//! names it. Where many VPCs are joined, subnets count by what their routes and ACLs say: routes to what
//! nobody on the other side has, such as that to the VPC itself, tell nobody apart.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::crossing::{Crossing, End, Junction};
use super::network::Source;
use super::{AccountIndex, WorkloadIndex};
use crate::capability::Capability;
use crate::facts::networks::{AclRule, Destination, GroupRule, Host, NetworkFacts, Peer, Traffic};

/// From where connections may be opened: a host, or an account that starts one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'w> {
    /// What must be held.
    pub(crate) holder: Capability,
    pub(crate) source: Source<'w>,
    pub(crate) end: End<'w>,
    pub(crate) account: AccountIndex,
}

/// A host that connections may go to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goal<'w> {
    pub(crate) workload: WorkloadIndex,
    pub(crate) host: &'w Host,
    pub(crate) end: End<'w>,
    pub(crate) account: AccountIndex,
}

impl<'w> Origin<'w> {
    /// The way from here to a goal; none if there is none, or it is no news: a host is held already, and an
    /// account has its own hosts.
    pub(crate) fn way_to(&self, goal: &Goal<'w>, junction: &Junction<'w>) -> Option<Crossing<'w>> {
        let own = match self.source {
            Source::Host(_) => self.holder == Capability::Workload(goal.workload),
            Source::Start(_) => self.account == goal.account,
        };
        if own {
            return None;
        }
        junction.join(&self.end, &goal.end)
    }
}

/// Origins and goals by their places, those together that no passage through the junction tells apart.
#[derive(Debug)]
pub(crate) struct Alike {
    pub(crate) origins: Vec<Vec<usize>>,
    pub(crate) goals: Vec<Vec<usize>>,
}

impl Alike {
    pub(crate) fn sort<'w>(
        networks: &'w NetworkFacts,
        junction: &Junction<'w>,
        origins: &[Origin<'w>],
        goals: &[Goal<'w>],
    ) -> Self {
        let mut sorter = Sorter::new(networks, junction, origins, goals);
        let ingress: Vec<_> = goals.iter().map(|goal| sorter.ingress(goal)).collect();
        let egress: Vec<_> = origins.iter().map(|origin| sorter.egress(origin)).collect();
        let near: BTreeSet<_> = origins.iter().flat_map(places).collect();
        let far: BTreeSet<_> = goals
            .iter()
            .map(|goal| (goal.end.vpc, goal.host.subnet.as_str()))
            .collect();
        let sender = Ranges::new(sorter.ranges_of(&far).chain(ranges_in(&ingress)));
        let receiver = Ranges::new(
            sorter
                .ranges_of(&near)
                .chain(ranges_in(egress.iter().flatten())),
        );
        let named = named_in(&ingress);
        let let_out_to = named_in(egress.iter().flatten());
        let tables_of = |ends: &[End<'w>]| -> BTreeSet<&'w str> {
            let attachments = ends.iter().filter_map(|end| end.attachment);
            let tables = attachments.filter_map(|attachment| attachment.table.as_deref());
            tables.collect()
        };
        let (near_tables, far_tables) = (tables_of(&junction.near), tables_of(&junction.far));
        let gateway = junction.gateway().into_iter();
        let of_tables =
            gateway.flat_map(|gateway| far_tables.iter().flat_map(|table| gateway.ranges(table)));
        let of_tables = Ranges::new(of_tables.collect::<Vec<_>>().into_iter());
        let origin_keys = origins.iter().zip(egress).map(|(origin, egress)| {
            let place = |sorter: &mut Sorter<'w, '_>, subnet: &'w str, range: Ipv4Net| {
                // Whoever chooses an address of a range that is told apart is nobody's like.
                let divided = sender.divide(range) || of_tables.divide(range);
                let exact = divided || sorter.junction.gateway().is_none();
                let address = range.network();
                let leads = sorter.leads(&far_tables, &origin.end, address);
                let cell = sender.cell(address);
                sorter.place(origin.end.vpc, subnet, exact, cell, leads)
            };
            let (starts, places, groups) = match origin.source {
                Source::Host(host) => {
                    let place = place(&mut sorter, &host.subnet, host.range);
                    let own = host.groups.iter().map(String::as_str);
                    let own: BTreeSet<&str> = own.filter(|group| named.contains(group)).collect();
                    (false, vec![place], own)
                }
                Source::Start(starter) => {
                    let subnets = starter.subnets.iter().filter_map(|id| {
                        let subnet = networks.subnets.get(id)?;
                        Some(place(&mut sorter, id, subnet.range))
                    });
                    let mut subnets: Vec<_> = subnets.collect();
                    subnets.sort_unstable();
                    subnets.dedup();
                    let takes = |group: &&&str| {
                        let facts = networks.groups.get(**group);
                        facts.is_some_and(|facts| starter.takes(group, facts))
                    };
                    (true, subnets, named.iter().filter(takes).copied().collect())
                }
            };
            let egress = sorter.rules.number(egress);
            let end = attachment(&origin.end);
            (starts, places, groups, egress, end)
        });
        let origins = together(origin_keys.collect::<Vec<_>>());
        let goal_keys = goals.iter().zip(ingress).map(|(goal, ingress)| {
            let leads = sorter.leads(&near_tables, &goal.end, goal.host.address());
            let cell = receiver.cell(goal.host.address());
            let exact = junction.gateway().is_none();
            let place = sorter.place(goal.end.vpc, &goal.host.subnet, exact, cell, leads);
            let own = goal.host.groups.iter().map(String::as_str);
            let own: BTreeSet<&str> = own.filter(|group| let_out_to.contains(group)).collect();
            let ingress = sorter.rules.number(Some(ingress));
            (place, ingress, own, attachment(&goal.end))
        });
        let goals = together(goal_keys.collect::<Vec<_>>());
        Self { origins, goals }
    }
}

/// What of an attachment counts besides where tables lead.
fn attachment<'w>(end: &End<'w>) -> Option<(Option<&'w str>, Option<bool>)> {
    let attachment = end.attachment?;
    Some((attachment.table.as_deref(), attachment.group_references))
}

/// The places of equal keys, in the order of the first.
fn together<K: Hash + Eq>(keys: impl IntoIterator<Item = K>) -> Vec<Vec<usize>> {
    let mut numbers = Numbers::default();
    let mut all: Vec<Vec<usize>> = Vec::new();
    for (place, key) in keys.into_iter().enumerate() {
        let number = numbers.number(key) as usize;
        match all.get_mut(number) {
            Some(alike) => alike.push(place),
            None => all.push(vec![place]),
        }
    }
    all
}

/// The subnets that an origin sends from, and their VPC.
fn places<'w>(origin: &Origin<'w>) -> Vec<(&'w str, &'w str)> {
    let vpc = origin.end.vpc;
    match origin.source {
        Source::Host(host) => vec![(vpc, host.subnet.as_str())],
        Source::Start(starter) => {
            let subnets = starter.subnets.iter();
            subnets.map(|subnet| (vpc, subnet.as_str())).collect()
        }
    }
}

/// Whom a rule of a security group is about, as far as it is told apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum About<'w> {
    Range(Ipv4Net),
    Group(&'w str),
    Unseen,
}

type Rules<'w> = Vec<(About<'w>, &'w Traffic)>;

fn ranges_in<'r, 'w: 'r>(
    rules: impl IntoIterator<Item = &'r Rules<'w>>,
) -> impl Iterator<Item = Ipv4Net> {
    let rules = rules.into_iter().flatten();
    rules.filter_map(|(about, _)| match about {
        About::Range(range) => Some(*range),
        About::Group(_) | About::Unseen => None,
    })
}

fn named_in<'r, 'w: 'r>(rules: impl IntoIterator<Item = &'r Rules<'w>>) -> BTreeSet<&'w str> {
    let rules = rules.into_iter().flatten();
    let named = rules.filter_map(|(about, _)| match about {
        About::Group(group) => Some(*group),
        About::Range(_) | About::Unseen => None,
    });
    named.collect()
}

/// The routes of a subnet as far as they tell anybody apart: which ranges lead to the junction, and whether
/// a prefix list may.
type Routes = Option<(BTreeMap<Ipv4Net, bool>, bool)>;

/// Where an address is, as the other side sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Place<'w> {
    /// The subnet, where it counts which one it is.
    subnet: Option<&'w str>,
    routes: u32,
    acl: u32,
    /// The most specific range over there that has the address.
    cell: Option<Ipv4Net>,
    /// Which tables of a transit gateway lead to it; none of those that were not seen.
    leads: Vec<Option<bool>>,
}

struct Sorter<'w, 'j> {
    networks: &'w NetworkFacts,
    junction: &'j Junction<'w>,
    /// The VPC of the hosts that have a security group; none if several have it.
    held: HashMap<&'w str, Option<&'w str>>,
    used: Used<'w>,
    routes: Numbers<Routes>,
    acls: Numbers<Option<&'w [AclRule]>>,
    rules: Numbers<Option<Rules<'w>>>,
    /// The numbers of routes and ACL of subnets that were asked for.
    subnets: HashMap<(&'w str, &'w str), (u32, u32)>,
}

const EVERYTHING: &Traffic = &Traffic::EVERYTHING;

impl<'w, 'j> Sorter<'w, 'j> {
    fn new(
        networks: &'w NetworkFacts,
        junction: &'j Junction<'w>,
        origins: &[Origin<'w>],
        goals: &[Goal<'w>],
    ) -> Self {
        let mut held: HashMap<&str, Option<&str>> = HashMap::new();
        let mut used = Vec::new();
        for origin in origins {
            match origin.source {
                Source::Host(host) => {
                    used.push((host.range, origin.end.vpc));
                    for group in &host.groups {
                        let vpc = held.entry(group).or_insert(Some(origin.end.vpc));
                        *vpc = vpc.filter(|vpc| *vpc == origin.end.vpc);
                    }
                }
                Source::Start(starter) => {
                    let subnets = starter.subnets.iter();
                    let subnets = subnets.filter_map(|id| networks.subnets.get(id));
                    used.extend(subnets.map(|subnet| (subnet.range.trunc(), origin.end.vpc)));
                }
            }
        }
        used.extend(goals.iter().map(|goal| (goal.host.range, goal.end.vpc)));
        Self {
            networks,
            junction,
            held,
            used: Used::new(used),
            routes: Numbers::default(),
            acls: Numbers::default(),
            rules: Numbers::default(),
            subnets: HashMap::new(),
        }
    }

    /// The rules that let a host be reached from the other side.
    fn ingress(&self, goal: &Goal<'w>) -> Rules<'w> {
        let mut rules = Vec::new();
        for group in &goal.host.groups {
            match self.networks.groups.get(group) {
                None => rules.push((About::Unseen, EVERYTHING)),
                Some(facts) => rules.extend(facts.ingress.iter().map(about)),
            }
        }
        rules.retain(|(about, _)| match about {
            About::Group(group) => self.junction.is_local() || !self.is_own(group, goal.end.vpc),
            About::Range(_) | About::Unseen => true,
        });
        sorted(rules)
    }

    /// Whether nobody outside of the VPC has this group or may take it.
    fn is_own(&self, group: &str, vpc: &str) -> bool {
        let facts = self.networks.groups.get(group);
        let held = self.held.get(group).copied();
        facts.is_some_and(|facts| facts.vpc.as_deref() == Some(vpc))
            && held.is_none_or(|held| held == Some(vpc))
    }

    /// The rules that let a host out; none if they were not seen, or the host is yet to be started.
    fn egress(&self, origin: &Origin<'w>) -> Option<Rules<'w>> {
        let Source::Host(host) = origin.source else {
            return None;
        };
        if host.groups.is_empty() {
            return None;
        }
        let mut rules = Vec::new();
        for group in &host.groups {
            let facts = self.networks.groups.get(group)?;
            rules.extend(facts.egress.iter().map(about));
        }
        let to_groups = self.junction.lets_out_to_groups();
        rules.retain(|(about, _)| to_groups || !matches!(about, About::Group(_)));
        Some(sorted(rules))
    }

    /// The ranges that routes and ACLs of subnets tell apart.
    fn ranges_of(&self, places: &BTreeSet<(&'w str, &'w str)>) -> impl Iterator<Item = Ipv4Net> {
        let mut ranges = BTreeSet::new();
        for (vpc, subnet) in places {
            let acl = self.networks.acls.get(subnet, vpc).into_iter().flatten();
            ranges.extend(acl.map(|rule| rule.range));
            if self.junction.gateway().is_some() {
                let routes = self.normal_routes(vpc, subnet);
                ranges.extend(
                    routes
                        .into_iter()
                        .flat_map(|(routes, _)| routes.into_keys()),
                );
                continue;
            }
            let routes = self.networks.routes.get(subnet, vpc).into_iter().flatten();
            ranges.extend(routes.filter_map(|route| match route.to {
                Destination::Range(range) => Some(range),
                Destination::List(_) => None,
            }));
            ranges.extend(self.networks.told_ranges(vpc));
        }
        ranges.into_iter()
    }

    fn normal_routes(&self, vpc: &str, subnet: &str) -> Routes {
        let routes = self.networks.routes.get(subnet, vpc)?;
        let mut lists = false;
        let mut ranges = BTreeMap::new();
        for route in routes {
            let behind = self.junction.is_behind(&route.next);
            match route.to {
                // Of two for one range the last decides.
                Destination::Range(range) if self.used.elsewhere(vpc, range) => {
                    ranges.insert(range.trunc(), behind);
                }
                Destination::Range(_) => {}
                Destination::List(_) => lists |= behind,
            }
        }
        let there: Vec<Ipv4Net> = ranges
            .iter()
            .filter(|(_, behind)| **behind)
            .map(|(range, _)| *range)
            .collect();
        // What leads elsewhere counts only where it takes something from what leads here.
        ranges.retain(|range, behind| *behind || there.iter().any(|wide| wide.contains(range)));
        Some((ranges, lists))
    }

    fn place(
        &mut self,
        vpc: &'w str,
        subnet: &'w str,
        exact: bool,
        cell: Option<Ipv4Net>,
        leads: Vec<Option<bool>>,
    ) -> Place<'w> {
        let (routes, acl) = match self.subnets.get(&(vpc, subnet)) {
            Some(numbers) => *numbers,
            None => {
                let routes = self.normal_routes(vpc, subnet);
                let acl = self.networks.acls.get(subnet, vpc).map(Vec::as_slice);
                let numbers = (self.routes.number(routes), self.acls.number(acl));
                self.subnets.insert((vpc, subnet), numbers);
                numbers
            }
        };
        Place {
            subnet: exact.then_some(subnet),
            routes,
            acl,
            cell,
            leads,
        }
    }

    /// Which of these tables lead to an address at an end.
    fn leads(
        &self,
        tables: &BTreeSet<&'w str>,
        end: &End<'w>,
        address: Ipv4Addr,
    ) -> Vec<Option<bool>> {
        let (Some(gateway), Some(attachment)) = (self.junction.gateway(), end.attachment) else {
            return Vec::new();
        };
        let tables = tables.iter();
        tables
            .map(|table| gateway.leads(table, address, attachment))
            .collect()
    }
}

fn about(rule: &GroupRule) -> (About<'_>, &Traffic) {
    let about = match &rule.peer {
        Peer::Range(range) => About::Range(range.trunc()),
        Peer::Group(group) => About::Group(group),
        Peer::List(_) => About::Unseen,
    };
    (about, &rule.traffic)
}

fn sorted(mut rules: Rules<'_>) -> Rules<'_> {
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Numbers equal contents equally.
#[derive(Debug)]
struct Numbers<T>(HashMap<T, u32>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Hash + Eq> Numbers<T> {
    fn number(&mut self, content: T) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(content).or_insert(next)
    }
}

/// Ranges that tell addresses apart. Of two ranges one has the other or they have nothing in common, so the
/// most specific one that has an address says which others do.
struct Ranges {
    sorted: BTreeSet<Ipv4Net>,
    all: HashSet<Ipv4Net>,
    lengths: Vec<u8>,
}

impl Ranges {
    fn new(ranges: impl Iterator<Item = Ipv4Net>) -> Self {
        let sorted: BTreeSet<Ipv4Net> = ranges.map(|range| range.trunc()).collect();
        let lengths: BTreeSet<u8> = sorted.iter().map(Ipv4Net::prefix_len).collect();
        Self {
            all: sorted.iter().copied().collect(),
            sorted,
            lengths: lengths.into_iter().rev().collect(),
        }
    }

    /// The most specific one with an address.
    fn cell(&self, address: Ipv4Addr) -> Option<Ipv4Net> {
        let ranges = self.lengths.iter().filter_map(|length| {
            let range = Ipv4Net::new(address, *length).ok()?.trunc();
            self.all.contains(&range).then_some(range)
        });
        ranges.into_iter().next()
    }

    /// Whether one of them has a part of a range, but not all of it.
    fn divide(&self, range: Ipv4Net) -> bool {
        let first = Ipv4Net::from(range.network());
        let from = Ipv4Net::new(range.network(), 0).unwrap_or(first);
        let mut inside = self
            .sorted
            .range(from..)
            .take_while(|part| part.network() <= range.broadcast());
        inside.any(|part| part.prefix_len() > range.prefix_len())
    }
}

/// The ranges and addresses that are in use, and in which VPC.
struct Used<'w> {
    /// By where they begin, with the place of the next one of another VPC.
    sorted: Vec<(u32, &'w str, usize)>,
    /// The VPC; none if several have it.
    all: HashMap<Ipv4Net, Option<&'w str>>,
}

impl<'w> Used<'w> {
    fn new(mut used: Vec<(Ipv4Net, &'w str)>) -> Self {
        used.sort_unstable();
        used.dedup();
        let mut all: HashMap<Ipv4Net, Option<&str>> = HashMap::new();
        for (range, vpc) in &used {
            let known = all.entry(*range).or_insert(Some(vpc));
            *known = known.filter(|known| known == vpc);
        }
        let mut sorted: Vec<(u32, &str, usize)> = Vec::new();
        let mut behind: Option<(&str, usize)> = None;
        for (place, (range, vpc)) in used.iter().enumerate().rev() {
            let next = match (behind, sorted.last()) {
                (Some((other, _)), _) if other != *vpc => place + 1,
                (Some(_), Some((_, _, next))) => *next,
                _ => usize::MAX,
            };
            sorted.push((range.network().into(), vpc, next));
            behind = Some((vpc, place));
        }
        sorted.reverse();
        Self { sorted, all }
    }

    /// Whether something of a range is in use outside of a VPC.
    fn elsewhere(&self, vpc: &str, range: Ipv4Net) -> bool {
        let wider = (0..=range.prefix_len()).any(|length| {
            let wide = Ipv4Net::new(range.network(), length).map(|wide| wide.trunc());
            let used = wide.ok().and_then(|wide| self.all.get(&wide));
            used.is_some_and(|known| *known != Some(vpc))
        });
        let last = u32::from(range.broadcast());
        let from = u32::from(range.network());
        let first = self.sorted.partition_point(|(start, ..)| *start < from);
        let inside = |place: usize| self.sorted.get(place).filter(|(start, ..)| *start <= last);
        wider || inside(first).is_some_and(|(_, own, next)| *own != vpc || inside(*next).is_some())
    }
}
