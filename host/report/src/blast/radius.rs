//! One radius in detail: what falls when this falls, account by account, and why.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use blastwall_blast::{
    AccountBlast, Certainty, Condition, Entrance, OutsideParty, Radius, RadiusFact, Subject,
};
use blastwall_model::{AccountId, Criticality};

use super::{path, survey, unseen};
use crate::names::{Names, count, len, percent};
use crate::page::{Page, plain, span};
use crate::report::Environment;
use crate::style::Tone;
use crate::{Report, Style};

/// Writes what falls when the start of `radius` falls. The report lends names and environments;
/// where the start is one account and the report has a survey, its scores are told as well.
///
/// # Errors
/// What the writer answers.
pub fn radius(
    report: &Report,
    radius: &Radius,
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    let names = &Names::new(report);
    let page = &mut Page::new(writer, style);
    page.line(
        0,
        &[
            plain("If "),
            span(Tone::Strong, path::subjects(&radius.start, names)),
            plain(" falls"),
        ],
    )?;
    let fallen = fallen(radius, names);
    in_short(page, report, radius, &fallen)?;
    if let Some(blast) = survey_of(report, radius).filter(|blast| !blast.seen) {
        let what = format!(
            "{} was not looked into: what its users and roles may do is not known, and this is what falls with it at \
             least.",
            names.label(&blast.account)
        );
        page.hanging(2, 2, &[span(Tone::Doubtful, what)])?;
    } else if let Some(blast) = survey_of(report, radius) {
        page.line(
            2,
            &[plain(format!(
                "{} of the other accounts, by their users and roles, stays out of reach; {} of those reach in; both \
                 weighted by how critical their environments are.",
                percent(blast.containment.score),
                percent(blast.exposure.score)
            ))],
        )?;
    }
    let shown = page.style().shown(fallen.len());
    for account in fallen.iter().take(shown) {
        write_account(page, radius, account, names)?;
    }
    page.more(2, fallen.len() - shown, "accounts")?;
    for section in BESIDES {
        besides(page, radius, names, section)?;
    }
    if let Some(blast) = survey_of(report, radius) {
        entrances(page, blast, names)?;
    }
    if let Some(survey) = &report.blast_radius {
        survey::blind(page, survey, names)?;
    }
    unseen::write(page, report, names)
}

/// The data of others that is read, but for accounts that fall as a whole.
fn data_of_others(radius: &Radius) -> Vec<&RadiusFact> {
    let lost: BTreeSet<&AccountId> = radius
        .facts
        .iter()
        .filter_map(|fact| match &fact.subject {
            Subject::Account { id } => Some(id),
            _ => None,
        })
        .collect();
    let home = home(radius);
    let facts = radius.facts.iter();
    facts
        .filter(|fact| matches!(fact.subject, Subject::Data { .. }))
        .filter(|fact| {
            let of_other = |account: &AccountId| !lost.contains(account) && !home.contains(account);
            fact.account.as_ref().is_none_or(of_other)
        })
        .collect()
}

/// A section about what is no foothold.
struct Section {
    heading: &'static str,
    /// What the rest is called where not all is shown.
    plural: &'static str,
    has: fn(&Subject) -> bool,
}

const BESIDES: &[Section] = &[
    Section {
        heading: "Data",
        plural: "resources",
        has: |subject| matches!(subject, Subject::Data { .. }),
    },
    Section {
        heading: "Power over the guardrails, without which more may fall",
        plural: "powers",
        has: |subject| matches!(subject, Subject::Guardrails),
    },
    Section {
        heading: "Evidence, which could be destroyed",
        plural: "pieces of evidence",
        has: |subject| matches!(subject, Subject::Evidence { .. }),
    },
];

