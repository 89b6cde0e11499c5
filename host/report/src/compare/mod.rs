//! Accounts, environments or units side by side.
//!
//! Start with [`compare`]. A [`Comparison`] has a column for each group of accounts and a row for each
//! check, both worst first, and with each check the accounts that stand out from their peers.

mod deviation;
mod text;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use blastwall_blast::AccountBlast;
use blastwall_model::{AccountId, CheckId, Finding, Severity, Verdict};
use serde::Serialize;

pub use deviation::{Deviation, Peers, Setting};
pub use text::write;

use crate::report::{Account, AccountCounts, Report, ReportedFinding, VerdictCounts};

/// The version of the format of a comparison as JSON.
const FORMAT: &str = "blastwall-comparison/1";

/// What is set side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grouping {
    /// Single accounts.
    #[default]
    Account,
    /// Environments.
    Environment,
    /// Organizational units, each with its own accounts alone.
    Ou,
}

/// Groups of accounts side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The version of this format.
    pub format: &'static str,
    /// The moment of the scan, RFC 3339.
    pub scanned_at: String,
    /// What the columns are.
    pub by: Grouping,
    /// The groups, those with the worst failures first: one critical outweighs any number of high.
    pub columns: Vec<Column>,
    /// The checks: failing ones first, then by severity, then by the share that passes.
    pub checks: Vec<Row>,
}

/// A group of accounts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// The account's id, the environment's name or the unit's path.
    pub name: String,
    /// What a reader calls it.
    pub label: String,
    /// How many of its accounts were entered and how many were not.
    pub accounts: AccountCounts,
    /// Its findings, counted.
    pub findings: VerdictCounts,
    /// The share of passes among what could be decided; none if nothing could.
    pub pass_share: Option<f64>,
    /// The mean containment of its accounts, 0 to 1; none without a blast radius.
    pub containment: Option<f64>,
    /// The mean exposure of its accounts, 0 to 1; none without a blast radius.
    pub exposure: Option<f64>,
    /// The other environments that its accounts reach, by name.
    pub crosses_into: Vec<String>,
}

/// A check over all groups.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Which check.
    pub check: CheckId,
    /// Its title.
    pub title: String,
    /// How bad a failure is.
    pub severity: Severity,
    /// The share of passes over all groups; none if nothing could be decided.
    pub pass_share: Option<f64>,
    /// What it says of each group, in the order of the columns.
    pub cells: Vec<Tally>,
    /// The accounts that stand out from their peers: those that are worse first, then by id.
    pub deviations: Vec<Deviation>,
}

/// The verdicts of one check, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Passes.
    pub pass: u64,
    /// Failures.
    pub fail: u64,
    /// Verdicts that could not be given.
    pub unknown: u64,
    /// Failures of the check itself.
    pub error: u64,
}

impl Tally {
    /// Counts one finding; what a check does not concern counts for nothing.
    fn add(&mut self, finding: &Finding) {
        match finding.verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Fail => self.fail += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::Error => self.error += 1,
            Verdict::NotApplicable => {}
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            pass: self.pass + other.pass,
            fail: self.fail + other.fail,
            unknown: self.unknown + other.unknown,
            error: self.error + other.error,
        }
    }

    /// The share of passes among what could be decided.
    #[must_use]
    pub fn pass_share(self) -> Option<f64> {
        let decided = self.pass + self.fail;
        (decided > 0).then(|| {
            #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
            let share = self.pass as f64 / decided as f64;
            share
        })
    }

    /// The worst verdict among them; none if the check concerns nothing there.
    #[must_use]
    pub fn worst(self) -> Option<Verdict> {
        [
            (self.fail, Verdict::Fail),
            (self.error, Verdict::Error),
            (self.unknown, Verdict::Unknown),
            (self.pass, Verdict::Pass),
        ]
        .into_iter()
        .find(|(count, _)| *count > 0)
        .map(|(_, verdict)| verdict)
    }
}

/// Findings by check and account.
type Index<'report> =
    BTreeMap<&'report CheckId, BTreeMap<&'report AccountId, Vec<&'report Finding>>>;

