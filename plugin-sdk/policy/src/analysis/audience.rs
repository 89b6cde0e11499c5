//! Whom the policy of a resource or role lets in.
//!
//! One [`Grant`] for each principal of each allow statement, with the principal `*` narrowed by the
//! conditions that name accounts, organizations or ARNs. Deny statements are not subtracted: the
//! audience is an upper bound. Sources: AWS IAM User Guide, "AWS JSON policy elements: Principal"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>,
//! "AWS global condition context keys"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html> and "The
//! confused deputy problem" <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>.

use std::fmt;

use super::narrowing::pins;
use crate::arn;
use crate::condition::{Condition, OperatorKind};
use crate::language::{Effect, Policy, PrincipalEntry, Statement};
use crate::pattern::Pattern;
use crate::principal::Principal;

/// Who is let in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Everyone, strangers included.
    Anyone,
    /// Members of an organization, by its id.
    Organization(String),
    /// Members below an organization path (`o-…/r-…/ou-…/`), wildcards as written.
    OrganizationPath(String),
    /// The principals of an account that its own policies allow.
    Account(String),
    /// One user, role, session or federated user.
    Principal(Principal),
    /// Principals whose ARN matches a pattern.
    PrincipalPattern(String),
    /// An account in the notation of S3, which does not tell its id.
    CanonicalUser(String),
    /// An AWS service.
    Service {
        /// For example `sns.amazonaws.com`, or `*`.
        name: String,
        /// Whether a condition pins on whose behalf it acts; without, anyone's resource may make
        /// the service act here (the confused deputy).
        guarded: bool,
    },
    /// The users of an identity provider.
    IdentityProvider {
        /// The provider's ARN or name, or `*`.
        provider: String,
        /// Whether a condition pins which of its users: their subject (`:sub`), or an attribute
        /// other than the audience (`:aud`).
        pinned: bool,
    },
    /// Nobody: a deleted principal, or a text that names none.
    Nobody(String),
}

/// One principal let in by one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who.
    pub audience: Audience,
    /// The statement's index.
    pub statement: usize,
    /// The statement's `Sid`.
    pub sid: Option<String>,
    /// The actions, as the policy has them.
    pub actions: Vec<String>,
    /// Whether the actions are those of a `NotAction`: everything but them is allowed.
    pub actions_negated: bool,
    /// The remaining conditions, in words: those that the audience does not already express.
    pub conditions: Vec<String>,
    /// Whether somebody outside the owner's account is let in. The owner's organization is not
    /// known here, so an organization counts as outside.
    pub external: bool,
}

/// Whom a policy of a resource or role lets in; in the order of the statements.
#[must_use]
pub fn audience(policy: &Policy, owner_account: &str) -> Vec<Grant> {
    let mut grants = Vec::new();
    for (index, statement) in policy.statements.iter().enumerate() {
        let Some(clause) = statement
            .principal
            .as_ref()
            .filter(|_| statement.effect == Effect::Allow)
        else {
            continue;
        };
        let everyone = [PrincipalEntry::Anyone];
        let entries = if clause.negated {
            everyone.as_slice()
        } else {
            clause.entries.as_slice()
        };
        for entry in entries {
            for (audience, expressed) in covered(entry, statement) {
                grants.push(Grant {
                    external: is_external(&audience, owner_account),
                    audience,
                    statement: index,
                    sid: statement.sid.as_deref().map(str::to_owned),
                    actions: statement
                        .actions
                        .patterns
                        .iter()
                        .map(|pattern| Pattern::as_str(pattern).to_owned())
                        .collect(),
                    actions_negated: statement.actions.negated,
                    conditions: statement
                        .conditions
                        .iter()
                        .filter(|condition| {
                            !expressed.is_some_and(|expressed| std::ptr::eq(expressed, *condition))
                        })
                        .map(ToString::to_string)
                        .collect(),
                });
            }
        }
    }
    grants
}

/// The audiences an entry comes to, each with the condition that it already expresses.
fn covered<'a>(
    entry: &PrincipalEntry,
    statement: &'a Statement,
) -> Vec<(Audience, Option<&'a Condition>)> {
    let one = |audience| vec![(audience, None)];
    match entry {
        PrincipalEntry::Anyone => narrowed(statement),
        PrincipalEntry::Account { id, .. } => narrowed_account(id, statement),
        PrincipalEntry::Identity(principal) => one(Audience::Principal(principal.clone())),
        PrincipalEntry::Service(name) => one(Audience::Service {
            name: name.to_string(),
            guarded: statement.conditions.iter().any(guards_service),
        }),
        PrincipalEntry::Federated(provider) => one(Audience::IdentityProvider {
            provider: provider.to_string(),
            pinned: statement.conditions.iter().any(pins_identity),
        }),
        PrincipalEntry::CanonicalUser(id) => one(Audience::CanonicalUser(id.to_string())),
        PrincipalEntry::Deleted(text) | PrincipalEntry::Other(text) => {
            one(Audience::Nobody(text.to_string()))
        }
    }
}

