//! Identity providers that vouch for strangers: who can get a token, and which claim says who did.
//!
//! Source: AWS IAM User Guide, "Identity provider controls for shared OIDC providers"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_secure-by-default.html>;
//! the providers' own pages are named in the table.

/// A well-known provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownProvider {
    /// What its address has in it.
    host: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Who can get a token of it.
    pub users: &'static str,
    /// The claims of which one must be pinned.
    pub claims: &'static [&'static str],
    /// The provider's documentation.
    pub source: &'static str,
}

/// The table; the first entry whose host is in the provider's ARN or name counts.
pub const KNOWN_PROVIDERS: [KnownProvider; 13] = [
    KnownProvider {
        host: "token.actions.githubusercontent.com",
        name: "GitHub Actions",
        users: "workflows of any GitHub repository",
        claims: &["sub", "job_workflow_ref", "repository", "repository_owner"],
        source: "https://docs.github.com/en/actions/reference/security/oidc",
    },
    KnownProvider {
        host: "gitlab.com",
        name: "GitLab",
        users: "pipelines of any GitLab project",
        claims: &["sub", "namespace_path", "project_path"],
        source: "https://docs.gitlab.com/ci/cloud_services/aws/",
    },
    KnownProvider {
        host: "oidc.eks.",
        name: "Amazon EKS",
        users: "every service account of the cluster",
        claims: &["sub"],
        source: "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
    },
    KnownProvider {
        host: "app.terraform.io",
        name: "HCP Terraform",
        users: "runs of any HCP Terraform organization",
        claims: &["sub", "terraform_organization_id", "terraform_workspace_id"],
        source: "https://developer.hashicorp.com/terraform/cloud-docs/dynamic-provider-credentials/aws-configuration",
    },
    KnownProvider {
        host: "api.bitbucket.org",
        name: "Bitbucket Pipelines",
        users: "pipelines of the Bitbucket workspace",
        claims: &["sub", "repositoryuuid"],
        source: "https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/",
    },
    KnownProvider {
        host: "oidc.circleci.com",
        name: "CircleCI",
        users: "jobs of the CircleCI organization",
        claims: &["sub"],
        source: "https://circleci.com/docs/openid-connect-tokens/",
    },
    KnownProvider {
        host: "agent.buildkite.com",
        name: "Buildkite",
        users: "pipelines of any Buildkite organization",
        claims: &["sub", "organization_slug"],
        source: "https://buildkite.com/docs/pipelines/security/oidc/aws",
    },
    KnownProvider {
        host: "oidc.vercel.com",
        name: "Vercel",
        users: "deployments of any Vercel team",
        claims: &["sub"],
        source: "https://vercel.com/docs/oidc/aws",
    },
    KnownProvider {
        host: "cognito-identity.amazonaws.com",
        name: "Amazon Cognito identity pools",
        users: "users of any Cognito identity pool",
        claims: &["aud", "sub"],
        source: "https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html",
    },
    KnownProvider {
        host: "accounts.google.com",
        name: "Google",
        users: "anyone with a Google account",
        claims: &["aud", "sub", "oaud"],
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html",
    },
    KnownProvider {
        host: "graph.facebook.com",
        name: "Facebook",
        users: "anyone with a Facebook account",
        claims: &["app_id", "id"],
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html",
    },
    KnownProvider {
        host: "www.amazon.com",
        name: "Login with Amazon",
        users: "anyone with an Amazon customer account",
        claims: &["app_id", "user_id"],
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html",
    },
    KnownProvider {
        host: ":saml-provider/",
        name: "a SAML provider",
        users: "every user that the SAML provider assigns the role",
        claims: &["sub", "namequalifier", "edupersonorgdn"],
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_saml.html",
    },
];

/// What is known of a provider, by its ARN or name.
#[must_use]
pub fn known_provider(provider: &str) -> Option<&'static KnownProvider> {
    KNOWN_PROVIDERS
        .iter()
        .find(|known| provider.contains(known.host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_arn_or_name() {
        let name = |provider| known_provider(provider).map(|known| known.name);
        assert_eq!(
            name("arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"),
            Some("GitHub Actions")
        );
        assert_eq!(
            name("arn:aws:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"),
            Some("Amazon EKS")
        );
        assert_eq!(name("accounts.google.com"), Some("Google"));
        assert_eq!(
            name("arn:aws:iam::1:saml-provider/okta"),
            Some("a SAML provider")
        );
        assert_eq!(name("arn:aws:iam::1:oidc-provider/example.com"), None);
    }
}
