//! Rules of AWS that are written in no policy. Each cites its page; there are no others.

use std::fmt;

use super::layers::Layers;
use super::outcome::DecisionKind;
use super::statement::Query;
use crate::analysis;
use crate::arn;
use crate::principal::{FederationProtocol, Principal};

/// A rule that decided without a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceRule {
    /// `sts:GetCallerIdentity` needs no permission and cannot be denied.
    CallerIdentity,
    /// The root user may do everything in its account that nothing denies.
    RootUser,
    /// `sts:GetSessionToken` needs no permission and cannot be denied.
    SessionToken,
    /// A grant on the KMS key allows the operation.
    KmsGrant,
    /// Only users and root users can ask for a session or federation token.
    NeedsLongTermCredentials,
    /// Policies managed by AWS cannot be changed by customers.
    AwsManagedPolicy,
    /// Roles that belong to AWS (service-linked, Identity Center) are changed by AWS only.
    AwsOwnedRole,
    /// A public bucket policy does not work for other accounts under RestrictPublicBuckets.
    RestrictPublicBuckets,
    /// The root user cannot assume a role.
    RootCannotAssumeRole,
    /// The service takes no requests without credentials.
    NoAnonymousRequests,
    /// A federated user session cannot call STS.
    FederatedUserCannotCallSts,
    /// An identity provider's users can only exchange their proof for a role session.
    IdentityProviderOnlyFederates,
}

impl ServiceRule {
    /// How a refusal by this rule counts.
    pub(crate) fn refusal(self) -> DecisionKind {
        match self {
            // S3 reports it as a deny: no further allow would help.
            Self::RestrictPublicBuckets => DecisionKind::ExplicitlyDenied,
            _ => DecisionKind::ImplicitlyDenied,
        }
    }
}

impl fmt::Display for ServiceRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::CallerIdentity => "sts:GetCallerIdentity is always allowed",
            Self::SessionToken => "sts:GetSessionToken is not subject to policies",
            Self::KmsGrant => "a grant on the KMS key",
            Self::NeedsLongTermCredentials => {
                "only IAM users and the root user can get a session or federation token"
            }
            Self::RootUser => "the root user has full access to its account",
            Self::AwsOwnedRole => "roles of AWS services and Identity Center cannot be changed",
            Self::AwsManagedPolicy => "policies managed by AWS cannot be changed",
            Self::RestrictPublicBuckets => {
                "RestrictPublicBuckets blocks other accounts on a bucket with a public policy"
            }
            Self::RootCannotAssumeRole => "the root user cannot assume roles",
            Self::NoAnonymousRequests => "the service takes no anonymous requests",
            Self::FederatedUserCannotCallSts => "a federated user session cannot call STS",
            Self::IdentityProviderOnlyFederates => {
                "an identity provider's user can only exchange its proof for a role session"
            }
        })
    }
}

/// The rule that allows the query whatever policies say.
///
/// - GetCallerIdentity needs no permission, and even an explicit deny does not stop it.
///   <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
/// - GetSessionToken: "No permissions are required for users to perform this operation. [...] You
///   cannot use policies to control authentication operations."
///   <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
pub(crate) fn always_allowed(query: &Query<'_>) -> Option<ServiceRule> {
    if query.is_action("sts:GetCallerIdentity") && !matches!(query.principal, Principal::Anonymous)
    {
        Some(ServiceRule::CallerIdentity)
    } else if query.is_action("sts:GetSessionToken") && has_long_term_credentials(query.principal) {
        Some(ServiceRule::SessionToken)
    } else {
        None
    }
}

fn has_long_term_credentials(principal: &Principal) -> bool {
    matches!(principal, Principal::User { .. } | Principal::Root { .. })
}

/// The rule that refuses the query whatever policies allow.
pub(crate) fn refusal(query: &Query<'_>, layers: &Layers<'_>) -> Option<ServiceRule> {
    principal_refusal(query).or_else(|| {
        if changes_aws_managed_policy(query) {
            Some(ServiceRule::AwsManagedPolicy)
        } else if changes_aws_owned_role(query) {
            Some(ServiceRule::AwsOwnedRole)
        } else if blocked_as_public(query, layers) {
            Some(ServiceRule::RestrictPublicBuckets)
        } else {
            None
        }
    })
}

