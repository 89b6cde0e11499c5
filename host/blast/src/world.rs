//! All facts of an organization, indexed for the link kinds.
//!
//! Read-only once built. Everything is numbered in the order of ids and ARNs, so that results do
//! not depend on the order in which documents came.

mod alike;
mod build;
mod crossing;
mod endpoint_services;
mod evidence;
mod guards;
mod keys;
mod makeable;
mod network;
mod outside;
mod resources;
mod rows;
mod starters;
mod subjects;
mod transit;
mod workforce;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use blastwall_model::{AccountId, Arn};
use blastwall_policy::Effect;

use crate::facts::{
    Attachment, Boundary, FederationFacts, Policies, PolicyIndex, PrincipalKind, Trust, Unjudged,
    networks::NetworkFacts, sharing::SharingFacts,
};
use crate::regions::home_region;
use crate::subject::OutsideParty;

pub(crate) use alike::{Alike, Goal, Origin};
pub(crate) use build::named_roles;
pub(crate) use crossing::{Crossing, Junction};
pub(crate) use endpoint_services::EndpointServiceRow;
pub(crate) use evidence::{EvidenceRow, evidence_actions};
pub(crate) use guards::{Guard, allows_everything};
pub(crate) use network::{Passage, Source};
pub(crate) use outside::{
    ASSUME_ROLE, ASSUME_ROLE_WITH_SAML, ASSUME_ROLE_WITH_WEB_IDENTITY, CallerNames, TrustSummary,
    provider_of, summarize,
};
pub(crate) use rows::{
    AccessPointRow, AccountIndex, AccountRow, EvidenceIndex, FunctionPolicy, FunctionRow, Levels,
    LevelsIndex, OutsideIndex, PrincipalIndex, PrincipalRow, StoreIndex, StoreRow, SupplyRow,
    WorkloadIndex, WorkloadRow,
};

/// The whole of it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) policies: Policies,
    /// By id.
    pub(crate) accounts: Vec<AccountRow>,
    /// By account, then ARN.
    pub(crate) principals: Vec<PrincipalRow>,
    /// Users and roles that are not there and that somebody might make, numbered behind those that are.
    pub(crate) makeable: Vec<PrincipalRow>,
    /// Where not all that could be made was thought of.
    pub(crate) not_made: Vec<Unjudged>,
    /// By account, then ARN.
    pub(crate) workloads: Vec<WorkloadRow>,
    /// By account, then ARN.
    pub(crate) stores: Vec<StoreRow>,
    /// Other names of buckets.
    pub(crate) access_points: Vec<AccessPointRow>,
    /// The networks.
    pub(crate) networks: NetworkFacts,
    /// Who may start hosts in them.
    pub(crate) starters: starters::Starters,
    /// The transit gateways among them, with what follows from their defaults.
    transit: transit::Transit,
    /// What workloads are made of.
    pub(crate) supplies: Vec<SupplyRow>,
    /// Users and groups of Identity Center, and what they are assigned.
    pub(crate) workforce: workforce::Workforce,
    /// The roles that are made for a permission set, by its name.
    set_roles: BTreeMap<String, Vec<PrincipalIndex>>,
    /// The services of each account by which somebody without an identity of AWS becomes a role.
    pub(crate) federation: Vec<FederationFacts>,
    /// What tells what happened, or brings it back.
    pub(crate) evidence: Vec<EvidenceRow>,
    /// What accounts share with each other, and what others build on.
    pub(crate) sharing: SharingFacts,
    pub(crate) endpoint_services: Vec<EndpointServiceRow>,
    pub(crate) outside: Vec<OutsideParty>,
    pub(crate) levels: Vec<Levels>,
    /// The policies of the organization that restrict somebody.
    pub(crate) guards: Vec<Guard>,
    pub(crate) organization_id: Option<String>,
    pub(crate) management: Option<AccountIndex>,
    pub(crate) feature_set: Option<String>,
    /// Features of central root access; none if they were not told.
    pub(crate) organization_features: Option<Vec<String>>,
    /// Services with trusted access to all accounts; none if they were not told.
    pub(crate) trusted_services: Option<Vec<String>>,
    /// The organization's resource policy: its ARN, what it says, whom it names.
    pub(crate) delegation: Option<(Arn, PolicyIndex, TrustSummary)>,
    /// By service, the accounts that administer it for the organization.
    pub(crate) delegated: BTreeMap<String, Vec<AccountIndex>>,
    pub(crate) partition: String,
    /// Every condition key with a tag key in it that some policy asks for, lower case.
    pub(crate) tag_keys: BTreeSet<String>,
    /// Whether some policy of a resource, or over resources, asks for tags of the caller.
    pub(crate) doors_ask_for_tags: bool,
    /// Every region that some policy asks requests to go to, or not to.
    pub(crate) regions: BTreeSet<String>,
    /// Whether some policy asks if a service asks in the caller's name.
    pub(crate) asks_via_service: bool,
    /// What policies ask `aws:userid` to be, or not to be.
    pub(crate) user_ids: BTreeSet<String>,
    /// Every condition key with the key of an encryption context in it that some policy or grant asks for,
    /// lower case.
    pub(crate) context_keys: BTreeSet<String>,
    /// Of which moment all this is, if that was told and some policy hangs on the time of requests.
    pub(crate) as_of: Option<String>,
    /// Accounts of the organization about which nothing can be said, and why.
    pub(crate) set_aside: BTreeMap<AccountId, String>,
    pub(crate) trusts: HashMap<PolicyIndex, TrustSummary>,
    accounts_by_id: HashMap<AccountId, AccountIndex>,
    principals_by_arn: HashMap<Arn, PrincipalIndex>,
    outside_by_party: HashMap<OutsideParty, OutsideIndex>,
    workloads_by_arn: HashMap<Arn, WorkloadIndex>,
    stores_by_arn: HashMap<Arn, StoreIndex>,
}

