//! The metadata service of instances.

use blastwall_sdk::prelude::*;

/// Require version 2 of the metadata service
///
/// Looks at whether each instance answers metadata requests only with a token (IMDSv2), or not at
/// all. Version 1 hands the credentials of the instance's role to anybody who can make the instance
/// fetch an address: a proxy that forwards too much, a web application that fetches what it is told.
///
/// # Remediation
///
/// See in CloudWatch (`MetadataNoToken`) that nothing uses version 1 any more, then, for each
/// instance (console: "Actions", "Instance settings", "Modify instance metadata options"):
///
/// ```sh
/// aws ec2 modify-instance-metadata-options --instance-id INSTANCE --http-tokens required
/// ```
///
/// Terraform: `metadata_options { http_tokens = "required" }` in `aws_instance`. For all new
/// instances of a region: `aws ec2 modify-instance-metadata-defaults --http-tokens required`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-transition-to-version-2.html>
#[check(
    id = "ec2-instance-metadata-version",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:6.7"]
)]
pub(crate) fn check(instance: &Instance) -> Result<Outcome, Unknown> {
    let options = instance.config.metadata_options.required()?;
    let outcome = match (
        options.http_endpoint.as_deref(),
        options.http_tokens.as_deref(),
    ) {
        (Some("disabled"), _) => pass("the metadata service is switched off"),
        (_, Some("required")) => pass("the metadata service asks for a token"),
        (_, Some(_)) => fail("the metadata service answers without a token (IMDSv1)"),
        (_, None) => {
            return Err(Unknown {
                path: "config.MetadataOptions.HttpTokens".to_owned(),
                reason: "the document does not have it".to_owned(),
            });
        }
    };
    Ok(outcome.evidence("/config/MetadataOptions", options))
}
