//! Whoever runs code in a workload acts as its role.

use super::service_trust::SERVICE_TRUST;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::PIPELINE;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{PrincipalIndex, WorkloadRow, World};

pub(super) struct WorkloadRole;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "workload-role",
    name: "Workload to its role",
    family: "workload",
    source: "code running in an instance, function, task, build, stack or notebook",
    target: "the role that it runs as",
    precondition: "the role trusts the service that runs the workload, which hands its credentials to the code; \
        conditional if it does not, because what was handed out before holds on. A pipeline of CodePipeline runs what it is given as its role only in an action with commands: otherwise \
        speculative, but for whoever may change the pipeline itself (existing-compute). Speculative too from an \
        instance whose metadata service is off",
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
            for role in &row.roles {
                if let Some(judgement) = acts_as(judge, row, *role, Detail::Certainty) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Workload(index)],
                        Capability::Principal(*role),
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
        match (premises, conclusion) {
            ([Capability::Workload(workload)], Capability::Principal(role)) => {
                let row = judge.world().workload(*workload)?;
                acts_as(judge, row, role, Detail::Full)
            }
            _ => None,
        }
    }
}

/// How surely what is in a workload has the credentials of its role: the role lets in the service that takes it on,
/// on conditions that a workload which runs has met, and the platform hands them out.
fn acts_as(
    judge: &Judge<'_>,
    row: &WorkloadRow,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let account = judge.world().account(row.account)?.id.as_str();
    let mut services = row.kind.services.iter();
    let trusted = services
        .find_map(|service| SERVICE_TRUST.lets_in(judge, service, role, Some(account), detail));
    let told = trusted.map(|trusted| Judgement {
        evidence: trusted.evidence,
        ..Judgement::default()
    });
    let lets_in = told.is_none().then(|| {
        let before = "credentials that the workload was given before still hold, because the role does not let its \
                      service in";
        before.to_owned()
    });
    let unmet = [
        (!runs_code(judge.world(), row)).then_some(
            "an action of the pipeline runs what it is given as the pipeline's own role",
        ),
        row.is_silent
            .then_some("the metadata service of the instance, which is off, is turned on"),
    ];
    let unmet: Vec<String> = unmet.into_iter().flatten().map(str::to_owned).collect();
    let judgement = told.unwrap_or_default();
    let judgement = judgement.hanging_on(Certainty::Conditional, lets_in.as_slice());
    Some(judgement.hanging_on(Certainty::Speculative, &unmet))
}

/// Whether a workload runs what it is given as its role. Source: CodePipeline User Guide, "Commands action
/// reference", which alone runs code as the service role.
fn runs_code(world: &World, row: &WorkloadRow) -> bool {
    let stages = world.sharing.builds.pipelines.get(row.arn.as_str());
    row.kind.kind != PIPELINE || stages.is_none_or(|stages| stages.commands)
}
