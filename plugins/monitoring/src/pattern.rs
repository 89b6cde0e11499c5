//! The filter patterns of CloudWatch Logs for events in JSON.
//!
//! What a pattern catches is found out by trying it on events, so that it does not matter how it is
//! written. <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>

use blastwall_sdk::Value;

/// Groups within groups that are followed; AWS allows patterns of 1,024 characters.
const DEEPEST: usize = 64;

/// A pattern that was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pattern {
    /// All of these.
    And(Vec<Pattern>),
    /// Any of these.
    Or(Vec<Pattern>),
    /// One property, compared.
    Compare(Vec<Step>, Comparison),
}

/// A step from a value to one inside of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

/// What is asked of a property.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Comparison {
    /// Text with `*` for anything.
    Equals(String),
    Differs(String),
    Number(Ordering, f64),
    IsNull,
    IsTrue,
    IsFalse,
    Exists,
    NotExists,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ordering {
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Pattern {
    /// Reads a pattern; none if it is not one for JSON, has a regular expression, or is wrong.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
        let mut reader = Reader { rest: inside };
        let pattern = reader.any(0)?;
        reader.rest.trim().is_empty().then_some(pattern)
    }

    /// Whether it catches an event.
    pub(crate) fn catches(&self, event: &Value) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.catches(event)),
            Self::Or(any) => any.iter().any(|one| one.catches(event)),
            Self::Compare(path, comparison) => comparison.holds(find(event, path)),
        }
    }
}

fn find<'a>(event: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(event, |value, step| match step {
        Step::Name(name) => value.get(name),
        Step::Index(index) => value.get(index),
    })
}

impl Comparison {
    /// A property that is not there meets no comparison but the one that asks for it; that a text
    /// differs needs a text, too.
    fn holds(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Equals(pattern) => value.is_some_and(|value| is_like(value, pattern)),
            Self::Differs(pattern) => value.is_some_and(|value| !is_like(value, pattern)),
            Self::Number(ordering, bound) => {
                value
                    .and_then(Value::as_f64)
                    .is_some_and(|number| match ordering {
                        Ordering::Less => number < *bound,
                        Ordering::AtMost => number <= *bound,
                        Ordering::More => number > *bound,
                        Ordering::AtLeast => number >= *bound,
                    })
            }
            Self::IsNull => value.is_some_and(Value::is_null),
            Self::IsTrue => value.and_then(Value::as_bool) == Some(true),
            Self::IsFalse => value.and_then(Value::as_bool) == Some(false),
            Self::Exists => value.is_some(),
            Self::NotExists => value.is_none(),
        }
    }
}

