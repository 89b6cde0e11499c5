//! From one host to another: inside a VPC, or from one VPC into another through a peering connection or a
//! transit gateway that both are attached to.
//!
//! Sources: Amazon VPC Peering Guide, "How VPC peering connections work"; Amazon VPC Transit Gateways,
//! "How Amazon VPC Transit Gateways work" and "Amazon VPC attachments" (rules that let out name no groups
//! of other VPCs).

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::World;
use super::transit::{Attachment, Gateway, TransitWay};
use crate::facts::networks::NextHop;

/// What a connection goes through, seen from where it starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crossing<'a> {
    way: Way<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Way<'a> {
    /// The VPC that both are in.
    Local(&'a str),
    Peering(&'a str),
    Transit(TransitWay<'a>),
}

/// Something that joins VPCs, or the hosts of one: connections go from every end of the one side to every end
/// of the other.
#[derive(Clone, Debug)]
pub(crate) struct Junction<'a> {
    pub(crate) near: Vec<End<'a>>,
    pub(crate) far: Vec<End<'a>>,
    kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    Local,
    Peering(&'a str),
    Transit(&'a str, &'a Gateway),
}

/// A VPC at an end of a junction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End<'a> {
    pub(crate) vpc: &'a str,
    /// Its attachment to a transit gateway.
    pub(crate) attachment: Option<&'a Attachment>,
}

impl<'a> End<'a> {
    fn of(vpc: &'a str) -> Self {
        Self {
            vpc,
            attachment: None,
        }
    }
}

impl World {
    /// The VPCs that have hosts.
    pub(crate) fn vpcs(&self) -> Vec<Junction<'_>> {
        let hosts = self.workloads.iter().flat_map(|row| &row.hosts);
        let vpcs: BTreeSet<&str> = hosts.map(|host| host.vpc.as_str()).collect();
        let vpcs = vpcs.into_iter();
        vpcs.map(|vpc| Junction {
            near: vec![End::of(vpc)],
            far: vec![End::of(vpc)],
            kind: Kind::Local,
        })
        .collect()
    }

    /// The peering connections, each seen from both ends.
    pub(crate) fn peerings(&self) -> Vec<Junction<'_>> {
        let peerings = self.networks.peerings.iter();
        let junctions = peerings.flat_map(|(id, [one, other])| {
            [(one, other), (other, one)].map(|(near, far)| Junction {
                near: vec![End::of(&near.vpc)],
                far: vec![End::of(&far.vpc)],
                kind: Kind::Peering(id),
            })
        });
        junctions.collect()
    }

    /// The way from a VPC to itself.
    pub(crate) fn inside<'w>(&'w self, near: &'w str, far: &str) -> Vec<Crossing<'w>> {
        let way = (near == far).then_some(Way::Local(near));
        way.map(|way| Crossing { way }).into_iter().collect()
    }

    /// The peering connections from one VPC to another.
    pub(crate) fn peerings_between<'w>(&'w self, near: &'w str, far: &'w str) -> Vec<Crossing<'w>> {
        let peerings = self.networks.peerings.iter();
        let between = peerings.filter(|(_, [one, other])| {
            near != far && [(near, far), (far, near)].contains(&(&one.vpc, &other.vpc))
        });
        let ways = between.map(|(id, _)| Way::Peering(id));
        ways.map(|way| Crossing { way }).collect()
    }

    /// The transit gateways that lead from one VPC to another.
    pub(crate) fn transits_between<'w>(&'w self, near: &'w str, far: &'w str) -> Vec<Crossing<'w>> {
        let mut crossings = Vec::new();
        for (id, gateway) in self.transit.gateways() {
            let attached = |vpc| gateway.attachments.iter().filter(move |it| it.vpc == vpc);
            for near in attached(near).filter(|_| near != far) {
                let ways = attached(far).map(|far| TransitWay {
                    id,
                    gateway,
                    near,
                    far,
                });
                crossings.extend(ways.map(|way| Crossing {
                    way: Way::Transit(way),
                }));
            }
        }
        crossings
    }

    /// The transit gateways.
    pub(crate) fn transit_gateways(&self) -> Vec<Junction<'_>> {
        let gateways = self.transit.gateways();
        let junctions = gateways.map(|(id, gateway)| {
            let ends = gateway.attachments.iter().map(|attachment| End {
                vpc: &attachment.vpc,
                attachment: Some(attachment),
            });
            let ends: Vec<_> = ends.collect();
            Junction {
                near: ends.clone(),
                far: ends,
                kind: Kind::Transit(id, gateway),
            }
        });
        junctions.collect()
    }
}

impl<'a> Junction<'a> {
    /// Whether it is a VPC by itself.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self.kind, Kind::Local)
    }

    /// The way from one end to another; none if there is none.
    pub(crate) fn join(&self, near: &End<'a>, far: &End<'a>) -> Option<Crossing<'a>> {
        let way = match self.kind {
            Kind::Local => Way::Local(far.vpc),
            _ if near.vpc == far.vpc => return None,
            Kind::Peering(id) => Way::Peering(id),
            Kind::Transit(id, gateway) => Way::Transit(TransitWay {
                id,
                gateway,
                near: near.attachment?,
                far: far.attachment?,
            }),
        };
        Some(Crossing { way })
    }

    /// Whether a route of a subnet leads here.
    pub(crate) fn is_behind(&self, hop: &NextHop) -> bool {
        match (self.kind, hop) {
            (Kind::Peering(own), NextHop::Peering(id)) => own == id,
            (Kind::Transit(own, _), NextHop::TransitGateway(id)) => own == id,
            _ => false,
        }
    }

    /// The transit gateway that it is.
    pub(crate) fn gateway(&self) -> Option<&'a Gateway> {
        match self.kind {
            Kind::Transit(_, gateway) => Some(gateway),
            Kind::Local | Kind::Peering(_) => None,
        }
    }

    /// Whether rules that let out may name security groups of the other side.
    pub(crate) fn lets_out_to_groups(&self) -> bool {
        !matches!(self.kind, Kind::Transit(..))
    }
}

impl<'a> Crossing<'a> {
    /// The id of the VPC, the peering connection or the transit gateway.
    pub(crate) fn id(&self) -> &'a str {
        match self.way {
            Way::Local(id) | Way::Peering(id) => id,
            Way::Transit(way) => way.id,
        }
    }

    /// Whether it stays in a VPC.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self.way, Way::Local(_))
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
            Way::Local(_) | Way::Peering(_) => true,
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
        !matches!(self.way, Way::Transit(_))
    }
}
