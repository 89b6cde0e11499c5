//! The report as one JSON object with a newline behind it, described by
//! `schema/report.schema.json`.

use std::io::{self, Write};

use crate::{Report, Style};

pub(super) fn render(report: &Report, _: &Style, writer: &mut dyn Write) -> io::Result<()> {
    crate::view::json(report, writer)
}
