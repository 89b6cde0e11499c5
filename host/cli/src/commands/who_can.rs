//! `blastwall who-can`.

use std::io::{self, Write};

use anyhow::anyhow;
use blastwall_blast::{Answer, Asked, Certainty, Subject, Verdict};
use blastwall_report::{view, visible};
use blastwall_scan::{Origin, questions_of_all};
use serde::Serialize;

use super::blast_radius::reach;
use super::can::question_failure;
use crate::args::{AnswerFormat, AwsArguments, SourceArguments, WhatIfArguments, WhoCanArguments};
use crate::config::ConfigFile;
use crate::errors::{CommandResult, Failure};
use crate::output::{Output, write};
use crate::terminal::Terminal;
use crate::{exit, setup};

/// Who may do it.
#[derive(Debug, Serialize)]
struct WhoCan<'a> {
    action: &'a str,
    resource: &'a str,
    /// Users and roles whose request goes through, or may.
    direct: Vec<Direct>,
    /// Who reaches one of those.
    reaching: Vec<Reaching>,
}

#[derive(Debug, Serialize)]
struct Direct {
    principal: String,
    verdict: Verdict,
    /// Of an undecided answer: what it hangs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// What it takes besides and does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    besides: Option<String>,
}

#[derive(Debug, Serialize)]
struct Reaching {
    subject: Subject,
    certainty: Certainty,
}

/// Tells which users and roles may do something, and who reaches them.
pub(crate) async fn run(
    arguments: WhoCanArguments,
    file: ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let Origin::Stored(stored) = setup::stored(&arguments.from)? else {
        return Err(anyhow!("what is stored is not there").into());
    };
    let questions =
        questions_of_all(&stored, &arguments.resource).map_err(setup::origin_failure)?;
    let mut direct = Vec::new();
    for principal in questions.principals() {
        let answer = questions
            .can(&Asked {
                principal,
                action: &arguments.action,
                unlisted_action: arguments.unlisted_action,
                resource: &arguments.resource,
                context: &[],
            })
            .map_err(question_failure)?;
        if answer.verdict != Verdict::Denied {
            direct.push(Direct {
                principal: principal.to_owned(),
                why: (answer.verdict == Verdict::Undecided).then(|| why(&answer)),
                verdict: answer.verdict,
                besides: None,
            });
        }
    }
    let reach = reach(
        AwsArguments::default(),
        &SourceArguments::stored(&arguments.from),
        &WhatIfArguments::default(),
        &file,
        terminal,
    )
    .await?;
    let graph = &reach.graph;
    // Those who gain it by other links than the request itself: rewriting of the policy, a grant, a share.
    let data = graph.data_read_by(&arguments.action, &arguments.resource);
    if let Some(data) = &data {
        let readers = graph.reaching(std::slice::from_ref(data));
        for one in &mut direct {
            let reads = |(subject, _): &(Subject, Certainty)| subject.to_string() == one.principal;
            if one.verdict == Verdict::Allowed && !readers.iter().any(reads) {
                one.besides = Some(
                    "what it reads is encrypted, and the key does not let it decrypt".to_owned(),
                );
            }
        }
    }
    // What hangs on something unseen is no step on the way of others.
    let allowed = direct
        .iter()
        .filter(|one| one.verdict == Verdict::Allowed && one.besides.is_none());
    let holders: Vec<Subject> = allowed
        .filter_map(|one| graph.find(&one.principal).ok())
        .chain(data.clone())
        .collect();
    let others = data.map(|data| graph.without_readers(&data));
    let reaching = others.as_ref().unwrap_or(graph).reaching(&holders);
    let named: Vec<String> = direct.iter().map(|one| one.principal.clone()).collect();
    let reaching = reaching
        .into_iter()
        .filter(|(subject, _)| !named.contains(&subject.to_string()));
    let answer = WhoCan {
        action: &arguments.action,
        resource: &arguments.resource,
        direct,
        reaching: reaching
            .map(|(subject, certainty)| Reaching { subject, certainty })
            .collect(),
    };
    write(&Output::STDOUT, |writer| match arguments.output {
        AnswerFormat::Json => view::json(&answer, writer),
        AnswerFormat::Text => text(&answer, writer),
    })?;
    Ok::<u8, Failure>(exit::SUCCESS)
}

/// What an undecided answer hangs on: what is known, and what was not seen.
fn why(answer: &Answer) -> String {
    match answer.gaps.as_slice() {
        [] => answer.reason.clone(),
        gaps => format!("{}; not seen: {}", answer.reason, gaps.join("; ")),
    }
}

fn text(answer: &WhoCan<'_>, writer: &mut dyn Write) -> io::Result<()> {
    let (action, resource) = (visible(answer.action), visible(answer.resource));
    writeln!(writer, "Who can {action} on {resource}")?;
    writeln!(writer)?;
    let (open, straight): (Vec<&Direct>, Vec<&Direct>) = answer
        .direct
        .iter()
        .partition(|one| one.verdict == Verdict::Undecided);
    writeln!(writer, "Straight: {}", straight.len())?;
    for one in straight {
        let besides = one.besides.as_ref().map_or_else(String::new, |besides| {
            format!("  (but {})", visible(besides))
        });
        writeln!(writer, "  {}{besides}", visible(&one.principal))?;
    }
    if !open.is_empty() {
        writeln!(writer)?;
        writeln!(
            writer,
            "Undecided, because something was not seen: {}",
            open.len()
        )?;
        for one in open {
            let why = one.why.as_deref().unwrap_or_default();
            writeln!(writer, "  {}  ({})", visible(&one.principal), visible(why))?;
        }
    }
    writeln!(writer)?;
    writeln!(writer, "By way of others: {}", answer.reaching.len())?;
    for one in &answer.reaching {
        let certainty = match one.certainty {
            Certainty::Certain => "certain",
            Certainty::Conditional => "conditional",
            Certainty::Speculative => "speculative",
        };
        writeln!(
            writer,
            "  {}  {certainty}",
            visible(&one.subject.to_string())
        )?;
    }
    Ok(())
}
