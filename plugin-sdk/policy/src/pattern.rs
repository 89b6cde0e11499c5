//! Text patterns of the policy language: wildcards and policy variables, compiled once.
//!
//! `*` stands for any run of characters (none included, `/` and `:` included), `?` for exactly one.
//! Matching takes at most pattern length times text length steps and neither recurses nor, unless
//! the pattern has a policy variable, allocates: patterns and texts come from strangers.
//!
//! Sources: AWS IAM User Guide, "IAM JSON policy elements: Resource"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html> and
//! "IAM policy elements: Variables and tags"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use crate::context::{Fact, Facts};
use crate::truth::Truth;

/// How a pattern's text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// `*` and `?` are wildcards (not so in `StringEquals`).
    pub(crate) wildcards: bool,
    /// `${…}` is a policy variable (not so in policies of version 2008-10-17, nor in actions).
    pub(crate) variables: bool,
}

/// A compiled pattern; [`Pattern::as_str`] gives back what the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    source: Box<str>,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// Nothing but stars.
    Any,
    /// No wildcard and no variable.
    Exact(Box<str>),
    /// A literal and one trailing star.
    Prefix(Box<str>),
    /// Wildcards, no variables.
    Glob(Box<[Token]>),
    /// At least one variable.
    Template(Box<[Token]>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Literal(Box<str>),
    Star,
    Question,
    Variable(Variable),
}

/// `${key}` or `${key, 'default'}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// The condition key, lower case.
    pub(crate) key: Box<str>,
    default: Option<Box<str>>,
}

/// What a matcher needs to know of a token.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Literal(&'a str),
    Star,
    Question,
}

trait AsPiece {
    fn as_piece(&self) -> Piece<'_>;
}

impl AsPiece for Piece<'_> {
    fn as_piece(&self) -> Piece<'_> {
        *self
    }
}

impl AsPiece for Token {
    fn as_piece(&self) -> Piece<'_> {
        match self {
            Self::Literal(text) => Piece::Literal(text),
            Self::Star => Piece::Star,
            Self::Question => Piece::Question,
            // A variable of unknown value may be any text.
            Self::Variable(_) => Piece::Star,
        }
    }
}

/// The outcome of matching one text against one pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Matched {
    /// Whether it matches; a variable without value matches nothing.
    pub(crate) truth: Truth,
    /// The pattern names a variable that has no value in this request, or may have none.
    pub(crate) unresolved: bool,
}

impl Matched {
    /// An answer that does not depend on variables.
    pub(crate) fn known(truth: bool) -> Self {
        Self {
            truth: truth.into(),
            unresolved: false,
        }
    }
}

/// The negation of what patterns with variables came to.
///
/// AWS warns that a variable without value may void the whole statement and does not say when; so a
/// negated comparison must not be satisfied by one. A concrete decision takes the statement as
/// void, an open question leaves both ways open.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
pub(crate) fn negate_unless_void(truth: Truth, unresolved: bool, facts: &Facts<'_>) -> Truth {
    void_if(truth.negate(), unresolved, facts)
}

/// The truth of a negated comparison once it is known whether a variable lacks its value.
pub(crate) fn void_if(negated: Truth, unresolved: bool, facts: &Facts<'_>) -> Truth {
    match negated {
        Truth::False => Truth::False,
        _ if !unresolved => negated,
        _ if facts.is_open() => Truth::Maybe,
        _ => Truth::False,
    }
}

impl Pattern {
    /// Compiles `source`.
    pub(crate) fn compile(source: &str, reading: Reading) -> Self {
        let tokens = tokenize(source, reading);
        let shape = if tokens
            .iter()
            .any(|token| matches!(token, Token::Variable(_)))
        {
            Shape::Template(tokens.into())
        } else {
            match tokens.as_slice() {
                [] => Shape::Exact("".into()),
                [Token::Star] => Shape::Any,
                [Token::Literal(text)] => Shape::Exact(text.clone()),
                [Token::Literal(text), Token::Star] => Shape::Prefix(text.clone()),
                _ => Shape::Glob(tokens.into()),
            }
        };
        Self {
            source: source.into(),
            shape,
        }
    }

    /// The pattern as the policy has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether it matches every text.
    #[must_use]
    pub fn matches_everything(&self) -> bool {
        matches!(self.shape, Shape::Any)
    }

