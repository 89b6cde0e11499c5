//! The right side of a condition, compiled for its operator, and one comparison with it.

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;

use super::date;
use super::operator::{Comparison, OperatorKind};
use crate::arn;
use crate::context::Facts;
use crate::pattern::{Pattern, Reading};
use crate::truth::Truth;

/// One value of a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionValue {
    text: Box<str>,
    matcher: Matcher,
}

#[derive(Clone, Debug, PartialEq)]
enum Matcher {
    Text(Pattern),
    TextIgnoringCase(Pattern),
    Arn(Box<[Pattern; 6]>),
    Anything,
    Number(Comparison, Number),
    Date(Comparison, i128),
    Bool(bool),
    Ip(IpNet),
    Binary,
    /// The text does not suit the operator, so that no request can match it.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    Whole(i128),
    Decimal(f64),
}

impl ConditionValue {
    pub(super) fn compile(kind: OperatorKind, text: String, variables: bool) -> Self {
        let exact = Reading {
            wildcards: false,
            variables,
            fold: false,
        };
        let like = Reading {
            wildcards: true,
            variables,
            fold: false,
        };
        let matcher = match kind {
            OperatorKind::StringEquals => Matcher::Text(Pattern::compile(&text, exact)),
            OperatorKind::StringLike => Matcher::Text(Pattern::compile(&text, like)),
            OperatorKind::StringEqualsIgnoreCase => {
                Matcher::TextIgnoringCase(Pattern::compile(&text, exact))
            }
            OperatorKind::Arn { .. } => arn_matcher(&text, like),
            OperatorKind::Numeric(comparison) => {
                number(&text).map_or(Matcher::Nothing, |value| Matcher::Number(comparison, value))
            }
            OperatorKind::Date(comparison) => date::parse(&text)
                .map_or(Matcher::Nothing, |value| Matcher::Date(comparison, value)),
            OperatorKind::Bool | OperatorKind::Null => {
                boolean(&text).map_or(Matcher::Nothing, Matcher::Bool)
            }
            OperatorKind::BinaryEquals => Matcher::Binary,
            OperatorKind::IpAddress => block(&text).map_or(Matcher::Nothing, Matcher::Ip),
        };
        Self {
            text: text.into(),
            matcher,
        }
    }

    /// The value as the policy has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address block of an IP operator's value.
    #[must_use]
    pub fn address_block(&self) -> Option<IpNet> {
        match self.matcher {
            Matcher::Ip(block) => Some(block),
            _ => None,
        }
    }

    /// The truth value of a `Bool` or `Null` operator's value.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match self.matcher {
            Matcher::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the value is one fixed text: neither wildcard nor policy variable, whatever the
    /// operator makes of them.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        !self.text.contains(['*', '?']) && !self.text.contains("${")
    }

    /// The condition keys its policy variables name, lower case.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let patterns: &[Pattern] = match &self.matcher {
            Matcher::Text(pattern) | Matcher::TextIgnoringCase(pattern) => {
                std::slice::from_ref(pattern)
            }
            Matcher::Arn(patterns) => &**patterns,
            _ => &[],
        };
        patterns.iter().flat_map(Pattern::variables)
    }

    /// Whether it matches no value that a request could have.
    pub(super) fn matches_nothing(&self, facts: &Facts<'_>) -> bool {
        match &self.matcher {
            Matcher::Text(pattern) | Matcher::TextIgnoringCase(pattern) => {
                pattern.matches_nothing(facts)
            }
            Matcher::Arn(patterns) => patterns
                .iter()
                .any(|pattern| pattern.matches_nothing(facts)),
            Matcher::Nothing => true,
            Matcher::Anything
            | Matcher::Number(..)
            | Matcher::Date(..)
            | Matcher::Bool(_)
            | Matcher::Ip(_)
            | Matcher::Binary => false,
        }
    }

    /// Compares one value of the request.
    pub(super) fn matches(&self, actual: &str, facts: &Facts<'_>) -> Truth {
        let known = Truth::from;
        match &self.matcher {
            Matcher::Text(pattern) => pattern.matches_with(actual, facts),
            Matcher::TextIgnoringCase(pattern) => pattern.equals_ignoring_case(actual, facts),
            Matcher::Arn(patterns) => arn_matches(patterns, actual, facts),
            Matcher::Anything => known(true),
            Matcher::Number(comparison, value) => known(
                number(actual).is_some_and(|actual| holds(*comparison, compare(actual, *value))),
            ),
            Matcher::Date(comparison, value) => known(
                date::parse(actual)
                    .is_some_and(|actual| holds(*comparison, Some(actual.cmp(value)))),
            ),
            Matcher::Bool(value) => known(boolean(actual) == Some(*value)),
            Matcher::Ip(expected) => {
                known(block(actual).is_some_and(|actual| expected.contains(&actual)))
            }
            Matcher::Binary => known(unpadded(&self.text) == unpadded(actual)),
            Matcher::Nothing => known(false),
        }
    }
}

