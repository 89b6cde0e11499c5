//! What a pipeline does with what it is given: builds run it, CloudFormation makes it as a role; and builds of
//! pull requests that strangers make.
//!
//! What builds and pipelines take their sources from is supply (`supply.rs`); the roles of actions in other
//! accounts are entered from the role of the pipeline (`assume_role`).

use super::access::{Gate, candidates};
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind, changers};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{StoreIndex, World};

pub(super) struct Pipeline;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "pipeline",
    name: "Builds and pipelines",
    family: "supply",
    source: "pipeline; anyone who may make a pull request of a repository whose pull requests are built; \
        principal that may commit to a repository of CodeCommit otherwise than by a push",
    target: "the builds of the pipeline's stages and the roles that CloudFormation makes stacks as there; the \
        build of the pull request; supply from the repository",
    precondition: "an action of the pipeline hands it what came from the source: conditional. A webhook builds \
        pull requests, no filter of ACTOR_ACCOUNT_ID says of whom, no comment has to approve them, and the \
        repository is public, which AWS does not tell: conditional",
    mitigations: "manual approval between source and deployment; filters of ACTOR_ACCOUNT_ID and the pull \
        request build policy; deployment roles that may do what the stack needs",
    references: &[
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/integrations-action-type.html",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/webhooks.html",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/pull-request-build-policy.html",
    ],
};

/// Actions that change a branch without a push, each enough.
const COMMITS: [&str; 2] = ["codecommit:PutFile", "codecommit:CreateCommit"];

const REPOSITORY: &str = "AWS::CodeCommit::Repository";

/// What the stages of pipelines run: pipeline, what is gained, why.
fn stages(world: &World) -> impl Iterator<Item = (Capability, Capability, Judgement)> {
    let pipelines = world.sharing.builds.pipelines.iter();
    pipelines.flat_map(move |(arn, stages)| {
        let pipeline = world.find_workload(arn).map(Capability::Workload);
        let because = |what: &str| {
            Judgement::default().hanging_on(Certainty::Conditional, &[what.to_owned()])
        };
        let builds = stages.projects.iter().filter_map(move |project| {
            let build = Capability::Workload(world.find_workload(project)?);
            let why = because("an action of the pipeline builds what the pipeline is given");
            Some((pipeline?, build, why))
        });
        let roles = stages.roles.iter().filter_map(move |role| {
            let role = Capability::Principal(world.find_principal(role)?);
            let why = because("an action of the pipeline acts as the role on what it is given");
            Some((pipeline?, role, why))
        });
        builds.chain(roles)
    })
}

/// The builds of strangers' pull requests.
fn open(world: &World) -> impl Iterator<Item = (Capability, Judgement)> {
    let open = world.sharing.builds.open.iter();
    open.filter_map(|(project, repository)| {
        let build = Capability::Workload(world.find_workload(project)?);
        let public =
            format!("{repository} is public, and the build runs what a pull request of it says");
        let judgement = Judgement::default().hanging_on(Certainty::Conditional, &[public]);
        Some((build, judgement))
    })
}

/// The ways to commit to a repository of CodeCommit.
fn commits(world: &World, store: StoreIndex) -> Vec<Gate<'_>> {
    let Some(row) = world.store(store).filter(|row| row.kind.kind == REPOSITORY) else {
        return Vec::new();
    };
    COMMITS
        .into_iter()
        .filter_map(|action| {
            let arn = row.arn.to_string();
            Gate::to_change(world, store, &[action], arn, Capability::Supply(store))
        })
        .collect()
}

impl LinkKind for Pipeline {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        COMMITS.to_vec()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for (pipeline, gained, judgement) in stages(world) {
            rules.add(judgement.certainty, &[pipeline], gained);
        }
        if let Some(anyone) = world.find_outside(&OutsideParty::Anyone) {
            for (build, judgement) in open(world) {
                rules.add(judgement.certainty, &[Capability::Outside(anyone)], build);
            }
        }
        for store in world.store_indices() {
            for gate in commits(world, store) {
                candidates::add_links(judge, rules, &gate);
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
            (_, Capability::Supply(store)) => {
                changers::explain(judge, premises, store, &commits(world, store))
            }
            ([Capability::Outside(_)], _) => open(world)
                .find(|(build, _)| *build == conclusion)
                .map(|(_, judgement)| judgement),
            ([from], _) => stages(world)
                .filter(|(pipeline, gained, _)| pipeline == from && *gained == conclusion)
                .fold(None, |best, (.., judgement)| better(best, Some(judgement))),
            _ => None,
        }
    }
}
