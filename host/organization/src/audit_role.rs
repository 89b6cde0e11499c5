//! The audit role as a template: what has to be in an account before it can be entered.

use blastwall_aws::Partition;
use blastwall_model::{AccountId, Arn, IdError};
use serde_json::{Value, json};

use crate::Role;

/// The name of the policy inside of the role.
const POLICY: &str = "read-what-blastwall-reads";

/// The role that is assumed in every account: whom it trusts and what it may do.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRole {
    name: String,
    path: String,
    trust: Value,
    permissions: Value,
}

/// Why there is no such role.
#[derive(Debug, thiserror::Error)]
pub enum AuditRoleError {
    /// The caller is nobody who can assume a role.
    #[error(
        "`{0}` cannot be trusted with a role: expected the ARN of a user, a role or a session of one"
    )]
    NoPrincipal(Arn),
    /// The role has no name.
    #[error("the role has no ARN: {0}")]
    Role(#[from] IdError),
}

impl AuditRole {
    /// The role that `caller` may assume, with the external id if there is one, to do `actions` on
    /// everything.
    ///
    /// Of a session of a role the role is trusted, under whatever path: its ARN does not tell. The
    /// trust names the account as principal and the caller in a condition on `aws:PrincipalArn`,
    /// because a principal that is named itself is replaced by a dead id when it is deleted and made
    /// again. Source: IAM User Guide, "AWS JSON policy elements: Principal".
    ///
    /// # Errors
    /// If the caller is neither a user nor a role nor a session of one.
    pub fn new<'a>(
        role: &Role,
        partition: &Partition,
        caller: &Arn,
        external_id: Option<&str>,
        actions: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, AuditRoleError> {
        let no_principal = || AuditRoleError::NoPrincipal(caller.clone());
        let account: AccountId = caller.account().parse().map_err(|_| no_principal())?;
        let arn = role.arn(partition, &account)?;
        let resource = arn.resource();
        let resource = resource.strip_prefix("role/").unwrap_or(resource);
        let (path, name) = match resource.rsplit_once('/') {
            Some((path, name)) => (format!("/{path}/"), name),
            None => ("/".to_owned(), resource),
        };
        let principals = principals(caller).ok_or_else(no_principal)?;
        let mut condition = json!({ "ArnLike": { "aws:PrincipalArn": principals } });
        if let (Some(external_id), Some(condition)) = (external_id, condition.as_object_mut()) {
            condition.insert(
                "StringEquals".to_owned(),
                json!({ "sts:ExternalId": external_id }),
            );
        }
        let actions: Vec<&str> = actions.into_iter().collect();
        Ok(Self {
            name: name.to_owned(),
            path,
            trust: json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "AWS": format!("arn:{partition}:iam::{account}:root", partition = partition.as_str()) },
                    "Action": "sts:AssumeRole",
                    "Condition": condition,
                }],
            }),
            permissions: json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Sid": "ReadSettings",
                    "Effect": "Allow",
                    "Action": actions,
                    "Resource": "*",
                }],
            }),
        })
    }

    /// A CloudFormation template, fit for a service-managed stack set. The role is global, so the
    /// stack set needs one region.
    #[must_use]
    pub fn cloudformation(&self) -> String {
        format!(
            "\
# The role that Blastwall assumes. Roll it out to every account with a service-managed stack set in one
# region; such a stack set leaves out the management account, which wants a stack of its own:
#
#   aws cloudformation create-stack-set --stack-set-name {name} --template-body file://role.yaml \\
#     --capabilities CAPABILITY_NAMED_IAM --permission-model SERVICE_MANAGED \\
#     --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false
#   aws cloudformation create-stack-instances --stack-set-name {name} \\
#     --deployment-targets OrganizationalUnitIds=r-EXAMPLE --regions us-east-1
AWSTemplateFormatVersion: \"2010-09-09\"
Description: The role that Blastwall assumes. It may read settings and nothing else.
Resources:
  AuditRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: {quoted_name}
      Path: {path}
      AssumeRolePolicyDocument:
{trust}
      Policies:
        - PolicyName: {POLICY}
          PolicyDocument:
{permissions}
Outputs:
  RoleArn:
    Value: !GetAtt AuditRole.Arn
",
            name = self.name,
            quoted_name = Value::from(self.name.as_str()),
            path = Value::from(self.path.as_str()),
            trust = indented(&self.trust, 8),
            permissions = indented(&self.permissions, 12),
        )
    }

    /// A Terraform file for the AWS provider.
    #[must_use]
    pub fn terraform(&self) -> String {
        format!(
            "\
# The role that Blastwall assumes. It may read settings and nothing else.
resource \"aws_iam_role\" \"blastwall_audit\" {{
  name = {name}
  path = {path}

  assume_role_policy = jsonencode(
{trust}
  )
}}

