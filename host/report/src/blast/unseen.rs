//! What was to be collected for the blast radius and could not be, so that links may be missing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use blastwall_model::{AccountId, Gap};
use serde::Serialize;

use crate::Report;
use crate::names::Names;
use crate::page::{Page, plain, span};
use crate::style::Tone;

/// How many accounts stand in a row before the rest is counted.
const NAMED_ACCOUNTS: usize = 4;

/// A listing that failed, of something that the blast radius reads.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct UnseenListing<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// Which listing, and why.
    #[serde(flatten)]
    pub gap: &'a Gap,
}

/// The listings that failed: those of the organization itself, by its management account, then those of accounts.
pub fn unseen(report: &Report) -> impl Iterator<Item = UnseenListing<'_>> {
    let organization = report.organization.iter();
    let organization = organization.map(|one| (&one.management_account, &one.gaps));
    let accounts = report.coverage.iter();
    let accounts = accounts.map(|coverage| (&coverage.account, &coverage.gaps));
    organization.chain(accounts).flat_map(|(account, gaps)| {
        let gaps = gaps.iter().filter(|gap| gap.resource.is_none());
        gaps.filter(|gap| gap.types.iter().any(|kind| blastwall_blast::is_read(kind)))
            .map(move |gap| UnseenListing { account, gap })
    })
}

/// The same for a reader: what is missing and why, with the accounts in a row.
pub(crate) fn write(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    let mut reasons: BTreeMap<(String, &str, &str), BTreeSet<&AccountId>> = BTreeMap::new();
    for UnseenListing { account, gap } in unseen(report) {
        let read = gap
            .types
            .iter()
            .filter(|kind| blastwall_blast::is_read(kind));
        let types: Vec<&str> = read.map(String::as_str).collect();
        reasons
            .entry((types.join(", "), &gap.action, &gap.answer))
            .or_default()
            .insert(account);
    }
    if reasons.is_empty() {
        return Ok(());
    }
    page.heading("What was not seen, so that links may be missing")?;
    let shown = page.style().shown(reasons.len());
    for ((types, action, answer), accounts) in reasons.iter().take(shown) {
        let accounts = names.list(accounts.iter().copied(), NAMED_ACCOUNTS);
        page.hanging(
            2,
            4,
            &[
                span(Tone::Strong, types.as_str()),
                plain(format!(" in {accounts}: {action}: {answer}")),
            ],
        )?;
    }
    page.more(2, reasons.len() - shown, "reasons")
}
