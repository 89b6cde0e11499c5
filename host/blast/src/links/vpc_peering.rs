//! From one VPC into another through a peering connection.

use super::LinkDocumentation;
use super::crossing::BetweenNetworks;
use crate::world::World;

pub(super) static VPC_PEERING: BetweenNetworks = BetweenNetworks {
    documentation: LinkDocumentation {
        id: "vpc-peering",
        name: "VPC peering",
        family: "network",
        source: "host in a VPC, or whole account that may start hosts in it: its owner, and accounts that have \
            a host in a subnet of it or that a subnet is shared with",
        target: "network reach of a host in the VPC that it is peered with",
        precondition: "the peering connection is active, the most specific route of each subnet to the \
            other leads through it, the network ACLs of both let request and answer pass, the security \
            groups of the target let it in and those of the source let it out. Peering is not transitive; \
            IPv4 only",
        mitigations: "routes to single subnets, security groups that name security groups of the peer",
        references: &[
            "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html",
            "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html",
            "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
        ],
    },
    all: World::peerings,
    between: World::peerings_between,
};