/// Sets the accounts of a report side by side.
#[must_use]
pub fn compare(report: &Report, by: Grouping) -> Comparison {
    let (columns, place) = columns(report, by);
    let mut index: Index<'_> = BTreeMap::new();
    for ReportedFinding { finding, .. } in &report.findings {
        index
            .entry(&finding.check)
            .or_default()
            .entry(&finding.account)
            .or_default()
            .push(finding);
    }
    let nothing = BTreeMap::new();
    let mut rows: Vec<Row> = report
        .checks
        .iter()
        .map(|check| {
            let by_account = index.get(&check.info.id).unwrap_or(&nothing);
            let mut cells = vec![Tally::default(); columns.len()];
            for (account, findings) in by_account {
                let cell = place.get(account).and_then(|place| cells.get_mut(*place));
                if let Some(cell) = cell {
                    findings.iter().for_each(|finding| cell.add(finding));
                }
            }
            let all = cells.iter().copied().fold(Tally::default(), Tally::plus);
            Row {
                check: check.info.id.clone(),
                title: check.info.title.clone(),
                severity: check.info.severity,
                pass_share: all.pass_share(),
                deviations: deviation::deviations(report, by_account),
                cells,
            }
        })
        .collect();
    rows.sort_by(|left, right| {
        let fails = |row: &Row| row.cells.iter().any(|cell| cell.fail > 0);
        let share = |row: &Row| row.pass_share.unwrap_or(1.0);
        fails(right)
            .cmp(&fails(left))
            .then_with(|| right.severity.cmp(&left.severity))
            .then_with(|| share(left).total_cmp(&share(right)))
            .then_with(|| left.check.cmp(&right.check))
    });
    Comparison {
        format: FORMAT,
        scanned_at: report.scan.scanned_at.clone(),
        by,
        columns,
        checks: rows,
    }
}

/// The columns, worst first, and in which of them each account is.
fn columns(report: &Report, by: Grouping) -> (Vec<Column>, BTreeMap<&AccountId, usize>) {
    let mut groups: BTreeMap<String, Vec<&Account>> = BTreeMap::new();
    for account in &report.accounts {
        groups.entry(name(account, by)).or_default().push(account);
    }
    let blasts: BTreeMap<&AccountId, &AccountBlast> = report
        .blast_radius
        .iter()
        .flat_map(|survey| &survey.accounts)
        .map(|blast| (&blast.account, blast))
        .collect();
    let mut columns: Vec<(Column, Vec<&Account>)> = groups
        .into_iter()
        .map(|(name, members)| (column(&blasts, by, name, &members), members))
        .collect();
    columns.sort_by_key(|(column, _)| Reverse(column.findings.fail));
    let mut place = BTreeMap::new();
    for (index, (_, members)) in columns.iter().enumerate() {
        place.extend(members.iter().map(|account| (&account.id, index)));
    }
    let columns = columns.into_iter().map(|(column, _)| column).collect();
    (columns, place)
}

fn name(account: &Account, by: Grouping) -> String {
    match by {
        Grouping::Account => account.id.to_string(),
        Grouping::Environment => account.environment.name.clone(),
        Grouping::Ou if account.ou_path.is_empty() => "/".to_owned(),
        Grouping::Ou => account.ou_path.join("/"),
    }
}

fn column(
    blasts: &BTreeMap<&AccountId, &AccountBlast>,
    by: Grouping,
    name: String,
    members: &[&Account],
) -> Column {
    let mut accounts = AccountCounts::default();
    let mut findings = VerdictCounts::default();
    for account in members {
        accounts.add(&account.access);
        findings = findings.plus(&account.summary);
    }
    let blasts: Vec<&AccountBlast> = members
        .iter()
        .filter_map(|account| blasts.get(&account.id).copied())
        .collect();
    let mut crosses_into: Vec<String> = blasts
        .iter()
        .flat_map(|blast| &blast.crossings)
        .map(|crossing| crossing.to.to_string())
        .collect();
    crosses_into.sort();
    crosses_into.dedup();
    let label = match (by, members) {
        (Grouping::Account, [account]) if !account.name.is_empty() => account.name.clone(),
        _ => name.clone(),
    };
    Column {
        name,
        label,
        accounts,
        pass_share: findings.pass_share(),
        findings,
        containment: mean(blasts.iter().map(|blast| blast.containment.score)),
        exposure: mean(blasts.iter().map(|blast| blast.exposure.score)),
        crosses_into,
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests;
