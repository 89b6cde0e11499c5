//! One evaluation as the host sees it: which documents were handed out, and which verdicts came
//! back. Everything that the contract promises to the reader of a report is checked here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blastwall_model::{
    AccountId, CheckId, CheckInfo, Evidence, Finding, GLOBAL, Scope, Verdict, is_of_organization,
};

use crate::error::Failure;
use crate::evaluation::Subject;
use crate::gathering::{Gathering, Position, page};
use crate::limits::Limits;
use crate::snapshot::Snapshot;
use crate::state::{Stop, broken};

/// A place in the documents of one type.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Cursor {
    resource_type: String,
    next: usize,
}

/// A place in the documents of one type across the organization.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct WideCursor {
    resource_type: String,
    last: Option<Position>,
}

/// A check that was asked for and what it has judged.
struct Asked {
    check: CheckId,
    /// The type that it judges; none if it judges the account or the organization.
    judges: Option<Arc<str>>,
    /// By position of the document; one place for the account or the organization.
    judged: Vec<Option<Finding>>,
    /// The place after the one that was judged last, which is mostly the next.
    next: usize,
}

/// What a plugin says of one thing, as it stands in its memory.
pub(crate) struct Given<'a> {
    pub(crate) check: &'a str,
    pub(crate) resource: Option<&'a str>,
    pub(crate) verdict: Verdict,
    pub(crate) message: &'a str,
    /// Pointers and values.
    pub(crate) evidence: Vec<(&'a str, &'a str)>,
}

/// One evaluation.
pub(crate) struct Judging {
    subject: Subject,
    snapshot: Arc<Snapshot>,
    /// How many documents of each type that may be read were handed out, from the first on.
    handed_out: BTreeMap<String, usize>,
    /// Sorted by check.
    asked: Vec<Asked>,
    /// The check that the last finding was of.
    last: usize,
    /// The last messages, which many findings share.
    messages: [Arc<str>; 2],
    nothing: Arc<str>,
    global: Arc<str>,
    findings: usize,
    bytes: usize,
}

