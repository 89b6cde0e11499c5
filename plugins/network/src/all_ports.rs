//! Security groups that open everything to the world.

use std::collections::BTreeSet;

use blastwall_sdk::prelude::*;

use crate::world::{Transport, open_to_world};

/// Keep security groups from opening all ports to the world
///
/// Looks at the inbound rules of each security group for all TCP or UDP ports open to every IPv4 or
/// IPv6 address, by one rule or by several that leave nothing out. Whatever listens on an instance
/// of the group, now or later, is then reachable by everybody. A rule from 1 counts as well as one
/// from 0, a port that exists on no wire. What a prefix list holds is not
/// looked at: a group that depends on one is unknown.
///
/// # Remediation
///
/// Replace the rule by rules for the ports and networks that are needed:
///
/// ```sh
/// aws ec2 revoke-security-group-ingress --group-id GROUP --ip-permissions \
///   'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]'
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html>
/// - <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
#[check(
    id = "ec2-security-group-all-ports",
    severity = Critical,
    category = Security,
    controls = ["cis-aws-7.0:6.3", "cis-aws-7.0:6.4"]
)]
pub(crate) fn check(group: &SecurityGroup) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let rules = group.config.security_group_ingress.get()?.unwrap_or(&none);
    let mut open = Vec::new();
    let mut indices = BTreeSet::new();
    let mut undecided = None;
    for transport in Transport::BOTH {
        // Port 0 exists on no wire, and rules for "all ports" are written from 0 or from 1.
        match open_to_world(rules, transport, (1, u16::MAX)) {
            Ok(Some(rules)) => {
                open.push(transport.as_str());
                indices.extend(rules);
            }
            Ok(None) => {}
            Err(unknown) => undecided = Some(unknown),
        }
    }
    if open.is_empty() {
        return match undecided {
            Some(unknown) => Err(unknown),
            None => Ok(pass("not all ports are open to the world")),
        };
    }
    let message = format!("all {} ports are open to the world", open.join(" and "));
    Ok(indices.into_iter().fold(fail(message), |outcome, index| {
        outcome.evidence(
            format!("/config/SecurityGroupIngress/{index}"),
            &rules.get(index),
        )
    }))
}
