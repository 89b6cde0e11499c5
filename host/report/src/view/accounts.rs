//! The organization as a tree of OUs and accounts.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use blastwall_model::{AccountId, Criticality};
use serde::Serialize;

use crate::Style;
use crate::names::{count, len};
use crate::page::{Page, Span, plain, span};
use crate::report::Environment;
use crate::style::Tone;

/// An account and its place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountLeaf {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// The address of its root user, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When it joined the organization, in RFC 3339, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<String>,
    /// Its tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The names of the OUs above it, outermost first, without the root.
    pub ou_path: Vec<String>,
    /// The environment that it belongs to.
    pub environment: Environment,
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

/// Writes the accounts for programs: `{"organization": "o-…", "accounts": […]}`, by id.
///
/// # Errors
/// What the writer answers.
pub fn json(
    organization: Option<&str>,
    accounts: &[AccountLeaf],
    writer: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Answer<'answer> {
        #[serde(skip_serializing_if = "Option::is_none")]
        organization: Option<&'answer str>,
        accounts: Vec<&'answer AccountLeaf>,
    }
    let mut accounts: Vec<&AccountLeaf> = accounts.iter().collect();
    accounts.sort_by_key(|account| &account.id);
    super::json(
        &Answer {
            organization,
            accounts,
        },
        writer,
    )
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
            match account.environment.criticality {
                Criticality::Critical | Criticality::High => Tone::Doubtful,
                Criticality::Medium | Criticality::Low => Tone::Plain,
            },
            account.environment.name.as_str(),
        ),
    ];
    if account.management {
        spans.push(plain(format!(" {dot} ")));
        spans.push(span(Tone::Strong, "management account"));
    }
    if !account.status.is_empty() && !account.status.eq_ignore_ascii_case("active") {
        spans.push(plain(format!(" {dot} ")));
        spans.push(span(Tone::Bad, account.status.to_lowercase()));
    }
    spans
}

/// `5 accounts: 3 prod, 2 dev`, the most critical environment first.
fn close(page: &mut Page<'_>, accounts: &[AccountLeaf]) -> io::Result<()> {
    let mut environments: BTreeMap<(Reverse<Criticality>, &str), u64> = BTreeMap::new();
    for account in accounts {
        let environment = &account.environment;
        *environments
            .entry((Reverse(environment.criticality), &environment.name))
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