resource \"aws_iam_role_policy\" \"blastwall_audit\" {{
  name = \"{POLICY}\"
  role = aws_iam_role.blastwall_audit.id

  policy = jsonencode(
{permissions}
  )
}}

output \"blastwall_audit_role_arn\" {{
  value = aws_iam_role.blastwall_audit.arn
}}
",
            name = hcl(&Value::from(self.name.as_str()).to_string()),
            path = hcl(&Value::from(self.path.as_str()).to_string()),
            trust = hcl(&indented(&self.trust, 4)),
            permissions = hcl(&indented(&self.permissions, 4)),
        )
    }
}

/// The values of `aws:PrincipalArn` that a caller has.
fn principals(caller: &Arn) -> Option<Vec<String>> {
    let (kind, name) = caller.resource().split_once('/')?;
    let (partition, account) = (caller.partition(), caller.account());
    match (caller.service(), kind) {
        ("iam", "user" | "role") => Some(vec![caller.to_string()]),
        ("sts", "assumed-role") => {
            let (role, _) = name.split_once('/')?;
            Some(vec![
                format!("arn:{partition}:iam::{account}:role/{role}"),
                format!("arn:{partition}:iam::{account}:role/*/{role}"),
            ])
        }
        _ => None,
    }
}

/// JSON is YAML too, and an expression of Terraform.
fn indented(value: &Value, by: usize) -> String {
    let text = format!("{value:#}");
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("{:by$}{line}", ""))
        .collect();
    lines.join("\n")
}

/// Text in which Terraform finds nothing to fill in.
fn hcl(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(caller: &str, external_id: Option<&str>) -> Result<AuditRole, AuditRoleError> {
        AuditRole::new(
            &"security/BlastwallAudit".parse().unwrap(),
            &Partition::AWS,
            &caller.parse().unwrap(),
            external_id,
            ["iam:ListUsers", "s3:GetBucketPolicy"],
        )
    }

    #[test]
    fn the_role_behind_a_session_is_trusted_under_any_path() {
        let role = role(
            "arn:aws:sts::111122223333:assumed-role/auditor/alice",
            Some("6f2c"),
        )
        .unwrap();
        let statement = &role.trust["Statement"][0];
        assert_eq!(
            statement["Principal"]["AWS"],
            "arn:aws:iam::111122223333:root"
        );
        assert_eq!(
            statement["Condition"],
            json!({
                "ArnLike": { "aws:PrincipalArn": [
                    "arn:aws:iam::111122223333:role/auditor",
                    "arn:aws:iam::111122223333:role/*/auditor",
                ]},
                "StringEquals": { "sts:ExternalId": "6f2c" },
            })
        );
        assert_eq!((&*role.name, &*role.path), ("BlastwallAudit", "/security/"));
    }

    #[test]
    fn nobody_but_users_and_roles_is_trusted() {
        for caller in [
            "arn:aws:iam::111122223333:root",
            "arn:aws:sts::111122223333:federated-user/bob",
            "arn:aws:s3:::bucket",
        ] {
            assert!(role(caller, None).is_err(), "{caller}");
        }
    }

    #[test]
    fn both_templates_have_all_of_it() {
        let role = role("arn:aws:iam::111122223333:user/ci/scanner", None).unwrap();
        for text in [role.cloudformation(), role.terraform()] {
            for part in [
                "arn:aws:iam::111122223333:user/ci/scanner",
                "s3:GetBucketPolicy",
                "iam:ListUsers",
                "\"BlastwallAudit\"",
                "\"/security/\"",
            ] {
                assert!(text.contains(part), "{part} is not in\n{text}");
            }
            assert!(!text.contains("ExternalId"), "{text}");
        }
    }

    #[test]
    fn terraform_fills_nothing_in() {
        assert_eq!(hcl("a ${b} %{c}"), "a $${b} %%{c}");
    }
}
