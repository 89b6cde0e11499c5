//! Types of EC2 that are listed as their documents are, by tables.

use serde_json::Value;

use super::{Filterable, listed};
use crate::document::{Members, items, list, members, scalar, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::state::last_part;
use crate::xml::Element;

/// How a type is listed.
pub(super) struct Listing {
    pub(super) kind: &'static str,
    /// The list of the answer.
    pub(super) set: &'static str,
    /// The filter by id.
    pub(super) id: &'static str,
    pub(super) members: &'static Members,
    /// Lists inside: the property, the member, and what each item has.
    pub(super) lists: &'static [(&'static str, &'static str, &'static Members)],
    /// What no table says.
    pub(super) more: fn(Element, &Value) -> Element,
}

pub(super) fn nothing_more(element: Element, _: &Value) -> Element {
    element
}

macro_rules! listings {
    ($($run:ident $operation:literal $action:literal = $listing:expr;)*) => {
        pub(super) const OPERATIONS: &[Operation] = &[$(listing($operation, $action, $run)),*];
        $(
            fn $run(call: &Call<'_>) -> Result<Answer, Failure> {
                const LISTING: Listing = $listing;
                describe(call, &LISTING)
            }
        )*
    };
}

fn describe(call: &Call<'_>, listing: &Listing) -> Result<Answer, Failure> {
    let entries = call
        .account()?
        .documents(listing.kind, call.region)
        .map(|document| {
            let known: Filterable = vec![(listing.id, id(document))];
            (known, item(call, document, listing))
        });
    listed(call, listing.set, entries)
}

pub(super) fn id(document: &Value) -> String {
    last_part(&text(document, "/arn")).to_owned()
}

pub(super) fn item(call: &Call<'_>, document: &Value, listing: &Listing) -> Element {
    let element = Element::new("item");
    let named_owner = document.pointer("/observed/OwnerId").is_some();
    let element = if named_owner {
        element
    } else {
        element.text("ownerId", &call.principal.account)
    };
    let element = members(element, document, listing.members);
    let element = listing
        .lists
        .iter()
        .filter(|(pointer, _, _)| document.pointer(pointer).is_some())
        .fold(element, |element, (pointer, name, item)| {
            element.list(name, items(document, pointer, item))
        });
    let tags = document.get("tags").and_then(Value::as_object);
    let tags = tags.into_iter().flatten();
    (listing.more)(element, document).list(
        "tagSet",
        tags.map(|(key, value)| {
            Element::new("item")
                .text("key", key)
                .maybe("value", scalar(value))
        }),
    )
}

