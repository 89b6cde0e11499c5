//! The report as text for people, the most important thing first: what was scanned, the result in
//! short, posture, worst findings, what was not seen, blast radius, and one line to end on, which
//! is what stands above the prompt.

mod coverage;
mod findings;
mod header;
mod posture;

use std::io::{self, Write};

use crate::blast::survey;
use crate::names::Names;
use crate::page::Page;
use crate::{Report, Style};

pub(super) fn render(report: &Report, style: &Style, writer: &mut dyn Write) -> io::Result<()> {
    let names = Names::new(report);
    let page = &mut Page::new(writer, style);
    header::write(page, report, &names)?;
    posture::write(page, report)?;
    findings::write(page, report, &names)?;
    coverage::write(page, report, &names)?;
    survey::write(page, report, &names)?;
    header::close(page, report)
}
