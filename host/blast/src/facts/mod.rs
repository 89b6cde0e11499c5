//! What the graph needs of an organization, and nothing else.
//!
//! Accounts stream in one after the other as resource documents and are reduced at once: policies
//! are kept once by content, and only if a link kind asks for an action that they mention. What
//! cannot be read is never dropped in silence: it becomes an [`Unjudged`] entry, and links that it
//! has a say in lose their certainty.
//!
//! Start with [`Facts`].

mod access_points;
mod account;
mod apart;
mod assembled;
mod bucket_acls;
mod clusters;
mod evidence;
mod federation;
mod function_policies;
mod guests;
mod interfaces;
mod known_policies;
pub(crate) mod networks;
mod organization;
mod policies;
mod prefix_lists;
pub(crate) mod sharing;
mod store_kinds;
mod stores;
mod subnet_shares;
pub(crate) mod transit;
mod ways_in;
mod workforce;
mod workload_kinds;
mod workloads;

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::{AccountId, Arn, Document};
use serde::{Deserialize, Serialize};

pub(crate) use access_points::AccessPointFacts;
pub(crate) use account::{
    AccountFacts, Attachment, Boundary, Credentials, GroupFacts, PrincipalFacts, PrincipalKind,
    Trust,
};
pub(crate) use clusters::AccessEntry;
pub(crate) use evidence::EvidenceFacts;
pub(crate) use federation::{FederationFacts, IdentityPool, Profile, TrustAnchor};
pub(crate) use function_policies::{FunctionFacts, with_qualifier};
use guests::Guests;
pub(crate) use organization::{OrganizationFacts, PolicyType};
pub(crate) use policies::{Policies, PolicyIndex};
pub(crate) use store_kinds::{
    BACKUP_VAULT, BUCKET, CREATE_GRANT, KEY, LOG_GROUP, STORED_CREDENTIAL, StoreKind, Way,
    store_kinds,
};
pub(crate) use stores::{Lock, Replica, StoreFacts, StorePolicy};
pub(crate) use ways_in::{
    CREATE_ENDPOINT, Endpoint, EndpointService, Exposure, Likelihood, Past, WaysIn,
};
pub(crate) use workforce::{PermissionSet, WorkforceFacts, instance_id};
pub(crate) use workload_kinds::{CLUSTER, PIPELINE, Takeover, WorkloadKind, workload_kinds};
pub(crate) use workloads::OPENING;
pub(crate) use workloads::{SupplyName, WorkloadFacts};

/// Every resource type that facts are made of, some more than once.
pub fn read_types() -> impl Iterator<Item = &'static str> {
    PRINCIPAL_TYPES
        .into_iter()
        .chain(workloads::types())
        .chain(ways_in::types())
        .chain(function_policies::types())
        .chain(stores::types())
        .chain([access_points::ACCESS_POINT])
        .chain(networks::types())
        .chain(assembled::types())
        .chain(workforce::types())
        .chain(federation::types())
        .chain(evidence::types())
        .chain(sharing::types())
}

/// Whether facts are made of resources of this type.
#[must_use]
pub fn is_read(resource_type: &str) -> bool {
    read_types().any(|kind| kind == resource_type)
}

/// The types without which the principals of an account are not known.
pub const PRINCIPAL_TYPES: [&str; 4] = [
    "AWS::IAM::Group",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
];

/// The environment of an account and what the account counts for in scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name, such as `prod`.
    pub name: Arc<str>,
    /// The weight of an account of this environment in containment and exposure. Only ratios
    /// matter; 0 leaves the environment out of the scores, negative and non-finite numbers count
    /// as 0.
    pub weight: f64,
}

impl Environment {
    /// An environment by name and weight.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, weight: f64) -> Self {
        Self {
            name: name.into(),
            weight,
        }
    }
}

impl Default for Environment {
    /// `unclassified`, with weight 1.
    fn default() -> Self {
        Self::new("unclassified", 1.0)
    }
}

