//! Flow logs of networks.

use blastwall_sdk::prelude::*;

/// Record the traffic of every VPC
///
/// Looks at whether each VPC has a flow log of its own that is active, delivers, and records rejected
/// traffic at least. Flow logs tell what talked to what, during an attack and long after. Logs of
/// single subnets or interfaces do not count. A VPC that another account shares is that account's.
///
/// # Remediation
///
/// Console: VPC, the VPC, "Flow logs". CLI:
///
/// ```sh
/// aws ec2 create-flow-logs --resource-type VPC --resource-ids VPC --traffic-type ALL \
///   --log-destination-type s3 --log-destination arn:aws:s3:::BUCKET
/// ```
///
/// Terraform: `aws_flow_log`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html>
#[check(
    id = "ec2-vpc-flow-logs",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:4.7"],
    reads = [FlowLog]
)]
pub(crate) fn check(vpc: &Vpc, account: &Account) -> Result<Outcome, Unknown> {
    let owner = vpc.arn.account();
    if owner != account.id().as_str() {
        return Ok(not_applicable(format!(
            "the VPC belongs to account {owner}"
        )));
    }
    let id = vpc.config.vpc_id.required()?;
    let mut undecided = None;
    let mut failing = false;
    for log in account.seen::<FlowLog>()? {
        if log.region != vpc.region || log.config.resource_id.known() != Some(id) {
            continue;
        }
        match records(log) {
            Ok(true) => return Ok(pass(format!("recorded by {}", log.arn.resource()))),
            Ok(false) => failing = true,
            Err(unknown) => undecided = Some(unknown),
        }
    }
    if let Some(unknown) = undecided {
        return Err(unknown);
    }
    account.all::<FlowLog>()?;
    Ok(fail(if failing {
        "no flow log of the VPC delivers rejected traffic"
    } else {
        "the VPC has no flow log"
    }))
}

fn records(log: &FlowLog) -> Result<bool, Unknown> {
    let delivers = log.observed.deliver_logs_status.get()?;
    Ok(log.observed.flow_log_status.required()? == "ACTIVE"
        && delivers.is_none_or(|status| status != "FAILED")
        && log.config.traffic_type.required()? != "ACCEPT")
}
