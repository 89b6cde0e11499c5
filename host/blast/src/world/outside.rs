//! Whom a trust policy names.
//!
//! A coarse reading that only gathers candidates: whether any of them gets in is judged later
//! against all layers. It may name too many, never too few: whom a denying statement excepts may be the
//! only one that gets in.

use std::collections::BTreeSet;

use blastwall_policy::condition::{Condition, OperatorKind};
use blastwall_policy::language::{PrincipalEntry, Statement};
use blastwall_policy::{Effect, Policy, Principal};

use crate::globs::without_variables;
use crate::issuers::issuer;

/// The actions by which a role is entered.
pub(crate) const ASSUME_ROLE: &str = "sts:AssumeRole";
pub(crate) const ASSUME_ROLE_WITH_SAML: &str = "sts:AssumeRoleWithSAML";
pub(crate) const ASSUME_ROLE_WITH_WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

/// The names that conditions of policies compare a caller with, so that it matters under which of them
/// somebody calls who may choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CallerNames {
    /// Patterns of ARNs of users and roles: of `aws:PrincipalArn`, and of `aws:username`.
    pub(crate) arns: BTreeSet<Box<str>>,
    /// Organizations by id, and units of them by path, each perhaps with wildcards.
    pub(crate) organizations: BTreeSet<Box<str>>,
}

impl CallerNames {
    /// Those of all statements of a policy.
    pub(crate) fn add_policy(&mut self, policy: &Policy) {
        for statement in &policy.statements {
            self.add_statement(statement);
        }
    }

    fn add_statement(&mut self, statement: &Statement) {
        for condition in &statement.conditions {
            for value in &condition.values {
                let text = without_variables(value.as_str());
                match &*condition.key {
                    "aws:principalarn" => self.arns.insert(text.into()),
                    "aws:username" => self.arns.insert(format!("arn:*:iam::*:user/{text}").into()),
                    "aws:principalorgid" | "aws:principalorgpaths" => {
                        self.organizations.insert(text.into())
                    }
                    _ => false,
                };
            }
        }
    }

    /// The ids of the organizations.
    pub(crate) fn organization_ids(&self) -> impl Iterator<Item = &str> {
        self.organizations
            .iter()
            .filter_map(|text| text.split('/').next())
            .filter(|id| id.starts_with("o-") && !id.contains(['*', '?']))
    }
}

/// The candidates that the statements of a trust policy name.
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
    /// Identity providers at which everybody can have an account and of whose tokens some statement asks
    /// no subject, or one that strangers can have.
    pub(crate) open_issuers: BTreeSet<Box<str>>,
    /// Names that conditions compare the caller with.
    pub(crate) names: CallerNames,
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
        let enters = actions
            .iter()
            .any(|action| statement.actions.covers(action));
        let Some(principals) = statement.principal.as_ref().filter(|_| enters) else {
            continue;
        };
        let allows = statement.effect == Effect::Allow;
        match (allows, principals.negated) {
            (true, true) => summary.anyone = true,
            (true, false) => {
                for entry in &principals.entries {
                    add_entry(&mut summary, entry);
                }
            }
            (false, true) => principals
                .entries
                .iter()
                .for_each(|entry| add_excepted(&mut summary, entry)),
            (false, false) => {}
        }
        summary.names.add_statement(statement);
        for condition in &statement.conditions {
            add_condition(&mut summary, condition, allows);
        }
        if allows && !principals.negated {
            summary
                .open_issuers
                .extend(open_issuers(&principals.entries, statement));
        }
    }
    summary.tells_accounts_apart |= summary.tells_principals_apart;
    summary
        .condition_accounts
        .retain(|text| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()));
    summary.organizations = summary.names.organization_ids().map(Into::into).collect();
    summary
}

/// Adds whom a denial excepts, who gets in only if an allowing statement says so as well.
fn add_excepted(summary: &mut TrustSummary, entry: &PrincipalEntry) {
    match entry {
        PrincipalEntry::Account { id, .. } => {
            summary.condition_accounts.insert(id.clone());
        }
        PrincipalEntry::Identity(principal) => {
            summary.names.arns.insert(principal.as_str().into());
            let account = principal.account();
            summary.condition_accounts.extend(account.map(Into::into));
        }
        _ => {}
    }
}

fn add_condition(summary: &mut TrustSummary, condition: &Condition, allows: bool) {
    for value in &condition.values {
        let text = value.as_str();
        if allows
            && let Some(provider) = condition.key.strip_suffix(":sub")
            && issuer(provider).is_some()
        {
            summary.workflows.insert((provider.into(), text.into()));
        }
        match &*condition.key {
            "aws:principalarn" => {
                let account = text.split(':').nth(4);
                summary.condition_accounts.extend(account.map(Into::into));
            }
            "aws:principalaccount" => {
                summary.condition_accounts.insert(text.into());
            }
            _ => {}
        }
    }
}

/// The providers among the principals of a statement at which everybody can have an account, unless a
/// condition asks for subjects that strangers cannot have.
fn open_issuers(entries: &[PrincipalEntry], statement: &Statement) -> Vec<Box<str>> {
    entries
        .iter()
        .filter_map(|entry| match entry {
            PrincipalEntry::Federated(name) => Some(name),
            _ => None,
        })
        .filter(|name| {
            let provider = provider_of(name);
            let Some(issuer) = issuer(provider).filter(|issuer| issuer.is_shared(provider)) else {
                return false;
            };
            let claim = format!("{provider}:sub");
            !statement.conditions.iter().any(|condition| {
                let operator = condition.operator;
                condition.key.eq_ignore_ascii_case(&claim)
                    && !operator.negated
                    && !operator.if_exists
                    && operator.kind != OperatorKind::Null
                    && condition
                        .values
                        .iter()
                        .all(|value| !issuer.analyse(value.as_str()).1)
            })
        })
        .cloned()
        .collect()
}

/// Host and path of an OIDC provider, from its ARN or its name.
pub(crate) fn provider_of(name: &str) -> &str {
    name.split_once(":oidc-provider/")
        .map_or(name, |(_, provider)| provider)
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
