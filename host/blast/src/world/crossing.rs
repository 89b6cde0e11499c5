//! From one VPC into another: through a peering connection, or a transit gateway that both are attached to.
//!
//! Sources: Amazon VPC Peering Guide, "How VPC peering connections work"; Amazon VPC Transit Gateways,
//! "How Amazon VPC Transit Gateways work" and "Amazon VPC attachments" (rules that let out name no groups
//! of other VPCs).

use std::net::Ipv4Addr;

use super::World;
use super::transit::TransitWay;
use crate::facts::networks::{NextHop, PeeringEnd};

/// A VPC at an end of a crossing, and the account that owns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End<'a> {
    pub(crate) vpc: &'a str,
    pub(crate) account: &'a str,
}

/// What joins two different VPCs, seen from the one that connections start in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crossing<'a> {
    pub(crate) near: End<'a>,
    pub(crate) far: End<'a>,
    way: Way<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Way<'a> {
    Peering(&'a str),
    Transit(TransitWay<'a>),
}

impl World {
    /// The peering connections into a VPC.
    pub(crate) fn peerings_into(&self, vpc: &str) -> Vec<Crossing<'_>> {
        let peerings = self.networks.peerings.iter();
        let crossings = peerings.flat_map(|(id, [one, other])| {
            let way = Way::Peering(id);
            [(one, other), (other, one)].map(|(near, far)| Crossing {
                near: end(near),
                far: end(far),
                way,
            })
        });
        crossings
            .filter(|crossing| crossing.far.vpc == vpc && crossing.near.vpc != vpc)
            .collect()
    }

    /// The transit gateways into a VPC.
    pub(crate) fn transits_into(&self, vpc: &str) -> Vec<Crossing<'_>> {
        let ways = self.transit.ways_into(vpc).into_iter();
        let crossings = ways.map(|way| Crossing {
            near: way.near(),
            far: way.far(),
            way: Way::Transit(way),
        });
        crossings.collect()
    }
}

impl<'a> Crossing<'a> {
    /// The id of the peering connection or the transit gateway.
    pub(crate) fn id(&self) -> &'a str {
        match self.way {
            Way::Peering(id) => id,
            Way::Transit(way) => way.id,
        }
    }

    /// Whether a route of a subnet leads here.
    pub(crate) fn is_behind(&self, hop: &NextHop) -> bool {
        match (self.way, hop) {
            (Way::Peering(own), NextHop::Peering(id)) => own == id,
            (Way::Transit(way), NextHop::TransitGateway(id)) => way.id == id,
            _ => false,
        }
    }

    /// Whether packets are handed over to an address of the far VPC and answers to one of the near; what
    /// of that was not seen is added.
    pub(crate) fn carries(
        &self,
        there: Ipv4Addr,
        back: Ipv4Addr,
        unseen: &mut Vec<String>,
    ) -> bool {
        match self.way {
            Way::Peering(_) => true,
            Way::Transit(way) => way.carries(there, back, unseen),
        }
    }

    /// Whether rules that let in may name security groups of the near VPC; what of that was not seen is
    /// added.
    pub(crate) fn knows_groups(&self, unseen: &mut Vec<String>) -> bool {
        let Way::Transit(way) = self.way else {
            return true;
        };
        way.group_references().unwrap_or_else(|| {
            unseen.push(format!("{} supports references to security groups", way.id));
            true
        })
    }

    /// Whether rules that let out may name security groups of the far VPC.
    pub(crate) fn lets_out_to_groups(&self) -> bool {
        matches!(self.way, Way::Peering(_))
    }
}

fn end(of: &PeeringEnd) -> End<'_> {
    End {
        vpc: &of.vpc,
        account: &of.account,
    }
}