impl World {
    /// Every policy that only ever takes away: its kind and where it comes from, sorted.
    pub(crate) fn guardrails(&self) -> BTreeSet<(&'static str, String)> {
        let mut guardrails = BTreeSet::new();
        for row in &self.accounts {
            let kinds = [
                ("service control policy", row.scps),
                ("resource control policy", row.rcps),
            ];
            for (kind, levels) in kinds {
                for from in self.levels(levels).iter().flatten() {
                    if self.denies(from.policy) {
                        guardrails.insert((kind, from.origin.to_string()));
                    }
                }
            }
        }
        for row in &self.principals {
            if let Boundary::Policy(from) = &row.boundary {
                guardrails.insert(("permissions boundary", from.origin.to_string()));
            }
        }
        guardrails
    }

    /// Whether a policy takes anything away.
    pub(crate) fn denies(&self, policy: PolicyIndex) -> bool {
        self.policies.get(policy).is_some_and(|stored| {
            let mut statements = stored.policy.statements.iter();
            statements.any(|statement| statement.effect == Effect::Deny)
        })
    }

    /// The same without one of them, or without a level that it alone was.
    pub(crate) fn without_guardrail(&self, origin: &str) -> Self {
        let mut world = self.clone();
        for levels in &mut world.levels {
            for level in levels.iter_mut() {
                level.retain(|from| *from.origin != *origin);
            }
            levels.retain(|level| !level.is_empty());
        }
        for row in &mut world.principals {
            if matches!(&row.boundary, Boundary::Policy(from) if *from.origin == *origin) {
                row.boundary = Boundary::None;
            }
        }
        world
    }

    /// The same without any policy of the organization: what is left when they are taken away.
    pub(crate) fn without_control_policies(&self) -> Self {
        let mut world = self.clone();
        world.levels.iter_mut().for_each(Vec::clear);
        world
    }

    /// Where a request may go that may go anywhere: regions that policies tell apart, and the one that stands for
    /// them where none does.
    pub(crate) fn regions(&self) -> impl Iterator<Item = &str> + Clone {
        let home = home_region(&self.partition);
        let named = self.regions.iter().map(String::as_str);
        std::iter::once(home).chain(named.filter(move |region| *region != home))
    }

