//! A comparison for people.

use std::io::{self, Write};

use blastwall_model::Verdict;
use unicode_width::UnicodeWidthStr;

use super::deviation::badness;
use super::{Column, Comparison, Deviation, Grouping, Row, Tally};
use crate::names::{Names, percent};
use crate::page::{Cell, Grid, Page, cell, plain, span};
use crate::style::Tone;
use crate::{Report, Style};

/// Headers of the matrix are cut to so many columns of text.
const HEADER: usize = 14;

/// Writes a comparison as tables.
///
/// # Errors
/// What the writer answers.
pub fn write(
    comparison: &Comparison,
    report: &Report,
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut Page::new(writer, style);
    let (title, what) = match comparison.by {
        Grouping::Account => ("Accounts side by side, worst first", "accounts"),
        Grouping::Environment => ("Environments side by side, worst first", "environments"),
        Grouping::Ou => ("Organizational units side by side, worst first", "units"),
    };
    page.heading(title)?;
    page.grid(2, &side_by_side(comparison), what)?;
    let entered: Vec<usize> = comparison
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.accounts.entered > 0)
        .map(|(index, _)| index)
        .collect();
    page.heading("Checks, worst first: the share that passes")?;
    matrix(page, comparison, &entered, what)?;
    page.heading("Who stands out from their peers")?;
    standouts(page, comparison, &Names::new(report))
}

fn side_by_side(comparison: &Comparison) -> Grid {
    let blast = comparison
        .columns
        .iter()
        .any(|column| column.containment.is_some());
    let mut grid = Grid::default().text(match comparison.by {
        Grouping::Account => "Account",
        Grouping::Environment => "Environment",
        Grouping::Ou => "Unit",
    });
    for header in ["Entered", "Crit", "High", "Med", "Low", "Unknown", "Pass %"] {
        grid = grid.number(header);
    }
    if blast {
        grid = grid
            .number("Contained")
            .number("Exposed")
            .text("Crosses into");
    }
    for column in &comparison.columns {
        let findings = &column.findings;
        let mut row = vec![
            cell(Tone::Plain, full_name(comparison, column)),
            cell(
                if column.accounts.entered < column.accounts.total {
                    Tone::Doubtful
                } else {
                    Tone::Plain
                },
                format!("{}/{}", column.accounts.entered, column.accounts.total),
            ),
        ];
        for count in [
            findings.fail.critical,
            findings.fail.high,
            findings.fail.medium,
            findings.fail.low,
            findings.unknown + findings.error,
        ] {
            row.push(cell(Tone::Plain, count.to_string()));
        }
        row.push(share(column.pass_share));
        if blast {
            row.push(share(column.containment));
            row.push(share(column.exposure));
            row.push(cell(Tone::Plain, column.crosses_into.join(", ")));
        }
        grid.row(row);
    }
    grid
}

fn full_name(comparison: &Comparison, column: &Column) -> String {
    if comparison.by == Grouping::Account && column.label != column.name {
        format!("{} ({})", column.label, column.name)
    } else {
        column.name.clone()
    }
}

/// As many columns as the page has room for, the worst ones.
fn matrix(
    page: &mut Page<'_>,
    comparison: &Comparison,
    entered: &[usize],
    what: &str,
) -> io::Result<()> {
    let widest = comparison
        .checks
        .iter()
        .map(|row| row.check.as_str().width())
        .max()
        .unwrap_or(0);
    let mut room = page
        .style()
        .width
        .map_or(usize::MAX, usize::from)
        .saturating_sub(2 + widest + "  Severity     All  ".len());
    let mut shown = Vec::new();
    for index in entered {
        let Some(column) = comparison.columns.get(*index) else {
            continue;
        };
        let header = short(&column.label);
        let width = header.width().max("100 %?".len()) + 2;
        if room < width && !shown.is_empty() {
            break;
        }
        room = room.saturating_sub(width);
        shown.push((*index, header));
    }
    let mut grid = Grid::default().text("Check").text("Severity").number("All");
    for (_, header) in &shown {
        grid = grid.number(header.clone());
    }
    for row in &comparison.checks {
        let nothing = row.cells.iter().all(|cell| cell.worst().is_none());
        if nothing {
            continue;
        }
        grid.row(matrix_row(row, shown.iter().map(|(index, _)| *index)));
    }
    page.grid(2, &grid, "checks")?;
    page.more(2, entered.len() - shown.len(), what)?;
    page.line(
        2,
        &[span(
            Tone::Faint,
            "- concerns nothing there; ? something could not be seen",
        )],
    )
}