/// Condition keys, and what a value of theirs pins a caller to.
type Pin = (&'static [&'static str], fn(&str) -> Option<Audience>);

/// Everyone, as far as a condition does not pin who. The narrowest kind of pin is taken.
fn narrowed(statement: &Statement) -> Vec<(Audience, Option<&Condition>)> {
    let kinds: [Pin; 5] = [
        (&["aws:principalarn"], by_arn),
        (
            &[
                "aws:principalaccount",
                "kms:calleraccount",
                "aws:sourceaccount",
                "aws:sourceowner",
                "s3:dataaccesspointaccount",
            ],
            by_account,
        ),
        (&["aws:sourcearn"], by_source_arn),
        (&["aws:principalorgpaths", "aws:sourceorgpaths"], by_path),
        (&["aws:principalorgid", "aws:sourceorgid"], by_organization),
    ];
    for (keys, read) in kinds {
        for condition in &statement.conditions {
            if !keys.contains(&&*condition.key) || !pins(condition) {
                continue;
            }
            let audiences: Option<Vec<Audience>> = condition
                .values
                .iter()
                .map(|value| read(value.as_str()))
                .collect();
            if let Some(audiences) = audiences {
                return audiences
                    .into_iter()
                    .map(|audience| (audience, Some(condition)))
                    .collect();
            }
        }
    }
    vec![(Audience::Anyone, None)]
}

/// An account, as far as a condition on `aws:PrincipalArn` does not pin which of its principals.
fn narrowed_account<'a>(
    id: &str,
    statement: &'a Statement,
) -> Vec<(Audience, Option<&'a Condition>)> {
    let condition = statement
        .conditions
        .iter()
        .find(|condition| &*condition.key == "aws:principalarn" && pins(condition));
    let Some(condition) = condition else {
        return vec![(Audience::Account(id.to_owned()), None)];
    };
    condition
        .values
        .iter()
        // An ARN of another account never meets the principal as well.
        .filter(|value| {
            arn::split(value.as_str())
                .is_none_or(|parts| parts.account == id || parts.account.contains(['*', '?', '$']))
        })
        .map(|value| match by_arn(value.as_str()) {
            Some(audience @ Audience::Principal(_)) => (audience, Some(condition)),
            Some(Audience::PrincipalPattern(pattern))
                if arn::split(&pattern).is_some_and(|parts| parts.account == id) =>
            {
                (Audience::PrincipalPattern(pattern), Some(condition))
            }
            _ => (Audience::Account(id.to_owned()), None),
        })
        .collect()
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?']) || text.contains("${")
}

fn by_arn(text: &str) -> Option<Audience> {
    if !has_wildcard(text) {
        return Some(match Principal::parse(text) {
            Ok(Principal::Root { account, .. }) => Audience::Account(account.into()),
            Ok(principal) => Audience::Principal(principal),
            Err(_) => Audience::Nobody(text.to_owned()),
        });
    }
    // Without a fixed account anyone can make a principal that matches.
    let parts = arn::split(text)?;
    if !arn::is_account_id(parts.account) {
        return None;
    }
    Some(match parts.resource {
        "*" => Audience::Account(parts.account.to_owned()),
        _ => Audience::PrincipalPattern(text.to_owned()),
    })
}

fn by_account(text: &str) -> Option<Audience> {
    arn::is_account_id(text).then(|| Audience::Account(text.to_owned()))
}

fn by_source_arn(text: &str) -> Option<Audience> {
    let account = arn::split(text)?.account;
    by_account(account)
}

fn by_path(text: &str) -> Option<Audience> {
    let organization = text.split('/').next().unwrap_or(text);
    if has_wildcard(organization) {
        return None;
    }
    Some(Audience::OrganizationPath(text.to_owned()))
}

fn by_organization(text: &str) -> Option<Audience> {
    (!has_wildcard(text)).then(|| Audience::Organization(text.to_owned()))
}

