//! Who or what an attacker starts from or gets hold of, as callers and reports see it.
//!
//! Plain names, no indices: the engine's own numbering is in `capability`.

use std::fmt;

use blastwall_model::{AccountId, Arn};
use serde::{Deserialize, Serialize};

/// Something that can be in an attacker's hand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Subject {
    /// A whole account: the attacker may do there whatever the organization's service control
    /// policies let the account do, creating principals with any identity policy included.
    Account {
        /// Which account.
        id: AccountId,
    },
    /// A user or a role, with the permissions that it has.
    Principal {
        /// Its ARN.
        arn: Arn,
    },
    /// A user or a role whose permissions the attacker changed, or that the attacker made.
    Rewritten {
        /// Its ARN.
        arn: Arn,
        /// What was changed, in words: `with any policy`.
        how: String,
    },
    /// A party outside the organization.
    Outside {
        /// Which party.
        party: OutsideParty,
    },
    /// The data of a resource, read; of a key, its use to decrypt.
    Data {
        /// The ARN of what holds it.
        arn: Arn,
    },
    /// The same as far as it is encrypted under a key: nothing without the key.
    Encrypted {
        /// The ARN of what holds it.
        arn: Arn,
    },
    /// Power over the policies of the organization: to take away whatever they forbid.
    Guardrails,
    /// Power over what tells what happened or brings it back: to stop a trail, to delete logs or backups, to
    /// blind a service that watches.
    Evidence {
        /// The ARN of the trail, bucket or vault, or the service and the account that administers it.
        of: String,
    },
    /// Something that runs code as a role, with the attacker's code in it.
    Workload {
        /// Its ARN.
        arn: Arn,
    },
    /// Changing what others run or rely on: the images of a repository, the objects of a bucket with code, a
    /// shared document of commands, the names of a zone.
    Supply {
        /// The ARN of what holds it.
        arn: Arn,
    },
    /// Network reach of a workload: connections to what listens there, no more.
    Network {
        /// The ARN of the workload.
        arn: Arn,
    },
}

/// A party that is no principal of the accounts at hand and yet is let in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "party")]
pub enum OutsideParty {
    /// Whoever has an AWS account.
    Anyone,
    /// An AWS account that is not of the organization; whoever controls it.
    Account {
        /// Which account.
        id: AccountId,
    },
    /// Another organization; whoever controls an account of it.
    Organization {
        /// Its id, `o-…`.
        id: String,
    },
    /// An identity provider (OIDC or SAML): whoever administers it, and whom it vouches for.
    IdentityProvider {
        /// Its ARN, or the name that the trust policy uses for it.
        provider: String,
    },
    /// Runs of a CI provider, or other workloads, that an identity provider vouches for under one
    /// subject: `repo:acme/web:*` of GitHub.
    Workflow {
        /// The host and path of the provider, `token.actions.githubusercontent.com`.
        provider: String,
        /// The subject, or pattern of subjects, that a trust policy asks for.
        subject: String,
    },
    /// Whoever holds a certificate that IAM Roles Anywhere takes.
    CertificateHolder {
        /// The ARN of the trust anchor.
        anchor: String,
    },
    /// The users of an application that signs them in with Cognito.
    ApplicationUsers {
        /// The id of the identity pool.
        pool: String,
    },
    /// A user or group of Identity Center.
    IdentityCenter {
        /// What it is called in the identity store, if that was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Whether it is a group; left out of a user.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        group: bool,
        /// Its id in the identity store.
        principal: String,
    },
    /// Whoever pushes to a repository at GitHub, GitLab, Bitbucket or the like.
    Repository {
        /// Host and path, `github.com/acme/web`; instead of the host the connection by which a pipeline reads it.
        repository: String,
    },
    /// A service of AWS, acting for one of its users.
    Service {
        /// Its principal, `lambda.amazonaws.com`.
        name: String,
    },
}

impl Subject {
    /// The account that it is in, if it is in one of the organization.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Subject::Account { id } => Some(id.clone()),
            Subject::Principal { arn }
            | Subject::Rewritten { arn, .. }
            | Subject::Workload { arn }
            | Subject::Network { arn } => arn.account().parse().ok(),
            // An ARN of a bucket does not say.
            Subject::Data { arn } | Subject::Encrypted { arn } | Subject::Supply { arn } => {
                arn.account().parse().ok()
            }
            Subject::Outside { .. } | Subject::Guardrails | Subject::Evidence { .. } => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Account { id } => write!(formatter, "account {id}"),
            Subject::Principal { arn } | Subject::Workload { arn } => arn.fmt(formatter),
            Subject::Rewritten { arn, how } => write!(formatter, "{arn} {how}"),
            Subject::Outside { party } => party.fmt(formatter),
            Subject::Data { arn } => write!(formatter, "data of {arn}"),
            Subject::Encrypted { arn } => write!(formatter, "ciphertext of {arn}"),
            Subject::Supply { arn } => write!(formatter, "supply from {arn}"),
            Subject::Network { arn } => write!(formatter, "network reach of {arn}"),
            Subject::Guardrails => formatter.write_str("the guardrails of the organization"),
            Subject::Evidence { of } => write!(formatter, "evidence of {of}"),
        }
    }
}

impl fmt::Display for OutsideParty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutsideParty::Anyone => formatter.write_str("anyone with an AWS account"),
            OutsideParty::Account { id } => match crate::vendors::vendor(id.as_str()) {
                Some(vendor) => write!(formatter, "outside account {id} ({vendor})"),
                None => write!(formatter, "outside account {id}"),
            },
            OutsideParty::Organization { id } => write!(formatter, "outside organization {id}"),
            OutsideParty::IdentityProvider { provider } => {
                write!(formatter, "identity provider {provider}")
            }
            OutsideParty::Workflow { provider, subject } => {
                let name = crate::issuers::issuer(provider).map_or(provider.as_str(), |it| it.name);
                write!(formatter, "{name} as {subject}")
            }
            OutsideParty::CertificateHolder { anchor } => {
                write!(formatter, "holder of a certificate under {anchor}")
            }
            OutsideParty::ApplicationUsers { pool } => {
                write!(formatter, "users of the identity pool {pool}")
            }
            OutsideParty::IdentityCenter {
                principal,
                name,
                group,
            } => {
                let what = if *group { "group" } else { "user" };
                let name = name.as_ref().unwrap_or(principal);
                write!(formatter, "Identity Center {what} {name}")
            }
            OutsideParty::Repository { repository } => write!(formatter, "repository {repository}"),
            OutsideParty::Service { name } => write!(formatter, "AWS service {name}"),
        }
    }
}
