//! Which accounts may start hosts in which VPC: the owner in every subnet, and whom a subnet is shared with
//! in that one.
//!
//! Source: Amazon VPC User Guide, "Share your VPC subnets with other accounts" (participants start what
//! they like in a shared subnet, with security groups of their own or such as are shared with them, and
//! not with those of the owner or of each other).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{AccountIndex, AccountRow, WorkloadRow};
use crate::facts::networks::{NetworkFacts, SecurityGroupFacts};

/// An account that may start hosts in a VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Starter {
    pub(crate) account: AccountIndex,
    /// Its id.
    id: String,
    pub(crate) vpc: String,
    /// Where it may start them.
    pub(crate) subnets: Arc<[String]>,
    /// Security groups that it may take though they are not its own.
    groups: BTreeSet<String>,
}

impl Starter {
    /// Whether its hosts may have this security group: one of the VPC that is its own, or that it is
    /// given.
    pub(crate) fn takes(&self, name: &str, group: &SecurityGroupFacts) -> bool {
        group.vpc.as_deref() == Some(&self.vpc)
            && (group.owner == self.id || self.groups.contains(name))
    }
}

/// Those who may start hosts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Starters {
    /// By VPC.
    all: BTreeMap<String, Vec<Starter>>,
    /// The VPCs that an account may start hosts in.
    vpcs: BTreeMap<AccountIndex, Vec<String>>,
}

/// What an account may use of a VPC.
#[derive(Default)]
struct Part {
    subnets: BTreeSet<String>,
    groups: BTreeSet<String>,
}

impl Starters {
    pub(super) fn new(
        networks: &NetworkFacts,
        accounts: &[AccountRow],
        workloads: &[WorkloadRow],
        organization: Option<&str>,
    ) -> Self {
        let by_id: BTreeMap<&str, usize> = (0..)
            .zip(accounts)
            .map(|(place, row)| (row.id.as_str(), place))
            .collect();
        let with = |names: &BTreeSet<String>| -> BTreeSet<usize> {
            let all = names.iter();
            all.flat_map(|name| shared_with(name, &by_id, accounts, organization))
                .collect()
        };
        let mut hosts: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        let mut groups: BTreeMap<(&str, usize), BTreeSet<String>> = BTreeMap::new();
        for row in workloads {
            for host in &row.hosts {
                let account = row.account.index();
                hosts.entry(&host.subnet).or_default().insert(account);
                let own = groups.entry((&host.vpc, account)).or_default();
                own.extend(host.groups.iter().cloned());
            }
        }
        for (id, shared) in &networks.shares.0 {
            let vpc = networks
                .groups
                .get(id)
                .and_then(|group| group.vpc.as_deref());
            if let Some(vpc) = vpc {
                for account in with(&shared.with) {
                    groups.entry((vpc, account)).or_default().insert(id.clone());
                }
            }
        }
        let owners = owners(networks);
        let mut parts: BTreeMap<(&str, usize), Part> = BTreeMap::new();
        for (id, subnet) in &networks.subnets {
            let vpc = subnet.vpc.as_str();
            let owners = owners.get(vpc).into_iter().flatten();
            let told_by = subnet.told_by.iter().map(String::as_str);
            let named = owners.copied().chain(told_by);
            let named = named.filter_map(|account| by_id.get(account).copied());
            let shared = networks.shares.0.get(id).map(|shared| with(&shared.with));
            // Whoever has a host there started it there.
            let hosts = hosts.get(id.as_str()).into_iter().flatten().copied();
            for account in named.chain(shared.into_iter().flatten()).chain(hosts) {
                let part = parts.entry((vpc, account)).or_default();
                part.subnets.insert(id.clone());
            }
        }
        for (place, part) in &mut parts {
            part.groups
                .extend(groups.remove(place).into_iter().flatten());
        }
        // Thousands of accounts may have the same subnets.
        let mut known: BTreeSet<Arc<[String]>> = BTreeSet::new();
        let mut starters = Self::default();
        for ((vpc, account), part) in parts {
            let Some(row) = accounts.get(account) else {
                continue;
            };
            let subnets: Arc<[String]> = part.subnets.into_iter().collect();
            let subnets = known.get(&subnets).cloned().unwrap_or(subnets);
            known.insert(Arc::clone(&subnets));
            let account = AccountIndex::new(account);
            let vpcs = starters.vpcs.entry(account).or_default();
            vpcs.push(vpc.to_owned());
            starters
                .all
                .entry(vpc.to_owned())
                .or_default()
                .push(Starter {
                    account,
                    id: row.id.to_string(),
                    vpc: vpc.to_owned(),
                    subnets,
                    groups: part.groups,
                });
        }
        starters
    }

