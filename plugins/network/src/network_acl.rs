//! Network ACLs that let the world reach ports of remote administration.

use blastwall_sdk::model::resources::ec2::NetworkAclEntry;
use blastwall_sdk::prelude::*;

/// Which ports.
#[derive(Parameters)]
pub(crate) struct Ports {
    /// Ports that nobody should reach from everywhere: SSH (22) and Remote Desktop (3389).
    #[parameter(default = [22, 3389])]
    ports: Vec<u16>,
}

/// Close administration ports in network ACLs
///
/// Looks at the inbound rules of each network ACL that a subnet uses, in the order of their numbers:
/// does the first rule for TCP that speaks of every IPv4 or IPv6 address allow a port of remote
/// administration? Security groups usually close them as well; the ACL is the second wall. The
/// default ACL, which allows everything, fails.
///
/// # Remediation
///
/// Put a rule with a lower number before it that denies the port, or narrow the rule (console: VPC,
/// "Network ACLs"); mind that answers come back on high ports:
///
/// ```sh
/// aws ec2 create-network-acl-entry --network-acl-id ACL --ingress --rule-number 90 \
///   --protocol tcp --port-range From=22,To=22 --cidr-block 0.0.0.0/0 --rule-action deny
/// ```
///
/// Terraform: `aws_network_acl_rule`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>
#[check(
    id = "ec2-network-acl-open-ports",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:6.2"]
)]
pub(crate) fn check(acl: &NetworkAcl, parameters: &Ports) -> Result<Outcome, Unknown> {
    let used = acl.config.subnet_ids.get()?;
    if used.is_none_or(Vec::is_empty) {
        return Ok(not_applicable("no subnet uses the network ACL"));
    }
    let none = Vec::new();
    let entries = acl.config.entries.get()?.unwrap_or(&none);
    let mut order: Vec<(usize, &NetworkAclEntry)> = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| !entry.egress)
        .collect();
    order.sort_by_key(|(_, entry)| entry.rule_number);
    let mut open = Vec::new();
    let mut by = Vec::new();
    for &port in &parameters.ports {
        for world in [is_every_v4, is_every_v6] {
            let first = order
                .iter()
                .find(|(_, entry)| world(entry) && is_of_port(entry, port));
            if let Some((index, entry)) = first.filter(|(_, entry)| entry.rule_action == "allow") {
                open.push(port);
                by.push((*index, *entry));
            }
        }
    }
    open.dedup();
    by.sort_by_key(|(index, _)| *index);
    by.dedup_by_key(|(index, _)| *index);
    if open.is_empty() {
        return Ok(pass("none of the ports is open to the world"));
    }
    let ports: Vec<String> = open.iter().map(u16::to_string).collect();
    let outcome = fail(format!("open to the world: TCP {}", ports.join(", ")));
    Ok(by.into_iter().fold(outcome, |outcome, (index, entry)| {
        outcome.evidence(format!("/config/Entries/{index}"), entry)
    }))
}

fn is_every_v4(entry: &NetworkAclEntry) -> bool {
    entry.cidr_block.as_deref() == Some("0.0.0.0/0")
}

fn is_every_v6(entry: &NetworkAclEntry) -> bool {
    entry.ipv6_cidr_block.as_deref() == Some("::/0")
}

fn is_of_port(entry: &NetworkAclEntry, port: u16) -> bool {
    let port = i32::from(port);
    match entry.protocol.as_str() {
        "-1" => true,
        "6" | "tcp" => entry
            .port_range
            .as_ref()
            .is_none_or(|range| range.from <= port && port <= range.to),
        _ => false,
    }
}