fn principal_refusal(query: &Query<'_>) -> Option<ServiceRule> {
    match query.principal {
        // <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>: "You cannot
        // use AWS account root user credentials to call AssumeRole."
        Principal::Root { .. } if query.is_action("sts:AssumeRole") => {
            Some(ServiceRule::RootCannotAssumeRole)
        }
        // Requests to KMS and for AssumeRole must be signed.
        // <https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html>
        Principal::Anonymous if query.is_service("kms") || query.is_service("sts") => {
            Some(ServiceRule::NoAnonymousRequests)
        }
        // <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>: "You
        // cannot call any STS operations except GetCallerIdentity."
        Principal::FederatedUser { .. } if query.is_service("sts") => {
            Some(ServiceRule::FederatedUserCannotCallSts)
        }
        // "You must call the [GetSessionToken, GetFederationToken] operation using the long-term
        // security credentials of an IAM user."
        // <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
        Principal::Role { .. } | Principal::RoleSession { .. }
            if query.is_action("sts:GetSessionToken")
                || query.is_action("sts:GetFederationToken") =>
        {
            Some(ServiceRule::NeedsLongTermCredentials)
        }
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html>
        Principal::IdentityProvider { protocol, .. } => {
            let exchange = match protocol {
                FederationProtocol::Saml => "sts:AssumeRoleWithSAML",
                FederationProtocol::Oidc => "sts:AssumeRoleWithWebIdentity",
            };
            let with_session = ["sts:TagSession", "sts:SetSourceIdentity"]
                .iter()
                .any(|action| query.is_action(action));
            (!query.is_action(exchange) && !with_session)
                .then_some(ServiceRule::IdentityProviderOnlyFederates)
        }
        _ => None,
    }
}

/// You cannot change the permissions defined in AWS managed policies.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies>
fn changes_aws_managed_policy(query: &Query<'_>) -> bool {
    const CHANGES: [&str; 6] = [
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
        "iam:TagPolicy",
        "iam:UntagPolicy",
    ];
    query.is_service("iam")
        && CHANGES.iter().any(|action| query.is_action(action))
        && arn::split(query.resource)
            .is_some_and(|parts| parts.service == "iam" && parts.account == "aws")
}

/// Only the linked service can change a service-linked role, and only Identity Center its roles.
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
/// - <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
fn changes_aws_owned_role(query: &Query<'_>) -> bool {
    const CHANGES: [&str; 9] = [
        "iam:AttachRolePolicy",
        "iam:DeleteRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
    ];
    let by_aws = matches!(query.principal, Principal::Service { .. });
    !by_aws
        && query.is_service("iam")
        && CHANGES.iter().any(|action| query.is_action(action))
        && arn::split(query.resource).is_some_and(|parts| {
            parts.service == "iam"
                && (parts.resource.starts_with("role/aws-service-role/")
                    || parts.resource.starts_with("role/aws-reserved/"))
        })
}

/// RestrictPublicBuckets limits a bucket with a public policy to AWS services and to the owner's
/// account, grants to particular other accounts included.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
fn blocked_as_public(query: &Query<'_>, layers: &Layers<'_>) -> bool {
    layers.restrict_public_buckets
        && query.is_service("s3")
        && !matches!(query.principal, Principal::Service { .. })
        && query.principal.account() != Some(query.resource_account)
        && layers.resource.is_some_and(analysis::is_public_policy)
}

/// The bucket owner's root user can always read, replace and delete the bucket policy, even when
/// that policy denies it.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>
pub(crate) fn ignores_bucket_policy_deny(query: &Query<'_>) -> bool {
    matches!(query.principal, Principal::Root { account, .. } if &**account == query.resource_account)
        && [
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
        ]
        .iter()
        .any(|action| query.is_action(action))
}

/// Whether the organization's consent stands in for that of the resource's account: with centralized
/// root access a principal of the management account or of the delegated administrator takes a session
/// of a member's root user, and the member account has no policy to ask. Which accounts these are, a
/// request does not tell.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html>
pub(crate) fn organization_consents(query: &Query<'_>) -> bool {
    query.is_action("sts:AssumeRoot")
        && arn::split(query.resource)
            .is_some_and(|parts| parts.service == "iam" && parts.resource == "root")
}

/// Whether identity policies alone are not enough even within the account: a role needs its trust
/// policy's consent and a key that of its key policy.
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>: "Unless the key
///   policy explicitly allows it, you cannot use IAM policies to allow access to a KMS key."
pub(crate) fn needs_resource_policy(query: &Query<'_>) -> bool {
    if query.is_service("kms") {
        return arn::split(query.resource).is_some_and(|parts| parts.resource.starts_with("key/"));
    }
    const TRUST: [&str; 6] = [
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession",
        "sts:SetSourceIdentity",
        "sts:SetContext",
    ];
    query.is_service("sts")
        && TRUST.iter().any(|action| query.is_action(action))
        && arn::split(query.resource)
            .is_some_and(|parts| parts.service == "iam" && parts.resource.starts_with("role/"))
}
