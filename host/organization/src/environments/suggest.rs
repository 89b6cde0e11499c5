//! Rules that fit an organization: a first configuration, for people to correct.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::{AccountId, Field};

use super::{Criticality, UNCLASSIFIED, built_in_rules, classify};
use crate::AccountEntry;

/// The tag keys that may name an environment.
const TAGS: [&str; 3] = ["environment", "env", "stage"];

/// What a suggested rule goes by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// These accounts, each with its name.
    Accounts(Vec<(AccountId, String)>),
    /// The tag with this key and any of these values.
    Tag(String, Vec<String>),
    /// Everything in this unit, by the names on the way to it.
    Unit(Vec<String>),
}

/// A rule that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The environment's name.
    pub environment: String,
    /// Its criticality; a guess where no usual name was found.
    pub criticality: Criticality,
    /// What the rule goes by.
    pub basis: Basis,
    /// Whether the name is one of the usual ones, rather than taken from a unit or a tag.
    pub usual: bool,
    /// How many active accounts it decides about: those that no earlier rule takes.
    pub accounts: usize,
}

/// Rules for the accounts of an organization, in order: the management account, tags, single accounts whose name says
/// something else than their unit, and units, the deeper ones first. Each active account is of some
/// rule, unless it is in no unit and its name says nothing.
#[must_use]
pub fn suggest(accounts: &[AccountEntry]) -> Vec<Suggestion> {
    let mut left: Vec<&AccountEntry> = accounts
        .iter()
        .filter(|account| account.status.skip_reason().is_none())
        .collect();
    let mut suggestions = Vec::new();
    let management = take(&mut left, |account| account.management);
    if !management.is_empty() {
        suggestions.push(Suggestion {
            environment: "management".to_owned(),
            criticality: Criticality::Critical,
            basis: named(&management),
            usual: true,
            accounts: management.len(),
        });
    }
    for key in TAGS {
        suggestions.extend(by_tag(key, &mut left));
    }
    let units = by_unit(&left);
    suggestions.extend(by_name(&mut left, &units));
    for (path, word) in units.into_iter().rev() {
        let inside = take(&mut left, |account| account.ou_path.starts_with(&path));
        if !inside.is_empty() {
            suggestions.push(word.suggestion(Basis::Unit(path), inside.len()));
        }
    }
    suggestions
}

/// An environment as a word suggests it.
#[derive(Clone, Debug)]
struct Word {
    environment: String,
    criticality: Criticality,
    usual: bool,
}

impl Word {
    fn suggestion(self, basis: Basis, accounts: usize) -> Suggestion {
        Suggestion {
            environment: self.environment,
            criticality: self.criticality,
            basis,
            usual: self.usual,
            accounts,
        }
    }

    /// The environment that the built-in rules see in something; none if they see none.
    fn usual(account: &AccountEntry) -> Option<Self> {
        let found = classify(&built_in_rules(), account);
        (found.name != UNCLASSIFIED).then_some(Self {
            environment: found.name,
            criticality: found.criticality,
            usual: true,
        })
    }

    /// The environment that a text names, a usual one or its own.
    fn of(text: &str, probe: &AccountEntry) -> Self {
        Self::usual(probe).unwrap_or_else(|| Self {
            environment: slug(text),
            criticality: Criticality::Medium,
            usual: false,
        })
    }
}

/// An account of which nothing is known, to put words to the built-in rules.
fn blank(account: &AccountEntry) -> AccountEntry {
    AccountEntry {
        name: String::new(),
        ..AccountEntry::unlisted(account.id.clone())
    }
}

fn named(accounts: &[&AccountEntry]) -> Basis {
    let pair = |account: &&AccountEntry| (account.id.clone(), account.name.clone());
    Basis::Accounts(accounts.iter().map(pair).collect())
}

/// Takes those out that are meant.
fn take<'a>(
    left: &mut Vec<&'a AccountEntry>,
    meant: impl Fn(&AccountEntry) -> bool,
) -> Vec<&'a AccountEntry> {
    let (taken, rest) = left.drain(..).partition(|account| meant(account));
    *left = rest;
    taken
}

/// A rule for each environment that the values of a tag name.
fn by_tag(key: &str, left: &mut Vec<&AccountEntry>) -> Vec<Suggestion> {
    let mut words: BTreeMap<String, (Word, BTreeSet<String>)> = BTreeMap::new();
    for account in left.iter() {
        for (tag, value) in account.tags.known().into_iter().flatten() {
            if !tag.eq_ignore_ascii_case(key) || slug(value).is_empty() {
                continue;
            }
            let probe = AccountEntry {
                tags: Field::Known([(key.to_owned(), value.clone())].into()),
                ..blank(account)
            };
            let word = Word::of(value, &probe);
            let (_, values) = words
                .entry(word.environment.clone())
                .or_insert_with(|| (word, BTreeSet::new()));
            values.insert(value.clone());
        }
    }
    let mut suggestions = Vec::new();
    for (word, values) in words.into_values() {
        let tagged = take(left, |account| {
            let tags = account.tags.known();
            let mut tags = tags.into_iter().flatten();
            tags.any(|(tag, value)| tag.eq_ignore_ascii_case(key) && values.contains(value))
        });
        if !tagged.is_empty() {
            let values = values.into_iter().collect();
            suggestions.push(word.suggestion(Basis::Tag(key.to_owned(), values), tagged.len()));
        }
    }
    suggestions
}

