//! Operator names taken apart: `ForAnyValue:StringNotLikeIfExists` is a kind and three flags.

use std::fmt;

/// A condition operator with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// What is compared and how.
    pub kind: OperatorKind,
    /// One of the `Not` forms.
    pub negated: bool,
    /// How the values of the request are taken together; `None` for single-valued use.
    pub quantifier: Option<Quantifier>,
    /// Satisfied by a key that is absent.
    pub if_exists: bool,
}

/// What an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorKind {
    /// Exact text.
    StringEquals,
    /// Text without regard to case.
    StringEqualsIgnoreCase,
    /// Text with wildcards.
    StringLike,
    /// Numbers.
    Numeric(Comparison),
    /// Instants.
    Date(Comparison),
    /// `true` or `false`.
    Bool,
    /// Base64 text.
    BinaryEquals,
    /// An address in a block.
    IpAddress,
    /// ARNs, part by part, with wildcards; `ArnEquals` and `ArnLike` are the same.
    Arn {
        /// Whether the policy wrote the `Like` form.
        like: bool,
    },
    /// Presence of the key.
    Null,
}

/// The order asked for by numeric and date operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// The request's value is smaller.
    Less,
    /// Smaller or the same.
    LessOrEqual,
    /// The request's value is greater.
    Greater,
    /// Greater or the same.
    GreaterOrEqual,
}

/// The set operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// Every value of the request must match; none is enough.
    ForAllValues,
    /// One value of the request must match.
    ForAnyValue,
}

const KINDS: [(&str, OperatorKind, bool); 28] = {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    use OperatorKind::{
        Arn, BinaryEquals, Bool, Date, IpAddress, Null, Numeric, StringEquals,
        StringEqualsIgnoreCase, StringLike,
    };
    [
        ("StringEquals", StringEquals, false),
        ("StringNotEquals", StringEquals, true),
        ("StringEqualsIgnoreCase", StringEqualsIgnoreCase, false),
        ("StringNotEqualsIgnoreCase", StringEqualsIgnoreCase, true),
        ("StringLike", StringLike, false),
        ("StringNotLike", StringLike, true),
        ("NumericEquals", Numeric(Equal), false),
        ("NumericNotEquals", Numeric(Equal), true),
        ("NumericLessThan", Numeric(Less), false),
        ("NumericLessThanEquals", Numeric(LessOrEqual), false),
        ("NumericGreaterThan", Numeric(Greater), false),
        ("NumericGreaterThanEquals", Numeric(GreaterOrEqual), false),
        ("DateEquals", Date(Equal), false),
        ("DateNotEquals", Date(Equal), true),
        ("DateLessThan", Date(Less), false),
        ("DateLessThanEquals", Date(LessOrEqual), false),
        ("DateGreaterThan", Date(Greater), false),
        ("DateGreaterThanEquals", Date(GreaterOrEqual), false),
        ("Bool", Bool, false),
        ("BinaryEquals", BinaryEquals, false),
        ("IpAddress", IpAddress, false),
        ("NotIpAddress", IpAddress, true),
        ("ArnEquals", Arn { like: false }, false),
        ("ArnNotEquals", Arn { like: false }, true),
        ("ArnLike", Arn { like: true }, false),
        ("ArnNotLike", Arn { like: true }, true),
        ("Null", Null, false),
        // Not in the reference, and still accepted and found in old policies.
        ("BoolNotEquals", Bool, true),
    ]
};

impl Operator {
    /// Reads an operator's name; `None` when the language does not have it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (quantifier, rest) = match name.split_once(':') {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Some(Quantifier::ForAllValues), rest)
            }
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(Quantifier::ForAnyValue), rest)
            }
            Some(_) => return None,
            None => (None, name),
        };
        let suffix = rest.len().checked_sub("IfExists".len()).filter(|at| {
            rest.get(*at..)
                .is_some_and(|suffix| suffix.eq_ignore_ascii_case("IfExists"))
        });
        let (base, if_exists) = match suffix {
            Some(at) => (rest.get(..at)?, true),
            None => (rest, false),
        };
        let (_, kind, negated) = KINDS
            .iter()
            .copied()
            .find(|(known, ..)| known.eq_ignore_ascii_case(base))?;
        // "You cannot use IfExists with Null": the question whether a key exists has no such form.
        if kind == OperatorKind::Null && if_exists {
            return None;
        }
        Some(Self {
            kind,
            negated,
            quantifier,
            if_exists,
        })
    }

    /// Whether a request without the key satisfies the condition.
    ///
    /// A missing key fails a positive operator and satisfies a negated one, `…IfExists` and
    /// `ForAllValues`; `ForAnyValue` needs a value.
    pub(crate) fn holds_when_absent(self) -> bool {
        self.if_exists
            || match self.quantifier {
                Some(Quantifier::ForAllValues) => true,
                Some(Quantifier::ForAnyValue) => false,
                None => self.negated,
            }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quantifier {
            Some(Quantifier::ForAllValues) => formatter.write_str("ForAllValues:")?,
            Some(Quantifier::ForAnyValue) => formatter.write_str("ForAnyValue:")?,
            None => {}
        }
        let name = KINDS
            .iter()
            .find(|(_, kind, negated)| *kind == self.kind && *negated == self.negated)
            .map_or("", |(name, ..)| name);
        formatter.write_str(name)?;
        if self.if_exists {
            formatter.write_str("IfExists")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for (name, ..) in KINDS {
            for prefix in ["", "ForAllValues:", "ForAnyValue:"] {
                for suffix in ["", "IfExists"] {
                    let full = format!("{prefix}{name}{suffix}");
                    match Operator::parse(&full) {
                        Some(operator) => assert_eq!(operator.to_string(), full),
                        None => assert!(name == "Null" && suffix == "IfExists", "{full}"),
                    }
                }
            }
        }
        assert!(Operator::parse("Foo:StringEquals").is_none());
        assert!(Operator::parse("é").is_none());
    }
}
