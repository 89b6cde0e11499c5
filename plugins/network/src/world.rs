//! What the inbound rules of a security group open to the whole world.

use std::net::{Ipv4Addr, Ipv6Addr};

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

/// Whether a rule covers a range of ports. A rule for all protocols has no ports and covers all;
/// so does one that leaves them out.
fn covers(rule: &Rule, ports: (u16, u16)) -> bool {
    if rule.ip_protocol == "-1" {
        return true;
    }
    let from = rule.from_port.unwrap_or(0);
    let to = rule.to_port.unwrap_or(i32::from(u16::MAX));
    // -1 stands for all, in rules that old tools wrote.
    (from <= i32::from(ports.0) && to >= i32::from(ports.1)) || (from == -1 && to == -1)
}

/// The rules, by index, that together let the whole world reach all of these ports: by one range
/// `0.0.0.0/0` or `::/0`, or by several that leave nothing out (`0.0.0.0/1` and `128.0.0.0/1`).
pub(crate) fn open_to_world(
    rules: &[Rule],
    transport: Transport,
    ports: (u16, u16),
) -> Option<Vec<usize>> {
    let mut v4 = Vec::new();
    let mut v6 = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        if !transport.is_of(rule) || !covers(rule, ports) {
            continue;
        }
        if let Some(range) = rule.cidr_ip.as_deref().and_then(v4_range) {
            v4.push((range, index));
        }
        if let Some(range) = rule.cidr_ipv6.as_deref().and_then(v6_range) {
            v6.push((range, index));
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
        open_to_world(rules, Transport::Tcp, (port, port))
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
            open(&[rule("tcp", None, "8000::/1"), rule("tcp", None, "::/1")], 1),
            Some(vec![0, 1])
        );
    }

    #[test]
    fn strange_ranges_are_no_world() {
        for strange in ["0.0.0.0/33", "nowhere", "0.0.0.0/", "0.0.0.0", ""] {
            assert_eq!(open(&[rule("tcp", None, strange)], 1), None, "{strange}");
        }
    }
}
