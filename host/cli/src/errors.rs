//! How a command ends when it cannot be carried out: what was tried, what came of it, what to do.

use std::fmt::Display;

use crate::exit;

/// The end of a command that could not be carried out.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: u8,
    /// What was tried and what came of it, cause by cause.
    pub(crate) error: anyhow::Error,
    /// What the user can do.
    pub(crate) hint: Option<String>,
}

/// What commands return: the exit code of one that was carried out.
pub(crate) type CommandResult = Result<u8, Failure>;

impl Failure {
    /// The command line or the configuration is wrong.
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self {
            code: exit::USAGE,
            error: error.into(),
            hint: None,
        }
    }

    /// With what the user can do.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            code: exit::FAILURE,
            error: error.into(),
            hint: None,
        }
    }
}
