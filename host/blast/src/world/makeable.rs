//! Users and roles that somebody might make.
//!
//! Whoever may make a principal only under a boundary, or with certain policies, has whatever that leaves:
//! not the account, and yet more than it has itself. Such principals are rows of their own, of a name that
//! is free and under each boundary that some policy asks for; whether anybody makes them is another question.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use blastwall_model::Arn;
use blastwall_policy::{Effect, Pattern, Principal};

use super::{AccountIndex, AccountRow, PrincipalRow, TrustSummary};
use crate::arns::ANY_NAME;
use crate::facts::{Boundary, Credentials, Policies, PolicyIndex, PrincipalKind, Trust, Unjudged};
use crate::globs::{filled, meetings, without_variables};

/// How many names of one account are tried, and how many boundaries. Each name comes with each boundary, so that
/// an account of a hundred of both would make ten thousand rows; what is left out is told as not judged.
const MOST: usize = 16;

const KINDS: [(PrincipalKind, &str, &str); 2] = [
    (PrincipalKind::Role, "role", "iam:CreateRole"),
    (PrincipalKind::User, "user", "iam:CreateUser"),
];

/// The rows of all accounts, account by account, and what was left out.
pub(super) fn makeable(
    accounts: &[AccountRow],
    principals: &[PrincipalRow],
    policies: &Policies,
    trusts: &HashMap<PolicyIndex, TrustSummary>,
    partition: &str,
) -> (Vec<PrincipalRow>, Vec<Unjudged>) {
    let asked = asked_boundaries(policies);
    let compared = compared_names(policies);
    let trusted: BTreeSet<&str> = trusts
        .values()
        .flat_map(|summary| &summary.identities)
        .map(Principal::as_str)
        .collect();
    let mut rows = Vec::new();
    let mut left_out = Vec::new();
    for (index, account) in accounts.iter().enumerate() {
        let own = principals
            .get(account.principals.clone())
            .unwrap_or_default();
        for (kind, word, action) in KINDS {
            let Some(mut names) = names(own, account, policies, action) else {
                continue;
            };
            let base = format!("arn:{partition}:iam::{}:{word}/", account.id);
            let met = meetings(&format!("{base}*"), compared.iter().map(String::as_str));
            let met = met.iter().map(|pattern| filled(pattern));
            names.extend(met.filter_map(|arn| Some(arn.strip_prefix(&base)?.to_owned())));
            let of_trusts = trusted.range(base.as_str()..);
            let of_trusts = of_trusts.map_while(|arn| arn.strip_prefix(&base));
            names.extend(of_trusts.map(str::to_owned));
            let taken: BTreeSet<String> = own
                .iter()
                .filter(|row| row.kind == kind)
                .map(|row| plain(row.arn.as_str()))
                .collect();
            names.retain(|name| can_be(name) && !taken.contains(&plain(name)));
            // The one that stands for all first, lest it be left out.
            names.remove(ANY_NAME);
            let names: Vec<String> = std::iter::once(ANY_NAME.to_owned()).chain(names).collect();
            let boundaries: Vec<Boundary> = account
                .managed
                .iter()
                .filter(|policy| {
                    let mut asked = asked.iter();
                    asked.any(|pattern| pattern.matches(&policy.origin))
                })
                .map(|policy| Boundary::Policy(policy.clone()))
                .collect();
            if (names.len() > MOST || boundaries.len() > MOST)
                && let Ok(arn) = format!("arn:{partition}:iam::{}:root", account.id).parse()
            {
                let why = format!(
                    "new {word}s were tried under {MOST} of {} names and {MOST} of {} boundaries that policies \
                    name",
                    names.len().max(MOST),
                    boundaries.len().max(MOST),
                );
                left_out.push(Unjudged { arn, why });
            }
            let boundaries: Vec<Boundary> = std::iter::once(Boundary::None)
                .chain(boundaries.into_iter().take(MOST))
                .collect();
            for name in names.iter().take(MOST) {
                let arn = format!("arn:{partition}:iam::{}:{word}/{name}", account.id);
                let Ok(arn) = arn.parse::<Arn>() else {
                    continue;
                };
                let of_name = boundaries.iter().map(|boundary| PrincipalRow {
                    account: AccountIndex::new(index),
                    principal: Principal::parse(arn.as_str()).ok(),
                    arn: arn.clone(),
                    kind,
                    identity: Vec::new(),
                    boundary: boundary.clone(),
                    gaps: Vec::new(),
                    trust: Trust::NotApplicable,
                    // Whoever makes it says which sessions of it have which.
                    tags: None,
                    shaped_by: Vec::<Arc<str>>::new(),
                    in_instance_profile: Some(false),
                    credentials: Credentials::default(),
                    unique_id: Some(ANY_NAME.into()),
                });
                rows.extend(of_name);
            }
        }
    }
    (rows, left_out)
}