    /// Whether it is one fixed text: no wildcard and no policy variable.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        matches!(self.shape, Shape::Exact(_))
    }

    /// Matches a text with regard to case; a policy variable matches nothing.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.matches_plain(text, false)
    }

    /// Matches a text without regard to ASCII case; a policy variable matches nothing.
    #[must_use]
    pub fn matches_ignoring_case(&self, text: &str) -> bool {
        self.matches_plain(text, true)
    }

    fn matches_plain(&self, text: &str, fold: bool) -> bool {
        match &self.shape {
            Shape::Any => true,
            Shape::Exact(literal) => same(literal.as_bytes(), text.as_bytes(), fold),
            Shape::Prefix(prefix) => {
                starts_at(text.as_bytes(), 0, prefix.as_bytes(), fold).is_some()
            }
            Shape::Glob(tokens) => glob(tokens, text.as_bytes(), fold),
            Shape::Template(_) => false,
        }
    }

    /// Matches a text, taking policy variables from `facts`.
    ///
    /// A variable's value and its default are literal text: a tag with the value `*` opens nothing.
    /// A key with more than one value cannot be used as a variable.
    pub(crate) fn matches_with(&self, text: &str, fold: bool, facts: &Facts<'_>) -> Matched {
        let Shape::Template(tokens) = &self.shape else {
            return Matched::known(self.matches_plain(text, fold));
        };
        let mut pieces = Vec::with_capacity(tokens.len());
        let mut open = false;
        let mut unresolved = false;
        for token in tokens {
            pieces.push(match token {
                Token::Variable(variable) => match (facts.lookup(&variable.key), &variable.default)
                {
                    (Fact::One(value), _) => Piece::Literal(value),
                    (Fact::Values([value]), _) => Piece::Literal(value),
                    (Fact::Absent, Some(default)) => Piece::Literal(default),
                    // It may be any text, and it may be absent.
                    (Fact::Unknown, _) => {
                        open = true;
                        unresolved = true;
                        Piece::Star
                    }
                    (Fact::Absent | Fact::Values(_), _) => {
                        return Matched {
                            truth: Truth::False,
                            unresolved: true,
                        };
                    }
                },
                other => other.as_piece(),
            });
        }
        let matched = glob(&pieces, text.as_bytes(), fold);
        let truth = if matched && open {
            Truth::Maybe
        } else {
            matched.into()
        };
        Matched { truth, unresolved }
    }

    /// The keys of the policy variables in it, lower case.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let tokens: &[Token] = match &self.shape {
            Shape::Template(tokens) => tokens,
            _ => &[],
        };
        tokens.iter().filter_map(|token| match token {
            Token::Variable(variable) => Some(&*variable.key),
            _ => None,
        })
    }
}

fn tokenize(source: &str, reading: Reading) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut literal = String::new();
    let mut rest = source;
    while let Some(character) = rest.chars().next() {
        if reading.variables
            && let Some((token, after)) = variable(rest)
        {
            match token {
                Special::Character(escaped) => literal.push(escaped),
                Special::Variable(found) => {
                    flush(&mut tokens, &mut literal);
                    tokens.push(Token::Variable(found));
                }
            }
            rest = after;
            continue;
        }
        match character {
            '*' if reading.wildcards => {
                flush(&mut tokens, &mut literal);
                // A run of stars is one star; this also bounds the work of matching.
                if tokens.last() != Some(&Token::Star) {
                    tokens.push(Token::Star);
                }
            }
            '?' if reading.wildcards => {
                flush(&mut tokens, &mut literal);
                tokens.push(Token::Question);
            }
            other => literal.push(other),
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    flush(&mut tokens, &mut literal);
    tokens
}

fn flush(tokens: &mut Vec<Token>, literal: &mut String) {
    if !literal.is_empty() {
        tokens.push(Token::Literal(std::mem::take(literal).into()));
    }
}

enum Special {
    Character(char),
    Variable(Variable),
}

/// Bytes to look for the end of a variable, so that a text full of openings is read in linear time.
/// A key has at most 128 characters after its prefix (the limit of tag keys).
const LONGEST_VARIABLE: usize = 1_024;

/// Reads `${…}` at the start of `text`: a variable, or one of the escapes `${*}`, `${?}`, `${$}`.
/// Anything malformed is plain text.
fn variable(text: &str) -> Option<(Special, &str)> {
    let inner = text.strip_prefix("${")?;
    let inner = inner.get(..inner.floor_char_boundary(LONGEST_VARIABLE))?;
    // The default may itself hold a brace, so it is read up to its closing quote.
    let end = match (inner.find('}'), inner.find('\'')) {
        (Some(brace), Some(quote)) if quote < brace => {
            let after_quote = inner.get(quote + 1..)?;
            let close = quote + 1 + after_quote.find('\'')?;
            close + inner.get(close..)?.find('}')?
        }
        (Some(brace), _) => brace,
        (None, _) => return None,
    };
    let body = inner.get(..end)?;
    let after = text.get("${".len() + end + 1..)?;
    let special = match body {
        "*" => Special::Character('*'),
        "?" => Special::Character('?'),
        "$" => Special::Character('$'),
        _ => {
            let (key, default) = match body.split_once(',') {
                Some((key, default)) => {
                    let default = default.trim();
                    let default = default
                        .strip_prefix('\'')
                        .and_then(|text| text.strip_suffix('\''))
                        .unwrap_or(default);
                    (key, Some(default.into()))
                }
                None => (body, None),
            };
            Special::Variable(Variable {
                key: key.trim().to_ascii_lowercase().into(),
                default,
            })
        }
    };
    Some((special, after))
}

/// Backtracks to the last star only: earlier stars need not give up what they took, because the
/// later star can take it as well.
fn glob<T: AsPiece>(pieces: &[T], text: &[u8], fold: bool) -> bool {
    let mut piece = 0;
    let mut at = 0;
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let advanced = match pieces.get(piece).map(AsPiece::as_piece) {
            None if at == text.len() => return true,
            None => None,
            Some(Piece::Star) => {
                piece += 1;
                if piece == pieces.len() {
                    return true;
                }
                retry = Some((piece, at));
                continue;
            }
            Some(Piece::Literal(literal)) => starts_at(text, at, literal.as_bytes(), fold),
            Some(Piece::Question) => next_character(text, at),
        };
        match (advanced, retry) {
            (Some(next), _) => {
                piece += 1;
                at = next;
            }
            (None, None) => return false,
            (None, Some((after_star, from))) => {
                let Some(next) = next_character(text, from) else {
                    return false;
                };
                retry = Some((after_star, next));
                piece = after_star;
                at = next;
            }
        }
    }
}

