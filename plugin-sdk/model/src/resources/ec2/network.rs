//! Virtual private clouds and what traffic passes on its way.

use serde_json::Value;

use crate::resource::{kind, properties, shapes};

properties! {
    /// What is set on a VPC (`AWS::EC2::VPC`).
    "config" VpcConfig {
        /// Its id, `vpc-…`.
        "VpcId" vpc_id: String,
        /// Its first IPv4 range.
        "CidrBlock" cidr_block: String,
        /// `default` or `dedicated`.
        "InstanceTenancy" instance_tenancy: String,
    }
}

properties! {
    /// What is observed of a VPC.
    "observed" VpcObserved {
        /// Whether AWS made it as the region's default.
        "IsDefault" is_default: bool,
        /// `available` or `pending`.
        "State" state: String,
        /// All its IPv4 and IPv6 ranges.
        "CidrBlocks" cidr_blocks: Vec<String>,
    }
}

kind! {
    /// A virtual private cloud.
    Vpc, VpcKind = "AWS::EC2::VPC", VpcConfig, VpcObserved
}

properties! {
    /// What is set on a subnet (`AWS::EC2::Subnet`).
    "config" SubnetConfig {
        /// Its id, `subnet-…`.
        "SubnetId" subnet_id: String,
        /// Its VPC.
        "VpcId" vpc_id: String,
        /// Its IPv4 range.
        "CidrBlock" cidr_block: String,
        /// Its IPv6 range.
        "Ipv6CidrBlock" ipv6_cidr_block: String,
        /// Its zone.
        "AvailabilityZone" availability_zone: String,
        /// Whether interfaces in it get a public address unasked.
        "MapPublicIpOnLaunch" map_public_ip_on_launch: bool,
    }
}

properties! {
    /// What is observed of a subnet.
    "observed" SubnetObserved {
        /// `available`, …
        "State" state: String,
        /// How many addresses are free.
        "AvailableIpAddressCount" available_ip_address_count: i32,
        /// The account that owns it; another one if it is shared with this one.
        "OwnerId" owner_id: String,
    }
}

kind! {
    /// A subnet.
    Subnet, SubnetKind = "AWS::EC2::Subnet", SubnetConfig, SubnetObserved
}

shapes! {
    /// A route: one destination, one target.
    Route {
        /// An IPv4 range.
        #[serde(skip_serializing_if = "Option::is_none")]
        destination_cidr_block: Option<String>,
        /// An IPv6 range.
        #[serde(skip_serializing_if = "Option::is_none")]
        destination_ipv6_cidr_block: Option<String>,
        /// A prefix list.
        #[serde(skip_serializing_if = "Option::is_none")]
        destination_prefix_list_id: Option<String>,
        /// An internet gateway, a virtual private gateway, a gateway endpoint, or `local`.
        #[serde(skip_serializing_if = "Option::is_none")]
        gateway_id: Option<String>,
        /// A NAT gateway.
        #[serde(skip_serializing_if = "Option::is_none")]
        nat_gateway_id: Option<String>,
        /// An egress-only internet gateway.
        #[serde(skip_serializing_if = "Option::is_none")]
        egress_only_internet_gateway_id: Option<String>,
        /// A transit gateway.
        #[serde(skip_serializing_if = "Option::is_none")]
        transit_gateway_id: Option<String>,
        /// A peering connection.
        #[serde(skip_serializing_if = "Option::is_none")]
        vpc_peering_connection_id: Option<String>,
        /// A network interface.
        #[serde(skip_serializing_if = "Option::is_none")]
        network_interface_id: Option<String>,
        /// `active` or `blackhole`.
        #[serde(skip_serializing_if = "Option::is_none")]
        state: Option<String>,
    }

    /// To what a route table applies.
    RouteTableAssociation {
        /// Whether it is the main table, for subnets without one of their own.
        main: bool,
        /// A subnet.
        #[serde(skip_serializing_if = "Option::is_none")]
        subnet_id: Option<String>,
        /// A gateway.
        #[serde(skip_serializing_if = "Option::is_none")]
        gateway_id: Option<String>,
    }
}

properties! {
    /// What is set on a route table (`AWS::EC2::RouteTable`, `AWS::EC2::Route` and
    /// `AWS::EC2::SubnetRouteTableAssociation`).
    "config" RouteTableConfig {
        /// Its id, `rtb-…`.
        "RouteTableId" route_table_id: String,
        /// Its VPC.
        "VpcId" vpc_id: String,
        /// Its routes.
        "Routes" routes: Vec<Route>,
        /// To what it applies.
        "Associations" associations: Vec<RouteTableAssociation>,
    }
}

properties! {
    /// Nothing is observed of a route table.
    "observed" RouteTableObserved {}
}

kind! {
    /// A route table with its routes and the subnets that it applies to.
    RouteTable, RouteTableKind = "AWS::EC2::RouteTable", RouteTableConfig, RouteTableObserved
}

