//! What names, unit paths and tag values are compared with.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};

use super::words::{contains, words};

/// What marks a pattern as words instead of a glob.
const WORD: &str = "word:";
/// What parts the alternatives of a word pattern.
const OR: char = '|';

/// A pattern: a glob, or words.
///
/// - A **glob** is compared with the whole text, whatever the case of its letters: `*` and `?`
///   stand for anything but `/`, `**` also crosses `/`, `[…]` and `{a,b}` are as in the shell.
/// - **`word:prod|production`** is true of a text that has one of these as a whole word. Words end
///   at punctuation, at digits and where an upper-case letter begins, and `non`, `not`, `no` and
///   `pre` belong to the word that follows: `word:prod` is true of `shop-prod-2` and `ShopProd`,
///   and not of `product` or `non-prod`. An alternative of several words (`log-archive`) asks for
///   them in this order.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    matcher: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    Glob(Box<GlobMatcher>),
    Words(Vec<Vec<String>>),
}

/// A pattern that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Not a glob.
    #[error("`{pattern}` is not a pattern")]
    Glob {
        /// The text.
        pattern: String,
        /// What is wrong with it.
        #[source]
        source: globset::Error,
    },
    /// Nothing to compare with.
    #[error("`{0}` is not a pattern: it is empty")]
    Empty(String),
    /// No key in front of the `=`.
    #[error("`{0}` is not a tag pattern: expected `key=pattern` or `key`")]
    NoKey(String),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// If it is empty or no glob.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let matcher = match text.strip_prefix(WORD) {
            Some(alternatives) => {
                let alternatives: Vec<Vec<String>> = alternatives.split(OR).map(words).collect();
                if alternatives.iter().any(Vec::is_empty) {
                    return Err(PatternError::Empty(text.to_owned()));
                }
                Matcher::Words(alternatives)
            }
            None if text.is_empty() => return Err(PatternError::Empty(text.to_owned())),
            None => {
                let glob = GlobBuilder::new(text)
                    .case_insensitive(true)
                    .literal_separator(true)
                    .build()
                    .map_err(|source| PatternError::Glob {
                        pattern: text.to_owned(),
                        source,
                    })?;
                Matcher::Glob(Box::new(glob.compile_matcher()))
            }
        };
        Ok(Self {
            text: text.to_owned(),
            matcher,
        })
    }

    /// A word pattern of these alternatives; those without a word are left out.
    pub(super) fn of_words(alternatives: &[&str]) -> Self {
        Self {
            text: format!("{WORD}{}", alternatives.join("|")),
            matcher: Matcher::Words(
                alternatives
                    .iter()
                    .map(|alternative| words(alternative))
                    .filter(|words| !words.is_empty())
                    .collect(),
            ),
        }
    }

    /// Whether it is true of a text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Glob(glob) => glob.is_match(text),
            Matcher::Words(alternatives) => {
                let text = words(text);
                alternatives.iter().any(|wanted| contains(&text, wanted))
            }
        }
    }

    /// Whether it is true of the unit at the end of a path; words are those of the unit's own
    /// name, and a glob is compared with the names joined by `/`.
    pub(super) fn matches_path(&self, units: &[String]) -> bool {
        match &self.matcher {
            Matcher::Glob(_) => self.matches(&units.join("/")),
            Matcher::Words(_) => units.last().is_some_and(|unit| self.matches(unit)),
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// A tag's key, and a pattern for its value: `environment=prod*`, `team=word:data`, or `legacy`
/// for a tag of any value.
///
/// The key is compared whole, whatever the case of its letters: people write `Environment` in one
/// account and `environment` in the next.
#[derive(Clone, Debug, PartialEq)]
pub struct TagPattern {
    key: String,
    value: Option<Pattern>,
}

impl TagPattern {
    /// Reads a tag pattern; the first `=` ends the key.
    ///
    /// # Errors
    /// If there is no key, or the pattern cannot be read.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(Pattern::parse(value)?)),
            None => (text, None),
        };
        if key.is_empty() {
            return Err(PatternError::NoKey(text.to_owned()));
        }
        Ok(Self {
            key: key.to_owned(),
            value,
        })
    }

    pub(super) fn of_words(key: &str, alternatives: &[&str]) -> Self {
        Self {
            key: key.to_owned(),
            value: Some(Pattern::of_words(alternatives)),
        }
    }

    /// Whether it is true of a tag.
    #[must_use]
    pub fn matches(&self, key: &str, value: &str) -> bool {
        self.key.to_lowercase() == key.to_lowercase()
            && self
                .value
                .as_ref()
                .is_none_or(|pattern| pattern.matches(value))
    }
}

impl fmt::Display for TagPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(formatter, "{}={value}", self.key),
            None => formatter.write_str(&self.key),
        }
    }
}

impl std::str::FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}

impl std::str::FromStr for TagPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_stay_within_a_segment_unless_told() {
        for (pattern, text, expected) in [
            ("Workloads/*", "workloads/PROD", true),
            ("Workloads/*", "Workloads/Prod/Team", false),
            ("Workloads/**", "Workloads/Prod/Team", true),
            ("shop-?", "shop-1", true),
            ("{shop,cart}-*", "cart-prod", true),
            ("prod", "product", false),
            ("word:prod|production", "Shop Production", true),
            ("word:prod|production", "product", false),
            ("word:prod", "non-prod", false),
            ("word:log-archive", "acme-log-archive", true),
        ] {
            assert_eq!(
                Pattern::parse(pattern).unwrap().matches(text),
                expected,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn tags_have_a_key_and_perhaps_a_value() {
        for (pattern, key, value, expected) in [
            ("Environment=prod*", "environment", "PRODUCTION", true),
            ("environment=word:prod", "Environment", "non-prod", false),
            ("legacy", "legacy", "", true),
            ("legacy", "legacy2", "", false),
            ("a=b=c", "a", "b=c", true),
        ] {
            assert_eq!(
                TagPattern::parse(pattern).unwrap().matches(key, value),
                expected,
                "{pattern} {key}={value}"
            );
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for bad in ["", "word:", "word:a||b", "word:--", "[a", "{a"] {
            let error = Pattern::parse(bad).unwrap_err();
            assert!(error.to_string().contains("is not a pattern"), "{error}");
        }
        for bad in ["", "=x", "a=", "a=[b"] {
            assert!(TagPattern::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn patterns_are_shown_as_they_are_written() {
        for text in ["Workloads/*", "word:prod|live"] {
            assert_eq!(Pattern::parse(text).unwrap().to_string(), text);
            let tag = format!("env={text}");
            assert_eq!(TagPattern::parse(&tag).unwrap().to_string(), tag);
        }
        let made = Pattern::of_words(&["prod", "log-archive"]);
        assert_eq!(made, Pattern::parse("word:prod|log-archive").unwrap());
    }
}
