//! `blastwall who-can`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::anyhow;
use blastwall_blast::{Answer, Asked, Certainty, OutsideParty, Subject, Verdict};
use blastwall_policy::actions;
use blastwall_report::{Report, view, visible};
use blastwall_scan::{Origin, questions_of_all};
use serde::Serialize;

use super::blast_radius::reach;
use super::can::question_failure;
use crate::args::{
    AnswerFormat, AwsArguments, ContextArgument, SourceArguments, WhatIfArguments, WhoCanArguments,
};
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
    let context = ContextArgument::by_key(&arguments.context);
    let mut direct = Vec::new();
    for principal in questions.principals() {
        let answer = questions
            .can(&Asked {
                principal,
                action: &arguments.action,
                unlisted_action: arguments.unlisted_action,
                resource: &arguments.resource,
                context: &context,
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
        true,
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
        AnswerFormat::Text => text(&answer, &reach.report, writer),
    })?;
    Ok::<u8, Failure>(exit::SUCCESS)
}

/// What an undecided answer hangs on: what is known, and what was not seen.
fn why(answer: &Answer) -> String {
    match answer.gaps.as_slice() {
        [] => answer.reason.clone(),
        gaps => {
            format!("{}; not seen: {}", answer.reason, gaps.join("; "))
        }
    }
}

/// What the request is about, if the resource is a bucket and the action is done to what is in it.
fn hint(answer: &WhoCan<'_>) -> Option<String> {
    let bucket = answer.resource.contains(":s3:::") && !answer.resource.contains('/');
    // A table tells what an action is asked about.
    let inside = actions::find(answer.action).is_some_and(|action| {
        let mut types = action.resource_types();
        types.any(|(kind, _)| kind.name == "object")
    });
    (bucket && inside).then(|| {
        format!(
            "{} is done to objects: {}/* is all of them, and who can do it to some is told of those",
            answer.action, answer.resource
        )
    })
}

fn text(answer: &WhoCan<'_>, report: &Report, writer: &mut dyn Write) -> io::Result<()> {
    let (action, resource) = (visible(answer.action), visible(answer.resource));
    writeln!(writer, "Who can {action} on {resource}")?;
    if let Some(hint) = hint(answer) {
        writeln!(writer, "hint: {}", visible(&hint))?;
    }
    writeln!(writer)?;
    let (open, directly): (Vec<&Direct>, Vec<&Direct>) = answer
        .direct
        .iter()
        .partition(|one| one.verdict == Verdict::Undecided);
    let (whole, half): (Vec<&Direct>, Vec<&Direct>) =
        directly.into_iter().partition(|one| one.besides.is_none());
    writeln!(writer, "Directly: {}", whole.len())?;
    for one in whole {
        writeln!(writer, "  {}", visible(&one.principal))?;
    }
    if !half.is_empty() {
        writeln!(writer)?;
        writeln!(
            writer,
            "Allowed, and yet without what they read: {}",
            half.len()
        )?;
        for one in half {
            let besides = one.besides.as_deref().unwrap_or_default();
            writeln!(
                writer,
                "  {}  ({})",
                visible(&one.principal),
                visible(besides)
            )?;
        }
    }
    if !open.is_empty() {
        writeln!(writer)?;
        writeln!(
            writer,
            "Perhaps, because something was not seen: {}",
            open.len()
        )?;
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for one in open {
            let why = one.why.as_deref().unwrap_or_default();
            reasons.entry(why).or_default().push(&one.principal);
        }
        for (why, principals) in reasons {
            writeln!(writer, "  if {}", visible(why))?;
            for principal in principals {
                writeln!(writer, "    {}", visible(principal))?;
            }
        }
    }
    // Nearly every account trusts some service, and none of them is an attacker by itself.
    let (services, others): (Vec<&Reaching>, Vec<&Reaching>) =
        answer.reaching.iter().partition(|one| {
            let service = matches!(&one.subject,
                Subject::Outside { party } if matches!(party, OutsideParty::Service { .. }));
            service && one.certainty == Certainty::Speculative
        });
    writeln!(writer)?;
    writeln!(writer, "By way of those, once they fall: {}", others.len())?;
    let told = view::subjects(report);
    let mut others = others;
    others.sort_by_key(|one| {
        let outside = matches!(one.subject, Subject::Outside { .. });
        (one.certainty, !outside)
    });
    for one in others {
        let certainty = match one.certainty {
            Certainty::Certain => "certain",
            Certainty::Conditional => "conditional",
            Certainty::Speculative => "speculative",
        };
        let subject = told(&one.subject);
        writeln!(writer, "  {}  {certainty}", visible(&subject))?;
    }
    if !services.is_empty() {
        let many = match services.len() {
            1 => "1 service".to_owned(),
            many => format!("{many} services"),
        };
        writeln!(
            writer,
            "  and, speculatively, {many} of AWS acting for others"
        )?;
    }
    if !answer.direct.is_empty() || !answer.reaching.is_empty() {
        writeln!(writer)?;
        writeln!(
            writer,
            "`blastwall can` tells a decision layer by layer, `blastwall path` a way step by step."
        )?;
    }
    Ok(())
}
