//! All ways from one thing to another: for people, and as diagrams.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::Arc;

use blastwall_blast::{
    Certainty, Proof, Proofs, Radius, Removal, Step, Subject, is_structural, link_kind,
};

use super::radius::parts;
use super::{path, survey, unseen};
use crate::escape::visible;
use crate::names::{Names, count, len};
use crate::page::{Page, plain, span};
use crate::style::Tone;
use crate::{Report, Style};

/// Writes the ways step by step: what allows each, what would stop it, and which changes close all ways. `radius`
/// is what falls with the start of the ways.
///
/// # Errors
/// What the writer answers.
pub fn proofs(
    report: &Report,
    proofs: &Proofs,
    radius: &Radius,
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    let names = &Names::new(report);
    let page = &mut Page::new(writer, style);
    let from = path::subjects(&proofs.from, names);
    let to = path::subject(&proofs.to, names);
    if proofs.proofs.is_empty() {
        page.line(
            0,
            &[
                span(Tone::Strong, from),
                plain(" does not reach "),
                span(Tone::Strong, to),
            ],
        )?;
        page.prose(
            2,
            "No way was found by the kinds of link that are looked at, in what could be seen.",
        )?;
        // Where a whole account is out of reach, parts of it may not be.
        if let Subject::Account { id } = &proofs.to {
            parts(page, radius, id, names)?;
        }
        if let Some(survey) = &report.blast_radius {
            survey::blind(page, survey, names)?;
        }
        return unseen::write(page, report, names);
    }
    let ways = count(len(proofs.proofs.len()), "way", "ways");
    page.line(
        0,
        &[
            plain("From "),
            span(Tone::Strong, from),
            plain(" to "),
            span(Tone::Strong, to),
            plain(format!(
                ": {}{ways}, the surest and shortest first",
                if proofs.complete { "" } else { "at least " }
            )),
        ],
    )?;
    for (number, proof) in proofs.proofs.iter().enumerate() {
        page.heading(&format!("Way {}", number + 1))?;
        page.line(2, &[path::rating(proof.certainty, proof.hops)])?;
        path::steps(page, 2, &proof.steps, names)?;
    }
    page.heading("What would stop it")?;
    match &proofs.cut {
        Some(cut) => {
            let changes = count(len(cut.len()), "change", "changes");
            page.line(2, &[plain(format!("The fewest changes: {changes}"))])?;
            removals(page, cut, names)?;
        }
        None if proofs.proofs.iter().any(is_made_so) => page.prose(
            2,
            "A way follows from how AWS is made, as that the management account controls the others: no change \
             closes it.",
        )?,
        None => page.prose(
            2,
            "The search ended before it found the fewest changes that close all ways.",
        )?,
    }
    let mut told: BTreeMap<&str, ()> = BTreeMap::new();
    for step in proofs.proofs.iter().flat_map(|proof| &proof.steps) {
        if told.insert(&step.link, ()).is_none()
            && let Some(kind) = link_kind(&step.link).filter(|kind| !is_structural(kind.id))
        {
            page.hanging(
                2,
                4,
                &[
                    span(Tone::Faint, format!("{}: ", kind.name)),
                    plain(kind.mitigations),
                ],
            )?;
        }
    }
    Ok(())
}

fn removals(page: &mut Page<'_>, cut: &[Removal], names: &Names<'_>) -> io::Result<()> {
    let arrow = page.glyphs().arrow;
    for removal in cut {
        let line = path::removal(removal, names, arrow);
        page.hanging(4, 6, &[plain(format!("- remove {line}"))])?;
        page.hanging(6, 8, &[span(Tone::Faint, path::option(removal))])?;
    }
    Ok(())
}

/// Writes the fewest changes after which nothing of an environment falls, and whether no fewer would do; none if no
/// change closes all ways.
///
/// # Errors
/// What the writer answers.
pub fn cut(
    report: &Report,
    environment: &str,
    cut: Option<(&[Removal], bool)>,
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    let names = &Names::new(report);
    let page = &mut Page::new(writer, style);
    page.heading(&format!("What would close every way into {environment}"))?;
    let Some((cut, fewest)) = cut else {
        return page.prose(
            2,
            "No change closes them all, or there are too many ways to tell: some may follow from how AWS is made.",
        );
    };
    let changes = count(len(cut.len()), "change", "changes");
    let told = match fewest {
        true => format!("The fewest changes: {changes}"),
        false => format!("{changes}, perhaps by fewer"),
    };
    page.line(2, &[plain(told)])?;
    removals(page, cut, names)
}

