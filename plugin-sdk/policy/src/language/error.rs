//! Why a document is no policy: always what it is and where.

/// A document that cannot be read as a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", place(pointer))]
pub struct PolicyError {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
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
    /// The element is not part of the language.
    #[error("unknown element")]
    UnknownElement,
    /// The condition operator is not part of the language.
    #[error("unknown condition operator")]
    UnknownOperator,
}

impl PolicyError {
    pub(crate) fn new(pointer: impl Into<String>, problem: PolicyProblem) -> Self {
        Self {
            pointer: pointer.into(),
            problem,
        }
    }
}

/// The words for where; none for the whole document.
fn place(pointer: &str) -> String {
    if pointer.is_empty() {
        String::new()
    } else {
        format!("at `{pointer}`: ")
    }
}

/// Appends a name to a JSON pointer, escaped.
pub(crate) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}