/// Something that has a say in who reaches what and could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unjudged {
    /// The resource that it belongs to.
    pub arn: Arn,
    /// What could not be read, and why.
    pub why: String,
}

/// Everything that is known, reduced to what the link kinds use.
///
/// ```
/// use blastwall_blast::{Environment, Facts, Graph};
///
/// let account = "111122223333".parse()?;
/// let mut facts = Facts::new();
/// facts.add_account(&account, Environment::new("dev", 1.0), &[]);
/// let graph = Graph::build(facts);
/// assert_eq!(graph.survey().accounts.len(), 1);
/// # Ok::<(), blastwall_model::IdError>(())
/// ```
#[derive(Debug, Default)]
pub struct Facts {
    pub(crate) organization: OrganizationFacts,
    pub(crate) accounts: BTreeMap<AccountId, AccountFacts>,
    pub(crate) environments: BTreeMap<AccountId, Environment>,
    pub(crate) policies: Policies,
    pub(crate) unjudged: Vec<Unjudged>,
    pub(crate) as_of: Option<String>,
    guests: Guests,
}

impl Facts {
    /// Nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing is known yet, and identity policies will be kept whatever actions they are about.
    pub(crate) fn keeping_everything() -> Self {
        Self {
            policies: Policies::keeping_everything(),
            ..Self::default()
        }
    }

    /// Says of which moment the facts are, as a date: what a policy lets happen only before is over. Without
    /// it everything that hangs on the time of a request stays in doubt.
    pub fn set_time(&mut self, moment: &str) {
        self.as_of = Some(moment.to_owned());
    }

    /// Adds the organization's own documents (`AWS::Organizations::*`); others are left alone.
    ///
    /// Without them every account stands alone, and no service control policy binds.
    pub fn add_organization(&mut self, documents: &[Document]) {
        self.organization
            .add(documents, &mut self.policies, &mut self.unjudged);
    }

    /// Says that documents of a type of the organization could not be listed, and why: where those are policies, what
    /// they may keep from happening is in doubt.
    pub fn add_organization_gap(&mut self, kind: &str, why: &str) {
        self.organization.add_gap(kind, why);
    }

    /// Adds an account that was looked into: users, groups, roles, managed policies and workloads of
    /// `documents`; others are left alone. Documents of other accounts are left alone too.
    ///
    /// An account may come in several parts, as long as a part with users or roles comes together
    /// with the groups and managed policies that they name, and what is a document of its own (an inline
    /// policy, a rule of a security group) with what it belongs to.
    pub fn add_account(
        &mut self,
        account: &AccountId,
        environment: Environment,
        documents: &[Document],
    ) {
        if self.accounts.contains_key(account) {
            self.guests.comes_in_parts(account);
        }
        let facts = AccountFacts::read(
            account,
            documents,
            &mut self.policies,
            &mut self.unjudged,
            &mut self.guests,
        );
        let known = self.accounts.entry(account.clone()).or_default();
        known.principals.extend(facts.principals);
        known.groups.extend(facts.groups);
        known.managed.extend(facts.managed);
        known.workloads.extend(facts.workloads);
        known.ways_in.extend(facts.ways_in);
        known.stores.extend(facts.stores);
        known.access_points.extend(facts.access_points);
        known.workforce.extend(facts.workforce);
        known.networks.extend(facts.networks);
        known.federation.extend(facts.federation);
        known.evidence.extend(facts.evidence);
        known.sharing.extend(facts.sharing);
        self.environments.insert(account.clone(), environment);
    }

    /// Reads again what stands in networks of other accounts, once all are known.
    pub(crate) fn settle(&mut self) {
        let guests = std::mem::take(&mut self.guests);
        guests.settle(&mut self.accounts, &mut self.policies);
    }

    /// Names the environment of an account that could not be looked into.
    pub fn set_environment(&mut self, account: &AccountId, environment: Environment) {
        self.environments.insert(account.clone(), environment);
    }
}

/// An error with all of its causes, on one line.
pub(crate) fn in_words(error: impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