    pub(crate) fn account(&self, index: AccountIndex) -> Option<&AccountRow> {
        self.accounts.get(index.index())
    }

    pub(crate) fn principal(&self, index: PrincipalIndex) -> Option<&PrincipalRow> {
        let place = index.index();
        match place.checked_sub(self.principals.len()) {
            None => self.principals.get(place),
            Some(behind) => self.makeable.get(behind),
        }
    }

    /// Whether a principal is not there and might be made.
    pub(crate) fn is_makeable(&self, index: PrincipalIndex) -> bool {
        index.index() >= self.principals.len()
    }

    /// The principals that might be made in an account.
    pub(crate) fn makeable_in(
        &self,
        account: AccountIndex,
    ) -> impl Iterator<Item = PrincipalIndex> {
        // They come account by account.
        let start = self.makeable.partition_point(|row| row.account < account);
        let end = self.makeable.partition_point(|row| row.account <= account);
        let there = self.principals.len();
        (there + start..there + end).map(PrincipalIndex::new)
    }

    /// Whether some policy asks requests for tags of the caller or of what is asked for.
    pub(crate) fn asks_for_tags_of(&self, prefixes: &[&str]) -> bool {
        let mut keys = self.tag_keys.iter();
        keys.any(|key| prefixes.iter().any(|prefix| key.starts_with(prefix)))
    }

    /// Whether one of these policies asks for tags of the caller.
    pub(crate) fn asks_for_tags(&self, policies: impl IntoIterator<Item = PolicyIndex>) -> bool {
        policies.into_iter().any(|index| {
            let stored = self.policies.get(index);
            stored.is_some_and(|stored| stored.asks_for_tags)
        })
    }

    /// Whether a policy that binds a principal asks for its tags.
    pub(crate) fn asked_for_tags_itself(&self, index: PrincipalIndex) -> bool {
        self.principal(index).is_some_and(|row| {
            let boundary = match &row.boundary {
                Boundary::Policy(from) => Some(from.policy),
                Boundary::None | Boundary::Unknown => None,
            };
            let own = row.identity.iter().map(|from| from.policy).chain(boundary);
            let account = self.account(row.account);
            self.asks_for_tags(own)
                || account.is_some_and(|account| self.levels_ask_for_tags(account.scps))
        })
    }

    /// The same for policies of the organization.
    pub(crate) fn levels_ask_for_tags(&self, levels: LevelsIndex) -> bool {
        self.asks_for_tags(self.levels(levels).iter().flatten().map(|from| from.policy))
    }

    /// Whether a feature or service is in such a list; none if that was not told. What is delegated is
    /// on, whatever the list says.
    pub(crate) fn enabled(&self, list: &Option<Vec<String>>, name: &str) -> Option<bool> {
        if self.delegated.contains_key(name) {
            return Some(true);
        }
        Some(list.as_ref()?.iter().any(|one| one == name))
    }