impl Judging {
    /// `checks` are those that are asked for.
    pub(crate) fn new<'a>(
        subject: Subject,
        checks: impl Iterator<Item = &'a CheckInfo>,
        snapshot: Arc<Snapshot>,
    ) -> Self {
        let mut handed_out = BTreeMap::new();
        let mut asked = Vec::new();
        for check in checks {
            for resource_type in &check.reads {
                handed_out.insert(resource_type.clone(), 0);
            }
            let judges = match check.scope {
                Scope::Resource => check.reads.first().cloned(),
                Scope::Account | Scope::Organization => None,
            };
            let judged = judges
                .as_deref()
                .map_or(1, |kind| snapshot.documents(kind).len());
            let mut places = Vec::new();
            places.resize_with(judged, || None);
            asked.push(Asked {
                check: check.id.clone(),
                judges: judges.map(Arc::from),
                judged: places,
                next: 0,
            });
        }
        asked.sort_by(|one, other| one.check.cmp(&other.check));
        let nothing: Arc<str> = Arc::from("");
        Self {
            subject,
            snapshot,
            handed_out,
            asked,
            last: 0,
            messages: [Arc::clone(&nothing), Arc::clone(&nothing)],
            nothing,
            global: Arc::from(GLOBAL),
            findings: 0,
            bytes: 0,
        }
    }

    pub(crate) fn open(&self, resource_type: String) -> Cursor {
        Cursor {
            resource_type,
            next: 0,
        }
    }

    pub(crate) fn gaps(&self, resource_type: &str) -> &[String] {
        if self.handed_out.contains_key(resource_type) {
            self.snapshot.gaps(resource_type)
        } else {
            &[]
        }
    }

    pub(crate) fn open_wide(&self, resource_type: String) -> WideCursor {
        WideCursor {
            resource_type,
            last: None,
        }
    }

    /// What may be seen of a type across the organization: what the organization itself has, always;
    /// what its accounts have, if it is judged.
    fn wide(&self, resource_type: &str) -> Option<&Gathering> {
        let visible = match self.subject {
            Subject::Organization { .. } => true,
            Subject::Account(_) => is_of_organization(resource_type),
        };
        let declared = self.handed_out.contains_key(resource_type);
        let organization = self.snapshot.organization()?;
        (visible && declared).then_some(organization)
    }

    pub(crate) fn wide_gaps(&self, resource_type: &str) -> &[String] {
        self.wide(resource_type)
            .map_or(&[], |organization| organization.gaps(resource_type))
    }

    /// The next page across the organization, a JSON array.
    pub(crate) fn wide_page(&self, cursor: &mut WideCursor) -> Result<Option<String>, Stop> {
        let Some(organization) = self.wide(&cursor.resource_type) else {
            return Ok(None);
        };
        let next = organization
            .next(&cursor.resource_type, cursor.last.as_ref())
            .map_err(|error| Failure::Host {
                message: format!("the resources of the organization cannot be read: {error}"),
            })?;
        Ok(next.map(|(page, position)| {
            cursor.last = Some(position);
            page
        }))
    }

    /// The next page, a JSON array of about `page_bytes`.
    pub(crate) fn page(&mut self, cursor: &mut Cursor, page_bytes: usize) -> Option<String> {
        let handed_out = self.handed_out.get_mut(&cursor.resource_type)?;
        let documents = self.snapshot.documents(&cursor.resource_type);
        let rest = documents.get(cursor.next..).unwrap_or_default();
        let (page, taken) = page(rest, page_bytes)?;
        cursor.next += taken;
        *handed_out = (*handed_out).max(cursor.next);
        Some(page)
    }

    /// The position of the document that a finding names, if it was handed out. `next` is where it
    /// probably is.
    fn handed_out(&self, resource_type: &str, arn: &str, next: usize) -> Option<usize> {
        let documents = self.snapshot.documents(resource_type);
        let is_next = documents
            .get(next)
            .is_some_and(|document| document.arn == *arn);
        let position = if is_next {
            next
        } else {
            documents
                .binary_search_by(|document| document.arn.as_str().cmp(arn))
                .ok()?
        };
        let handed_out = *self.handed_out.get(resource_type)?;
        (position < handed_out).then_some(position)
    }

    /// What is judged, in words.
    fn whole(&self) -> &'static str {
        match self.subject {
            Subject::Account(_) => "the account",
            Subject::Organization { .. } => "the organization",
        }
    }

    /// The place of a check among those that were asked for.
    fn asked(&self, check: &str) -> Option<usize> {
        let is = |index: usize| {
            let asked = self.asked.get(index);
            asked.is_some_and(|asked| asked.check == *check)
        };
        if is(self.last) {
            return Some(self.last);
        }
        // Checks come in the order of the plugin, which may be this one.
        if is(self.last + 1) {
            return Some(self.last + 1);
        }
        self.asked
            .binary_search_by(|asked| asked.check.as_str().cmp(check))
            .ok()
    }

    /// The message, shared with those before it if it is the same.
    fn message(&mut self, text: &str) -> Arc<str> {
        if let Some(message) = self.messages.iter().find(|message| ***message == *text) {
            return Arc::clone(message);
        }
        let message: Arc<str> = Arc::from(text);
        self.messages.rotate_right(1);
        let [first, _] = &mut self.messages;
        *first = Arc::clone(&message);
        message
    }

    /// Checks one finding and keeps it.
    pub(crate) fn accept(&mut self, given: &Given<'_>, limits: &Limits) -> Result<(), Stop> {
        if self.findings >= limits.findings {
            let limit = limits.findings;
            return Err(Failure::TooManyFindings { limit }.into());
        }
        self.findings += 1;
        let size = size(given);
        self.bytes = self.bytes.saturating_add(size);
        for (bytes, limit) in [
            (size, limits.finding_bytes),
            (self.bytes, limits.findings_bytes),
        ] {
            if bytes > limit {
                return Err(Failure::TooLargeFindings { limit }.into());
            }
        }

        let id = given.check;
        let index = self.asked(id);
        let Some((index, asked)) = index.and_then(|index| Some((index, self.asked.get(index)?)))
        else {
            return Err(broken(format!(
                "a finding of check `{id}`, which was not asked for"
            )));
        };
        let position = match (&asked.judges, given.resource) {
            (Some(resource_type), Some(arn)) => self
                .handed_out(resource_type, arn, asked.next)
                .ok_or_else(|| {
                    broken(format!(
                        "check `{id}` judges `{arn}`, which is no {resource_type} that it was given"
                    ))
                })?,
            (None, None) => 0,
            (Some(resource_type), None) => {
                return Err(broken(format!(
                    "check `{id}` judges {}; it was to judge each {resource_type}",
                    self.whole()
                )));
            }
            (None, Some(arn)) => {
                return Err(broken(format!(
                    "check `{id}` judges `{arn}`; it was to judge {}",
                    self.whole()
                )));
            }
        };
        let document = asked
            .judges
            .as_deref()
            .and_then(|kind| self.snapshot.documents(kind).get(position));
        let mut finding = Finding {
            check: asked.check.clone(),
            account: self.subject.account().clone(),
            region: document.map_or_else(
                || Arc::clone(&self.global),
                |document| Arc::clone(&document.region),
            ),
            resource: document.map(|document| document.arn.clone()),
            resource_type: asked
                .judges
                .clone()
                .unwrap_or_else(|| Arc::clone(&self.nothing)),
            verdict: given.verdict,
            message: Arc::clone(&self.nothing),
            evidence: given
                .evidence
                .iter()
                .map(|(pointer, value)| read_evidence(id, pointer, value))
                .collect::<Result<_, _>>()?,
        };
        finding.message = self.message(given.message);
        self.last = index;
        let place = self.asked.get_mut(index).and_then(|asked| {
            asked.next = position + 1;
            asked.judged.get_mut(position)
        });
        match place {
            Some(place @ None) => *place = Some(finding),
            _ => {
                let what = given.resource.unwrap_or_else(|| self.whole());
                return Err(broken(format!("check `{id}` judges {what} twice")));
            }
        }
        Ok(())
    }

    /// The findings, by check and resource, if every check has judged everything that it was to
    /// judge: a check that stays silent about a resource would read as if all were well.
    pub(crate) fn finish(self) -> Result<Vec<Finding>, Failure> {
        let whole = self.whole();
        let mut findings = Vec::with_capacity(self.findings);
        for asked in self.asked {
            let all = asked.judged.len();
            let before = findings.len();
            findings.extend(asked.judged.into_iter().flatten());
            let silent = all - (findings.len() - before);
            if silent > 0 {
                let id = asked.check;
                let what = match asked.judges {
                    None => whole.to_owned(),
                    Some(kind) => format!("{silent} of {all} {kind}"),
                };
                let how = format!("check `{id}` gives no verdict on {what}");
                return Err(Failure::ContractBroken { how });
            }
        }
        Ok(findings)
    }

    /// One `error` for each check that was asked for.
    pub(crate) fn errors(
        account: &AccountId,
        checks: impl Iterator<Item = CheckId>,
        failure: &Failure,
    ) -> Vec<Finding> {
        let checks: BTreeSet<CheckId> = checks.collect();
        checks
            .into_iter()
            .map(|check| Finding {
                check,
                account: account.clone(),
                region: GLOBAL.into(),
                resource: None,
                resource_type: Arc::default(),
                verdict: Verdict::Error,
                message: failure.to_string().into(),
                evidence: Vec::new(),
            })
            .collect()
    }
}

/// The bytes of everything in a finding that the plugin chose, and a little for each part, so that
/// empty ones count too.
fn size(given: &Given<'_>) -> usize {
    const PART: usize = 64;
    let evidence: usize = given
        .evidence
        .iter()
        .map(|(pointer, value)| PART + pointer.len() + value.len())
        .sum();
    PART + given.check.len() + given.resource.map_or(0, str::len) + given.message.len() + evidence
}

fn read_evidence(check: &str, pointer: &str, value: &str) -> Result<Evidence, Stop> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(broken(format!(
            "check `{check}` has evidence at `{pointer}`, which is no JSON pointer"
        )));
    }
    let value = serde_json::from_str(value).map_err(|error| {
        broken(format!(
            "check `{check}` has evidence at `{pointer}` that is no JSON: {error}"
        ))
    })?;
    Ok(Evidence {
        pointer: pointer.to_owned(),
        value,
    })
}
