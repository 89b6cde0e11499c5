//! What a change of policies or links changes of reach.

use std::collections::BTreeMap;

use blastwall_model::AccountId;
use serde::{Deserialize, Serialize};

use crate::certainty::Certainty;
use crate::radius::Radius;
use crate::subject::Subject;
use crate::survey::Survey;

/// Something that falls otherwise than before: more surely, less surely, newly, or not any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What falls.
    pub subject: Subject,
    /// How surely before; none if it did not fall.
    pub before: Option<Certainty>,
    /// How surely now; none if it does not fall any more.
    pub after: Option<Certainty>,
}

/// An account that is reached from another otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachChange {
    /// The account that falls.
    pub from: AccountId,
    /// The account that something falls of.
    pub to: AccountId,
    /// How surely before; none if nothing of it fell.
    pub before: Option<Certainty>,
    /// How surely now; none if nothing of it falls any more.
    pub after: Option<Certainty>,
}

impl Radius {
    /// What falls otherwise in `after`, sorted by subject.
    #[must_use]
    pub fn difference(&self, after: &Radius) -> Vec<Change> {
        let of = |radius: &Radius| -> BTreeMap<Subject, Certainty> {
            let facts = radius.facts.iter();
            facts
                .map(|fact| (fact.subject.clone(), fact.certainty))
                .collect()
        };
        Change::between(of(self), of(after))
    }
}

impl Change {
    /// Everything that is not the same in both, sorted.
    #[must_use]
    pub fn between(
        before: BTreeMap<Subject, Certainty>,
        after: BTreeMap<Subject, Certainty>,
    ) -> Vec<Self> {
        changes(before, after)
            .map(|(subject, before, after)| Self {
                subject,
                before,
                after,
            })
            .collect()
    }
}

impl Survey {
    /// The pairs of accounts that differ in `after`, sorted.
    #[must_use]
    pub fn difference(&self, after: &Survey) -> Vec<ReachChange> {
        let of = |survey: &Survey| -> BTreeMap<(AccountId, AccountId), Certainty> {
            let accounts = survey.accounts.iter();
            accounts
                .flat_map(|blast| {
                    let reaches = blast.reaches.iter();
                    reaches.map(|reached| {
                        (
                            (blast.account.clone(), reached.account.clone()),
                            reached.certainty,
                        )
                    })
                })
                .collect()
        };
        changes(of(self), of(after))
            .map(|((from, to), before, after)| ReachChange {
                from,
                to,
                before,
                after,
            })
            .collect()
    }
}

/// Everything that is not the same in both.
fn changes<K: Ord + Clone>(
    before: BTreeMap<K, Certainty>,
    after: BTreeMap<K, Certainty>,
) -> impl Iterator<Item = (K, Option<Certainty>, Option<Certainty>)> {
    let mut all: BTreeMap<K, (Option<Certainty>, Option<Certainty>)> = before
        .into_iter()
        .map(|(key, certainty)| (key, (Some(certainty), None)))
        .collect();
    for (key, certainty) in after {
        all.entry(key).or_default().1 = Some(certainty);
    }
    all.into_iter()
        .filter(|(_, (before, after))| before != after)
        .map(|(key, (before, after))| (key, before, after))
}
