//! Counting and sorting: what turns the facts of a scan into a report that is the same every time.

use std::collections::BTreeMap;

use blastwall_model::AccountId;

use super::account::Environment;
use super::summary::{AccountCounts, EnvironmentSummary, Summary, VerdictCounts};
use super::{Report, ReportedFinding};

impl Report {
    /// Sorts every list and fills in the counts. Call it once, when everything is in; calling it
    /// again changes nothing.
    #[must_use]
    pub fn finish(mut self) -> Self {
        self.sort();
        self.count();
        self
    }

    fn sort(&mut self) {
        self.accounts.sort_by(|left, right| left.id.cmp(&right.id));
        self.checks
            .sort_by(|left, right| left.info.id.cmp(&right.info.id));
        self.plugins
            .sort_by(|left, right| left.name.cmp(&right.name));
        for plugin in &mut self.plugins {
            plugin.checks.sort();
            plugin.failures.sort();
        }
        // Messages tell apart several findings on resources that could not be listed.
        self.findings
            .sort_by(|left, right| key(left).cmp(&key(right)));
        self.coverage
            .sort_by(|left, right| left.account.cmp(&right.account));
        for coverage in &mut self.coverage {
            coverage.regions.sort();
            coverage.gaps.sort();
        }
        if let Some(organization) = &mut self.organization {
            organization.gaps.sort();
        }
        self.problems.sort();
    }

    fn count(&mut self) {
        let mut by_account: BTreeMap<&AccountId, VerdictCounts> = BTreeMap::new();
        let mut findings = VerdictCounts::default();
        for reported in &self.findings {
            findings.add(&reported.finding, reported.severity);
            by_account
                .entry(&reported.finding.account)
                .or_default()
                .add(&reported.finding, reported.severity);
        }
        let mut accounts = AccountCounts::default();
        let mut environments: BTreeMap<Environment, (AccountCounts, VerdictCounts)> =
            BTreeMap::new();
        for account in &mut self.accounts {
            account.summary = by_account.get(&account.id).copied().unwrap_or_default();
            accounts.add(&account.access);
            let (counts, verdicts) = environments.entry(account.environment.clone()).or_default();
            counts.add(&account.access);
            *verdicts = verdicts.plus(&account.summary);
        }
        self.environments = environments
            .into_iter()
            .map(|(environment, (accounts, findings))| EnvironmentSummary {
                environment,
                accounts,
                findings,
            })
            .collect();
        self.environments.sort_by(|left, right| {
            let criticality = |summary: &EnvironmentSummary| summary.environment.criticality;
            criticality(right)
                .cmp(&criticality(left))
                .then_with(|| left.environment.cmp(&right.environment))
        });
        let gaps: usize = self
            .coverage
            .iter()
            .map(|coverage| coverage.gaps.len())
            .chain(
                self.organization
                    .iter()
                    .map(|organization| organization.gaps.len()),
            )
            .sum();
        self.summary = Summary {
            accounts,
            findings,
            gaps: u64::try_from(gaps).unwrap_or(u64::MAX),
        };
    }
}

fn key(reported: &ReportedFinding) -> impl Ord + '_ {
    let finding = &reported.finding;
    (
        &finding.account,
        &finding.check,
        &finding.region,
        &finding.resource,
        &finding.resource_type,
        finding.verdict,
        &finding.message,
    )
}