/// What falls besides footholds, but for what the start holds anyway, with whose it is and on what it hangs.
fn besides(
    page: &mut Page<'_>,
    radius: &Radius,
    names: &Names<'_>,
    section: &Section,
) -> io::Result<()> {
    let mut gained: Vec<&RadiusFact> = radius
        .facts
        .iter()
        .filter(|fact| (section.has)(&fact.subject) && fact.hops > 0)
        .collect();
    if gained.is_empty() {
        return Ok(());
    }
    gained.sort_by_key(|fact| (fact.certainty, fact.hops, &fact.subject));
    page.heading(section.heading)?;
    let shown = page.style().shown(gained.len());
    for fact in gained.iter().take(shown) {
        let whose = fact.account.as_ref().map_or_else(String::new, |account| {
            let environment = names
                .account(account)
                .map_or_else(String::new, |row| format!(", {}", row.environment.name));
            format!(" of {}{environment}", names.label(account))
        });
        let line = [
            plain(format!("{}{whose}", fact.subject)),
            plain("  "),
            path::rating(fact.certainty, fact.hops),
        ];
        page.hanging(2, 4, &line)?;
        let way = radius.path(&fact.subject);
        page.line(6, &[plain(path::chain(&way, names, page.glyphs().arrow))])?;
        let conditions: BTreeSet<&Condition> =
            way.iter().flat_map(|step| &step.conditions).collect();
        path::conditions(page, 6, conditions)?;
    }
    page.more(2, gained.len() - shown, section.plural)
}

/// Where an account does not fall as a whole: what falls of it.
pub(super) fn parts(
    page: &mut Page<'_>,
    radius: &Radius,
    account: &AccountId,
    names: &Names<'_>,
) -> io::Result<()> {
    let parts: Vec<&RadiusFact> = radius
        .facts
        .iter()
        .filter(|fact| fact.account.as_ref() == Some(account))
        .collect();
    if parts.is_empty() {
        return Ok(());
    }
    page.line(
        2,
        &[plain("It does not fall as a whole, but these of it do:")],
    )?;
    let shown = page.style().shown(parts.len());
    for fact in parts.iter().take(shown) {
        page.line(
            4,
            &[
                plain(path::subject(&fact.subject, names)),
                plain("  "),
                path::rating(fact.certainty, fact.hops),
            ],
        )?;
    }
    page.more(4, parts.len() - shown, "facts")
}

/// What falls of one account.
struct Fallen<'radius> {
    account: AccountId,
    environment: Option<&'radius Environment>,
    /// The account itself if it falls, then its principals, the surest and nearest first.
    facts: Vec<&'radius RadiusFact>,
}

impl Fallen<'_> {
    fn criticality(&self) -> Option<Criticality> {
        self.environment.map(|environment| environment.criticality)
    }
}

/// The accounts of which something falls: those that the start is not in first, the most critical
/// environments first, then the surest and nearest.
fn fallen<'radius>(radius: &'radius Radius, names: &Names<'radius>) -> Vec<Fallen<'radius>> {
    let home = home(radius);
    let mut accounts: BTreeMap<AccountId, Vec<&RadiusFact>> = BTreeMap::new();
    for fact in &radius.facts {
        if matches!(
            fact.subject,
            Subject::Data { .. } | Subject::Encrypted { .. } | Subject::Supply { .. }
        ) {
            continue;
        }
        let Some(account) = fact.subject.account() else {
            continue;
        };
        // That an account falls with all that is in it goes without saying.
        let lost = Subject::Account {
            id: account.clone(),
        };
        if !radius.start.contains(&fact.subject) && !radius.start.contains(&lost) {
            accounts.entry(account).or_default().push(fact);
        }
    }
    let mut fallen: Vec<Fallen<'radius>> = accounts
        .into_iter()
        .map(|(account, mut facts)| {
            facts.sort_by_key(|fact| {
                let principal = !matches!(fact.subject, Subject::Account { .. });
                (principal, fact.certainty, fact.hops, &fact.subject)
            });
            Fallen {
                environment: names.account(&account).map(|account| &account.environment),
                account,
                facts,
            }
        })
        .collect();
    fallen.sort_by_key(|fallen| {
        let nearest = fallen
            .facts
            .iter()
            .map(|fact| (fact.certainty, fact.hops))
            .min();
        (
            home.contains(&fallen.account),
            Reverse(fallen.criticality()),
            nearest,
            fallen.account.clone(),
        )
    });
    fallen
}

