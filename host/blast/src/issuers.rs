//! Providers of OIDC tokens at which everybody can have an account, and what their subjects mean.

use blastwall_policy::Pattern;

use crate::globs::meetings;

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
    /// Claims besides the subject that tell whose the run is, and what those of a run are whose owner (`@`)
    /// has a name, a repository and a number that nobody mentions.
    owned: &'static [(&'static str, &'static str)],
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
        owned: &[
            ("repository", "@/any-name"),
            ("repository_id", "0"),
            ("repository_owner", "@"),
            ("repository_owner_id", "0"),
            (
                "workflow_ref",
                "@/any-name/.github/workflows/any.yml@refs/heads/main",
            ),
            ("actor", "@"),
            ("actor_id", "0"),
            ("enterprise", "@"),
            ("enterprise_id", "0"),
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
        owned: &[
            ("namespace_path", "@"),
            ("namespace_id", "0"),
            ("project_path", "@/any-name"),
            ("project_id", "0"),
            ("user_login", "@"),
            ("user_id", "0"),
        ],
    },
    Issuer {
        host: "app.terraform.io",
        name: "HCP Terraform runs",
        prefix: "organization:",
        separator: ':',
        samples: &["", ":project:x:workspace:x:run_phase:apply"],
        owned: &[
            ("terraform_organization_name", "@"),
            ("terraform_organization_id", "org-0"),
            ("terraform_project_id", "prj-0"),
            ("terraform_workspace_id", "ws-0"),
        ],
    },
    Issuer {
        host: "oidc.circleci.com",
        name: "CircleCI jobs",
        prefix: "org/",
        separator: '/',
        samples: &["", "/project/x/user/x"],
        owned: &[],
    },
    Issuer {
        host: "agent.buildkite.com",
        name: "Buildkite jobs",
        prefix: "organization:",
        separator: ':',
        samples: &["", ":pipeline:x:ref:refs/heads/main:commit:x:step:x"],
        owned: &[("organization_slug", "@"), ("organization_id", "0")],
    },
    Issuer {
        host: "api.bitbucket.org",
        name: "Bitbucket pipelines",
        prefix: "{",
        separator: ':',
        samples: &[""],
        owned: &[],
    },
];

/// The provider with this host and path; organizations have paths of their own below it.
pub(crate) fn issuer(provider: &str) -> Option<&'static Issuer> {
    let host = provider.split('/').next().unwrap_or_default();
    ISSUERS.iter().find(|issuer| issuer.host == host)
}

/// The owner of a subject that strangers come with: an organization that they found.
const STRANGER: &str = "any-owner-at-all";

impl Issuer {
    /// Whether the provider is the one of everybody: some issuers have one of its own, with a longer path,
    /// for each organization, enterprise or workspace.
    pub(crate) fn is_shared(&self, provider: &str) -> bool {
        provider == self.host
    }

    /// Subjects that a stranger can have, as patterns: of an owner that nobody mentions, and within each
    /// pattern that leaves the owner open.
    pub(crate) fn of_strangers<'p>(&self, patterns: impl Iterator<Item = &'p str>) -> Vec<String> {
        let any = format!("{}{STRANGER}{}*", self.prefix, self.separator);
        let whole = format!("{}*", self.prefix);
        let mut subjects = vec![any];
        subjects.extend(
            meetings(&whole, patterns)
                .into_iter()
                .filter(|met| self.analyse(met).1),
        );
        subjects
    }

    /// The owner that a subject, or a pattern of subjects, names; none if it leaves it open.
    pub(crate) fn owner<'s>(&self, subject: &'s str) -> Option<&'s str> {
        let rest = subject.strip_prefix(self.prefix)?;
        let owner = rest.split(self.separator).next()?;
        (!owner.contains(['*', '?'])).then_some(owner)
    }

    /// What a run says besides its subject of whose it is, that of a stranger.
    pub(crate) fn owned_by(&self, owner: &str) -> impl Iterator<Item = (&'static str, String)> {
        self.owned
            .iter()
            .map(move |(claim, value)| match value.strip_prefix('@') {
                Some(behind) => (*claim, format!("{owner}{behind}")),
                None => (*claim, (*value).to_owned()),
            })
    }

    /// Patterns of the subjects that runs of whatever repository usually have.
    pub(crate) fn usual(&self) -> impl Iterator<Item = String> {
        let samples = self.samples.iter().filter(|sample| !sample.is_empty());
        samples.map(|sample| format!("*{sample}"))
    }

    /// Whether a pattern of subjects is about one repository, so that whoever has some run under it can have
    /// any, by naming a branch or an environment.
    pub(crate) fn is_of_one(&self, subject: &str) -> bool {
        let fixed = subject.split(['*', '?']).next().unwrap_or_default();
        let rest = fixed.strip_prefix(self.prefix);
        self.separator == '/' && rest.is_some_and(|rest| rest.contains(':'))
    }

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
    fn strangers_have_no_owner_that_is_named() {
        let github = issuer(GITHUB).unwrap();
        let of_strangers =
            github.of_strangers(["repo:acme/*", "repo:acme*", "repo:*:x"].into_iter());
        assert_eq!(
            of_strangers,
            [
                "repo:any-owner-at-all/*",
                "repo:acme*",
                "repo:*:x",
                "repo:acme*:x"
            ]
        );
        assert_eq!(github.owner("repo:acme/web:*"), Some("acme"));
        assert_eq!(github.owner("repo:acme*"), None);
        assert!(github.is_of_one("repo:acme/web:*") && !github.is_of_one("repo:acme/*"));
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
