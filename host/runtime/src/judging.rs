//! One evaluation as the host sees it: which documents were handed out, and which verdicts came
//! back. Everything that the contract promises to the reader of a report is checked here.

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::{CheckId, CheckInfo, Evidence, Finding, Scope, Verdict, is_of_organization};

use crate::error::Failure;
use crate::evaluation::Subject;
use crate::gathering::{Gathering, Position, page};
use crate::limits::Limits;
use crate::snapshot::Snapshot;
use crate::state::{Stop, broken};
use crate::verdicts::{Places, Texts, Writing};

/// A place in the documents of one type.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Cursor {
    /// None if no check declared the type: there is nothing to go through. The name is the host's
    /// own, so that what a plugin calls its types is not kept for each cursor.
    resource_type: Option<Arc<str>>,
    next: usize,
}

/// A place in the documents of one type across the organization.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct WideCursor {
    /// None if no check declared the type.
    resource_type: Option<Arc<str>>,
    last: Option<Position>,
    /// How many documents it came past.
    documents: usize,
}

/// A check that was asked for and what it has judged.
struct Asked {
    check: CheckId,
    /// The type that it judges; none if it judges the account or the organization.
    judges: Option<Arc<str>>,
    judged: Places,
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

/// What a plugin says of many resources, as it stands in its memory.
pub(crate) struct Shared<'a> {
    pub(crate) check: &'a str,
    pub(crate) verdict: Verdict,
    pub(crate) message: &'a str,
    /// Positions of documents, each in the byte order of the sandbox.
    pub(crate) places: &'a [u32],
}

