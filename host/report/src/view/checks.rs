//! The checks there are, as a list, and one of them explained.

use std::cmp::Reverse;
use std::io::{self, Write};

use blastwall_model::{CheckInfo, Scope};
use serde::Serialize;

use crate::Style;
use crate::page::{Grid, Page, cell, plain, span};
use crate::style::Tone;

/// A check and where it is from.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CheckEntry<'info> {
    /// The plugin that it is from, `s3`.
    pub plugin: &'info str,
    /// What it says about itself.
    #[serde(flatten)]
    pub info: &'info CheckInfo,
}

/// Writes the checks for programs: an array, by id.
///
/// # Errors
/// What the writer answers.
pub fn json(checks: &[CheckEntry<'_>], writer: &mut dyn Write) -> io::Result<()> {
    let mut checks = checks.to_vec();
    checks.sort_by_key(|check| &check.info.id);
    super::json(&checks, writer)
}

/// Writes one line a check, by plugin, worst severity first.
///
/// # Errors
/// What the writer answers.
pub fn list(checks: &[CheckEntry<'_>], style: &Style, writer: &mut dyn Write) -> io::Result<()> {
    let mut checks = checks.to_vec();
    checks.sort_by_key(|check| (check.plugin, Reverse(check.info.severity), &check.info.id));
    let mut grid = Grid::default()
        .text("Check")
        .text("Plugin")
        .text("Severity")
        .text("Category")
        .text("Rule");
    for check in &checks {
        grid.row(vec![
            cell(Tone::Strong, check.info.id.as_str()),
            cell(Tone::Plain, check.plugin),
            cell(Tone::Of(check.info.severity), check.info.severity.as_str()),
            cell(Tone::Plain, check.info.category.as_str()),
            cell(Tone::Plain, &check.info.title),
        ]);
    }
    let page = &mut Page::new(
        writer,
        &Style {
            limit: None,
            ..*style
        },
    );
    page.grid(0, &grid, "checks")
}

/// Explains one check: what it looks at, why, how to repair what it finds, and its settings.
///
/// # Errors
/// What the writer answers.
pub fn explain(check: &CheckEntry<'_>, style: &Style, writer: &mut dyn Write) -> io::Result<()> {
    let info = check.info;
    let page = &mut Page::new(writer, style);
    let dot = page.glyphs().dot;
    page.line(0, &[span(Tone::Strong, &info.title)])?;
    page.line(
        0,
        &[
            plain(format!("{} {dot} ", info.id)),
            span(Tone::Of(info.severity), info.severity.as_str()),
            plain(format!(
                " {dot} {} {dot} plugin {}",
                info.category, check.plugin
            )),
        ],
    )?;
    page.gap()?;
    page.prose(0, &info.description)?;
    section(page, "How to repair")?;
    page.prose(2, &info.remediation)?;
    section(page, "What it judges")?;
    let (judged, read) = match info.scope {
        Scope::Resource => info.reads.split_first().map_or_else(
            || ("nothing".to_owned(), Vec::new()),
            |(judged, rest)| (format!("each {judged}"), rest.to_vec()),
        ),
        Scope::Account => ("each account".to_owned(), info.reads.clone()),
        Scope::Organization => ("the organization".to_owned(), info.reads.clone()),
    };
    let read = if read.is_empty() {
        String::new()
    } else {
        format!(", by {}", read.join(", "))
    };
    page.line(2, &[plain(format!("{judged}{read}"))])?;
    if !info.parameters.is_empty() {
        section(page, "Settings")?;
        for parameter in &info.parameters {
            let value = format!(" = {} unless configured", parameter.default);
            page.line(2, &[span(Tone::Strong, &parameter.name), plain(value)])?;
            page.prose(4, &parameter.description)?;
        }
    }
    if !info.controls.is_empty() {
        section(page, "Answers controls")?;
        for control in &info.controls {
            page.line(2, &[plain(format!("{} {}", control.framework, control.id))])?;
        }
    }
    if !info.references.is_empty() {
        section(page, "Further reading")?;
        for reference in &info.references {
            page.line(2, &[plain(reference)])?;
        }
    }
    Ok(())
}

fn section(page: &mut Page<'_>, title: &str) -> io::Result<()> {
    page.gap()?;
    page.line(0, &[span(Tone::Strong, title)])
}
