//! From facts to the indexed world.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use blastwall_model::{AccountId, Arn};
use blastwall_policy::{Effect, Principal};

use super::endpoint_services::endpoint_service_rows;
use super::evidence::{Places, evidence_rows};
use super::guards::Guard;
use super::keys::{asks_for, asks_for_time, context_keys, tag_keys, user_ids};
use super::makeable::makeable;
use super::outside::{ASSUME_ROLE, ENTRIES, TrustSummary, summarize};
use super::resources::{access_point_rows, store_rows, supplies, workload_rows};
use super::workforce::Assigned;
use super::{
    AccessPointRow, AccountIndex, AccountRow, EndpointServiceRow, Levels, LevelsIndex,
    OutsideIndex, PrincipalIndex, PrincipalRow, StoreIndex, StoreRow, SupplyRow, WorkloadIndex,
    WorkloadRow, World, starters::Starters, transit::Transit,
};
use crate::facts::{
    Boundary, Credentials, EvidenceFacts, Facts, FederationFacts, OrganizationFacts, PolicyIndex,
    PolicyType, PrincipalFacts, PrincipalKind, StorePolicy, Trust, WorkforceFacts,
    networks::NetworkFacts, sharing::SharingFacts,
};
use crate::regions::told_apart;
use crate::subject::OutsideParty;

/// Numbers equal policy sets equally, because accounts of one unit share theirs.
#[derive(Default)]
struct LevelsInterner {
    all: Vec<Levels>,
    by_content: HashMap<Levels, LevelsIndex>,
}

impl LevelsInterner {
    fn intern(&mut self, levels: Levels) -> LevelsIndex {
        if let Some(index) = self.by_content.get(&levels) {
            return *index;
        }
        let index = LevelsIndex::new(self.all.len());
        self.by_content.insert(levels.clone(), index);
        self.all.push(levels);
        index
    }
}

