//! `blastwall policy explain`.

use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::Path;

use anyhow::Context;
use blastwall_policy::analysis::{
    Audience, Explanation, Grant, PolicyKind, Safeguards, audience, explain, safeguards,
};
use blastwall_policy::language::{Place, Position, check, locate_statement};
use blastwall_policy::{Policy, PolicyError};
use blastwall_report::{view, visible};
use serde_json::{Value, json};

use super::source;
use crate::args::{AnswerFormat, ExplainArguments};
use crate::diagnostic::{InvalidFile, Problem};
use crate::errors::{CommandResult, Failure};
use crate::exit;
use crate::output::{Output, write};
use crate::terminal::Terminal;

/// Tells in plain words what a policy says.
pub(crate) fn run(arguments: &ExplainArguments, terminal: Terminal) -> CommandResult {
    let name = if source::is_standard_input(&arguments.file) {
        Path::new("<standard input>")
    } else {
        &arguments.file
    };
    let mut text = String::new();
    source::open(&arguments.file)?
        .read_to_string(&mut text)
        .with_context(|| format!("failed to read `{}`", name.display()))
        .map_err(Failure::usage)?;
    let policy = Policy::parse(&text)
        .map_err(|error| Failure::usage(invalid(name, &text, &[error], "cannot be read")))?;
    let owner = arguments.account.as_ref().map(|id| id.as_str());
    let answer = Answer::new(&policy, &text, owner);
    write(&Output::STDOUT, |writer| match arguments.output {
        AnswerFormat::Json => view::json(&answer.json(), writer),
        AnswerFormat::Text => answer.text(name, terminal.colors_output(), writer),
    })?;
    Ok(exit::SUCCESS)
}

/// All that is told of one policy.
struct Answer<'a> {
    text: &'a str,
    owned: bool,
    explanation: Explanation,
    grants: Vec<Grant>,
    safeguards: Safeguards,
    misfits: Vec<PolicyError>,
}

impl<'a> Answer<'a> {
    fn new(policy: &Policy, text: &'a str, owner: Option<&str>) -> Self {
        let explanation = explain(policy, owner);
        let (place, grants) = match explanation.kind {
            PolicyKind::Identity => (Place::Identity, Vec::new()),
            PolicyKind::Trust => (Place::Trust, audience(policy, owner.unwrap_or_default())),
            PolicyKind::Resource => (Place::Resource, audience(policy, owner.unwrap_or_default())),
        };
        Self {
            text,
            owned: owner.is_some(),
            misfits: check(text, place),
            safeguards: safeguards(policy),
            explanation,
            grants,
        }
    }

    fn json(&self) -> Value {
        let at = |statement: Option<usize>| {
            let position = statement.and_then(|index| locate_statement(self.text, index));
            json!({
                "statement": statement,
                "line": position.map(|position| position.line),
                "column": position.map(|position| position.column),
            })
        };
        let with = |mut value: Value, statement: Option<usize>| {
            if let (Value::Object(value), Value::Object(more)) = (&mut value, at(statement)) {
                value.extend(more);
            }
            value
        };
        let explanation = &self.explanation;
        json!({
            "kind": match explanation.kind {
                PolicyKind::Identity => "identity",
                PolicyKind::Trust => "trust",
                PolicyKind::Resource => "resource",
            },
            "statements": explanation.statements.iter().map(|sentence| with(
                json!({"sid": sentence.sid, "text": sentence.text}),
                Some(sentence.statement),
            )).collect::<Vec<_>>(),
            "lets_in": self.grants.iter().map(|grant| with(
                json!({
                    "who": grant.audience.to_string(),
                    "external": grant.external,
                    "actions": grant.actions,
                    "all_actions_but_these": grant.actions_negated,
                    "conditions": grant.conditions,
                }),
                Some(grant.statement),
            )).collect::<Vec<_>>(),
            "safeguards": {
                "tls": self.safeguards.tls,
                "mfa": self.safeguards.mfa,
                "external_id": self.safeguards.external_id,
                "network": self.safeguards.network,
            },
            "remarks": explanation.remarks.iter().map(|remark| with(
                json!({"weight": remark.weight.to_string(), "text": remark.text}),
                remark.statement,
            )).collect::<Vec<_>>(),
            "misfits": self.misfits.iter().map(|error| json!({
                "pointer": error.pointer,
                "line": error.position.map(|position| position.line),
                "column": error.position.map(|position| position.column),
                "problem": error.problem.to_string(),
            })).collect::<Vec<_>>(),
        })
    }

