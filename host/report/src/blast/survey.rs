//! The survey: which environments reach which, what each account's fall means, who is let in from
//! outside, and where the graph is blind.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use blastwall_blast::{
    AccountBlast, Certainty, Crossing, DataCrossing, OutsideParty, Subject, Survey,
};
use blastwall_model::{Access, AccountId, Criticality};

use super::path;
use crate::Report;
use crate::names::{Names, count, len, percent};
use crate::page::{Cell, Grid, Page, Span, cell, plain, span};
use crate::style::Tone;

/// The most environments whose pairs are drawn as a matrix; more do not fit a terminal.
const MATRIX_SIZE: usize = 10;

/// How many crossings the summary names.
const CROSSINGS_IN_SHORT: usize = 3;

/// How many accounts stand in a row before the rest is counted.
const NAMED_ACCOUNTS: usize = 4;

/// One line for the summary: which environments reach into more critical ones. None if there is
/// no survey.
pub(crate) fn in_short(report: &Report, arrow: &str) -> Option<Vec<Span<'static>>> {
    let survey = report.blast_radius.as_ref()?;
    let upward = upward(report);
    if upward.is_empty() {
        // Said only of what the graph could see.
        return Some(if survey.blind_spots.is_empty() {
            vec![span(
                Tone::Good,
                "no environment reaches into a more critical one",
            )]
        } else {
            vec![plain(
                "no environment is seen to reach into a more critical one",
            )]
        });
    }
    let mut spans = vec![span(
        Tone::Strong,
        "Crossings into more critical environments: ",
    )];
    for (index, crossing) in upward.iter().take(CROSSINGS_IN_SHORT).enumerate() {
        if index > 0 {
            spans.push(plain(", "));
        }
        spans.push(plain(format!(
            "{} {arrow} {} (",
            crossing.from, crossing.to
        )));
        spans.push(path::rating(crossing.certainty, crossing.hops));
        spans.push(plain(")"));
    }
    let hidden = upward.len().saturating_sub(CROSSINGS_IN_SHORT);
    if hidden > 0 {
        spans.push(plain(format!(" and {hidden} more")));
    }
    Some(spans)
}

/// The crossings into more critical environments, worst first.
pub(crate) fn upward(report: &Report) -> Vec<&Crossing> {
    report
        .blast_radius
        .iter()
        .flat_map(|survey| Environments::of(report).crossings(survey))
        .filter(|(rank, _)| rank.upward)
        .map(|(_, crossing)| crossing)
        .collect()
}

/// The whole section.
pub(crate) fn write(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    let Some(survey) = &report.blast_radius else {
        return Ok(());
    };
    let environments = Environments::of(report);
    page.heading("Blast radius: which environment falls with which")?;
    crossings(page, survey, &environments, names)?;
    choke_points(page, survey, names)?;
    accounts(page, survey, &environments, names)?;
    outside(page, survey, names)?;
    blind(page, survey, names)
}

/// The environments of a report with how much they matter.
struct Environments<'report> {
    criticality: BTreeMap<&'report str, Criticality>,
}

/// The order of crossings: into more critical environments first, then by how critical the
/// target is and how little the source, then the surest and shortest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    stays_below: bool,
    target: Reverse<Option<Criticality>>,
    source: Option<Criticality>,
    certainty: Certainty,
    hops: u32,
    upward: bool,
}

impl<'report> Environments<'report> {
    fn of(report: &'report Report) -> Self {
        Self {
            criticality: report
                .environments
                .iter()
                .map(|summary| {
                    (
                        summary.environment.name.as_str(),
                        summary.environment.criticality,
                    )
                })
                .collect(),
        }
    }

    fn criticality(&self, environment: &str) -> Option<Criticality> {
        self.criticality.get(environment).copied()
    }

    /// Crossings between different environments, worst first.
    fn crossings<'survey>(&self, survey: &'survey Survey) -> Vec<(Rank, &'survey Crossing)> {
        let mut crossings: Vec<(Rank, &Crossing)> = survey
            .crossings
            .iter()
            .filter(|crossing| crossing.from != crossing.to)
            .map(|crossing| {
                let target = self.criticality(&crossing.to);
                let source = self.criticality(&crossing.from);
                let upward = target > source;
                let rank = Rank {
                    stays_below: !upward,
                    target: Reverse(target),
                    source,
                    certainty: crossing.certainty,
                    hops: crossing.hops,
                    upward,
                };
                (rank, crossing)
            })
            .collect();
        // Stable: the survey's own order decides between equals.
        crossings.sort_by(|left, right| left.0.cmp(&right.0));
        crossings
    }

    /// Their names, the most critical first.
    fn names(&self) -> Vec<&'report str> {
        let mut names: Vec<&str> = self.criticality.keys().copied().collect();
        names.sort_by_key(|name| (Reverse(self.criticality(name)), *name));
        names
    }
}