impl World {
    pub(crate) fn build(mut facts: Facts) -> Self {
        facts.settle();
        let Facts {
            organization,
            accounts: mut account_facts,
            environments,
            mut policies,
            as_of,
            ..
        } = facts;
        policies.finish();

        let mut set_aside = BTreeMap::new();
        let mut ids: BTreeSet<AccountId> = account_facts.keys().cloned().collect();
        for (id, membership) in &organization.accounts {
            if membership.is_active() {
                ids.insert(id.clone());
            } else {
                // Whatever documents there are of it, nobody can act in it.
                ids.remove(id);
                let status = membership.status.as_deref().unwrap_or_default();
                set_aside.insert(id.clone(), format!("its status is {status}"));
            }
        }
        ids.extend(organization.management_account.clone());

        let mut interner = LevelsInterner::default();
        let mut accounts = Vec::new();
        for id in &ids {
            let mut row = account_row(id, &organization, &policies, &mut interner);
            row.seen = account_facts.contains_key(id);
            row.environment = environments.get(id).cloned().unwrap_or_default();
            accounts.push(row);
        }
        let accounts_by_id: HashMap<_, _> = ids
            .iter()
            .enumerate()
            .map(|(index, id)| (id.clone(), AccountIndex::new(index)))
            .collect();

        let mut workload_facts = Vec::new();
        let mut ways_in = Vec::new();
        let mut services = Vec::new();
        let mut endpoints = Vec::new();
        let mut store_facts = Vec::new();
        let mut access_point_facts = Vec::new();
        let mut workforce = WorkforceFacts::default();
        let mut networks = NetworkFacts::default();
        let mut federation = Vec::new();
        let mut evidence = EvidenceFacts::default();
        let mut sharing = SharingFacts::default();
        let mut by_account: Vec<BTreeMap<Arn, PrincipalFacts>> = ids
            .iter()
            .zip(&mut accounts)
            .map(|(id, row)| {
                let mut facts = account_facts.remove(id).unwrap_or_default();
                row.groups = facts.groups;
                row.managed = facts.managed;
                workload_facts.push(facts.workloads);
                services.append(&mut facts.ways_in.services);
                endpoints.append(&mut facts.ways_in.endpoints);
                ways_in.push(facts.ways_in);
                store_facts.push(facts.stores);
                access_point_facts.push(facts.access_points);
                workforce.extend(facts.workforce);
                networks.extend(facts.networks);
                federation.push(facts.federation);
                evidence.extend(facts.evidence);
                sharing.extend(facts.sharing);
                facts
                    .principals
                    .into_iter()
                    .map(|principal| (principal.arn.clone(), principal))
                    .collect()
            })
            .collect();
        let trusts = summarize_trusts(&by_account, &policies);
        for arn in named_elsewhere(&by_account, &trusts, &policies) {
            let account = accounts_by_id.get(arn.account());
            let unseen = account.filter(|index| {
                accounts
                    .get(index.index())
                    .is_some_and(|row: &AccountRow| !row.seen)
            });
            if let Some(principals) = unseen.and_then(|index| by_account.get_mut(index.index())) {
                principals.insert(arn.clone(), unseen_principal(arn));
            }
        }

        let mut principals = Vec::new();
        for (index, of_account) in by_account.into_iter().enumerate() {
            let start = principals.len();
            principals.extend(
                of_account
                    .into_values()
                    .map(|principal| principal_row(AccountIndex::new(index), principal)),
            );
            if let Some(row) = accounts.get_mut(index) {
                row.principals = start..principals.len();
            }
        }
        let principals_by_arn = principals
            .iter()
            .enumerate()
            .map(|(index, row)| (row.arn.clone(), PrincipalIndex::new(index)))
            .collect();
        let (workloads, supply_names) = workload_rows(
            workload_facts,
            ways_in,
            &accounts,
            &principals,
            &policies,
            &networks,
        );
        let endpoint_services = endpoint_service_rows(services, endpoints, &workloads, &policies);
        let starters = Starters::new(&networks, &accounts, &workloads, organization.id.as_deref());
        let stores = store_rows(store_facts, &accounts, &principals, &policies);
        let access_points = access_point_rows(access_point_facts, &stores, &policies);
        let supplies = supplies(&supply_names, &workloads, &stores, &accounts_by_id);
        let mut outside = outside_parties(
            &trusts,
            &stores,
            &workloads,
            &access_points,
            &supplies,
            |id| accounts_by_id.contains_key(id) || set_aside.contains_key(id),
            organization.id.as_deref(),
        );
        // Whoever asks what strangers reach gets an answer, and be it that they reach nothing.
        outside.push(OutsideParty::Anyone);
        federation.retain(|facts| !facts.is_empty());
        outside.extend(federation.iter().flat_map(federated_parties));
        let assigned = Assigned::new(workforce, &accounts, &accounts_by_id, &principals);
        outside.extend(assigned.parties());
        outside.extend(supplies.iter().filter_map(|supply| supply.outside.clone()));
        let of_services = endpoint_services
            .iter()
            .flat_map(EndpointServiceRow::accounts);
        let strangers = sharing.accounts().chain(of_services);
        let strangers = strangers.filter_map(|id| id.parse().ok());
        let strangers =
            strangers.filter(|id| !accounts_by_id.contains_key(id) && !set_aside.contains_key(id));
        outside.extend(strangers.map(|id| OutsideParty::Account { id }));
        outside.sort();
        outside.dedup();
        let stores_by_arn = stores
            .iter()
            .enumerate()
            .map(|(index, row)| (row.arn.clone(), StoreIndex::new(index)))
            .collect();
        let workloads_by_arn = workloads
            .iter()
            .enumerate()
            .map(|(index, row)| (row.arn.clone(), WorkloadIndex::new(index)))
            .collect();
        let outside_by_party: HashMap<_, _> = outside
            .iter()
            .enumerate()
            .map(|(index, party)| (party.clone(), OutsideIndex::new(index)))
            .collect();
        let workforce = assigned.numbered(&outside_by_party);
        let partition = principals
            .first()
            .map_or("aws", |row: &PrincipalRow| row.arn.partition())
            .to_owned();
        let management = organization
            .management_account
            .as_ref()
            .and_then(|id| accounts_by_id.get(id).copied());
        let regions = told_apart(&policies, &partition);
        let guards = Guard::of(&organization, &policies);
        let delegation = organization.resource_policy.and_then(|(arn, policy)| {
            let summary = summarize(
                &policies.get(policy)?.policy,
                crate::links::POLICY_ADMINISTRATION,
            );
            Some((arn, policy, summary))
        });
        let delegated = delegated(&organization.delegated, &accounts_by_id);
        let mut set_roles: BTreeMap<String, Vec<PrincipalIndex>> = BTreeMap::new();
        for (place, row) in principals.iter().enumerate() {
            if let Some(name) = row.permission_set() {
                let roles = set_roles.entry(name.to_owned()).or_default();
                roles.push(PrincipalIndex::new(place));
            }
        }
        let (makeable, not_made) = makeable(&accounts, &principals, &policies, &trusts, &partition);
        let doors_ask_for_tags = {
            let trusting = trusts.keys().copied();
            let stores = stores.iter().filter_map(|row| match row.policy {
                StorePolicy::Policy(index) => Some(index),
                StorePolicy::Unknown | StorePolicy::None => None,
            });
            let over = accounts
                .iter()
                .filter_map(|row| interner.all.get(row.rcps.index()));
            let over = over.flatten().flatten().map(|from| from.policy);
            let mut doors = trusting.chain(stores).chain(over);
            doors.any(|index| {
                let stored = policies.get(index);
                stored.is_some_and(|stored| stored.asks_for_tags)
            })
        };
        Self {
            evidence: evidence_rows(
                &evidence,
                &stores,
                &accounts,
                &accounts_by_id,
                &delegated,
                &Places {
                    partition: &partition,
                    regions: &regions,
                    policies: &policies,
                },
            ),
            federation,
            sharing,
            tag_keys: tag_keys(&policies),
            doors_ask_for_tags,
            makeable,
            not_made,
            workforce,
            set_roles,
            regions,
            context_keys: context_keys(&policies, &stores),
            user_ids: user_ids(&policies),
            asks_via_service: asks_for(&policies, "aws:viaawsservice"),
            as_of: as_of.filter(|_| asks_for_time(&policies)),
            policies,
            accounts,
            principals,
            workloads,
            stores,
            access_points,
            transit: Transit::new(&networks),
            endpoint_services,
            starters,
            networks,
            supplies,
            outside,
            levels: interner.all,
            guards,
            organization_id: organization.id,
            management,
            feature_set: organization.feature_set,
            delegated,
            delegation,
            organization_features: organization.features,
            trusted_services: organization.trusted_services,
            partition,
            set_aside,
            trusts,
            accounts_by_id,
            principals_by_arn,
            outside_by_party,
            workloads_by_arn,
            stores_by_arn,
        }
    }
}

