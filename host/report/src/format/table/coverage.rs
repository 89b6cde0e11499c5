//! What was not seen, grouped by what would repair it: accounts that refused, calls that brought
//! nothing, verdicts that could not be given, plugins that failed, and other problems.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use blastwall_model::{Access, AccountId, CheckId, Gap, GapKind, Severity, Verdict};

use crate::Report;
use crate::names::{Names, count, len};
use crate::page::{Grid, Page, cell, plain, span};
use crate::report::Account;
use crate::style::Tone;

/// How many accounts are named in a row before the rest is counted.
const NAMED_ACCOUNTS: usize = 4;

pub(super) fn write(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    not_entered(page, report, names)?;
    calls(page, report, names)?;
    unknown(page, report, names)?;
    plugins(page, report, names)?;
    problems(page, report)
}

/// Why accounts were not entered, told once for all that have the same answer.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Refused {
        tried: String,
        answer: String,
        hint: String,
    },
    Skipped {
        reason: String,
    },
}

fn not_entered(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    // Refusals first: they are what the reader can repair.
    let mut reasons: BTreeMap<Reason, Vec<&AccountId>> = BTreeMap::new();
    for account in &report.accounts {
        if let Some(reason) = reason(account) {
            reasons.entry(reason).or_default().push(&account.id);
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    page.heading("Accounts that were not entered")?;
    let shown = page.style().shown(reasons.len());
    let several = page.style().limit.map_or(usize::MAX, |_| NAMED_ACCOUNTS);
    for (index, (reason, accounts)) in reasons.iter().take(shown).enumerate() {
        if index > 0 {
            page.gap()?;
        }
        // A lone account is told in AWS's own words.
        let told = |text: &str| match accounts.as_slice() {
            [only] => text.replace(ACCOUNT, only.as_str()),
            _ => text.to_owned(),
        };
        let list = span(Tone::Strong, names.list(accounts.iter().copied(), several));
        let (word, rows) = match reason {
            Reason::Refused {
                tried,
                answer,
                hint,
            } => (
                span(Tone::Bad, "refused  "),
                vec![
                    ("tried    ", tried),
                    ("answer   ", answer),
                    ("to do    ", hint),
                ],
            ),
            Reason::Skipped { reason } => {
                (span(Tone::Faint, "skipped  "), vec![("because  ", reason)])
            }
        };
        page.hanging(2, 11, &[word, list])?;
        for (label, text) in rows {
            page.hanging(2, 11, &[span(Tone::Faint, label), plain(told(text))])?;
        }
    }
    page.more(2, reasons.len() - shown, "reasons")
}

/// Stands for the id of an account where several have the same answer but for that id.
const ACCOUNT: &str = "<account>";

fn reason(account: &Account) -> Option<Reason> {
    let masked = |text: &str| text.replace(account.id.as_str(), ACCOUNT);
    match &account.access {
        Access::Entered { .. } => None,
        Access::Refused {
            tried,
            answer,
            hint,
        } => Some(Reason::Refused {
            tried: masked(tried),
            answer: masked(answer),
            hint: masked(hint),
        }),
        Access::Skipped { reason } => Some(Reason::Skipped {
            reason: masked(reason),
        }),
    }
}

/// Calls with the same fate.
#[derive(Default)]
struct Calls<'report> {
    accounts: BTreeSet<&'report AccountId>,
    types: BTreeSet<&'report str>,
    number: usize,
    answer: &'report str,
}

fn calls(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    let management = report.organization.iter().flat_map(|organization| {
        let account = &organization.management_account;
        organization.gaps.iter().map(move |gap| (account, gap))
    });
    let members = report
        .coverage
        .iter()
        .flat_map(|coverage| coverage.gaps.iter().map(|gap| (&coverage.account, gap)));
    let mut groups: BTreeMap<(&str, GapKind), Calls<'_>> = BTreeMap::new();
    for (account, gap) in management.chain(members) {
        groups
            .entry((&gap.action, gap.kind))
            .or_default()
            .add(account, gap);
    }
    if groups.is_empty() {
        return Ok(());
    }
    page.heading("Calls that brought no data, by action")?;
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, calls)| (Reverse(calls.accounts.len()), Reverse(calls.number)));
    let mut grid = Grid::default()
        .text("Action")
        .text("Fate")
        .number("Calls")
        .text("Accounts")
        .text("Missing")
        .text("First answer");
    for ((action, kind), calls) in groups {
        grid.row(vec![
            cell(Tone::Strong, action),
            cell(Tone::Doubtful, fate(kind)),
            cell(Tone::Plain, calls.number.to_string()),
            cell(
                Tone::Plain,
                match calls.accounts.len() {
                    1 => names.list(calls.accounts.iter().copied(), 1),
                    several => format!("{several} accounts"),
                },
            ),
            cell(
                Tone::Plain,
                calls.types.iter().copied().collect::<Vec<_>>().join(", "),
            ),
            cell(Tone::Faint, calls.answer),
        ]);
    }
    page.grid(2, &grid, "actions")
}

