//! Accounts that stand out from their peers.
//!
//! The peers of an account are the accounts of its environment on which the check has a verdict; if
//! these are fewer than two, all accounts of the comparison. An account stands out if more than half
//! of its peers agree on another worst verdict than its own. In which setting, the evidence tells:
//! values at places where the peers that agree have others.

use std::collections::BTreeMap;

use blastwall_model::{AccountId, Finding, Verdict};
use serde::Serialize;
use serde_json::Value;

use super::Tally;
use crate::report::Report;

/// The fewest other accounts that are a group to stand out from.
const FEWEST_PEERS: usize = 2;

/// The most values of one setting that are told.
const VALUES_TOLD: usize = 3;

/// An account that stands out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Deviation {
    /// Which account.
    pub account: AccountId,
    /// The worst verdict on it.
    pub verdict: Verdict,
    /// Why, in the words of a finding.
    pub message: String,
    /// Those that it stands out from.
    pub peers: Peers,
    /// Where its evidence differs from that of the peers that agree.
    pub settings: Vec<Setting>,
}

/// The accounts that another is held against.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Peers {
    /// Their environment; none if they are all accounts.
    pub environment: Option<String>,
    /// The verdict that most of them have.
    pub verdict: Verdict,
    /// How many have it.
    pub agree: usize,
    /// How many there are, without the account itself.
    pub of: usize,
}

/// A setting that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// Where it is: a JSON pointer into the document, `*` for the place in a list.
    pub pointer: String,
    /// What it is here: the most frequent values.
    pub here: Vec<Value>,
    /// What it is at the peers that agree; empty if they rest on nothing there.
    pub peers: Vec<Value>,
}

/// The accounts that stand out, those that are worse than their peers first.
pub(super) fn deviations(
    report: &Report,
    findings: &BTreeMap<&AccountId, Vec<&Finding>>,
) -> Vec<Deviation> {
    let judged: Vec<Judged<'_>> = report
        .accounts
        .iter()
        .filter_map(|account| {
            let findings = findings.get(&account.id)?;
            let mut tally = Tally::default();
            findings.iter().for_each(|finding| tally.add(finding));
            Some(Judged {
                account: &account.id,
                environment: &account.environment.name,
                verdict: tally.worst()?,
                findings,
            })
        })
        .collect();
    let mut environments: BTreeMap<&str, Group<'_, '_>> = BTreeMap::new();
    let mut everybody = Group::default();
    for one in &judged {
        environments.entry(one.environment).or_default().add(one);
        everybody.add(one);
    }
    // What a group rests on is the same for every account that stands out from it.
    let mut known: BTreeMap<(Option<&str>, Verdict), Settings> = BTreeMap::new();
    let mut found = Vec::new();
    for one in &judged {
        let (environment, group) = match environments.get(one.environment) {
            Some(group) if group.members.len() > FEWEST_PEERS => (Some(one.environment), group),
            _ => (None, &everybody),
        };
        let of = group.members.len() - 1;
        if of < FEWEST_PEERS {
            continue;
        }
        let Some((verdict, agree)) = group.majority(one.verdict) else {
            continue;
        };
        if agree * 2 <= of {
            continue;
        }
        let theirs = known.entry((environment, verdict)).or_insert_with(|| {
            let agreeing = group.members.iter().filter(|peer| peer.verdict == verdict);
            settings(agreeing.flat_map(|peer| peer.with(verdict)))
        });
        let here = settings(one.with(one.verdict));
        let settings = here
            .into_iter()
            .filter_map(|(pointer, values)| {
                let here = most_frequent(&values);
                let peers = theirs.get(&pointer).map(most_frequent).unwrap_or_default();
                (here != peers).then_some(Setting {
                    pointer,
                    here,
                    peers,
                })
            })
            .collect();
        found.push(Deviation {
            account: one.account.clone(),
            verdict: one.verdict,
            message: one
                .with(one.verdict)
                .next()
                .map(|finding| finding.message.to_string())
                .unwrap_or_default(),
            peers: Peers {
                environment: environment.map(str::to_owned),
                verdict,
                agree,
                of,
            },
            settings,
        });
    }
    found.sort_by_key(|deviation| (badness(deviation.verdict), deviation.account.clone()));
    found
}

/// An account on which a check has a verdict.
struct Judged<'report> {
    account: &'report AccountId,
    environment: &'report str,
    verdict: Verdict,
    findings: &'report [&'report Finding],
}

impl<'report> Judged<'report> {
    fn with(&self, verdict: Verdict) -> impl Iterator<Item = &'report Finding> + use<'report> {
        self.findings
            .iter()
            .copied()
            .filter(move |finding| finding.verdict == verdict)
    }
}

/// Accounts that are held against each other.
#[derive(Default)]
struct Group<'a, 'report> {
    members: Vec<&'a Judged<'report>>,
    verdicts: BTreeMap<Verdict, usize>,
}

impl<'a, 'report> Group<'a, 'report> {
    fn add(&mut self, judged: &'a Judged<'report>) {
        self.members.push(judged);
        *self.verdicts.entry(judged.verdict).or_default() += 1;
    }

    /// The most frequent verdict other than one, and how many have it.
    fn majority(&self, other_than: Verdict) -> Option<(Verdict, usize)> {
        self.verdicts
            .iter()
            .filter(|(verdict, _)| **verdict != other_than)
            .map(|(verdict, count)| (*verdict, *count))
            .max_by_key(|(_, count)| *count)
    }
}

/// By place, how often each value is there; values as JSON, which can be sorted.
type Settings = BTreeMap<String, BTreeMap<String, usize>>;

fn settings<'report>(findings: impl Iterator<Item = &'report Finding>) -> Settings {
    let mut settings = Settings::new();
    for evidence in findings.flat_map(|finding| &finding.evidence) {
        let values = settings.entry(general(&evidence.pointer)).or_default();
        *values.entry(evidence.value.to_string()).or_default() += 1;
    }
    settings
}

/// A pointer with `*` in place of the positions in lists.
fn general(pointer: &str) -> String {
    let part = |part: &str| {
        let index = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if index { "*" } else { part }.to_owned()
    };
    let parts: Vec<String> = pointer.split('/').map(part).collect();
    parts.join("/")
}

fn most_frequent(values: &BTreeMap<String, usize>) -> Vec<Value> {
    let mut sorted: Vec<(&String, &usize)> = values.iter().collect();
    sorted.sort_by(|left, right| right.1.cmp(left.1).then_with(|| left.0.cmp(right.0)));
    sorted
        .into_iter()
        .take(VALUES_TOLD)
        .filter_map(|(text, _)| serde_json::from_str(text).ok())
        .collect()
}

/// 0 is worst.
pub(super) fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Error => 1,
        Verdict::Unknown => 2,
        Verdict::Pass => 3,
        Verdict::NotApplicable => 4,
    }
}
