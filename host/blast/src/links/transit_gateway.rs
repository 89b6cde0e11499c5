//! From one VPC into another through a transit gateway.

use super::LinkDocumentation;
use super::crossing::BetweenNetworks;
use crate::world::World;

pub(super) static TRANSIT_GATEWAY: BetweenNetworks = BetweenNetworks {
    documentation: LinkDocumentation {
        id: "transit-gateway",
        name: "Transit gateway",
        family: "network",
        source: "host in a VPC, or whole account that may start hosts in it: its owner, and accounts that have \
            a host in a subnet of it or that a subnet is shared with",
        target: "network reach of a host in a VPC that is attached to the same transit gateway",
        precondition: "both attachments are available, the most specific route of each subnet to the other \
            leads to the gateway, the most specific route of the table that each attachment is associated \
            with leads to the other attachment and is no blackhole, the network ACLs of both let request \
            and answer pass, the security groups of the target let it in and those of the source let it \
            out; they name groups of the other VPC only if gateway and attachments support it. Ways \
            through appliances in a third VPC or through gateways that are peered are not followed; IPv4 \
            only",
        mitigations: "a route table for each environment, without propagation from the others; blackhole \
            routes; security groups",
        references: &[
            "https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html",
            "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html",
            "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
            "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
        ],
    },
    all: World::transit_gateways,
    between: World::transits_between,
};
