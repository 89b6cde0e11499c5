//! Workloads and what holds data, as rows, with what they name found: roles, keys, what they are made of.

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;

use blastwall_model::{AccountId, Arn};
use blastwall_policy::{GrantConstraint, KmsGrant, Principal};

use super::outside::{TrustSummary, summarize};
use super::{
    AccessPointRow, AccountIndex, AccountRow, FunctionPolicy, FunctionRow, PrincipalIndex,
    PrincipalRow, StoreIndex, StoreRow, SupplyRow, WorkloadIndex, WorkloadRow,
};
use crate::facts::networks::NetworkFacts;
use crate::facts::sharing::repository_party;
use crate::facts::{
    AccessPointFacts, BUCKET, Exposure, FunctionFacts, KEY, LOG_GROUP, Policies, PrincipalKind,
    StoreFacts, StoreKind, StorePolicy, SupplyName, WaysIn, WorkloadFacts,
};
use crate::links::FUNCTION_ACTIONS;
use crate::subject::OutsideParty;

/// The workloads of each account, with their roles found, and what each is made of; those that are neither
/// somebody nor somewhere are left out.
pub(super) fn workload_rows(
    facts: Vec<Vec<WorkloadFacts>>,
    ways_in: Vec<WaysIn>,
    accounts: &[AccountRow],
    principals: &[PrincipalRow],
    policies: &Policies,
    networks: &NetworkFacts,
) -> (Vec<WorkloadRow>, Vec<Vec<SupplyName>>) {
    let mut rows = Vec::new();
    for ((index, of_account), account) in facts.into_iter().enumerate().zip(accounts) {
        let mut roles: HashMap<&str, PrincipalIndex> = HashMap::new();
        if !of_account.is_empty() {
            for place in account.principals.clone() {
                if let Some(row) = principals.get(place)
                    && row.kind == PrincipalKind::Role
                {
                    let name = row.arn.resource().rsplit('/').next().unwrap_or_default();
                    roles.insert(name, PrincipalIndex::new(place));
                }
            }
        }
        let mut of_account: Vec<(WorkloadRow, Vec<SupplyName>)> = of_account
            .into_iter()
            .map(|workload| {
                (
                    WorkloadRow {
                        account: AccountIndex::new(index),
                        roles: workload
                            .roles
                            .iter()
                            .filter_map(|name| roles.get(name.as_str()).copied())
                            .collect(),
                        arn: workload.arn,
                        kind: workload.kind,
                        tags: workload.tags,
                        exposed: workload.exposed,
                        function: workload.function.map(|facts| function_row(facts, policies)),
                        hosts: workload
                            .interfaces
                            .into_iter()
                            .filter_map(|interface| interface.host(&networks.subnets))
                            .collect(),
                        entries: workload.entries,
                        issuer: workload.issuer,
                        opened_by: workload.opened_by,
                        is_silent: workload.is_silent,
                    },
                    workload.supplies,
                )
            })
            // What is neither somebody nor somewhere leads nowhere.
            .filter(|(row, _)| {
                let somewhere = !row.hosts.is_empty() || !row.exposed.is_empty();
                !row.roles.is_empty() || somewhere || row.issuer.is_some()
            })
            .collect();
        of_account.sort_by(|one, other| one.0.arn.cmp(&other.0.arn));
        of_account.dedup_by(|one, other| one.0.arn == other.0.arn);
        rows.extend(of_account);
    }
    let (mut rows, supplies): (Vec<WorkloadRow>, Vec<Vec<SupplyName>>) = rows.into_iter().unzip();
    expose(&mut rows, ways_in);
    (rows, supplies)
}

fn function_row(facts: FunctionFacts, policies: &Policies) -> FunctionRow {
    let stored = facts.policies.iter().filter_map(|(qualifier, index)| {
        let stored = policies.get(*index)?;
        Some(FunctionPolicy {
            qualifier: qualifier.clone(),
            policy: *index,
            summary: summarize(&stored.policy, FUNCTION_ACTIONS),
        })
    });
    FunctionRow {
        policies: stored.collect(),
        facts,
    }
}

