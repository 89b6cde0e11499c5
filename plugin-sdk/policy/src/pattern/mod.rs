//! Text patterns of the policy language: wildcards and policy variables, compiled once.
//!
//! `*` stands for any run of characters (none included, `/` and `:` included), `?` for exactly one.
//! Patterns and texts come from strangers, so matching neither recurses nor allocates, and it takes
//! steps in proportion to pattern and text (`run`). Only a pattern with a policy variable, whose
//! text is known at the request alone, may take their product (`backtrack`).
//!
//! Sources: AWS IAM User Guide, "IAM JSON policy elements: Resource"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html> and
//! "IAM policy elements: Variables and tags"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

mod backtrack;
mod run;
mod token;

use backtrack::{Piece, glob};
use run::Runs;
use token::{Token, tokenize};

use crate::context::{Fact, Facts};
use crate::truth::Truth;

/// How a pattern's text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// `*` and `?` are wildcards (not so in `StringEquals`).
    pub(crate) wildcards: bool,
    /// `${…}` is a policy variable (not so in policies of version 2008-10-17, nor in actions).
    pub(crate) variables: bool,
    /// Upper and lower case of ASCII are the same; texts are given in lower case (actions).
    pub(crate) fold: bool,
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
    Glob(Box<Runs>),
    /// At least one variable.
    Template(Box<[Token]>),
}

impl Pattern {
    /// A pattern with the wildcards `*` and `?`, as in a condition on strings; no policy variables.
    ///
    /// ```
    /// let pattern = blastwall_policy::Pattern::glob("repo:acme/*");
    /// assert!(pattern.matches("repo:acme/web:pull_request"));
    /// assert!(!pattern.matches("repo:other/web"));
    /// ```
    #[must_use]
    pub fn glob(source: &str) -> Self {
        Self::compile(
            source,
            Reading {
                wildcards: true,
                variables: false,
                fold: false,
            },
        )
    }

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
                _ => Shape::Glob(Box::new(Runs::compile(&tokens))),
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

    /// Matches a text; a policy variable matches nothing. With regard to case, except that patterns
    /// of actions must be given texts in lower case.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Any => true,
            Shape::Exact(literal) => **literal == *text,
            Shape::Prefix(prefix) => text.starts_with(&**prefix),
            Shape::Glob(runs) => runs.match_whole(text),
            Shape::Template(_) => false,
        }
    }

    /// Matches a text, taking policy variables from `facts`.
    ///
    /// A variable's value and its default are literal text: a tag with the value `*` opens nothing.
    /// A key with more than one value cannot be used as a variable. A pattern whose variable has no
    /// value matches nothing, so that a negated comparison with it holds: "Inverted condition
    /// operators like `StringNotEquals` or `StringNotLike` do match against a null value", and in
    /// `Resource` or `NotResource` it "will not match any resource".
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value>
    pub(crate) fn matches_with(&self, text: &str, facts: &Facts<'_>) -> Truth {
        match &self.shape {
            Shape::Template(tokens) => fill(tokens, text, false, facts),
            _ => self.matches(text).into(),
        }
    }

    /// The same without regard to ASCII case, for a pattern without wildcards.
    pub(crate) fn equals_ignoring_case(&self, text: &str, facts: &Facts<'_>) -> Truth {
        match &self.shape {
            Shape::Template(tokens) => fill(tokens, text, true, facts),
            Shape::Exact(literal) => literal.eq_ignore_ascii_case(text).into(),
            _ => Truth::False,
        }
    }

    /// Whether no text matches, because a variable in it is known to have no value.
    pub(crate) fn matches_nothing(&self, facts: &Facts<'_>) -> bool {
        match &self.shape {
            Shape::Template(tokens) => tokens.iter().any(|token| resolve(token, facts).0.is_none()),
            _ => false,
        }
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

/// How many tokens of a template are looked up once; those beyond are looked up at each visit.
const RESOLVED: usize = 24;

/// Matches a pattern with variables.
fn fill(tokens: &[Token], text: &str, fold: bool, facts: &Facts<'_>) -> Truth {
    let mut open = false;
    let mut resolved = [Piece::Star; RESOLVED];
    for (index, token) in tokens.iter().enumerate() {
        let (piece, known) = resolve(token, facts);
        let Some(piece) = piece else {
            return Truth::False;
        };
        open |= !known;
        if let Some(slot) = resolved.get_mut(index) {
            *slot = piece;
        }
    }
    let pieces = |index: usize| {
        let token = tokens.get(index)?;
        match resolved.get(index) {
            Some(piece) => Some(*piece),
            None => resolve(token, facts).0,
        }
    };
    match glob(pieces, text.as_bytes(), fold) {
        true if open => Truth::Maybe,
        matched => matched.into(),
    }
}

/// What a token stands for, and whether that is known; nothing for a variable without value.
fn resolve<'a>(token: &'a Token, facts: &Facts<'a>) -> (Option<Piece<'a>>, bool) {
    let piece = match token {
        Token::Literal(text) => Piece::Literal(text),
        Token::Star => Piece::Star,
        Token::Question => Piece::Question,
        Token::Variable(variable) => match (facts.lookup(&variable.key), &variable.default) {
            (Fact::One(value), _) => Piece::Literal(value),
            (Fact::Values([value]), _) => Piece::Literal(value),
            (Fact::Absent, Some(default)) => Piece::Literal(default),
            // It may be any text, and it may be absent.
            (Fact::Unknown | Fact::Present | Fact::Since(_), _) => {
                return (Some(Piece::Star), false);
            }
            (Fact::Absent | Fact::Values(_), _) => return (None, true),
        },
    };
    (Some(piece), true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    const ALL: Reading = Reading {
        wildcards: true,
        variables: true,
        fold: false,
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
        let check =
            |pattern: &str, text: &str| Pattern::compile(pattern, ALL).matches_with(text, &facts);
        assert_eq!(check("home/${aws:UserName}/*", "home/ann/k"), Truth::True);
        assert_eq!(check("home/${aws:userid}/*", "home/ann/k"), Truth::False);
        assert_eq!(
            check("home/${aws:userid, 'x}y'}/*", "home/x}y/k"),
            Truth::True
        );
        assert_eq!(check("${*}a", "*a"), Truth::True);
        assert_eq!(check("${*}a", "ba"), Truth::False);
        assert_eq!(check("${", "${"), Truth::True);
    }
}
