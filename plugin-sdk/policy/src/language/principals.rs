//! The `Principal` and `NotPrincipal` elements, compiled.
//!
//! Source: AWS IAM User Guide, "AWS JSON policy elements: Principal"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use crate::arn;
use crate::principal::Principal;

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalClause {
    /// `NotPrincipal`: everyone except these.
    pub negated: bool,
    /// The entries, in the order of the document.
    pub entries: Vec<PrincipalEntry>,
}

/// One entry of a principal element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalEntry {
    /// `*` or `{"AWS": "*"}`, which mean the same in a policy of a resource.
    Anyone,
    /// An account, by id or by the ARN of its root user.
    Account {
        /// Twelve digits.
        id: Box<str>,
        /// As written.
        text: Box<str>,
    },
    /// A user, role, role session or federated user.
    Identity(Principal),
    /// `{"Service": …}`; `*` is every service.
    Service(Box<str>),
    /// `{"Federated": …}`: an identity provider's ARN or name; `*` is every provider.
    Federated(Box<str>),
    /// `{"CanonicalUser": …}`: an account in the notation of S3, which does not tell its id.
    CanonicalUser(Box<str>),
    /// A unique id (`AIDA…`, `AROA…`) left behind by a deleted user or role; it matches nobody.
    Deleted(Box<str>),
    /// Something else that AWS would not store; it matches nobody.
    Other(Box<str>),
}

impl PrincipalEntry {
    pub(crate) fn anyone_if_star(text: &str) -> Option<Self> {
        (text == "*").then_some(Self::Anyone)
    }

    /// Reads a value of the `AWS` kind.
    pub(crate) fn aws(text: &str) -> Self {
        if text == "*" {
            return Self::Anyone;
        }
        if arn::is_account_id(text) {
            return Self::Account {
                id: text.into(),
                text: text.into(),
            };
        }
        match Principal::parse(text) {
            Ok(Principal::Root { account, arn }) => Self::Account {
                id: account,
                text: arn,
            },
            Ok(
                principal @ (Principal::User { .. }
                | Principal::Role { .. }
                | Principal::RoleSession { .. }
                | Principal::FederatedUser { .. }),
                // "You cannot use a wildcard to match part of a principal name or ARN."
            ) if !text.contains(['*', '?']) => Self::Identity(principal),
            _ if is_unique_id(text) => Self::Deleted(text.into()),
            _ => Self::Other(text.into()),
        }
    }

    /// The entry as the policy has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Anyone => "*",
            Self::Account { text, .. }
            | Self::Service(text)
            | Self::Federated(text)
            | Self::CanonicalUser(text)
            | Self::Deleted(text)
            | Self::Other(text) => text,
            Self::Identity(principal) => principal.as_str(),
        }
    }
}

/// Unique ids of users, roles and groups start with `A` and three letters that tell the kind.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
fn is_unique_id(text: &str) -> bool {
    text.len() >= 16
        && text.starts_with('A')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
