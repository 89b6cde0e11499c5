//! Whoever may pass a role to a service, and have the service run something new, acts as the role.
//!
//! Both must be the same principal's rights: one request carries both. The combinations are those of
//! <https://pathfinding.cloud> (Datadog, Apache-2.0), its class `new-passrole`.

use super::power::{Power, better, is_certain};
use super::service_trust::SERVICE_TRUST;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::facts::{PrincipalKind, Trust};
use crate::judge::{Detail, Judge, Judgement};
use crate::world::PrincipalIndex;

pub(super) struct PassRoleCompute;

const PASS: &str = "iam:PassRole";

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "passrole-compute",
    name: "PassRole to new compute",
    family: "workload",
    source: "principal with iam:PassRole on the role and the actions that have a service run something new \
        as it",
    target: "role of the same account that trusts the service",
    precondition: "the role trusts the service; iam:PassedToService and the resource of the statement leave \
        the role open; boundary and service control policies do not stop any of the actions",
    mitigations: "iam:PassedToService, iam:AssociatedResourceArn, resources of iam:PassRole by path",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "https://pathfinding.cloud/",
    ],
};

/// A service that runs things as a role, and the actions, each list sufficient, that make it do so.
struct Service {
    name: &'static str,
    ways: &'static [&'static [&'static str]],
}

const SERVICES: &[Service] = &[
    Service {
        name: "ec2.amazonaws.com",
        ways: &[
            &["ec2:RunInstances"],
            &["ec2:RequestSpotInstances"],
            &[
                "ec2:CreateLaunchTemplate",
                "autoscaling:CreateAutoScalingGroup",
            ],
            &["elasticmapreduce:RunJobFlow"],
        ],
    },
    Service {
        name: "lambda.amazonaws.com",
        ways: &[
            &["lambda:CreateFunction", "lambda:InvokeFunction"],
            &["lambda:CreateFunction", "lambda:AddPermission"],
            &["lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
        ],
    },
    Service {
        name: "cloudformation.amazonaws.com",
        ways: &[
            &["cloudformation:CreateStack"],
            &[
                "cloudformation:CreateChangeSet",
                "cloudformation:ExecuteChangeSet",
            ],
            &["cloudformation:UpdateStack"],
            &[
                "cloudformation:CreateStackSet",
                "cloudformation:CreateStackInstances",
            ],
        ],
    },
    Service {
        name: "codebuild.amazonaws.com",
        ways: &[
            &["codebuild:CreateProject", "codebuild:StartBuild"],
            &["codebuild:CreateProject", "codebuild:StartBuildBatch"],
        ],
    },
    Service {
        name: "codepipeline.amazonaws.com",
        ways: &[&["codepipeline:CreatePipeline"]],
    },
    Service {
        name: "ecs-tasks.amazonaws.com",
        ways: &[
            &["ecs:RegisterTaskDefinition", "ecs:RunTask"],
            &["ecs:RegisterTaskDefinition", "ecs:CreateService"],
            &["ecs:RegisterTaskDefinition", "ecs:StartTask"],
            &["batch:RegisterJobDefinition", "batch:SubmitJob"],
        ],
    },
    Service {
        name: "glue.amazonaws.com",
        ways: &[
            &["glue:CreateDevEndpoint"],
            &["glue:CreateJob", "glue:StartJobRun"],
            &["glue:CreateJob", "glue:CreateTrigger"],
            &["glue:UpdateJob", "glue:StartJobRun"],
            &["glue:CreateSession", "glue:RunStatement"],
        ],
    },
    Service {
        name: "sagemaker.amazonaws.com",
        ways: &[
            &[
                "sagemaker:CreateNotebookInstance",
                "sagemaker:CreatePresignedNotebookInstanceUrl",
            ],
            &["sagemaker:CreateTrainingJob"],
            &["sagemaker:CreateProcessingJob"],
        ],
    },
    Service {
        name: "datapipeline.amazonaws.com",
        ways: &[&[
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
            "datapipeline:ActivatePipeline",
        ]],
    },
    Service {
        name: "tasks.apprunner.amazonaws.com",
        ways: &[&["apprunner:CreateService"]],
    },
    Service {
        name: "bedrock-agentcore.amazonaws.com",
        ways: &[&[
            "bedrock-agentcore:CreateCodeInterpreter",
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ]],
    },
    Service {
        name: "states.amazonaws.com",
        ways: &[&["states:CreateStateMachine", "states:StartExecution"]],
    },
    Service {
        name: "ssm.amazonaws.com",
        ways: &[&["ssm:StartAutomationExecution"]],
    },
    Service {
        name: "scheduler.amazonaws.com",
        ways: &[&["scheduler:CreateSchedule"]],
    },
    Service {
        name: "emr-serverless.amazonaws.com",
        ways: &[&[
            "emr-serverless:CreateApplication",
            "emr-serverless:StartJobRun",
        ]],
    },
    Service {
        name: "braket.amazonaws.com",
        ways: &[&["braket:CreateJob"]],
    },
    Service {
        name: "omics.amazonaws.com",
        ways: &[&["omics:CreateWorkflow", "omics:StartRun"]],
    },
    Service {
        name: "gamelift.amazonaws.com",
        ways: &[&["gamelift:CreateBuild", "gamelift:CreateFleet"]],
    },
    Service {
        name: "kinesisanalytics.amazonaws.com",
        ways: &[&[
            "kinesisanalytics:CreateApplication",
            "kinesisanalytics:StartApplication",
        ]],
    },
];

const EC2: &str = "ec2.amazonaws.com";
/// What puts a role into an instance profile, where it is in none.
const PROFILE: &[&str] = &["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"];

fn judge_pair(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let row = judge.world().principal(role)?;
    let Trust::Policy(trust) = row.trust else {
        return None;
    };
    if row.kind != PrincipalKind::Role {
        return None;
    }
    let trusted = &judge.world().trusts.get(&trust)?.services;
    let mut best = None;
    for service in SERVICES
        .iter()
        .filter(|service| trusted.contains(service.name))
    {
        let passes = power.may(
            PASS,
            row.arn.as_str(),
            power
                .keys_about(row)
                .fixed("iam:PassedToService", [service.name]),
        );
        let Some(passes) = passes else { continue };
        let keys = power.keys();
        let ways = service.ways.iter().filter_map(|way| {
            way.iter().try_fold(Judgement::default(), |all, action| {
                Some(all.and(power.may_somewhere(action, &keys)?))
            })
        });
        let Some(runs) = ways.map(Some).fold(None, better) else {
            continue;
        };
        let Some(in_place) = instance_profile(power, service, row.in_instance_profile) else {
            continue;
        };
        let Some(trusts) = SERVICE_TRUST.lets_in(judge, service.name, role, detail) else {
            continue;
        };
        best = better(best, Some(passes.and(runs).and(in_place).and(trusts)));
        if is_certain(best.as_ref()) {
            break;
        }
    }
    Some(power.complete(best?))
}

/// Instances take a role by way of an instance profile.
fn instance_profile(
    power: &Power<'_, '_>,
    service: &Service,
    has_one: Option<bool>,
) -> Option<Judgement> {
    if service.name != EC2 || has_one == Some(true) {
        return Some(Judgement::default());
    }
    let keys = power.keys();
    let make = PROFILE
        .iter()
        .try_fold(Judgement::default(), |all, action| {
            Some(all.and(power.may_somewhere(action, &keys)?))
        });
    let hope = has_one
        .is_none()
        .then(|| Judgement::default().also("an instance profile has the role"));
    better(make, hope)
}

impl LinkKind for PassRoleCompute {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        let ways = SERVICES.iter().flat_map(|service| service.ways);
        ways.copied()
            .flatten()
            .chain(PROFILE)
            .copied()
            .chain([PASS])
            .collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        rules.add_pairs(judge, &[PASS], |power, role| {
            judge_pair(judge, power, role, Detail::Certainty)
        });
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        match (premises, conclusion) {
            ([Capability::Principal(passer)], Capability::Principal(role)) => {
                let power = Power::of(judge, *passer, Detail::Full)?;
                judge_pair(judge, &power, role, Detail::Full)
            }
            _ => None,
        }
    }
}