/// Whether no step of a way can be taken away.
fn is_made_so(proof: &Proof) -> bool {
    proof.steps.iter().all(|step| is_structural(&step.link))
}

/// The nodes and arrows of a diagram, each once.
struct Diagram {
    nodes: Vec<String>,
    arrows: Vec<(usize, usize, Arc<Step>)>,
    /// Where the ways begin and end.
    ends: BTreeSet<usize>,
}

impl Diagram {
    fn new(report: &Report, all: &[Proofs]) -> Self {
        let names = &Names::new(report);
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut nodes = Vec::new();
        let mut place = |subject| {
            let label = path::subject(subject, names);
            *places.entry(label.clone()).or_insert_with(|| {
                nodes.push(label);
                nodes.len() - 1
            })
        };
        let ends = all
            .iter()
            .flat_map(|proofs| proofs.from.iter().chain([&proofs.to]));
        let ends = ends.map(&mut place).collect();
        let mut arrows: Vec<(usize, usize, Arc<Step>)> = Vec::new();
        let ways = all.iter().flat_map(|proofs| &proofs.proofs);
        for step in ways.flat_map(|proof| &proof.steps) {
            for from in &step.from {
                let arrow = (place(from), place(&step.to));
                let known = arrows
                    .iter()
                    .any(|(from, to, old)| (*from, *to) == arrow && old.link == step.link);
                if !known {
                    arrows.push((arrow.0, arrow.1, Arc::clone(step)));
                }
            }
        }
        Self {
            nodes,
            arrows,
            ends,
        }
    }
}

/// Writes the ways, to several things perhaps, as a Mermaid flowchart. Sources: Mermaid documentation, "Flowcharts".
///
/// # Errors
/// What the writer answers.
pub fn mermaid(report: &Report, proofs: &[Proofs], writer: &mut dyn Write) -> io::Result<()> {
    // Quotes and angle brackets are written as entities, which Mermaid shows as what they stand for.
    let text = |text: &str| {
        visible(text)
            .replace('#', "#35;")
            .replace('"', "#quot;")
            .replace('<', "#lt;")
            .replace('>', "#gt;")
            .replace('`', "#96;")
    };
    let diagram = Diagram::new(report, proofs);
    writeln!(writer, "flowchart LR")?;
    for (number, node) in diagram.nodes.iter().enumerate() {
        writeln!(writer, "    n{number}[\"{}\"]", text(node))?;
    }
    for (from, to, step) in &diagram.arrows {
        let arrow = match step.certainty {
            Certainty::Certain => "-->",
            Certainty::Conditional | Certainty::Speculative => "-.->",
        };
        writeln!(
            writer,
            "    n{from} {arrow}|\"{}\"| n{to}",
            text(&label(step))
        )?;
    }
    for end in &diagram.ends {
        writeln!(writer, "    style n{end} stroke-width:3px")?;
    }
    Ok(())
}

/// Writes the ways, to several things perhaps, as a Graphviz graph. Source: Graphviz documentation, "DOT Language".
///
/// # Errors
/// What the writer answers.
pub fn dot(report: &Report, proofs: &[Proofs], writer: &mut dyn Write) -> io::Result<()> {
    let text = |text: &str| visible(text).replace('\\', "\\\\").replace('"', "\\\"");
    let diagram = Diagram::new(report, proofs);
    writeln!(writer, "digraph ways {{")?;
    writeln!(writer, "    rankdir=LR; node [shape=box];")?;
    for (number, node) in diagram.nodes.iter().enumerate() {
        let end = diagram.ends.contains(&number);
        let width = if end { ", penwidth=2" } else { "" };
        writeln!(writer, "    n{number} [label=\"{}\"{width}];", text(node))?;
    }
    for (from, to, step) in &diagram.arrows {
        let style = match step.certainty {
            Certainty::Certain => "solid",
            Certainty::Conditional => "dashed",
            Certainty::Speculative => "dotted",
        };
        let label = text(&label(step));
        writeln!(
            writer,
            "    n{from} -> n{to} [label=\"{label}\", style={style}];"
        )?;
    }
    writeln!(writer, "}}")
}

/// What stands on an arrow: the kind of link, and whether others are needed besides.
fn label(step: &Step) -> String {
    let besides = if step.from.len() > 1 {
        " (all needed)"
    } else {
        ""
    };
    format!("{}{besides}", step.link)
}
