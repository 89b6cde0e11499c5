//! The metadata service of instances that a launch template starts.

use blastwall_sdk::prelude::*;

/// Require version 2 of the metadata service in launch templates
///
/// Looks at the default version of each launch template: does it require a token of metadata
/// requests (IMDSv2), or does the region for all instances that leave it open? What an image asks
/// for is not looked at. A template outlives the instances that were repaired by hand: the next
/// scaling brings version 1 back.
///
/// # Remediation
///
/// Make a version of the template with tokens required and make it the default (console: "Launch
/// templates", "Modify template", "Advanced details"):
///
/// ```sh
/// aws ec2 create-launch-template-version --launch-template-id TEMPLATE --source-version '$Latest' \
///   --launch-template-data '{"MetadataOptions":{"HttpTokens":"required"}}'
/// aws ec2 modify-launch-template --launch-template-id TEMPLATE --default-version VERSION
/// ```
///
/// Terraform: `metadata_options { http_tokens = "required" }` in `aws_launch_template`, or
/// `aws_ec2_instance_metadata_defaults` for the region.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html>
#[check(
    id = "ec2-launch-template-metadata-version",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:6.7"],
    reads = [InstanceMetadataDefaults]
)]
pub(crate) fn check(template: &LaunchTemplate, account: &Account) -> Result<Outcome, Unknown> {
    let data = template.config.launch_template_data.required()?;
    let own = data.metadata_options.as_ref();
    let outcome = match own.and_then(|options| options.http_tokens.as_deref()) {
        Some("required") => pass("instances of the template ask for a token"),
        Some(_) => fail("instances of the template answer without a token (IMDSv1)"),
        None if region_requires_tokens(&template.region, account)? => {
            pass("the template leaves it open, and the region requires a token")
        }
        None => fail("neither the template nor the region requires a token (IMDSv2)"),
    };
    Ok(match own {
        Some(options) => outcome.evidence("/config/LaunchTemplateData/MetadataOptions", options),
        None => outcome,
    })
}

fn region_requires_tokens(region: &str, account: &Account) -> Result<bool, Unknown> {
    let defaults = account.all::<InstanceMetadataDefaults>()?;
    match defaults.iter().find(|defaults| defaults.region == region) {
        Some(defaults) => Ok(defaults
            .config
            .account_level
            .get()?
            .is_some_and(|level| level.http_tokens.as_deref() == Some("required"))),
        None => Ok(false),
    }
}
