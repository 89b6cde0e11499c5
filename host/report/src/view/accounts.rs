//! The organization as a tree of OUs and accounts.

use std::collections::BTreeMap;
use std::io::{self, Write};

use blastwall_model::AccountId;
use serde::Serialize;

use crate::Style;
use crate::names::{count, len};
use crate::page::{Page, Span, plain, span};
use crate::report::Criticality;
use crate::style::Tone;

/// An account and its place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountLeaf {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// The names of the OUs above it, outermost first, without the root.
    pub ou_path: Vec<String>,
    /// The name of its environment.
    pub environment: String,
    /// How much the environment matters.
    pub criticality: Criticality,
    /// Its state in the organization, `ACTIVE`; empty outside of one.
    pub status: String,
    /// Whether it rules the organization.
    pub management: bool,
}

#[derive(Default)]
struct Unit<'leaf> {
    units: BTreeMap<&'leaf str, Unit<'leaf>>,
    accounts: Vec<&'leaf AccountLeaf>,
}

/// Writes the tree: the accounts of a unit first, by name, then its units. `title` names what the
/// tree is of; `units` are the paths of all OUs, so that empty ones are shown too.
///
/// # Errors
/// What the writer answers.
pub fn tree(
    title: &str,
    units: &[Vec<String>],
    accounts: &[AccountLeaf],
    style: &Style,
    writer: &mut dyn Write,
) -> io::Result<()> {
    let mut root = Unit::default();
    for path in units {
        root.descend(path);
    }
    for account in accounts {
        root.descend(&account.ou_path).accounts.push(account);
    }
    let page = &mut Page::new(writer, style);
    page.line(0, &[span(Tone::Strong, title)])?;
    root.write(page, "")?;
    page.gap()?;
    close(page, accounts)
}

impl<'leaf> Unit<'leaf> {
    fn descend(&mut self, path: &'leaf [String]) -> &mut Self {
        path.iter()
            .fold(self, |unit, name| unit.units.entry(name).or_default())
    }

    fn write(&self, page: &mut Page<'_>, trunk: &str) -> io::Result<()> {
        let mut accounts = self.accounts.clone();
        accounts.sort_by_key(|account| (&account.name, &account.id));
        let children = accounts.len() + self.units.len();
        let glyphs = page.glyphs();
        let branch = |index: usize| {
            if index + 1 == children {
                (glyphs.last_branch, "    ")
            } else {
                (glyphs.branch, glyphs.trunk)
            }
        };
        for (index, account) in accounts.iter().enumerate() {
            let mut spans = vec![span(Tone::Faint, format!("{trunk}{}", branch(index).0))];
            spans.extend(leaf(account, glyphs.dot));
            page.hanging(0, trunk.len() + 6, &spans)?;
        }
        for (index, (name, unit)) in self.units.iter().enumerate() {
            let (stem, below) = branch(accounts.len() + index);
            page.line(
                0,
                &[
                    span(Tone::Faint, format!("{trunk}{stem}")),
                    span(Tone::Strong, *name),
                ],
            )?;
            unit.write(page, &format!("{trunk}{below}"))?;
        }
        Ok(())
    }
}

fn leaf<'leaf>(account: &'leaf AccountLeaf, dot: &str) -> Vec<Span<'leaf>> {
    let mut spans = vec![
        plain(&account.name),
        span(Tone::Faint, format!(" {}", account.id)),
        plain(format!(" {dot} ")),
        span(
            match account.criticality {
                Criticality::Critical | Criticality::High => Tone::Doubtful,
                Criticality::Medium | Criticality::Low => Tone::Plain,
            },
            &account.environment,
        ),
    ];
    if account.management {
        spans.push(plain(format!(" {dot} ")));
        spans.push(span(Tone::Strong, "management account"));
    }
    if !account.status.is_empty() && account.status != "ACTIVE" {
        spans.push(plain(format!(" {dot} ")));
        spans.push(span(Tone::Bad, account.status.to_lowercase()));
    }
    spans
}

/// `5 accounts: 3 prod, 2 dev`, the most critical environment first.
fn close(page: &mut Page<'_>, accounts: &[AccountLeaf]) -> io::Result<()> {
    let mut environments: BTreeMap<(std::cmp::Reverse<Criticality>, &str), u64> = BTreeMap::new();
    for account in accounts {
        *environments
            .entry((
                std::cmp::Reverse(account.criticality),
                account.environment.as_str(),
            ))
            .or_default() += 1;
    }
    let parts: Vec<String> = environments
        .iter()
        .map(|((_, name), number)| format!("{number} {name}"))
        .collect();
    page.line(
        0,
        &[plain(format!(
            "{}: {}",
            count(len(accounts.len()), "account", "accounts"),
            parts.join(", ")
        ))],
    )
}
