//! Routes to peered networks.

use blastwall_sdk::prelude::*;

/// Route to peered networks no more than needed
///
/// Looks at the routes of each route table that lead over a peering connection: one for the whole
/// range of the other network, or for everything, opens all of it, where a subnet or a machine is
/// usually what was meant.
///
/// # Remediation
///
/// Replace the route by routes to the ranges that are needed (console: VPC, "Route tables"):
///
/// ```sh
/// aws ec2 create-route --route-table-id TABLE --destination-cidr-block 10.2.3.0/24 \
///   --vpc-peering-connection-id PEERING
/// aws ec2 delete-route --route-table-id TABLE --destination-cidr-block 10.2.0.0/16
/// ```
///
/// Terraform: `aws_route`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/vpc/latest/peering/peering-configurations-partial-access.html>
#[check(
    id = "ec2-peering-routes",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:6.6"],
    reads = [VpcPeeringConnection]
)]
pub(crate) fn check(table: &RouteTable, account: &Account) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let routes = table.config.routes.get()?.unwrap_or(&none);
    let mut wide = Vec::new();
    let mut peered = false;
    let mut undecided = None;
    for (index, route) in routes.iter().enumerate() {
        let Some(peering) = route.vpc_peering_connection_id.as_deref() else {
            continue;
        };
        peered = true;
        let destination = route
            .destination_cidr_block
            .as_deref()
            .or(route.destination_ipv6_cidr_block.as_deref());
        let Some(destination) = destination else {
            continue;
        };
        let is_wide = if matches!(destination, "0.0.0.0/0" | "::/0") {
            Ok(true)
        } else {
            whole_ranges(peering, account).map(|ranges| ranges.contains(&destination))
        };
        match is_wide {
            Ok(true) => wide.push((index, route, destination)),
            Ok(false) => {}
            Err(unknown) => undecided = Some(unknown),
        }
    }
    if !peered {
        return Ok(not_applicable("no route leads to a peered network"));
    }
    if wide.is_empty() {
        return match undecided {
            Some(unknown) => Err(unknown),
            None => Ok(pass("routes lead to parts of peered networks alone")),
        };
    }
    let names: Vec<&str> = wide
        .iter()
        .map(|(_, _, destination)| *destination)
        .collect();
    let outcome = fail(format!("routes to whole networks: {}", names.join(", ")));
    Ok(wide.iter().fold(outcome, |outcome, (index, route, _)| {
        outcome.evidence(format!("/config/Routes/{index}"), route)
    }))
}

/// The whole ranges of both sides of a connection.
fn whole_ranges<'a>(peering: &str, account: &'a Account) -> Result<Vec<&'a str>, Unknown> {
    let mut connections = account.seen::<VpcPeeringConnection>()?.iter();
    let Some(connection) =
        connections.find(|one| one.config.id.known().is_some_and(|id| id == peering))
    else {
        account.all::<VpcPeeringConnection>()?;
        return Err(Unknown {
            path: "the list of AWS::EC2::VPCPeeringConnection".to_owned(),
            reason: format!("{peering} is not in it"),
        });
    };
    let asking = connection.observed.cidr_blocks.get()?;
    let asked = connection.observed.peer_cidr_blocks.get()?;
    Ok(asking
        .into_iter()
        .chain(asked)
        .flatten()
        .map(String::as_str)
        .collect())
}