    /// Those who may start hosts in a VPC.
    pub(crate) fn of(&self, vpc: &str) -> &[Starter] {
        self.all.get(vpc).map_or(&[], Vec::as_slice)
    }

    /// Where an account may start hosts.
    pub(crate) fn by(&self, account: AccountIndex) -> impl Iterator<Item = &Starter> {
        let vpcs = self.vpcs.get(&account).into_iter().flatten();
        vpcs.filter_map(move |vpc| {
            let starters = self.of(vpc);
            // They are sorted by account.
            let place = starters.binary_search_by_key(&account, |starter| starter.account);
            starters.get(place.ok()?)
        })
    }
}

/// The accounts that own VPCs: what shares say comes before what documents say, and what joins networks is
/// asked last.
fn owners<'w>(networks: &'w NetworkFacts) -> BTreeMap<&'w str, BTreeSet<&'w str>> {
    let mut owners: BTreeMap<&'w str, BTreeSet<&'w str>> = BTreeMap::new();
    for (id, shared) in &networks.shares.0 {
        if let Some(subnet) = networks.subnets.get(id) {
            let own = owners.entry(&subnet.vpc).or_default();
            own.extend(shared.owners.iter().map(String::as_str));
        }
    }
    let mut add_unless_told = |told: Vec<(&'w str, Vec<&'w str>)>| {
        let told: Vec<_> = told
            .into_iter()
            .filter(|(vpc, _)| !owners.contains_key(vpc))
            .collect();
        for (vpc, accounts) in told {
            owners.entry(vpc).or_default().extend(accounts);
        }
    };
    let of_documents = networks.owners.iter();
    let of_documents = of_documents.map(|(vpc, owners)| {
        (
            vpc.as_str(),
            owners.all().iter().map(String::as_str).collect(),
        )
    });
    add_unless_told(of_documents.collect());
    let ends = networks.peerings.values().flatten();
    let ends = ends.map(|end| (end.vpc.as_str(), vec![end.account.as_str()]));
    let attachments = networks.transit.attachments.values().map(|told| {
        let owner = told.owner.as_ref().unwrap_or(&told.account);
        (told.vpc.as_str(), vec![owner.as_str()])
    });
    add_unless_told(ends.chain(attachments).collect());
    owners
}

/// The accounts that a share is for: an account by its id, those of an organizational unit or of the
/// organization by its ARN.
fn shared_with(
    name: &str,
    by_id: &BTreeMap<&str, usize>,
    accounts: &[AccountRow],
    organization: Option<&str>,
) -> Vec<usize> {
    let resource = name.splitn(6, ':').nth(5).unwrap_or_default();
    let mut parts = resource.split('/');
    let (kind, whose, unit) = (parts.next(), parts.next(), parts.next());
    let unit = match kind {
        Some("organization") => None,
        Some("ou") => unit,
        _ => return by_id.get(name).copied().into_iter().collect(),
    };
    if whose.is_none() || whose != organization {
        return Vec::new();
    }
    let is_in = |row: &AccountRow| {
        let path = row.organization_path.as_deref();
        path.is_some_and(|path| unit.is_none_or(|unit| path.split('/').any(|part| part == unit)))
    };
    let members = (0..).zip(accounts).filter(|(_, row)| is_in(row));
    members.map(|(place, _)| place).collect()
}
