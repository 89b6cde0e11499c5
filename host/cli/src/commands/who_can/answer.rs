//! Who may do it: by requests of their own, and by way of others.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_blast::{
    Answer, Asked, Certainty, Change, Graph, QuestionError, Questions, Subject, Verdict,
};
use serde::Serialize;

/// Who may do it.
#[derive(Debug, Serialize)]
pub(super) struct WhoCan<'a> {
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    /// Users and roles whose request goes through, or may.
    pub(super) direct: Vec<Direct>,
    /// Who reaches one of those; and accounts in which somebody could be made who can do it.
    pub(super) reaching: Vec<Reaching>,
}

#[derive(Debug, Serialize)]
pub(super) struct Direct {
    pub(super) principal: String,
    pub(super) verdict: Verdict,
    /// Of an undecided answer: what it hangs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
    /// What it takes besides and does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) besides: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Reaching {
    pub(super) subject: Subject,
    pub(super) certainty: Certainty,
}

impl<'a> WhoCan<'a> {
    /// Asks about everybody; the principal in `asked` is left alone. Whoever had a straight link in `uncut` that is
    /// not in `graph` can do it no more.
    pub(super) fn new(
        asked: &Asked<'a>,
        questions: &Questions,
        graph: &Graph,
        uncut: Option<&Graph>,
    ) -> Result<Self, QuestionError> {
        // Those who gain it by other links than the request itself: rewriting of the policy, a grant, a share.
        let data = graph.data_read_by(asked.action, asked.resource);
        let mut direct = direct(asked, questions, graph)?;
        if let Some(uncut) = uncut {
            let target = data.clone().or_else(|| graph.find(asked.resource).ok());
            let straight = |graph: &Graph| -> BTreeSet<String> {
                let target = target.iter();
                let all = target.flat_map(|target| graph.straight_to(target));
                all.map(|subject| subject.to_string()).collect()
            };
            let (before, after) = (straight(uncut), straight(graph));
            direct.retain(|one| !before.contains(&one.principal) || after.contains(&one.principal));
        }
        if let Some(data) = &data {
            let read = graph.reaching(std::slice::from_ref(data)).into_iter();
            let read: BTreeSet<String> = read.map(|(subject, _)| subject.to_string()).collect();
            let keyless = direct
                .iter_mut()
                .filter(|one| one.verdict == Verdict::Allowed && !read.contains(&one.principal));
            for one in keyless {
                one.besides = Some(
                    "what it reads is encrypted, and the key does not let it decrypt".to_owned(),
                );
            }
        }
        // What hangs on something unseen is no step on the way of others.
        let allowed = direct
            .iter()
            .filter(|one| one.verdict == Verdict::Allowed && one.besides.is_none());
        let mut holders: Vec<Subject> = allowed
            .filter_map(|one| graph.find(&one.principal).ok())
            .collect();
        let mut reaching: BTreeMap<Subject, Certainty> = BTreeMap::new();
        let others = match data {
            Some(data) => {
                let others = graph.without_readers(&data);
                holders.push(data);
                Some(others)
            }
            // Which accounts reach data, the graph tells, which knows of keys.
            None => {
                for account in questions.accounts() {
                    let answer = questions.can_account(account, asked)?;
                    let own = answer.resource_account.as_deref() == Some(account.as_str());
                    let account = Subject::Account {
                        id: account.clone(),
                    };
                    match answer.verdict {
                        Verdict::Allowed => {
                            reaching.insert(account.clone(), Certainty::Certain);
                            holders.push(account);
                        }
                        // Of others it is no more likely than of anybody.
                        Verdict::Undecided if own => {
                            reaching.insert(account, Certainty::Conditional);
                        }
                        Verdict::Undecided | Verdict::Denied => {}
                    }
                }
                None
            }
        };
        for (subject, certainty) in others.as_ref().unwrap_or(graph).reaching(&holders) {
            let best = reaching.entry(subject).or_insert(certainty);
            *best = (*best).min(certainty);
        }
        let named: BTreeSet<&str> = direct.iter().map(|one| one.principal.as_str()).collect();
        reaching.retain(|subject, _| !named.contains(subject.to_string().as_str()));
        Ok(Self {
            action: asked.action,
            resource: asked.resource,
            direct,
            reaching: reaching
                .into_iter()
                .map(|(subject, certainty)| Reaching { subject, certainty })
                .collect(),
        })
    }

    /// Everybody who may do it, and how surely.
    fn everybody(&self, graph: &Graph) -> BTreeMap<Subject, Certainty> {
        let reaching = self.reaching.iter();
        let reaching = reaching.map(|one| (one.subject.clone(), one.certainty));
        let direct = self.direct.iter().filter(|one| one.besides.is_none());
        let direct = direct.filter_map(|one| {
            let certainty = match one.verdict {
                Verdict::Allowed => Certainty::Certain,
                Verdict::Undecided | Verdict::Denied => Certainty::Conditional,
            };
            Some((graph.find(&one.principal).ok()?, certainty))
        });
        reaching.chain(direct).collect()
    }

    /// Who may do it otherwise than in `after`, sorted.
    pub(super) fn difference(&self, after: &Self, graph: &Graph) -> Vec<Change> {
        Change::between(self.everybody(graph), after.everybody(graph))
    }
}

/// Users and roles whose own request goes through, or may.
fn direct(
    asked: &Asked<'_>,
    questions: &Questions,
    graph: &Graph,
) -> Result<Vec<Direct>, QuestionError> {
    let mut direct = Vec::new();
    for principal in questions.principals() {
        let answer = questions.can(&Asked {
            principal,
            ..asked.clone()
        })?;
        direct.extend(as_direct(principal, &answer));
    }
    let named: BTreeSet<&str> = direct.iter().map(|one| one.principal.as_str()).collect();
    let shared = graph.shared_with(asked.action, asked.resource).into_iter();
    let shared = shared.map(|(reader, certainty)| (reader.to_string(), certainty));
    let shared = shared.filter(|(principal, _)| !named.contains(principal.as_str()));
    for (principal, certainty) in shared.collect::<Vec<_>>() {
        let principal = &principal;
        let answer = questions.can_by_share(&Asked {
            principal,
            ..asked.clone()
        })?;
        let shared = as_direct(principal, &answer);
        direct.extend(shared.map(|one| match certainty {
            Certainty::Certain => one,
            Certainty::Conditional | Certainty::Speculative => Direct {
                verdict: Verdict::Undecided,
                why: Some(format!(
                    "the share lets it in, which hangs on conditions: see `blastwall path {principal} {}`",
                    asked.resource
                )),
                ..one
            },
        }));
    }
    direct.sort_by(|one, other| one.principal.cmp(&other.principal));
    Ok(direct)
}

fn as_direct(principal: &str, answer: &Answer) -> Option<Direct> {
    (answer.verdict != Verdict::Denied).then(|| Direct {
        principal: principal.to_owned(),
        why: (answer.verdict == Verdict::Undecided).then(|| why(answer)),
        verdict: answer.verdict,
        besides: None,
    })
}

/// What an undecided answer hangs on: what is known, and what was not seen.
fn why(answer: &Answer) -> String {
    match answer.gaps.as_slice() {
        [] => answer.reason.clone(),
        gaps => {
            format!("{}; not seen: {}", answer.reason, gaps.join("; "))
        }
    }
}
