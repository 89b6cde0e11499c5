//! `blastwall blast-radius`, and what `path` and `who-can` share with it.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, anyhow};
use blastwall_aws::Meter;
use blastwall_blast::{
    Advice, BlindSpot, Change, Graph, Radius, ReachChange, Subject, Survey, Unjudged, UnknownStart,
};
use blastwall_policy::actions;
use blastwall_report::view::UnseenListing;
use blastwall_report::{Format, Report, view, visible};
use blastwall_scan::WhatIf;
use serde::Serialize;

use super::scan::{Job, Prepared};
use crate::args::{AwsArguments, BlastRadiusArguments, SourceArguments, WhatIfArguments};
use crate::config::{ConfigFile, nearest};
use crate::errors::{CommandResult, Failure};
use crate::output::{or_table, write};
use crate::terminal::Terminal;
use crate::{exit, setup};

/// A report with its graph, and the graph with the changes that were asked about.
pub(super) struct Reach {
    pub(super) report: Report,
    pub(super) graph: Graph,
    /// None if nothing is changed.
    pub(super) changed: Option<Graph>,
    /// The same with the links that are taken away; none if none are.
    pub(super) uncut: Option<Graph>,
}

/// Looks at all principals of an organization, live or stored; for one question without the answers about every
/// account.
pub(super) async fn reach(
    aws: AwsArguments,
    source: &SourceArguments,
    what_if: &WhatIfArguments,
    one_question: bool,
    file: &ConfigFile,
    terminal: Terminal,
) -> Result<Reach, Failure> {
    let job = Job {
        aws,
        blast_radius: true,
        one_question,
        deep: source.deep,
        what_if: changes(what_if, terminal)?,
        ..Job::default()
    };
    let meter = Meter::default();
    let prepared = Prepared::new(job, file, terminal)?;
    let from = source.from.as_deref();
    let origin = setup::origin(&prepared.job.aws, &file.config, from, meter.clone()).await?;
    let outcome = prepared.run(&origin, meter, terminal).await?;
    // Answers are shorter than reports, and what is in doubt about all of them goes before.
    for problem in &outcome.report.problems {
        terminal.warn(&format!("{}: {}", problem.subject, problem.message));
    }
    let graph = outcome
        .graph
        .ok_or_else(|| anyhow!("the blast radius was not computed"))?;
    let mut changed = outcome.changed;
    let mut uncut = None;
    if !what_if.without.is_empty() {
        // The links are looked up in the graph as it is.
        let links = what_if.without.iter().map(|link| {
            let end = |text: &str| {
                let found = graph.find(text);
                found.map_err(|error| unknown(&graph, text, error))
            };
            let from = match link.from.as_str() {
                EVERYBODY => None,
                from => Some(end(from)?),
            };
            Ok((from, end(&link.to)?))
        });
        let links = links.collect::<Result<Vec<_>, Failure>>()?;
        let before = match changed.take() {
            Some(changed) => changed,
            None => graph.clone(),
        };
        uncut = Some(before.clone());
        changed = Some(before.without(&links).map_err(|error| {
            Failure::usage(error).hint("`blastwall path FROM TO` tells the links of a way")
        })?);
    }
    Ok(Reach {
        report: outcome.report,
        graph,
        changed,
        uncut,
    })
}

/// Stands for everybody whom a policy lets in, at the beginning of a link.
const EVERYBODY: &str = "*";

/// What is found by the words of the command line.
pub(super) fn find(graph: &Graph, text: &str) -> Result<Vec<Subject>, Failure> {
    graph
        .find_all(text)
        .map_err(|error| unknown(graph, text, error))
}

/// Says which repositories of a start no policy knows, lest one that is misspelt looks harmless.
pub(super) fn warn_of_strangers(graph: &Graph, start: &[Subject], terminal: Terminal) {
    for subject in start.iter().filter(|subject| graph.is_stranger(subject)) {
        terminal.warn(&format!(
            "{subject} is named by no policy: whoever runs it is taken for anyone"
        ));
    }
}

fn unknown(graph: &Graph, text: &str, error: UnknownStart) -> Failure {
    let failure = Failure::usage(error);
    // Case is the commonest slip, and the distance of words takes no account of it.
    let same = graph.names().find(|name| name.eq_ignore_ascii_case(text));
    match same.or_else(|| nearest(text, graph.names())) {
        Some(name) => failure.hint(format!("did you mean `{}`?", visible(name))),
        None => failure.hint(
            "give an account id, an account or environment name, the ARN of a user, role or workload, the name \
             of a user or group of Identity Center, or `anyone`; see `blastwall accounts`",
        ),
    }
}