fn crossings(
    page: &mut Page<'_>,
    survey: &Survey,
    environments: &Environments<'_>,
    names: &Names<'_>,
) -> io::Result<()> {
    let order = environments.names();
    if order.len() <= MATRIX_SIZE {
        matrix(page, survey, &order)?;
    }
    let crossings = environments.crossings(survey);
    if crossings.is_empty() {
        page.line(2, &[plain("No environment reaches another.")])?;
        return data_crossings(page, survey, names);
    }
    let arrow = page.glyphs().arrow;
    let shown = page.style().shown(crossings.len());
    page.gap()?;
    page.line(
        2,
        &[span(Tone::Strong, "The surest and shortest way across")],
    )?;
    for (_, crossing) in crossings.iter().take(shown) {
        page.line(
            2,
            &[
                span(
                    Tone::Strong,
                    format!("{} {arrow} {}", crossing.from, crossing.to),
                ),
                plain("  "),
                path::rating(crossing.certainty, crossing.hops),
            ],
        )?;
        page.line(6, &[plain(path::chain(&crossing.via, names, arrow))])?;
        let conditions = crossing.via.iter().flat_map(|step| &step.conditions);
        path::conditions(page, 6, conditions.collect::<BTreeSet<_>>())?;
        cut(page, crossing, names)?;
    }
    page.more(2, crossings.len() - shown, "crossings")?;
    data_crossings(page, survey, names)
}

/// The changes that close the way, if they are few enough to be a plan.
fn cut(page: &mut Page<'_>, crossing: &Crossing, names: &Names<'_>) -> io::Result<()> {
    const A_PLAN: usize = 3;
    let Some(cut) = &crossing.cut else {
        return Ok(());
    };
    let changes = count(len(cut.len()), "change", "changes");
    let fewer = if crossing.cut_is_fewest {
        ""
    } else {
        ", perhaps by fewer"
    };
    let told = if cut.len() <= A_PLAN {
        let arrow = page.glyphs().arrow;
        let told = cut
            .iter()
            .map(|removal| path::removal(removal, names, arrow));
        format!(": remove {}", told.collect::<Vec<_>>().join("; remove "))
    } else {
        format!(
            "; `blastwall path {} {}` tells them",
            path::quoted(&names.environment(&crossing.from)),
            path::quoted(&names.environment(&crossing.to))
        )
    };
    let line = format!("closed by {changes}{fewer}{told}");
    page.hanging(6, 8, &[span(Tone::Faint, line)])
}

/// The changes that most ways hang on.
fn choke_points(page: &mut Page<'_>, survey: &Survey, names: &Names<'_>) -> io::Result<()> {
    if survey.choke_points.is_empty() {
        return Ok(());
    }
    page.heading("Blast radius: the changes that most ways hang on")?;
    let arrow = page.glyphs().arrow;
    let shown = page.style().shown(survey.choke_points.len());
    for choke_point in survey.choke_points.iter().take(shown) {
        let pairs = count(len(choke_point.pairs), "pair", "pairs");
        let line = [
            plain(path::removal(&choke_point.removal, names, arrow)),
            span(
                Tone::Faint,
                format!(
                    "  by {}: {pairs} of accounts",
                    choke_point.removal.step.link
                ),
            ),
        ];
        page.hanging(2, 6, &line)?;
    }
    page.more(2, survey.choke_points.len() - shown, "changes")
}