/// Those who come to an account's roles by its services of that kind.
fn federated_parties(facts: &FederationFacts) -> Vec<OutsideParty> {
    let pools = facts.pools.iter();
    let strangers = facts
        .pools
        .iter()
        .any(|pool| pool.guests.is_some() || pool.open == Some(true));
    pools
        .map(crate::links::application_users)
        .chain(facts.anchors.iter().map(crate::links::certificate_holder))
        .chain(
            facts
                .directories
                .iter()
                .map(|one| crate::links::directory(one)),
        )
        .chain(strangers.then_some(OutsideParty::Anyone))
        .collect()
}

/// By service, the accounts at hand that it is delegated to.
fn delegated(
    by_account: &BTreeMap<AccountId, Vec<String>>,
    accounts: &HashMap<AccountId, AccountIndex>,
) -> BTreeMap<String, Vec<AccountIndex>> {
    let mut delegated: BTreeMap<String, Vec<AccountIndex>> = BTreeMap::new();
    for (account, services) in by_account {
        let Some(index) = accounts.get(account) else {
            continue;
        };
        for service in services {
            delegated.entry(service.clone()).or_default().push(*index);
        }
    }
    delegated
}

fn account_row(
    id: &AccountId,
    organization: &OrganizationFacts,
    policies: &crate::facts::Policies,
    interner: &mut LevelsInterner,
) -> AccountRow {
    let membership = organization.accounts.get(id);
    let is_management = organization.management_account.as_ref() == Some(id);
    let member = membership.is_some() || is_management;
    // Neither kind of policy touches the management account. AWS Organizations User Guide,
    // "Tasks and entities not restricted by SCPs", and the same for RCPs.
    let bound = member && !is_management;
    let mut levels = |policy_type| {
        interner.intern(if bound {
            organization.levels(policy_type, id, policies)
        } else {
            Levels::new()
        })
    };
    let unreadable = |policy_type| {
        if bound {
            organization.unreadable(policy_type, id)
        } else {
            Vec::new()
        }
    };
    AccountRow {
        id: id.clone(),
        name: membership.and_then(|membership| membership.name.clone()),
        environment: crate::facts::Environment::default(),
        member,
        seen: false,
        scps: levels(PolicyType::ServiceControl),
        rcps: levels(PolicyType::ResourceControl),
        scp_gaps: unreadable(PolicyType::ServiceControl),
        rcp_gaps: unreadable(PolicyType::ResourceControl),
        organization_path: organization
            .id
            .as_ref()
            .filter(|_| member)
            .map(|organization_id| {
                let mut path = organization.lineage(id);
                path.pop();
                format!("{organization_id}/{}/", path.join("/"))
            }),
        principals: 0..0,
        groups: Vec::new(),
        managed: Vec::new(),
    }
}

