//! The verdicts of one evaluation while it runs: each in its place by check and document, and no
//! larger than it must be, because there are millions. They become findings at the end, once and in
//! order.

use std::sync::Arc;

use blastwall_model::{AccountId, CheckId, Document, Evidence, Finding, GLOBAL, Verdict};

use crate::error::Failure;

/// How far back a message is looked for among those that are kept.
const WINDOW: usize = 4;

/// A verdict, with the numbers of its message and its evidence.
#[derive(Clone, Copy)]
pub(crate) struct Brief {
    verdict: Verdict,
    message: u32,
    evidence: u32,
}

/// The verdicts of one check.
pub(crate) struct Places {
    /// By position of the document; one place for the account or the organization.
    briefs: Vec<Option<Brief>>,
}

impl Places {
    pub(crate) fn new(count: usize) -> Self {
        Self {
            briefs: vec![None; count],
        }
    }

    /// Puts a verdict into its place; false if there is none or it is taken.
    pub(crate) fn put(&mut self, position: usize, brief: Brief) -> bool {
        match self.briefs.get_mut(position) {
            Some(place @ None) => {
                *place = Some(brief);
                true
            }
            _ => false,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.briefs.len()
    }
}

/// What verdicts refer to by number: the messages, which many share, and the evidence.
pub(crate) struct Texts {
    messages: Vec<Arc<str>>,
    evidence: Vec<Vec<Evidence>>,
}

impl Texts {
    pub(crate) fn new() -> Self {
        Self {
            messages: Vec::new(),
            // The evidence of those that have none.
            evidence: vec![Vec::new()],
        }
    }

    /// A verdict with this message and evidence; none if there are more than can be numbered.
    pub(crate) fn brief(
        &mut self,
        verdict: Verdict,
        message: &str,
        evidence: Vec<Evidence>,
    ) -> Option<Brief> {
        let message = self.message(message)?;
        let evidence = if evidence.is_empty() {
            0
        } else {
            self.evidence.push(evidence);
            last(self.evidence.len())?
        };
        Some(Brief {
            verdict,
            message,
            evidence,
        })
    }

    /// The number of a message, shared with those shortly before it if it is the same.
    fn message(&mut self, text: &str) -> Option<u32> {
        let near = self.messages.iter().enumerate().rev().take(WINDOW);
        for (number, message) in near {
            if **message == *text {
                return u32::try_from(number).ok();
            }
        }
        self.messages.push(Arc::from(text));
        last(self.messages.len())
    }
}

/// The number of the last of so many.
fn last(count: usize) -> Option<u32> {
    u32::try_from(count.checked_sub(1)?).ok()
}

/// Makes findings of verdicts.
pub(crate) struct Writing<'a> {
    account: &'a AccountId,
    global: Arc<str>,
    nothing: Arc<str>,
    texts: Texts,
    findings: Vec<Finding>,
}

impl<'a> Writing<'a> {
    /// `count` is how many there will be.
    pub(crate) fn new(account: &'a AccountId, texts: Texts, count: usize) -> Self {
        Self {
            account,
            global: Arc::from(GLOBAL),
            nothing: Arc::from(""),
            texts,
            findings: Vec::with_capacity(count),
        }
    }

    /// Adds the verdicts of a check on these documents of a type.
    ///
    /// # Errors
    /// How many documents have none: a check that stays silent about a resource would read as if
    /// all were well.
    pub(crate) fn resources(
        &mut self,
        check: &CheckId,
        resource_type: &Arc<str>,
        documents: &[Document],
        places: Places,
    ) -> Result<(), usize> {
        let silent = places.briefs.iter().filter(|place| place.is_none()).count();
        if silent > 0 {
            return Err(silent);
        }
        for (document, brief) in documents.iter().zip(places.briefs.into_iter().flatten()) {
            let finding = Finding {
                check: check.clone(),
                account: self.account.clone(),
                region: Arc::clone(&document.region),
                resource: Some(document.arn.clone()),
                resource_type: Arc::clone(resource_type),
                verdict: brief.verdict,
                message: self.message(brief),
                evidence: self.evidence(brief),
            };
            self.findings.push(finding);
        }
        Ok(())
    }

    /// Adds the verdict of a check on the account or the organization.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn whole(&mut self, check: &CheckId, places: &Places) -> Result<(), ()> {
        let Some(Some(brief)) = places.briefs.first().copied() else {
            return Err(());
        };
        let finding = Finding {
            check: check.clone(),
            account: self.account.clone(),
            region: Arc::clone(&self.global),
            resource: None,
            resource_type: Arc::clone(&self.nothing),
            verdict: brief.verdict,
            message: self.message(brief),
            evidence: self.evidence(brief),
        };
        self.findings.push(finding);
        Ok(())
    }

    fn message(&self, brief: Brief) -> Arc<str> {
        let message = self.texts.messages.get(brief.message as usize);
        Arc::clone(message.unwrap_or(&self.nothing))
    }

    /// Each has its own, so it is moved out.
    fn evidence(&mut self, brief: Brief) -> Vec<Evidence> {
        if brief.evidence == 0 {
            return Vec::new();
        }
        let evidence = self.texts.evidence.get_mut(brief.evidence as usize);
        evidence.map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn finish(self) -> Vec<Finding> {
        self.findings
    }
}

/// One `error` for each check, in their order.
pub(crate) fn errors(
    account: &AccountId,
    checks: impl Iterator<Item = CheckId>,
    failure: &Failure,
) -> Vec<Finding> {
    let message: Arc<str> = failure.to_string().into();
    let mut checks: Vec<CheckId> = checks.collect();
    checks.sort();
    checks.dedup();
    let error = |check| Finding {
        check,
        account: account.clone(),
        region: GLOBAL.into(),
        resource: None,
        resource_type: Arc::default(),
        verdict: Verdict::Error,
        message: Arc::clone(&message),
        evidence: Vec::new(),
    };
    checks.into_iter().map(error).collect()
}
