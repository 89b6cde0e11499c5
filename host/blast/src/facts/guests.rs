//! What stands in subnets that another account shares: its way from the internet hangs on the routes, network ACLs
//! and blocks of the owner, which may be read after it.
//!
//! Source: Amazon VPC User Guide, "Share your VPC subnets with other accounts" (what owners and participants have).

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::{AccountId, Document};

use super::account::AccountFacts;
use super::policies::Policies;
use super::ways_in::{self, NETWORK_TYPES, WaysIn};

/// How much is kept of participants until all owners are known, in bytes of JSON. What is beyond has conditions in
/// place of the owner's word: where no networks were collected at all, every account looks like a participant.
const MOST: usize = 32 << 20;

/// Participants and owners.
#[derive(Debug, Default)]
pub(super) struct Guests {
    /// What of an account listens, or stands around that, where its networks are not all told.
    guests: BTreeMap<AccountId, Vec<Document>>,
    /// The networks of accounts that share some.
    lent: BTreeMap<AccountId, Vec<Document>>,
    /// How much is kept of guests.
    size: usize,
    /// Those that come in several parts, and are not read again: no part tells of all.
    in_parts: BTreeSet<AccountId>,
}

impl Guests {
    /// Keeps what has to be read again, or tells more of others.
    pub(super) fn add<'a>(
        &mut self,
        account: &AccountId,
        facts: &AccountFacts,
        own: impl Iterator<Item = &'a Document> + Clone,
    ) {
        if !facts.networks.shares.0.is_empty() {
            let networks = own.clone();
            let networks = networks.filter(|one| NETWORK_TYPES.contains(&one.kind.as_str()));
            let lent = self.lent.entry(account.clone()).or_default();
            lent.extend(networks.cloned());
        }
        if !facts.ways_in.is_open {
            return;
        }
        let read: BTreeSet<&str> = ways_in::types().collect();
        let own = own.filter(|document| read.contains(document.kind.as_str()));
        let size: usize = own.clone().map(|document| document.json().len()).sum();
        if self.size + size <= MOST {
            self.size += size;
            let kept = self.guests.entry(account.clone()).or_default();
            kept.extend(own.cloned());
        }
    }

    /// Says that there is another part of an account.
    pub(super) fn comes_in_parts(&mut self, account: &AccountId) {
        self.in_parts.insert(account.clone());
    }

    /// Reads the ways in of guests again, with what the owners of their networks tell.
    pub(super) fn settle(
        self,
        accounts: &mut BTreeMap<AccountId, AccountFacts>,
        policies: &mut Policies,
    ) {
        let lent: Vec<(&AccountId, BTreeSet<&str>, &Vec<Document>)> = self
            .lent
            .iter()
            .map(|(owner, documents)| (owner, documents.iter().map(id).collect(), documents))
            .collect();
        for (account, own) in &self.guests {
            let named: BTreeSet<&str> = own.iter().flat_map(names).collect();
            let owners = lent
                .iter()
                .filter(|(owner, ids, _)| *owner != account && !ids.is_disjoint(&named));
            let mut owners = owners.flat_map(|(.., documents)| *documents).peekable();
            let again = owners.peek().is_some() && !self.in_parts.contains(account);
            let Some(facts) = accounts.get_mut(account).filter(|_| again) else {
                continue;
            };
            // What cannot be read was told when it was read first.
            let ways_in = WaysIn::read(own.iter().chain(owners), policies, &mut Vec::new());
            facts.set_ways_in(ways_in);
        }
    }
}

/// The id at the end of an ARN.
fn id(document: &Document) -> &str {
    let arn = document.arn.as_str();
    arn.rsplit(['/', ':']).next().unwrap_or_default()
}

/// The ids of subnets and security groups that a document names.
fn names(document: &Document) -> impl Iterator<Item = &str> {
    let texts = document.json().split('"');
    texts.filter(|text| text.starts_with("subnet-") || text.starts_with("sg-"))
}
