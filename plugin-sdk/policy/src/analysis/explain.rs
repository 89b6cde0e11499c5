//! A policy in plain words: what each statement does, and what to mind about the whole.
//!
//! It tells what the policy says by itself. Whether a request is allowed depends on the other layers
//! as well; see [`crate::decide()`].

use std::fmt;

use super::{
    Audience, Grant, administration, audience, escalation, provider, public, safeguards, words,
};
use crate::language::{Effect, Policy, Statement};

/// A policy in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it is attached to, as far as its elements tell.
    pub kind: PolicyKind,
    /// One for each statement, in order.
    pub statements: Vec<Sentence>,
    /// What to mind about it, worst first.
    pub remarks: Vec<Remark>,
}

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// Users, groups and roles, or accounts: it names no principal.
    Identity,
    /// A role, whose trust policy it is.
    Trust,
    /// Another resource.
    Resource,
}

/// What one statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The statement's index.
    pub statement: usize,
    /// The statement's `Sid`.
    pub sid: Option<String>,
    /// What it does.
    pub text: String,
}

/// Something to mind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// How much it matters.
    pub weight: Weight,
    /// The statement it comes from, if it is one.
    pub statement: Option<usize>,
    /// What it is.
    pub text: String,
}

/// How much a remark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It lets strangers in or gives everything away.
    Danger,
    /// It opens more than is likely meant.
    Warning,
    /// It is good to know.
    Note,
}

/// Explains a policy. `owner_account` tells whose resource or role it is on, where known: everyone
/// else is then a stranger.
#[must_use]
pub fn explain(policy: &Policy, owner_account: Option<&str>) -> Explanation {
    let kind = kind_of(policy);
    let statements = policy
        .statements
        .iter()
        .enumerate()
        .map(|(index, statement)| Sentence {
            statement: index,
            sid: statement.sid.as_deref().map(str::to_owned),
            text: sentence(policy, index, statement, kind),
        })
        .collect();
    let mut remarks = match kind {
        PolicyKind::Identity => of_identity(policy),
        PolicyKind::Trust | PolicyKind::Resource => of_resource(policy, owner_account, kind),
    };
    remarks.sort_by_key(|remark| remark.weight);
    Explanation {
        kind,
        statements,
        remarks,
    }
}

fn kind_of(policy: &Policy) -> PolicyKind {
    let names_principals = policy
        .statements
        .iter()
        .any(|statement| statement.principal.is_some());
    let on_role = policy.statements.iter().all(|statement| {
        statement.resources.is_none()
            && statement.actions.patterns.iter().all(|pattern| {
                let action = pattern.as_str();
                action
                    .get(..4)
                    .is_some_and(|prefix| prefix.eq_ignore_ascii_case("sts:"))
            })
    });
    match (names_principals, on_role) {
        (false, _) => PolicyKind::Identity,
        (true, true) => PolicyKind::Trust,
        (true, false) => PolicyKind::Resource,
    }
}

fn sentence(policy: &Policy, index: usize, statement: &Statement, kind: PolicyKind) -> String {
    let who = match kind {
        PolicyKind::Identity => "whoever it is attached to".to_owned(),
        _ => words::principals(statement),
    };
    let what = words::actions(&statement.actions);
    let on = match kind {
        PolicyKind::Trust => String::new(),
        _ => format!(" on {}", words::resources(statement)),
    };
    let when = words::conditions(policy, index);
    match statement.effect {
        Effect::Allow => format!("Lets {who} do {what}{on}{when}."),
        Effect::Deny => format!("Refuses {who} {what}{on}{when}."),
    }
}

fn of_identity(policy: &Policy) -> Vec<Remark> {
    if let Some(statement) = administration::grants_administration(policy) {
        return vec![Remark {
            weight: Weight::Danger,
            statement: Some(statement),
            text: "It grants administration: every action on every resource.".to_owned(),
        }];
    }
    escalation::escalations(&[policy])
        .into_iter()
        .map(|finding| {
            let scope = match (finding.conditional, finding.limited) {
                (false, false) => "",
                (false, true) => ", on some resources",
                (true, _) => ", under conditions",
            };
            Remark {
                weight: if scope.is_empty() {
                    Weight::Danger
                } else {
                    Weight::Warning
                },
                statement: finding.statements.first().map(|(_, statement)| *statement),
                text: format!(
                    "It is a way to more permissions: with {} one {}{scope}.",
                    words::list(finding.escalation.actions, "and"),
                    finding.escalation.gain
                ),
            }
        })
        .collect()
}

fn of_resource(policy: &Policy, owner: Option<&str>, kind: PolicyKind) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for grant in audience(policy, owner.unwrap_or_default()) {
        if let Some((weight, text)) = remark_on(policy, &grant, owner, kind) {
            let remark = Remark {
                weight,
                statement: Some(grant.statement),
                text,
            };
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
    }
    if kind == PolicyKind::Resource {
        if let Some(grant) = public::public_access(policy, owner.unwrap_or_default()) {
            remarks.push(Remark {
                weight: Weight::Danger,
                statement: Some(grant.statement),
                text: "It is public in the sense of S3 Block Public Access.".to_owned(),
            });
        }
        if !safeguards::safeguards(policy).tls {
            remarks.push(Remark {
                weight: Weight::Note,
                statement: None,
                text: "It does not require TLS.".to_owned(),
            });
        }
    }
    remarks
}

