//! What was to be collected for the blast radius and could not be, so that links may be missing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use blastwall_model::{AccountId, Gap, is_of_organization};
use serde::Serialize;

use crate::Report;
use crate::names::Names;
use crate::page::{Page, plain, span};
use crate::style::Tone;

/// How many accounts stand in a row before the rest is counted.
const NAMED_ACCOUNTS: usize = 4;

/// A call that failed, for something that the blast radius reads.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct UnseenListing<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// Which call, and why.
    #[serde(flatten)]
    pub gap: &'a Gap,
}

/// What failed: everything of the organization itself, by its management account, then the listings of accounts.
pub fn unseen(report: &Report) -> impl Iterator<Item = UnseenListing<'_>> {
    let organization = report.organization.iter().flat_map(|organization| {
        let account = &organization.management_account;
        let gaps = organization.gaps.iter();
        gaps.map(move |gap| UnseenListing { account, gap })
    });
    let accounts = report.coverage.iter().flat_map(|coverage| {
        let account = &coverage.account;
        let listings = coverage.gaps.iter().filter(|gap| gap.resource.is_none());
        listings.map(move |gap| UnseenListing { account, gap })
    });
    organization
        .chain(accounts)
        .filter(|unseen| unseen.gap.types.iter().any(|kind| matters(kind)))
}

/// Whether the blast radius is made of resources of this type.
fn matters(kind: &str) -> bool {
    is_of_organization(kind) || blastwall_blast::is_read(kind)
}

/// The same for a reader: what is missing and why, with the accounts in a row.
pub(crate) fn write(page: &mut Page<'_>, report: &Report, names: &Names<'_>) -> io::Result<()> {
    let mut reasons: BTreeMap<(String, &str, &str), BTreeSet<&AccountId>> = BTreeMap::new();
    for UnseenListing { account, gap } in unseen(report) {
        let read = gap.types.iter().filter(|kind| matters(kind));
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
