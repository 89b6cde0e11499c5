//! Whoever publishes a package into a repository of CodeArtifact supplies the builds that take packages from it.

use std::collections::BTreeMap;

use super::access::{Gate, ask};
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind, changers};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::sharing::RepositoryFacts;
use crate::judge::{Detail, Judge, Judgement};
use crate::links::power::ANY_NAME;
use crate::world::{StoreIndex, WorkloadIndex, World};

pub(super) struct CodeArtifact;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "codeartifact",
    name: "Packages of CodeArtifact",
    family: "supply",
    source: "principal, whole account or party outside that may publish packages, or the account that owns the \
        repository; supply from a repository that it has upstream",
    target: "supply from the repository; builds of CodeBuild whose roles take packages from it",
    precondition: "publishing takes codeartifact:PublishPackageVersion past the policy of the repository and a \
        token of the domain (codeartifact:GetAuthorizationToken past its policy); inside the account identity \
        policies are enough, across accounts both sides allow it. Without a token, packages of the generic \
        format alone are published. A build takes a new version of what it depends on: never more than \
        speculative. From upstream packages pass on as far as package origin controls let them: conditional",
    mitigations: "package origin controls, versions and hashes that are pinned, aws:PrincipalOrgID in the \
        policies, publishing from the build system alone",
    references: &[
        "https://docs.aws.amazon.com/codeartifact/latest/ug/repo-policies.html",
        "https://docs.aws.amazon.com/codeartifact/latest/ug/repos-upstream.html",
        "https://docs.aws.amazon.com/codeartifact/latest/ug/package-origin-controls.html",
        "https://docs.aws.amazon.com/codeartifact/latest/ug/tokens-authentication.html",
    ],
};

pub(super) const PUBLISH: &str = "codeartifact:PublishPackageVersion";
const READ: &str = "codeartifact:ReadFromRepository";
const TOKEN: &str = "codeartifact:GetAuthorizationToken";

const GENERIC: &str =
    "builds take packages of the generic format, which are published without a token";

/// The repositories, by the stores that they are.
fn repositories(world: &World) -> BTreeMap<StoreIndex, &RepositoryFacts> {
    let repositories = world.sharing.repositories.iter();
    repositories
        .filter_map(|facts| Some((world.find_store(&facts.arn)?, facts)))
        .collect()
}

/// With a token of the domain as well; where that is not at hand, what it takes to get one is not known.
fn with_token<'w>(world: &'w World, facts: &RepositoryFacts, gate: Gate<'w>) -> Gate<'w> {
    let token = world.find_store(&facts.domain).and_then(|domain| {
        let arn = facts.domain.clone();
        Gate::to_change(world, domain, &[TOKEN], arn, gate.conclusion)
    });
    match token {
        Some(token) => gate.followed_by(token),
        None => gate.hanging_on([format!(
            "the domain {}, which was not seen, gives the caller a token",
            facts.domain
        )]),
    }
}

/// The ways to publish.
fn gates<'w>(world: &'w World, store: StoreIndex, facts: &RepositoryFacts) -> Vec<Gate<'w>> {
    let gate = || {
        let package = format!("{}/npm//{ANY_NAME}", facts.packages);
        let supply = Capability::Supply(store);
        let gate = Gate::to_change(world, store, &[PUBLISH], package, supply)?;
        Some(gate.below(world, facts.packages.clone()))
    };
    let whole = gate().map(|gate| with_token(world, facts, gate));
    let generic = gate().map(|gate| gate.hanging_on([GENERIC.to_owned()]));
    whole.into_iter().chain(generic).collect()
}

/// Whether a build takes packages from a repository: by one of its roles.
fn takes(
    judge: &Judge<'_>,
    store: StoreIndex,
    facts: &RepositoryFacts,
    build: WorkloadIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let row = world.workload(build)?;
    let read = Gate::to_change(
        world,
        store,
        &[READ],
        facts.arn.clone(),
        Capability::Workload(build),
    )?;
    let gate = with_token(world, facts, read);
    let roles = row.roles.iter();
    let best = roles
        .map(|role| ask::from_principal(judge, *role, &gate, detail))
        .fold(None, better)?;
    let depends = format!(
        "the build depends on a package of {} and takes the next version of it",
        facts.arn
    );
    Some(best.hanging_on(Certainty::Speculative, &[depends]))
}

/// The builds.
fn builds(world: &World) -> impl Iterator<Item = WorkloadIndex> {
    world.workload_indices().filter(|index| {
        let row = world.workload(*index);
        row.is_some_and(|row| row.kind.kind == "AWS::CodeBuild::Project")
    })
}

fn passed_on(from: &str) -> Judgement {
    let origin = format!(
        "package origin controls let versions come from {from}, and no other is published under the name"
    );
    Judgement::default().hanging_on(Certainty::Conditional, &[origin])
}

impl LinkKind for CodeArtifact {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![PUBLISH, READ, TOKEN]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let repositories = repositories(world);
        if repositories.is_empty() {
            return;
        }
        let builds: Vec<WorkloadIndex> = builds(world).collect();
        for (store, facts) in repositories {
            changers::add(judge, rules, store, &gates(world, store, facts));
            for upstream in &facts.upstreams {
                let owner = upstream.split(':').nth(4).unwrap_or_default();
                let source = changers::source(judge, upstream, owner);
                if let Some(source) = source.filter(|one| *one != Capability::Supply(store)) {
                    let certainty = passed_on(upstream).certainty;
                    rules.add(certainty, &[source], Capability::Supply(store));
                }
            }
            for build in &builds {
                if let Some(judgement) = takes(judge, store, facts, *build, Detail::Certainty) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Supply(store)],
                        Capability::Workload(*build),
                    );
                }
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
        let repositories = repositories(world);
        match (premises, conclusion) {
            ([Capability::Supply(store)], Capability::Workload(build)) => {
                takes(judge, *store, repositories.get(store)?, build, Detail::Full)
            }
            ([premise], Capability::Supply(store)) => {
                let facts = repositories.get(&store)?;
                let gates = gates(world, store, facts);
                let changes = changers::explain(judge, premises, store, &gates);
                let mut upstreams = facts.upstreams.iter();
                let passed = upstreams.find_map(|upstream| {
                    let owner = upstream.split(':').nth(4).unwrap_or_default();
                    let source = changers::source(judge, upstream, owner)?;
                    (source == *premise).then(|| passed_on(upstream))
                });
                better(changes, passed)
            }
            _ => None,
        }
    }
}
