//! Who is scanned: the accounts of the organization with their environments, filtered.

use std::collections::BTreeMap;

use blastwall_model::AccountId;
use blastwall_organization::{AccountEntry, Environment, Organization, Rule, classify};

use crate::AccountFilter;

/// An account with its environment.
#[derive(Clone, Debug)]
pub struct Member {
    /// What the organization says of it.
    pub entry: AccountEntry,
    /// Its environment.
    pub environment: Environment,
    /// Whether the filters let it through.
    pub wanted: bool,
}

impl Member {
    /// Its environment as the report names it.
    #[must_use]
    pub fn reported_environment(&self) -> blastwall_report::Environment {
        blastwall_report::Environment {
            name: self.environment.name.clone(),
            criticality: self.environment.criticality,
        }
    }
}

/// All accounts, by id.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// By id.
    pub members: BTreeMap<AccountId, Member>,
    /// Account ids that were asked for and are not in the organization.
    pub missing: Vec<AccountId>,
}

/// A roster on which nobody is left.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// The filters leave no account.
    #[error("no account of {organization} is left by the filters: {filters}")]
    Nobody {
        /// The organization, or the account if it is in none.
        organization: String,
        /// The filters in words.
        filters: String,
    },
}

impl Roster {
    /// The accounts that are to be scanned.
    pub fn wanted(&self) -> impl Iterator<Item = &Member> {
        self.members.values().filter(|member| member.wanted)
    }
}

/// Classifies and filters the accounts of an organization; `words` are the filters for messages.
///
/// # Errors
/// If the filters leave no account.
pub fn roster(
    organization: &Organization,
    rules: &[Rule],
    filter: &AccountFilter,
    words: &[String],
) -> Result<Roster, RosterError> {
    let members: BTreeMap<AccountId, Member> = organization
        .accounts
        .iter()
        .map(|entry| {
            let environment = classify(rules, entry);
            let member = Member {
                wanted: filter.matches(entry, &environment),
                entry: entry.clone(),
                environment,
            };
            (entry.id.clone(), member)
        })
        .collect();
    let roster = Roster {
        missing: filter
            .ids()
            .filter(|id| !members.contains_key(id))
            .collect(),
        members,
    };
    if roster.wanted().next().is_none() {
        return Err(RosterError::Nobody {
            organization: organization.id.as_ref().map_or_else(
                || format!("account {}", organization.caller.account),
                |id| format!("organization {id}"),
            ),
            filters: words.join("; "),
        });
    }
    Ok(roster)
}
