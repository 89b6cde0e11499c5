//! From host to host inside a VPC, which several accounts may share.

use super::LinkDocumentation;
use super::crossing::BetweenNetworks;
use crate::world::World;

pub(super) static SAME_VPC: BetweenNetworks = BetweenNetworks {
    documentation: LinkDocumentation {
        id: "same-vpc",
        name: "Same VPC",
        family: "network",
        source: "host in a VPC, or whole account that may start hosts in it: its owner, and accounts that have \
            a host in a subnet of it or that a subnet is shared with",
        target: "network reach of another host in the VPC",
        precondition: "the security groups of the target let it in, by range or by group, and those of the \
            source let it out; groups may be those of another account. From one subnet to another the \
            network ACLs of both let request and answer pass. A route that is more specific than that to \
            the VPC itself leads through an appliance, which is a condition, and groups do not know each \
            other behind one. IPv4 only",
        mitigations: "a VPC for each environment, security groups that name groups instead of ranges, network \
            ACLs between subnets, no shares of subnets across environments",
        references: &[
            "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html",
            "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
            "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
            "https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html",
        ],
    },
    all: World::vpcs,
    between: World::inside,
};
