//! `blastwall who-can`.

use std::io::{self, Write};

use anyhow::anyhow;
use blastwall_blast::{Asked, Certainty, Subject, Verdict};
use blastwall_report::{view, visible};
use blastwall_scan::{Origin, questions_of_all};
use serde::Serialize;

use super::blast_radius::reach;
use super::can::question_failure;
use crate::args::{AnswerFormat, AwsArguments, WhatIfArguments, WhoCanArguments};
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
                verdict: answer.verdict,
            });
        }
    }
    let reach = reach(
        AwsArguments::default(),
        Some(&arguments.from),
        &WhatIfArguments::default(),
        &file,
        terminal,
    )
    .await?;
    let holders: Vec<Subject> = direct
        .iter()
        .filter_map(|one| reach.graph.find(&one.principal).ok())
        .collect();
    let reaching = reach.graph.reaching(&holders).into_iter();
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

fn text(answer: &WhoCan<'_>, writer: &mut dyn Write) -> io::Result<()> {
    let (action, resource) = (visible(answer.action), visible(answer.resource));
    writeln!(writer, "Who can {action} on {resource}")?;
    writeln!(writer)?;
    writeln!(writer, "Straight: {}", answer.direct.len())?;
    for one in &answer.direct {
        let open = match one.verdict {
            Verdict::Undecided => "  (undecided: something could not be seen)",
            Verdict::Allowed | Verdict::Denied => "",
        };
        writeln!(writer, "  {}{open}", visible(&one.principal))?;
    }
    writeln!(writer)?;
    writeln!(writer, "By way of those: {}", answer.reaching.len())?;
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
