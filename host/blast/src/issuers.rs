//! Providers of OIDC tokens at which everybody can have an account, and what their subjects mean.

use blastwall_policy::Pattern;

/// A provider.
#[derive(Debug)]
pub(crate) struct Issuer {
    /// Host and path, as in the name of its identity provider.
    pub(crate) host: &'static str,
    /// What people call it.
    pub(crate) name: &'static str,
    /// How a subject begins, up to the name of the organization (or project) that owns the workflow.
    prefix: &'static str,
    /// What stands behind the name of the organization.
    separator: char,
    /// Subjects of one repository, in place of its name behind the prefix: to see whether a pattern admits
    /// any of them.
    samples: &'static [&'static str],
}

/// Sources: GitHub Docs, "OpenID Connect reference", "Example subject claims"; GitLab Docs, "ID token
/// payload"; HashiCorp, "Workload identity token specification"; CircleCI Docs, "Using OpenID Connect
/// tokens in jobs"; Buildkite Docs, "OIDC with Buildkite"; Bitbucket, "Deploy on AWS using OIDC".
const ISSUERS: &[Issuer] = &[
    Issuer {
        host: "token.actions.githubusercontent.com",
        name: "GitHub workflows",
        prefix: "repo:",
        separator: '/',
        samples: &[
            "",
            ":ref:refs/heads/main",
            ":ref:refs/heads/master",
            ":ref:refs/tags/v1",
            ":environment:production",
            ":environment:prod",
            ":pull_request",
        ],
    },
    Issuer {
        host: "gitlab.com",
        name: "GitLab jobs",
        prefix: "project_path:",
        separator: '/',
        samples: &[
            "",
            ":ref_type:branch:ref:main",
            ":ref_type:branch:ref:master",
            ":ref_type:tag:ref:v1",
        ],
    },
    Issuer {
        host: "app.terraform.io",
        name: "HCP Terraform runs",
        prefix: "organization:",
        separator: ':',
        samples: &["", ":project:x:workspace:x:run_phase:apply"],
    },
    Issuer {
        host: "oidc.circleci.com",
        name: "CircleCI jobs",
        prefix: "org/",
        separator: '/',
        samples: &["", "/project/x/user/x"],
    },
    Issuer {
        host: "agent.buildkite.com",
        name: "Buildkite jobs",
        prefix: "organization:",
        separator: ':',
        samples: &["", ":pipeline:x:ref:refs/heads/main:commit:x:step:x"],
    },
    Issuer {
        host: "api.bitbucket.org",
        name: "Bitbucket pipelines",
        prefix: "{",
        separator: ':',
        samples: &[""],
    },
];

/// The provider with this host and path; organizations have paths of their own below it.
pub(crate) fn issuer(provider: &str) -> Option<&'static Issuer> {
    let host = provider.split('/').next().unwrap_or_default();
    ISSUERS.iter().find(|issuer| issuer.host == host)
}

impl Issuer {
    /// Whom a subject admits, in words, and whether strangers can be among them.
    pub(crate) fn analyse(&self, subject: &str) -> (String, bool) {
        let Some(rest) = subject.strip_prefix(self.prefix) else {
            let wild = subject.starts_with(['*', '?']);
            return if wild {
                (format!("{} of everybody", self.name), true)
            } else {
                (format!("{} whose subject is {subject}", self.name), false)
            };
        };
        let owner = rest.split(self.separator).next().unwrap_or_default();
        let behind = rest.get(owner.len()..).unwrap_or_default();
        if owner.contains(['*', '?']) {
            let words = format!(
                "{} of every organization that {owner} fits, which anybody may found",
                self.name
            );
            return (words, true);
        }
        let words = match behind.find(['*', '?']) {
            None if behind.is_empty() => format!("{} of {owner}", self.name),
            None if behind.ends_with(":pull_request") => {
                format!("{} of pull requests: {rest}", self.name)
            }
            None => format!("{} of exactly {rest}", self.name),
            Some(_) if behind.trim_start_matches(self.separator).starts_with('*') => {
                format!(
                    "{} of {owner}, of any repository and branch, pull requests included",
                    self.name
                )
            }
            Some(_) if behind.ends_with(":*") => {
                format!(
                    "{} of {}, of any branch, pull requests included",
                    self.name,
                    rest.trim_end_matches(":*")
                )
            }
            Some(_) => format!("{} that {rest} fits", self.name),
        };
        (words, false)
    }
}

/// Whether a pattern of subjects admits some run of what a reader named: a subject, or a repository with or
/// without the prefix of its provider.
pub(crate) fn admits(provider: &str, pattern: &str, named: &str) -> bool {
    let glob = Pattern::glob(pattern);
    let Some(issuer) = issuer(provider) else {
        return pattern == named || glob.matches(named);
    };
    let bare = named.strip_prefix(issuer.prefix).unwrap_or(named);
    let whole = format!("{}{bare}", issuer.prefix);
    let samples = issuer.samples.iter();
    pattern == named
        || pattern.starts_with(&format!("{whole}:"))
        || samples
            .map(|sample| format!("{whole}{sample}"))
            .any(|sample| glob.matches(&sample))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GITHUB: &str = "token.actions.githubusercontent.com";

    #[test]
    fn a_repository_is_found_behind_the_patterns_that_admit_it() {
        for (pattern, named, expected) in [
            ("repo:acme/web:ref:refs/heads/main", "acme/web", true),
            ("repo:acme/web:ref:refs/heads/main", "repo:acme/web", true),
            ("repo:acme/web:*", "acme/web", true),
            ("repo:acme/*", "acme/web", true),
            ("repo:acme*", "acme-evil/web", true),
            ("repo:acme/api:*", "acme/web", false),
            ("repo:acme/web-api:*", "acme/web", false),
            ("repo:acme/*:ref:refs/heads/main", "acme/web", true),
            (
                "repo:acme/web:environment:prod",
                "repo:acme/web:environment:prod",
                true,
            ),
        ] {
            assert_eq!(
                admits(GITHUB, pattern, named),
                expected,
                "{pattern} {named}"
            );
        }
    }

    #[test]
    fn subjects_are_told_in_words() {
        let analyse = |subject| issuer(GITHUB).unwrap().analyse(subject);
        assert!(analyse("repo:acme*").1);
        assert!(analyse("*").1);
        assert!(!analyse("repo:acme/*").1);
        assert_eq!(
            analyse("repo:acme/web:*").0,
            "GitHub workflows of acme/web, of any branch, pull requests included"
        );
        assert_eq!(
            analyse("repo:acme/web:ref:refs/heads/main").0,
            "GitHub workflows of exactly acme/web:ref:refs/heads/main"
        );
    }
}
