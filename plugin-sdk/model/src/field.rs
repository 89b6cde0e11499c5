//! A property that is known, absent or unknown.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A path of a resource document that could not be fetched, and why.
///
/// A check that meets one ends as `unknown` with this reason: missing data never becomes a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{path} is unknown: {reason}")]
pub struct Unknown {
    /// Where, from the top of the document, in dots: `config.BucketEncryption`.
    pub path: String,
    /// Why: `AccessDenied: s3:GetEncryptionConfiguration`.
    pub reason: String,
}

/// The path of an absent property, for messages alone: what is absent is equal, whatever its name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Name(&'static str);

impl Name {
    /// A path, from the top of the document, in dots.
    pub(crate) const fn new(path: &'static str) -> Self {
        Self(path)
    }
}

impl PartialEq for Name {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Name {}

/// One property of a resource document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field<T> {
    /// The resource does not have it. This is an answer, not a gap. A document that was read knows
    /// the names of what it does not have.
    Absent(Name),
    /// It has this value.
    Known(T),
    /// It could not be fetched.
    Unknown(Box<Unknown>),
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self::ABSENT
    }
}

impl<T> Field<T> {
    /// What the resource does not have.
    pub const ABSENT: Self = Self::Absent(Name::new(""));

    /// The value, `None` if the resource does not have the property.
    ///
    /// # Errors
    /// The reason why the value is unknown.
    pub fn get(&self) -> Result<Option<&T>, Unknown> {
        match self {
            Field::Absent(_) => Ok(None),
            Field::Known(value) => Ok(Some(value)),
            Field::Unknown(unknown) => Err((**unknown).clone()),
        }
    }

    /// The value of a property that every resource of the type has.
    ///
    /// # Errors
    /// The reason why the value is unknown; a document without the property counts as unknown too.
    pub fn required(&self) -> Result<&T, Unknown> {
        match self {
            Field::Known(value) => Ok(value),
            Field::Unknown(unknown) => Err((**unknown).clone()),
            Field::Absent(Name(path)) => Err(Unknown {
                path: if path.is_empty() { "document" } else { path }.to_owned(),
                reason: "a property that the check needs is missing".to_owned(),
            }),
        }
    }

    /// The value if it is known and there; for callers that treat unknown and absent alike,
    /// such as labels in a report. Checks use [`Field::get`].
    pub fn known(&self) -> Option<&T> {
        match self {
            Field::Known(value) => Some(value),
            Field::Absent(_) | Field::Unknown(_) => None,
        }
    }

    /// An unknown field.
    pub fn unknown(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Field::Unknown(Box::new(Unknown {
            path: path.into(),
            reason: reason.into(),
        }))
    }

    /// Whether the field leaves no trace among the values of a document.
    pub fn is_silent(&self) -> bool {
        !matches!(self, Field::Known(_))
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Field::Known(value)
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Field::ABSENT, Field::Known)
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.known().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Field::from)
    }
}
