//! The role that is assumed in every account, as a template.

use std::fmt;
use std::str::FromStr;

use blastwall_aws::Partition;
use blastwall_model::{AccountId, Arn, IdError};

const ACCOUNT: &str = "{account}";
const PARTITION: &str = "{partition}";

/// The role that AWS Organizations makes in accounts that it creates.
const DEFAULT: &str = "OrganizationAccountAccessRole";

/// Limits of role names and paths. Source: IAM User Guide, "IAM and AWS STS quotas".
const NAME_LIMIT: usize = 64;
const PATH_LIMIT: usize = 512;

/// The role to assume in each account: a name, a path and a name, or an ARN with placeholders.
///
/// `audit` and `security/audit` are roles of that name in every account. In an ARN, `{account}`
/// stands for the account that is entered and `{partition}` for the partition of the caller:
/// `arn:{partition}:iam::{account}:role/security/audit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    template: String,
}

/// A text that is no template of a role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// An ARN that is the same for every account.
    #[error("`{0}` names a role of one account: put `{{account}}` in place of the account id")]
    OneAccount(String),
    /// An ARN of something else.
    #[error(
        "`{0}` is not the ARN of an IAM role: expected `arn:{{partition}}:iam::{{account}}:role/name`"
    )]
    NotARole(String),
    /// Braces around anything but the two placeholders.
    #[error("`{0}` has an unknown placeholder: there are `{{account}}` and `{{partition}}`")]
    Placeholder(String),
    /// A name that no role can have.
    #[error("`{0}` cannot be the name of a role: expected 1 to 64 letters, digits or `+=,.@_-`")]
    Name(String),
    /// A path that no role can have.
    #[error("`{0}` cannot be the path of a role: expected printable characters, 512 at the most")]
    Path(String),
}

impl Default for Role {
    fn default() -> Self {
        Self {
            template: format!("arn:{PARTITION}:iam::{ACCOUNT}:role/{DEFAULT}"),
        }
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        let template = if text.starts_with("arn:") {
            text.to_owned()
        } else {
            // People paste paths with the slash that IAM writes in front of them.
            let name = text.strip_prefix('/').unwrap_or(text);
            format!("arn:{PARTITION}:iam::{ACCOUNT}:role/{name}")
        };
        check(&template, text)?;
        Ok(Self { template })
    }
}

fn check(template: &str, text: &str) -> Result<(), RoleError> {
    // With the placeholders filled, everything must be as it is in a real ARN.
    let filled = template
        .replace(ACCOUNT, "111122223333")
        .replace(PARTITION, "aws");
    if filled.contains(['{', '}']) {
        return Err(RoleError::Placeholder(text.to_owned()));
    }
    let role = filled
        .parse::<Arn>()
        .ok()
        .filter(|arn| arn.service() == "iam" && arn.region().is_empty())
        .filter(|arn| arn.account().parse::<AccountId>().is_ok());
    let Some(role) = role else {
        return Err(RoleError::NotARole(text.to_owned()));
    };
    let Some(path) = role.resource().strip_prefix("role/") else {
        return Err(RoleError::NotARole(text.to_owned()));
    };
    let (path, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_name = !name.is_empty()
        && name.len() <= NAME_LIMIT
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte));
    if !is_name {
        return Err(RoleError::Name(text.to_owned()));
    }
    // The slashes at both ends count.
    let is_path = path.len() + 2 <= PATH_LIMIT && path.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_path {
        return Err(RoleError::Path(text.to_owned()));
    }
    if template.split(':').nth(4) != Some(ACCOUNT) {
        return Err(RoleError::OneAccount(text.to_owned()));
    }
    Ok(())
}

impl Role {
    /// The role in an account.
    ///
    /// # Errors
    /// Never for a role that was read from text: its form is checked there.
    pub fn arn(&self, partition: &Partition, account: &AccountId) -> Result<Arn, IdError> {
        self.template
            .replace(ACCOUNT, account.as_str())
            .replace(PARTITION, partition.as_str())
            .parse()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_paths_and_arns_give_the_arn_in_an_account() {
        let account: AccountId = "444455556666".parse().unwrap();
        for (text, partition, expected) in [
            ("audit", "aws", "arn:aws:iam::444455556666:role/audit"),
            (
                "/security/audit",
                "aws-us-gov",
                "arn:aws-us-gov:iam::444455556666:role/security/audit",
            ),
            (
                "arn:{partition}:iam::{account}:role/audit-{account}",
                "aws-cn",
                "arn:aws-cn:iam::444455556666:role/audit-444455556666",
            ),
            (
                "arn:aws:iam::{account}:role/audit",
                "aws",
                "arn:aws:iam::444455556666:role/audit",
            ),
        ] {
            let role: Role = text.parse().unwrap();
            let arn = role.arn(&Partition::named(partition), &account).unwrap();
            assert_eq!(arn.as_str(), expected, "{text}");
        }
        let arn = Role::default().arn(&Partition::AWS, &account).unwrap();
        assert_eq!(arn.resource(), "role/OrganizationAccountAccessRole");
        assert_eq!(DEFAULT.parse::<Role>().unwrap(), Role::default());
    }

    #[test]
    fn what_can_be_no_role_is_refused() {
        let long = "x".repeat(65);
        let text = |text: &str| text.to_owned();
        for (bad, expected) in [
            ("", RoleError::Name(text(""))),
            ("a b", RoleError::Name(text("a b"))),
            ("role/", RoleError::Name(text("role/"))),
            (&long, RoleError::Name(long.clone())),
            ("p ath/audit", RoleError::Path(text("p ath/audit"))),
            ("audit-{name}", RoleError::Placeholder(text("audit-{name}"))),
            (
                "arn:aws:iam::444455556666:role/audit",
                RoleError::OneAccount(text("arn:aws:iam::444455556666:role/audit")),
            ),
            (
                "arn:aws:iam::{account}:user/audit",
                RoleError::NotARole(text("arn:aws:iam::{account}:user/audit")),
            ),
            (
                "arn:aws:sts::{account}:assumed-role/audit/me",
                RoleError::NotARole(text("arn:aws:sts::{account}:assumed-role/audit/me")),
            ),
            ("arn:aws", RoleError::NotARole(text("arn:aws"))),
        ] {
            assert_eq!(bad.parse::<Role>().unwrap_err(), expected);
        }
    }
}
