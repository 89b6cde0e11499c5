//! What changes of policies would change of the blast radius.

use std::io::{self, Write};

use blastwall_blast::{Certainty, Change, ReachChange};

use super::path;
use crate::names::{Names, count, len};
use crate::page::{Page, Span, plain, span};
use crate::style::Tone;
use crate::{Report, Style};

/// Writes what falls otherwise with the changes than without.
///
/// # Errors
/// What the writer answers.
pub fn changes(
    report: &Report,
    changes: &[Change],
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    under(WITH, report, changes, style, writer)
}

/// The same under another title.
pub(super) fn under(
    title: &str,
    report: &Report,
    changes: &[Change],
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    let names = &Names::new(report);
    let lines = changes.iter().map(|change| {
        let subject = path::subject(&change.subject, names);
        (subject, change.before, change.after)
    });
    write(&mut Page::new(writer, style), title, lines.collect())
}

/// Writes which account is reached from which otherwise with the changes than without.
///
/// # Errors
/// What the writer answers.
pub fn reach_changes(
    report: &Report,
    changes: &[ReachChange],
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    let names = &Names::new(report);
    let arrow = Page::new(&mut io::sink(), style).glyphs().arrow;
    let lines = changes.iter().map(|change| {
        let way = format!(
            "{} {arrow} {}",
            names.label(&change.from),
            names.label(&change.to)
        );
        (way, change.before, change.after)
    });
    let page = &mut Page::new(writer, style);
    write(page, WITH, lines.collect())?;
    page.prose(
        2,
        "Whole accounts are compared here; a user or role as START is compared in all that falls with it.",
    )
}

const WITH: &str = "With the changes that are asked about";

/// Writes that what follows is without the changes.
///
/// # Errors
/// What the writer answers.
pub fn as_it_is(style: &Style, writer: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(writer, style);
    page.heading("Without them, as it is")?;
    page.gap()
}

fn write(
    page: &mut Page<'_>,
    title: &str,
    lines: Vec<(String, Option<Certainty>, Option<Certainty>)>,
) -> io::Result<()> {
    page.heading(title)?;
    if lines.is_empty() {
        return page.line(2, &[plain("nothing more and nothing less falls")]);
    }
    page.line(
        2,
        &[plain(format!(
            "{}:",
            count(len(lines.len()), "difference", "differences")
        ))],
    )?;
    let shown = page.style().shown(lines.len());
    for (what, before, after) in lines.iter().take(shown) {
        let line = [
            plain(what.as_str()),
            plain("  "),
            word(*before),
            plain(format!(" {} ", page.glyphs().arrow)),
            word(*after),
        ];
        page.hanging(4, 6, &line)?;
    }
    page.more(4, lines.len() - shown, "differences")
}

fn word(certainty: Option<Certainty>) -> Span<'static> {
    match certainty {
        Some(certainty) => span(path::tone(certainty), path::word(certainty)),
        None => span(Tone::Faint, "out of reach"),
    }
}