/// Whether the condition pins on whose behalf a service acts: fixed accounts, organizations, or
/// ARNs with a fixed account (those of buckets have none and count when the bucket is named).
fn guards_service(condition: &Condition) -> bool {
    let all = |fixed: fn(&str) -> bool| {
        pins(condition) && condition.values.iter().all(|value| fixed(value.as_str()))
    };
    match &*condition.key {
        "aws:sourceaccount" | "aws:sourceorgid" | "aws:sourceowner" | "kms:calleraccount"
        | "aws:principalorgid" => all(|text| !has_wildcard(text)),
        "aws:sourceorgpaths" => all(|text| !has_wildcard(text.split('/').next().unwrap_or(text))),
        "aws:sourcearn" => all(|text| {
            arn::split(text).is_some_and(|parts| {
                arn::is_account_id(parts.account)
                    || (parts.account.is_empty() && !has_wildcard(parts.resource))
            })
        }),
        _ => false,
    }
}

/// Providers whose audience claim is the id of an application or pool that its owner registered.
/// With the others (GitHub, GitLab, …) whoever asks for a token chooses its audience.
const REGISTERED_AUDIENCES: [&str; 4] = [
    "accounts.google.com:",
    "cognito-identity.amazonaws.com:",
    "graph.facebook.com:",
    "www.amazon.com:",
];

/// Whether the condition pins which users of a provider: a claim or attribute other than the
/// audience. A wildcard must come after a complete first part (`repo:acme/*`); in `repo:acme*`
/// anyone can register a name that matches.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_secure-by-default.html>
fn pins_identity(condition: &Condition) -> bool {
    let Some((_, claim)) = condition.key.rsplit_once(':') else {
        return false;
    };
    let is_global = condition.key.starts_with("aws:") || condition.key.starts_with("sts:");
    let registered = REGISTERED_AUDIENCES
        .iter()
        .any(|provider| condition.key.starts_with(provider));
    let tells_users = match claim {
        "aud" => registered,
        "iss" => false,
        // Whether somebody has signed in, not who.
        "amr" => false,
        _ => true,
    };
    let wildcards = matches!(
        condition.operator.kind,
        OperatorKind::StringLike | OperatorKind::Arn { .. }
    );
    !is_global
        && tells_users
        && pins(condition)
        && condition
            .values
            .iter()
            .all(|value| !wildcards || names_a_part(value.as_str()))
}

/// Whether the text before the first wildcard holds a complete part: it has no wildcard at all, or
/// a separator follows what comes after the kind (`repo:acme/`, `organization:acme:`).
fn names_a_part(text: &str) -> bool {
    let Some((literal, _)) = text.split_once(['*', '?']) else {
        return true;
    };
    let rest = literal.split_once(':').map_or("", |(_, rest)| rest);
    rest.find(['/', ':']).is_some_and(|at| at > 0)
}