/// The policies in the files.
pub(super) fn changes(arguments: &WhatIfArguments, terminal: Terminal) -> Result<WhatIf, Failure> {
    let policy = |file: &Path| {
        let read = || -> anyhow::Result<serde_json::Value> {
            let text = fs::read_to_string(file)
                .with_context(|| format!("failed to read the policy `{}`", file.display()))?;
            let document = serde_json::from_str(&text)
                .with_context(|| format!("the policy `{}` is not JSON", file.display()))?;
            let policy = blastwall_policy::Policy::from_value(&document)
                .with_context(|| format!("`{}` is not a policy", file.display()))?;
            for warning in unknown_actions(&policy) {
                terminal.warn(&format!("`{}`: {warning}", file.display()));
            }
            Ok(document)
        };
        read().map_err(Failure::usage)
    };
    let mut changes = WhatIf::default();
    for at in &arguments.with_scp {
        let content = policy(&at.file)?;
        let parsed = blastwall_policy::Policy::from_value(&content).map_err(Failure::usage)?;
        if parsed.statements.iter().any(|one| one.principal.is_some()) {
            let file = at.file.display();
            return Err(Failure::usage(anyhow!(
                "`{file}` names principals, which AWS Organizations refuses in a service control policy"
            ))
            .hint("say whom it binds by conditions, such as aws:PrincipalArn"));
        }
        changes
            .service_control_policies
            .push((content, at.place.clone()));
    }
    for at in &arguments.with_policy {
        let arn = at.arn().map_err(Failure::usage)?;
        changes.policies.push((policy(&at.file)?, arn));
    }
    Ok(changes)
}

/// Actions of a policy that AWS does not have: what they are to forbid or allow stays as it is.
fn unknown_actions(policy: &blastwall_policy::Policy) -> Vec<String> {
    let actions = policy.statements.iter().map(|statement| &statement.actions);
    let named = actions.flat_map(|clause| &clause.patterns);
    let named = named.map(|pattern| pattern.as_str());
    let unknown = named.filter(|name| !name.contains(['*', '?']));
    unknown
        .filter(|name| actions::find(name).is_none())
        .map(|name| match actions::nearest(name).first() {
            Some(near) => format!(
                "there is no action {name}; did you mean {}:{}?",
                near.service, near.name
            ),
            None => format!("there is no action {name}"),
        })
        .collect()
}

/// A radius and what is asked besides, for programs.
#[derive(Serialize)]
struct RadiusAnswer<'a> {
    #[serde(flatten)]
    radius: &'a Radius,
    /// Accounts that were not looked into.
    blind_spots: Vec<BlindSpot>,
    /// What could not be read, so that reach that hangs on it is unknown.
    unjudged: &'a [Unjudged],
    /// Listings that failed, so that links may be missing.
    unseen: Vec<UnseenListing<'a>>,
    /// What falls once the guardrails are taken away; only where the start has power over them.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_wave: Option<Vec<Change>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change>>,
}

/// A survey and what is asked besides, for programs.
#[derive(Serialize)]
struct SurveyAnswer<'a> {
    #[serde(flatten)]
    survey: &'a Survey,
    /// Listings that failed, so that links may be missing.
    unseen: Vec<UnseenListing<'a>>,
    /// Of the organization with the changes, if any are asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<Advice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<ReachChange>>,
}

/// Tells what falls if something falls; without a start, of every account.
pub(crate) async fn run(
    arguments: BlastRadiusArguments,
    file: ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let (source, what_if) = (&arguments.source, &arguments.what_if);
    let reach = reach(arguments.aws, source, what_if, false, &file, terminal).await?;
    let Reach {
        report,
        graph,
        changed,
        ..
    } = &reach;
    let mut start = Vec::new();
    for text in &arguments.start {
        start.extend(find(graph, text)?);
    }
    warn_of_strangers(graph, &start, terminal);
    if start.is_empty() {
        let survey = report.blast_radius.as_ref();
        let survey = survey.ok_or_else(|| anyhow!("the blast radius was not computed"))?;
        let answer = SurveyAnswer {
            survey,
            unseen: view::unseen(report).collect(),
            advice: arguments.advise.map(|count| {
                let graph = changed.as_ref().unwrap_or(graph);
                graph.advice(count)
            }),
            changes: changed
                .as_ref()
                .map(|changed| survey.difference(&changed.survey())),
        };
        for output in outputs {
            let style = output.style(terminal);
            write(&output, |writer| {
                if output.format == Format::Json {
                    return view::json(&answer, writer);
                }
                let advice = |writer: &mut dyn Write| match &answer.advice {
                    Some(advice) => view::advice(report, advice, &style, writer),
                    None => Ok(()),
                };
                let Some(changes) = &answer.changes else {
                    view::survey(report, &style, writer)?;
                    return advice(writer);
                };
                // Advice is about the organization with the changes.
                view::reach_changes(report, changes, &style, writer)?;
                advice(writer)?;
                view::as_it_is(&style, writer)?;
                view::survey(report, &style, writer)
            })?;
        }
        return Ok(exit::SUCCESS);
    }
    let radius = graph.radius(&start).map_err(Failure::usage)?;
    let answer = RadiusAnswer {
        radius: &radius,
        blind_spots: graph.blind_spots(),
        unjudged: graph.unjudged(),
        unseen: view::unseen(report).collect(),
        second_wave: graph.second_wave(&start).map_err(Failure::usage)?,
        changes: match changed {
            Some(changed) => {
                Some(radius.difference(&changed.radius(&start).map_err(Failure::usage)?))
            }
            None => None,
        },
    };
    for output in outputs {
        let style = output.style(terminal);
        write(&output, |writer| {
            if output.format == Format::Json {
                return view::json(&answer, writer);
            }
            if let Some(changes) = &answer.changes {
                view::changes(report, changes, &style, writer)?;
                view::as_it_is(&style, writer)?;
            }
            view::radius(report, &radius, &style, writer)?;
            match &answer.second_wave {
                Some(wave) => view::second_wave(report, wave, &style, writer),
                None => Ok(()),
            }
        })?;
    }
    Ok(exit::SUCCESS)
}
