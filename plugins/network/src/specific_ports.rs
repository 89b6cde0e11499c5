//! Security groups that open certain ports to the world.

use std::collections::BTreeSet;

use blastwall_sdk::prelude::*;

use crate::world::{Transport, open_to_world};

/// Which ports.
#[derive(Parameters)]
pub(crate) struct Ports {
    /// Ports that nobody should reach from everywhere: FTP (20, 21), SSH (22), SQL Server (1433,
    /// 1434), MySQL (3306), Remote Desktop (3389), mSQL (4333), PostgreSQL (5432) and VNC (5500).
    /// The default is the red list of AWS Trusted Advisor.
    #[parameter(default = [20, 21, 22, 1433, 1434, 3306, 3389, 4333, 5432, 5500])]
    ports: Vec<u16>,
}

/// Close administration and database ports to the world
///
/// Looks at the inbound rules of each security group for ports of remote administration and
/// databases that are open to every IPv4 or IPv6 address, by one rule or by several that leave
/// nothing out. Such ports are found by scanners within minutes and then tried with every leaked
/// password. What a prefix list holds is not looked at: a group that opens one of the ports to a
/// list is unknown.
///
/// # Remediation
///
/// Use Session Manager or EC2 Instance Connect Endpoint instead of open administration ports, and
/// narrow the rule to the networks that need it:
///
/// ```sh
/// aws ec2 revoke-security-group-ingress --group-id GROUP --protocol tcp --port 22 --cidr 0.0.0.0/0
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html>
/// - <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
#[check(
    id = "ec2-security-group-open-ports",
    severity = High,
    category = Security,
    controls = ["cis-aws-7.0:6.3", "cis-aws-7.0:6.4"]
)]
pub(crate) fn check(group: &SecurityGroup, parameters: &Ports) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let rules = group.config.security_group_ingress.get()?.unwrap_or(&none);
    let mut open = Vec::new();
    let mut indices = BTreeSet::new();
    let mut undecided = None;
    for &port in &parameters.ports {
        for transport in Transport::BOTH {
            match open_to_world(rules, transport, (port, port)) {
                Ok(Some(rules)) => {
                    open.push(format!("{} {port}", transport.as_str()));
                    indices.extend(rules);
                }
                Ok(None) => {}
                Err(unknown) => undecided = Some(unknown),
            }
        }
    }
    if open.is_empty() {
        return match undecided {
            Some(unknown) => Err(unknown),
            None => Ok(pass("none of the ports is open to the world")),
        };
    }
    let message = format!("open to the world: {}", open.join(", "));
    Ok(indices.into_iter().fold(fail(message), |outcome, index| {
        outcome.evidence(
            format!("/config/SecurityGroupIngress/{index}"),
            &rules.get(index),
        )
    }))
}
