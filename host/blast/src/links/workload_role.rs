//! Whoever runs code in a workload acts as its role.

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::PIPELINE;
use crate::judge::{Judge, Judgement};
use crate::world::{WorkloadRow, World};

pub(super) struct WorkloadRole;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "workload-role",
    name: "Workload to its role",
    family: "workload",
    source: "code running in an instance, function, task, build, stack or notebook",
    target: "the role that it runs as",
    precondition: "always: the platform hands the role's credentials to the code. A pipeline of CodePipeline runs \
        what it is given as its role only in an action with commands: otherwise speculative, but for whoever may \
        change the pipeline itself (existing-compute)",
    mitigations: "roles of one workload only; aws:SourceVpc and aws:EC2InstanceSourceVPC keep the credentials \
        from being used elsewhere",
    references: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
    ],
};

impl LinkKind for WorkloadRole {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn is_structural(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        for index in judge.world().workload_indices() {
            let Some(row) = judge.world().workload(index) else {
                continue;
            };
            let certainty = match hands_out(judge.world(), row) {
                true => Certainty::Certain,
                false => Certainty::Speculative,
            };
            for role in &row.roles {
                rules.add(
                    certainty,
                    &[Capability::Workload(index)],
                    Capability::Principal(*role),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        _conclusion: Capability,
    ) -> Option<Judgement> {
        let [Capability::Workload(workload)] = premises else {
            return None;
        };
        let world = judge.world();
        let judgement = Judgement::default();
        Some(match hands_out(world, world.workload(*workload)?) {
            true => judgement,
            false => {
                let what =
                    "an action of the pipeline runs what it is given as the pipeline's own role";
                judgement.hanging_on(Certainty::Speculative, &[what.to_owned()])
            }
        })
    }
}

/// Whether what is in a workload has its credentials. Source: CodePipeline User Guide, "Commands action
/// reference", which alone runs code as the service role.
fn hands_out(world: &World, row: &WorkloadRow) -> bool {
    let stages = world.sharing.builds.pipelines.get(row.arn.as_str());
    row.kind.kind != PIPELINE || stages.is_none_or(|stages| stages.commands)
}
