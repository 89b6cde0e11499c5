//! Secrets in user data, as the collector recognised them; the text itself is not in documents.

use blastwall_sdk::model::resources::ec2::UserData;
use blastwall_sdk::prelude::*;

/// Keep secrets out of user data of instances
///
/// Looks for what has the form of a secret in the user data of each instance: AWS keys, private
/// keys, tokens of well-known services, passwords. User data is kept in clear text, and everybody
/// with `ec2:DescribeInstanceAttribute`, and every process on the instance, can read it. Only the
/// kind of what was found is reported.
///
/// # Remediation
///
/// Revoke the secret, for it has been readable; then keep the new one in Secrets Manager or Parameter
/// Store, and fetch it with the instance's role. User data can be changed while the instance is
/// stopped (console: "Actions", "Instance settings", "Edit user data"):
///
/// ```sh
/// aws ec2 modify-instance-attribute --instance-id INSTANCE --attribute userData --value file://clean.b64
/// ```
///
/// Terraform: take the value out of `user_data` in `aws_instance` and out of the state.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html>
/// - <https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets.html>
#[check(id = "ec2-instance-user-data-secrets", severity = High, category = Security)]
pub(crate) fn of_instance(instance: &Instance) -> Result<Outcome, Unknown> {
    Ok(judge(instance.observed.user_data.get()?))
}

/// Keep secrets out of user data of launch templates
///
/// Looks for what has the form of a secret in the user data of the default version of each launch
/// template: AWS keys, private keys, tokens of well-known services, passwords. Everybody with
/// `ec2:DescribeLaunchTemplateVersions` can read it, and it is copied to every instance.
/// Only the kind of what was found is reported.
///
/// # Remediation
///
/// Revoke the secret, for it has been readable; then keep the new one in Secrets Manager or Parameter
/// Store, and fetch it with the instance's role. Make a version without it the default, and delete
/// the versions that have it (console: "Launch templates", "Actions", "Delete template version"):
///
/// ```sh
/// aws ec2 delete-launch-template-versions --launch-template-id TEMPLATE --versions VERSION
/// ```
///
/// Terraform: take the value out of `user_data` in `aws_launch_template` and out of the state.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-templates.html>
/// - <https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets.html>
#[check(id = "ec2-launch-template-user-data-secrets", severity = High, category = Security)]
pub(crate) fn of_launch_template(template: &LaunchTemplate) -> Result<Outcome, Unknown> {
    Ok(judge(template.observed.user_data.get()?))
}

fn judge(user_data: Option<&UserData>) -> Outcome {
    match user_data {
        None => not_applicable("there is no user data"),
        Some(found) if found.secrets.is_empty() => {
            pass("the user data holds nothing like a secret")
        }
        Some(found) => fail(format!(
            "the user data seems to hold secrets: {}",
            found.secrets.join(", ")
        ))
        .evidence("/observed/UserData", found),
    }
}