/// Rows fall first. A nought that is known and a pair that cannot be are told apart by the text
/// above the table: a dash is a pair of environments of which none reaches the other.
fn matrix(page: &mut Page<'_>, survey: &Survey, order: &[&str]) -> io::Result<()> {
    let cells: BTreeMap<(&str, &str), &Crossing> = survey
        .crossings
        .iter()
        .map(|crossing| ((&*crossing.from, &*crossing.to), crossing))
        .collect();
    let data: BTreeMap<(&str, &str), &DataCrossing> = survey
        .data_crossings
        .iter()
        .map(|crossing| ((&*crossing.from, &*crossing.to), crossing))
        .collect();
    let mut accounts: BTreeMap<&str, usize> = BTreeMap::new();
    for account in &survey.accounts {
        *accounts.entry(&account.environment).or_default() += 1;
    }
    page.line(
        2,
        &[span(
            Tone::Faint,
            "`2/9 > 1/4, 1 hop`: 2 of the 9 accounts of the row reach something in 1 of the 4 of the column, the \
             surest and nearest in 1 hop. `?`: if conditions hold; `??`: speculative. `data`: no account, but data of \
             some is read. `-`: no way.",
        )],
    )?;
    page.gap()?;
    let mut grid = Grid::default().text("If this falls");
    for name in order {
        grid = grid.text((*name).to_owned());
    }
    for from in order {
        let mut row = vec![cell(Tone::Strong, *from)];
        for to in order {
            row.push(match cells.get(&(*from, *to)) {
                None => match data.get(&(*from, *to)) {
                    Some(crossing) => cell(
                        path::tone(crossing.certainty),
                        format!(
                            "data, {}{}",
                            count(u64::from(crossing.hops), "hop", "hops"),
                            doubt(crossing.certainty)
                        ),
                    ),
                    None => cell(Tone::Faint, "-"),
                },
                Some(crossing) => {
                    let total = |name: &str| accounts.get(name).copied().unwrap_or_default();
                    crossing_cell(crossing, total(from), total(to))
                }
            });
        }
        grid.row(row);
    }
    page.grid(2, &grid, "environments")
}

fn crossing_cell(crossing: &Crossing, sources: usize, targets: usize) -> Cell {
    cell(
        path::tone(crossing.certainty),
        format!(
            "{}/{sources} > {}/{targets}, {}{}",
            crossing.sources,
            crossing.targets,
            count(u64::from(crossing.hops), "hop", "hops"),
            doubt(crossing.certainty),
        ),
    )
}

fn doubt(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "",
        Certainty::Conditional => "?",
        Certainty::Speculative => "??",
    }
}

/// The data that is read across.
fn data_crossings(page: &mut Page<'_>, survey: &Survey, names: &Names<'_>) -> io::Result<()> {
    if survey.data_crossings.is_empty() {
        return Ok(());
    }
    let arrow = page.glyphs().arrow;
    page.gap()?;
    page.line(
        2,
        &[span(
            Tone::Strong,
            "Data that is read across, of accounts that do not fall",
        )],
    )?;
    let shown = page.style().shown(survey.data_crossings.len());
    for crossing in survey.data_crossings.iter().take(shown) {
        page.line(
            2,
            &[
                span(
                    Tone::Strong,
                    format!("{} {arrow} {}", crossing.from, crossing.to),
                ),
                plain(format!(
                    "  {} from {}  ",
                    count(len(crossing.resources), "resource", "resources"),
                    count(len(crossing.sources), "account", "accounts"),
                )),
                path::rating(crossing.certainty, crossing.hops),
            ],
        )?;
        page.line(6, &[plain(path::chain(&crossing.via, names, arrow))])?;
    }
    page.more(2, survey.data_crossings.len() - shown, "crossings")
}

