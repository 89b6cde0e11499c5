//! What the inbound rules of a security group open to the whole world.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use blastwall_sdk::Unknown;
use blastwall_sdk::model::resources::ec2::Rule;

/// The two transport protocols that have ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp,
    Udp,
}

impl Transport {
    pub(crate) const BOTH: [Transport; 2] = [Transport::Tcp, Transport::Udp];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Transport::Tcp => "TCP",
            Transport::Udp => "UDP",
        }
    }

    /// Whether a rule speaks of it. AWS writes protocols by name, by number, or `-1` for all.
    fn is_of(self, rule: &Rule) -> bool {
        let names: [&str; 3] = match self {
            Transport::Tcp => ["tcp", "6", "-1"],
            Transport::Udp => ["udp", "17", "-1"],
        };
        names.contains(&rule.ip_protocol.to_ascii_lowercase().as_str())
    }
}

/// The first and last port of a rule. A rule for all protocols has no ports and covers all; so does
/// one that leaves them out, and one from -1 to -1, as old tools wrote it.
fn ports_of(rule: &Rule) -> (i32, i32) {
    let all = (0, i32::from(u16::MAX));
    match (rule.from_port, rule.to_port) {
        _ if rule.ip_protocol == "-1" => all,
        (Some(-1), Some(-1)) => all,
        (from, to) => (from.unwrap_or(all.0), to.unwrap_or(all.1)),
    }
}

/// Which sources of a rule count as the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sources {
    /// Those that are known to be.
    Known,
    /// Those that could be as well: prefix lists, whose entries are not part of the rule.
    Possible,
}

/// The rules, by index, that together let the whole world reach all of these ports; none if the
/// world is kept from some of them.
///
/// Together means by one range `0.0.0.0/0` or `::/0`, or by several that leave nothing out
/// (`0.0.0.0/1` and `128.0.0.0/1`), and by one range of ports or by several that follow each other.
///
/// # Errors
/// If it depends on the entries of a prefix list, which may be any.
pub(crate) fn open_to_world(
    rules: &[Rule],
    transport: Transport,
    ports: (u16, u16),
) -> Result<Option<Vec<usize>>, Unknown> {
    if let Some(known) = open(rules, transport, ports, Sources::Known) {
        return Ok(Some(known));
    }
    let possible = open(rules, transport, ports, Sources::Possible).unwrap_or_default();
    let list = possible.into_iter().find_map(|index| {
        let list = rules.get(index)?.source_prefix_list_id.as_deref()?;
        Some((index, list))
    });
    match list {
        None => Ok(None),
        Some((index, list)) => Err(Unknown {
            path: format!("config.SecurityGroupIngress.{index}.SourcePrefixListId"),
            reason: format!(
                "what prefix list {list} holds was not looked at; it could be every address"
            ),
        }),
    }
}

fn open(
    rules: &[Rule],
    transport: Transport,
    (first, last): (u16, u16),
    sources: Sources,
) -> Option<Vec<usize>> {
    let mut used = BTreeSet::new();
    let mut next = i32::from(first);
    while next <= i32::from(last) {
        let found = open_at(rules, transport, next, sources)?;
        // They hold together up to the first of their last ports.
        let held = found.iter().filter_map(|index| rules.get(*index));
        next = held.map(|rule| ports_of(rule).1).min()? + 1;
        used.extend(found);
    }
    Some(used.into_iter().collect())
}

/// The rules, by index, that let the whole world reach one port.
fn open_at(
    rules: &[Rule],
    transport: Transport,
    port: i32,
    sources: Sources,
) -> Option<Vec<usize>> {
    let mut v4 = Vec::new();
    let mut v6 = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let (from, to) = ports_of(rule);
        if !transport.is_of(rule) || port < from || port > to {
            continue;
        }
        if let Some(range) = rule.cidr_ip.as_deref().and_then(v4_range) {
            v4.push((range, index));
        }
        if let Some(range) = rule.cidr_ipv6.as_deref().and_then(v6_range) {
            v6.push((range, index));
        }
        if sources == Sources::Possible && rule.source_prefix_list_id.is_some() {
            v4.push(((0, u128::from(u32::MAX)), index));
        }
    }
    whole(v4, u128::from(u32::MAX)).or_else(|| whole(v6, u128::MAX))
}

/// The first and last address of a block.
type Range = (u128, u128);

/// The blocks that cover everything from 0 to `last`, if they do: a single one if there is one.
fn whole(mut blocks: Vec<(Range, usize)>, last: u128) -> Option<Vec<usize>> {
    if let Some((_, index)) = blocks.iter().find(|(range, _)| *range == (0, last)) {
        return Some(vec![*index]);
    }
    blocks.sort_unstable();
    let mut used = Vec::new();
    let mut next = 0_u128;
    for ((first, end), index) in blocks {
        if first > next {
            return None;
        }
        if end >= next {
            used.push(index);
            if end == last {
                used.sort_unstable();
                return Some(used);
            }
            next = end + 1;
        }
    }
    None
}

