//! Transit gateways, their attachments and route tables.

use super::listed;
use super::listings::{Listing, child, id, item, nothing_more};
use super::started::{find, target};
use crate::document::{items, list, members};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing, of_resource};
use crate::page::page;
use crate::xml::Element;

const ATTACHMENT: &str = "AWS::EC2::TransitGatewayAttachment";
const TABLE: &str = "AWS::EC2::TransitGatewayRouteTable";
const TABLE_ID: &str = "TransitGatewayRouteTableId";

pub(super) const OPERATIONS: &[Operation] = &[
    listing(
        "DescribeTransitGateways",
        "ec2:DescribeTransitGateways",
        |call| describe(call, &GATEWAYS),
    ),
    listing(
        "DescribeTransitGatewayAttachments",
        "ec2:DescribeTransitGatewayAttachments",
        |call| describe(call, &ATTACHMENTS),
    ),
    listing(
        "DescribeTransitGatewayVpcAttachments",
        "ec2:DescribeTransitGatewayVpcAttachments",
        |call| describe(call, &VPC_ATTACHMENTS),
    ),
    listing(
        "DescribeTransitGatewayRouteTables",
        "ec2:DescribeTransitGatewayRouteTables",
        |call| describe(call, &TABLES),
    ),
    of_resource(
        "GetTransitGatewayRouteTableAssociations",
        "ec2:GetTransitGatewayRouteTableAssociations",
        |call| target(call, TABLE, TABLE_ID),
        associations,
    ),
    of_resource(
        "SearchTransitGatewayRoutes",
        "ec2:SearchTransitGatewayRoutes",
        |call| target(call, TABLE, TABLE_ID),
        routes,
    ),
];

const GATEWAYS: Listing = Listing {
    kind: "AWS::EC2::TransitGateway",
    set: "transitGatewaySet",
    id: "transit-gateway-id",
    members: &[
        ("/config/Id", "transitGatewayId"),
        ("/observed/OwnerId", "ownerId"),
        ("/observed/State", "state"),
    ],
    lists: &[],
    more: |element, document| {
        child(
            element,
            document,
            "/config",
            "options",
            &[
                (
                    "/AssociationDefaultRouteTableId",
                    "associationDefaultRouteTableId",
                ),
                (
                    "/PropagationDefaultRouteTableId",
                    "propagationDefaultRouteTableId",
                ),
                (
                    "/DefaultRouteTableAssociation",
                    "defaultRouteTableAssociation",
                ),
                (
                    "/DefaultRouteTablePropagation",
                    "defaultRouteTablePropagation",
                ),
                (
                    "/SecurityGroupReferencingSupport",
                    "securityGroupReferencingSupport",
                ),
            ],
        )
    },
};

const ATTACHMENTS: Listing = Listing {
    kind: ATTACHMENT,
    set: "transitGatewayAttachments",
    id: "transit-gateway-attachment-id",
    members: &[
        ("/config/Id", "transitGatewayAttachmentId"),
        ("/config/TransitGatewayId", "transitGatewayId"),
        ("/config/VpcId", "resourceId"),
        ("/observed/State", "state"),
        ("/observed/ResourceOwnerId", "resourceOwnerId"),
        ("/observed/TransitGatewayOwnerId", "transitGatewayOwnerId"),
    ],
    lists: &[],
    more: |element, document| {
        let table = [("/AssociationRouteTableId", "transitGatewayRouteTableId")];
        let element = element.text("resourceType", "vpc");
        child(element, document, "/observed", "association", &table)
    },
};

const VPC_ATTACHMENTS: Listing = Listing {
    kind: ATTACHMENT,
    set: "transitGatewayVpcAttachments",
    id: "transit-gateway-attachment-id",
    members: &[
        ("/config/Id", "transitGatewayAttachmentId"),
        ("/config/TransitGatewayId", "transitGatewayId"),
        ("/config/VpcId", "vpcId"),
        ("/observed/State", "state"),
        ("/observed/ResourceOwnerId", "vpcOwnerId"),
    ],
    lists: &[("/config/SubnetIds", "subnetIds", &[("", "")])],
    more: |element, document| {
        let references = [(
            "/SecurityGroupReferencingSupport",
            "securityGroupReferencingSupport",
        )];
        child(element, document, "/config/Options", "options", &references)
    },
};

const TABLES: Listing = Listing {
    kind: TABLE,
    set: "transitGatewayRouteTables",
    id: "transit-gateway-route-table-id",
    members: &[
        (
            "/config/TransitGatewayRouteTableId",
            "transitGatewayRouteTableId",
        ),
        ("/config/TransitGatewayId", "transitGatewayId"),
    ],
    lists: &[],
    more: nothing_more,
};

/// Documents have attachments of VPCs alone.
fn describe(call: &Call<'_>, listing: &Listing) -> Result<Answer, Failure> {
    let documents = call.account()?.documents(listing.kind, call.region);
    let entries = documents.map(|document| {
        let known = vec![
            (listing.id, id(document)),
            ("resource-type", "vpc".to_owned()),
        ];
        (known, item(call, document, listing))
    });
    listed(call, listing.set, entries)
}

/// A page of what belongs to a table.
fn of_table(call: &Call<'_>, name: &str, all: Vec<Element>) -> Result<Answer, Failure> {
    let token = call.input.get("NextToken");
    let page = page(all, token, call.page_size("MaxResults"))?;
    Ok(Answer::Xml(
        Element::new("")
            .list(name, page.items)
            .maybe("nextToken", page.next),
    ))
}

fn associations(call: &Call<'_>) -> Result<Answer, Failure> {
    let table = find(call, TABLE, TABLE_ID)?;
    let item = [("", "transitGatewayAttachmentId")];
    let all = items(&table, "/observed/Associations", &item).collect();
    of_table(call, "associations", all)
}

fn routes(call: &Call<'_>) -> Result<Answer, Failure> {
    let table = find(call, TABLE, TABLE_ID)?;
    let routes = list(&table, "/observed/Routes").iter().map(|route| {
        let element = members(
            Element::new("item"),
            route,
            &[
                ("/DestinationCidrBlock", "destinationCidrBlock"),
                ("/Type", "type"),
                ("/State", "state"),
            ],
        );
        let attachment = route.pointer("/TransitGatewayAttachmentId");
        let attachment = attachment.map(|_| {
            let id = [("/TransitGatewayAttachmentId", "transitGatewayAttachmentId")];
            members(Element::new("item"), route, &id)
        });
        element.list("transitGatewayAttachments", attachment)
    });
    of_table(call, "routeSet", routes.collect())
}
