//! Condition keys: what a request carries, and what is known of it.
//!
//! Key names ignore case, tag keys inside them included (AWS IAM User Guide, "IAM JSON policy
//! elements: Condition"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>).
//! A key that is not in a [`Context`] is absent from the request; a key that [`Keys`] does not
//! mention is open.

use std::collections::BTreeMap;

use crate::reach::Derived;

/// The condition keys of one request. Every key may have several values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    keys: BTreeMap<Box<str>, Vec<String>>,
}

impl Context {
    /// A request without condition keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key; any values it had are replaced. A key without values counts as absent.
    pub fn insert<I>(&mut self, key: &str, values: I)
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.keys.insert(
            key.to_ascii_lowercase().into(),
            values.into_iter().map(Into::into).collect(),
        );
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) {
        self.keys.remove(key.to_ascii_lowercase().as_str());
    }

    /// The values of a key, in any case; `None` when the request does not have it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.keys
            .get(key.to_ascii_lowercase().as_str())
            .map(Vec::as_slice)
    }

    /// Keys (lower case) and their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.keys
            .iter()
            .map(|(key, values)| (&**key, values.as_slice()))
    }
}

impl<K: AsRef<str>, V: Into<String>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut context = Self::new();
        for (key, value) in pairs {
            let key = key.as_ref().to_ascii_lowercase().into();
            context.keys.entry(key).or_default().push(value.into());
        }
        context
    }
}

/// What a question fixes about condition keys; every other key is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    known: BTreeMap<Box<str>, Known>,
}

/// What is known of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The request has the key with exactly these values.
    Fixed(Vec<String>),
    /// The request does not have the key.
    Absent,
    /// The request has the key, with an instant no earlier than this: a date, or seconds since 1970.
    Since(String),
}

impl Keys {
    /// Nothing is fixed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fixes a key to values.
    #[must_use]
    pub fn fixed<I>(mut self, key: &str, values: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        self.set(key, Known::Fixed(values));
        self
    }

    /// Fixes a key to be absent from the request.
    #[must_use]
    pub fn absent(mut self, key: &str) -> Self {
        self.set(key, Known::Absent);
        self
    }

    /// The request is sent at this moment or later: a date, or seconds since 1970. Source: AWS IAM User
    /// Guide, "AWS global condition context keys", `aws:CurrentTime` and `aws:EpochTime`.
    #[must_use]
    pub fn since(mut self, moment: &str) -> Self {
        for key in ["aws:CurrentTime", "aws:EpochTime"] {
            self.set(key, Known::Since(moment.to_owned()));
        }
        self
    }

    /// Sets what is known of a key.
    pub fn set(&mut self, key: &str, known: Known) {
        self.known.insert(key.to_ascii_lowercase().into(), known);
    }

    /// Keys (lower case) and what is known of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Known)> {
        self.known.iter().map(|(key, known)| (&**key, known))
    }

    /// What is known of a key, in any case.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Known> {
        self.known.get(key.to_ascii_lowercase().as_str())
    }

    pub(crate) fn get_lower(&self, key: &str) -> Option<&Known> {
        self.known.get(key)
    }
}

/// What an evaluation learns about one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact<'a> {
    Values(&'a [String]),
    One(&'a str),
    Absent,
    /// The request has the key; its value is open.
    Present,
    /// The request has the key; its value is an instant no earlier than this.
    Since(&'a str),
    /// Open: the request may have the key or not.
    Unknown,
}

/// Where an evaluation looks keys up: a request's context, or the facts of an open question.
#[derive(Clone, Copy)]
pub(crate) enum Facts<'a> {
    Concrete(&'a Context),
    Open(&'a Derived<'a>),
}

impl<'a> Facts<'a> {
    pub(crate) fn concrete(context: &'a Context) -> Self {
        Self::Concrete(context)
    }

    /// Looks a lower-case key up.
    pub(crate) fn lookup(&self, key: &str) -> Fact<'a> {
        match self {
            Self::Concrete(context) => match context.keys.get(key) {
                Some(values) if !values.is_empty() => Fact::Values(values),
                _ => Fact::Absent,
            },
            Self::Open(derived) => derived.lookup(key),
        }
    }

    /// Whether some facts may be open.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Open(_))
    }
}