/// Whether a value, as text, is like a text with `*` for anything.
fn is_like(value: &Value, pattern: &str) -> bool {
    match value {
        Value::String(text) => matches(pattern, text),
        Value::Number(_) | Value::Bool(_) => matches(pattern, &value.to_string()),
        _ => false,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    // The leftmost place for each part leaves the most for the others.
    for part in parts {
        match text.find(part) {
            Some(at) => text = text.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(last)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn any(&mut self, depth: usize) -> Option<Pattern> {
        let mut parts = vec![self.all(depth)?];
        while self.takes("||") {
            parts.push(self.all(depth)?);
        }
        Some(single(parts, Pattern::Or))
    }

    fn all(&mut self, depth: usize) -> Option<Pattern> {
        let mut parts = vec![self.one(depth)?];
        while self.takes("&&") {
            parts.push(self.one(depth)?);
        }
        Some(single(parts, Pattern::And))
    }

    fn one(&mut self, depth: usize) -> Option<Pattern> {
        if depth >= DEEPEST {
            return None;
        }
        if self.takes("(") {
            let inside = self.any(depth + 1)?;
            return self.takes(")").then_some(inside);
        }
        let path = self.path()?;
        Some(Pattern::Compare(path, self.comparison()?))
    }

    /// `$.userIdentity.type`, `$.resources[0].ARN`.
    fn path(&mut self) -> Option<Vec<Step>> {
        self.takes("$").then_some(())?;
        let mut path = Vec::new();
        loop {
            if let Some(rest) = self.rest.strip_prefix('.') {
                let end = rest
                    .find(|letter: char| {
                        !(letter.is_alphanumeric() || letter == '_' || letter == '-')
                    })
                    .unwrap_or(rest.len());
                let (name, rest) = rest.split_at_checked(end)?;
                path.push(Step::Name((!name.is_empty()).then(|| name.to_owned())?));
                self.rest = rest;
            } else if let Some(rest) = self.rest.strip_prefix('[') {
                let (index, rest) = rest.split_once(']')?;
                path.push(Step::Index(index.trim().parse().ok()?));
                self.rest = rest;
            } else {
                return (!path.is_empty()).then_some(path);
            }
        }
    }

    fn comparison(&mut self) -> Option<Comparison> {
        if self.takes_word("IS") {
            return [
                ("NULL", Comparison::IsNull),
                ("TRUE", Comparison::IsTrue),
                ("FALSE", Comparison::IsFalse),
            ]
            .into_iter()
            .find_map(|(word, comparison)| self.takes_word(word).then_some(comparison));
        }
        if self.takes_word("NOT") {
            return self.takes_word("EXISTS").then_some(Comparison::NotExists);
        }
        if self.takes_word("EXISTS") {
            return Some(Comparison::Exists);
        }
        if self.takes("!=") {
            return self.value().map(Comparison::Differs);
        }
        let ordering = [
            ("<=", Ordering::AtMost),
            (">=", Ordering::AtLeast),
            ("<", Ordering::Less),
            (">", Ordering::More),
        ]
        .into_iter()
        .find_map(|(sign, ordering)| self.takes(sign).then_some(ordering));
        match ordering {
            Some(ordering) => Some(Comparison::Number(ordering, self.value()?.parse().ok()?)),
            None => {
                self.takes("=").then_some(())?;
                self.value().map(Comparison::Equals)
            }
        }
    }

    /// A text in quotes, or one that ends at a space or at a closing parenthesis.
    fn value(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let (value, rest) = if let Some(quoted) = self.rest.strip_prefix('"') {
            quoted.split_once('"')?
        } else if self.rest.starts_with('%') {
            return None;
        } else {
            let end = self
                .rest
                .find(|letter: char| letter.is_whitespace() || matches!(letter, ')' | '|' | '&'))
                .unwrap_or(self.rest.len());
            let (value, rest) = self.rest.split_at_checked(end)?;
            ((!value.is_empty()).then_some(value)?, rest)
        };
        self.rest = rest;
        Some(value.to_owned())
    }

    fn takes(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A word in any case, not the beginning of a longer one.
    fn takes_word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some((head, tail)) = rest.split_at_checked(word.len()) else {
            return false;
        };
        let ends = tail
            .chars()
            .next()
            .is_none_or(|letter| !letter.is_alphanumeric());
        if head.eq_ignore_ascii_case(word) && ends {
            self.rest = tail;
            return true;
        }
        false
    }
}

fn single(mut parts: Vec<Pattern>, many: fn(Vec<Pattern>) -> Pattern) -> Pattern {
    match parts.len() {
        1 => parts.swap_remove(0),
        _ => many(parts),
    }
}

#[cfg(test)]
mod tests {
    use blastwall_sdk::json;

    use super::*;

    fn catches(pattern: &str, event: &Value) -> Option<bool> {
        Pattern::parse(pattern).map(|pattern| pattern.catches(event))
    }

    #[test]
    fn comparisons() {
        let event = json!({
            "eventName": "DeleteTrail", "count": 3, "flag": true, "nothing": null,
            "userIdentity": { "type": "Root" }, "resources": [{ "ARN": "arn:aws:s3:::data" }]
        });
        for (pattern, expected) in [
            ("{ $.eventName = DeleteTrail }", true),
            ("{ $.eventName = \"DeleteTrail\" }", true),
            ("{$.eventName=DeleteTrail}", true),
            ("{ $.eventName = Delete* }", true),
            ("{ $.eventName = *Tra* }", true),
            ("{ $.eventName = *Trails }", false),
            ("{ $.eventName != DeleteTrail }", false),
            ("{ $.missing != DeleteTrail }", false),
            ("{ $.userIdentity.type = Root }", true),
            ("{ $.resources[0].ARN = \"arn:aws:s3:::*\" }", true),
            ("{ $.resources[1].ARN = * }", false),
            ("{ $.count >= 3 }", true),
            ("{ $.count > 3 }", false),
            ("{ $.count = 3 }", true),
            ("{ $.flag IS TRUE }", true),
            ("{ $.flag is false }", false),
            ("{ $.nothing IS NULL }", true),
            ("{ $.missing NOT EXISTS }", true),
            ("{ $.eventName NOT EXISTS }", false),
            ("{ $.eventName EXISTS }", true),
        ] {
            assert_eq!(catches(pattern, &event), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn both_signs_bind_as_usual() {
        let event = json!({ "a": "1", "b": "2" });
        for (pattern, expected) in [
            ("{ $.a = 1 || $.b = 3 && $.b = 4 }", true),
            ("{ ($.a = 1 || $.b = 3) && $.b = 4 }", false),
            ("{ (($.a = 1)) && (($.b = 2) || ($.b = 5)) }", true),
        ] {
            assert_eq!(catches(pattern, &event), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for pattern in [
            "",
            "ERROR",
            "{",
            "{}",
            "{ $.a }",
            "{ $.a = }",
            "{ $.a = 1",
            "{ $.a = %^x% }",
            "{ $.a = 1 ) }",
            "{ $. = 1 }",
            "[a, b]",
            "{ $.a[x] = 1 }",
            "{ $.a < x }",
            "{ $.a = \"1 }",
        ] {
            assert_eq!(Pattern::parse(pattern), None, "{pattern}");
        }
        let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(10_000), ")".repeat(10_000));
        assert_eq!(Pattern::parse(&deep), None);
    }
}
