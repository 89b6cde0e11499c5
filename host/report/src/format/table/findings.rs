//! Failures grouped by check, worst first, with the first few resources of each.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use blastwall_model::{CheckId, CheckInfo, Finding, Scope, Severity, Verdict};

use crate::Report;
use crate::names::{Names, count, len, resource};
use crate::page::{Grid, Page, cell, plain, span};
use crate::style::Tone;

struct Group<'report> {
    severity: Severity,
    check: &'report CheckId,
    title: &'report str,
    scope: Scope,
    findings: Vec<&'report Finding>,
}

pub(super) fn write(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    let groups = groups(report, names);
    if groups.is_empty() {
        return Ok(());
    }
    page.heading("Worst findings, by check")?;
    let shown = page.style().shown(groups.len());
    for (index, group) in groups.iter().take(shown).enumerate() {
        if index > 0 {
            page.gap()?;
        }
        write_group(page, group, names)?;
    }
    if shown < groups.len() {
        page.gap()?;
    }
    page.more(2, groups.len() - shown, "checks that failed")
}

/// Worst severity first, then by how much is concerned. Within a group, the accounts of the most
/// critical environments first.
fn groups<'report>(report: &'report Report, names: &Names<'_>) -> Vec<Group<'report>> {
    let checks: BTreeMap<&CheckId, &CheckInfo> = report
        .checks
        .iter()
        .map(|check| (&check.info.id, &check.info))
        .collect();
    let mut groups: BTreeMap<(Reverse<Severity>, &CheckId), Vec<&Finding>> = BTreeMap::new();
    for reported in &report.findings {
        if reported.finding.verdict == Verdict::Fail {
            groups
                .entry((Reverse(reported.severity), &reported.finding.check))
                .or_default()
                .push(&reported.finding);
        }
    }
    let mut groups: Vec<Group<'report>> = groups
        .into_iter()
        .map(|((Reverse(severity), check), mut findings)| {
            // Stable, so that the order of the report decides within an environment.
            findings.sort_by_key(|finding| {
                Reverse(
                    names
                        .account(&finding.account)
                        .map(|account| account.environment.criticality),
                )
            });
            Group {
                severity,
                check,
                title: checks.get(check).map_or("", |info| &info.title),
                scope: checks.get(check).map_or(Scope::Resource, |info| info.scope),
                findings,
            }
        })
        .collect();
    groups.sort_by_key(|group| (Reverse(group.severity), Reverse(group.findings.len())));
    groups
}

fn write_group(page: &mut Page<'_>, group: &Group<'_>, names: &Names<'_>) -> io::Result<()> {
    let accounts: BTreeSet<_> = group
        .findings
        .iter()
        .map(|finding| &finding.account)
        .collect();
    page.line(
        2,
        &[
            span(
                Tone::Of(group.severity),
                group.severity.as_str().to_uppercase(),
            ),
            plain("  "),
            span(Tone::Strong, group.title),
            plain("  "),
            span(Tone::Faint, format!("[{}]", group.check)),
            plain(format!(
                "  {} in {}",
                count(len(group.findings.len()), "failure", "failures"),
                count(len(accounts.len()), "account", "accounts"),
            )),
        ],
    )?;
    let shown = page.style().nested().shown(group.findings.len());
    let mut grid = Grid::default().text("").text("").text("");
    for finding in group.findings.iter().take(shown) {
        grid.row(vec![
            cell(Tone::Plain, names.label(&finding.account)),
            cell(
                Tone::Plain,
                match (&finding.resource, group.scope) {
                    (None, Scope::Organization) => "the organization".to_owned(),
                    (arn, _) => resource(arn.as_ref(), &finding.region),
                },
            ),
            cell(Tone::Faint, &*finding.message),
        ]);
    }
    page.grid(4, &grid, "failures")?;
    page.more(4, group.findings.len() - shown, "failures")
}
