//! How a page looks: colour, width, glyphs and length, decided by whoever knows the terminal.

use anstyle::{AnsiColor, Effects};
use blastwall_model::Severity;

/// How a page looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are written.
    pub color: bool,
    /// How many columns there are; none if lines may be as long as they like.
    pub width: Option<u16>,
    /// Whether lines and arrows may be drawn with characters beyond ASCII.
    pub unicode: bool,
    /// The most rows that a table or list shows before it says how many more there are; none for
    /// all of them.
    pub limit: Option<usize>,
}

impl Style {
    /// For files and pipes: no colour, no folding, nothing left out.
    pub const FULL: Style = Style {
        color: false,
        width: None,
        unicode: true,
        limit: None,
    };

    pub(crate) fn glyphs(&self) -> &'static Glyphs {
        if self.unicode { &UNICODE } else { &ASCII }
    }

    /// How many of `total` rows are shown. One row more than the limit is shown rather than
    /// announced.
    pub(crate) fn shown(&self, total: usize) -> usize {
        match self.limit {
            Some(limit) if total > limit + 1 => limit,
            _ => total,
        }
    }

    /// The same with shorter lists, for lists inside of lists.
    pub(crate) fn nested(&self) -> Style {
        Style {
            limit: self.limit.map(|limit| limit.div_ceil(3)),
            ..*self
        }
    }
}

/// The characters that pages are drawn with.
#[derive(Debug)]
pub(crate) struct Glyphs {
    pub(crate) rule: char,
    pub(crate) dot: &'static str,
    pub(crate) more: &'static str,
    pub(crate) arrow: &'static str,
    pub(crate) branch: &'static str,
    pub(crate) last_branch: &'static str,
    pub(crate) trunk: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    rule: '─',
    dot: "·",
    more: "…",
    arrow: "→",
    branch: "├── ",
    last_branch: "└── ",
    trunk: "│   ",
};

const ASCII: Glyphs = Glyphs {
    rule: '-',
    dot: "|",
    more: "...",
    arrow: "->",
    branch: "|-- ",
    last_branch: "`-- ",
    trunk: "|   ",
};

/// What a piece of text means; the page decides on its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Strong,
    Faint,
    Good,
    Doubtful,
    Bad,
    Of(Severity),
}

impl Tone {
    /// The colour, and whether it is bold or dimmed.
    pub(crate) fn look(self) -> (Option<AnsiColor>, Effects) {
        match self {
            Tone::Plain => (None, Effects::new()),
            Tone::Strong => (None, Effects::BOLD),
            Tone::Faint | Tone::Of(Severity::Informational) => (None, Effects::DIMMED),
            Tone::Good => (Some(AnsiColor::Green), Effects::new()),
            Tone::Doubtful | Tone::Of(Severity::Medium) => {
                (Some(AnsiColor::Yellow), Effects::new())
            }
            Tone::Bad | Tone::Of(Severity::Critical) => (Some(AnsiColor::Red), Effects::BOLD),
            Tone::Of(Severity::High) => (Some(AnsiColor::Red), Effects::new()),
            Tone::Of(Severity::Low) => (Some(AnsiColor::Cyan), Effects::new()),
        }
    }
}
