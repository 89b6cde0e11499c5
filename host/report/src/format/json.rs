//! The report as one JSON object with a newline behind it, described by
//! `schema/report.schema.json`.

use std::io::{self, Write};

use crate::{Report, Style};

pub(super) fn render(report: &Report, _: &Style, writer: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *writer, report)?;
    writeln!(writer)
}