fn matrix_row(row: &Row, columns: impl Iterator<Item = usize>) -> Vec<Cell> {
    let mut cells = vec![
        cell(Tone::Plain, row.check.as_str()),
        cell(Tone::Of(row.severity), row.severity.as_str()),
        share(row.pass_share),
    ];
    for index in columns {
        let tally = row.cells.get(index).copied().unwrap_or_default();
        cells.push(tally_cell(tally));
    }
    cells
}

fn tally_cell(tally: Tally) -> Cell {
    let doubt = if tally.unknown + tally.error > 0 {
        "?"
    } else {
        ""
    };
    match tally.pass_share() {
        Some(passed) => cell(
            match tally.worst() {
                Some(Verdict::Pass) => Tone::Good,
                Some(Verdict::Fail) => Tone::Bad,
                _ => Tone::Doubtful,
            },
            format!("{}{doubt}", percent(passed)),
        ),
        None if doubt.is_empty() => cell(Tone::Faint, "-"),
        None => cell(Tone::Doubtful, doubt),
    }
}

fn share(share: Option<f64>) -> Cell {
    cell(Tone::Plain, share.map_or_else(|| "-".to_owned(), percent))
}

fn short(name: &str) -> String {
    if name.width() <= HEADER {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(HEADER - 1).collect();
    short.push('…');
    short
}

fn standouts(page: &mut Page<'_>, comparison: &Comparison, names: &Names<'_>) -> io::Result<()> {
    let rows: Vec<&Row> = comparison
        .checks
        .iter()
        .filter(|row| !row.deviations.is_empty())
        .collect();
    if rows.is_empty() {
        return page.line(2, &[plain("nobody")]);
    }
    let shown = page.style().shown(rows.len());
    let nested = page.style().nested();
    for row in rows.iter().take(shown) {
        page.line(
            2,
            &[
                span(Tone::Of(row.severity), row.severity.as_str().to_uppercase()),
                plain("  "),
                span(Tone::Strong, row.title.as_str()),
                plain(format!("  [{}]", row.check)),
            ],
        )?;
        let told = nested.shown(row.deviations.len());
        for deviation in row.deviations.iter().take(told) {
            standout(page, deviation, names)?;
        }
        page.more(4, row.deviations.len() - told, "accounts")?;
        page.gap()?;
    }
    page.more(2, rows.len() - shown, "checks")
}

fn standout(page: &mut Page<'_>, deviation: &Deviation, names: &Names<'_>) -> io::Result<()> {
    let peers = &deviation.peers;
    let of = match &peers.environment {
        Some(environment) => format!("{} others of {environment}", peers.of),
        None => format!("{} others", peers.of),
    };
    let worse = badness(deviation.verdict) < badness(peers.verdict);
    page.line(
        4,
        &[
            plain(names.label(&deviation.account)),
            plain("  "),
            span(
                if worse { Tone::Bad } else { Tone::Good },
                deviation.verdict.as_str(),
            ),
            plain(format!(
                "; {} of {of}: {}",
                peers.agree,
                peers.verdict.as_str()
            )),
        ],
    )?;
    if !deviation.message.is_empty() {
        page.line(6, &[plain(deviation.message.as_str())])?;
    }
    for setting in deviation.settings.iter().filter(|_| worse) {
        let values = |values: &[serde_json::Value]| {
            let texts: Vec<String> = values
                .iter()
                .map(|value| brief(&value.to_string()))
                .collect();
            texts.join(" or ")
        };
        let mut line = format!("{} is {}", setting.pointer, values(&setting.here));
        if !setting.peers.is_empty() {
            line.push_str(", at the others ");
            line.push_str(&values(&setting.peers));
        }
        page.line(6, &[span(Tone::Faint, line)])?;
    }
    Ok(())
}

/// Statements of policies are long; the JSON has them whole.
fn brief(value: &str) -> String {
    const MOST: usize = 100;
    if value.chars().count() <= MOST {
        return value.to_owned();
    }
    let mut brief: String = value.chars().take(MOST).collect();
    brief.push('…');
    brief
}
