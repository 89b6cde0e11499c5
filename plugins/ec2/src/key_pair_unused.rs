//! Key pairs that nothing uses.

use blastwall_sdk::prelude::*;

/// Delete key pairs that nothing uses
///
/// Looks at whether an instance, running or stopped, or the default version of a launch template
/// of the same region names each key pair. A key pair that nothing uses is one that somebody may
/// still hold the private half of, ready for the next instance that is started with it.
///
/// # Remediation
///
/// Delete the key pair (console: EC2, "Key pairs"); instances that run are not touched:
///
/// ```sh
/// aws ec2 delete-key-pair --key-name NAME
/// ```
///
/// Terraform: remove the `aws_key_pair`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html>
#[check(
    id = "ec2-key-pair-unused",
    severity = Low,
    category = Security,
    reads = [Instance, LaunchTemplate]
)]
pub(crate) fn check(key_pair: &KeyPair, account: &Account) -> Result<Outcome, Unknown> {
    let name = key_pair.config.key_name.required()?;
    // One use decides, whatever else could not be seen.
    for instance in account.seen::<Instance>()? {
        if instance.region == key_pair.region && instance.config.key_name.known() == Some(name) {
            return Ok(pass(format!("used by {}", instance.arn.resource())));
        }
    }
    for template in account.seen::<LaunchTemplate>()? {
        let data = template.config.launch_template_data.known();
        if template.region == key_pair.region
            && data.is_some_and(|data| data.key_name.as_ref() == Some(name))
        {
            return Ok(pass(format!("used by {}", template.arn.resource())));
        }
    }
    for instance in account.all::<Instance>()? {
        if instance.region == key_pair.region {
            instance.config.key_name.get()?;
        }
    }
    for template in account.all::<LaunchTemplate>()? {
        if template.region == key_pair.region {
            template.config.launch_template_data.get()?;
        }
    }
    Ok(fail(
        "no instance and no launch template of the region uses it",
    ))
}
