//! `blastwall can`.

use std::io::{self, Write};

use anyhow::anyhow;
use blastwall_blast::{Answer, Asked, LayerAnswer, QuestionError, Verdict};
use blastwall_report::{view, visible};
use blastwall_scan::{Origin, questions};

use crate::args::{AnswerFormat, CanArguments, ContextArgument};
use crate::config::nearest;
use crate::errors::{CommandResult, Failure};
use crate::output::{Output, write};
use crate::{exit, setup};

/// Tells whether a principal may do something, and why.
pub(crate) fn run(arguments: &CanArguments) -> CommandResult {
    let Some(directory) = &arguments.from else {
        return Err(Failure::usage(anyhow!(
            "nothing to ask about: `--from DIR` is needed, live accounts cannot be asked"
        ))
        .hint("keep a scan first: `blastwall scan --save DIR`"));
    };
    let Origin::Stored(stored) = setup::stored(directory)? else {
        return Err(anyhow!("what is stored is not there").into());
    };
    let questions = questions(&stored, &arguments.principal, &arguments.resource)
        .map_err(setup::origin_failure)?;
    let context = ContextArgument::by_key(&arguments.context);
    let answer = questions
        .can(&Asked {
            principal: &arguments.principal,
            action: &arguments.action,
            unlisted_action: arguments.unlisted_action,
            resource: &arguments.resource,
            context: &context,
        })
        .map_err(question_failure)?;
    write(&Output::STDOUT, |writer| match arguments.output {
        AnswerFormat::Json => view::json(&answer, writer),
        AnswerFormat::Text => text(&answer, writer),
    })?;
    Ok(match answer.verdict {
        Verdict::Allowed => exit::SUCCESS,
        Verdict::Denied => exit::FINDINGS,
        Verdict::Undecided => exit::INCOMPLETE,
    })
}

pub(super) fn question_failure(error: QuestionError) -> Failure {
    let hint = match &error {
        QuestionError::Missing { name, known, .. } => {
            match nearest(name, known.iter().map(String::as_str)) {
                Some(known) => Some(format!("did you mean `{known}`?")),
                None => Some("see `blastwall accounts --from DIR` for the accounts".to_owned()),
            }
        }
        QuestionError::Principal(_) => Some(
            "give the ARN of a user, role, session or root user, an account id, or a service such as ec2.amazonaws.com"
                .to_owned(),
        ),
        QuestionError::UnknownAction { nearest, .. } => Some(match nearest.as_slice() {
            [] => "give `--unlisted-action` for one that is newer than this program".to_owned(),
            names => format!(
                "did you mean `{}`? Give `--unlisted-action` for one that is newer than this program",
                names.join("` or `")
            ),
        }),
        QuestionError::Action(_) | QuestionError::Resource(_) => None,
    };
    Failure {
        hint,
        ..Failure::usage(error)
    }
}

fn text(answer: &Answer, writer: &mut dyn Write) -> io::Result<()> {
    let verdict = match answer.verdict {
        Verdict::Allowed => "Allowed",
        Verdict::Denied => "Denied",
        Verdict::Undecided => "Undecided",
    };
    writeln!(
        writer,
        "{verdict}: {} {} {}",
        visible(&answer.principal),
        visible(&answer.action),
        visible(&answer.resource)
    )?;
    let on_seen = match answer.verdict {
        Verdict::Undecided => "by what was seen, ",
        Verdict::Allowed | Verdict::Denied => "",
    };
    writeln!(writer, "  {on_seen}{}", visible(&answer.reason))?;
    if let Some(statement) = &answer.statement {
        writeln!(writer, "  {}", visible(&statement.text))?;
    }
    for (title, lines) in [
        ("Not seen", &answer.gaps),
        ("Depends on keys that were not given", &answer.depends_on),
        ("Taken for granted", &answer.assumptions),
    ] {
        if !lines.is_empty() {
            writeln!(writer, "\n{title}:")?;
        }
        for line in lines {
            writeln!(writer, "  {}", visible(line))?;
        }
    }
    writeln!(writer, "\nLayer by layer:")?;
    answer
        .layers
        .iter()
        .try_for_each(|layer| layer_text(layer, writer))
}

fn layer_text(layer: &LayerAnswer, writer: &mut dyn Write) -> io::Result<()> {
    let place = match &layer.place {
        Some(place) => format!(" of {}", visible(place)),
        None => String::new(),
    };
    writeln!(
        writer,
        "  {}{place}: {}",
        visible(&layer.layer),
        layer.verdict
    )?;
    for policy in &layer.policies {
        writeln!(writer, "    {}", visible(policy))?;
        for statement in layer
            .statements
            .iter()
            .filter(|statement| statement.policy == *policy)
        {
            write!(writer, "      statement {}", statement.index + 1)?;
            if let Some(sid) = &statement.sid {
                write!(writer, " `{}`", visible(sid))?;
            }
            write!(writer, ": {}", statement.effect.unwrap_or_default())?;
            match &statement.misses {
                None => writeln!(writer)?,
                Some(why) => writeln!(writer, " does not apply: {}", visible(why))?,
            }
        }
    }
    Ok(())
}