listings! {
    describe_vpcs "DescribeVpcs" "ec2:DescribeVpcs" = Listing {
        kind: "AWS::EC2::VPC", set: "vpcSet", id: "vpc-id",
        members: &[
            ("/config/VpcId", "vpcId"), ("/config/CidrBlock", "cidrBlock"),
            ("/config/InstanceTenancy", "instanceTenancy"), ("/observed/IsDefault", "isDefault"),
            ("/observed/State", "state"),
        ],
        lists: &[],
        more: |element, document| {
            blocks(element, document, "/observed/CidrBlocks",
                ("cidrBlockAssociationSet", "ipv6CidrBlockAssociationSet"))
        },
    };
    describe_subnets "DescribeSubnets" "ec2:DescribeSubnets" = Listing {
        kind: "AWS::EC2::Subnet", set: "subnetSet", id: "subnet-id",
        members: &[
            ("/config/SubnetId", "subnetId"), ("/config/VpcId", "vpcId"),
            ("/config/CidrBlock", "cidrBlock"), ("/config/AvailabilityZone", "availabilityZone"),
            ("/config/MapPublicIpOnLaunch", "mapPublicIpOnLaunch"), ("/observed/State", "state"),
            ("/observed/AvailableIpAddressCount", "availableIpAddressCount"),
            ("/observed/OwnerId", "ownerId"),
        ],
        lists: &[],
        more: |element, document| {
            let block = document.pointer("/config/Ipv6CidrBlock").and_then(scalar);
            let block = block.map(|block| Element::new("item").text("ipv6CidrBlock", block));
            element.list("ipv6CidrBlockAssociationSet", block)
        },
    };
    describe_internet_gateways "DescribeInternetGateways" "ec2:DescribeInternetGateways" = Listing {
        kind: "AWS::EC2::InternetGateway", set: "internetGatewaySet", id: "internet-gateway-id",
        members: &[("/config/InternetGatewayId", "internetGatewayId")],
        lists: &[("/config/VpcIds", "attachmentSet", &[("", "vpcId")])],
        more: nothing_more,
    };
    describe_route_tables "DescribeRouteTables" "ec2:DescribeRouteTables" = Listing {
        kind: "AWS::EC2::RouteTable", set: "routeTableSet", id: "route-table-id",
        members: &[("/config/RouteTableId", "routeTableId"), ("/config/VpcId", "vpcId")],
        lists: &[
            ("/config/Routes", "routeSet", &[
                ("/DestinationCidrBlock", "destinationCidrBlock"),
                ("/DestinationIpv6CidrBlock", "destinationIpv6CidrBlock"),
                ("/DestinationPrefixListId", "destinationPrefixListId"),
                ("/GatewayId", "gatewayId"), ("/NatGatewayId", "natGatewayId"),
                ("/EgressOnlyInternetGatewayId", "egressOnlyInternetGatewayId"),
                ("/TransitGatewayId", "transitGatewayId"),
                ("/VpcPeeringConnectionId", "vpcPeeringConnectionId"),
                ("/NetworkInterfaceId", "networkInterfaceId"), ("/State", "state"),
            ]),
            ("/config/Associations", "associationSet", &[
                ("/Main", "main"), ("/SubnetId", "subnetId"), ("/GatewayId", "gatewayId"),
            ]),
        ],
        more: nothing_more,
    };
    describe_network_acls "DescribeNetworkAcls" "ec2:DescribeNetworkAcls" = Listing {
        kind: "AWS::EC2::NetworkAcl", set: "networkAclSet", id: "network-acl-id",
        members: &[
            ("/config/Id", "networkAclId"), ("/config/VpcId", "vpcId"),
            ("/observed/IsDefault", "default"),
        ],
        lists: &[("/config/SubnetIds", "associationSet", &[("", "subnetId")])],
        more: |element, document| {
            let entries = list(document, "/config/Entries").iter().map(|entry| {
                let element = members(Element::new("item"), entry, &[
                    ("/RuleNumber", "ruleNumber"), ("/Protocol", "protocol"),
                    ("/RuleAction", "ruleAction"), ("/Egress", "egress"),
                    ("/CidrBlock", "cidrBlock"), ("/Ipv6CidrBlock", "ipv6CidrBlock"),
                ]);
                let element = child(element, entry, "/PortRange", "portRange",
                    &[("/From", "from"), ("/To", "to")]);
                child(element, entry, "/Icmp", "icmpTypeCode",
                    &[("/Code", "code"), ("/Type", "type")])
            });
            element.list("entrySet", entries)
        },
    };
    describe_peerings "DescribeVpcPeeringConnections" "ec2:DescribeVpcPeeringConnections" = Listing {
        kind: "AWS::EC2::VPCPeeringConnection", set: "vpcPeeringConnectionSet",
        id: "vpc-peering-connection-id",
        members: &[("/config/Id", "vpcPeeringConnectionId")],
        lists: &[],
        more: |element, document| {
            let side = |name: &str, blocks_at: &str, side: &Members| {
                let element = members(Element::new(name), document, side);
                blocks(element, document, blocks_at, ("cidrBlockSet", "ipv6CidrBlockSet"))
            };
            let status = Element::new("status").text("code", text(document, "/observed/Status"));
            element
                .child(status)
                .child(side("requesterVpcInfo", "/observed/CidrBlocks", &[
                    ("/observed/OwnerId", "ownerId"), ("/config/VpcId", "vpcId"),
                    ("/observed/Region", "region"), ("/observed/CidrBlocks/0", "cidrBlock"),
                ]))
                .child(side("accepterVpcInfo", "/observed/PeerCidrBlocks", &[
                    ("/config/PeerOwnerId", "ownerId"), ("/config/PeerVpcId", "vpcId"),
                    ("/config/PeerRegion", "region"), ("/observed/PeerCidrBlocks/0", "cidrBlock"),
                ]))
        },
    };
    describe_endpoints "DescribeVpcEndpoints" "ec2:DescribeVpcEndpoints" = Listing {
        kind: "AWS::EC2::VPCEndpoint", set: "vpcEndpointSet", id: "vpc-endpoint-id",
        members: &[
            ("/config/Id", "vpcEndpointId"), ("/config/VpcId", "vpcId"),
            ("/config/ServiceName", "serviceName"),
            ("/config/VpcEndpointType", "vpcEndpointType"),
            ("/config/PrivateDnsEnabled", "privateDnsEnabled"), ("/observed/State", "state"),
            ("/observed/OwnerId", "ownerId"),
        ],
        lists: &[
            ("/config/RouteTableIds", "routeTableIdSet", &[("", "")]),
            ("/config/SubnetIds", "subnetIdSet", &[("", "")]),
            ("/config/SecurityGroupIds", "groupSet", &[("", "groupId")]),
        ],
        more: |element, document| {
            let policy = document.pointer("/config/PolicyDocument");
            element.maybe("policyDocument", policy.map(|policy| match policy {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }))
        },
    };
    describe_services "DescribeVpcEndpointServiceConfigurations"
        "ec2:DescribeVpcEndpointServiceConfigurations" = Listing {
        kind: "AWS::EC2::VPCEndpointService", set: "serviceConfigurationSet", id: "service-id",
        members: &[
            ("/observed/ServiceId", "serviceId"), ("/observed/ServiceName", "serviceName"),
            ("/observed/ServiceState", "serviceState"),
            ("/config/AcceptanceRequired", "acceptanceRequired"),
        ],
        lists: &[
            ("/config/NetworkLoadBalancerArns", "networkLoadBalancerArnSet", &[("", "")]),
            ("/config/GatewayLoadBalancerArns", "gatewayLoadBalancerArnSet", &[("", "")]),
        ],
        more: nothing_more,
    };
    describe_flow_logs "DescribeFlowLogs" "ec2:DescribeFlowLogs" = Listing {
        kind: "AWS::EC2::FlowLog", set: "flowLogSet", id: "flow-log-id",
        members: &[
            ("/config/Id", "flowLogId"), ("/config/ResourceId", "resourceId"),
            ("/config/TrafficType", "trafficType"),
            ("/config/LogDestinationType", "logDestinationType"),
            ("/config/LogDestination", "logDestination"),
            ("/config/LogGroupName", "logGroupName"),
            ("/config/DeliverLogsPermissionArn", "deliverLogsPermissionArn"),
            ("/observed/FlowLogStatus", "flowLogStatus"),
            ("/observed/DeliverLogsStatus", "deliverLogsStatus"),
            ("/observed/CreationTime", "creationTime"),
        ],
        lists: &[],
        more: nothing_more,
    };
    describe_interfaces "DescribeNetworkInterfaces" "ec2:DescribeNetworkInterfaces" = Listing {
        kind: "AWS::EC2::NetworkInterface", set: "networkInterfaceSet",
        id: "network-interface-id",
        members: &[
            ("/config/Id", "networkInterfaceId"), ("/config/SubnetId", "subnetId"),
            ("/config/PrivateIpAddress", "privateIpAddress"),
            ("/config/InterfaceType", "interfaceType"),
            ("/config/SourceDestCheck", "sourceDestCheck"),
            ("/config/Description", "description"), ("/observed/VpcId", "vpcId"),
            ("/observed/Status", "status"), ("/observed/RequesterId", "requesterId"),
            ("/observed/RequesterManaged", "requesterManaged"),
        ],
        lists: &[
            ("/config/GroupSet", "groupSet", &[("", "groupId")]),
            ("/observed/Ipv6Addresses", "ipv6AddressesSet", &[("", "ipv6Address")]),
        ],
        more: |element, document| {
            let element = child(element, document, "/observed", "attachment",
                &[("/InstanceId", "instanceId")]);
            child(element, document, "/observed", "association", &[("/PublicIp", "publicIp")])
        },
    };
    describe_addresses "DescribeAddresses" "ec2:DescribeAddresses" = Listing {
        kind: "AWS::EC2::EIP", set: "addressesSet", id: "allocation-id",
        members: &[
            ("/config/AllocationId", "allocationId"), ("/config/PublicIp", "publicIp"),
            ("/config/InstanceId", "instanceId"), ("/observed/AssociationId", "associationId"),
            ("/observed/NetworkInterfaceId", "networkInterfaceId"),
        ],
        lists: &[],
        more: nothing_more,
    };
    describe_key_pairs "DescribeKeyPairs" "ec2:DescribeKeyPairs" = Listing {
        kind: "AWS::EC2::KeyPair", set: "keySet", id: "key-name",
        members: &[
            ("/config/KeyName", "keyName"), ("/config/KeyType", "keyType"),
            ("/observed/KeyPairId", "keyPairId"), ("/observed/KeyFingerprint", "keyFingerprint"),
            ("/observed/CreateTime", "createTime"),
        ],
        lists: &[],
        more: nothing_more,
    };
    describe_snapshots "DescribeSnapshots" "ec2:DescribeSnapshots" = Listing {
        kind: "AWS::EC2::Snapshot", set: "snapshotSet", id: "snapshot-id",
        members: &[
            ("/config/SnapshotId", "snapshotId"), ("/config/VolumeId", "volumeId"),
            ("/config/VolumeSize", "volumeSize"), ("/config/Encrypted", "encrypted"),
            ("/config/KmsKeyId", "kmsKeyId"), ("/config/Description", "description"),
            ("/observed/State", "status"), ("/observed/StartTime", "startTime"),
            ("/observed/StorageTier", "storageTier"),
        ],
        lists: &[],
        more: nothing_more,
    };
    describe_images "DescribeImages" "ec2:DescribeImages" = Listing {
        kind: "AWS::EC2::Image", set: "imagesSet", id: "image-id",
        members: &[
            ("/config/ImageId", "imageId"), ("/config/Name", "name"),
            ("/config/Public", "isPublic"), ("/observed/State", "imageState"),
            ("/observed/CreationDate", "creationDate"),
            ("/observed/LastLaunchedTime", "lastLaunchedTime"),
        ],
        lists: &[],
        more: |element, document| {
            let disks = list(document, "/config/SnapshotIds").iter().filter_map(scalar);
            element.list("blockDeviceMapping", disks.map(|id| {
                Element::new("item").child(Element::new("ebs").text("snapshotId", id))
            }))
        },
    };
    describe_templates "DescribeLaunchTemplateVersions" "ec2:DescribeLaunchTemplateVersions" = Listing {
        kind: "AWS::EC2::LaunchTemplate", set: "launchTemplateVersionSet",
        id: "launch-template-id",
        members: &[
            ("/config/LaunchTemplateId", "launchTemplateId"),
            ("/config/LaunchTemplateName", "launchTemplateName"),
            ("/observed/DefaultVersionNumber", "versionNumber"),
            ("/observed/CreateTime", "createTime"),
        ],
        lists: &[],
        more: |element, document| {
            let data = document.pointer("/config/LaunchTemplateData");
            element.text("defaultVersion", true).maybe_child(
                data.map(|data| super::started::template_data(data, document)),
            )
        },
    };
}

/// An object inside, if any of its members is there.
pub(super) fn child(
    element: Element,
    document: &Value,
    pointer: &str,
    name: &str,
    inside: &Members,
) -> Element {
    let found = document.pointer(pointer).filter(|value| {
        inside
            .iter()
            .any(|(pointer, _)| value.pointer(pointer).is_some())
    });
    element.maybe_child(found.map(|value| members(Element::new(name), value, inside)))
}

/// Address ranges, IPv4 in the one list and IPv6 in the other.
fn blocks(element: Element, document: &Value, pointer: &str, (v4, v6): (&str, &str)) -> Element {
    let of = |colon: bool, name: &'static str| {
        list(document, pointer)
            .iter()
            .filter_map(scalar)
            .filter(move |block| block.contains(':') == colon)
            .map(move |block| Element::new("item").text(name, block))
    };
    element
        .list(v4, of(false, "cidrBlock"))
        .list(v6, of(true, "ipv6CidrBlock"))
}