fn v4_range(cidr: &str) -> Option<Range> {
    let (address, prefix) = cidr.split_once('/').unwrap_or((cidr, "32"));
    let address = u128::from(u32::from(address.parse::<Ipv4Addr>().ok()?));
    range(address, prefix, 32)
}

fn v6_range(cidr: &str) -> Option<Range> {
    let (address, prefix) = cidr.split_once('/').unwrap_or((cidr, "128"));
    let address = u128::from(address.parse::<Ipv6Addr>().ok()?);
    range(address, prefix, 128)
}

fn range(address: u128, prefix: &str, bits: u32) -> Option<Range> {
    let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= bits)?;
    // A shift by the whole width is no shift; a /0 of 128 bits is everything.
    let hosts = match bits - prefix {
        128 => u128::MAX,
        free => (1_u128 << free) - 1,
    };
    Some((address & !hosts, address | hosts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(protocol: &str, ports: Option<(i32, i32)>, cidr: &str) -> Rule {
        let v6 = cidr.contains(':');
        Rule {
            ip_protocol: protocol.to_owned(),
            from_port: ports.map(|ports| ports.0),
            to_port: ports.map(|ports| ports.1),
            cidr_ip: (!v6).then(|| cidr.to_owned()),
            cidr_ipv6: v6.then(|| cidr.to_owned()),
            ..Rule::default()
        }
    }

    fn open(rules: &[Rule], port: u16) -> Option<Vec<usize>> {
        open_to_world(rules, Transport::Tcp, (port, port)).unwrap()
    }

    #[test]
    fn one_rule_for_the_world() {
        for world in ["0.0.0.0/0", "::/0", "0000:0:0::/0"] {
            let rules = [
                rule("tcp", Some((443, 443)), "10.0.0.0/8"),
                rule("tcp", Some((20, 25)), world),
            ];
            assert_eq!(open(&rules, 22), Some(vec![1]), "{world}");
            assert_eq!(open(&rules, 26), None);
        }
    }

    #[test]
    fn all_protocols_and_numbers() {
        assert!(open(&[rule("-1", None, "::/0")], 22).is_some());
        assert!(open(&[rule("6", Some((22, 22)), "::/0")], 22).is_some());
        assert!(open(&[rule("17", Some((22, 22)), "::/0")], 22).is_none());
        assert!(open(&[rule("icmp", Some((-1, -1)), "0.0.0.0/0")], 22).is_none());
    }

    #[test]
    fn several_rules_that_leave_nothing_out() {
        let halves = [
            rule("tcp", Some((22, 22)), "128.0.0.0/1"),
            rule("tcp", Some((22, 22)), "192.168.0.0/16"),
            rule("tcp", Some((0, 65535)), "0.0.0.0/1"),
        ];
        assert_eq!(open(&halves, 22), Some(vec![0, 2]));
        assert_eq!(open(&halves[..2], 22), None);
        assert_eq!(
            open(
                &[rule("tcp", None, "8000::/1"), rule("tcp", None, "::/1")],
                1
            ),
            Some(vec![0, 1])
        );
    }

    #[test]
    fn ports_that_follow_each_other() {
        let all = |rules: &[Rule]| open_to_world(rules, Transport::Tcp, (1, u16::MAX)).unwrap();
        let mut rules = vec![
            rule("tcp", Some((32768, 65535)), "0.0.0.0/0"),
            rule("tcp", Some((443, 443)), "::/0"),
            rule("tcp", Some((0, 32767)), "::/0"),
        ];
        assert_eq!(all(&rules), Some(vec![0, 2]));
        rules[2].to_port = Some(32766);
        assert_eq!(all(&rules), None);
        assert_eq!(all(&[rule("tcp", Some((-1, -1)), "::/0")]), Some(vec![0]));
    }

    #[test]
    fn prefix_lists_could_hold_anything() {
        let list = Rule {
            source_prefix_list_id: Some("pl-1".to_owned()),
            ..rule("tcp", Some((22, 22)), "")
        };
        let at = |rules: &[Rule], port| open_to_world(rules, Transport::Tcp, (port, port));
        let rules = [list, rule("tcp", Some((22, 22)), "0.0.0.0/0")];
        assert_eq!(at(&rules, 22), Ok(Some(vec![1])));
        assert!(at(&rules[..1], 22).unwrap_err().reason.contains("pl-1"));
        assert_eq!(at(&rules[..1], 23), Ok(None));
    }

    #[test]
    fn strange_ranges_are_no_world() {
        for strange in ["0.0.0.0/33", "nowhere", "0.0.0.0/", "0.0.0.0", ""] {
            assert_eq!(open(&[rule("tcp", None, strange)], 1), None, "{strange}");
        }
    }
}
