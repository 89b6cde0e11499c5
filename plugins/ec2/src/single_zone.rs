//! Networks that live in one zone.

use std::collections::BTreeSet;

use blastwall_sdk::prelude::*;

/// Spread instances over zones
///
/// Looks at the running instances of each VPC: if there are two or more, they should be in more than
/// one availability zone, because a zone is what fails as a whole.
///
/// # Remediation
///
/// Run the instances in an Auto Scaling group over subnets in several zones (console: EC2, "Auto
/// Scaling groups"):
///
/// ```sh
/// aws autoscaling update-auto-scaling-group --auto-scaling-group-name GROUP \
///   --vpc-zone-identifier "subnet-A,subnet-B"
/// ```
///
/// Terraform: `vpc_zone_identifier` in `aws_autoscaling_group`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html>
/// - <https://docs.aws.amazon.com/awssupport/latest/user/fault-tolerance-checks.html>
#[check(
    id = "ec2-vpc-single-zone",
    severity = Low,
    category = FaultTolerance,
    reads = [Instance]
)]
pub(crate) fn check(vpc: &Vpc, account: &Account) -> Result<Outcome, Unknown> {
    let id = vpc.config.vpc_id.required()?;
    let mut running = 0_usize;
    let mut zones = BTreeSet::new();
    let mut undecided = None;
    for instance in account.seen::<Instance>()? {
        if instance.region != vpc.region {
            continue;
        }
        match placed(instance, id) {
            Ok(Some(zone)) => {
                running += 1;
                zones.insert(zone);
            }
            Ok(None) => {}
            Err(unknown) => undecided = Some(unknown),
        }
    }
    if zones.len() > 1 {
        return Ok(pass(format!(
            "{running} running instances in {} zones",
            zones.len()
        )));
    }
    if let Some(unknown) = undecided {
        return Err(unknown);
    }
    account.all::<Instance>()?;
    Ok(match zones.first() {
        Some(zone) if running > 1 => fail(format!("all {running} running instances are in {zone}")),
        _ => not_applicable("there are fewer than two running instances"),
    })
}

/// The zone of an instance that runs in a VPC; none if it does not.
fn placed<'a>(instance: &'a Instance, vpc: &str) -> Result<Option<&'a str>, Unknown> {
    if instance.config.vpc_id.get()?.is_none_or(|own| own != vpc)
        || instance.observed.state.required()? != "running"
    {
        return Ok(None);
    }
    Ok(Some(instance.config.availability_zone.required()?))
}