/// The end of `literal` in `text` when it stands at `at`.
fn starts_at(text: &[u8], at: usize, literal: &[u8], fold: bool) -> Option<usize> {
    let end = at.checked_add(literal.len())?;
    same(text.get(at..end)?, literal, fold).then_some(end)
}

fn same(left: &[u8], right: &[u8], fold: bool) -> bool {
    if fold {
        left.eq_ignore_ascii_case(right)
    } else {
        left == right
    }
}

/// The start of the character after the one at `at`.
fn next_character(text: &[u8], at: usize) -> Option<usize> {
    text.get(at)?;
    let mut next = at + 1;
    while text
        .get(next)
        .is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000)
    {
        next += 1;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    const ALL: Reading = Reading {
        wildcards: true,
        variables: true,
    };

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::compile(pattern, ALL).matches(text)
    }

    #[test]
    fn wildcards() {
        assert!(matches("*", ""));
        assert!(matches("a*", "a"));
        assert!(matches("a*c", "abcbc"));
        assert!(!matches("a*c", "abcb"));
        assert!(matches("*.csv", "a/b.csv"));
        assert!(matches("a?c", "aéc"));
        assert!(!matches("a?c", "ac"));
        assert!(matches("*?x", "éx"));
        assert!(!matches("??", "é"));
        assert!(matches("a**b*", "axxb"));
    }

    #[test]
    fn hostile_pattern_ends() {
        let pattern = Pattern::compile(&"a*".repeat(500), ALL);
        assert!(!pattern.matches(&format!("{}b", "x".repeat(5_000))));
        assert!(
            !Pattern::compile(&format!("{}b", "*a".repeat(500)), ALL).matches(&"a".repeat(5_000))
        );
    }

    #[test]
    fn variables_and_escapes() {
        let mut context = Context::new();
        context.insert("aws:username", ["ann"]);
        let facts = Facts::concrete(&context);
        let check = |pattern: &str, text: &str| {
            Pattern::compile(pattern, ALL).matches_with(text, false, &facts)
        };
        assert_eq!(
            check("home/${aws:UserName}/*", "home/ann/k"),
            Matched::known(true)
        );
        assert!(check("home/${aws:userid}/*", "home/ann/k").unresolved);
        assert_eq!(
            check("home/${aws:userid, 'x}y'}/*", "home/x}y/k"),
            Matched::known(true)
        );
        assert_eq!(check("${*}a", "*a"), Matched::known(true));
        assert_eq!(check("${*}a", "ba"), Matched::known(false));
        assert_eq!(check("${", "${"), Matched::known(true));
    }
}