/// The accounts that the start is in.
fn home(radius: &Radius) -> Vec<AccountId> {
    radius.start.iter().filter_map(Subject::account).collect()
}

fn in_short(
    page: &mut Page<'_>,
    report: &Report,
    radius: &Radius,
    fallen: &[Fallen<'_>],
) -> io::Result<()> {
    let home = home(radius);
    let others: Vec<&Fallen<'_>> = fallen
        .iter()
        .filter(|fallen| !home.contains(&fallen.account))
        .collect();
    let own = radius.facts.iter().any(|fact| match &fact.subject {
        Subject::Account { id } => home.contains(id) && !radius.start.contains(&fact.subject),
        _ => false,
    });
    if own {
        page.line(
            2,
            &[span(Tone::Strong, "Its own account falls as a whole.")],
        )?;
    }
    let data = data_of_others(radius);
    if others.is_empty() {
        if data.is_empty() {
            // Of an account that was not looked into nothing can be said for certain.
            let line = if home.iter().all(|account| is_seen(report, account)) {
                span(Tone::Good, "No other account is reached.")
            } else {
                span(Tone::Doubtful, "No other account is known to be reached.")
            };
            return page.line(2, &[line]);
        }
        let accounts: BTreeSet<&AccountId> = data
            .iter()
            .filter_map(|fact| fact.account.as_ref())
            .collect();
        return page.line(
            2,
            &[span(
                Tone::Strong,
                format!(
                    "No other account falls, but data of {} is read.",
                    count(len(accounts.len()), "account", "accounts")
                ),
            )],
        );
    }
    let whole = others
        .iter()
        .filter(|fallen| {
            fallen
                .facts
                .iter()
                .any(|fact| matches!(fact.subject, Subject::Account { .. }))
        })
        .count();
    let mut environments: BTreeMap<(Reverse<Option<Criticality>>, &str), u64> = BTreeMap::new();
    for fallen in &others {
        let name = fallen
            .environment
            .map_or("unclassified", |environment| environment.name.as_str());
        *environments
            .entry((Reverse(fallen.criticality()), name))
            .or_default() += 1;
    }
    let environments: Vec<String> = environments
        .iter()
        .map(|((_, name), number)| format!("{number} {name}"))
        .collect();
    page.line(
        2,
        &[
            span(
                Tone::Strong,
                format!(
                    "{} reached",
                    count(len(others.len()), "other account is", "other accounts are")
                ),
            ),
            plain(format!(": {}", environments.join(", "))),
            plain(match whole {
                0 => ".".to_owned(),
                1 => "; 1 of them falls as a whole.".to_owned(),
                _ => format!("; {whole} of them fall as a whole."),
            }),
        ],
    )
}

/// One account: the best way in step by step; the other things that fall by name, rating and
/// conditions.
fn write_account(
    page: &mut Page<'_>,
    radius: &Radius,
    fallen: &Fallen<'_>,
    names: &Names<'_>,
) -> io::Result<()> {
    let environment = fallen
        .environment
        .map_or_else(String::new, |environment| format!(", {}", environment.name));
    page.heading(&format!("{}{environment}", names.label(&fallen.account)))?;
    let whole = fallen
        .facts
        .first()
        .is_some_and(|fact| matches!(fact.subject, Subject::Account { .. }));
    let nested = page.style().nested();
    for (index, fact) in fallen.facts.iter().enumerate() {
        let what = match &fact.subject {
            Subject::Account { .. } => "the whole account".to_owned(),
            Subject::Principal { arn } | Subject::Workload { arn } => arn.resource().to_owned(),
            Subject::Data { .. }
            | Subject::Rewritten { .. }
            | Subject::Encrypted { .. }
            | Subject::Network { .. }
            | Subject::Supply { .. }
            | Subject::Outside { .. }
            | Subject::Evidence { .. }
            | Subject::Guardrails => fact.subject.to_string(),
        };
        page.line(
            2,
            &[
                span(Tone::Strong, what),
                plain("  "),
                path::rating(fact.certainty, fact.hops),
            ],
        )?;
        if index == 0 {
            path::steps(page, 4, &radius.path(&fact.subject), names)?;
        } else if !whole && fact.certainty != Certainty::Certain {
            let way = radius.path(&fact.subject);
            let conditions: BTreeSet<&Condition> =
                way.iter().flat_map(|step| &step.conditions).collect();
            path::conditions(page, 4, conditions)?;
        }
        let rest = fallen.facts.len() - index - 1;
        if whole {
            // All principals fall with it; naming them tells nothing.
            if rest > 0 {
                page.line(
                    2,
                    &[plain(format!(
                        "and with it {}",
                        count(len(rest), "user or role", "users and roles")
                    ))],
                )?;
            }
            return Ok(());
        }
        if index + 1 == nested.shown(fallen.facts.len()) {
            return page.more(2, rest, "users and roles");
        }
    }
    Ok(())
}

fn entrances(page: &mut Page<'_>, blast: &AccountBlast, names: &Names<'_>) -> io::Result<()> {
    if blast.entered_by.is_empty() {
        return Ok(());
    }
    page.heading("Who reaches in")?;
    let arrow = page.glyphs().arrow;
    // Nearly every account trusts some service, and none of them is an attacker by itself.
    let (services, others): (Vec<_>, Vec<_>) = blast
        .entered_by
        .iter()
        .partition(|entrance| is_unlikely_service(entrance));
    let shown = page.style().shown(others.len());
    for entrance in others.iter().take(shown) {
        let environment = entrance
            .environment
            .as_ref()
            .map_or_else(String::new, |environment| format!(", {environment}"));
        page.line(
            2,
            &[
                span(Tone::Strong, path::subject(&entrance.from, names)),
                plain(format!("{environment}  ")),
                path::rating(entrance.certainty, entrance.hops),
            ],
        )?;
        page.line(6, &[plain(path::chain(&entrance.via, names, arrow))])?;
    }
    let all = blast.entered.max(blast.entered_by.len());
    page.more(2, all - services.len() - shown, "ways in")?;
    if services.is_empty() {
        return Ok(());
    }
    let services = count(len(services.len()), "service of AWS", "services of AWS");
    let line = format!("and, speculatively, {services} acting for others");
    page.line(2, &[span(Tone::Faint, line)])
}

fn is_unlikely_service(entrance: &Entrance) -> bool {
    let Subject::Outside { party } = &entrance.from else {
        return false;
    };
    matches!(party, OutsideParty::Service { .. }) && entrance.certainty == Certainty::Speculative
}

/// The survey's answer about the account that is the start.
fn survey_of<'report>(report: &'report Report, radius: &Radius) -> Option<&'report AccountBlast> {
    let [Subject::Account { id }] = radius.start.as_slice() else {
        return None;
    };
    blast_of(report, id)
}

fn blast_of<'report>(
    report: &'report Report,
    account: &AccountId,
) -> Option<&'report AccountBlast> {
    let survey = report.blast_radius.as_ref()?;
    survey
        .accounts
        .iter()
        .find(|blast| blast.account == *account)
}

/// Whether an account was looked into, or is none of the organization.
fn is_seen(report: &Report, account: &AccountId) -> bool {
    blast_of(report, account).is_none_or(|blast| blast.seen)
}