fn accounts(
    page: &mut Page<'_>,
    survey: &Survey,
    environments: &Environments<'_>,
    names: &Names<'_>,
) -> io::Result<()> {
    page.heading("Blast radius by account, least contained first")?;
    page.hanging(
        2,
        2,
        &[span(
            Tone::Faint,
            "Contained: how much of the other accounts stays out of reach if the account falls, each by the share of \
             its users and roles; data is not counted. Exposed: the share of their users and roles that reach in. \
             Both are weighted by how critical the environments are. Reaches: the number of other accounts. `?`: not \
             looked into.",
        )],
    )?;
    page.gap()?;
    let mut order: Vec<&AccountBlast> = survey
        .accounts
        .iter()
        .filter(|blast| {
            !blast.reaches.is_empty() || blast.exposure.principals > 0 || blast.entered > 0
        })
        .collect();
    order.sort_by(|left, right| {
        left.containment
            .score
            .total_cmp(&right.containment.score)
            .then_with(|| right.exposure.score.total_cmp(&left.exposure.score))
            .then_with(|| left.account.cmp(&right.account))
    });
    let apart = survey.accounts.len() - order.len();
    let mut grid = Grid::default()
        .text("Account")
        .text("Environment")
        .number("Contained")
        .number("Exposed")
        .number("Reaches")
        .text("Crosses into");
    for blast in order {
        let crossings: Vec<String> = {
            let mut crossings: Vec<_> = blast.crossings.iter().collect();
            crossings.sort_by_key(|crossing| Reverse(environments.criticality(&crossing.to)));
            crossings
                .into_iter()
                .map(|crossing| {
                    let hops = count(u64::from(crossing.hops), "hop", "hops");
                    format!(
                        "{} ({}, {hops})",
                        crossing.to,
                        path::word(crossing.certainty)
                    )
                })
                .collect()
        };
        // Of one that was not looked into, what it reaches at least is known, and not what it does not.
        let reaches = blast.reached.max(blast.reaches.len());
        let (contained, reaches) = match blast.seen {
            true => (percent(blast.containment.score), reaches.to_string()),
            false => ("?".to_owned(), format!("{reaches}?")),
        };
        grid.row(vec![
            cell(Tone::Strong, names.label(&blast.account)),
            cell(Tone::Plain, &*blast.environment),
            cell(Tone::Plain, contained),
            cell(Tone::Plain, percent(blast.exposure.score)),
            cell(Tone::Plain, reaches),
            cell(Tone::Plain, crossings.join(", ")),
        ]);
    }
    if !grid.is_empty() {
        page.grid(2, &grid, "accounts")?;
    }
    if apart > 0 {
        page.line(
            2,
            &[plain(format!(
                "{} neither reach others nor are reached.",
                count(len(apart), "account", "accounts")
            ))],
        )?;
    }
    Ok(())
}

/// Parties outside the organization that are let in. Services of AWS are left to the JSON report:
/// nearly every account trusts some, and none of them is an attacker by itself.
fn outside(page: &mut Page<'_>, survey: &Survey, names: &Names<'_>) -> io::Result<()> {
    let mut parties: BTreeMap<&OutsideParty, (Certainty, Vec<&AccountId>)> = BTreeMap::new();
    for blast in &survey.accounts {
        for entrance in &blast.entered_by {
            let Subject::Outside { party } = &entrance.from else {
                continue;
            };
            if matches!(party, OutsideParty::Service { .. }) {
                continue;
            }
            let entry = parties
                .entry(party)
                .or_insert((entrance.certainty, Vec::new()));
            entry.0 = entry.0.min(entrance.certainty);
            entry.1.push(&blast.account);
        }
    }
    if parties.is_empty() {
        return Ok(());
    }
    page.heading("Let in from outside the organization")?;
    let mut grid = Grid::default()
        .text("Party")
        .text("Certainty")
        .text("Reaches into");
    let mut parties: Vec<_> = parties.into_iter().collect();
    parties.sort_by_key(|(party, (certainty, accounts))| {
        (*certainty, Reverse(accounts.len()), *party)
    });
    for (party, (certainty, accounts)) in parties {
        grid.row(vec![
            cell(Tone::Strong, party.to_string()),
            cell(path::tone(certainty), path::word(certainty)),
            cell(
                Tone::Plain,
                names.list(accounts.into_iter(), NAMED_ACCOUNTS),
            ),
        ]);
    }
    page.grid(2, &grid, "parties")
}

/// Where the graph is blind.
pub(super) fn blind(page: &mut Page<'_>, survey: &Survey, names: &Names<'_>) -> io::Result<()> {
    if survey.blind_spots.is_empty() && survey.unjudged.is_empty() {
        return Ok(());
    }
    page.heading("Where the blast radius is blind")?;
    let mut reasons: BTreeMap<String, Vec<&AccountId>> = BTreeMap::new();
    for spot in &survey.blind_spots {
        let access = names.account(&spot.account).map(|account| &account.access);
        let why = match access {
            Some(Access::Refused { tried, answer, .. }) => {
                format!("{} ({tried}: {answer})", spot.why)
            }
            _ => spot.why.clone(),
        };
        reasons.entry(why).or_default().push(&spot.account);
    }
    for (why, accounts) in reasons {
        page.line(
            2,
            &[
                span(
                    Tone::Strong,
                    names.list(accounts.into_iter(), NAMED_ACCOUNTS),
                ),
                plain(format!(": {why}")),
            ],
        )?;
    }
    let shown = page.style().shown(survey.unjudged.len());
    for unjudged in survey.unjudged.iter().take(shown) {
        page.line(
            2,
            &[
                span(Tone::Strong, unjudged.arn.as_str()),
                plain(format!(": {}", unjudged.why)),
            ],
        )?;
    }
    page.more(2, survey.unjudged.len() - shown, "that could not be judged")
}