properties! {
    /// What is set on an internet gateway (`AWS::EC2::InternetGateway` and
    /// `AWS::EC2::VPCGatewayAttachment`).
    "config" InternetGatewayConfig {
        /// Its id, `igw-…`.
        "InternetGatewayId" internet_gateway_id: String,
        /// The VPCs that it is attached to; AWS allows one.
        "VpcIds" vpc_ids: Vec<String>,
    }
}

properties! {
    /// Nothing is observed of an internet gateway.
    "observed" InternetGatewayObserved {}
}

kind! {
    /// An internet gateway.
    InternetGateway, InternetGatewayKind = "AWS::EC2::InternetGateway",
    InternetGatewayConfig, InternetGatewayObserved
}

shapes! {
    /// Ports, both ends included.
    PortRange {
        /// The first.
        from: i32,
        /// The last.
        to: i32,
    }

    /// An ICMP type and code; -1 is any.
    Icmp {
        /// The code.
        code: i32,
        /// The type.
        r#type: i32,
    }

    /// A rule of a network ACL. The lowest number that matches decides.
    NetworkAclEntry {
        /// Its number; 32767 is the rule that denies the rest.
        rule_number: i32,
        /// `allow` or `deny`.
        rule_action: String,
        /// Whether it is about traffic on its way out.
        egress: bool,
        /// A protocol number, -1 for all.
        protocol: String,
        /// An IPv4 range.
        #[serde(skip_serializing_if = "Option::is_none")]
        cidr_block: Option<String>,
        /// An IPv6 range.
        #[serde(skip_serializing_if = "Option::is_none")]
        ipv6_cidr_block: Option<String>,
        /// Its ports; none means all.
        #[serde(skip_serializing_if = "Option::is_none")]
        port_range: Option<PortRange>,
        /// Its ICMP type and code; none means all.
        #[serde(skip_serializing_if = "Option::is_none")]
        icmp: Option<Icmp>,
    }
}

properties! {
    /// What is set on a network ACL (`AWS::EC2::NetworkAcl`, `AWS::EC2::NetworkAclEntry` and
    /// `AWS::EC2::SubnetNetworkAclAssociation`).
    "config" NetworkAclConfig {
        /// Its id, `acl-…`.
        "Id" id: String,
        /// Its VPC.
        "VpcId" vpc_id: String,
        /// Its rules, by direction and number.
        "Entries" entries: Vec<NetworkAclEntry>,
        /// The subnets that it applies to.
        "SubnetIds" subnet_ids: Vec<String>,
    }
}

properties! {
    /// What is observed of a network ACL.
    "observed" NetworkAclObserved {
        /// Whether subnets without one of their own have it.
        "IsDefault" is_default: bool,
    }
}

kind! {
    /// A network access control list with its rules and subnets.
    NetworkAcl, NetworkAclKind = "AWS::EC2::NetworkAcl", NetworkAclConfig, NetworkAclObserved
}

properties! {
    /// What is set on a peering connection (`AWS::EC2::VPCPeeringConnection`).
    "config" VpcPeeringConnectionConfig {
        /// Its id, `pcx-…`.
        "Id" id: String,
        /// The VPC that asked.
        "VpcId" vpc_id: String,
        /// The VPC that was asked.
        "PeerVpcId" peer_vpc_id: String,
        /// The account that was asked.
        "PeerOwnerId" peer_owner_id: String,
        /// The region that was asked.
        "PeerRegion" peer_region: String,
    }
}

properties! {
    /// What is observed of a peering connection.
    "observed" VpcPeeringConnectionObserved {
        /// The account that asked.
        "OwnerId" owner_id: String,
        /// The region that asked.
        "Region" region: String,
        /// `active`, `pending-acceptance`, …
        "Status" status: String,
        /// The ranges of the VPC that asked.
        "CidrBlocks" cidr_blocks: Vec<String>,
        /// The ranges of the VPC that was asked.
        "PeerCidrBlocks" peer_cidr_blocks: Vec<String>,
    }
}

kind! {
    /// A VPC peering connection; both accounts see it.
    VpcPeeringConnection, VpcPeeringConnectionKind = "AWS::EC2::VPCPeeringConnection",
    VpcPeeringConnectionConfig, VpcPeeringConnectionObserved
}

properties! {
    /// What is set on a VPC endpoint (`AWS::EC2::VPCEndpoint`).
    "config" VpcEndpointConfig {
        /// Its id, `vpce-…`.
        "Id" id: String,
        /// Its VPC.
        "VpcId" vpc_id: String,
        /// The service that it leads to, `com.amazonaws.eu-west-1.s3`.
        "ServiceName" service_name: String,
        /// `Interface`, `Gateway` or `GatewayLoadBalancer`.
        "VpcEndpointType" vpc_endpoint_type: String,
        /// Its policy, decoded.
        "PolicyDocument" policy_document: Value,
        /// The route tables that lead to it.
        "RouteTableIds" route_table_ids: Vec<String>,
        /// The subnets that it is in.
        "SubnetIds" subnet_ids: Vec<String>,
        /// Its security groups.
        "SecurityGroupIds" security_group_ids: Vec<String>,
        /// Whether the service's own name leads to it.
        "PrivateDnsEnabled" private_dns_enabled: bool,
    }
}

