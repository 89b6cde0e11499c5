//! Whoever changes a document of Systems Manager changes what the instances run that it is associated with, in
//! other accounts too if it is shared with them.

use std::collections::BTreeMap;

use super::access::Gate;
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind, changers};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::sharing::{Association, Target, Version};
use crate::judge::{Judge, Judgement};
use crate::world::{StoreIndex, WorkloadIndex, WorkloadRow, World};

pub(super) struct SsmShare;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "ssm-share",
    name: "Documents of Systems Manager",
    family: "supply",
    source: "principal that may change the document, or the whole account that owns it",
    target: "instances that an association or a maintenance window runs it on; the role of an automation",
    precondition: "changing it takes ssm:UpdateDocument and, where the default version is run, \
        ssm:UpdateDocumentDefaultVersion in the account of the document; an account other than the owner runs \
        it only while it is shared with it. It is run again by the agent on the instance: conditional. A \
        version that is named stays what it is: speculative, until somebody takes the next one; State Manager \
        runs the default version of what another account shares, whatever version is named",
    mitigations: "documents of the account's own, a version that is named, the hash of a document when it is \
        run, service control policies on ssm:UpdateDocument and ssm:ModifyDocumentPermission",
    references: &[
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-before-you-share.html",
        "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociation.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html",
    ],
};

const UPDATE: &str = "ssm:UpdateDocument";
const SET_DEFAULT: &str = "ssm:UpdateDocumentDefaultVersion";

/// The parameter of an automation that names the role that it acts as.
const AUTOMATION_ROLE: &str = "AutomationAssumeRole";

/// The instances of each account and region.
pub(super) type Instances = BTreeMap<(String, String), Vec<WorkloadIndex>>;

/// Instances by where they are, if they have to do with any document or directory.
pub(super) fn instances(world: &World) -> Instances {
    let mut instances = Instances::new();
    let sharing = &world.sharing;
    if sharing.documents.associations.is_empty() && sharing.directories.is_empty() {
        return instances;
    }
    for index in world.workload_indices() {
        let Some(row) = world.workload(index) else {
            continue;
        };
        if row.kind.kind == "AWS::EC2::Instance" {
            let place = (row.arn.account().to_owned(), row.arn.region().to_owned());
            instances.entry(place).or_default().push(index);
        }
    }
    instances
}

/// The instances that an association is about, and what must be the case for each.
pub(super) fn targets(
    world: &World,
    instances: &Instances,
    association: &Association,
) -> Vec<(WorkloadIndex, Vec<String>)> {
    if association.targets.is_empty() {
        return Vec::new();
    }
    let place = (association.account.clone(), association.region.to_string());
    let here = instances.get(&place).into_iter().flatten();
    here.filter_map(|index| {
        let row = world.workload(*index)?;
        let mut unknown = Vec::new();
        let fits = association
            .targets
            .iter()
            .all(|target| fits(row, target, &mut unknown));
        fits.then_some((*index, unknown))
    })
    .collect()
}

/// Whether an instance is a target, as far as is known.
fn fits(row: &WorkloadRow, target: &Target, unknown: &mut Vec<String>) -> bool {
    let id = row.arn.resource().rsplit('/').next().unwrap_or_default();
    let mut tagged = |key: &str, values: Option<&[String]>| match &row.tags {
        Some(tags) => tags.iter().any(|(name, value)| {
            name.as_str() == key
                && values.is_none_or(|values| values.iter().any(|one| one == value.as_str()))
        }),
        None => {
            unknown.push(format!("{id}, whose tags were not seen, has the tag {key}"));
            true
        }
    };
    match target {
        Target::All => true,
        Target::Instances(ids) => ids.iter().any(|one| one == id),
        Target::Tag(key, values) => tagged(key, Some(values)),
        Target::TagKey(key) => tagged(key, None),
        Target::Unknown(what) => {
            unknown.push(format!("{id} is among {what}"));
            true
        }
    }
}

/// What one association gives whoever changes its document: each with what must be the case.
fn gained(
    world: &World,
    instances: &Instances,
    association: &Association,
) -> Vec<(Capability, Judgement)> {
    let Some(shared) = shared(world, association) else {
        return Vec::new();
    };
    let foreign = association.owner() != Some(association.account.as_str());
    let version = match (&association.version, foreign) {
        (Version::Default, _) | (Version::Latest, false) => None,
        // The newest is run of one's own documents alone.
        (Version::Latest, true) => None,
        (Version::Fixed(number), true) => Some(format!(
            "State Manager runs the default version of what another account shares, and not version {number} \
            that {} names",
            association.told
        )),
        (Version::Fixed(_), false) => Some(format!(
            "the next version of {} is taken as well",
            association.document
        )),
    };
    let judge = |about: &str, unknown: &[String]| {
        Judgement::default()
            .told(
                "association",
                &association.told,
                &format!("it runs {}", association.document),
            )
            .hanging_on(Certainty::Conditional, &[about.to_owned()])
            .hanging_on(Certainty::Conditional, &shared)
            .hanging_on(Certainty::Conditional, unknown)
            .hanging_on(Certainty::Speculative, version.as_slice())
    };
    let role = association
        .parameters
        .get(AUTOMATION_ROLE)
        .into_iter()
        .flatten();
    let roles: Vec<_> = role
        .filter_map(|arn| world.find_principal(arn))
        .map(|role| {
            let again = "the automation is run again, and its document may name the role";
            (Capability::Principal(role), judge(again, &[]))
        })
        .collect();
    if association.parameters.contains_key(AUTOMATION_ROLE) {
        return roles;
    }
    targets(world, instances, association)
        .into_iter()
        .map(|(index, unknown)| {
            let agent =
                "the Systems Manager agent runs on the instance, and runs the document again";
            (Capability::Workload(index), judge(agent, &unknown))
        })
        .collect()
}

