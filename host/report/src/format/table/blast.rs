//! Blast radius.
use crate::Report;
use crate::names::Names;
use crate::page::{Page, Span};
use std::io;
pub(super) fn in_short(_: &Report, _: &Names<'_>, _: &str) -> Option<Vec<Span<'static>>> {
    None
}
pub(super) fn write(_: &mut Page<'_>, _: &Report, _: &Names<'_>) -> io::Result<()> {
    Ok(())
}
