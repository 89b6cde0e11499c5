//! Wildcard patterns in linear time.
//!
//! Between its stars a pattern is a row of runs: texts in which `?` may stand for single characters.
//! The first run is fixed to the start, the last to the end, and each other run is taken where it
//! occurs first: earlier stars never need to give up what they took, because a later star can take
//! it as well. A run without `?` is found by the standard library's two-way search; one with `?` by
//! the bit-parallel shift-and algorithm, 64 characters at a time.

use super::token::Token;

/// A pattern with at least one wildcard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Runs {
    first: Run,
    middle: Box<[Run]>,
    /// `None` when the pattern has no star, so that the first run is all of it.
    last: Option<Run>,
}

/// Characters in a row; `None` is a `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Run {
    Literal(Box<str>),
    Wild(Box<Wild>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wild {
    characters: Box<[Option<char>]>,
    /// For each character of the run its places, as bits; sorted by character. Empty when the run
    /// is too long for a word.
    places: Box<[(char, u64)]>,
    /// The places of `?`.
    any: u64,
}

impl Runs {
    /// From tokens without variables.
    pub(super) fn compile(tokens: &[Token]) -> Self {
        let mut runs = tokens
            .split(|token| matches!(token, Token::Star))
            .map(Run::compile);
        let first = runs.next().unwrap_or_else(|| Run::compile(&[]));
        let mut middle: Vec<Run> = runs.collect();
        let last = middle.pop();
        Self {
            first,
            middle: middle.into(),
            last,
        }
    }

    pub(super) fn match_whole(&self, text: &str) -> bool {
        let Some(mut rest) = self.first.after_prefix(text) else {
            return false;
        };
        let Some(last) = &self.last else {
            return rest.is_empty();
        };
        let Some(before) = last.before_suffix(rest) else {
            return false;
        };
        rest = before;
        for run in &self.middle {
            match run.after_first(rest) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        true
    }
}

impl Run {
    fn compile(tokens: &[Token]) -> Self {
        match tokens {
            [] => return Self::Literal("".into()),
            [Token::Literal(text)] => return Self::Literal(text.clone()),
            _ => {}
        }
        let characters: Box<[Option<char>]> = tokens
            .iter()
            .flat_map(|token| match token {
                Token::Literal(text) => text.chars().map(Some).collect(),
                _ => vec![None],
            })
            .collect();
        let mut places: Vec<(char, u64)> = Vec::new();
        let mut any = 0;
        if characters.len() <= 64 {
            for (place, character) in characters.iter().enumerate() {
                let bit = 1_u64 << place;
                match character {
                    None => any |= bit,
                    Some(character) => {
                        match places.binary_search_by_key(character, |(known, _)| *known) {
                            Ok(at) => {
                                if let Some((_, bits)) = places.get_mut(at) {
                                    *bits |= bit;
                                }
                            }
                            Err(at) => places.insert(at, (*character, bit)),
                        }
                    }
                }
            }
        }
        Self::Wild(Box::new(Wild {
            characters,
            places: places.into(),
            any,
        }))
    }

    /// What follows the run at the start of the text.
    fn after_prefix<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Literal(literal) => text.strip_prefix(&**literal),
            Self::Wild(wild) => {
                let mut rest = text.chars();
                for expected in &wild.characters {
                    let actual = rest.next()?;
                    if expected.is_some_and(|expected| expected != actual) {
                        return None;
                    }
                }
                Some(rest.as_str())
            }
        }
    }

    /// What precedes the run at the end of the text.
    fn before_suffix<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Literal(literal) => text.strip_suffix(&**literal),
            Self::Wild(wild) => {
                let mut rest = text.chars();
                for expected in wild.characters.iter().rev() {
                    let actual = rest.next_back()?;
                    if expected.is_some_and(|expected| expected != actual) {
                        return None;
                    }
                }
                Some(rest.as_str())
            }
        }
    }

    /// What follows the first occurrence of the run.
    fn after_first<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Literal(literal) => {
                let at = text.find(&**literal)?;
                text.get(at + literal.len()..)
            }
            Self::Wild(wild) if wild.characters.len() <= 64 => wild.after_first(text),
            // Longer than any ARN: try every place.
            Self::Wild(_) => {
                let mut rest = text.chars();
                loop {
                    if let Some(after) = self.after_prefix(rest.as_str()) {
                        return Some(after);
                    }
                    rest.next()?;
                }
            }
        }
    }
}

impl Wild {
    /// Bit `n` of the state says that the last `n + 1` characters fit the first `n + 1` of the run.
    fn after_first<'t>(&self, text: &'t str) -> Option<&'t str> {
        let accepting =
            1_u64.checked_shl(u32::try_from(self.characters.len()).ok()?.checked_sub(1)?)?;
        let mut state = 0_u64;
        let mut rest = text.chars();
        for character in rest.by_ref() {
            let fits = self
                .places
                .binary_search_by_key(&character, |(known, _)| *known)
                .ok()
                .and_then(|at| self.places.get(at))
                .map_or(0, |(_, bits)| *bits);
            state = ((state << 1) | 1) & (fits | self.any);
            if state & accepting != 0 {
                return Some(rest.as_str());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::pattern::{Pattern, Reading};

    /// What the documentation says, without a thought for time.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), _) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
            (Some(('?', rest)), Some((_, after))) => naive(rest, after),
            (Some((expected, rest)), Some((actual, after))) => {
                expected == actual && naive(rest, after)
            }
            _ => false,
        }
    }

    fn words(alphabet: &[char], longest: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..longest {
            let until = all.len();
            for index in from..until {
                for character in alphabet {
                    all.push(format!("{}{character}", all[index]));
                }
            }
            from = until;
        }
        all
    }

    #[test]
    fn every_short_pattern_matches_as_said() {
        let reading = Reading {
            wildcards: true,
            variables: false,
            fold: false,
        };
        let texts = words(&['a', 'é'], 5);
        for source in words(&['a', 'é', '*', '?'], 5) {
            let pattern = Pattern::compile(&source, reading);
            let characters: Vec<char> = source.chars().collect();
            for text in &texts {
                let expected = naive(&characters, &text.chars().collect::<Vec<_>>());
                assert_eq!(pattern.matches(text), expected, "{source} on {text}");
            }
        }
    }

    #[test]
    fn long_runs_with_question_marks() {
        let reading = Reading {
            wildcards: true,
            variables: false,
            fold: false,
        };
        for length in [63, 64, 65, 200] {
            let run = format!("{}?b", "a".repeat(length - 2));
            let pattern = Pattern::compile(&format!("*{run}*"), reading);
            let text = format!("{}cbx", "a".repeat(length + 3));
            assert!(pattern.matches(&text), "{length}");
            assert!(!pattern.matches(&text.replace('b', "d")), "{length}");
        }
    }
}