    fn text(&self, name: &Path, color: bool, writer: &mut dyn Write) -> io::Result<()> {
        let explanation = &self.explanation;
        let path = name.display().to_string();
        writeln!(writer, "{} is {}.", visible(&path), explanation.kind)?;
        heading(writer, "What it says")?;
        if explanation.statements.is_empty() {
            writeln!(writer, "  Nothing: it has no statements.")?;
        }
        for sentence in &explanation.statements {
            let place = self.place(sentence.statement, sentence.sid.as_deref());
            writeln!(writer, "  {place}: {}", visible(&sentence.text))?;
        }
        if explanation.kind != PolicyKind::Identity {
            heading(writer, "Whom it lets in")?;
            if self.grants.is_empty() {
                writeln!(writer, "  Nobody.")?;
            }
            for grant in &self.grants {
                // Without an owner everyone is outside, and anyone always is.
                let outside = self.owned && grant.external && grant.audience != Audience::Anyone;
                let stranger = if outside { ", outside the account" } else { "" };
                let who = grant.audience.to_string();
                let place = self.place(grant.statement, grant.sid.as_deref());
                writeln!(writer, "  {}{stranger} ({place})", visible(&who))?;
            }
        }
        heading(writer, "What every request that it allows must have")?;
        writeln!(writer, "  {}", required(self.safeguards))?;
        if !explanation.remarks.is_empty() {
            heading(writer, "What to mind")?;
        }
        for remark in &explanation.remarks {
            write!(
                writer,
                "  {}: {}",
                remark.weight,
                visible(remark.text.trim_end_matches('.'))
            )?;
            match remark.statement {
                Some(index) => writeln!(writer, " ({})", self.place(index, None))?,
                None => writeln!(writer)?,
            }
        }
        if !self.misfits.is_empty() {
            let title = format!("What AWS would refuse in {}", explanation.kind);
            heading(writer, &title)?;
            let misfits = invalid(name, self.text, &self.misfits, "is refused");
            writeln!(writer, "{}", misfits.render_warnings(color))?;
        }
        Ok(())
    }

    /// Which statement, and on which line.
    fn place(&self, statement: usize, sid: Option<&str>) -> String {
        let mut place = format!("statement {}", statement + 1);
        if let Some(sid) = sid {
            place.push_str(&format!(" `{}`", visible(sid)));
        }
        if let Some(position) = locate_statement(self.text, statement) {
            place.push_str(&format!(", line {}", position.line));
        }
        place
    }
}

fn heading(writer: &mut dyn Write, title: &str) -> io::Result<()> {
    writeln!(writer, "\n{title}:")
}

fn required(safeguards: Safeguards) -> String {
    let all = [
        (safeguards.tls, "TLS"),
        (safeguards.mfa, "multi-factor authentication"),
        (safeguards.external_id, "an external id"),
        (safeguards.network, "a listed network"),
    ];
    let asked: Vec<&str> = all
        .iter()
        .filter_map(|(asked, name)| asked.then_some(*name))
        .collect();
    if asked.is_empty() {
        "Nothing besides.".to_owned()
    } else {
        format!("{}.", asked.join(", "))
    }
}

/// The errors with the lines that they stand in.
fn invalid(name: &Path, text: &str, errors: &[PolicyError], what: &str) -> InvalidFile {
    let problems = errors
        .iter()
        .map(|error| Problem {
            span: error.position.map_or(0..0, |position| span(text, position)),
            message: match error.pointer.as_str() {
                "" => format!("the policy {what}"),
                pointer => format!("the policy {what} at `{pointer}`"),
            },
            label: error.problem.to_string(),
        })
        .collect();
    InvalidFile::new(name, text, problems)
}

/// The bytes of what begins at a position: a string, or else one character.
fn span(text: &str, position: Position) -> Range<usize> {
    let line = text.split_inclusive('\n').take(position.line - 1);
    let start_of_line: usize = line.map(str::len).sum();
    let rest = text.get(start_of_line..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    let start = line
        .char_indices()
        .nth(position.column.saturating_sub(1))
        .map_or(line.len(), |(offset, _)| offset);
    let token = line.get(start..).unwrap_or_default();
    let length = match token.strip_prefix('"').and_then(|rest| rest.find('"')) {
        Some(end) => end + 2,
        None => token.chars().next().map_or(0, char::len_utf8),
    };
    let start = start_of_line + start;
    start..start + length
}
