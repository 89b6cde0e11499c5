//! The first lines, which say what was scanned and what came of it, and the last line.

use std::io;

use blastwall_model::{Severity, Verdict};

use crate::Report;
use crate::blast::survey;
use crate::names::{Names, count, len};
use crate::page::{Page, Span, plain, span};
use crate::report::AccountCounts;
use crate::style::Tone;

pub(super) fn write(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    let title = match &report.organization {
        Some(organization) => format!("Organization {}", organization.id),
        None => report.accounts.first().map_or_else(
            || "No account".to_owned(),
            |account| format!("Account {}", names.label(&account.id)),
        ),
    };
    let mut first = vec![span(Tone::Strong, title)];
    if let Some(organization) = &report.organization {
        let management = names.label(&organization.management_account);
        first.push(plain(format!(", management account {management}")));
    } else {
        first.push(plain(", in no organization"));
    }
    page.line(0, &first)?;
    page.line(0, &[plain(provenance(report))])?;
    let dot = page.glyphs().dot;
    page.line(
        0,
        &[plain(format!(
            "{} {dot} {} from {}",
            accounts(&report.summary.accounts),
            count(len(report.checks.len()), "check", "checks"),
            count(len(report.plugins.len()), "plugin", "plugins"),
        ))],
    )?;
    usage(page, report)?;
    let filters = report.filters.words();
    if !filters.is_empty() {
        page.line(
            0,
            &[
                span(Tone::Doubtful, "Narrowed to: "),
                plain(filters.join("; ")),
            ],
        )?;
    }
    in_short(page, report)
}

/// What each plugin used, if that was asked for.
fn usage(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    for plugin in &report.plugins {
        let Some(usage) = &plugin.usage else {
            continue;
        };
        let line = format!(
            "{}: asked {}, {:.3} s, longest {:.3} s, at most {:.1} MB",
            plugin.name,
            count(usage.evaluations, "time", "times"),
            usage.seconds,
            usage.longest_seconds,
            usage.peak_memory as f64 / 1e6,
        );
        page.line(1, &[plain(line)])?;
    }
    Ok(())
}

fn provenance(report: &Report) -> String {
    let scan = &report.scan;
    let caller = scan
        .caller
        .as_ref()
        .map_or_else(String::new, |arn| format!(" as {arn}"));
    let cost = scan.timings.as_ref().map_or_else(String::new, |timings| {
        format!(
            ", {:.1} s, {} ({} throttled)",
            timings.seconds,
            count(timings.requests, "request", "requests"),
            timings.throttled
        )
    });
    format!("Scanned {} by {}{caller}{cost}", scan.scanned_at, scan.tool)
}

fn accounts(counts: &AccountCounts) -> String {
    let mut parts = vec![format!("{} entered", counts.entered)];
    if counts.refused > 0 {
        parts.push(format!("{} refused", counts.refused));
    }
    if counts.skipped > 0 {
        parts.push(format!("{} skipped", counts.skipped));
    }
    format!(
        "{}: {}",
        count(counts.total, "account", "accounts"),
        parts.join(", ")
    )
}

/// The result in at most four lines: failures, crossings, what was not seen.
fn in_short(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    page.heading("In short")?;
    let affected = len(report
        .accounts
        .iter()
        .filter(|account| account.summary.fail.total() > 0)
        .count());
    let entered = report.summary.accounts.entered;
    let mut line = failures(report);
    if affected > 0 {
        line.push(plain(format!(
            ", in {affected} of {}",
            count(entered, "account", "accounts")
        )));
    }
    page.line(2, &line)?;
    if let Some(line) = survey::in_short(report, page.glyphs().arrow) {
        page.line(2, &line)?;
    }
    let unseen = unseen(report);
    if !unseen.is_empty() {
        page.line(
            2,
            &[span(Tone::Doubtful, "Not seen: "), plain(unseen.join(", "))],
        )?;
    }
    Ok(())
}

/// `7 failures: 1 critical, 4 high, 2 medium`.
fn failures(report: &Report) -> Vec<Span<'static>> {
    let fail = &report.summary.findings.fail;
    if fail.total() == 0 {
        // No failure among nothing decided is no good news.
        return vec![if report.summary.findings.pass == 0 {
            span(Tone::Doubtful, "nothing could be decided")
        } else {
            span(Tone::Good, "no failures")
        }];
    }
    let mut spans = vec![span(
        Tone::Strong,
        count(fail.total(), "failure", "failures"),
    )];
    let mut separator = ": ";
    for severity in Severity::ALL.iter().rev().copied() {
        if fail.of(severity) > 0 {
            spans.push(plain(separator));
            spans.push(span(
                Tone::Of(severity),
                format!("{} {severity}", fail.of(severity)),
            ));
            separator = ", ";
        }
    }
    spans
}

fn unseen(report: &Report) -> Vec<String> {
    let summary = &report.summary;
    let spoiled = len(report
        .plugins
        .iter()
        .map(|plugin| plugin.failures.len())
        .sum());
    [
        (
            summary.accounts.refused,
            "account refused entry",
            "accounts refused entry",
        ),
        (
            summary.findings.unknown,
            "verdict is unknown",
            "verdicts are unknown",
        ),
        (
            summary.gaps,
            "call brought no data",
            "calls brought no data",
        ),
        (spoiled, "plugin failure", "plugin failures"),
    ]
    .into_iter()
    .filter(|(number, _, _)| *number > 0)
    .map(|(number, singular, plural)| count(number, singular, plural))
    .collect()
}

/// The line that stands above the prompt.
pub(super) fn close(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let findings = &report.summary.findings;
    let mut line = failures(report);
    line.push(plain(format!("; {} passed", findings.pass)));
    for (number, verdict, tone) in [
        (findings.unknown, Verdict::Unknown, Tone::Doubtful),
        (findings.error, Verdict::Error, Tone::Bad),
    ] {
        if number > 0 {
            line.push(plain(", "));
            line.push(span(tone, format!("{number} {}", verdict.as_str())));
        }
    }
    let accounts = &report.summary.accounts;
    line.push(plain(format!(
        "; {} of {} entered",
        accounts.entered,
        count(accounts.total, "account", "accounts")
    )));
    let crossings = len(survey::upward(report).len());
    if crossings > 0 {
        line.push(plain("; "));
        line.push(span(Tone::Bad, count(crossings, "crossing", "crossings")));
        line.push(plain(" into more critical environments"));
    }
    page.gap()?;
    page.line(0, &line)
}