impl<'report> Calls<'report> {
    fn add(&mut self, account: &'report AccountId, gap: &'report Gap) {
        if self.number == 0 {
            self.answer = &gap.answer;
        }
        self.number += 1;
        self.accounts.insert(account);
        self.types.extend(gap.types.iter().map(String::as_str));
    }
}

fn fate(kind: GapKind) -> &'static str {
    match kind {
        GapKind::Denied => "denied",
        GapKind::Throttled => "throttled",
        GapKind::Unavailable => "unavailable",
        GapKind::Unsupported => "unsupported",
        GapKind::Malformed => "unreadable",
        GapKind::Rejected => "rejected",
    }
}

fn unknown(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    #[derive(Default)]
    struct Unknowns<'report> {
        accounts: BTreeSet<&'report AccountId>,
        number: usize,
        reason: &'report str,
    }
    let mut groups: BTreeMap<(Reverse<Severity>, &CheckId), Unknowns<'_>> = BTreeMap::new();
    for reported in &report.findings {
        if reported.finding.verdict != Verdict::Unknown {
            continue;
        }
        let group = groups
            .entry((Reverse(reported.severity), &reported.finding.check))
            .or_default();
        if group.number == 0 {
            group.reason = &reported.finding.message;
        }
        group.number += 1;
        group.accounts.insert(&reported.finding.account);
    }
    if groups.is_empty() {
        return Ok(());
    }
    page.heading("Verdicts that could not be given, by check")?;
    let mut grid = Grid::default()
        .text("Check")
        .text("Severity")
        .number("Unknown")
        .text("Accounts")
        .text("First reason");
    for ((Reverse(severity), check), group) in groups {
        grid.row(vec![
            cell(Tone::Strong, check.as_str()),
            cell(Tone::Of(severity), severity.as_str()),
            cell(Tone::Plain, group.number.to_string()),
            cell(
                Tone::Plain,
                match group.accounts.len() {
                    1 => names.list(group.accounts.iter().copied(), 1),
                    several => format!("{several} accounts"),
                },
            ),
            cell(Tone::Faint, group.reason),
        ]);
    }
    page.grid(2, &grid, "checks")
}

fn plugins(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    let mut grid = Grid::default()
        .text("Plugin")
        .text("Account")
        .text("Failure")
        .text("What happened");
    for plugin in &report.plugins {
        for failure in &plugin.failures {
            grid.row(vec![
                cell(Tone::Strong, &plugin.name),
                cell(
                    Tone::Plain,
                    failure
                        .account
                        .as_ref()
                        .map_or_else(|| "all".to_owned(), |id| names.label(id)),
                ),
                cell(Tone::Bad, &failure.kind),
                cell(Tone::Faint, &failure.message),
            ]);
        }
    }
    if grid.is_empty() {
        return Ok(());
    }
    page.heading("Plugins that failed")?;
    page.grid(2, &grid, "failures")
}

fn problems(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if report.problems.is_empty() {
        return Ok(());
    }
    page.heading(&count(
        len(report.problems.len()),
        "other problem",
        "other problems",
    ))?;
    let shown = page.style().shown(report.problems.len());
    for problem in report.problems.iter().take(shown) {
        page.line(
            2,
            &[
                span(Tone::Strong, &problem.subject),
                plain(": "),
                plain(&problem.message),
            ],
        )?;
        if let Some(hint) = &problem.hint {
            page.hanging(4, 11, &[span(Tone::Faint, "to do  "), plain(hint)])?;
        }
    }
    page.more(2, report.problems.len() - shown, "problems")
}
