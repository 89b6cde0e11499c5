//! One evaluation as the host sees it: which documents were handed out, and which verdicts came
//! back. Everything that the contract promises to the reader of a report is checked here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blastwall_model::{
    AccountId, Arn, CheckId, CheckInfo, Document, Evidence, Finding, GLOBAL, Scope, Verdict,
    is_of_organization,
};

use crate::bindings::types;
use crate::error::Failure;
use crate::evaluation::Subject;
use crate::gathering::{Gathering, Position};
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
    /// The type that it judges; none if it judges the account or the organization.
    judges: Option<String>,
    /// By position of the document; one place for the account or the organization.
    judged: Vec<bool>,
}

/// One evaluation.
pub(crate) struct Judging {
    subject: Subject,
    snapshot: Arc<Snapshot>,
    /// How many documents of each type that may be read were handed out, from the first on.
    handed_out: BTreeMap<String, usize>,
    asked: BTreeMap<CheckId, Asked>,
    findings: Vec<Finding>,
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
        let mut asked = BTreeMap::new();
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
            let judged = vec![false; judged];
            asked.insert(check.id.clone(), Asked { judges, judged });
        }
        Self {
            subject,
            snapshot,
            handed_out,
            asked,
            findings: Vec::new(),
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
        let mut page = String::new();
        for document in rest {
            let json = document.json();
            if !page.is_empty() && page.len() + json.len() + 2 > page_bytes {
                break;
            }
            page.push(if page.is_empty() { '[' } else { ',' });
            page.push_str(json);
            cursor.next += 1;
        }
        if page.is_empty() {
            return None;
        }
        page.push(']');
        *handed_out = (*handed_out).max(cursor.next);
        Some(page)
    }

    /// The document that a finding names, with its position, if it was handed out.
    fn handed_out(&self, resource_type: &str, arn: &str) -> Option<(usize, &Document)> {
        let documents = self.snapshot.documents(resource_type);
        let position = documents
            .binary_search_by(|document| document.arn.as_str().cmp(arn))
            .ok()?;
        let handed_out = *self.handed_out.get(resource_type)?;
        let document = documents.get(position)?;
        (position < handed_out).then_some((position, document))
    }

    /// What is judged, in words.
    fn whole(&self) -> &'static str {
        match self.subject {
            Subject::Account(_) => "the account",
            Subject::Organization { .. } => "the organization",
        }
    }

    /// Checks one finding and keeps it.
    pub(crate) fn accept(&mut self, finding: types::Finding, limits: &Limits) -> Result<(), Stop> {
        if self.findings.len() >= limits.findings {
            let limit = limits.findings;
            return Err(Failure::TooManyFindings { limit }.into());
        }
        let size = size(&finding);
        self.bytes = self.bytes.saturating_add(size);
        for (bytes, limit) in [
            (size, limits.finding_bytes),
            (self.bytes, limits.findings_bytes),
        ] {
            if bytes > limit {
                return Err(Failure::TooLargeFindings { limit }.into());
            }
        }

        let id = finding.check;
        let resource = finding.resource;
        let (check, asked) = self.asked.get_key_value(id.as_str()).ok_or_else(|| {
            broken(format!(
                "a finding of check `{id}`, which was not asked for"
            ))
        })?;
        let check = check.clone();
        let judges = asked.judges.clone();
        let (position, region, arn): (usize, String, Option<Arn>) = match (&judges, &resource) {
            (Some(resource_type), Some(arn)) => {
                let (position, document) = self.handed_out(resource_type, arn).ok_or_else(|| {
                    broken(format!(
                        "check `{id}` judges `{arn}`, which is no {resource_type} that it was given"
                    ))
                })?;
                (
                    position,
                    document.region.clone(),
                    Some(document.arn.clone()),
                )
            }
            (None, None) => (0, GLOBAL.to_owned(), None),
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

        let evidence = finding
            .evidence
            .into_iter()
            .map(|evidence| read_evidence(&id, evidence))
            .collect::<Result<_, _>>()?;
        let place = self
            .asked
            .get_mut(id.as_str())
            .and_then(|asked| asked.judged.get_mut(position));
        if place.is_none_or(|judged| std::mem::replace(judged, true)) {
            let what = resource.unwrap_or_else(|| self.whole().to_owned());
            return Err(broken(format!("check `{id}` judges {what} twice")));
        }
        self.findings.push(Finding {
            check,
            account: self.subject.account().clone(),
            region,
            resource: arn,
            resource_type: judges.unwrap_or_default(),
            verdict: match finding.verdict {
                types::Verdict::Pass => Verdict::Pass,
                types::Verdict::Fail => Verdict::Fail,
                types::Verdict::Unknown => Verdict::Unknown,
                types::Verdict::NotApplicable => Verdict::NotApplicable,
            },
            message: finding.message,
            evidence,
        });
        Ok(())
    }

    /// The findings, sorted, if every check has judged everything that it was to judge: a check
    /// that stays silent about a resource would read as if all were well.
    pub(crate) fn finish(mut self) -> Result<Vec<Finding>, Failure> {
        for (id, asked) in &self.asked {
            let silent = asked.judged.iter().filter(|&&judged| !judged).count();
            if silent > 0 {
                let what = match &asked.judges {
                    None => self.whole().to_owned(),
                    Some(kind) => format!("{silent} of {} {kind}", asked.judged.len()),
                };
                let how = format!("check `{id}` gives no verdict on {what}");
                return Err(Failure::ContractBroken { how });
            }
        }
        self.findings.sort_by(|one, other| {
            (&one.check, &one.resource).cmp(&(&other.check, &other.resource))
        });
        Ok(self.findings)
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
                region: GLOBAL.to_owned(),
                resource: None,
                resource_type: String::new(),
                verdict: Verdict::Error,
                message: failure.to_string(),
                evidence: Vec::new(),
            })
            .collect()
    }
}

/// The bytes of everything in a finding that the plugin chose, and a little for each part, so that
/// empty ones count too.
fn size(finding: &types::Finding) -> usize {
    const PART: usize = 64;
    let evidence: usize = finding
        .evidence
        .iter()
        .map(|evidence| PART + evidence.pointer.len() + evidence.value.len())
        .sum();
    PART + finding.check.len()
        + finding.resource.as_ref().map_or(0, String::len)
        + finding.message.len()
        + evidence
}

fn read_evidence(check: &str, evidence: types::Evidence) -> Result<Evidence, Stop> {
    let types::Evidence { pointer, value } = evidence;
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(broken(format!(
            "check `{check}` has evidence at `{pointer}`, which is no JSON pointer"
        )));
    }
    let value = serde_json::from_str(&value).map_err(|error| {
        broken(format!(
            "check `{check}` has evidence at `{pointer}` that is no JSON: {error}"
        ))
    })?;
    Ok(Evidence { pointer, value })
}
