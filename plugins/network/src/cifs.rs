//! Windows file sharing, open to the world.

use blastwall_sdk::prelude::*;

use crate::world::{Transport, open_to_world};

/// The port of SMB, formerly CIFS.
const PORT: u16 = 445;

/// Close Windows file sharing to the world
///
/// Looks at the inbound rules of each security group for TCP port 445 being open to every IPv4 or
/// IPv6 address. Worms and ransom have spread by this port more than by any other. What a prefix
/// list holds is not looked at: a group that opens the port to a list is unknown.
///
/// # Remediation
///
/// Narrow the rule to the networks that need it, or use FSx through a VPN (console: EC2, "Security
/// groups"):
///
/// ```sh
/// aws ec2 revoke-security-group-ingress --group-id GROUP --protocol tcp --port 445 --cidr 0.0.0.0/0
/// ```
///
/// Terraform: `aws_vpc_security_group_ingress_rule`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
#[check(
    id = "ec2-security-group-cifs",
    severity = High,
    category = Security,
    controls = ["cis-aws-7.0:6.1.2"]
)]
pub(crate) fn check(group: &SecurityGroup) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let rules = group.config.security_group_ingress.get()?.unwrap_or(&none);
    Ok(match open_to_world(rules, Transport::Tcp, (PORT, PORT))? {
        None => pass("TCP 445 is not open to the world"),
        Some(open) => {
            open.into_iter()
                .fold(fail("TCP 445 is open to the world"), |outcome, index| {
                    outcome.evidence(
                        format!("/config/SecurityGroupIngress/{index}"),
                        &rules.get(index),
                    )
                })
        }
    })
}