/// A name without its path, in lower case. Source: IAM API Reference, `CreateRole`, `RoleName`: names are unique
/// in the account, whatever their path and case.
fn plain(name: &str) -> String {
    name.rsplit('/').next().unwrap_or_default().to_lowercase()
}

/// What policies compare the ARN of a caller with: whoever makes a principal gives it the name that suits.
fn compared_names(policies: &Policies) -> BTreeSet<String> {
    let statements = policies.iter().flat_map(|stored| &stored.policy.statements);
    let values = statements
        .flat_map(|statement| &statement.conditions)
        .filter(|condition| &*condition.key == "aws:principalarn")
        .flat_map(|condition| &condition.values);
    values
        .map(|value| without_variables(value.as_str()))
        .collect()
}

/// Whether a principal may be called so. Source: IAM API Reference, `CreateRole`, `RoleName` and `Path`; paths
/// of service roles are AWS's own.
fn can_be(name: &str) -> bool {
    let usual =
        |character: char| character.is_ascii_alphanumeric() || "/_+=,.@-".contains(character);
    !name.is_empty()
        && !name.starts_with("aws-service-role/")
        && !name.starts_with("aws-reserved/")
        && name.chars().all(usual)
}

/// What policies ask the boundary of a request to be, or not to be.
fn asked_boundaries(policies: &Policies) -> Vec<Pattern> {
    let statements = policies.iter().flat_map(|stored| &stored.policy.statements);
    let values = statements
        .flat_map(|statement| &statement.conditions)
        .filter(|condition| &*condition.key == "iam:permissionsboundary")
        .flat_map(|condition| &condition.values);
    let values: BTreeSet<String> = values
        .map(|value| without_variables(value.as_str()))
        .collect();
    values.iter().map(|value| Pattern::glob(value)).collect()
}

/// Names that policies name which somebody in the account has or could have; none if no such policy makes a
/// principal.
fn names(
    own: &[PrincipalRow],
    account: &AccountRow,
    policies: &Policies,
    action: &str,
) -> Option<BTreeSet<String>> {
    let attached = own.iter().flat_map(|row| &row.identity);
    let groups = account.groups.iter().flat_map(|group| &group.identity);
    let all = attached.chain(groups).chain(&account.managed);
    let all: BTreeSet<PolicyIndex> = all.map(|from| from.policy).collect();
    let statements = all
        .into_iter()
        .filter_map(|index| policies.get(index))
        .flat_map(|stored| &stored.policy.statements)
        .filter(|statement| statement.effect == Effect::Allow && statement.actions.covers(action));
    let mut names = BTreeSet::new();
    let mut makes = false;
    for statement in statements {
        makes = true;
        let clause = statement.resources.iter().filter(|clause| !clause.negated);
        let named = clause
            .flat_map(|clause| &clause.patterns)
            .filter_map(|pattern| pattern.as_str().splitn(6, ':').nth(5))
            .filter_map(|resource| resource.split_once('/'))
            .map(|(_, name)| filled(&without_variables(name)));
        names.extend(named.filter(|name| !name.is_empty()));
    }
    makes.then_some(names)
}
