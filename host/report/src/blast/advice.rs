//! What is worth changing, and what a second wave would bring.

use std::io::{self, Write};

use blastwall_blast::{Advice, Change};

use super::{changes, path};
use crate::names::Names;
use crate::page::{Page, plain, span};
use crate::style::Tone;
use crate::{Report, Style};

/// Writes the links whose removal helps most, and what the guardrails are worth.
///
/// # Errors
/// What the writer answers.
pub fn advice(
    report: &Report,
    advice: &Advice,
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    let names = &Names::new(report);
    let page = &mut Page::new(writer, style);
    let arrow = page.glyphs().arrow;
    page.heading("What is worth changing")?;
    page.prose(
        2,
        &format!(
            "On average {} of the other accounts fall with an account (the expected blast radius), both weighted by \
             how critical their environments are. Each change below is the best one after those before it.",
            share(advice.expected)
        ),
    )?;
    for (number, improvement) in advice.improvements.iter().enumerate() {
        let removal = &improvement.remove;
        let told = path::removal(removal, names, arrow);
        let line = [
            span(Tone::Strong, format!("{}. ", number + 1)),
            plain(format!("remove {told}")),
            span(
                Tone::Faint,
                format!(
                    "  by {}; then {}",
                    removal.step.link,
                    share(improvement.expected)
                ),
            ),
        ];
        page.hanging(2, 5, &line)?;
        page.hanging(5, 7, &[span(Tone::Faint, path::option(removal))])?;
    }
    if advice.improvements.is_empty() {
        page.line(2, &[plain("No single change makes a difference.")])?;
    }
    page.heading("What the guardrails are worth")?;
    if advice.guardrails.is_empty() {
        page.line(2, &[plain("Without any one of them nothing more falls.")])?;
    }
    let shown = page.style().shown(advice.guardrails.len());
    for value in advice.guardrails.iter().take(shown) {
        let line = [
            plain(value.name.as_str()),
            span(
                Tone::Faint,
                format!(
                    ", {}: saves {} points ({} without it)",
                    value.kind,
                    points(value.expected - advice.expected),
                    share(value.expected)
                ),
            ),
        ];
        page.hanging(2, 6, &line)?;
    }
    page.more(2, advice.guardrails.len() - shown, "guardrails")
}

/// Writes what falls once the guardrails are taken away by who has power over them.
///
/// # Errors
/// What the writer answers.
pub fn second_wave(
    report: &Report,
    wave: &[Change],
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    if wave.is_empty() {
        return Ok(());
    }
    let title = "Second wave: once the guardrails are taken away";
    changes::under(title, report, wave, style, writer)
}

/// A difference of shares.
fn points(difference: f64) -> String {
    format!("{:.1}", difference * 100.0)
}

/// A share with one digit behind the point: single links move little of a whole organization.
fn share(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
