//! Ways from one thing to another, as one line and step by step.

use std::io;
use std::sync::Arc;

use blastwall_blast::{Certainty, Condition, Removal, Step, Subject, is_hop};

use crate::names::{Names, count, len};
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
pub(crate) fn subject(subject: &Subject, names: &Names<'_>) -> String {
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

/// Several at once: whole environments by their names, others one by one.
pub(super) fn subjects(subjects: &[Subject], names: &Names<'_>) -> String {
    let accounts = subjects.iter().map(|one| match one {
        Subject::Account { id } => Some(id),
        _ => None,
    });
    let environment = || {
        let accounts: Vec<_> = accounts.collect::<Option<_>>()?;
        let name = names.environment_of(&accounts)?;
        let many = count(len(accounts.len()), "account", "accounts");
        Some(format!("environment {name} ({many})"))
    };
    let one_by_one = || {
        let each = subjects.iter().map(|one| subject(one, names));
        each.collect::<Vec<_>>().join(" and ")
    };
    match subjects {
        [] | [_] => one_by_one(),
        _ => environment().unwrap_or_else(one_by_one),
    }
}

/// What one change takes away: `all of web-dev (…) → role/deploy of payments-prod (…)`.
pub(super) fn removal(removal: &Removal, names: &Names<'_>, arrow: &str) -> String {
    let everybody = || match &removal.to {
        Subject::Network { .. } | Subject::Workload { .. } => "everybody".to_owned(),
        _ => "everybody whom its policy lets in".to_owned(),
    };
    let from = removal.from.as_ref();
    let from = from.map_or_else(everybody, |from| subject(from, names));
    format!("{from} {arrow} {}", subject(&removal.to, names))
}

/// The option that tries a removal, as a shell takes it.
pub(super) fn option(removal: &Removal) -> String {
    format!("--without {}", quoted(&removal.words()))
}

/// A text as one word of a shell, whatever is in it: what policies and tags say is pasted along.
pub(super) fn quoted(text: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "-_.".contains(one);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
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
    let mut hops = 0;
    for step in via {
        // What stays with what is held already is no move, and has no number.
        let number = if is_hop(&step.link) {
            hops += 1;
            format!("{hops}. ")
        } else {
            "   ".to_owned()
        };
        let from: Vec<String> = step
            .from
            .iter()
            .map(|premise| subject(premise, names))
            .collect();
        let mut line = vec![
            span(Tone::Faint, number),
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

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_in_a_text_gets_out_of_its_quotes() {
        assert_eq!(quoted("prod-2"), "prod-2");
        assert_eq!(quoted("*->arn:x"), "'*->arn:x'");
        assert_eq!(quoted("a'; rm -rf b #"), "'a'\\''; rm -rf b #'");
        assert_eq!(quoted("$(id)"), "'$(id)'");
    }
}