fn principal_row(account: AccountIndex, facts: PrincipalFacts) -> PrincipalRow {
    PrincipalRow {
        account,
        principal: Principal::parse(facts.arn.as_str()).ok(),
        arn: facts.arn,
        kind: facts.kind,
        identity: facts.identity,
        boundary: facts.boundary,
        gaps: facts.gaps,
        trust: facts.trust,
        tags: facts.tags,
        shaped_by: facts.shaped_by,
        in_instance_profile: facts.in_instance_profile,
        credentials: facts.credentials,
        unique_id: facts.unique_id,
    }
}

/// A principal that a policy names and whose account was not looked into.
fn unseen_principal(arn: Arn) -> PrincipalFacts {
    let kind = if arn.resource().starts_with("user/") {
        PrincipalKind::User
    } else {
        PrincipalKind::Role
    };
    PrincipalFacts {
        gaps: vec![format!("account {} was not looked into", arn.account())],
        arn,
        kind,
        identity: Vec::new(),
        boundary: Boundary::Unknown,
        trust: match kind {
            PrincipalKind::User => Trust::NotApplicable,
            PrincipalKind::Role => Trust::Unknown,
        },
        tags: None,
        shaped_by: Vec::new(),
        in_instance_profile: None,
        credentials: Credentials::default(),
        unique_id: None,
    }
}

fn summarize_trusts(
    accounts: &[BTreeMap<Arn, PrincipalFacts>],
    policies: &crate::facts::Policies,
) -> HashMap<PolicyIndex, TrustSummary> {
    let mut trusts = HashMap::new();
    for principal in accounts.iter().flat_map(BTreeMap::values) {
        if let Trust::Policy(index) = principal.trust {
            trusts.entry(index).or_insert_with(|| {
                policies
                    .get(index)
                    .map(|stored| summarize(&stored.policy, &ENTRIES))
                    .unwrap_or_default()
            });
        }
    }
    trusts
}

/// Users and roles that trust policies name, and roles that identity policies name, exactly.
fn named_elsewhere(
    accounts: &[BTreeMap<Arn, PrincipalFacts>],
    trusts: &HashMap<PolicyIndex, TrustSummary>,
    policies: &crate::facts::Policies,
) -> BTreeSet<Arn> {
    let mut named = BTreeSet::new();
    for principal in trusts.values().flat_map(|summary| &summary.identities) {
        if matches!(principal, Principal::User { .. } | Principal::Role { .. }) {
            named.extend(principal.as_str().parse::<Arn>().ok());
        }
    }
    let identity: BTreeSet<PolicyIndex> = accounts
        .iter()
        .flat_map(BTreeMap::values)
        .flat_map(|principal| principal.identity.iter().map(|from| from.policy))
        .collect();
    for index in identity {
        named.extend(named_roles(index, policies));
    }
    named
}