/// Adds the ways in that lead from one account to what is in another.
fn expose(rows: &mut [WorkloadRow], ways_in: Vec<WaysIn>) {
    if ways_in.iter().all(WaysIn::is_empty) {
        return;
    }
    let places = Places::of(rows);
    let found = ways_in
        .into_iter()
        .flat_map(|ways| places.found(rows, ways));
    for (place, exposure) in found.collect::<Vec<_>>() {
        if let Some(row) = rows.get_mut(place) {
            row.exposed.push(exposure);
        }
    }
}

/// Workloads by what ways in name.
pub(super) struct Places {
    by_arn: HashMap<String, usize>,
    by_address: HashMap<Ipv4Addr, Vec<usize>>,
}

impl Places {
    pub(super) fn of(rows: &[WorkloadRow]) -> Self {
        let mut by_arn: HashMap<String, usize> = HashMap::new();
        let mut by_address: HashMap<Ipv4Addr, Vec<usize>> = HashMap::new();
        for (place, row) in rows.iter().enumerate() {
            by_arn.insert(row.arn.to_string(), place);
            for host in row.hosts.iter().filter(|host| host.listens()) {
                by_address.entry(host.address()).or_default().push(place);
            }
        }
        Self { by_arn, by_address }
    }

    /// The workloads that ways lead to.
    pub(super) fn found(&self, rows: &[WorkloadRow], ways: WaysIn) -> Vec<(usize, Exposure)> {
        let mut found = Vec::new();
        for (arn, exposures) in ways.to {
            let place = self.by_arn.get(&arn);
            found.extend(place.into_iter().flat_map(|place| {
                let exposures = exposures.iter().cloned();
                exposures.map(|exposure| (*place, exposure))
            }));
        }
        for to in ways.to_addresses {
            let places = self.by_address.get(&to.address).into_iter().flatten();
            for place in places {
                let mut hosts = rows.get(*place).into_iter().flat_map(|row| &row.hosts);
                let host = hosts.find(|host| host.listens() && host.address() == to.address);
                let vpc = host.map_or("", |host| host.vpc.as_str());
                // An address of the VPC itself is no other's.
                if vpc != to.vpc && to.inside {
                    continue;
                }
                let mut exposure = to.exposure.clone();
                if vpc != to.vpc {
                    let what = format!("{} leads to {} in {vpc}", to.vpc, to.address);
                    exposure.conditions.push(what);
                }
                found.push((*place, exposure));
            }
        }
        found
    }
}