fn remark_on(
    policy: &Policy,
    grant: &Grant,
    owner: Option<&str>,
    kind: PolicyKind,
) -> Option<(Weight, String)> {
    let statement = policy.statements.get(grant.statement)?;
    let asked = safeguards::statement_safeguards(statement);
    match &grant.audience {
        Audience::Anyone => Some(if asked.network || asked.external_id {
            (
                Weight::Warning,
                "It lets in anyone who meets its conditions, whatever their account.".to_owned(),
            )
        } else {
            (
                Weight::Danger,
                "It lets anyone in, whatever their account.".to_owned(),
            )
        }),
        Audience::Service {
            name,
            guarded: false,
        } if kind == PolicyKind::Resource => Some((
            Weight::Warning,
            format!(
                "{name} may act here on behalf of any account: nothing pins aws:SourceArn or aws:SourceAccount."
            ),
        )),
        Audience::IdentityProvider {
            provider: name,
            pinned: false,
        } => {
            let known = provider::known_provider(name);
            let users = known.map_or("every user of the provider", |known| known.users);
            let claims = known.map_or("its subject".to_owned(), |known| {
                words::list(known.claims, "or")
            });
            // Who gets the role through SAML is for the provider to say.
            let weight = if name.contains(":saml-provider/") {
                Weight::Note
            } else {
                Weight::Danger
            };
            Some((
                weight,
                format!("It lets {users} in: nothing pins {claims}."),
            ))
        }
        Audience::Account(id)
            if kind == PolicyKind::Trust
                && owner.is_some_and(|owner| owner != id)
                && !asked.external_id =>
        {
            Some((
                Weight::Note,
                format!(
                    "It trusts account {id} without an external id, which a third party needs."
                ),
            ))
        }
        Audience::Nobody(text) => Some((
            Weight::Note,
            format!("`{text}` names nobody: deleted, or not a principal."),
        )),
        _ => None,
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Identity => "a policy of identities",
            Self::Trust => "a role's trust policy",
            Self::Resource => "a policy of a resource",
        })
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Danger => "danger",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "This is {}.", self.kind)?;
        for sentence in &self.statements {
            write!(formatter, "- Statement {}", sentence.statement)?;
            if let Some(sid) = &sentence.sid {
                write!(formatter, " (`{sid}`)")?;
            }
            writeln!(formatter, ": {}", sentence.text)?;
        }
        for remark in &self.remarks {
            writeln!(formatter, "! {}: {}", remark.weight, remark.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(document: &str) -> String {
        explain(&Policy::parse(document).unwrap(), Some("111111111111")).to_string()
    }

    #[test]
    fn a_bucket_policy() {
        let text = text(
            r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"Read","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
            {"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":["s3:PutObject"],"Resource":"arn:aws:s3:::b/*"},
            {"Effect":"Deny","NotPrincipal":{"AWS":"111111111111"},"NotAction":"s3:Get*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}]}"#,
        );
        let expected = "This is a policy of a resource.
- Statement 0 (`Read`): Lets anyone do s3:GetObject on arn:aws:s3:::b/*.
- Statement 1: Lets service logging.s3.amazonaws.com do s3:PutObject on arn:aws:s3:::b/*.
- Statement 2: Refuses everyone except account 111111111111 every action except s3:Get* on every resource, if StringNotEquals aws:SourceVpce [vpce-1].
! danger: It lets anyone in, whatever their account.
! danger: It is public in the sense of S3 Block Public Access.
! warning: logging.s3.amazonaws.com may act here on behalf of any account: nothing pins aws:SourceArn or aws:SourceAccount.
! note: It does not require TLS.
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_trust_policy() {
        let text = text(
            r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}},
            {"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#,
        );
        assert!(text.contains("It lets workflows of any GitHub repository in: nothing pins sub, job_workflow_ref, repository or repository_owner."), "{text}");
        assert!(text.contains("Lets account 222222222222 do sts:AssumeRole, if the caller has used multi-factor authentication."), "{text}");
        assert!(
            text.contains("trusts account 222222222222 without an external id"),
            "{text}"
        );
    }

    #[test]
    fn an_identity_policy() {
        let text = text(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:PutUserPolicy","s3:*"],"NotResource":[]}}"#,
        );
        assert!(
            text.contains(
                "Lets whoever it is attached to do iam:PutUserPolicy and every s3 action"
            ),
            "{text}"
        );
        assert!(text.contains("! danger: It is a way to more permissions: with iam:PutUserPolicy one writes an inline policy on a user."), "{text}");
        let admin = self::text(r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#);
        assert!(admin.contains("grants administration"), "{admin}");
    }
}