/// One evaluation.
pub(crate) struct Judging {
    subject: Subject,
    snapshot: Arc<Snapshot>,
    /// How many documents of each type that may be read were handed out, from the first on.
    handed_out: BTreeMap<Arc<str>, usize>,
    /// Sorted by check.
    asked: Vec<Asked>,
    /// The check that the last finding was of.
    last: usize,
    texts: Texts,
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
                handed_out.insert(Arc::from(resource_type.as_str()), 0);
            }
            let judges = match check.scope {
                Scope::Resource => check.reads.first().cloned(),
                Scope::Account | Scope::Organization => None,
            };
            let judged = judges
                .as_deref()
                .map_or(1, |kind| snapshot.documents(kind).len());
            asked.push(Asked {
                check: check.id.clone(),
                judges: judges.map(Arc::from),
                judged: Places::new(judged),
                next: 0,
            });
        }
        asked.sort_by(|one, other| one.check.cmp(&other.check));
        Self {
            subject,
            snapshot,
            handed_out,
            asked,
            last: 0,
            texts: Texts::new(),
            findings: 0,
            bytes: 0,
        }
    }

    /// The name of a type that some check declared.
    fn declared(&self, resource_type: &str) -> Option<Arc<str>> {
        let (declared, _) = self.handed_out.get_key_value(resource_type)?;
        Some(Arc::clone(declared))
    }

    pub(crate) fn open(&self, resource_type: &str) -> Cursor {
        Cursor {
            resource_type: self.declared(resource_type),
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

    pub(crate) fn open_wide(&self, resource_type: &str) -> WideCursor {
        WideCursor {
            resource_type: self.declared(resource_type),
            last: None,
            documents: 0,
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
    ///
    /// What the organization itself has comes in the same order here as in its snapshot, and where the
    /// organization is judged it may be judged however it was read.
    pub(crate) fn wide_page(&mut self, cursor: &mut WideCursor) -> Result<Option<String>, Stop> {
        let Some(resource_type) = cursor.resource_type.as_deref() else {
            return Ok(None);
        };
        let Some(organization) = self.wide(resource_type) else {
            return Ok(None);
        };
        let next = organization
            .next(resource_type, cursor.last.as_ref())
            .map_err(|error| Failure::Host {
                message: format!("the resources of the organization cannot be read: {error}"),
            })?;
        let Some((page, position)) = next else {
            return Ok(None);
        };
        cursor.last = Some(position);
        cursor.documents += page.documents;
        if matches!(self.subject, Subject::Organization { .. })
            && is_of_organization(resource_type)
            && let Some(handed_out) = self.handed_out.get_mut(resource_type)
        {
            *handed_out = (*handed_out).max(cursor.documents);
        }
        Ok(Some(page.json))
    }

    /// The next page, a JSON array of about `page_bytes`.
    pub(crate) fn page(&mut self, cursor: &mut Cursor, page_bytes: usize) -> Option<String> {
        let resource_type = cursor.resource_type.as_deref()?;
        let handed_out = self.handed_out.get_mut(resource_type)?;
        let documents = self.snapshot.documents(resource_type);
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
        (position < self.seen(resource_type)).then_some(position)
    }

    /// How many documents of a type were handed out.
    fn seen(&self, resource_type: &str) -> usize {
        self.handed_out.get(resource_type).copied().unwrap_or(0)
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

    /// Counts findings of so many bytes each against the limits.
    fn count(&mut self, findings: usize, bytes: usize, limits: &Limits) -> Result<(), Stop> {
        let limit = limits.findings;
        self.findings = self.findings.saturating_add(findings);
        if self.findings > limit {
            return Err(Failure::TooManyFindings { limit }.into());
        }
        let all = bytes.saturating_mul(findings);
        let limit = limits.finding_bytes;
        if bytes > limit {
            return Err(Failure::TooLargeFindings { limit }.into());
        }
        self.weigh(all, limits)
    }

    /// Counts bytes that are kept until the end.
    fn weigh(&mut self, bytes: usize, limits: &Limits) -> Result<(), Stop> {
        self.bytes = self.bytes.saturating_add(bytes);
        let limit = limits.findings_bytes;
        if self.bytes > limit {
            return Err(Failure::TooLargeFindings { limit }.into());
        }
        Ok(())
    }

    /// Checks one finding and keeps it.
    pub(crate) fn accept(&mut self, given: &Given<'_>, limits: &Limits) -> Result<(), Stop> {
        self.count(1, size(given), limits)?;
        let id = given.check;
        let index = self.asked(id).ok_or_else(|| not_asked(id))?;
        let asked = self.asked.get(index).ok_or_else(|| not_asked(id))?;
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
        let values = given.evidence.iter().map(|(_, value)| grown(value));
        self.weigh(values.sum(), limits)?;
        let evidence = given.evidence.iter();
        let evidence = evidence
            .map(|(pointer, value)| read_evidence(id, pointer, value))
            .collect::<Result<_, _>>()?;
        let brief = self
            .texts
            .brief(given.verdict, given.message, evidence)
            .ok_or_else(|| too_many(limits))?;
        self.last = index;
        let put = self.asked.get_mut(index).is_some_and(|asked| {
            asked.next = position + 1;
            asked.judged.put(position, brief)
        });
        if put {
            return Ok(());
        }
        let what = given.resource.unwrap_or_else(|| self.whole());
        Err(broken(format!("check `{id}` judges {what} twice")))
    }

    /// Checks findings that share all but the resource, and keeps them.
    pub(crate) fn accept_shared(
        &mut self,
        shared: &Shared<'_>,
        limits: &Limits,
    ) -> Result<(), Stop> {
        let id = shared.check;
        let bytes = PART + id.len() + shared.message.len();
        // The empty list costs as much as one, so that a flood of them ends too.
        self.count(shared.places.len().max(1), bytes, limits)?;
        let index = self.asked(id).ok_or_else(|| not_asked(id))?;
        let asked = self.asked.get(index).ok_or_else(|| not_asked(id))?;
        let Some(resource_type) = asked.judges.clone() else {
            return Err(broken(format!(
                "check `{id}` judges resources; it was to judge {}",
                self.whole()
            )));
        };
        let seen = self.seen(&resource_type);
        let brief = self
            .texts
            .brief(shared.verdict, shared.message, Vec::new())
            .ok_or_else(|| too_many(limits))?;
        self.last = index;
        let asked = self.asked.get_mut(index).ok_or_else(|| not_asked(id))?;
        for place in shared.places {
            let place = u32::from_le(*place) as usize;
            if place >= seen {
                return Err(broken(format!(
                    "check `{id}` judges the {resource_type} at place {place}; it was given {seen}"
                )));
            }
            if !asked.judged.put(place, brief) {
                return Err(broken(format!(
                    "check `{id}` judges the {resource_type} at place {place} twice"
                )));
            }
        }
        Ok(())
    }

    /// The findings, by check and resource, if every check has judged everything that it was to
    /// judge.
    pub(crate) fn finish(self) -> Result<Vec<Finding>, Failure> {
        let whole = self.whole();
        let count = self.asked.iter().map(|asked| asked.judged.count()).sum();
        let mut writing = Writing::new(self.subject.account(), self.texts, count);
        for asked in self.asked {
            let id = asked.check;
            let silent = match asked.judges {
                None => writing
                    .whole(&id, &asked.judged)
                    .map_err(|()| whole.to_owned()),
                Some(kind) => {
                    let documents = self.snapshot.documents(&kind);
                    let all = documents.len();
                    writing
                        .resources(&id, &kind, documents, asked.judged)
                        .map_err(|silent| format!("{silent} of {all} {kind}"))
                }
            };
            silent.map_err(|what| Failure::ContractBroken {
                how: format!("check `{id}` gives no verdict on {what}"),
            })?;
        }
        Ok(writing.finish())
    }
}

/// What a part of a finding counts for besides its text, so that empty ones count too.
const PART: usize = 64;

fn not_asked(check: &str) -> Stop {
    broken(format!(
        "a finding of check `{check}`, which was not asked for"
    ))
}

fn too_many(limits: &Limits) -> Stop {
    let limit = limits.findings;
    Failure::TooManyFindings { limit }.into()
}

/// The bytes of everything in a finding that the plugin chose, and a little for each part.
fn size(given: &Given<'_>) -> usize {
    let evidence: usize = given
        .evidence
        .iter()
        .map(|(pointer, value)| PART + pointer.len() + value.len())
        .sum();
    PART + given.check.len() + given.resource.map_or(0, str::len) + given.message.len() + evidence
}

/// What the values in a JSON text take besides the text once it is read: `[0,0,0]` is two bytes a
/// value as text and thirty-two in memory, and an object is never small.
fn grown(json: &str) -> usize {
    const VALUE: usize = 32;
    const OBJECT: usize = 256;
    let bytes = json.bytes().map(|byte| match byte {
        b',' | b'[' => VALUE,
        b'{' => OBJECT,
        _ => 0,
    });
    bytes.sum()
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