    /// The roles that are made for a permission set.
    pub(crate) fn roles_of_permission_set(
        &self,
        name: &str,
    ) -> impl Iterator<Item = PrincipalIndex> + '_ {
        self.set_roles.get(name).into_iter().flatten().copied()
    }

    pub(crate) fn store(&self, index: StoreIndex) -> Option<&StoreRow> {
        self.stores.get(index.index())
    }

    pub(crate) fn find_store(&self, arn: &str) -> Option<StoreIndex> {
        self.stores_by_arn.get(arn).copied()
    }

    pub(crate) fn store_indices(&self) -> impl Iterator<Item = StoreIndex> + use<> {
        (0..self.stores.len()).map(StoreIndex::new)
    }

    pub(crate) fn workload(&self, index: WorkloadIndex) -> Option<&WorkloadRow> {
        self.workloads.get(index.index())
    }

    pub(crate) fn find_workload(&self, arn: &str) -> Option<WorkloadIndex> {
        self.workloads_by_arn.get(arn).copied()
    }

    pub(crate) fn workload_indices(&self) -> impl Iterator<Item = WorkloadIndex> + use<> {
        (0..self.workloads.len()).map(WorkloadIndex::new)
    }

    /// The workloads of an account: they come account by account.
    pub(crate) fn workloads_of(&self, account: AccountIndex) -> impl Iterator<Item = &WorkloadRow> {
        let of_account = self.workload_indices_of(account);
        of_account.filter_map(|index| self.workload(index))
    }

    /// The same by their numbers; workloads come account by account.
    pub(crate) fn workload_indices_of(
        &self,
        account: AccountIndex,
    ) -> impl Iterator<Item = WorkloadIndex> + use<> {
        let first = self.workloads.partition_point(|row| row.account < account);
        let end = self.workloads.partition_point(|row| row.account <= account);
        (first..end).map(WorkloadIndex::new)
    }

    /// The principals of an account.
    pub(crate) fn principals_of(
        &self,
        account: AccountIndex,
    ) -> impl Iterator<Item = PrincipalIndex> + use<> {
        let range = self.account(account).map(|row| row.principals.clone());
        range.unwrap_or_default().map(PrincipalIndex::new)
    }

    pub(crate) fn find_account(&self, id: &str) -> Option<AccountIndex> {
        self.accounts_by_id.get(id).copied()
    }

    pub(crate) fn find_principal(&self, arn: &str) -> Option<PrincipalIndex> {
        self.principals_by_arn.get(arn).copied()
    }

    /// The role with this name, whatever its path: session ARNs do not tell the path.
    pub(crate) fn find_role_by_name(
        &self,
        account: AccountIndex,
        name: &str,
    ) -> Option<PrincipalIndex> {
        let row = self.account(account)?;
        row.principals
            .clone()
            .map(PrincipalIndex::new)
            .find(|index| {
                self.principal(*index).is_some_and(|role| {
                    role.kind == PrincipalKind::Role
                        && role.arn.resource().rsplit('/').next() == Some(name)
                })
            })
    }

    pub(crate) fn find_outside(&self, party: &OutsideParty) -> Option<OutsideIndex> {
        self.outside_by_party.get(party).copied()
    }

    pub(crate) fn levels(&self, index: LevelsIndex) -> &[Vec<Attachment>] {
        self.levels.get(index.index()).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn account_indices(&self) -> impl Iterator<Item = AccountIndex> + use<> {
        (0..self.accounts.len()).map(AccountIndex::new)
    }

    pub(crate) fn principal_indices(&self) -> impl Iterator<Item = PrincipalIndex> + use<> {
        (0..self.principals.len()).map(PrincipalIndex::new)
    }

    /// Roles with a trust policy that was read.
    pub(crate) fn trusting_roles(
        &self,
    ) -> impl Iterator<Item = (PrincipalIndex, &PrincipalRow, PolicyIndex)> {
        self.principals
            .iter()
            .enumerate()
            .filter_map(|(index, row)| match row.trust {
                Trust::Policy(policy) => Some((PrincipalIndex::new(index), row, policy)),
                Trust::NotApplicable | Trust::Unknown => None,
            })
    }

    /// The patterns of resources that allowing statements of a principal's policies name for an action.
    pub(crate) fn allowed_patterns(&self, row: &PrincipalRow, action: &str) -> Vec<String> {
        row.identity
            .iter()
            .filter_map(|from| self.policies.get(from.policy))
            .flat_map(|stored| &stored.policy.statements)
            .filter(|statement| {
                statement.effect == Effect::Allow && statement.actions.covers(action)
            })
            .filter_map(|statement| statement.resources.as_ref())
            .filter(|clause| !clause.negated)
            .flat_map(|clause| &clause.patterns)
            .map(|pattern| crate::globs::without_variables(pattern.as_str()))
            .collect()
    }

    /// Whether one of these policies tells callers apart that have the same policies.
    pub(crate) fn asks_for_caller(&self, policies: impl IntoIterator<Item = PolicyIndex>) -> bool {
        policies.into_iter().any(|index| {
            self.policies
                .get(index)
                .is_some_and(|stored| stored.asks_for_caller)
        })
    }

    pub(crate) fn levels_ask_for_caller(&self, levels: LevelsIndex) -> bool {
        self.asks_for_caller(self.levels(levels).iter().flatten().map(|from| from.policy))
    }
}
