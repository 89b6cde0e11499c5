//! Texts for people that are no reports: the checks there are, the tree of accounts, and the blast
//! radius of one thing or of everything.

mod accounts;
mod checks;

use std::io::{self, Write};

pub use self::accounts::{AccountLeaf, tree};
pub use self::checks::{CheckEntry, explain, list};
pub use crate::blast::radius::radius;

use crate::blast;
use crate::names::Names;
use crate::page::Page;
use crate::{Report, Style};

/// Writes the blast radius section of a report alone.
///
/// # Errors
/// What the writer answers.
pub fn survey(report: &Report, style: &Style, writer: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(writer, style);
    blast::survey::write(page, report, &Names::new(report))
}