properties! {
    /// What is observed of a VPC endpoint.
    "observed" VpcEndpointObserved {
        /// `available`, …
        "State" state: String,
        /// The account that owns it.
        "OwnerId" owner_id: String,
    }
}

kind! {
    /// A VPC endpoint with its policy.
    VpcEndpoint, VpcEndpointKind = "AWS::EC2::VPCEndpoint", VpcEndpointConfig, VpcEndpointObserved
}

properties! {
    /// What is set on an endpoint service of AWS PrivateLink (`AWS::EC2::VPCEndpointService`).
    "config" VpcEndpointServiceConfig {
        /// Whether somebody accepts each endpoint.
        "AcceptanceRequired" acceptance_required: bool,
        /// The ARNs of the Network Load Balancers behind it.
        "NetworkLoadBalancerArns" network_load_balancer_arns: Vec<String>,
        /// The ARNs of the Gateway Load Balancers behind it.
        "GatewayLoadBalancerArns" gateway_load_balancer_arns: Vec<String>,
    }
}

properties! {
    /// What is observed of an endpoint service.
    "observed" VpcEndpointServiceObserved {
        /// Its id, `vpce-svc-…`.
        "ServiceId" service_id: String,
        /// What endpoints name it by, `com.amazonaws.vpce.eu-west-1.vpce-svc-…`.
        "ServiceName" service_name: String,
        /// `Available`, …
        "ServiceState" service_state: String,
        /// Whom it allows to make endpoints, by ARN; `*` is everybody.
        "AllowedPrincipals" allowed_principals: Vec<String>,
    }
}

kind! {
    /// An endpoint service: what other VPCs reach through AWS PrivateLink.
    VpcEndpointService, VpcEndpointServiceKind = "AWS::EC2::VPCEndpointService",
    VpcEndpointServiceConfig, VpcEndpointServiceObserved
}

properties! {
    /// What is set on a flow log (`AWS::EC2::FlowLog`).
    "config" FlowLogConfig {
        /// Its id, `fl-…`.
        "Id" id: String,
        /// The VPC, subnet, interface or transit gateway that it records.
        "ResourceId" resource_id: String,
        /// `ALL`, `ACCEPT` or `REJECT`.
        "TrafficType" traffic_type: String,
        /// `cloud-watch-logs`, `s3` or `kinesis-data-firehose`.
        "LogDestinationType" log_destination_type: String,
        /// The ARN of the destination.
        "LogDestination" log_destination: String,
        /// The name of the log group.
        "LogGroupName" log_group_name: String,
        /// The role that delivers.
        "DeliverLogsPermissionArn" deliver_logs_permission_arn: String,
    }
}

properties! {
    /// What is observed of a flow log.
    "observed" FlowLogObserved {
        /// `ACTIVE` once made.
        "FlowLogStatus" flow_log_status: String,
        /// `SUCCESS` or `FAILED`.
        "DeliverLogsStatus" deliver_logs_status: String,
        /// RFC 3339.
        "CreationTime" creation_time: String,
    }
}

kind! {
    /// A flow log of a VPC, a subnet or an interface.
    FlowLog, FlowLogKind = "AWS::EC2::FlowLog", FlowLogConfig, FlowLogObserved
}

properties! {
    /// What is set on a network interface (`AWS::EC2::NetworkInterface`).
    "config" NetworkInterfaceConfig {
        /// Its id, `eni-…`.
        "Id" id: String,
        /// Its subnet.
        "SubnetId" subnet_id: String,
        /// Its security groups.
        "GroupSet" group_set: Vec<String>,
        /// Its first private IPv4 address.
        "PrivateIpAddress" private_ip_address: String,
        /// `interface`, `nat_gateway`, `lambda`, `vpc_endpoint`, …
        "InterfaceType" interface_type: String,
        /// Whether traffic must be from or to itself.
        "SourceDestCheck" source_dest_check: bool,
        /// Free text; AWS names here what it made an interface for.
        "Description" description: String,
    }
}

properties! {
    /// What is observed of a network interface.
    "observed" NetworkInterfaceObserved {
        /// Its VPC.
        "VpcId" vpc_id: String,
        /// `in-use`, `available`, …
        "Status" status: String,
        /// The instance that it is attached to; absent if none.
        "InstanceId" instance_id: String,
        /// Its public IPv4 address; absent if it has none.
        "PublicIp" public_ip: String,
        /// Its IPv6 addresses, which are public.
        "Ipv6Addresses" ipv6_addresses: Vec<String>,
        /// The service or account that made it.
        "RequesterId" requester_id: String,
        /// Whether AWS manages it.
        "RequesterManaged" requester_managed: bool,
    }
}

kind! {
    /// A network interface.
    NetworkInterface, NetworkInterfaceKind = "AWS::EC2::NetworkInterface",
    NetworkInterfaceConfig, NetworkInterfaceObserved
}
