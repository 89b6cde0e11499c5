//! `blastwall who-can`.

mod answer;
mod text;

use anyhow::anyhow;
use blastwall_blast::{Asked, Change};
use blastwall_report::view;
use blastwall_scan::{Origin, WhatIf, questions_of_all};
use serde::Serialize;

use self::answer::WhoCan;
use super::blast_radius::{changes, reach};
use super::can::question_failure;
use crate::args::{AnswerFormat, AwsArguments, ContextArgument, SourceArguments, WhoCanArguments};
use crate::config::ConfigFile;
use crate::errors::{CommandResult, Failure};
use crate::output::{Output, write};
use crate::terminal::Terminal;
use crate::{exit, setup};

/// Who may do it, and what changes would change, for programs.
#[derive(Serialize)]
struct ChangedAnswer<'a> {
    #[serde(flatten)]
    who: &'a WhoCan<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change>>,
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
    let context = ContextArgument::by_key(&arguments.context);
    let asked = Asked {
        principal: "",
        action: &arguments.action,
        unlisted_action: arguments.unlisted_action,
        resource: &arguments.resource,
        context: &context,
    };
    asked.check_action().map_err(question_failure)?;
    let what_if = changes(&arguments.what_if, terminal)?;
    let questions = |what_if: &WhatIf| {
        questions_of_all(&stored, &arguments.resource, what_if).map_err(setup::scan_failure)
    };
    let as_it_is = questions(&WhatIf::default())?;
    let reach = reach(
        AwsArguments::default(),
        &SourceArguments::stored(&arguments.from),
        &arguments.what_if,
        true,
        &file,
        terminal,
    )
    .await?;
    let graph = &reach.graph;
    let who = WhoCan::new(&asked, &as_it_is, graph, None).map_err(question_failure)?;
    let changes = match &reach.changed {
        Some(changed) => {
            let questions = questions(&what_if)?;
            let uncut = reach.uncut.as_ref();
            let after =
                WhoCan::new(&asked, &questions, changed, uncut).map_err(question_failure)?;
            Some(who.difference(&after, graph))
        }
        None => None,
    };
    let answer = ChangedAnswer { who: &who, changes };
    let style = Output::STDOUT.style(terminal);
    write(&Output::STDOUT, |writer| {
        if matches!(arguments.output, AnswerFormat::Json) {
            return view::json(&answer, writer);
        }
        if let Some(changes) = &answer.changes {
            view::changes(&reach.report, changes, &style, writer)?;
            view::as_it_is(&style, writer)?;
        }
        text::text(&who, &reach.report, writer)
    })?;
    Ok::<u8, Failure>(exit::SUCCESS)
}
