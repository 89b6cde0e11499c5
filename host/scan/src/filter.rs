//! Which accounts are scanned.

use blastwall_model::AccountId;
use blastwall_organization::{AccountEntry, Environment};
use globset::{GlobBuilder, GlobMatcher};

/// What the user asked for. Several values of one kind are alternatives; kinds must all match;
/// an empty kind matches everything.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    accounts: Vec<Pattern>,
    units: Vec<Pattern>,
    environments: Vec<String>,
    tags: Vec<TagPattern>,
}

/// A filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is no glob pattern")]
pub struct FilterError {
    text: String,
    #[source]
    source: globset::Error,
}

/// An exact id, or a glob over names without regard to case.
#[derive(Clone, Debug)]
struct Pattern {
    exact: String,
    glob: GlobMatcher,
}

impl Pattern {
    fn new(text: &str) -> Result<Self, FilterError> {
        let glob = GlobBuilder::new(text)
            .case_insensitive(true)
            .literal_separator(false)
            .build()
            .map_err(|source| FilterError {
                text: text.to_owned(),
                source,
            })?
            .compile_matcher();
        Ok(Self {
            exact: text.to_owned(),
            glob,
        })
    }

    fn matches(&self, id: &str, name: &str) -> bool {
        self.exact == id || self.glob.is_match(name)
    }
}

#[derive(Clone, Debug)]
struct TagPattern {
    key: String,
    value: Option<Pattern>,
}

impl AccountFilter {
    /// Reads the filters as typed: account ids or name globs, unit ids or path globs, names of
    /// environments, and tags as `key` or `key=glob`.
    ///
    /// # Errors
    /// A pattern that is no glob.
    pub fn new(
        accounts: &[String],
        units: &[String],
        environments: &[String],
        tags: &[String],
    ) -> Result<Self, FilterError> {
        let patterns = |texts: &[String]| {
            texts
                .iter()
                .map(|text| Pattern::new(text))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            accounts: patterns(accounts)?,
            units: patterns(units)?,
            environments: environments.to_vec(),
            tags: tags
                .iter()
                .map(|text| {
                    let (key, value) = match text.split_once('=') {
                        Some((key, value)) => (key, Some(Pattern::new(value)?)),
                        None => (text.as_str(), None),
                    };
                    Ok(TagPattern {
                        key: key.to_owned(),
                        value,
                    })
                })
                .collect::<Result<_, FilterError>>()?,
        })
    }

    /// Account ids that were asked for by id.
    pub fn ids(&self) -> impl Iterator<Item = AccountId> {
        self.accounts
            .iter()
            .filter_map(|pattern| pattern.exact.parse().ok())
    }

    /// Whether an account is wanted.
    #[must_use]
    pub fn matches(&self, account: &AccountEntry, environment: &Environment) -> bool {
        let any = |patterns: &[Pattern], matches: &dyn Fn(&Pattern) -> bool| {
            patterns.is_empty() || patterns.iter().any(matches)
        };
        any(&self.accounts, &|pattern| {
            pattern.matches(account.id.as_str(), &account.name)
        }) && any(&self.units, &|pattern| {
            let path = account.ou_path.join("/");
            // A unit stands for everything below it.
            account.ou_ids.contains(&pattern.exact)
                || path
                    .match_indices('/')
                    .map(|(end, _)| end)
                    .chain([path.len()])
                    .any(|end| {
                        path.get(..end)
                            .is_some_and(|unit| pattern.glob.is_match(unit))
                    })
        }) && (self.environments.is_empty()
            || self
                .environments
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&environment.name)))
            && (self.tags.is_empty()
                || self.tags.iter().any(|tag| {
                    account
                        .tags
                        .known()
                        .and_then(|tags| tags.get(&tag.key))
                        .is_some_and(|value| {
                            tag.value
                                .as_ref()
                                .is_none_or(|pattern| pattern.glob.is_match(value))
                        })
                }))
    }
}
