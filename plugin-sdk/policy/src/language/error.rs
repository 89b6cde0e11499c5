//! Why a document is no policy: always what it is and where.

use super::locate::Position;

/// A document that cannot be read as a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", place(pointer, *position))]
pub struct PolicyError {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// Where in the text, when it was read from a text.
    pub position: Option<Position>,
    /// What is wrong there.
    pub problem: PolicyProblem,
}

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// A value has the wrong shape.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A required element is not there.
    #[error("missing `{0}`")]
    Missing(&'static str),
    /// Two elements exclude each other.
    #[error("`{0}` and `{1}` exclude each other")]
    Exclusive(&'static str, &'static str),
    /// An object has the same name twice, so that one of them would be lost.
    #[error("given twice")]
    Duplicate,
    /// A list has nothing in it.
    #[error("is empty")]
    Empty,
    /// The element has no place in such a policy.
    #[error("does not belong in {0}")]
    Misplaced(&'static str),
    /// The element is not part of the language.
    #[error("unknown element")]
    UnknownElement,
    /// The condition operator is not part of the language.
    #[error("unknown condition operator")]
    UnknownOperator,
}

impl PolicyError {
    pub(super) fn at(self, position: Option<Position>) -> Self {
        Self { position, ..self }
    }

    pub(crate) fn new(pointer: impl Into<String>, problem: PolicyProblem) -> Self {
        Self {
            pointer: pointer.into(),
            position: None,
            problem,
        }
    }
}

/// The words for where; none for the whole document.
fn place(pointer: &str, position: Option<Position>) -> String {
    match (pointer, position) {
        ("", _) => String::new(),
        (pointer, None) => format!("at `{pointer}`: "),
        (pointer, Some(position)) => format!("at `{pointer}` ({position}): "),
    }
}

/// Appends a name to a JSON pointer, escaped.
pub(crate) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}
