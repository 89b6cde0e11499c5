//! One account, from entry to findings.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use blastwall_model::{Access, AccountId, Coverage, Document};
use blastwall_runtime::{Gathering, Plugin, Snapshot, Subject};
use blastwall_store::{WriteError, Writer};

use crate::judge::{Judgement, judge};
use crate::organization::Everything;
use crate::origin::{Source, nothing};
use crate::{Event, Interrupt, Member, Observer, Plan};

/// What is kept of an account once it is done.
pub(crate) struct Done {
    pub(crate) coverage: Coverage,
    pub(crate) judgement: Judgement,
    /// The documents that the blast graph reads.
    pub(crate) blast: Vec<Document>,
    /// Why it could not be saved.
    pub(crate) unsaved: Option<String>,
}

/// What every account of a scan needs.
pub(crate) struct Shop {
    pub(crate) plan: Plan,
    pub(crate) source: Source,
    pub(crate) plugins: Vec<Arc<Plugin>>,
    pub(crate) partition: String,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) interrupt: Interrupt,
    pub(crate) writer: Option<Mutex<Writer>>,
    /// What the organization itself has, for the checks of every account.
    pub(crate) organization: Arc<Gathering>,
    /// What checks of the organization read of every account.
    pub(crate) everything: Option<Everything>,
}

impl Shop {
    /// Opens the directory that everything is saved in.
    pub(crate) fn writer(
        save: Option<&PathBuf>,
        manifest: blastwall_store::Manifest,
    ) -> Result<Option<Mutex<Writer>>, WriteError> {
        save.map(|path| Writer::create(path, manifest).map(Mutex::new))
            .transpose()
    }

    /// Takes one account through: collect, save, judge.
    pub(crate) async fn account(self: Arc<Self>, member: Member) -> Done {
        let id = &member.entry.id;
        let skipped = |reason: &str| Access::Skipped {
            reason: reason.to_owned(),
        };
        if let Some(reason) = member.entry.status.skip_reason() {
            return empty(id, skipped(reason));
        }
        if self.interrupt.is_set() {
            let reason = "the scan was interrupted before";
            if let Some(everything) = &self.everything {
                everything.missing(id, reason);
            }
            return empty(id, skipped(reason));
        }
        self.observer.event(Event::Started(id.clone()));
        let snapshot = self.source.snapshot(id).await;
        let shop = Arc::clone(&self);
        // Judging computes; the threads that wait for AWS must not.
        let done = tokio::task::spawn_blocking(move || {
            let unsaved = shop.save(&snapshot.documents, &snapshot.coverage);
            let blast = if shop.plan.blast_radius {
                let reads = |document: &&Document| blastwall_blast::is_read(&document.kind);
                snapshot.documents.iter().filter(reads).cloned().collect()
            } else {
                Vec::new()
            };
            if let Some(everything) = &shop.everything {
                everything.add(&snapshot.documents, &snapshot.coverage);
            }
            let gaps = &snapshot.coverage.gaps;
            let judgement = match snapshot.coverage.access {
                Access::Entered { .. } => judge(
                    &shop.plugins,
                    &shop.plan,
                    &shop.partition,
                    &Subject::Account(snapshot.coverage.account.clone()),
                    &Arc::new(
                        Snapshot::new(snapshot.documents, gaps)
                            .within(Arc::clone(&shop.organization)),
                    ),
                    gaps,
                ),
                Access::Refused { .. } | Access::Skipped { .. } => Judgement::default(),
            };
            Done {
                coverage: snapshot.coverage,
                judgement,
                blast,
                unsaved,
            }
        })
        .await;
        self.observer.event(Event::Finished(id.clone()));
        done.unwrap_or_else(|error| refused(id, "judging the account", &error.to_string()))
    }

    fn save(&self, documents: &[Document], coverage: &Coverage) -> Option<String> {
        let writer = self.writer.as_ref()?;
        let writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer
            .account(&coverage.account, documents, coverage)
            .err()
            .map(|error| with_causes(&error))
    }
}

/// The hint for what must not happen.
pub(crate) const BUG: &str = "this is a bug of Blastwall, please report it";

/// An account that a bug of ours cost.
pub(crate) fn refused(id: &AccountId, tried: &str, answer: &str) -> Done {
    empty(
        id,
        Access::Refused {
            tried: tried.to_owned(),
            answer: answer.to_owned(),
            hint: BUG.to_owned(),
        },
    )
}

fn empty(id: &AccountId, access: Access) -> Done {
    Done {
        coverage: nothing(id, access).coverage,
        judgement: Judgement::default(),
        blast: Vec::new(),
        unsaved: None,
    }
}

/// An error with its causes, on one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
