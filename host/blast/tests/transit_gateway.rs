//! Transit gateways: who opens a connection to which host through one, worked out with a pencil.
//!
//! The gateway lies in an account of its own. Dev has 10.1.0.0/24 and a host at 10.1.0.10, prod has
//! 10.2.0.0/24 and 10.2.0.20, and both let each other in unless a test says otherwise.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional};
use blastwall_blast::Subject;
use serde_json::{Value, json};
use support::sides::*;
use support::*;

const NETWORK: &str = "444444444444";

fn to_gateway(range: &str) -> Value {
    json!([
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
        {"DestinationCidrBlock": range, "TransitGatewayId": "tgw-1", "State": "active"},
    ])
}

fn side(
    account: &'static str,
    name: &'static str,
    range: &'static str,
    host: &'static str,
) -> Side {
    Side {
        account,
        name,
        range,
        address: host,
        routes: to_gateway("10.0.0.0/8"),
        acl: open_acl(),
        ingress: lets_in(json!({"CidrIp": "10.0.0.0/8"})),
        egress: json!([{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]),
    }
}

fn dev() -> Side {
    side(DEV, "dev", "10.1.0.0/24", "10.1.0.10")
}

fn prod() -> Side {
    side(PROD, "prod", "10.2.0.0/24", "10.2.0.20")
}

fn test() -> Side {
    side(TEST, "test", "10.3.0.0/24", "10.3.0.30")
}

/// A gateway that does nothing unasked.
fn bare() -> Value {
    document(
        NETWORK,
        "TransitGateway",
        "tgw-1",
        json!({"Id": "tgw-1", "DefaultRouteTableAssociation": "disable",
            "DefaultRouteTablePropagation": "disable"}),
        json!({"OwnerId": NETWORK, "State": "available"}),
    )
}

/// The attachment of a side's VPC, as its owner sees it.
fn attached(side: &Side) -> Value {
    document(
        side.account,
        "TransitGatewayAttachment",
        &format!("tgw-attach-{}", side.name),
        json!({"Id": format!("tgw-attach-{}", side.name), "TransitGatewayId": "tgw-1",
            "VpcId": format!("vpc-{}", side.name), "SubnetIds": [format!("subnet-{}", side.name)]}),
        json!({"State": "available", "ResourceOwnerId": side.account,
            "TransitGatewayOwnerId": NETWORK}),
    )
}

/// A route to the attachment of a side, or a blackhole if that has no name.
fn route(to: &str, kind: &str, side: &str) -> Value {
    if side.is_empty() {
        return json!({"DestinationCidrBlock": to, "Type": kind, "State": "blackhole"});
    }
    json!({"DestinationCidrBlock": to, "Type": kind, "State": "active",
        "TransitGatewayAttachmentId": format!("tgw-attach-{side}")})
}

/// A table with the attachments of these sides.
fn table(name: &str, sides: &[&str], routes: Value) -> Value {
    let attachments: Vec<_> = sides
        .iter()
        .map(|side| format!("tgw-attach-{side}"))
        .collect();
    document(
        NETWORK,
        "TransitGatewayRouteTable",
        &format!("tgw-rtb-{name}"),
        json!({"TransitGatewayRouteTableId": format!("tgw-rtb-{name}"), "TransitGatewayId": "tgw-1"}),
        json!({"Routes": routes, "Associations": attachments}),
    )
}

fn to_dev() -> Value {
    route("10.1.0.0/24", "propagated", "dev")
}

fn to_prod() -> Value {
    route("10.2.0.0/24", "propagated", "prod")
}

/// Hosts, their attachments, and what the account of the gateway has.
fn org(sides: &[Side], of_network: &[Value]) -> Org {
    let mut org = Org::three().account(NETWORK, "network", "r-root");
    for side in sides {
        org = side.add_to(org).add(side.account, attached(side));
    }
    for document in of_network {
        org = org.add(NETWORK, document.clone());
    }
    org
}

/// Dev and prod at a gateway with a table for each.
fn with_routes(of_dev: Value, of_prod: Value) -> Org {
    let tables = [
        table("dev", &["dev"], of_dev),
        table("prod", &["prod"], of_prod),
    ];
    org(&[dev(), prod()], &[&[bare()], tables.as_slice()].concat())
}

fn joined() -> Org {
    with_routes(json!([to_prod()]), json!([to_dev()]))
}

/// Changes documents of a type.
fn change(mut org: Org, kind: &str, how: impl Fn(&mut Value)) -> Org {
    let all = org.accounts.values_mut();
    let documents = all.flat_map(|(_, documents)| documents);
    let mut count = 0;
    for document in documents.filter(|document| document["type"] == format!("AWS::EC2::{kind}")) {
        how(document);
        count += 1;
    }
    assert!(count > 0, "there is no {kind}");
    org
}

/// How surely the one reaches the host of prod.
fn prod_from(org: &Org, from: &str) -> Option<Certainty> {
    reaches_host(org, from, &arn(PROD, "i-prod"))
}

/// How surely the host of dev reaches that of prod, and the other way round.
fn both_ways(org: &Org) -> [Option<Certainty>; 2] {
    [
        prod_from(org, &arn(DEV, "i-dev")),
        reaches_host(org, &arn(PROD, "i-prod"), &arn(DEV, "i-dev")),
    ]
}

/// What the way from dev's host to prod's hangs on.
fn conditions(org: &Org) -> Vec<String> {
    let radius = org.radius(&arn(DEV, "i-dev"));
    let target = Subject::Network {
        arn: arn(PROD, "i-prod").parse().unwrap(),
    };
    let path = radius.path(&target);
    let step = path.last().unwrap();
    assert_eq!(step.link, "transit-gateway");
    let conditions = step.conditions.iter();
    conditions.map(|condition| condition.text.clone()).collect()
}

#[test]
fn hosts_reach_each_other_through_a_gateway_of_a_third_account() {
    let org = joined();
    assert_eq!(both_ways(&org), [Some(Certain), Some(Certain)]);
    assert_eq!(conditions(&org), [""; 0]);
    assert_eq!(prod_from(&org, DEV), Some(Certain), "dev starts hosts");
    assert_eq!(prod_from(&org, TEST), None, "test is not attached");
    assert_eq!(prod_from(&org, NETWORK), None, "the gateway is no host");
}

#[test]
fn routes_of_both_subnets_lead_to_the_gateway() {
    let with = |of_dev: Value, of_prod: Value| {
        let (mut dev, mut prod) = (dev(), prod());
        (dev.routes, prod.routes) = (of_dev, of_prod);
        let tables = [
            table("dev", &["dev"], json!([to_prod()])),
            table("prod", &["prod"], json!([to_dev()])),
        ];
        both_ways(&org(&[dev, prod], &tables))
    };
    let there = || to_gateway("10.2.0.0/16");
    let back = || to_gateway("10.1.0.0/16");
    assert_eq!(with(there(), back()), [Some(Certain), Some(Certain)]);
    // No answer, no connection, whoever begins.
    let internet = json!([{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]);
    assert_eq!(with(there(), internet.clone()), [None, None]);
    assert_eq!(with(internet, back()), [None, None]);
    let elsewhere = json!([
        {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1"},
        {"DestinationCidrBlock": "10.2.0.0/24", "VpcPeeringConnectionId": "pcx-1"},
    ]);
    assert_eq!(with(elsewhere, back()), [None, None]);
    let other_gateway =
        json!([{"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-2"}]);
    assert_eq!(with(other_gateway, back()), [None, None]);
    let mut blackhole = there();
    blackhole[1]["State"] = json!("blackhole");
    assert_eq!(with(blackhole, back()), [None, None]);
    let list = json!([{"DestinationPrefixListId": "pl-1", "TransitGatewayId": "tgw-1"}]);
    assert_eq!(with(list, back()), [Some(Conditional), Some(Conditional)]);
}

#[test]
fn the_most_specific_route_of_the_gateway_decides() {
    let with = |of_dev: Value| both_ways(&with_routes(of_dev, json!([to_dev()])));
    let wide = || route("0.0.0.0/0", "static", "prod");
    assert_eq!(with(json!([wide()])), [Some(Certain), Some(Certain)]);
    let detour = route("10.2.0.16/28", "static", "firewall");
    assert_eq!(with(json!([wide(), detour.clone()])), [None, None]);
    assert_eq!(
        with(json!([detour, wide()])),
        [None, None],
        "whatever the order"
    );
    let beside = route("10.2.0.32/28", "static", "firewall");
    assert_eq!(
        with(json!([wide(), beside])),
        [Some(Certain), Some(Certain)]
    );
    // The answer takes the table of prod, which has a route; without one there is no connection.
    assert_eq!(
        both_ways(&with_routes(json!([to_prod()]), json!([]))),
        [None, None]
    );
}

#[test]
fn a_blackhole_drops_what_it_gets() {
    let with = |of_dev: Value| both_ways(&with_routes(of_dev, json!([to_dev()])));
    let blackhole = |range: &str| route(range, "static", "");
    assert_eq!(with(json!([blackhole("10.2.0.0/24")])), [None, None]);
    // More specific than what is propagated.
    assert_eq!(
        with(json!([to_prod(), blackhole("10.2.0.0/25")])),
        [None, None]
    );
    assert_eq!(
        with(json!([to_prod(), blackhole("10.2.0.128/25")])),
        [Some(Certain), Some(Certain)],
        "the host is in the other half"
    );
    assert_eq!(
        with(json!([to_prod(), blackhole("10.0.0.0/8")])),
        [Some(Certain), Some(Certain)],
        "less specific"
    );
    // A route to an attachment that is gone stays as one.
    let mut gone = to_prod();
    gone["State"] = json!("blackhole");
    assert_eq!(with(json!([gone])), [None, None]);
}

#[test]
fn a_static_route_wins_over_a_propagated_one() {
    let with = |of_dev: Value| both_ways(&with_routes(of_dev, json!([to_dev()])));
    let by_hand = |side: &str| route("10.2.0.0/24", "static", side);
    assert_eq!(with(json!([to_prod(), by_hand("firewall")])), [None, None]);
    assert_eq!(with(json!([to_prod(), by_hand("")])), [None, None]);
    let other = route("10.2.0.0/24", "propagated", "firewall");
    assert_eq!(
        with(json!([other, by_hand("prod")])),
        [Some(Certain), Some(Certain)]
    );
    // The more specific one wins before that.
    assert_eq!(
        with(json!([
            to_prod(),
            route("10.2.0.0/16", "static", "firewall")
        ])),
        [Some(Certain), Some(Certain)]
    );
}

#[test]
fn tables_of_their_own_keep_prod_and_non_prod_apart() {
    let to_test = route("10.3.0.0/24", "propagated", "test");
    let org = org(
        &[dev(), test(), prod()],
        &[
            bare(),
            table("nonprod", &["dev", "test"], json!([to_dev(), to_test])),
            // Prod knows the way to the others, and they do not know the way to prod.
            table("prod", &["prod"], json!([to_prod(), to_dev(), to_test])),
        ],
    );
    let (i_dev, i_test, i_prod) = (arn(DEV, "i-dev"), arn(TEST, "i-test"), arn(PROD, "i-prod"));
    assert_eq!(reaches_host(&org, &i_dev, &i_test), Some(Certain));
    assert_eq!(reaches_host(&org, &i_test, &i_dev), Some(Certain));
    assert_eq!(reaches_host(&org, &i_dev, &i_prod), None);
    assert_eq!(reaches_host(&org, TEST, &i_prod), None);
    assert_eq!(
        reaches_host(&org, &i_prod, &i_dev),
        None,
        "answers do not come back"
    );
}

#[test]
fn security_groups_name_groups_of_the_other_vpc_only_where_the_gateway_supports_it() {
    let with = |of_gateway: Option<&str>, of_attachment: Option<&str>, group: &str| {
        let mut prod = prod();
        prod.ingress = lets_in(json!({"SourceSecurityGroupId": group}));
        let mut gateway = bare();
        if let Some(support) = of_gateway {
            gateway["config"]["SecurityGroupReferencingSupport"] = json!(support);
        }
        let tables = [
            table("dev", &["dev"], json!([to_prod()])),
            table("prod", &["prod"], json!([to_dev()])),
        ];
        let org = org(&[dev(), prod], &[&[gateway], tables.as_slice()].concat());
        let org = change(org, "TransitGatewayAttachment", |attachment| {
            if let Some(support) = of_attachment {
                attachment["config"]["Options"] =
                    json!({"SecurityGroupReferencingSupport": support});
            }
        });
        [prod_from(&org, &arn(DEV, "i-dev")), prod_from(&org, DEV)]
    };
    let on = Some("enable");
    let off = Some("disable");
    assert_eq!(with(on, None, "sg-dev"), [Some(Certain), Some(Certain)]);
    assert_eq!(with(on, on, "sg-dev"), [Some(Certain), Some(Certain)]);
    assert_eq!(with(on, off, "sg-dev"), [None, None]);
    assert_eq!(with(off, None, "sg-dev"), [None, None]);
    assert_eq!(with(None, None, "sg-dev"), [None, None], "off unless told");
    // A group that the sender does not have, and one of the target's own VPC.
    assert_eq!(with(on, None, "sg-prod"), [None, None]);
    // Dev may have a group that was not seen, and its host is seen not to have it.
    assert_eq!(with(on, None, "sg-else"), [None, Some(Conditional)]);
}

#[test]
fn rules_that_let_out_name_no_groups_across_a_gateway() {
    let mut dev = dev();
    dev.egress = json!([{"IpProtocol": "-1", "DestinationSecurityGroupId": "sg-prod"}]);
    let mut gateway = bare();
    gateway["config"]["SecurityGroupReferencingSupport"] = json!("enable");
    let org = org(
        &[dev, prod()],
        &[
            gateway,
            table("dev", &["dev"], json!([to_prod()])),
            table("prod", &["prod"], json!([to_dev()])),
        ],
    );
    assert_eq!(both_ways(&org), [None, Some(Certain)]);
    assert_eq!(
        prod_from(&org, DEV),
        Some(Certain),
        "dev takes other groups"
    );
}

#[test]
fn security_groups_and_network_acls_have_a_say() {
    let with = |ingress: &str, acl: Value| {
        let mut prod = prod();
        prod.ingress = lets_in(json!({"CidrIp": ingress}));
        prod.acl = acl;
        let tables = [
            table("dev", &["dev"], json!([to_prod()])),
            table("prod", &["prod"], json!([to_dev()])),
        ];
        prod_from(&org(&[dev(), prod], &tables), &arn(DEV, "i-dev"))
    };
    assert_eq!(with("10.1.0.0/16", open_acl()), Some(Certain));
    assert_eq!(with("10.1.0.10/32", open_acl()), Some(Certain));
    assert_eq!(with("10.1.0.11/32", open_acl()), None);
    let all_in = entry(100, "allow", false, "0.0.0.0/0", None);
    assert_eq!(with("10.1.0.0/16", json!([all_in])), None, "no answer");
}

#[test]
fn what_the_gateway_does_is_a_condition_where_its_account_was_not_looked_into() {
    // Dev and prod see their own attachments, and the gateway that is shared with them.
    let mut org = joined().refused(NETWORK);
    assert_eq!(both_ways(&org), [Some(Conditional), Some(Conditional)]);
    assert_eq!(
        conditions(&org),
        [
            "the route table of tgw-attach-dev leads to tgw-attach-prod",
            "the route table of tgw-attach-prod leads to tgw-attach-dev",
        ]
    );
    org = change(org, "TransitGatewayAttachment", |attachment| {
        attachment["observed"]["AssociationRouteTableId"] = json!("tgw-rtb-1");
    });
    assert_eq!(
        conditions(&org),
        [
            "the routes of tgw-rtb-1 lead to tgw-attach-prod",
            "the routes of tgw-rtb-1 lead to tgw-attach-dev",
        ]
    );
    let mut shared = bare();
    shared["account"] = json!(DEV);
    shared["config"]["SecurityGroupReferencingSupport"] = json!("disable");
    org = org.add(DEV, shared.clone());
    assert_eq!(both_ways(&org), [Some(Conditional), Some(Conditional)]);
    // What is seen to be shut is shut.
    let by_group = |org: &Org| {
        change(org.clone(), "SecurityGroup", |group| {
            group["config"]["SecurityGroupIngress"] =
                lets_in(json!({"SourceSecurityGroupId": "sg-dev"}));
        })
    };
    assert_eq!(both_ways(&by_group(&org)), [None, None]);
    let unseen = by_group(&joined().refused(NETWORK));
    assert_eq!(both_ways(&unseen), [Some(Conditional), None]);
    assert_eq!(
        conditions(&unseen)[0],
        "tgw-1 supports references to security groups"
    );
}

#[test]
fn what_of_the_gateway_could_not_be_seen_is_a_condition() {
    let routes = change(joined(), "TransitGatewayRouteTable", |table| {
        table["observed"].as_object_mut().unwrap().remove("Routes");
        table["unknown"] =
            json!({"observed.Routes": "AccessDenied: ec2:SearchTransitGatewayRoutes"});
    });
    assert_eq!(both_ways(&routes), [Some(Conditional), Some(Conditional)]);
    assert_eq!(
        conditions(&routes),
        [
            "the routes of tgw-rtb-dev lead to tgw-attach-prod",
            "the routes of tgw-rtb-prod lead to tgw-attach-dev",
        ]
    );
    let associations = change(joined(), "TransitGatewayRouteTable", |table| {
        table["observed"]
            .as_object_mut()
            .unwrap()
            .remove("Associations");
        table["unknown"] = json!({"observed.Associations": "AccessDenied"});
    });
    assert_eq!(
        both_ways(&associations),
        [Some(Conditional), Some(Conditional)]
    );
    let options = |org: Org| {
        change(org, "TransitGatewayAttachment", |attachment| {
            attachment["unknown"] = json!({"config.Options": "AccessDenied"});
        })
    };
    assert_eq!(
        both_ways(&options(joined())),
        [Some(Certain), Some(Certain)],
        "no rule names a group"
    );
    let by_group = change(joined(), "SecurityGroup", |group| {
        group["config"]["SecurityGroupIngress"] =
            lets_in(json!({"SourceSecurityGroupId": "sg-dev"}));
    });
    let by_group = change(by_group, "TransitGateway", |gateway| {
        gateway["config"]["SecurityGroupReferencingSupport"] = json!("enable");
    });
    assert_eq!(both_ways(&by_group), [Some(Certain), None]);
    assert_eq!(both_ways(&options(by_group)), [Some(Conditional), None]);
    // Without an association there is no way, which is seen where the lists are.
    let none = change(joined(), "TransitGatewayRouteTable", |table| {
        table["observed"]["Associations"] = json!([]);
    });
    assert_eq!(both_ways(&none), [None, None]);
}

#[test]
fn the_gateway_associates_and_propagates_unasked() {
    let gateway = |association: &str, propagation: &str| {
        let mut gateway = bare();
        gateway["config"] = json!({"Id": "tgw-1",
            "DefaultRouteTableAssociation": association,
            "AssociationDefaultRouteTableId": "tgw-rtb-default",
            "DefaultRouteTablePropagation": propagation,
            "PropagationDefaultRouteTableId": "tgw-rtb-default"});
        gateway
    };
    let with = |of_network: &[Value]| both_ways(&org(&[dev(), prod()], of_network));
    let both = [Some(Certain), Some(Certain)];
    assert_eq!(with(&[gateway("enable", "enable")]), both);
    assert_eq!(with(&[gateway("enable", "disable")]), [None, None]);
    assert_eq!(with(&[gateway("disable", "enable")]), [None, None]);
    // AWS does so unless told otherwise.
    let mut plain = bare();
    plain["config"] = json!({"Id": "tgw-1"});
    assert_eq!(with(&[plain]), both);
    // What the table tells goes before.
    let told = |routes: Value| table("default", &["dev", "prod"], routes);
    let shut = told(json!([to_dev(), route("10.2.0.0/24", "static", "")]));
    assert_eq!(with(&[gateway("enable", "enable"), shut]), [None, None]);
    let open = told(json!([to_dev(), to_prod()]));
    assert_eq!(with(&[gateway("enable", "enable"), open]), both);
    let without_prod = table("default", &["dev"], json!([to_dev(), to_prod()]));
    assert_eq!(
        with(&[gateway("enable", "enable"), without_prod]),
        [None, None]
    );
    // The ranges are those of the VPC, or of its subnets.
    let vpc = document(
        PROD,
        "VPC",
        "vpc-prod",
        json!({"VpcId": "vpc-prod", "CidrBlock": "10.9.0.0/16"}),
        json!({}),
    );
    let elsewhere = org(&[dev(), prod()], &[gateway("enable", "enable")]).add(PROD, vpc.clone());
    assert_eq!(both_ways(&elsewhere), [None, None]);
    let second = change(elsewhere, "VPC", |vpc| {
        vpc["observed"]["CidrBlocks"] = json!(["10.9.0.0/16", "10.2.0.0/16", "2001:db8::/56"]);
    });
    assert_eq!(both_ways(&second), both);
}

#[test]
fn cloudformation_tells_routes_associations_and_propagations_apart() {
    let apart = |kind: &str, table: &str, more: Value| {
        let mut config = json!({"TransitGatewayRouteTableId": table});
        for (name, value) in more.as_object().unwrap() {
            config[name] = value.clone();
        }
        document(
            NETWORK,
            kind,
            &format!("{kind}-{table}-{more}").replace(['"', '{', '}', ' '], ""),
            config,
            json!({}),
        )
    };
    let of = |side: &str| json!({"TransitGatewayAttachmentId": format!("tgw-attach-{side}")});
    let plain_table = |name: &str| {
        let mut table = table(name, &[], json!([]));
        table.as_object_mut().unwrap().remove("observed");
        table
    };
    let associated = [
        bare(),
        plain_table("dev"),
        plain_table("prod"),
        apart(
            "TransitGatewayRouteTableAssociation",
            "tgw-rtb-dev",
            of("dev"),
        ),
        apart(
            "TransitGatewayRouteTableAssociation",
            "tgw-rtb-prod",
            of("prod"),
        ),
    ];
    let with = |more: &[Value]| {
        let org = org(&[dev(), prod()], &[associated.as_slice(), more].concat());
        let org = change(org, "TransitGatewayAttachment", |attachment| {
            attachment["type"] = json!("AWS::EC2::TransitGatewayVpcAttachment");
        });
        both_ways(&org)
    };
    let both = [Some(Certain), Some(Certain)];
    assert_eq!(with(&[]), [None, None]);
    let propagated = [
        apart(
            "TransitGatewayRouteTablePropagation",
            "tgw-rtb-dev",
            of("prod"),
        ),
        apart(
            "TransitGatewayRouteTablePropagation",
            "tgw-rtb-prod",
            of("dev"),
        ),
    ];
    assert_eq!(with(&propagated), both);
    assert_eq!(with(&propagated[..1]), [None, None]);
    let made = |table: &str, range: &str, side: Option<&str>| {
        let mut more = side.map_or_else(|| json!({"Blackhole": true}), of);
        more["DestinationCidrBlock"] = json!(range);
        apart("TransitGatewayRoute", table, more)
    };
    let there = made("tgw-rtb-dev", "10.2.0.0/16", Some("prod"));
    let back = made("tgw-rtb-prod", "10.0.0.0/8", Some("dev"));
    assert_eq!(with(&[there.clone(), back.clone()]), both);
    let blackhole = made("tgw-rtb-dev", "10.2.0.20/32", None);
    assert_eq!(with(&[there, back, blackhole]), [None, None]);
}

#[test]
fn an_attachment_that_is_not_available_leads_nowhere() {
    let pending = change(joined(), "TransitGatewayAttachment", |attachment| {
        if attachment["account"] == PROD {
            attachment["observed"]["State"] = json!("pendingAcceptance");
        }
    });
    assert_eq!(both_ways(&pending), [None, None]);
}

#[test]
fn the_owner_of_the_gateway_tells_of_attachments_too() {
    let told = |org: Org, side: &Side| {
        let mut attachment = attached(side);
        attachment["account"] = json!(NETWORK);
        attachment["observed"]["AssociationRouteTableId"] = json!(format!("tgw-rtb-{}", side.name));
        org.add(NETWORK, attachment)
    };
    let of_both = |org: Org| told(told(org, &dev()), &prod());
    assert_eq!(
        both_ways(&of_both(joined())),
        [Some(Certain), Some(Certain)]
    );
    // Dev and prod need not tell, nor the tables what is associated with them.
    let mut alone = of_both(joined());
    for account in [DEV, PROD] {
        let documents = &mut alone.accounts.get_mut(account).unwrap().1;
        documents.retain(|document| document["type"] != "AWS::EC2::TransitGatewayAttachment");
    }
    let alone = change(alone, "TransitGatewayRouteTable", |table| {
        table["observed"]
            .as_object_mut()
            .unwrap()
            .remove("Associations");
    });
    assert_eq!(both_ways(&alone), [Some(Certain), Some(Certain)]);
    assert_eq!(prod_from(&alone, DEV), Some(Certain), "dev owns its VPC");
    assert_eq!(prod_from(&alone, NETWORK), None);
}

#[test]
fn hosts_of_one_account_reach_each_other_and_the_account_has_them_anyway() {
    let mut other = prod();
    (other.account, other.name) = (DEV, "other");
    let org = org(
        &[dev(), other],
        &[
            bare(),
            table(
                "all",
                &["dev", "other"],
                json!([to_dev(), route("10.2.0.0/24", "propagated", "other")]),
            ),
        ],
    );
    let i_other = arn(DEV, "i-other");
    assert_eq!(
        reaches_host(&org, &arn(DEV, "i-dev"), &i_other),
        Some(Certain)
    );
    assert_eq!(
        reaches_host(&org, DEV, &i_other),
        Some(Certain),
        "it has them"
    );
}
