//! Who makes a request.
//!
//! Source: AWS IAM User Guide, "AWS JSON policy elements: Principal"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html> and
//! "IAM identifiers" <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>.

use std::fmt;

use crate::arn;

/// The text is no principal that can make a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a user, role, role session, root user, federated user, service, identity provider or `anonymous`"
)]
pub struct PrincipalError(pub String);

/// The caller of a request.
///
/// The texts are kept as parsed; [`fmt::Display`] gives the ARN or name back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// The root user of an account.
    Root {
        /// `arn:<partition>:iam::<account>:root`.
        arn: Box<str>,
        /// Twelve digits.
        account: Box<str>,
    },
    /// An IAM user.
    User {
        /// The ARN with its path.
        arn: Box<str>,
        /// Twelve digits.
        account: Box<str>,
        /// The name without path.
        name: Box<str>,
    },
    /// An IAM role, standing for any session of it.
    Role {
        /// The ARN with its path.
        arn: Box<str>,
        /// Twelve digits.
        account: Box<str>,
        /// The path, with a slash at both ends.
        path: Box<str>,
        /// The name without path.
        name: Box<str>,
    },
    /// One session of a role.
    RoleSession {
        /// `arn:<partition>:sts::<account>:assumed-role/<role>/<session>`; never has the role's path.
        arn: Box<str>,
        /// Twelve digits.
        account: Box<str>,
        /// The role's name.
        role: Box<str>,
        /// The session's name.
        session: Box<str>,
    },
    /// A session made with `sts:GetFederationToken`.
    FederatedUser {
        /// `arn:<partition>:sts::<account>:federated-user/<name>`.
        arn: Box<str>,
        /// Twelve digits.
        account: Box<str>,
        /// The name chosen by the IAM user who made the session.
        name: Box<str>,
    },
    /// An AWS service acting for itself.
    Service {
        /// For example `ec2.amazonaws.com`.
        name: Box<str>,
    },
    /// A person or workload known to a SAML or OIDC provider, before it has a role session.
    IdentityProvider {
        /// The provider's ARN, or the name of a provider AWS knows (`accounts.google.com`).
        provider: Box<str>,
        /// The account the provider is registered in, when the ARN says.
        account: Option<Box<str>>,
        /// SAML or OIDC.
        protocol: FederationProtocol,
    },
    /// A request without credentials.
    Anonymous,
}

/// How an identity provider vouches for its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FederationProtocol {
    /// SAML 2.0, entered through `sts:AssumeRoleWithSAML`.
    Saml,
    /// OpenID Connect, entered through `sts:AssumeRoleWithWebIdentity`.
    Oidc,
}

/// Web identity providers that are named without an ARN.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity>
const WELL_KNOWN_WEB_IDENTITIES: [&str; 4] = [
    "cognito-identity.amazonaws.com",
    "www.amazon.com",
    "graph.facebook.com",
    "accounts.google.com",
];

/// What the names of service principals end in, in all partitions.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services>
const SERVICE_DOMAINS: [&str; 5] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".amazon.com",
    ".aws.internal",
];

