//! The resources of one account, or of the organization itself, as plugins are fed with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::{Document, Gap, unlisted};

use crate::gathering::Gathering;

/// The resource documents of what is judged by type, and why some may be missing.
///
/// Shared by all plugins that judge the account.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    documents: BTreeMap<String, Vec<Document>>,
    gaps: BTreeMap<String, Vec<String>>,
    organization: Option<Arc<Gathering>>,
}

impl Snapshot {
    /// The documents of an account and the gaps of its coverage.
    #[must_use]
    pub fn new(documents: Vec<Document>, gaps: &[Gap]) -> Self {
        let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (kind, reason) in unlisted(gaps) {
            reasons.entry(kind.to_owned()).or_default().push(reason);
        }
        Self::with_reasons(documents, reasons)
    }

    /// The documents of an account and, by type, why some may be missing.
    ///
    /// Of two documents with one type and ARN the first in the order of their text is kept: an
    /// ARN names one thing.
    #[must_use]
    pub fn with_reasons(mut documents: Vec<Document>, gaps: BTreeMap<String, Vec<String>>) -> Self {
        documents.sort();
        documents.dedup_by(|one, other| one.kind == other.kind && one.arn == other.arn);
        let mut by_type: BTreeMap<String, Vec<Document>> = BTreeMap::new();
        for document in documents {
            let documents = by_type.entry(document.kind.clone()).or_default();
            documents.push(document);
        }
        Self {
            documents: by_type,
            gaps,
            organization: None,
        }
    }

    /// The same, with what is to be seen across the organization.
    #[must_use]
    pub fn within(self, organization: Arc<Gathering>) -> Self {
        Self {
            organization: Some(organization),
            ..self
        }
    }

    /// What is to be seen across the organization; none if nothing is.
    pub(crate) fn organization(&self) -> Option<&Arc<Gathering>> {
        self.organization.as_ref()
    }

    /// The documents of a type, sorted by ARN.
    #[must_use]
    pub fn documents(&self, resource_type: &str) -> &[Document] {
        self.documents.get(resource_type).map_or(&[], Vec::as_slice)
    }

    /// Why resources of a type may be missing: action, region and answer of each gap.
    #[must_use]
    pub fn gaps(&self, resource_type: &str) -> &[String] {
        self.gaps.get(resource_type).map_or(&[], Vec::as_slice)
    }
}
