//! A scan, step by step.

use std::sync::Arc;
use std::time::Instant;

use blastwall_blast::{Facts, Graph};
use blastwall_model::{Access, AccountId, Coverage, Severity, Verdict, unlisted};
use blastwall_organization::{Note, Organization};
use blastwall_report::{
    Account, Check, Plugin as ReportedPlugin, PluginFailure, Problem, Report, ReportFormat,
    ReportedFinding, Scan, Timings,
};
use blastwall_runtime::Plugin;
use blastwall_store::{Manifest, WriteError};
use futures::StreamExt;

use crate::account::{BUG, Done, Shop, refused, with_causes};
use crate::judge::{GIVEN_UP, Judgement};
use crate::organization::{self, Everything};
use crate::origin::{Origin, OriginError};
use crate::roster::{Member, Roster, RosterError, roster};
use crate::workforce::Hearing;
use crate::{Event, Interrupt, Observer, Plan, blast};

/// A scan that could not be made at all.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A change that was asked about has nothing to be made to.
    #[error(transparent)]
    UnmetChange(#[from] crate::UnmetChange),
    /// There is no organization to scan.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// There is no account to scan.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// There is no place for what checks of the organization read.
    #[error("failed to make a temporary file for the checks of the organization")]
    Gather(#[source] std::io::Error),
    /// What is collected cannot be kept.
    #[error("failed to save what is collected")]
    Save(#[from] WriteError),
}

/// What came of a scan.
#[derive(Debug)]
pub struct Outcome {
    /// The report.
    pub report: Report,
    /// The graph behind its blast radius, for further questions; none if it was left out.
    pub graph: Option<Graph>,
    /// The same with the changes that were asked about; none if there are none.
    pub changed: Option<Graph>,
    /// Whether something was not seen that neither a finding nor an account stands for: something of the organization,
    /// or all of it around an account, an account that was asked for, one that was not reached.
    unreached: bool,
}

impl Outcome {
    /// Whether a check of at least this severity failed.
    #[must_use]
    pub fn fails(&self, least: Severity) -> bool {
        self.report
            .findings
            .iter()
            .any(|reported| reported.finding.verdict == Verdict::Fail && reported.severity >= least)
    }

    /// Whether something that was to be seen could not be.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        let report = &self.report;
        let unjudged = |reported: &ReportedFinding| {
            matches!(reported.finding.verdict, Verdict::Unknown | Verdict::Error)
        };
        let unseen = |coverage: &Coverage| {
            matches!(coverage.access, Access::Refused { .. }) || !coverage.gaps.is_empty()
        };
        let unloaded = |plugin: &ReportedPlugin| {
            plugin
                .failures
                .iter()
                .any(|failure| failure.account.is_none())
        };
        self.unreached
            || report.plugins.iter().any(unloaded)
            || report.coverage.iter().any(unseen)
            || report.findings.iter().any(unjudged)
    }
}

/// Scans an organization.
///
/// # Errors
/// If there is no organization to read, no account left by the filters, or no place to save. All
/// else that goes wrong is in the report.
pub async fn scan(
    plan: Plan,
    origin: &Origin,
    plugins: &[Arc<Plugin>],
    observer: Arc<dyn Observer>,
    interrupt: Interrupt,
) -> Result<Outcome, ScanError> {
    let started = Instant::now();
    observer.event(Event::Organization);
    let mut organization = origin.organization().await?;
    let roster = roster(
        &organization,
        &plan.environments,
        &plan.accounts,
        &plan.filters.words(),
    )?;
    let own = organization::own(&plan, &organization).map_err(ScanError::Gather)?;
    let shop = Arc::new(Shop {
        everything: Everything::new(&plan, &organization).map_err(ScanError::Gather)?,
        organization: Arc::new(own),
        source: origin
            .source(&organization, plan.request(), |id| {
                let member = roster.members.get(id);
                member.is_some_and(|member| {
                    member.wanted && member.entry.status.skip_reason().is_none()
                })
            })
            .await?,
        writer: Shop::writer(
            plan.save.as_ref(),
            Manifest {
                scanned_at: Some(plan.scanned_at.clone()),
                tool: Some(plan.tool.clone()),
                caller: Some(organization.caller.arn.clone()),
                types: Some(plan.types()),
                regions: plan.regions.clone(),
                ..Manifest::default()
            },
        )?,
        partition: organization.caller.partition.to_string(),
        plugins: plugins.to_vec(),
        observer: Arc::clone(&observer),
        interrupt: interrupt.clone(),
        plan,
    });
    let plan = &shop.plan;
    observer.event(Event::Accounts(
        u64::try_from(roster.wanted().count()).unwrap_or(u64::MAX),
    ));

    let mut draft = Draft::new(&organization, &roster, plan, plugins);
    let asked = shop.source.spokesman();
    let mut workforce = Hearing::new(&organization, &plan.types(), asked, plan.regions.clone());
    if matches!(origin, Origin::Stored(_)) {
        workforce = workforce.of_stored();
    }
    let mut unreached = !roster.missing.is_empty()
        || organization
            .note
            .as_ref()
            .is_some_and(|note| !matches!(note, Note::Outside));
    let mut facts = plan.blast_radius.then(Facts::new);
    if let Some(facts) = &mut facts {
        facts.set_time(&plan.scanned_at);
        facts.add_organization(&organization.documents);
        blast::add_gaps(facts, &organization.gaps);
        for member in roster.members.values() {
            facts.set_environment(&member.entry.id, blast::environment(member));
        }
    }
    let what_if = plan.what_if.found(&organization.documents)?;
    let mut changed = plan.changes().map(|_| {
        let mut facts = Facts::new();
        facts.set_time(&plan.scanned_at);
        facts.add_organization(&what_if.organization(&organization.documents));
        blast::add_gaps(&mut facts, &organization.gaps);
        for member in roster.members.values() {
            facts.set_environment(&member.entry.id, blast::environment(member));
        }
        facts
    });
    // In order, so that two scans of the same facts meet them in the same order; at most as many
    // finished accounts wait for a slow one as are in flight.
    let mut accounts = futures::stream::iter(roster.wanted().cloned())
        .map(|member| {
            let task = tokio::spawn(Arc::clone(&shop).account(member.clone()));
            async move { (member, task.await) }
        })
        .buffered(plan.parallel_accounts.max(1));
    while let Some((member, done)) = accounts.next().await {
        match done {
            Ok(done) => {
                // An account that is closed is skipped for good; others were to be seen.
                unreached |= matches!(done.coverage.access, Access::Skipped { .. })
                    && member.entry.status.skip_reason().is_none();
                workforce.hear(&done.coverage);
                if let Some(facts) = &mut facts {
                    blast::add(facts, &member, &done.coverage, &done.blast);
                }
                if let Some(facts) = &mut changed {
                    let documents = what_if.account(&done.blast);
                    blast::add(facts, &member, &done.coverage, &documents);
                }
                draft.account(&member, done);
            }
            Err(error) => draft.lost(&member, &error),
        }
    }
    drop(accounts);
    let left_out = roster.members.len() - roster.wanted().count();
    if left_out > 0 && plan.blast_radius {
        draft.problem(
            "blast radius",
            &format!(
                "it sees the accounts that the filters leave; {left_out} others are blind spots"
            ),
            Some("scan without account filters to see every way across"),
        );
    }
    // As with accounts, who narrows a scan by filters is told, and still sees all that was to be seen.
    let unheard = workforce.gap();
    if let Some(gap) = &unheard {
        draft.problem(
            "Identity Center",
            &format!(
                "who is assigned which permission set was not seen: {}",
                gap.answer
            ),
            Some("the management account, or an account that Identity Center is delegated to, tells of it"),
        );
    }
    if interrupt.is_set() {
        draft.problem(
            "scan",
            "the scan was interrupted; accounts that were not reached are listed as skipped",
            None,
        );
    }

    if let Some(everything) = &shop.everything {
        for member in roster.members.values().filter(|member| !member.wanted) {
            everything.missing(&member.entry.id, "the filters leave it out");
        }
        for (kind, why) in unlisted(unheard.as_slice()) {
            everything.unheard(kind, why);
        }
        let shop = Arc::clone(&shop);
        let organization = organization.clone();
        let judged = tokio::task::spawn_blocking(move || {
            let everything = shop.everything.as_ref()?;
            Some(everything.judge(&shop.plugins, &shop.plan, &organization))
        });
        match judged.await {
            Ok(judgement) => draft.judgement(judgement.unwrap_or_default()),
            Err(error) => draft.problem("organization", &with_causes(&error), Some(BUG)),
        }
    }
    draft.given_up();

    let graph = facts.map(|facts| {
        observer.event(Event::BlastRadius);
        Graph::build(facts)
    });
    let changed = changed.map(Graph::build);
    if let Some(graph) = &graph {
        plan.what_if
            .check_principals(|arn| graph.find(arn.as_str()).is_ok())?;
    }
    let survey = match plan.one_question {
        true => Graph::outline,
        false => Graph::survey,
    };
    draft.report.blast_radius = graph.as_ref().map(survey);
    draft.report.scan.timings = Some(timings(origin, started));
    unreached |= !organization.gaps.is_empty();
    organization.gaps.extend(unheard);
    if let Some(reported) = &mut draft.report.organization {
        reported.gaps.clone_from(&organization.gaps);
    }
    let report = draft.report.finish();
    save_organization(shop, &organization)?;
    Ok(Outcome {
        report,
        graph,
        changed,
        unreached,
    })
}

/// Writes the organization and the manifest, last, so that a directory without a manifest is known
/// to be half a scan.
fn save_organization(shop: Arc<Shop>, organization: &Organization) -> Result<(), WriteError> {
    let writer = Arc::into_inner(shop).and_then(|shop| shop.writer);
    let Some(writer) = writer else {
        return Ok(());
    };
    let writer = writer
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    writer.organization(&organization.documents)?;
    writer.organization_coverage(&organization.coverage())?;
    writer.finish()
}

fn timings(origin: &Origin, started: Instant) -> Timings {
    let totals = match origin {
        Origin::Live(live) => live.meter.totals(),
        Origin::Stored(_) => Default::default(),
    };
    Timings {
        seconds: started.elapsed().as_secs_f64(),
        requests: totals.attempts,
        throttled: totals.throttles,
        retried: totals.attempts.saturating_sub(totals.calls),
    }
}

/// A report on its way.
struct Draft {
    report: Report,
    severities: std::collections::BTreeMap<blastwall_model::CheckId, Severity>,
    /// The place in the report of each plugin.
    plugins: Vec<usize>,
}

impl Draft {
    fn new(
        organization: &Organization,
        roster: &Roster,
        plan: &Plan,
        plugins: &[Arc<Plugin>],
    ) -> Self {
        let checks = &plan.selection.checks;
        let mut draft = Self {
            report: Report {
                format: ReportFormat::default(),
                scan: Scan {
                    tool: plan.tool.clone(),
                    scanned_at: plan.scanned_at.clone(),
                    caller: Some(organization.caller.arn.clone()),
                    timings: None,
                },
                filters: plan.filters.clone(),
                organization: reported_organization(organization),
                summary: Default::default(),
                environments: Vec::new(),
                accounts: Vec::new(),
                checks: checks
                    .iter()
                    .map(|check| Check {
                        plugin: plugins
                            .get(check.plugin)
                            .map_or_else(String::new, |plugin| plugin.info().name.clone()),
                        settings: check
                            .info
                            .parameters
                            .iter()
                            .filter_map(|parameter| {
                                let value = check.parameters.get(&parameter.name)?;
                                (*value != parameter.default)
                                    .then(|| (parameter.name.clone(), value.clone()))
                            })
                            .collect(),
                        info: check.info.clone(),
                    })
                    .collect(),
                plugins: Vec::new(),
                findings: Vec::new(),
                coverage: Vec::new(),
                blast_radius: None,
                problems: Vec::new(),
            },
            severities: checks
                .iter()
                .map(|check| (check.info.id.clone(), check.info.severity))
                .collect(),
            plugins: Vec::new(),
        };
        for (index, plugin) in plugins.iter().enumerate() {
            draft.plugins.push(index);
            draft.report.plugins.push(ReportedPlugin {
                name: plugin.info().name.clone(),
                version: plugin.info().version.clone(),
                digest: plugin.digest(),
                checks: checks
                    .iter()
                    .filter(|check| check.plugin == index)
                    .map(|check| check.info.id.clone())
                    .collect(),
                failures: Vec::new(),
                usage: None,
            });
        }
        for plugin in &plan.unloaded {
            draft.problem(
                &format!("plugin {}", plugin.name),
                &format!(
                    "it could not be loaded, so its checks did not run: {}",
                    plugin.message
                ),
                Some("`blastwall plugin inspect FILE` tells more about a component"),
            );
            draft.report.plugins.push(ReportedPlugin {
                name: plugin.name.clone(),
                version: String::new(),
                digest: plugin.digest.clone(),
                checks: Vec::new(),
                failures: vec![PluginFailure {
                    account: None,
                    kind: "load".to_owned(),
                    message: plugin.message.clone(),
                }],
                usage: None,
            });
        }
        if let Some(note) = &organization.note {
            draft.problem("organization", &note.to_string(), Some(note.hint()));
        }
        for id in &roster.missing {
            draft.problem(
                &format!("account {id}"),
                "the account was asked for and is not in the organization",
                Some("see `blastwall accounts` for those that are"),
            );
        }
        draft
    }

    fn problem(&mut self, subject: &str, message: &str, hint: Option<&str>) {
        self.report.problems.push(Problem {
            subject: subject.to_owned(),
            message: message.to_owned(),
            hint: hint.map(str::to_owned),
        });
    }

    fn account(&mut self, member: &Member, done: Done) {
        let entry = &member.entry;
        for undecided in &member.environment.undecided {
            self.problem(
                &format!("account {}", entry.id),
                &format!("its environment is not certain: {undecided}"),
                None,
            );
        }
        if let Some(message) = &done.unsaved {
            self.problem(
                &format!("account {}", entry.id),
                &format!("it could not be saved: {message}"),
                None,
            );
        }
        self.report.accounts.push(Account {
            id: entry.id.clone(),
            name: entry.name.clone(),
            email: entry.email.clone(),
            ou_path: entry.ou_path.clone(),
            status: entry.status.to_string(),
            tags: entry.tags.known().cloned().unwrap_or_default(),
            environment: member.reported_environment(),
            access: done.coverage.access.clone(),
            summary: Default::default(),
        });
        self.judgement(done.judgement);
        self.report.coverage.push(done.coverage);
    }

    fn judgement(&mut self, judgement: Judgement) {
        let severities = &self.severities;
        let findings = judgement.findings.into_iter();
        self.report.findings.extend(findings.map(|finding| {
            ReportedFinding {
                severity: severities
                    .get(&finding.check)
                    .copied()
                    .unwrap_or(Severity::Informational),
                finding,
            }
        }));
        for (plugin, failure) in judgement.failures {
            if let Some(plugin) = self.report.plugins.get_mut(plugin) {
                plugin.failures.push(failure);
            }
        }
        for (plugin, usage) in judgement.usage {
            if let Some(plugin) = self.report.plugins.get_mut(plugin) {
                plugin.usage.get_or_insert_default().add(&usage);
            }
        }
    }

    /// Says loudly which plugins were not asked any more.
    fn given_up(&mut self) {
        for index in 0..self.report.plugins.len() {
            let Some(plugin) = self.report.plugins.get(index) else {
                continue;
            };
            let failures = plugin.failures.iter();
            let unasked = failures.filter(|failure| failure.kind == GIVEN_UP).count();
            let failed = plugin.failures.len() - unasked;
            if unasked > 0 {
                let subject = format!("plugin {}", plugin.name);
                let message = format!(
                    "it failed {failed} times and was not asked about {unasked} more accounts; its checks end as `error` there"
                );
                self.problem(
                    &subject,
                    &message,
                    Some("the failures are in the report, under `plugins`; repair the plugin and scan again"),
                );
            }
        }
    }

    /// An account whose task died: a bug, and still no reason to lose the others.
    fn lost(&mut self, member: &Member, error: &tokio::task::JoinError) {
        let done = refused(
            &member.entry.id,
            "scanning the account",
            &with_causes(error),
        );
        self.account(member, done);
    }
}

fn reported_organization(organization: &Organization) -> Option<blastwall_report::Organization> {
    let management_account: AccountId = organization.management_account.clone()?;
    Some(blastwall_report::Organization {
        id: organization.id.clone()?,
        management_account,
        gaps: organization.gaps.clone(),
    })
}
