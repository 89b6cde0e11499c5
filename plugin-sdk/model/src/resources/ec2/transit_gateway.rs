//! Transit gateways: what is attached to them and how they route.

use crate::resource::{kind, properties, shapes};

properties! {
    /// What is set on a transit gateway (`AWS::EC2::TransitGateway`).
    "config" TransitGatewayConfig {
        /// Its id, `tgw-…`.
        "Id" id: String,
        /// The route table that new attachments are associated with.
        "AssociationDefaultRouteTableId" association_default_route_table_id: String,
        /// The route table that new attachments propagate their ranges to.
        "PropagationDefaultRouteTableId" propagation_default_route_table_id: String,
        /// Whether new attachments are associated unasked, `enable` or `disable`.
        "DefaultRouteTableAssociation" default_route_table_association: String,
        /// Whether new attachments propagate their ranges unasked, `enable` or `disable`.
        "DefaultRouteTablePropagation" default_route_table_propagation: String,
        /// Whether security groups may name groups of other VPCs, `enable` or `disable`.
        "SecurityGroupReferencingSupport" security_group_referencing_support: String,
    }
}

properties! {
    /// What is observed of a transit gateway.
    "observed" TransitGatewayObserved {
        /// The account that owns it; another one if it is shared with this one.
        "OwnerId" owner_id: String,
        /// `available`, …
        "State" state: String,
    }
}

kind! {
    /// A transit gateway with VPCs attached; accounts that it is shared with see it too. Regions without
    /// a VPC of the account are not asked.
    TransitGateway, TransitGatewayKind = "AWS::EC2::TransitGateway",
    TransitGatewayConfig, TransitGatewayObserved
}

shapes! {
    /// What an attachment of a VPC lets through.
    TransitGatewayAttachmentOptions {
        /// Whether security groups may name groups of other VPCs, `enable` or `disable`; both the
        /// gateway and the attachment have to let them.
        #[serde(skip_serializing_if = "Option::is_none")]
        security_group_referencing_support: Option<String>,
    }
}

properties! {
    /// What is set on the attachment of a VPC (`AWS::EC2::TransitGatewayAttachment`).
    "config" TransitGatewayAttachmentConfig {
        /// Its id, `tgw-attach-…`.
        "Id" id: String,
        /// The transit gateway.
        "TransitGatewayId" transit_gateway_id: String,
        /// The VPC.
        "VpcId" vpc_id: String,
        /// The subnets that the gateway has interfaces in, one a zone.
        "SubnetIds" subnet_ids: Vec<String>,
        /// What it lets through.
        "Options" options: TransitGatewayAttachmentOptions,
    }
}

properties! {
    /// What is observed of the attachment of a VPC.
    "observed" TransitGatewayAttachmentObserved {
        /// `available`, `pendingAcceptance`, …
        "State" state: String,
        /// The account that owns the VPC.
        "ResourceOwnerId" resource_owner_id: String,
        /// The account that owns the transit gateway.
        "TransitGatewayOwnerId" transit_gateway_owner_id: String,
        /// The route table that decides where its traffic goes; absent if there is none.
        "AssociationRouteTableId" association_route_table_id: String,
    }
}

kind! {
    /// The attachment of a VPC to a transit gateway; the owners of both see it.
    TransitGatewayAttachment, TransitGatewayAttachmentKind = "AWS::EC2::TransitGatewayAttachment",
    TransitGatewayAttachmentConfig, TransitGatewayAttachmentObserved
}

properties! {
    /// What is set on a route table of a transit gateway (`AWS::EC2::TransitGatewayRouteTable`).
    "config" TransitGatewayRouteTableConfig {
        /// Its id, `tgw-rtb-…`.
        "TransitGatewayRouteTableId" transit_gateway_route_table_id: String,
        /// The transit gateway.
        "TransitGatewayId" transit_gateway_id: String,
    }
}

shapes! {
    /// A route of a transit gateway, to one of its attachments or nowhere.
    TransitGatewayTableRoute {
        /// The range.
        destination_cidr_block: String,
        /// `static` or `propagated`; of the same range, the static one decides.
        #[serde(skip_serializing_if = "Option::is_none")]
        r#type: Option<String>,
        /// `active` or `blackhole`.
        #[serde(skip_serializing_if = "Option::is_none")]
        state: Option<String>,
        /// The attachment; none if traffic is dropped.
        #[serde(skip_serializing_if = "Option::is_none")]
        transit_gateway_attachment_id: Option<String>,
    }
}

properties! {
    /// What is observed of a route table of a transit gateway.
    "observed" TransitGatewayRouteTableObserved {
        /// Its routes, propagated ones included.
        "Routes" routes: Vec<TransitGatewayTableRoute>,
        /// The attachments whose traffic it decides about.
        "Associations" associations: Vec<String>,
    }
}

kind! {
    /// A route table of a transit gateway; only the owner of the gateway sees it.
    TransitGatewayRouteTable, TransitGatewayRouteTableKind = "AWS::EC2::TransitGatewayRouteTable",
    TransitGatewayRouteTableConfig, TransitGatewayRouteTableObserved
}
