//! Elastic addresses that nothing uses.

use blastwall_sdk::prelude::*;

/// Release elastic addresses that nothing uses
///
/// Looks at whether each elastic IP address is bound to something. AWS charges for it either way,
/// and names that still point to an address are taken over by whoever gets it next, so remove those
/// first.
///
/// # Remediation
///
/// Release the address (console: EC2, "Elastic IPs", "Actions", "Release"):
///
/// ```sh
/// aws ec2 release-address --allocation-id ALLOCATION
/// ```
///
/// Terraform: remove the `aws_eip`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-eips.html>
#[check(id = "ec2-address-idle", severity = Low, category = Cost)]
pub(crate) fn check(address: &Eip) -> Result<Outcome, Unknown> {
    Ok(match address.observed.association_id.get()? {
        Some(association) => {
            pass("the address is in use").evidence("/observed/AssociationId", association)
        }
        None => fail("the address is bound to nothing"),
    })
}