/// What holds data in each account, with its key found.
pub(super) fn store_rows(
    facts: Vec<Vec<StoreFacts>>,
    accounts: &[AccountRow],
    principals: &[PrincipalRow],
    policies: &crate::facts::Policies,
) -> Vec<StoreRow> {
    let mut rows = Vec::new();
    let mut key_names = Vec::new();
    let mut key_aliases: Vec<(usize, String)> = Vec::new();
    for ((index, mut of_account), account) in facts.into_iter().enumerate().zip(accounts) {
        of_account.sort_by(|one, other| one.arn.cmp(&other.arn));
        of_account.dedup_by(|one, other| one.arn == other.arn);
        for store in of_account {
            let stored = match store.policy {
                StorePolicy::Policy(policy) => policies.get(policy),
                StorePolicy::None | StorePolicy::Unknown => None,
            };
            let looks_public = || {
                let of = account.id.as_str();
                let public = |policy| blastwall_policy::analysis::public_access(policy, of);
                stored.is_some_and(|stored| public(&stored.policy).is_some())
            };
            let public = store.policy_is_public.unwrap_or_else(looks_public);
            let doubts = [
                store.perhaps_encrypted.then_some(
                    "the key that it is encrypted under, which was not seen, lets the caller decrypt",
                ),
                (store.perhaps_restricted && public && !store.restricted).then_some(
                    "Block Public Access, which was not seen, does not keep the caller out",
                ),
            ];
            for alias in store.aliases {
                key_aliases.push((rows.len(), alias));
            }
            key_names.push(store.key);
            let constraints = store
                .grants
                .iter()
                .filter_map(|grant| grant.constraint.as_ref());
            let granted_contexts = constraints
                .flat_map(|constraint| match constraint {
                    GrantConstraint::Equals(pairs) | GrantConstraint::Subset(pairs) => pairs.keys(),
                })
                .cloned()
                .collect();
            let (grantees, grants) = store
                .grants
                .into_iter()
                .filter_map(|grant| {
                    let constraint = grant.constraint;
                    let grantee = grantee(grant.grantee, accounts, principals);
                    let principal = Principal::parse(&grantee).ok()?;
                    let grant = KmsGrant::new(principal, ["Decrypt"], constraint);
                    Some((grantee, grant))
                })
                .unzip();
            rows.push(StoreRow {
                account: AccountIndex::new(index),
                summary: stored.map_or_else(TrustSummary::default, |stored| {
                    let actions: Vec<_> = store.kind.actions().collect();
                    summarize(&stored.policy, &actions)
                }),
                restricted: store.restricted && public,
                own_key: store.own_key,
                region: store.region,
                tags: store.tags,
                bucket_key: store.bucket_key,
                unusable: store.unusable,
                in_network: store.in_network,
                asked: asked(&store.arn, store.kind),
                arn: store.arn,
                kind: store.kind,
                policy: store.policy,
                acl: store.acl.and_then(|index| {
                    let actions: Vec<_> = store.kind.actions().collect();
                    let stored = policies.get(index)?;
                    Some((index, summarize(&stored.policy, &actions)))
                }),
                key: None,
                grants,
                grantees,
                granted_contexts,
                shared_with: store.shared_with,
                share_doubt: store.share_doubt,
                doubts: doubts.into_iter().flatten().map(str::to_owned).collect(),
                public: store.public,
                shares_unknown: store.shares_unknown,
                immutable: store.immutable,
                lock: store.lock,
                versioned: store.versioned,
                replicas: store.replicas,
            });
        }
    }
    let mut keys: HashMap<String, StoreIndex> = HashMap::new();
    for (place, row) in rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.kind.kind == KEY)
    {
        let id = row.arn.resource().rsplit('/').next().unwrap_or_default();
        let in_account = format!("{}/{id}", row.arn.account());
        keys.insert(row.arn.to_string(), StoreIndex::new(place));
        keys.insert(in_account, StoreIndex::new(place));
    }
    for (place, alias) in key_aliases {
        let Some(key) = rows.get(place) else { continue };
        let (partition, account) = (key.arn.partition(), key.arn.account());
        let arn = format!("arn:{partition}:kms:{}:{account}:{alias}", key.region);
        let in_account = format!("{account}/{}/{alias}", key.region);
        keys.insert(arn, StoreIndex::new(place));
        keys.insert(in_account, StoreIndex::new(place));
    }
    for (row, name) in rows.iter_mut().zip(key_names) {
        let Some(name) = name else { continue };
        let account = accounts.get(row.account.index());
        let in_account = |name: &str| account.map(|account| format!("{}/{name}", account.id));
        let named = [
            Some(name.clone()),
            in_account(&name),
            in_account(&format!("{}/{name}", row.region)),
        ];
        row.key = named
            .iter()
            .flatten()
            .find_map(|name| keys.get(name))
            .copied();
        if row.key.is_none() {
            let unseen = format!("the key {name}, which was not seen, lets the caller decrypt");
            row.doubts.push(unseen);
        }
    }
    rows
}

