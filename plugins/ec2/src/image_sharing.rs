//! With whom machine images are shared.

use blastwall_sdk::prelude::*;

use crate::sharing::{Trusted, organization_id, strangers};

/// Keep machine images from being public
///
/// Looks at whether everybody may start instances from each image. Whatever was on the machine that
/// it was made of is then public: keys, history, data. Blocking public access in the region does
/// not make private what is public already.
///
/// # Remediation
///
/// Make the image private (console: "AMIs", "Actions", "Edit AMI permissions"), see what it held as
/// leaked, and block public access to new images in every region:
///
/// ```sh
/// aws ec2 modify-image-attribute --image-id IMAGE --launch-permission 'Remove=[{Group=all}]'
/// aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing
/// ```
///
/// Terraform: remove the `aws_ami_launch_permission` with `group = "all"`; set
/// `aws_ec2_image_block_public_access`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharing-amis.html>
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html>
#[check(id = "ec2-image-public", severity = Critical, category = Security)]
pub(crate) fn public(image: &Image) -> Result<Outcome, Unknown> {
    let public = image.config.public.required()?;
    let outcome = if *public {
        fail("everybody may start instances from the image")
    } else {
        pass("the image is not public")
    };
    Ok(outcome.evidence("/config/Public", public))
}

/// Share machine images only within the organization
///
/// Looks at which accounts and organizations may start instances from each image. What is shared is
/// out of your hands: it can be copied and kept. The organization, its units and its accounts do
/// not count, nor do accounts that `trusted_accounts` names.
///
/// # Remediation
///
/// Stop sharing with those that you do not know (console: "AMIs", "Actions", "Edit AMI
/// permissions"):
///
/// ```sh
/// aws ec2 modify-image-attribute --image-id IMAGE --launch-permission 'Remove=[{UserId=ACCOUNT}]'
/// ```
///
/// Terraform: remove the `aws_ami_launch_permission`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html>
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/share-amis-org-ou-manage.html>
#[check(
    id = "ec2-image-shared-outside",
    severity = High,
    category = Security,
    reads = [OrganizationAccount, OrganizationDescription]
)]
pub(crate) fn outside(
    image: &Image,
    account: &Account,
    organization: &Organization,
    parameters: &Trusted,
) -> Result<Outcome, Unknown> {
    let insiders = Insiders::new(account, organization, &parameters.trusted_accounts);
    let none = Vec::new();
    let permissions = image.config.launch_permissions.get()?.unwrap_or(&none);
    let accounts = permissions.iter().filter_map(|one| one.user_id.as_deref());
    let mut strangers = strangers(accounts, insiders)?;
    for permission in permissions {
        let unit = permission.organizational_unit_arn.as_deref();
        for arn in permission
            .organization_arn
            .as_deref()
            .into_iter()
            .chain(unit)
        {
            if !insiders.has_organization(organization_id(arn))? {
                strangers.push(arn);
            }
        }
    }
    if strangers.is_empty() {
        return Ok(pass(if permissions.is_empty() {
            "the image is shared with nobody"
        } else {
            "the image is shared within the organization and with trusted accounts alone"
        }));
    }
    let outcome = fail(format!(
        "shared outside the organization: {}",
        strangers.join(", ")
    ));
    Ok(outcome.evidence("/config/LaunchPermissions", permissions))
}
