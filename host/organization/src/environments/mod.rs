//! Which environment an account belongs to.
//!
//! An environment is assigned by ordered rules over what the organization says of an account; the
//! first rule that matches wins. Pure: the rules come from the configuration or are the
//! [built-in ones](built_in_rules), and reading them from TOML is the command line's business.
//!
//! Start with [`classify`]; what a pattern may say is in [`Pattern`].

mod built_in;
mod pattern;
mod suggest;
mod words;

pub use built_in::built_in_rules;
pub use pattern::{Pattern, PatternError, TagPattern};
pub use suggest::{Basis, Suggestion, suggest};

use blastwall_model::AccountId;
pub use blastwall_model::Criticality;
use serde::{Deserialize, Serialize};

use crate::AccountEntry;

/// The environment of an account that matches no rule.
pub const UNCLASSIFIED: &str = "unclassified";

/// One rule: which accounts are of an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The environment's name.
    pub name: String,
    /// Its criticality.
    pub criticality: Criticality,
    /// When an account is of it.
    pub when: Conditions,
}

/// The conditions of a rule.
///
/// Each kind that is given must match; within a kind, one of the values is enough. A kind without
/// values is not given, so that a rule without conditions matches every account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions {
    /// Against the path of the account's organizational unit, names joined by `/`, and against
    /// that of each unit above it: `Workloads/Prod` covers everything below `Workloads/Prod`.
    pub ou: Vec<Pattern>,
    /// Against the account's name.
    pub name: Vec<Pattern>,
    /// Against the account's tags.
    pub tag: Vec<TagPattern>,
    /// The account is one of these.
    pub account: Vec<AccountId>,
    /// Whether the account is the management account.
    pub management: Option<bool>,
}

/// The environment of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Its criticality.
    pub criticality: Criticality,
    /// Why: the conditions that matched, for people to read.
    pub matched_by: String,
    /// Earlier rules that may have matched, had everything about the account been known, each with
    /// the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<String>,
}

/// The environment of an account: that of the first rule that matches, else [`UNCLASSIFIED`] of
/// medium criticality.
///
/// What is unknown of an account (its tags, its place) matches nothing; a rule that depends on it
/// is named in [`Environment::undecided`].
#[must_use]
pub fn classify(rules: &[Rule], account: &AccountEntry) -> Environment {
    let mut undecided = Vec::new();
    for rule in rules {
        match rule.when.judge(account) {
            Match::Yes(matched_by) => {
                return Environment {
                    name: rule.name.clone(),
                    criticality: rule.criticality,
                    matched_by,
                    undecided,
                };
            }
            Match::No => {}
            Match::Unknown(reason) => {
                let note = format!("{}: {reason}", rule.name);
                if !undecided.contains(&note) {
                    undecided.push(note);
                }
            }
        }
    }
    Environment {
        name: UNCLASSIFIED.to_owned(),
        criticality: Criticality::Medium,
        matched_by: "no rule matches".to_owned(),
        undecided,
    }
}

/// Whether conditions hold.
enum Match {
    /// They do, because of this.
    Yes(String),
    No,
    /// They may, but this is not known.
    Unknown(String),
}

impl Conditions {
    fn judge(&self, account: &AccountEntry) -> Match {
        let mut because = Vec::new();
        let mut unknown = None;
        for found in [
            self.judge_management(account),
            self.judge_account(account),
            self.judge_tags(account),
            self.judge_ou(account),
            self.judge_name(account),
        ]
        .into_iter()
        .flatten()
        {
            match found {
                Match::Yes(reason) => because.push(reason),
                Match::No => return Match::No,
                Match::Unknown(reason) => unknown = Some(reason),
            }
        }
        match unknown {
            Some(reason) => Match::Unknown(reason),
            None if because.is_empty() => Match::Yes("the rule has no conditions".to_owned()),
            None => Match::Yes(because.join(" and ")),
        }
    }

    fn judge_management(&self, account: &AccountEntry) -> Option<Match> {
        let wanted = self.management?;
        Some(if account.management != wanted {
            Match::No
        } else if wanted {
            Match::Yes("it is the management account".to_owned())
        } else {
            Match::Yes("it is not the management account".to_owned())
        })
    }

    fn judge_account(&self, account: &AccountEntry) -> Option<Match> {
        given(&self.account)?;
        Some(if self.account.contains(&account.id) {
            Match::Yes(format!("account {}", account.id))
        } else {
            Match::No
        })
    }

    fn judge_tags(&self, account: &AccountEntry) -> Option<Match> {
        given(&self.tag)?;
        let tags = match account.tags.get() {
            Ok(tags) => tags,
            Err(unknown) => return Some(Match::Unknown(unknown.to_string())),
        };
        let found = self.tag.iter().find_map(|pattern| {
            let (key, value) = tags?
                .iter()
                .find(|(key, value)| pattern.matches(key, value))?;
            Some(format!("tag `{key}={value}` matches `{pattern}`"))
        });
        Some(found.map_or(Match::No, Match::Yes))
    }

    fn judge_ou(&self, account: &AccountEntry) -> Option<Match> {
        given(&self.ou)?;
        let path = &account.ou_path;
        let found = self.ou.iter().find_map(|pattern| {
            (1..=path.len())
                .filter_map(|length| path.get(..length))
                .find(|units| pattern.matches_path(units))
                .map(|units| format!("unit `{}` matches `{pattern}`", units.join("/")))
        });
        Some(match (found, &account.place_unknown) {
            // Half a path may end anywhere in the tree, so that not even a match is certain.
            (_, Some(unknown)) => Match::Unknown(unknown.to_string()),
            (Some(reason), None) => Match::Yes(reason),
            (None, None) => Match::No,
        })
    }

    fn judge_name(&self, account: &AccountEntry) -> Option<Match> {
        given(&self.name)?;
        let name = &account.name;
        let found = self.name.iter().find(|pattern| pattern.matches(name));
        Some(found.map_or(Match::No, |pattern| {
            Match::Yes(format!("name `{name}` matches `{pattern}`"))
        }))
    }
}

fn given<T>(values: &[T]) -> Option<()> {
    (!values.is_empty()).then_some(())
}

#[cfg(test)]
mod tests;
