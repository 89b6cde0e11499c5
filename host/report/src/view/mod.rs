//! Answers that are no reports: the checks there are, the tree of accounts, and the blast radius of
//! one thing or of everything; as text for people and as JSON for programs.

pub mod accounts;
pub mod checks;
pub mod doctor;

use std::io::{self, Write};

use blastwall_blast::Subject;
use serde::Serialize;

pub use crate::blast::advice::{advice, second_wave};
pub use crate::blast::changes::{as_it_is, changes, reach_changes};
pub use crate::blast::proofs::{cut, dot, mermaid, proofs};
pub use crate::blast::radius::radius;
pub use crate::blast::unseen::{UnseenListing, unseen};

use crate::blast;
use crate::names::Names;
use crate::page::Page;
use crate::{Report, Style};

/// Tells subjects to a reader, who knows accounts by their names: `all of web-dev (111122223333)`.
pub fn subjects(report: &Report) -> impl Fn(&Subject) -> String {
    let names = Names::new(report);
    move |subject| blast::path::subject(subject, &names)
}

/// Writes the blast radius section of a report alone.
///
/// # Errors
/// What the writer answers.
pub fn survey(report: &Report, style: &Style, writer: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(writer, style);
    let names = &Names::new(report);
    blast::survey::write(page, report, names)?;
    blast::unseen::write(page, report, names)
}

/// Writes an answer for programs: indented JSON with a newline behind it.
///
/// # Errors
/// What the writer answers.
pub fn json(answer: &impl Serialize, writer: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *writer, answer)?;
    writeln!(writer)
}
