//! Reads TOML tables with their positions, and collects everything that is wrong instead of
//! stopping at the first.

use std::cell::RefCell;
use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Problem, nearest};

/// Where problems are collected.
#[derive(Debug, Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(crate) fn add(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) {
        self.0.borrow_mut().push(Problem {
            span,
            message: message.into(),
            label: label.into(),
        });
    }

    pub(crate) fn into_inner(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// A table being read: every key that is asked for counts as known, and [`Table::finish`] reports
/// the rest.
pub(crate) struct Table<'a> {
    entries: &'a DeTable<'a>,
    span: Range<usize>,
    known: Vec<&'a str>,
    problems: &'a Problems,
}

impl<'a> Table<'a> {
    pub(crate) fn new(
        entries: &'a DeTable<'a>,
        span: Range<usize>,
        problems: &'a Problems,
    ) -> Self {
        Self {
            entries,
            span,
            known: Vec::new(),
            problems,
        }
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.entries.get(key)
    }

    /// The value of a key, of the type that `read` accepts.
    fn typed<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl Fn(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let value = self.get(key)?;
        match read(value.get_ref()) {
            Some(found) => Some(Spanned::new(value.span(), found)),
            None => {
                self.problems.add(
                    value.span(),
                    format!("`{key}` must be {expected}"),
                    format!("this is {}", a(value.get_ref().type_str())),
                );
                None
            }
        }
    }

    /// A string.
    pub(crate) fn string(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.typed(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// A string that is parsed further; what the parser says stands under the caret.
    pub(crate) fn parsed<T>(&mut self, key: &'static str) -> Option<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        let text = self.string(key)?;
        self.parse(key, text.span(), text.get_ref())
    }

    fn parse<T>(&self, key: &str, span: Range<usize>, text: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.problems
                    .add(span, format!("`{key}` is not valid"), error.to_string());
                None
            }
        }
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        self.typed(key, "`true` or `false`", DeValue::as_bool)
            .map(Spanned::into_inner)
    }

    /// A whole number within bounds.
    pub(crate) fn integer(
        &mut self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let number = self.typed(key, "a whole number", |value| {
            value
                .as_integer()
                .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok())
        })?;
        if bounds.contains(number.get_ref()) {
            return Some(number.into_inner());
        }
        self.problems.add(
            number.span(),
            format!("`{key}` is out of range"),
            format!("must be from {} to {}", bounds.start(), bounds.end()),
        );
        None
    }

    /// A list of strings, each parsed further.
    pub(crate) fn list<T>(&mut self, key: &'static str) -> Option<Vec<T>>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        let array = self.typed(key, "a list of strings", DeValue::as_array)?;
        let mut items = Vec::new();
        for value in array.into_inner() {
            match value.get_ref().as_str() {
                Some(text) => items.extend(self.parse(key, value.span(), text)),
                None => self.problems.add(
                    value.span(),
                    format!("`{key}` must be a list of strings"),
                    format!("this is {}", a(value.get_ref().type_str())),
                ),
            }
        }
        Some(items)
    }

    /// A table.
    pub(crate) fn table(&mut self, key: &'static str) -> Option<Table<'a>> {
        let problems = self.problems;
        let table = self.typed(key, "a table", DeValue::as_table)?;
        let span = table.span();
        Some(Table::new(table.into_inner(), span, problems))
    }

    /// The tables under keys that nobody has asked for yet, with the places of the keys.
    pub(crate) fn named_tables(&mut self) -> Vec<(&'a str, Range<usize>, Table<'a>)> {
        let mut tables = Vec::new();
        for (key, value) in self.entries {
            let name: &'a str = key.get_ref();
            let Some(table) = value.get_ref().as_table() else {
                continue;
            };
            if !self.known.contains(&name) {
                self.known.push(name);
                let table = Table::new(table, value.span(), self.problems);
                tables.push((name, key.span(), table));
            }
        }
        tables
    }

    /// An array of tables, `[[key]]`.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<Table<'a>> {
        let problems = self.problems;
        let Some(array) = self.typed(key, "an array of tables", DeValue::as_array) else {
            return Vec::new();
        };
        let mut tables = Vec::new();
        for value in array.into_inner() {
            match value.get_ref().as_table() {
                Some(table) => tables.push(Table::new(table, value.span(), problems)),
                None => problems.add(
                    value.span(),
                    format!("`{key}` must be an array of tables"),
                    format!("this is {}", a(value.get_ref().type_str())),
                ),
            }
        }
        tables
    }

    /// All keys with their values, for tables whose keys are names.
    pub(crate) fn entries(
        &self,
    ) -> impl Iterator<
        Item = (
            &'a Spanned<std::borrow::Cow<'a, str>>,
            &'a Spanned<DeValue<'a>>,
        ),
    > {
        self.entries.iter()
    }

    /// Where the table stands.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The collector of problems.
    pub(crate) fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(self) {
        for (key, _) in self.entries {
            if self.known.contains(&&**key.get_ref()) {
                continue;
            }
            let label = match nearest(key.get_ref(), self.known.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known keys: {}", self.known.join(", ")),
            };
            self.problems.add(
                key.span(),
                format!("unknown key `{}`", key.get_ref()),
                label,
            );
        }
    }
}

/// A noun with its article.
fn a(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// Tells where each part of a value stands, by its JSON pointer (RFC 6901) in [`to_json`]'s result.
pub(crate) fn spans(value: &Spanned<DeValue<'_>>, tell: &mut dyn FnMut(&str, Range<usize>)) {
    tell("", value.span());
    let mut below = |key: &str, value: &Spanned<DeValue<'_>>| {
        let key = key.replace('~', "~0").replace('/', "~1");
        spans(value, &mut |pointer, span| {
            tell(&format!("/{key}{pointer}"), span)
        });
    };
    match value.get_ref() {
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                below(&index.to_string(), item);
            }
        }
        DeValue::Table(entries) => {
            for (key, value) in entries {
                below(key.get_ref(), value);
            }
        }
        _ => {}
    }
}

/// A TOML value as JSON, for the parameters of checks. Dates become strings.
pub(crate) fn to_json(value: &DeValue<'_>) -> serde_json::Value {
    use serde_json::Value;
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Float(number) => number
            .as_str()
            .parse::<f64>()
            .map_or(Value::Null, Value::from),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| to_json(item.get_ref())).collect())
        }
        DeValue::Table(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), to_json(value.get_ref())))
                .collect(),
        ),
    }
}
