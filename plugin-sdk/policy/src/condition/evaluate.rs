//! Whether a condition holds.

use super::Condition;
use super::operator::{OperatorKind, Quantifier};
use crate::context::{Fact, Facts};
use crate::truth::Truth;

impl Condition {
    /// Whether the condition holds; [`Truth::Maybe`] when that depends on open keys.
    pub(crate) fn truth(&self, facts: &Facts<'_>) -> Truth {
        let fact = facts.lookup(&self.key);
        if self.operator.kind == OperatorKind::Null {
            return self.null(fact);
        }
        match fact {
            Fact::Unknown => self.open(facts, true),
            Fact::Present => self.open(facts, false),
            Fact::Since(moment) => self.since(moment),
            Fact::Absent => self.operator.holds_when_absent().into(),
            Fact::One(value) => self.present(std::iter::once(value), facts),
            // An empty text is an empty set to the set operators.
            Fact::Values([only]) if only.is_empty() && self.operator.quantifier.is_some() => {
                self.operator.holds_when_absent().into()
            }
            Fact::Values(values) => self.present(values.iter().map(String::as_str), facts),
        }
    }

    /// A key whose value is open, and perhaps whether the request has it. Values that match nothing (their
    /// variable has no value) decide all the same.
    fn open(&self, facts: &Facts<'_>, perhaps_absent: bool) -> Truth {
        if !self.values.iter().all(|value| value.matches_nothing(facts)) {
            return Truth::Maybe;
        }
        let present = Truth::False.flip_if(self.operator.negated);
        let absent = Truth::from(self.operator.holds_when_absent());
        if perhaps_absent && present != absent {
            Truth::Maybe
        } else {
            present
        }
    }

    /// A key that has one value, an instant no earlier than this.
    fn since(&self, moment: &str) -> Truth {
        let values = self.values.iter();
        values
            .fold(Truth::False, |any, value| {
                any.or(value.matches_since(moment))
            })
            .flip_if(self.operator.negated)
    }

    /// `Null: true` asks that the key is absent, `Null: false` that it is there.
    fn null(&self, fact: Fact<'_>) -> Truth {
        let absent = match fact {
            Fact::Unknown => {
                let either = |wanted| {
                    self.values
                        .iter()
                        .any(|value| value.boolean() == Some(wanted))
                };
                return match (either(true), either(false)) {
                    (true, true) => Truth::True,
                    (false, false) => Truth::False,
                    _ => Truth::Maybe,
                };
            }
            Fact::Absent => true,
            Fact::Values([only]) => only.is_empty(),
            Fact::Values(_) | Fact::One(_) | Fact::Present | Fact::Since(_) => false,
        };
        self.values
            .iter()
            .any(|value| value.boolean() == Some(absent))
            .into()
    }

