//! Whoever makes the next version of a component of EC2 Image Builder runs it where recipes with it are built.

use std::collections::BTreeMap;

use super::access::Gate;
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind, changers};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Judge, Judgement};
use crate::world::{StoreIndex, World};

pub(super) struct ImageRecipe;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "image-recipe",
    name: "Components of Image Builder",
    family: "supply",
    source: "principal that may make a version of the component (imagebuilder:CreateComponent), or the whole \
        account that owns a component or the image that a recipe begins with, shared by AWS RAM or not",
    target: "the instances that build recipes with it, and their role",
    precondition: "a recipe that names the newest version (x in place of a number) or no build of it takes the \
        next one when it is built: conditional. One that names a build stays what it is: speculative, until \
        somebody takes the next one",
    mitigations: "builds of components that are named in full; components of the account's own; service control \
        policies on imagebuilder:CreateComponent",
    references: &[
        "https://docs.aws.amazon.com/imagebuilder/latest/userguide/ibhow-semantic-versioning.html",
        "https://docs.aws.amazon.com/imagebuilder/latest/userguide/manage-shared-resources.html",
    ],
};

const CREATE: &str = "imagebuilder:CreateComponent";
const COMPONENT: &str = "AWS::ImageBuilder::Component";

/// The ARN of something without its version: `arn:…:component/harden`.
fn versionless(arn: &str) -> &str {
    let end = arn.match_indices('/').nth(1).map(|(place, _)| place);
    end.and_then(|end| arn.get(..end)).unwrap_or(arn)
}

/// Whether an ARN names one build of one version.
fn is_pinned(arn: &str) -> bool {
    let mut version = arn.split('/').skip(2);
    let (numbers, build) = (version.next().unwrap_or_default(), version.next());
    !numbers.contains('x') && build.is_some()
}

/// Components by their ARNs without version: of several versions the first stands for all.
fn components(world: &World) -> BTreeMap<&str, StoreIndex> {
    let mut components = BTreeMap::new();
    for store in world.store_indices() {
        let component = world.store(store).filter(|row| row.kind.kind == COMPONENT);
        if let Some(row) = component {
            components
                .entry(versionless(row.arn.as_str()))
                .or_insert(store);
        }
    }
    components
}

/// What supplies what is built.
fn supplies(judge: &Judge<'_>) -> Vec<(Capability, Capability, Judgement)> {
    let world = judge.world();
    let recipes = &world.sharing.recipes;
    let components = components(world);
    let mut supplies = Vec::new();
    for (recipe, infrastructure) in &recipes.builds {
        let Some(build) = world.find_workload(infrastructure) else {
            continue;
        };
        for part in recipes.parts.get(recipe).into_iter().flatten() {
            let owner = part.split(':').nth(4).unwrap_or_default();
            let source = match components.get(versionless(part)) {
                Some(store) => Some(Capability::Supply(*store)),
                None => changers::source(judge, part, owner),
            };
            let own = world
                .workload(build)
                .map(|row| Capability::Account(row.account));
            let Some(source) = source.filter(|one| Some(*one) != own) else {
                continue;
            };
            let (certainty, what) = match is_pinned(part) {
                true => (
                    Certainty::Speculative,
                    format!("the next version of {part} is taken as well"),
                ),
                false => (
                    Certainty::Conditional,
                    format!("{recipe} is built anew with what {part} is by then"),
                ),
            };
            let judgement = Judgement::default().hanging_on(certainty, &[what]);
            supplies.push((source, Capability::Workload(build), judgement));
        }
    }
    supplies
}

fn gates<'w>(world: &'w World, component: &str, store: StoreIndex) -> Vec<Gate<'w>> {
    let next = format!("{component}/99.0.0/1");
    let gate = Gate::to_change(world, store, &[CREATE], next, Capability::Supply(store));
    gate.into_iter().collect()
}

impl LinkKind for ImageRecipe {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![CREATE]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for (component, store) in components(world) {
            changers::add(judge, rules, store, &gates(world, component, store));
        }
        for (source, build, judgement) in supplies(judge) {
            rules.add(judgement.certainty, &[source], build);
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let world = judge.world();
        if let Capability::Supply(store) = conclusion {
            let component = versionless(world.store(store)?.arn.as_str());
            return changers::explain(judge, premises, store, &gates(world, component, store));
        }
        supplies(judge)
            .into_iter()
            .filter(|(source, build, _)| premises == [*source] && *build == conclusion)
            .fold(None, |best, (.., judgement)| better(best, Some(judgement)))
    }
}
