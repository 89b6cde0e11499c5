//! Verdicts counted by environment and by account.

use std::cmp::Reverse;
use std::io;

use blastwall_model::{Access, Severity};

use crate::Report;
use crate::names::{label, percent};
use crate::page::{Cell, Grid, Page, cell};
use crate::report::{Account, VerdictCounts};
use crate::style::Tone;

pub(super) fn write(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if report.accounts.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(&report.summary.findings);
    if report.organization.is_some() || report.environments.len() > 1 {
        page.heading("Posture by environment")?;
        page.grid(2, &environments(report, &columns), "environments")?;
    }
    page.heading("Posture by account, worst first")?;
    page.grid(2, &accounts(report, &columns), "accounts")
}

fn environments(report: &Report, columns: &Columns) -> Grid {
    let mut grid = columns.add(Grid::default().text("Environment").number("Accounts"));
    for summary in &report.environments {
        let counts = &summary.accounts;
        let entered = if counts.entered == counts.total {
            cell(Tone::Plain, counts.total.to_string())
        } else {
            cell(
                Tone::Doubtful,
                format!("{} of {}", counts.entered, counts.total),
            )
        };
        let mut row = vec![
            cell(
                Tone::Strong,
                format!(
                    "{} ({})",
                    summary.environment.name,
                    summary.environment.criticality.as_str()
                ),
            ),
            entered,
        ];
        row.extend(columns.cells(&summary.findings, counts.entered > 0));
        grid.row(row);
    }
    grid
}

fn accounts(report: &Report, columns: &Columns) -> Grid {
    let mut grid = columns.add(Grid::default().text("Account").text("Environment"));
    let mut accounts: Vec<&Account> = report.accounts.iter().collect();
    // An account that was not seen is worse news than one without failures, and no worse than
    // one with: what it hides is told with its coverage.
    accounts.sort_by_key(|account| {
        (
            Reverse(account.summary.fail),
            access_rank(&account.access),
            Reverse(account.summary.unknown + account.summary.error),
            &account.id,
        )
    });
    for account in accounts {
        let mut row = vec![
            cell(Tone::Strong, label(&account.name, &account.id)),
            cell(Tone::Plain, &account.environment.name),
        ];
        let entered = matches!(account.access, Access::Entered { .. });
        row.extend(columns.cells(&account.summary, entered));
        let (tone, word) = match account.access {
            Access::Entered { .. } => (Tone::Plain, ""),
            Access::Refused { .. } => (Tone::Bad, "refused"),
            Access::Skipped { .. } => (Tone::Faint, "skipped"),
        };
        if !entered && let Some(last) = row.last_mut() {
            *last = cell(tone, word);
        }
        grid.row(row);
    }
    grid
}

fn access_rank(access: &Access) -> u8 {
    match access {
        Access::Refused { .. } => 0,
        Access::Entered { .. } => 1,
        Access::Skipped { .. } => 2,
    }
}

/// Which counts have a column: rare ones only where they occur.
struct Columns {
    severities: Vec<Severity>,
    errors: bool,
}

impl Columns {
    fn of(total: &VerdictCounts) -> Self {
        Self {
            severities: Severity::ALL
                .iter()
                .rev()
                .copied()
                .filter(|severity| {
                    *severity > Severity::Informational || total.fail.of(*severity) > 0
                })
                .collect(),
            errors: total.error > 0,
        }
    }

    fn add(&self, mut grid: Grid) -> Grid {
        for severity in &self.severities {
            grid = grid.number(match severity {
                Severity::Critical => "Crit",
                Severity::High => "High",
                Severity::Medium => "Med",
                Severity::Low => "Low",
                Severity::Informational => "Info",
            });
        }
        grid = grid.number("Unknown");
        if self.errors {
            grid = grid.number("Err");
        }
        grid.number("Pass").number("Pass %")
    }

    /// The fields of one row; blank if nothing was looked at, because a nought would say that
    /// nothing was found.
    fn cells(&self, counts: &VerdictCounts, seen: bool) -> Vec<Cell> {
        let number = |tone: Tone, number: u64| match (seen, number) {
            (false, _) => cell(Tone::Plain, ""),
            (true, 0) => cell(Tone::Faint, "0"),
            (true, _) => cell(tone, number.to_string()),
        };
        let mut cells: Vec<Cell> = self
            .severities
            .iter()
            .map(|severity| number(Tone::Of(*severity), counts.fail.of(*severity)))
            .collect();
        cells.push(number(Tone::Doubtful, counts.unknown));
        if self.errors {
            cells.push(number(Tone::Bad, counts.error));
        }
        cells.push(number(Tone::Good, counts.pass));
        cells.push(cell(
            Tone::Plain,
            counts
                .pass_share()
                .filter(|_| seen)
                .map_or_else(String::new, percent),
        ));
        cells
    }
}
