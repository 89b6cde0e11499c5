//! The one place that writes to standard error, and what is known of the terminal.

use std::io::{IsTerminal, Write, stderr, stdout};

use blastwall_report::{Style, visible};

use crate::args::Color;
use crate::diagnostic::InvalidFile;
use crate::errors::Failure;

/// How the program speaks to its user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    quiet: bool,
    color: Color,
}

/// How many rows of a list a report on a terminal shows before it says how many more there are.
const ROWS: usize = 12;

impl Terminal {
    pub(crate) fn new(quiet: bool, color: Color) -> Self {
        Self { quiet, color }
    }

    /// Whether notes and progress are unwanted.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    fn colors(self, is_terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            // https://no-color.org: set to anything but the empty string.
            Color::Auto => {
                is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }

    /// Whether what is printed to standard output is coloured.
    pub(crate) fn colors_output(self) -> bool {
        self.colors(stdout().is_terminal())
    }

    /// How reports on standard output look.
    pub(crate) fn style(self) -> Style {
        if stdout().is_terminal() {
            Style {
                color: self.colors(true),
                width: width(),
                limit: Some(ROWS),
                ..Style::FULL
            }
        } else {
            Style {
                color: self.colors(false),
                ..Style::FULL
            }
        }
    }

    /// A note that is no part of the result; it may have several lines.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            for line in text.split('\n') {
                self.line("", &visible(line));
            }
        }
    }

    /// Something that went wrong and did not stop the command.
    pub(crate) fn warn(self, text: &str) {
        self.line("warning: ", &visible(text));
    }

    /// The end of a command that could not be carried out.
    pub(crate) fn fail(self, failure: &Failure) {
        // What is wrong in a file brings its own layout, with file, line and caret.
        if let Some(invalid) = failure.error.downcast_ref::<InvalidFile>() {
            self.line("", &invalid.render(self.colors(stderr().is_terminal())));
        } else {
            self.line("error: ", &visible(&format!("{:#}", failure.error)));
        }
        if let Some(hint) = &failure.hint {
            self.line("hint: ", &visible(hint));
        }
    }

    fn line(self, label: &str, text: &str) {
        // Where standard error is gone, there is nobody left to tell.
        let _ = writeln!(stderr().lock(), "{label}{text}");
    }
}

/// The columns of the terminal on standard output.
fn width() -> Option<u16> {
    terminal_size::terminal_size().map(|(width, _)| width.0)
}