fn is_external(audience: &Audience, owner: &str) -> bool {
    match audience {
        Audience::Account(id) => id != owner,
        Audience::Principal(principal) => principal.account() != Some(owner),
        Audience::PrincipalPattern(pattern) => {
            arn::split(pattern).is_none_or(|parts| parts.account != owner)
        }
        Audience::Service { .. } | Audience::Nobody(_) => false,
        Audience::IdentityProvider { provider, .. } => {
            arn::split(provider).is_none_or(|parts| parts.account != owner)
        }
        Audience::Anyone
        | Audience::Organization(_)
        | Audience::OrganizationPath(_)
        | Audience::CanonicalUser(_) => true,
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => formatter.write_str("anyone"),
            Self::Organization(id) => write!(formatter, "organization {id}"),
            Self::OrganizationPath(path) => write!(formatter, "organization path {path}"),
            Self::Account(id) => write!(formatter, "account {id}"),
            Self::Principal(principal) => write!(formatter, "{principal}"),
            Self::PrincipalPattern(pattern) => write!(formatter, "principals like {pattern}"),
            Self::CanonicalUser(id) => write!(formatter, "canonical user {id}"),
            Self::Service {
                name,
                guarded: true,
            } => write!(formatter, "service {name}"),
            Self::Service {
                name,
                guarded: false,
            } => write!(formatter, "service {name} on anyone's behalf"),
            Self::IdentityProvider {
                provider,
                pinned: true,
            } => write!(formatter, "some users of {provider}"),
            Self::IdentityProvider {
                provider,
                pinned: false,
            } => write!(formatter, "any user of {provider}"),
            Self::Nobody(text) => write!(formatter, "nobody ({text})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(principal: &str, condition: &str) -> Vec<String> {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{principal},"Action":"sts:AssumeRole","Condition":{condition}}}]}}"#
        );
        audience(&Policy::parse(&policy).unwrap(), "111111111111")
            .iter()
            .map(|grant| grant.audience.to_string())
            .collect()
    }

    #[test]
    fn audiences() {
        let everyone = r#""Principal":{"AWS":"*"}"#;
        assert_eq!(who(everyone, "{}"), ["anyone"]);
        assert_eq!(
            who(r#""NotPrincipal":{"AWS":"111111111111"}"#, "{}"),
            ["anyone"]
        );
        assert_eq!(
            who(
                everyone,
                r#"{"StringEquals":{"aws:PrincipalOrgID":["o-1","o-2"]}}"#
            ),
            ["organization o-1", "organization o-2"]
        );
        assert_eq!(
            who(
                everyone,
                r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#
            ),
            ["anyone"]
        );
        assert_eq!(
            who(everyone, r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#),
            ["anyone"]
        );
        assert_eq!(
            who(
                everyone,
                r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/r-1/ou-1/*"}}"#
            ),
            ["organization path o-1/r-1/ou-1/*"]
        );
        assert_eq!(
            who(
                everyone,
                r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::222222222222:role/*"}}"#
            ),
            ["principals like arn:aws:iam::222222222222:role/*"]
        );
        assert_eq!(
            who(
                everyone,
                r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin"}}"#
            ),
            ["anyone"]
        );
        assert_eq!(
            who(r#""Principal":{"Service":"sns.amazonaws.com"}"#, "{}"),
            ["service sns.amazonaws.com on anyone's behalf"]
        );
        assert_eq!(
            who(
                r#""Principal":{"Service":"sns.amazonaws.com"}"#,
                r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111111111111:*"}}"#
            ),
            ["service sns.amazonaws.com"]
        );
        let github = r#""Principal":{"Federated":"arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"}"#;
        assert!(who(github, r#"{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}"#)[0].starts_with("any user"));
        assert!(
            who(
                github,
                r#"{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}"#
            )[0]
            .starts_with("some users")
        );
        assert_eq!(
            who(
                r#""Principal":{"AWS":["111111111111","arn:aws:iam::222222222222:role/a"]}"#,
                "{}"
            ),
            ["account 111111111111", "arn:aws:iam::222222222222:role/a"]
        );
    }

    #[test]
    fn users_of_a_provider() {
        let pinned = |condition: &str| {
            let principal = r#""Principal":{"Federated":"arn:aws:iam::111111111111:oidc-provider/example.com"}"#;
            who(principal, condition)[0].starts_with("some users")
        };
        assert!(pinned(
            r#"{"StringEquals":{"example.com:sub":"repo:acme/x:ref:refs/heads/main"}}"#
        ));
        assert!(pinned(
            r#"{"StringLike":{"example.com:sub":"repo:acme/*"}}"#
        ));
        assert!(pinned(
            r#"{"StringEquals":{"accounts.google.com:aud":"123.apps.googleusercontent.com"}}"#
        ));
        assert!(!pinned(
            r#"{"StringLike":{"example.com:sub":["repo:acme/*","repo:*"]}}"#
        ));
        assert!(!pinned(
            r#"{"StringLike":{"example.com:sub":"repo:acme*"}}"#
        ));
        assert!(!pinned(
            r#"{"StringEquals":{"example.com:aud":"sts.amazonaws.com"}}"#
        ));
        assert!(!pinned(
            r#"{"StringEqualsIfExists":{"example.com:sub":"repo:acme/x"}}"#
        ));
        assert!(!pinned(
            r#"{"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"unauthenticated"}}"#
        ));
    }

    #[test]
    fn grants_tell_the_rest() {
        let policy = Policy::parse(
            r#"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*"},{"Sid":"Org","Effect":"Allow","Principal":"*","Action":["s3:Get*"],
                "Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"},"Bool":{"aws:SecureTransport":"true"}}}]}"#,
        )
        .unwrap();
        let grants = audience(&policy, "111111111111");
        assert_eq!(grants.len(), 1);
        assert_eq!(
            (grants[0].statement, grants[0].sid.as_deref()),
            (1, Some("Org"))
        );
        assert_eq!(grants[0].conditions, ["Bool aws:SecureTransport [true]"]);
        assert!(grants[0].external);
    }
}