/// The units that name an environment, by path: those with a usual name; of the others those that
/// hold accounts themselves, by their own name.
fn by_unit(left: &[&AccountEntry]) -> BTreeMap<Vec<String>, Word> {
    let mut units = BTreeMap::new();
    for account in left {
        for depth in 1..=account.ou_path.len() {
            let Some(path) = account.ou_path.get(..depth) else {
                continue;
            };
            let Some(name) = path.last() else { continue };
            let probe = AccountEntry {
                ou_path: vec![name.clone()],
                ..blank(account)
            };
            let word = Word::of(name, &probe);
            let above_is_usual = (1..depth).any(|above| {
                let above = path.get(..above).unwrap_or_default();
                units.get(above).is_some_and(|word: &Word| word.usual)
            });
            let holds = depth == account.ou_path.len() && !above_is_usual;
            if (word.usual || holds) && !word.environment.is_empty() {
                units.entry(path.to_vec()).or_insert(word);
            }
        }
    }
    units
}

/// Accounts whose name says something else than the unit that they are in.
fn by_name(left: &mut Vec<&AccountEntry>, units: &BTreeMap<Vec<String>, Word>) -> Vec<Suggestion> {
    let of_unit = |account: &AccountEntry| {
        (1..=account.ou_path.len())
            .rev()
            .find_map(|depth| units.get(account.ou_path.get(..depth)?))
    };
    let mut found: BTreeMap<String, (Word, BTreeSet<AccountId>)> = BTreeMap::new();
    for account in left.iter() {
        // A unit with a usual name outweighs the name of an account, as in the built-in rules.
        let unit = of_unit(account);
        if unit.is_some_and(|word| word.usual) {
            continue;
        }
        let probe = AccountEntry {
            name: account.name.clone(),
            ..blank(account)
        };
        let Some(word) = Word::usual(&probe) else {
            continue;
        };
        if unit.is_some_and(|unit| unit.environment == word.environment) {
            continue;
        }
        let (_, ids) = found
            .entry(word.environment.clone())
            .or_insert_with(|| (word, BTreeSet::new()));
        ids.insert(account.id.clone());
    }
    found
        .into_values()
        .map(|(word, ids)| {
            let accounts = take(left, |account| ids.contains(&account.id));
            word.suggestion(named(&accounts), accounts.len())
        })
        .collect()
}

/// A text as the name of an environment: lower case, letters and digits, joined by hyphens.
fn slug(text: &str) -> String {
    let words: Vec<String> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    fn account(number: u64, name: &str, path: &[&str], tag: Option<&str>) -> AccountEntry {
        let tags = tag.map(|value| [("Environment".to_owned(), value.to_owned())].into());
        AccountEntry {
            name: name.to_owned(),
            ou_path: path.iter().map(|&name| name.to_owned()).collect(),
            tags: tags.map_or(Field::ABSENT, Field::Known),
            ..AccountEntry::unlisted(format!("{number:012}").parse().unwrap())
        }
    }

    fn suggested(accounts: Vec<AccountEntry>) -> Vec<(String, Basis, usize)> {
        suggest(&accounts)
            .into_iter()
            .map(|rule| (rule.environment, rule.basis, rule.accounts))
            .collect()
    }

    fn unit(path: &[&str]) -> Basis {
        Basis::Unit(path.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn the_tree_the_tags_and_the_names_are_heard() {
        let management = AccountEntry {
            management: true,
            ..account(1, "root", &[], None)
        };
        let closed = AccountEntry {
            status: Status::Suspended,
            ..account(9, "old", &["Gone"], None)
        };
        let found = suggested(vec![
            management,
            account(2, "shop", &["Workloads", "Production"], None),
            account(3, "shop-dev", &["Workloads", "Dev"], None),
            account(4, "odd", &["Workloads"], None),
            account(5, "billing-prod", &["Finance"], None),
            account(6, "ledger", &["Finance"], None),
            account(7, "tagged", &["Finance"], Some("PRD")),
            closed,
        ]);
        let ids = |numbers: &[(u64, &str)]| {
            Basis::Accounts(
                numbers
                    .iter()
                    .map(|(number, name)| {
                        (format!("{number:012}").parse().unwrap(), (*name).to_owned())
                    })
                    .collect(),
            )
        };
        assert_eq!(
            found,
            [
                ("management".to_owned(), ids(&[(1, "root")]), 1),
                (
                    "prod".to_owned(),
                    Basis::Tag("environment".to_owned(), vec!["PRD".to_owned()]),
                    1
                ),
                ("prod".to_owned(), ids(&[(5, "billing-prod")]), 1),
                ("prod".to_owned(), unit(&["Workloads", "Production"]), 1),
                ("dev".to_owned(), unit(&["Workloads", "Dev"]), 1),
                ("workloads".to_owned(), unit(&["Workloads"]), 1),
                ("finance".to_owned(), unit(&["Finance"]), 1),
            ]
        );
    }

    #[test]
    fn nothing_is_made_up_where_nothing_is_said() {
        assert_eq!(suggested(vec![account(2, "shop", &[], None)]), []);
        assert_eq!(suggested(vec![account(2, "x", &["***"], None)]), []);
    }
}
