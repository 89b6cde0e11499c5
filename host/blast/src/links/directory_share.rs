//! Whoever administers a directory administers the hosts that are joined to it, those of accounts that it is
//! shared with too.

use std::collections::{BTreeMap, BTreeSet};

use super::access::Gate;
use super::power::better;
use super::ssm_share::{Instances, instances, targets};
use super::{Deriver, LinkDocumentation, LinkKind, changers};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::sharing::{Association, DirectoryFacts, JOIN};
use crate::judge::{Judge, Judgement};
use crate::world::{StoreIndex, WorkloadIndex, World};

pub(super) struct DirectoryShare;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "directory-share",
    name: "Directory of hosts",
    family: "network",
    source: "principal that may reset passwords of the directory's users (ds:ResetUserPassword), or the whole \
        account that owns it",
    target: "hosts that are joined to the directory, of the account and of those that it is shared with",
    precondition: "an association of Systems Manager, or the document of the instance, joins the host: certain. \
        Where none was seen, every instance of an account that the directory is shared with, or of its own \
        VPC, may be joined: conditional",
    mitigations: "a directory of its own for production; service control policies on ds:ResetUserPassword and \
        ds:ShareDirectory; hosts that are in no domain",
    references: &[
        "https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_directory_sharing.html",
        "https://docs.aws.amazon.com/directoryservice/latest/devguide/API_ResetUserPassword.html",
    ],
};

const RESET: &str = "ds:ResetUserPassword";

/// Whether an association joins its hosts to the directory; what must be the case for it.
fn joins(
    world: &World,
    association: &Association,
    directory: &DirectoryFacts,
) -> Option<Vec<String>> {
    let own = association.account == directory.account;
    let mut shares = directory.shares.iter();
    let share = shares.find(|share| share.account == association.account);
    if !own && share.is_none() {
        return None;
    }
    let is_id =
        |id: &str| id == directory.id || share.is_some_and(|one| one.id.as_deref() == Some(id));
    let parameter = |name: &str| {
        let values = association.parameters.get(name).into_iter().flatten();
        values.map(String::as_str).next()
    };
    if association.name() != JOIN {
        // One that the console or somebody else made, with the id in its name or in what it does.
        let document = world.sharing.documents.documents.get(&association.document);
        let inside = document.into_iter().flat_map(|facts| &facts.joins);
        let mut ids = inside.map(String::as_str);
        let named = association.name().split('_').any(is_id);
        return (named || ids.any(is_id)).then(Vec::new);
    }
    let named = parameter("directoryName").zip(directory.name.as_deref());
    let same_name = named.map(|(one, other)| one.eq_ignore_ascii_case(other));
    match parameter("directoryId") {
        Some(id) if is_id(id) => Some(Vec::new()),
        Some(id) => {
            // In the account that it is shared with it has another id, which was perhaps not told.
            let other = world.sharing.directories.iter().any(|one| {
                one.id == id
                    || one
                        .shares
                        .iter()
                        .any(|share| share.id.as_deref() == Some(id))
            });
            let untold = share.is_some_and(|share| share.id.is_none()) && !other;
            match same_name {
                Some(true) if untold => Some(Vec::new()),
                Some(false) => None,
                _ => untold.then(|| vec![format!("{id} is the directory {}", directory.arn)]),
            }
        }
        None => (same_name == Some(true)).then(Vec::new),
    }
}

/// The hosts of a directory, and why.
fn hosts(
    world: &World,
    instances: &Instances,
    directory: &DirectoryFacts,
) -> Vec<(WorkloadIndex, Judgement)> {
    let mut hosts = Vec::new();
    let mut joined = BTreeSet::new();
    for association in &world.sharing.documents.associations {
        let Some(hanging) = joins(world, association, directory) else {
            continue;
        };
        for (index, unknown) in targets(world, instances, association) {
            let judgement = Judgement::default()
                .told(
                    "association",
                    &association.told,
                    &format!("it joins the host to {}", directory.id),
                )
                .hanging_on(Certainty::Conditional, &hanging)
                .hanging_on(Certainty::Conditional, &unknown);
            joined.insert(index);
            hosts.push((index, judgement));
        }
    }
    let accounts: BTreeSet<&str> = directory
        .shares
        .iter()
        .map(|share| share.account.as_str())
        .collect();
    for ((account, _), here) in instances {
        for index in here.iter().filter(|index| !joined.contains(index)) {
            let mut own = world
                .workload(*index)
                .into_iter()
                .flat_map(|row| &row.hosts);
            let near = *account == directory.account
                && own.any(|host| Some(&host.vpc) == directory.vpc.as_ref());
            if near || accounts.contains(account.as_str()) {
                let unseen = format!("the host is joined to {}, which was not seen", directory.id);
                let judgement = Judgement::default().hanging_on(Certainty::Conditional, &[unseen]);
                hosts.push((*index, judgement));
            }
        }
    }
    hosts
}

fn gates(world: &World, store: StoreIndex) -> Vec<Gate<'_>> {
    let arn = world.store(store).map(|row| row.arn.to_string());
    let gate =
        arn.and_then(|arn| Gate::to_change(world, store, &[RESET], arn, Capability::Supply(store)));
    gate.into_iter().collect()
}

/// The directories, by the stores that they are.
fn directories(world: &World) -> BTreeMap<StoreIndex, &DirectoryFacts> {
    let directories = world.sharing.directories.iter();
    directories
        .filter_map(|facts| Some((world.find_store(&facts.arn)?, facts)))
        .collect()
}

impl LinkKind for DirectoryShare {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![RESET]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let directories = directories(world);
        if directories.is_empty() {
            return;
        }
        let instances = instances(world);
        for (store, directory) in directories {
            changers::add(judge, rules, store, &gates(world, store));
            for (host, judgement) in hosts(world, &instances, directory) {
                rules.add(
                    judgement.certainty,
                    &[Capability::Supply(store)],
                    Capability::Workload(host),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let world = judge.world();
        match (premises, conclusion) {
            ([Capability::Supply(store)], Capability::Workload(host)) => {
                let directory = *directories(world).get(store)?;
                let hosts = hosts(world, &instances(world), directory).into_iter();
                hosts
                    .filter(|(index, _)| *index == host)
                    .fold(None, |best, (_, judgement)| better(best, Some(judgement)))
            }
            (_, Capability::Supply(store)) => {
                changers::explain(judge, premises, store, &gates(world, store))
            }
            _ => None,
        }
    }
}
