//! Security groups: `AWS::EC2::SecurityGroup`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{IpPermission, SecurityGroup as Description};
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::ec2::Rule;
use blastwall_model::resources::{SecurityGroup, SecurityGroupKind};

use crate::Product;
use crate::context::Context;
use crate::convert::{sorted, text};
use crate::harvest::Harvest;
use crate::pages::pages;

const LIST: Declaration = super::call("DescribeSecurityGroups", "ec2:DescribeSecurityGroups");

pub(super) const PRODUCT: Product = super::product(SecurityGroupKind::TYPE, &[LIST]);

pub(super) async fn list(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let mut harvest = Harvest::default();
    let stream = ec2
        .describe_security_groups()
        .max_results(super::PAGE)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.security_groups() {
            match resource(context, region, description) {
                Ok(group) => harvest.add(&group),
                Err(failure) => harvest.listing(&[PRODUCT.kind], LIST, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[PRODUCT.kind], LIST, region, &failure);
    }
    harvest
}

fn resource(
    context: &Context<'_>,
    region: &str,
    description: &Description,
) -> Result<SecurityGroup, Failure> {
    let id = description.group_id().unwrap_or_default();
    // A group of a shared VPC may belong to another account.
    let owner = description
        .owner_id()
        .unwrap_or(context.session.account().as_str());
    let arn = context.arn_of("ec2", region, owner, &format!("security-group/{id}"))?;
    let mut group = SecurityGroup::new(arn, context.session.account().clone(), region);
    group.tags = super::tags(description.tags());
    group.config.group_id = text(Some(id)).into();
    group.config.group_name = text(description.group_name()).into();
    group.config.group_description = text(description.description()).into();
    group.config.vpc_id = text(description.vpc_id()).into();
    group.config.security_group_ingress =
        rules(description.ip_permissions(), Direction::Ingress).into();
    group.config.security_group_egress =
        rules(description.ip_permissions_egress(), Direction::Egress).into();
    Ok(group)
}

/// Which way the traffic of a rule goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

/// One rule a source or destination, as CloudFormation has it, where EC2 keeps those of equal
/// ports together. In an order of their own: EC2 promises none.
fn rules(permissions: &[IpPermission], direction: Direction) -> Vec<Rule> {
    sorted(
        permissions
            .iter()
            .flat_map(|permission| split(permission, direction)),
    )
}

fn split(permission: &IpPermission, direction: Direction) -> Vec<Rule> {
    let rule = |description: Option<&str>| Rule {
        ip_protocol: permission.ip_protocol().unwrap_or("-1").to_owned(),
        from_port: permission.from_port(),
        to_port: permission.to_port(),
        description: text(description),
        ..Rule::default()
    };
    let mut rules = Vec::new();
    for range in permission.ip_ranges() {
        rules.push(Rule {
            cidr_ip: text(range.cidr_ip()),
            ..rule(range.description())
        });
    }
    for range in permission.ipv6_ranges() {
        rules.push(Rule {
            cidr_ipv6: text(range.cidr_ipv6()),
            ..rule(range.description())
        });
    }
    for list in permission.prefix_list_ids() {
        let mut rule = rule(list.description());
        match direction {
            Direction::Ingress => rule.source_prefix_list_id = text(list.prefix_list_id()),
            Direction::Egress => rule.destination_prefix_list_id = text(list.prefix_list_id()),
        }
        rules.push(rule);
    }
    for pair in permission.user_id_group_pairs() {
        let mut rule = rule(pair.description());
        match direction {
            Direction::Ingress => {
                rule.source_security_group_id = text(pair.group_id());
                rule.source_security_group_owner_id = text(pair.user_id());
            }
            // CloudFormation has no owner for a destination.
            Direction::Egress => rule.destination_security_group_id = text(pair.group_id()),
        }
        rules.push(rule);
    }
    rules
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{IpRange, Ipv6Range, PrefixListId, UserIdGroupPair};

    use super::*;

    fn permission() -> IpPermission {
        IpPermission::builder()
            .ip_protocol("tcp")
            .from_port(22)
            .to_port(22)
            .ip_ranges(
                IpRange::builder()
                    .cidr_ip("10.0.0.0/8")
                    .description("office")
                    .build(),
            )
            .ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build())
            .ipv6_ranges(Ipv6Range::builder().cidr_ipv6("::/0").build())
            .prefix_list_ids(PrefixListId::builder().prefix_list_id("pl-1").build())
            .user_id_group_pairs(
                UserIdGroupPair::builder()
                    .group_id("sg-1")
                    .user_id("444455556666")
                    .build(),
            )
            .build()
    }

    fn tcp22() -> Rule {
        Rule {
            ip_protocol: "tcp".to_owned(),
            from_port: Some(22),
            to_port: Some(22),
            ..Rule::default()
        }
    }

    #[test]
    fn a_permission_becomes_a_rule_for_each_source() {
        let expected = [
            Rule {
                source_security_group_id: Some("sg-1".to_owned()),
                source_security_group_owner_id: Some("444455556666".to_owned()),
                ..tcp22()
            },
            Rule {
                source_prefix_list_id: Some("pl-1".to_owned()),
                ..tcp22()
            },
            Rule {
                cidr_ipv6: Some("::/0".to_owned()),
                ..tcp22()
            },
            Rule {
                cidr_ip: Some("0.0.0.0/0".to_owned()),
                ..tcp22()
            },
            Rule {
                cidr_ip: Some("10.0.0.0/8".to_owned()),
                description: Some("office".to_owned()),
                ..tcp22()
            },
        ];
        assert_eq!(rules(&[permission()], Direction::Ingress), expected);
    }

    #[test]
    fn destinations_are_named_as_such() {
        let rules = rules(&[permission()], Direction::Egress);
        assert!(rules.iter().all(|rule| {
            rule.source_security_group_id.is_none() && rule.source_prefix_list_id.is_none()
        }));
        assert!(
            rules
                .iter()
                .any(|rule| rule.destination_prefix_list_id.is_some())
        );
        assert!(
            rules
                .iter()
                .any(|rule| rule.destination_security_group_id.is_some())
        );
    }

    #[test]
    fn all_traffic_has_no_ports() {
        let all = IpPermission::builder()
            .ip_protocol("-1")
            .ip_ranges(
                IpRange::builder()
                    .cidr_ip("0.0.0.0/0")
                    .description("")
                    .build(),
            )
            .build();
        let [rule] = &rules(&[all], Direction::Egress)[..] else {
            panic!("one rule")
        };
        assert_eq!(
            (rule.from_port, rule.to_port, &rule.description),
            (None, None, &None)
        );
    }
}
