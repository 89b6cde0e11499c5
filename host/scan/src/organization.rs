//! Checks that look across the organization: what they may see, and their turn after all accounts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use blastwall_model::resources::organizations::{
    AccountKind, DelegatedAdministratorKind, OrganizationKind, OrganizationalUnitKind, PolicyKind,
    ResourcePolicyKind,
};
use blastwall_model::{
    Access, AccountId, Coverage, Document, Finding, GLOBAL, Gap, Kind, Verdict, is_of_organization,
    unlisted,
};
use blastwall_organization::{Note, Organization};
use blastwall_runtime::{Gathering, Limits, Plugin, Snapshot, Subject};

use crate::Plan;
use crate::judge::{Judgement, judge};

/// What could not be seen of the organization itself, and what no version of this program sees:
/// checks may read types that are not [`KINDS`].
fn gaps(plan: &Plan, organization: &Organization) -> Vec<Gap> {
    let mut gaps = organization.gaps.clone();
    let read = plan.selection.types();
    let unseen = read
        .iter()
        .filter(|kind| is_of_organization(kind) && !KINDS.contains(&kind.as_str()));
    gaps.extend(unseen.map(|kind| blastwall_collect::without_collector(kind)));
    gaps
}

/// What the organization itself has.
pub(crate) fn own(plan: &Plan, organization: &Organization) -> std::io::Result<Gathering> {
    let mut gathering = Gathering::new(Limits::default().page_bytes)?;
    let account = organization.management_account.as_ref();
    let account = account.unwrap_or(&organization.caller.account);
    gathering.add(account, &organization.documents)?;
    for (kind, reason) in unlisted(&gaps(plan, organization)) {
        gathering.add_gap(kind, reason);
    }
    if let Some(note) = &organization.note {
        for kind in KINDS {
            gathering.add_gap(kind, note.to_string());
        }
    }
    Ok(gathering)
}

/// The types that the organization itself has.
const KINDS: [&str; 6] = [
    AccountKind::TYPE,
    DelegatedAdministratorKind::TYPE,
    OrganizationKind::TYPE,
    OrganizationalUnitKind::TYPE,
    PolicyKind::TYPE,
    ResourcePolicyKind::TYPE,
];

/// Why there may be accounts that nobody has listed.
fn unlisted_accounts(organization: &Organization) -> BTreeSet<String> {
    let listings = [AccountKind::TYPE, OrganizationalUnitKind::TYPE];
    let gaps = unlisted(&organization.gaps).filter(|(kind, _)| listings.contains(kind));
    let note = match &organization.note {
        None | Some(Note::Outside) => None,
        Some(note) => Some(note.to_string()),
    };
    gaps.map(|(_, why)| format!("accounts may be missing: {why}"))
        .chain(note)
        .collect()
}

/// What the checks of the organization read, of every account.
pub(crate) struct Everything {
    types: BTreeSet<String>,
    /// None once it is judged.
    gathering: Mutex<Option<Gathering>>,
}

impl Everything {
    /// None if no check looks across the organization.
    pub(crate) fn new(plan: &Plan, organization: &Organization) -> std::io::Result<Option<Self>> {
        let mut checks = plan.selection.checks.iter();
        if !checks.any(|check| check.info.judges_organization()) {
            return Ok(None);
        }
        let wide = plan.selection.checks.iter();
        let types = wide
            .filter(|check| check.info.judges_organization())
            .flat_map(|check| check.info.reads.iter().cloned())
            .filter(|kind| !is_of_organization(kind))
            .collect();
        let everything = Self {
            types,
            gathering: Mutex::new(Some(own(plan, organization)?)),
        };
        // An account that was not listed is not missed otherwise.
        for why in unlisted_accounts(organization) {
            everything.gap(&why);
        }
        Ok(Some(everything))
    }

    /// Adds what was seen of an account, and says what was not.
    pub(crate) fn add(&self, documents: &[Document], coverage: &Coverage) {
        let account = &coverage.account;
        match &coverage.access {
            Access::Entered { .. } => {}
            Access::Refused { answer, .. } => return self.missing(account, answer),
            Access::Skipped { reason } => return self.missing(account, reason),
        }
        let wanted = documents
            .iter()
            .filter(|document| self.types.contains(&document.kind));
        let added = match &mut *self.gathering() {
            Some(gathering) => gathering.add(account, wanted),
            None => Ok(()),
        };
        if let Err(error) = added {
            return self.missing(account, &format!("it could not be kept: {error}"));
        }
        for (kind, reason) in unlisted(&coverage.gaps) {
            if self.types.contains(kind) {
                self.add_gap(account, kind, &reason);
            }
        }
    }

    /// Says that nothing was seen of an account.
    pub(crate) fn missing(&self, account: &AccountId, reason: &str) {
        for kind in &self.types {
            self.add_gap(account, kind, reason);
        }
    }

    /// Says that every type may be missing somewhere.
    fn gap(&self, reason: &str) {
        if let Some(gathering) = &mut *self.gathering() {
            for kind in &self.types {
                gathering.add_gap(kind, reason.to_owned());
            }
        }
    }

    /// Says that nobody told of a type, for any account.
    pub(crate) fn unheard(&self, kind: &str, reason: String) {
        if self.types.contains(kind)
            && let Some(gathering) = &mut *self.gathering()
        {
            gathering.add_gap(kind, reason);
        }
    }

    fn add_gap(&self, account: &AccountId, kind: &str, reason: &str) {
        if let Some(gathering) = &mut *self.gathering() {
            gathering.add_gap(kind, format!("account {account}: {reason}"));
        }
    }

    fn gathering(&self) -> MutexGuard<'_, Option<Gathering>> {
        self.gathering
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the plugins about the organization.
    pub(crate) fn judge(
        &self,
        plugins: &[Arc<Plugin>],
        plan: &Plan,
        organization: &Organization,
    ) -> Judgement {
        let (Some(id), Some(management_account), Some(mut gathering)) = (
            &organization.id,
            &organization.management_account,
            self.gathering().take(),
        ) else {
            return unjudged(plan, organization);
        };
        let subject = Subject::Organization {
            id: id.clone(),
            management_account: management_account.clone(),
        };
        gathering.sort_gaps();
        let gaps = &gaps(plan, organization);
        let snapshot = Snapshot::new(organization.documents.clone(), gaps);
        let snapshot = Arc::new(snapshot.within(Arc::new(gathering)));
        let partition = organization.caller.partition.to_string();
        judge(plugins, plan, &partition, &subject, &snapshot, gaps)
    }
}

/// There is no organization to judge, or none that could be seen.
fn unjudged(plan: &Plan, organization: &Organization) -> Judgement {
    let (verdict, message) = match &organization.note {
        Some(note @ Note::Outside) => (Verdict::NotApplicable, note.to_string()),
        Some(note) => (Verdict::Unknown, note.to_string()),
        None => (
            Verdict::Unknown,
            "what is stored does not tell of the organization".to_owned(),
        ),
    };
    let checks = plan.selection.checks.iter();
    let finding = |check: &crate::Selected| Finding {
        check: check.info.id.clone(),
        account: organization.caller.account.clone(),
        region: GLOBAL.into(),
        resource: None,
        resource_type: Arc::default(),
        verdict,
        message: message.as_str().into(),
        evidence: Vec::new(),
    };
    Judgement {
        findings: checks
            .filter(|check| check.info.judges_organization())
            .map(finding)
            .collect(),
        ..Judgement::default()
    }
}
