//! What is known when a question is asked: documents, and why others are missing.

use std::collections::BTreeMap;

use blastwall_model::{AccountId, Document};

use super::Questions;
use super::resource::Buckets;
use crate::facts::{Environment, Facts};
use crate::world::World;

/// Takes in what was collected, for [`Questions`].
#[derive(Debug)]
pub struct Collected {
    facts: Facts,
    buckets: Buckets,
    organization_gaps: Vec<String>,
    unseen: BTreeMap<AccountId, String>,
}

impl Default for Collected {
    fn default() -> Self {
        Self::new()
    }
}

impl Collected {
    /// Nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            facts: Facts::keeping_everything(),
            buckets: Buckets::default(),
            organization_gaps: Vec::new(),
            unseen: BTreeMap::new(),
        }
    }

    /// Adds the organization's own documents; others are left alone.
    pub fn add_organization(&mut self, documents: &[Document]) {
        self.facts.add_organization(documents);
    }

    /// Says what of the organization's policies, units and accounts was not seen.
    pub fn add_organization_gap(&mut self, why: String) {
        self.organization_gaps.push(why);
    }

    /// Adds an account that was looked into: its principals and policies.
    pub fn add_account(&mut self, account: &AccountId, documents: &[Document]) {
        self.facts
            .add_account(account, Environment::default(), documents);
    }

    /// Says why the principals of an account were not, or not all, seen.
    pub fn add_unseen(&mut self, account: &AccountId, why: String) {
        self.unseen.insert(account.clone(), why);
    }

    /// Adds the buckets of an account, whether or not its principals were seen; other documents are
    /// left alone.
    pub fn add_buckets(&mut self, account: &AccountId, documents: &[Document]) {
        self.buckets
            .add(account, documents, &mut self.facts.policies);
    }

    /// Says why the public-access block of an account was not seen; after its buckets.
    pub fn add_unseen_public_access_block(&mut self, account: &AccountId, why: String) {
        self.buckets.unseen_switch(account, why);
    }

    /// All that can be asked about.
    #[must_use]
    pub fn finish(self) -> Questions {
        Questions {
            organization_seen: self.facts.organization.id.is_some(),
            unjudged: self.facts.unjudged.clone(),
            organization: self.facts.organization.clone(),
            world: World::build(self.facts),
            buckets: self.buckets,
            organization_gaps: self.organization_gaps,
            unseen: self.unseen,
        }
    }
}