impl ConditionValue {
    /// Compares an instant of which only the earliest that it can be is known.
    pub(super) fn matches_since(&self, moment: &str) -> Truth {
        let Some(earliest) = date::parse(moment) else {
            return Truth::Maybe;
        };
        match self.matcher {
            Matcher::Date(comparison, value) => from_on(comparison, Some(earliest.cmp(&value))),
            Matcher::Number(comparison, value) => {
                let earliest = Number::Whole(earliest.div_euclid(date::NANOSECONDS));
                from_on(comparison, compare(earliest, value))
            }
            Matcher::Nothing => Truth::False,
            Matcher::Anything => Truth::True,
            Matcher::Text(_)
            | Matcher::TextIgnoringCase(_)
            | Matcher::Arn(_)
            | Matcher::Bool(_)
            | Matcher::Ip(_)
            | Matcher::Binary => Truth::Maybe,
        }
    }
}

/// Whether a comparison holds for everything that is no smaller than what compares like this.
fn from_on(comparison: Comparison, earliest: Option<Ordering>) -> Truth {
    let Some(earliest) = earliest else {
        return Truth::Maybe;
    };
    match comparison {
        Comparison::Less if earliest.is_ge() => Truth::False,
        Comparison::LessOrEqual | Comparison::Equal if earliest.is_gt() => Truth::False,
        Comparison::Greater if earliest.is_gt() => Truth::True,
        Comparison::GreaterOrEqual if earliest.is_ge() => Truth::True,
        _ => Truth::Maybe,
    }
}

/// Each of the six parts is compared by itself, so that `*` does not cross a colon; only in the
/// last part, which keeps its own colons, it may.
fn arn_matcher(text: &str, reading: Reading) -> Matcher {
    if text == "*" {
        return Matcher::Anything;
    }
    let mut fields = Vec::with_capacity(6);
    let mut start = 0;
    let mut in_variable = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if reading.variables => in_variable = true,
            b'}' => in_variable = false,
            b':' if !in_variable && fields.len() < 5 => {
                fields.push(Pattern::compile(
                    text.get(start..at).unwrap_or_default(),
                    reading,
                ));
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(Pattern::compile(
        text.get(start..).unwrap_or_default(),
        reading,
    ));
    <[Pattern; 6]>::try_from(fields).map_or(Matcher::Nothing, |parts| Matcher::Arn(Box::new(parts)))
}

fn arn_matches(patterns: &[Pattern; 6], actual: &str, facts: &Facts<'_>) -> Truth {
    let Some(parts) = arn::split(actual) else {
        return Truth::False;
    };
    let fields = [
        "arn",
        parts.partition,
        parts.service,
        parts.region,
        parts.account,
        parts.resource,
    ];
    patterns
        .iter()
        .zip(fields)
        .fold(Truth::True, |all, (pattern, field)| {
            all.and(pattern.matches_with(field, facts))
        })
}

fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Ok(whole) = text.parse::<i128>() {
        return Some(Number::Whole(whole));
    }
    // Rust also reads "inf" and "nan", which are no numbers here.
    let decimal = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'e' | b'E'));
    decimal
        .then(|| text.parse().ok())
        .flatten()
        .map(Number::Decimal)
}

fn compare(left: Number, right: Number) -> Option<Ordering> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a decimal on the other side is no more precise"
    )]
    let decimal = |number| match number {
        Number::Whole(value) => value as f64,
        Number::Decimal(value) => value,
    };
    match (left, right) {
        (Number::Whole(left), Number::Whole(right)) => Some(left.cmp(&right)),
        _ => decimal(left).partial_cmp(&decimal(right)),
    }
}

fn holds(comparison: Comparison, ordering: Option<Ordering>) -> bool {
    ordering.is_some_and(|ordering| match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    })
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// An address without a prefix length is a single address.
fn block(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

fn unpadded(text: &str) -> &str {
    text.trim().trim_end_matches('=')
}
