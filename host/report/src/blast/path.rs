//! Ways from one thing to another, as one line and step by step.

use std::io;
use std::sync::Arc;

use blastwall_blast::{Certainty, Condition, Step, Subject};

use crate::names::{Names, count};
use crate::page::{Page, Span, plain, span};
use crate::style::Tone;

/// The word for a certainty.
pub(super) fn word(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Conditional => "conditional",
        Certainty::Speculative => "speculative",
    }
}

/// The tone of something that falls with this certainty.
pub(super) fn tone(certainty: Certainty) -> Tone {
    match certainty {
        Certainty::Certain => Tone::Bad,
        Certainty::Conditional => Tone::Doubtful,
        Certainty::Speculative => Tone::Faint,
    }
}

/// `certain, 2 hops`.
pub(super) fn rating(certainty: Certainty, hops: u32) -> Span<'static> {
    span(
        tone(certainty),
        format!(
            "{}, {}",
            word(certainty),
            count(u64::from(hops), "hop", "hops")
        ),
    )
}

/// A subject for a reader: `all of web-dev (…)`, `role/deploy of payments-prod (…)`.
pub(super) fn subject(subject: &Subject, names: &Names<'_>) -> String {
    match subject {
        Subject::Account { id } => format!("all of {}", names.label(id)),
        Subject::Principal { arn } | Subject::Workload { arn } => match subject.account() {
            Some(account) => format!("{} of {}", arn.resource(), names.label(&account)),
            None => arn.to_string(),
        },
        Subject::Rewritten { arn, how } => match subject.account() {
            Some(account) => format!("{} of {} {how}", arn.resource(), names.label(&account)),
            None => subject.to_string(),
        },
        Subject::Network { arn } => match subject.account() {
            Some(account) => format!(
                "network reach of {} of {}",
                arn.resource(),
                names.label(&account)
            ),
            None => subject.to_string(),
        },
        Subject::Supply { .. }
        | Subject::Data { .. }
        | Subject::Encrypted { .. }
        | Subject::Outside { .. }
        | Subject::Evidence { .. }
        | Subject::Guardrails => subject.to_string(),
    }
}

/// A way as one line: `all of web-dev (…) → its role/ci → role/deploy of payments-prod (…)`.
/// Where a step needs several things, or does not go on from the step before, its premises are
/// named anew behind a semicolon.
pub(super) fn chain(via: &[Arc<Step>], names: &Names<'_>, arrow: &str) -> String {
    let mut text = String::new();
    let mut last: Option<&Subject> = None;
    for step in via {
        if !matches!((last, step.from.as_slice()), (Some(held), [only]) if held == only) {
            if last.is_some() {
                text.push_str("; ");
            }
            let from: Vec<String> = step
                .from
                .iter()
                .map(|premise| subject(premise, names))
                .collect();
            text.push_str(&from.join(" + "));
        }
        let held = last.or(step.from.last());
        match &step.to {
            Subject::Principal { arn } | Subject::Workload { arn }
                if held.and_then(Subject::account) == step.to.account() =>
            {
                text.push_str(&format!(" {arrow} its {}", arn.resource()));
            }
            to => text.push_str(&format!(" {arrow} {}", subject(to, names))),
        }
        last = Some(&step.to);
    }
    text
}

/// A way step by step, with the kind of link, the conditions and the statements that allow it.
pub(super) fn steps(
    page: &mut Page<'_>,
    indent: usize,
    via: &[Arc<Step>],
    names: &Names<'_>,
) -> io::Result<()> {
    let arrow = page.glyphs().arrow;
    for (number, step) in via.iter().enumerate() {
        let from: Vec<String> = step
            .from
            .iter()
            .map(|premise| subject(premise, names))
            .collect();
        let mut line = vec![
            span(Tone::Faint, format!("{}. ", number + 1)),
            plain(format!(
                "{} {arrow} {}",
                from.join(" + "),
                subject(&step.to, names)
            )),
            span(Tone::Faint, format!("  by {}", step.link)),
        ];
        if step.certainty != Certainty::Certain {
            line.push(plain("  "));
            line.push(span(tone(step.certainty), word(step.certainty)));
        }
        page.hanging(indent, indent + 3, &line)?;
        let indent = indent + 3;
        conditions(page, indent, &step.conditions)?;
        for evidence in &step.evidence {
            let mut line = Vec::new();
            if !evidence.policy.starts_with(&*evidence.layer) {
                line.push(span(Tone::Faint, format!("{} ", evidence.layer)));
            }
            line.push(plain(&*evidence.policy));
            // A policy that nobody has seen has no statement to tell.
            if !evidence.text.is_empty() {
                let statement = match &*evidence.statement {
                    "" => ": ".to_owned(),
                    statement => format!(", {statement}: "),
                };
                line.push(plain(statement));
                line.push(span(Tone::Faint, &*evidence.text));
            }
            page.hanging(indent, indent + 3, &line)?;
        }
    }
    Ok(())
}

/// What must hold, a line each.
pub(super) fn conditions<'a>(
    page: &mut Page<'_>,
    indent: usize,
    conditions: impl IntoIterator<Item = &'a Condition>,
) -> io::Result<()> {
    for condition in conditions {
        let mut line = vec![
            span(Tone::Doubtful, "only if "),
            plain(condition.text.as_str()),
        ];
        if condition.attacker_can_set {
            line.push(span(
                Tone::Doubtful,
                " (the caller sends it, and must know it)",
            ));
        }
        page.hanging(indent, indent + 8, &line)?;
    }
    Ok(())
}
