//! Whoever runs code in a workload acts as its role.

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::Judge;

pub(super) struct WorkloadRole;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "workload-role",
    name: "Workload to its role",
    family: "workload",
    source: "code running in an instance, function, task, build, stack or notebook",
    target: "the role that it runs as",
    precondition: "always: the platform hands the role's credentials to the code",
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
                rules.add(
                    Certainty::Certain,
                    &[Capability::Workload(index)],
                    Capability::Principal(*role),
                );
            }
        }
    }
}
