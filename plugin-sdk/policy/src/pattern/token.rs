//! Cutting a pattern's text into tokens: literals, wildcards and policy variables.
//!
//! Source: AWS IAM User Guide, "IAM policy elements: Variables and tags"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use super::Reading;

/// One piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Literal(Box<str>),
    Star,
    Question,
    Variable(Variable),
}

/// `${key}` or `${key, 'default'}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// The condition key, lower case.
    pub(super) key: Box<str>,
    pub(super) default: Option<Box<str>>,
}

pub(super) fn tokenize(source: &str, reading: Reading) -> Vec<Token> {
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
            other if reading.fold => literal.push(other.to_ascii_lowercase()),
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
