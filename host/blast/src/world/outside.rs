//! Whom a trust policy names.
//!
//! A coarse reading that only gathers candidates: whether any of them gets in is judged later
//! against all layers. It may name too many, never too few.

use std::collections::BTreeSet;

use blastwall_policy::language::PrincipalEntry;
use blastwall_policy::{Effect, Policy, Principal};

/// The actions by which a role is entered.
pub(crate) const ASSUME_ROLE: &str = "sts:AssumeRole";
pub(crate) const ASSUME_ROLE_WITH_SAML: &str = "sts:AssumeRoleWithSAML";
pub(crate) const ASSUME_ROLE_WITH_WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

/// The candidates that the allowing statements of a trust policy name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TrustSummary {
    /// `*`, or everyone except some.
    pub(crate) anyone: bool,
    /// Whole accounts.
    pub(crate) accounts: BTreeSet<Box<str>>,
    /// Users, roles and role sessions.
    pub(crate) identities: BTreeSet<Principal>,
    pub(crate) services: BTreeSet<Box<str>>,
    /// Identity providers.
    pub(crate) federated: BTreeSet<Box<str>>,
    /// Identity providers and the subjects that conditions ask of their tokens.
    pub(crate) workflows: BTreeSet<(Box<str>, Box<str>)>,
    /// Values that conditions compare `aws:PrincipalArn` with.
    pub(crate) principal_arns: BTreeSet<Box<str>>,
    /// Accounts that conditions compare the caller's account with.
    pub(crate) condition_accounts: BTreeSet<Box<str>>,
    /// Organizations that conditions compare the caller's with.
    pub(crate) organizations: BTreeSet<Box<str>>,
    /// Whether any statement tells accounts apart by naming some.
    pub(crate) tells_accounts_apart: bool,
    /// Whether any statement tells principals of an account apart by naming some.
    pub(crate) tells_principals_apart: bool,
}

/// The actions by which a role is entered, whoever enters.
pub(crate) const ENTRIES: [&str; 3] = [
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
];

/// Gathers the candidates of the policy of a resource for any of these actions.
pub(crate) fn summarize(policy: &Policy, actions: &[&str]) -> TrustSummary {
    let mut summary = TrustSummary::default();
    for statement in &policy.statements {
        if let Some(clause) = &statement.principal {
            let names = |wanted: fn(&PrincipalEntry) -> bool| clause.entries.iter().any(wanted);
            summary.tells_principals_apart |=
                clause.negated || names(|entry| matches!(entry, PrincipalEntry::Identity(_)));
            summary.tells_accounts_apart |=
                names(|entry| matches!(entry, PrincipalEntry::Account { .. }));
        }
        if statement.effect != Effect::Allow {
            continue;
        }
        let enters = actions
            .iter()
            .any(|action| statement.actions.covers(action));
        let Some(principals) = statement.principal.as_ref().filter(|_| enters) else {
            continue;
        };
        if principals.negated {
            summary.anyone = true;
        } else {
            principals
                .entries
                .iter()
                .for_each(|entry| add_entry(&mut summary, entry));
        }
        for condition in &statement.conditions {
            for value in &condition.values {
                let text = value.as_str();
                if let Some(provider) = condition.key.strip_suffix(":sub")
                    && crate::issuers::issuer(provider).is_some()
                {
                    summary.workflows.insert((provider.into(), text.into()));
                }
                match &*condition.key {
                    "aws:principalarn" => {
                        summary.principal_arns.insert(text.into());
                        summary
                            .condition_accounts
                            .extend(text.split(':').nth(4).map(Into::into));
                    }
                    "aws:principalaccount" => {
                        summary.condition_accounts.insert(text.into());
                    }
                    "aws:principalorgid" => {
                        summary.organizations.insert(text.into());
                    }
                    "aws:principalorgpaths" => {
                        summary
                            .organizations
                            .extend(text.split('/').next().map(Into::into));
                    }
                    _ => {}
                }
            }
        }
    }
    summary.tells_accounts_apart |= summary.tells_principals_apart;
    summary
        .condition_accounts
        .retain(|text| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()));
    summary
        .organizations
        .retain(|text| text.starts_with("o-") && !text.contains(['*', '?', '$']));
    summary
}

fn add_entry(summary: &mut TrustSummary, entry: &PrincipalEntry) {
    match entry {
        PrincipalEntry::Anyone => summary.anyone = true,
        PrincipalEntry::Account { id, .. } => {
            summary.accounts.insert(id.clone());
        }
        PrincipalEntry::Identity(principal) => {
            summary.identities.insert(principal.clone());
        }
        PrincipalEntry::Service(name) => {
            summary.services.insert(name.clone());
        }
        PrincipalEntry::Federated(provider) => {
            summary.federated.insert(provider.clone());
        }
        PrincipalEntry::CanonicalUser(_)
        | PrincipalEntry::Deleted(_)
        | PrincipalEntry::Other(_) => {}
    }
}

/// The values that conditions of a policy compare `aws:PrincipalArn` with.
pub(crate) fn principal_arn_values(policy: &Policy) -> impl Iterator<Item = &str> {
    policy
        .statements
        .iter()
        .flat_map(|statement| &statement.conditions)
        .filter(|condition| &*condition.key == "aws:principalarn")
        .flat_map(|condition| &condition.values)
        .map(|value| value.as_str())
}