impl Principal {
    /// Reads an ARN, a service principal, a provider name, an account id (its root user) or
    /// `anonymous`.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Self, PrincipalError> {
        Self::recognise(text).ok_or_else(|| PrincipalError(text.to_owned()))
    }

    fn recognise(text: &str) -> Option<Self> {
        if text == "anonymous" {
            return Some(Self::Anonymous);
        }
        if arn::is_account_id(text) {
            return Some(Self::Root {
                arn: format!("arn:aws:iam::{text}:root").into(),
                account: text.into(),
            });
        }
        if WELL_KNOWN_WEB_IDENTITIES.contains(&text) {
            return Some(Self::IdentityProvider {
                provider: text.into(),
                account: None,
                protocol: FederationProtocol::Oidc,
            });
        }
        if text.starts_with("arn:") {
            return Self::from_arn(text);
        }
        let is_service = SERVICE_DOMAINS.iter().any(|domain| text.ends_with(domain))
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        is_service.then(|| Self::Service { name: text.into() })
    }

    /// Reads an ARN of a principal, except that the account may be anything: the origin access
    /// identities of CloudFront live in an account called `cloudfront`.
    fn from_arn(text: &str) -> Option<Self> {
        let parts = arn::split(text)?;
        let arn: Box<str> = text.into();
        let account: Box<str> = parts.account.into();
        if parts.account.is_empty() || !parts.region.is_empty() {
            return None;
        }
        match parts.service {
            "iam" => {
                if parts.resource == "root" {
                    return Some(Self::Root { arn, account });
                }
                let (kind, rest) = parts.resource.split_once('/')?;
                let (path, name) = match rest.rsplit_once('/') {
                    Some((path, name)) => (format!("/{path}/"), name),
                    None => ("/".to_owned(), rest),
                };
                if name.is_empty() {
                    return None;
                }
                let name: Box<str> = name.into();
                match kind {
                    "user" => Some(Self::User { arn, account, name }),
                    "role" => Some(Self::Role {
                        arn,
                        account,
                        path: path.into(),
                        name,
                    }),
                    "saml-provider" => Some(Self::IdentityProvider {
                        provider: arn,
                        account: Some(account),
                        protocol: FederationProtocol::Saml,
                    }),
                    "oidc-provider" => Some(Self::IdentityProvider {
                        provider: arn,
                        account: Some(account),
                        protocol: FederationProtocol::Oidc,
                    }),
                    _ => None,
                }
            }
            "sts" => {
                let (kind, rest) = parts.resource.split_once('/')?;
                match kind {
                    "assumed-role" => {
                        let (role, session) = rest.rsplit_once('/')?;
                        // Some logs write the role's path into the session ARN; only the name counts.
                        let role = role.rsplit('/').next().unwrap_or(role);
                        (!role.is_empty() && !session.is_empty()).then(|| Self::RoleSession {
                            arn,
                            account,
                            role: role.into(),
                            session: session.into(),
                        })
                    }
                    "federated-user" if !rest.is_empty() => Some(Self::FederatedUser {
                        arn,
                        account,
                        name: rest.into(),
                    }),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The account the caller belongs to: `None` for services, web identities without an ARN and
    /// anonymous callers.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::Role { account, .. }
            | Self::RoleSession { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::IdentityProvider { account, .. } => account.as_deref(),
            Self::Service { .. } | Self::Anonymous => None,
        }
    }

    /// The account whose identity policies and SCPs speak for the caller. An identity provider is
    /// registered in an account and yet has no permissions of its own.
    #[must_use]
    pub fn acting_account(&self) -> Option<&str> {
        match self {
            Self::IdentityProvider { .. } => None,
            _ => self.account(),
        }
    }

    /// The partition (`aws`, `aws-us-gov`, `aws-cn`, …), when the caller has an ARN.
    #[must_use]
    pub fn partition(&self) -> Option<&str> {
        arn::split(self.as_str()).map(|parts| parts.partition)
    }

    /// The ARN, the service's or provider's name, or `anonymous`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Root { arn, .. }
            | Self::User { arn, .. }
            | Self::Role { arn, .. }
            | Self::RoleSession { arn, .. }
            | Self::FederatedUser { arn, .. } => arn,
            Self::Service { name } => name,
            Self::IdentityProvider { provider, .. } => provider,
            Self::Anonymous => "anonymous",
        }
    }

    /// Whether the caller is a session of a role, or a role standing for any of its sessions.
    #[must_use]
    pub fn is_role(&self) -> bool {
        matches!(self, Self::Role { .. } | Self::RoleSession { .. })
    }

    /// The path of the role behind the caller, when its own ARN says.
    pub(crate) fn own_role_path(&self) -> Option<&str> {
        match self {
            Self::Role { path, .. } => Some(path),
            _ => None,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_every_kind() {
        for (text, account) in [
            ("arn:aws:iam::111111111111:root", Some("111111111111")),
            (
                "arn:aws-cn:iam::111111111111:user/a/b/ann",
                Some("111111111111"),
            ),
            (
                "arn:aws-us-gov:iam::111111111111:role/teams/dev",
                Some("111111111111"),
            ),
            (
                "arn:aws:sts::111111111111:assumed-role/dev/work",
                Some("111111111111"),
            ),
            (
                "arn:aws:sts::111111111111:federated-user/ann",
                Some("111111111111"),
            ),
            ("ec2.amazonaws.com", None),
            (
                "arn:aws:iam::111111111111:saml-provider/okta",
                Some("111111111111"),
            ),
            ("accounts.google.com", None),
            ("anonymous", None),
        ] {
            let principal = Principal::parse(text).unwrap();
            assert_eq!(principal.account(), account, "{text}");
            assert_eq!(principal.to_string(), text);
        }
        assert_eq!(
            Principal::parse("arn:aws-cn:iam::111111111111:user/ann")
                .unwrap()
                .partition(),
            Some("aws-cn")
        );
        for text in [
            "",
            "*",
            "arn:aws:s3:::b",
            "arn:aws:iam::1:role/",
            "arn:aws:sts::1:assumed-role/x",
            "AROAX",
            "arn:",
        ] {
            assert!(Principal::parse(text).is_err(), "{text}");
        }
    }
}