/// The roles that an identity policy lets be assumed by their exact ARN.
pub(crate) fn named_roles(
    index: PolicyIndex,
    policies: &crate::facts::Policies,
) -> impl Iterator<Item = Arn> + '_ {
    policies
        .get(index)
        .into_iter()
        .flat_map(|stored| &stored.policy.statements)
        .filter(|statement| {
            statement.effect == Effect::Allow && statement.actions.covers(ASSUME_ROLE)
        })
        .filter_map(|statement| statement.resources.as_ref())
        .filter(|clause| !clause.negated)
        .flat_map(|clause| &clause.patterns)
        .filter(|pattern| pattern.is_fixed())
        .filter_map(|pattern| pattern.as_str().parse::<Arn>().ok())
        .filter(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"))
}

fn outside_parties(
    trusts: &HashMap<PolicyIndex, TrustSummary>,
    stores: &[StoreRow],
    workloads: &[WorkloadRow],
    access_points: &[AccessPointRow],
    supplies: &[SupplyRow],
    is_inside: impl Fn(&AccountId) -> bool,
    organization: Option<&str>,
) -> Vec<OutsideParty> {
    let mut parties = BTreeSet::new();
    let supplying: BTreeSet<&Arn> = supplies
        .iter()
        .filter_map(|supply| stores.get(supply.store?.index()))
        .map(|row| &row.arn)
        .collect();
    let outside = |id: &str| {
        let id: AccountId = id.parse().ok()?;
        (!is_inside(&id)).then_some(OutsideParty::Account { id })
    };
    // Whoever writes what others run chooses the key.
    let open_stores = stores
        .iter()
        .filter(|row| !row.is_closed() || (!row.restricted && supplying.contains(&row.arn)));
    let functions = workloads.iter().filter_map(|row| row.function.as_ref());
    let functions = functions.flat_map(|function| &function.policies);
    let open_points = access_points.iter().filter(|row| !row.closed);
    let summaries = trusts
        .values()
        .chain(open_stores.map(|row| &row.summary))
        .chain(open_points.map(|row| &row.summary))
        .chain(functions.map(|policy| &policy.summary));
    for summary in summaries {
        if summary.anyone {
            parties.insert(OutsideParty::Anyone);
            parties.extend(
                summary
                    .condition_accounts
                    .iter()
                    .filter_map(|id| outside(id)),
            );
            parties.extend(
                summary
                    .organizations
                    .iter()
                    .filter(|id| Some(&***id) != organization)
                    .map(|id| OutsideParty::Organization { id: id.to_string() }),
            );
        }
        parties.extend(summary.accounts.iter().filter_map(|id| outside(id)));
        parties.extend(
            summary
                .identities
                .iter()
                .filter_map(|principal| outside(principal.account()?)),
        );
    }
    for row in stores {
        // A service that reads may read for anyone.
        if row.public || row.acl.is_some() || !row.summary.services.is_empty() {
            parties.insert(OutsideParty::Anyone);
        }
        parties.extend(row.shared_with.iter().filter_map(|id| outside(id)));
        let granted = row.grantees.iter();
        parties.extend(granted.filter_map(|grantee| outside(grantee.split(':').nth(4)?)));
        let copied_to = row.replicas.iter().filter_map(|copy| copy.account.as_ref());
        parties.extend(copied_to.filter_map(|id| outside(id)));
    }
    // That a service uses a bucket or key is no way in.
    for summary in trusts.values() {
        if !summary.open_issuers.is_empty() {
            parties.insert(OutsideParty::Anyone);
        }
        parties.extend(summary.services.iter().map(|name| OutsideParty::Service {
            name: name.to_string(),
        }));
        parties.extend(
            summary
                .federated
                .iter()
                .map(|provider| OutsideParty::IdentityProvider {
                    provider: provider.to_string(),
                }),
        );
        let workflows = summary.workflows.iter();
        parties.extend(workflows.map(|(provider, subject)| OutsideParty::Workflow {
            provider: provider.to_string(),
            subject: subject.to_string(),
        }));
    }
    parties.into_iter().collect()
}
