//! Ranges of addresses, and how much of the internet they are.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    V4,
    V6,
}

/// Addresses from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) family: Family,
    first: u128,
    last: u128,
}

/// What is not on the internet, of IPv4. Source: IANA IPv4 Special-Purpose Address Registry.
const PRIVATE: [(Ipv4Addr, Ipv4Addr); 8] = [
    (Ipv4Addr::new(0, 0, 0, 0), Ipv4Addr::new(0, 255, 255, 255)),
    (Ipv4Addr::new(10, 0, 0, 0), Ipv4Addr::new(10, 255, 255, 255)),
    (
        Ipv4Addr::new(100, 64, 0, 0),
        Ipv4Addr::new(100, 127, 255, 255),
    ),
    (
        Ipv4Addr::new(127, 0, 0, 0),
        Ipv4Addr::new(127, 255, 255, 255),
    ),
    (
        Ipv4Addr::new(169, 254, 0, 0),
        Ipv4Addr::new(169, 254, 255, 255),
    ),
    (
        Ipv4Addr::new(172, 16, 0, 0),
        Ipv4Addr::new(172, 31, 255, 255),
    ),
    (
        Ipv4Addr::new(192, 168, 0, 0),
        Ipv4Addr::new(192, 168, 255, 255),
    ),
    (
        Ipv4Addr::new(224, 0, 0, 0),
        Ipv4Addr::new(255, 255, 255, 255),
    ),
];

/// What is on the internet, of IPv6: `2000::/3`. Source: IANA IPv6 Global Unicast Address Assignments.
const GLOBAL: (u128, u128) = (0x2000 << 112, (0x4000 << 112) - 1);

impl Span {
    /// A range in CIDR notation, or an address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self::one(address));
        }
        Some(match text.parse::<IpNet>().ok()? {
            IpNet::V4(range) => Self::v4(range.network(), range.broadcast()),
            IpNet::V6(range) => Self {
                family: Family::V6,
                first: u128::from(range.network()),
                last: u128::from(range.broadcast()),
            },
        })
    }

    pub(super) fn one(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::v4(address, address),
            IpAddr::V6(address) => Self {
                family: Family::V6,
                first: u128::from(address),
                last: u128::from(address),
            },
        }
    }

    fn v4(first: Ipv4Addr, last: Ipv4Addr) -> Self {
        Self {
            family: Family::V4,
            first: u128::from(u32::from(first)),
            last: u128::from(u32::from(last)),
        }
    }

    /// Every address there is.
    pub(super) fn whole(family: Family) -> Self {
        let last = match family {
            Family::V4 => u128::from(u32::MAX),
            Family::V6 => u128::MAX,
        };
        Self {
            family,
            first: 0,
            last,
        }
    }

    pub(super) fn covers(&self, other: &Self) -> bool {
        self.family == other.family && self.first <= other.first && other.last <= self.last
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.family == other.family && self.first <= other.last && other.first <= self.last
    }

    /// How many addresses it has, but for one.
    pub(super) fn size(&self) -> u128 {
        self.last - self.first
    }

    fn is_public(&self) -> bool {
        match self.family {
            Family::V4 => !PRIVATE
                .iter()
                .any(|(first, last)| Self::v4(*first, *last).covers(self)),
            Family::V6 => GLOBAL.0 <= self.first && self.last <= GLOBAL.1,
        }
    }

    pub(super) fn words(&self) -> String {
        let address = |number: u128| match self.family {
            Family::V4 => Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).to_string(),
            Family::V6 => Ipv6Addr::from(number).to_string(),
        };
        match self.size() {
            0 => address(self.first),
            _ => format!("{} to {}", address(self.first), address(self.last)),
        }
    }
}

/// The internet in parts that none of these ranges cuts, so that one address of a part speaks for it.
pub(super) fn parts(family: Family, ranges: impl Iterator<Item = Span>) -> Vec<Span> {
    let private = PRIVATE
        .iter()
        .map(|(first, last)| Span::v4(*first, *last))
        .filter(|_| family == Family::V4);
    let global = (family == Family::V6).then_some(Span {
        family,
        first: GLOBAL.0,
        last: GLOBAL.1,
    });
    let whole = Span::whole(family);
    let mut starts: Vec<u128> = ranges
        .chain(private)
        .chain(global)
        .filter(|range| range.family == family)
        .flat_map(|range| [Some(range.first), range.last.checked_add(1)])
        .flatten()
        .chain([0])
        .filter(|start| *start <= whole.last)
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|next| next - 1);
    let ends: Vec<u128> = ends.chain([whole.last]).collect();
    starts
        .into_iter()
        .zip(ends)
        .map(|(first, last)| Span {
            family,
            first,
            last,
        })
        .filter(Span::is_public)
        .collect()
}

/// How much of the internet some parts of it are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Share {
    /// A part in which somebody may happen to be and a stranger cannot choose to be.
    Little,
    /// As much as a provider has from which anybody gets an address: 1/256, a `/8` of IPv4.
    Large,
    /// A quarter or more, which is the world.
    World,
}

/// Parts of the internet that do not overlap, by how much they are.
pub(super) fn share(family: Family, parts: &[Span]) -> Share {
    let all: u128 = match family {
        Family::V4 => 1 << 32,
        Family::V6 => 1 << 125,
    };
    let sizes = parts.iter().map(|part| part.size().saturating_add(1));
    match sizes.fold(0, u128::saturating_add) {
        size if size >= all / 4 => Share::World,
        size if size >= all / 256 => Share::Large,
        _ => Share::Little,
    }
}

/// How much of the internet these ranges are together, by IPv4 or by IPv6; what is no range counts for nothing.
pub(super) fn share_of<'a>(ranges: impl IntoIterator<Item = &'a String>) -> Share {
    let ranges: Vec<Span> = ranges
        .into_iter()
        .filter_map(|text| Span::parse(text))
        .collect();
    let shares = [Family::V4, Family::V6].map(|family| {
        let covered: Vec<Span> = parts(family, ranges.iter().copied())
            .into_iter()
            .filter(|part| ranges.iter().any(|range| range.covers(part)))
            .collect();
        share(family, &covered)
    });
    shares.into_iter().max().unwrap_or(Share::Little)
}

#[cfg(test)]
mod tests {
    use super::Share;

    fn share_of(ranges: &[&str]) -> Share {
        let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        super::share_of(&ranges)
    }

    #[test]
    fn the_world_in_pieces_is_the_world() {
        assert_eq!(share_of(&["0.0.0.0/0"]), Share::World);
        assert_eq!(share_of(&["0.0.0.0/1"]), Share::World);
        assert_eq!(share_of(&["64.0.0.0/3", "32.0.0.0/3"]), Share::World);
        assert_eq!(share_of(&["52.0.0.0/8"]), Share::Large);
        assert_eq!(share_of(&["52.0.0.0/9"]), Share::Little);
        assert_eq!(share_of(&["10.0.0.0/8"]), Share::Little);
        assert_eq!(share_of(&["203.0.113.7"]), Share::Little);
        assert_eq!(share_of(&["::/0"]), Share::World);
        assert_eq!(share_of(&["2600:1f00::/24"]), Share::Little);
        assert_eq!(share_of(&["2600::/11"]), Share::Large);
        assert_eq!(share_of(&["fc00::/7"]), Share::Little);
    }
}