    /// Several values in the policy are alternatives (none may match for a negated operator);
    /// several in the request are taken together by the set operator. Without one, a request with
    /// several values is judged as if any of them were the value.
    fn present<'v>(&self, actuals: impl Iterator<Item = &'v str>, facts: &Facts<'_>) -> Truth {
        let negated = self.operator.negated;
        let each = |actual: &str| {
            let mut any = Truth::False;
            for value in &self.values {
                any = any.or(value.matches(actual, facts));
                if any == Truth::True {
                    break;
                }
            }
            any
        };
        match self.operator.quantifier {
            None => actuals
                .fold(Truth::False, |any, actual| any.or(each(actual)))
                .flip_if(negated),
            Some(Quantifier::ForAnyValue) => actuals.fold(Truth::False, |any, actual| {
                any.or(each(actual).flip_if(negated))
            }),
            Some(Quantifier::ForAllValues) => actuals.fold(Truth::True, |all, actual| {
                all.and(each(actual).flip_if(negated))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::Operator;
    use crate::context::Context;

    fn holds(operator: &str, values: &[&str], actual: Option<&[&str]>) -> bool {
        let operator = Operator::parse(operator).unwrap();
        let values = values.iter().map(ToString::to_string).collect();
        let condition = Condition::compile(operator, "k:K", values, true);
        let mut context = Context::new();
        if let Some(actual) = actual {
            context.insert("K:k", actual.iter().copied());
        }
        match condition.truth(&Facts::concrete(&context)) {
            Truth::Maybe => panic!("nothing is open"),
            truth => truth == Truth::True,
        }
    }

    #[test]
    fn operators() {
        let one = |operator, value, actual| holds(operator, &[value], Some(&[actual]));
        assert!(one("StringEquals", "a*", "a*") && !one("StringEquals", "a*", "ab"));
        assert!(
            one("StringEqualsIgnoreCase", "Ab", "aB")
                && !one("StringNotEqualsIgnoreCase", "Ab", "aB")
        );
        assert!(one("StringLike", "a?c*", "abcd") && one("StringNotLike", "a?c", "abcd"));
        assert!(one("NumericLessThan", "10", "9.5") && !one("NumericLessThan", "10", "10"));
        assert!(
            one("NumericLessThanEquals", "10", "10") && one("NumericGreaterThan", "1.1", "1.2")
        );
        assert!(one("NumericEquals", "10", "10.0") && !one("NumericEquals", "x", "x"));
        assert!(one("DateGreaterThan", "2020-01-01T00:00:00Z", "1700000000"));
        assert!(one("Bool", "true", "True") && !one("Bool", "true", "yes"));
        assert!(
            one("BinaryEquals", "QmluYXJ5", "QmluYXJ5") && !one("BinaryEquals", "QQ==", "Qg==")
        );
        assert!(
            one("IpAddress", "203.0.113.0/24", "203.0.113.7")
                && !one("IpAddress", "203.0.113.7", "203.0.113.8")
        );
        assert!(
            one("IpAddress", "2001:db8::/32", "2001:db8::1")
                && one("NotIpAddress", "2001:db8::/32", "10.0.0.1")
        );
        assert!(one(
            "ArnLike",
            "arn:aws:sns:*:1:a*",
            "arn:aws:sns:us-east-1:1:a:b"
        ));
        assert!(!one(
            "ArnEquals",
            "arn:aws:sns:*:a",
            "arn:aws:sns:us-east-1:1:a"
        ));
        assert!(one(
            "ArnNotLike",
            "arn:aws:sns:*:1:a",
            "arn:aws:sns:us-east-1:1:b"
        ));
    }

    #[test]
    fn absent_keys() {
        for (operator, expected) in [
            ("StringEquals", false),
            ("StringNotEquals", true),
            ("StringEqualsIfExists", true),
            ("ForAllValues:StringEquals", true),
            ("ForAnyValue:StringEquals", false),
            ("ForAnyValue:StringNotEquals", false),
            ("NotIpAddress", true),
            ("Bool", false),
            ("BoolIfExists", true),
            ("ArnNotLike", true),
        ] {
            assert_eq!(holds(operator, &["true"], None), expected, "{operator}");
        }
        assert!(holds("Null", &["true"], None) && !holds("Null", &["false"], None));
        assert!(holds("Null", &["false"], Some(&["x"])) && !holds("Null", &["true"], Some(&["x"])));
    }

    #[test]
    fn set_operators() {
        let values = &["a", "b"];
        assert!(holds(
            "ForAllValues:StringEquals",
            values,
            Some(&["a", "b"])
        ));
        assert!(!holds(
            "ForAllValues:StringEquals",
            values,
            Some(&["a", "c"])
        ));
        assert!(holds("ForAnyValue:StringEquals", values, Some(&["a", "c"])));
        assert!(!holds("ForAnyValue:StringEquals", values, Some(&["c"])));
        assert!(holds(
            "ForAnyValue:StringNotEquals",
            values,
            Some(&["a", "c"])
        ));
        assert!(!holds(
            "ForAllValues:StringNotEquals",
            values,
            Some(&["a", "c"])
        ));
        assert!(
            !holds("StringNotEquals", values, Some(&["a"]))
                && holds("StringNotEquals", values, Some(&["c"]))
        );
    }

    #[test]
    fn nothing_equals_a_variable_without_value() {
        assert!(!holds("StringEquals", &["${aws:username}"], Some(&["ann"])));
        assert!(holds(
            "StringNotEquals",
            &["${aws:username}"],
            Some(&["ann"])
        ));
        assert!(holds(
            "StringEquals",
            &["${aws:username, 'ann'}"],
            Some(&["ann"])
        ));
    }
}