/// The access points of each account whose buckets are at hand.
pub(super) fn access_point_rows(
    facts: Vec<Vec<AccessPointFacts>>,
    stores: &[StoreRow],
    policies: &Policies,
) -> Vec<AccessPointRow> {
    let buckets: HashMap<&str, StoreIndex> = stores
        .iter()
        .enumerate()
        .filter(|(_, row)| row.kind.kind == BUCKET)
        .map(|(place, row)| (row.arn.resource(), StoreIndex::new(place)))
        .collect();
    let mut rows = Vec::new();
    for (account, mut of_account) in facts.into_iter().enumerate() {
        of_account.sort_by(|one, other| one.arn.cmp(&other.arn));
        of_account.dedup_by(|one, other| one.arn == other.arn);
        for point in of_account {
            let Some(bucket) = buckets.get(point.bucket.as_str()) else {
                continue;
            };
            let stored = match point.policy {
                StorePolicy::Policy(policy) => policies.get(policy),
                StorePolicy::None | StorePolicy::Unknown => None,
            };
            let public = stored.is_some_and(|stored| {
                blastwall_policy::analysis::public_access(&stored.policy, "").is_some()
            });
            rows.push(AccessPointRow {
                account: AccountIndex::new(account),
                arn: point.arn,
                bucket: *bucket,
                policy: point.policy,
                summary: stored.map_or_else(TrustSummary::default, |stored| {
                    summarize(&stored.policy, &["s3:GetObject"])
                }),
                in_network: point.in_network,
                closed: point.restricted && public,
            });
        }
    }
    rows
}

/// The ARN by which requests name it.
fn asked(arn: &Arn, kind: &StoreKind) -> String {
    let text = arn.as_str();
    if kind.kind == LOG_GROUP {
        // They are listed with an end that stands for all streams.
        return text.strip_suffix(":*").unwrap_or(text).to_owned();
    }
    if !kind.ownerless {
        return text.to_owned();
    }
    let (partition, service, region) = (arn.partition(), arn.service(), arn.region());
    format!("arn:{partition}:{service}:{region}::{}", arn.resource())
}

/// Whom a grant names: of a session, the role behind it, whose sessions whoever has the role names.
fn grantee(name: String, accounts: &[AccountRow], principals: &[PrincipalRow]) -> String {
    let Ok(Principal::RoleSession { account, role, .. }) = Principal::parse(&name) else {
        return name;
    };
    let of_account = accounts
        .iter()
        .find(|row| *row.id.as_str() == *account)
        .map_or(0..0, |row| row.principals.clone());
    let mut roles = principals.get(of_account).into_iter().flatten();
    let behind = roles.find(|row| {
        row.kind == PrincipalKind::Role && row.arn.resource().rsplit('/').next() == Some(&role)
    });
    behind.map_or(name, |row| row.arn.to_string())
}

/// What each workload is made of: from which store at hand, or at least of whose account.
pub(super) fn supplies(
    names: &[Vec<SupplyName>],
    workloads: &[WorkloadRow],
    stores: &[StoreRow],
    accounts: &HashMap<AccountId, AccountIndex>,
) -> Vec<SupplyRow> {
    if names.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let mut by_name: BTreeMap<&str, StoreIndex> = BTreeMap::new();
    for (place, row) in stores.iter().enumerate() {
        by_name.insert(row.arn.as_str(), StoreIndex::new(place));
        // Images go by their id alone, which is of no account.
        let id = row.arn.resource().rsplit('/').next().unwrap_or_default();
        if id.starts_with("ami-") {
            by_name.insert(id, StoreIndex::new(place));
        }
    }
    let mut rows = Vec::new();
    for (place, (names, workload)) in names.iter().zip(workloads).enumerate() {
        for supply in names {
            let store = by_name.get(supply.name.as_str()).copied();
            let owner: Option<AccountId> = supply
                .name
                .split(':')
                .nth(4)
                .and_then(|account| account.parse().ok());
            let account = owner.as_ref().and_then(|id| accounts.get(id)).copied();
            let outside = match (&owner, account, store) {
                (Some(id), None, None) => Some(OutsideParty::Account { id: id.clone() }),
                _ => repository_party(&supply.name)
                    .map(|repository| OutsideParty::Repository { repository }),
            };
            // That an account supplies itself goes without saying.
            let own = store.is_none() && account == Some(workload.account);
            if own || (store.is_none() && account.is_none() && outside.is_none()) {
                continue;
            }
            rows.push(SupplyRow {
                workload: WorkloadIndex::new(place),
                name: supply.name.clone(),
                object: supply.object.clone(),
                store,
                account,
                outside,
                pinned: supply.pinned,
            });
        }
    }
    rows
}