/// What must be the case for the account of an association to have the document; none if it has not.
fn shared(world: &World, association: &Association) -> Option<Vec<String>> {
    let owner = association.owner()?;
    if owner == association.account {
        return Some(Vec::new());
    }
    let facts = world.sharing.documents.documents.get(&association.document);
    match facts.map(|facts| &facts.shared_with) {
        Some(Some(with)) => {
            let mut with = with.iter();
            let listed =
                with.any(|id| *id == association.account || id.eq_ignore_ascii_case("all"));
            listed.then(Vec::new)
        }
        Some(None) | None => Some(vec![format!(
            "{} is shared with account {}, which was not seen",
            association.document, association.account
        )]),
    }
}

/// The ways to change a document, and what is gained by each: the default version, and where only the newest
/// is run, that.
fn gates<'w>(
    world: &'w World,
    store: StoreIndex,
    instances: &Instances,
    associations: &[&Association],
) -> Vec<Gate<'w>> {
    let Some(row) = world.store(store) else {
        return Vec::new();
    };
    let arn = row.arn.to_string();
    let default = Gate::to_change(
        world,
        store,
        &[UPDATE, SET_DEFAULT],
        arn.clone(),
        Capability::Supply(store),
    );
    let own = row.arn.account();
    let newest = associations
        .iter()
        .filter(|one| one.version == Version::Latest && one.account == own)
        .flat_map(|one| gained(world, instances, one))
        .filter_map(|(gained, judgement)| {
            let gate = Gate::to_change(world, store, &[UPDATE], arn.clone(), gained)?;
            Some(gate.besides(&judgement))
        });
    default.into_iter().chain(newest).collect()
}

/// Associations by the ARN of their documents, those of AWS's own left out.
fn by_document(world: &World) -> BTreeMap<&str, Vec<&Association>> {
    let mut by_document: BTreeMap<&str, Vec<&Association>> = BTreeMap::new();
    for association in &world.sharing.documents.associations {
        if association.owner().is_some() {
            let same = by_document.entry(&association.document).or_default();
            same.push(association);
        }
    }
    by_document
}

impl LinkKind for SsmShare {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![UPDATE, SET_DEFAULT]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let instances = instances(world);
        for (document, associations) in by_document(world) {
            let owner = associations.first().and_then(|one| one.owner());
            let source = owner.and_then(|owner| changers::source(judge, document, owner));
            let Some(source) = source else { continue };
            if let Capability::Supply(store) = source {
                let gates = gates(world, store, &instances, &associations);
                changers::add(judge, rules, store, &gates);
            }
            for (gained, judgement) in associations
                .iter()
                .flat_map(|one| gained(world, &instances, one))
            {
                rules.add(judgement.certainty, &[source], gained);
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
        let instances = instances(world);
        let documents = by_document(world);
        if let Capability::Supply(store) = conclusion {
            let arn = world.store(store)?.arn.as_str();
            let associations = documents.get(arn)?;
            let gates = gates(world, store, &instances, associations);
            let gates: Vec<_> = gates
                .into_iter()
                .filter(|gate| gate.conclusion == conclusion)
                .collect();
            return changers::explain(judge, premises, store, &gates);
        }
        let mut best = None;
        for (document, associations) in &documents {
            let owner = associations.first().and_then(|one| one.owner());
            let Some(source) = owner.and_then(|owner| changers::source(judge, document, owner))
            else {
                continue;
            };
            let found = associations
                .iter()
                .flat_map(|one| gained(world, &instances, one))
                .filter(|(gained, _)| premises == [source] && *gained == conclusion);
            best = found.fold(best, |best, (_, judgement)| better(best, Some(judgement)));
            if let Capability::Supply(store) = source {
                let gates = gates(world, store, &instances, associations);
                let gates = gates.iter().filter(|gate| gate.conclusion == conclusion);
                best = gates
                    .map(|gate| {
                        super::access::ask::from(judge, premises, gate, crate::judge::Detail::Full)
                    })
                    .fold(best, better);
            }
        }
        best
    }
}
