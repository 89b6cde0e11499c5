//! What stands in the way of a scan, and the smallest change of policies that lets it through.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use blastwall_model::{Access, AccountId, Gap, GapKind};
use serde::Serialize;
use serde_json::{Value, json};

use crate::names::{Names, count, len};
use crate::page::{Page, plain, span};
use crate::style::Tone;
use crate::{Report, Style};

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// Who asked.
    pub caller: Option<String>,
    /// What could not be learned of the organization.
    pub organization: Vec<Gap>,
    /// The accounts that were not entered.
    pub refused: Vec<Refused>,
    /// The accounts in which actions were refused, those that lack the same together.
    pub fixes: Vec<Fix>,
    /// Calls that brought no data for another reason than permission.
    pub trouble: Vec<Trouble>,
    /// How many accounts let everything through.
    pub healthy: usize,
}

/// An account that was not entered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refused {
    /// Which.
    pub account: AccountId,
    /// What was tried, on what, what AWS answered and what to do.
    pub access: Access,
}

/// What some accounts lack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fix {
    /// The accounts.
    pub accounts: Vec<AccountId>,
    /// The actions that were refused, sorted.
    pub actions: Vec<String>,
    /// One answer of AWS to each; it may name a policy that denies, which no statement mends.
    pub answers: Vec<String>,
    /// The statement that the role in these accounts lacks.
    pub statement: Value,
}

/// A call that brought no data for another reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trouble {
    /// Where.
    pub account: AccountId,
    /// What.
    pub gap: Gap,
}

impl Diagnosis {
    /// What a report says about access.
    #[must_use]
    pub fn new(report: &Report) -> Self {
        let mut lacking: BTreeMap<BTreeSet<&str>, Lacking<'_>> = BTreeMap::new();
        let mut trouble = Vec::new();
        let mut sick = BTreeSet::new();
        for coverage in &report.coverage {
            let mut denied: BTreeMap<&str, &str> = BTreeMap::new();
            for gap in &coverage.gaps {
                sick.insert(&coverage.account);
                if gap.kind == GapKind::Denied {
                    denied.entry(&gap.action).or_insert(&gap.answer);
                } else {
                    trouble.push(Trouble {
                        account: coverage.account.clone(),
                        gap: gap.clone(),
                    });
                }
            }
            if !denied.is_empty() {
                let actions = denied.keys().copied().collect();
                let lacking = lacking.entry(actions).or_default();
                lacking.accounts.push(coverage.account.clone());
                for (action, answer) in denied {
                    lacking.answers.entry(action).or_insert(answer);
                }
            }
        }
        let entered = |access: &Access| matches!(access, Access::Entered { .. });
        Self {
            caller: report.scan.caller.as_ref().map(ToString::to_string),
            organization: report
                .organization
                .as_ref()
                .map(|organization| organization.gaps.clone())
                .unwrap_or_default(),
            refused: report
                .accounts
                .iter()
                .filter(|account| matches!(account.access, Access::Refused { .. }))
                .map(|account| Refused {
                    account: account.id.clone(),
                    access: account.access.clone(),
                })
                .collect(),
            fixes: lacking
                .into_iter()
                .map(|(actions, Lacking { accounts, answers })| Fix {
                    statement: json!({ "Effect": "Allow", "Action": actions, "Resource": "*" }),
                    actions: actions.into_iter().map(str::to_owned).collect(),
                    answers: answers.into_values().map(str::to_owned).collect(),
                    accounts,
                })
                .collect(),
            trouble,
            healthy: report
                .accounts
                .iter()
                .filter(|account| entered(&account.access) && !sick.contains(&account.id))
                .count(),
        }
    }

    /// Whether nothing stands in the way.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.organization.is_empty()
            && self.refused.is_empty()
            && self.fixes.is_empty()
            && self.trouble.is_empty()
    }
}

/// The accounts that lack the same actions, and an answer to each action.
#[derive(Default)]
struct Lacking<'report> {
    accounts: Vec<AccountId>,
    answers: BTreeMap<&'report str, &'report str>,
}

/// Writes a diagnosis for people.
///
/// # Errors
/// What the writer answers.
pub fn write(
    diagnosis: &Diagnosis,
    report: &Report,
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut Page::new(writer, style);
    let names = Names::new(report);
    let ok = || span(Tone::Good, "ok       ");
    let missing = || span(Tone::Bad, "missing  ");
    if let Some(caller) = &diagnosis.caller {
        page.hanging(0, 9, &[ok(), plain(format!("credentials of {caller}"))])?;
    }
    if diagnosis.organization.is_empty() && report.organization.is_some() {
        page.line(
            0,
            &[ok(), plain("everything of the organization could be read")],
        )?;
    }
    for gap in &diagnosis.organization {
        page.hanging(
            0,
            9,
            &[
                missing(),
                plain(format!(
                    "{} of the organization: {}",
                    gap.action, gap.answer
                )),
            ],
        )?;
    }
    if diagnosis.healthy > 0 {
        let accounts = count(len(diagnosis.healthy), "account lets", "accounts let");
        page.line(0, &[ok(), plain(format!("{accounts} everything through"))])?;
    }
    let shown = page.style().shown(diagnosis.refused.len());
    for refused in diagnosis.refused.iter().take(shown) {
        page.gap()?;
        let label = names.label(&refused.account);
        page.hanging(
            0,
            9,
            &[
                missing(),
                span(Tone::Strong, format!("{label} was not entered")),
            ],
        )?;
        if let Access::Refused {
            tried,
            answer,
            hint,
        } = &refused.access
        {
            page.hanging(9, 18, &[plain(format!("tried    {tried}"))])?;
            page.hanging(9, 18, &[plain(format!("answer   {answer}"))])?;
            page.hanging(9, 18, &[plain(format!("to do    {hint}"))])?;
        }
    }
    page.more(9, diagnosis.refused.len() - shown, "accounts")?;
    for fix in &diagnosis.fixes {
        page.gap()?;
        let accounts = names.list(fix.accounts.iter(), 5);
        page.hanging(
            0,
            9,
            &[
                missing(),
                span(
                    Tone::Strong,
                    format!("{} in {accounts}", fix.actions.join(", ")),
                ),
            ],
        )?;
        for answer in &fix.answers {
            page.hanging(9, 18, &[plain(format!("answer   {answer}"))])?;
        }
        page.line(
            9,
            &[plain(
                "to do    let the role do it, unless the answer names a policy that denies it:",
            )],
        )?;
        page.line(18, &[plain(fix.statement.to_string())])?;
    }
    let shown = page.style().shown(diagnosis.trouble.len());
    for trouble in diagnosis.trouble.iter().take(shown) {
        page.gap()?;
        let gap = &trouble.gap;
        let label = names.label(&trouble.account);
        page.hanging(
            0,
            9,
            &[
                span(Tone::Doubtful, "trouble  "),
                plain(format!(
                    "{} in {} of {label}: {}",
                    gap.action, gap.region, gap.answer
                )),
            ],
        )?;
    }
    page.more(9, diagnosis.trouble.len() - shown, "calls")
}
