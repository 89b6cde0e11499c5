//! Whoever may pass a role to a service, and have the service run something new, acts as the role.
//!
//! Both must be the same principal's rights: one request carries both. The combinations are those of
//! <https://pathfinding.cloud> (Datadog, Apache-2.0), its class `new-passrole`.

use std::collections::BTreeSet;

use super::power::{Power, better, is_certain};
use super::service_trust::SERVICE_TRUST;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{PrincipalKind, Takeover, Trust, by, if_also};
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
    ways: &'static [Takeover],
}

const ON_INSTANCE: &str =
    "there is an instance with the Systems Manager agent, which then has the role";

const EXECUTION: &str =
    "an execution role that allows what is wanted trusts the role, which is used for nothing else";
const OVERRIDE: &str = "there is a task definition, whose command and role are overridden";
const JOB: &str = "there is a job, which is given the role";

const SERVICES: &[Service] = &[
    Service {
        name: "ec2.amazonaws.com",
        ways: &[
            by(&["ec2:RunInstances"]),
            by(&["ec2:RequestSpotInstances"]),
            by(&[
                "ec2:CreateLaunchTemplate",
                "autoscaling:CreateAutoScalingGroup",
            ]),
            if_also(
                &["elasticmapreduce:RunJobFlow"],
                "a service role for EMR may be passed too",
            ),
            if_also(
                &[
                    "imagebuilder:CreateInfrastructureConfiguration",
                    "imagebuilder:CreateImage",
                ],
                "an image recipe runs the attacker's component",
            ),
            if_also(
                &["ec2:AssociateIamInstanceProfile", "ssm:StartSession"],
                ON_INSTANCE,
            ),
            if_also(
                &["ec2:AssociateIamInstanceProfile", "ssm:SendCommand"],
                ON_INSTANCE,
            ),
            if_also(
                &[
                    "ec2:ReplaceIamInstanceProfileAssociation",
                    "ssm:StartSession",
                ],
                ON_INSTANCE,
            ),
            if_also(
                &[
                    "ec2:ReplaceIamInstanceProfileAssociation",
                    "ssm:SendCommand",
                ],
                ON_INSTANCE,
            ),
        ],
    },
    Service {
        name: "lambda.amazonaws.com",
        ways: &[
            by(&["lambda:CreateFunction", "lambda:InvokeFunction"]),
            by(&["lambda:CreateFunction", "lambda:AddPermission"]),
            by(&["lambda:CreateFunction", "lambda:CreateEventSourceMapping"]),
            if_also(
                &[
                    "lambda:UpdateFunctionConfiguration",
                    "lambda:UpdateFunctionCode",
                    "lambda:InvokeFunction",
                ],
                "there is a function, which then runs as the role",
            ),
        ],
    },
    Service {
        name: "cloudformation.amazonaws.com",
        ways: &[
            by(&["cloudformation:CreateStack"]),
            by(&[
                "cloudformation:CreateChangeSet",
                "cloudformation:ExecuteChangeSet",
            ]),
            if_also(
                &["cloudformation:UpdateStack"],
                "there is a stack, which is updated with the role",
            ),
            if_also(
                &[
                    "cloudformation:CreateStackSet",
                    "cloudformation:CreateStackInstances",
                ],
                EXECUTION,
            ),
            if_also(&["cloudformation:UpdateStackSet"], EXECUTION),
        ],
    },
    Service {
        name: "codebuild.amazonaws.com",
        ways: &[
            by(&["codebuild:CreateProject", "codebuild:StartBuild"]),
            by(&["codebuild:CreateProject", "codebuild:StartBuildBatch"]),
        ],
    },
    Service {
        name: "codepipeline.amazonaws.com",
        ways: &[by(&["codepipeline:CreatePipeline"])],
    },
    Service {
        name: "ecs-tasks.amazonaws.com",
        ways: &[
            by(&["ecs:RegisterTaskDefinition", "ecs:RunTask"]),
            by(&["ecs:RegisterTaskDefinition", "ecs:CreateService"]),
            by(&["ecs:RegisterTaskDefinition", "ecs:StartTask"]),
            by(&["batch:RegisterJobDefinition", "batch:SubmitJob"]),
            if_also(&["ecs:RunTask"], OVERRIDE),
            if_also(&["ecs:StartTask"], OVERRIDE),
        ],
    },
    Service {
        name: "glue.amazonaws.com",
        ways: &[
            by(&["glue:CreateDevEndpoint"]),
            by(&["glue:CreateJob", "glue:StartJobRun"]),
            by(&["glue:CreateJob", "glue:CreateTrigger"]),
            if_also(&["glue:UpdateJob", "glue:StartJobRun"], JOB),
            if_also(&["glue:UpdateJob", "glue:CreateTrigger"], JOB),
            by(&["glue:CreateSession", "glue:RunStatement"]),
        ],
    },
    Service {
        name: "sagemaker.amazonaws.com",
        ways: &[
            by(&[
                "sagemaker:CreateNotebookInstance",
                "sagemaker:CreatePresignedNotebookInstanceUrl",
            ]),
            by(&["sagemaker:CreateTrainingJob"]),
            by(&["sagemaker:CreateProcessingJob"]),
        ],
    },
    Service {
        name: "datapipeline.amazonaws.com",
        ways: &[by(&[
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
            "datapipeline:ActivatePipeline",
        ])],
    },
    Service {
        name: "tasks.apprunner.amazonaws.com",
        ways: &[by(&["apprunner:CreateService"])],
    },
    Service {
        name: "bedrock-agentcore.amazonaws.com",
        ways: &[
            by(&[
                "bedrock-agentcore:CreateCodeInterpreter",
                "bedrock-agentcore:StartCodeInterpreterSession",
                "bedrock-agentcore:InvokeCodeInterpreter",
            ]),
            by(&[
                "bedrock-agentcore:CreateAgentRuntime",
                "bedrock-agentcore:CreateAgentRuntimeEndpoint",
                "bedrock-agentcore:CreateWorkloadIdentity",
                "bedrock-agentcore:InvokeAgentRuntimeCommand",
            ]),
        ],
    },
    Service {
        name: "states.amazonaws.com",
        ways: &[
            by(&["states:CreateStateMachine", "states:StartExecution"]),
            if_also(
                &["states:UpdateStateMachine", "states:StartExecution"],
                "there is a state machine, which is given the role",
            ),
        ],
    },
    Service {
        name: "ssm.amazonaws.com",
        ways: &[
            by(&["ssm:StartAutomationExecution"]),
            // A machine of the attacker's own is registered, and is handed the role.
            by(&["ssm:CreateActivation"]),
        ],
    },
    Service {
        name: "rolesanywhere.amazonaws.com",
        ways: &[by(&[
            "rolesanywhere:CreateTrustAnchor",
            "rolesanywhere:CreateProfile",
        ])],
    },
    Service {
        name: "apigateway.amazonaws.com",
        ways: &[if_also(
            &["apigateway:POST", "apigateway:PUT"],
            "what is wanted is a call that API Gateway makes as the role",
        )],
    },
    Service {
        name: "amplify.amazonaws.com",
        ways: &[if_also(
            &[
                "amplify:CreateApp",
                "amplify:CreateBranch",
                "amplify:StartJob",
            ],
            "Amplify may read a repository of the attacker's",
        )],
    },
    Service {
        name: "appsync.amazonaws.com",
        ways: &[if_also(
            &[
                "appsync:CreateGraphqlApi",
                "appsync:CreateDataSource",
                "appsync:CreateResolver",
            ],
            "what is wanted is a call that AppSync makes as the role",
        )],
    },
    Service {
        name: "credentials.iot.amazonaws.com",
        ways: &[by(&[
            "iot:CreateRoleAlias",
            "iot:CreateKeysAndCertificate",
            "iot:CreatePolicy",
            "iot:AttachPolicy",
        ])],
    },
    Service {
        name: "airflow-env.amazonaws.com",
        ways: &[if_also(
            &["airflow:CreateEnvironment"],
            "the role may read a bucket of the attacker's, and trusts airflow.amazonaws.com too",
        )],
    },
    Service {
        name: "scheduler.amazonaws.com",
        ways: &[by(&["scheduler:CreateSchedule"])],
    },
    Service {
        name: "emr-serverless.amazonaws.com",
        ways: &[by(&[
            "emr-serverless:CreateApplication",
            "emr-serverless:StartJobRun",
        ])],
    },
    Service {
        name: "braket.amazonaws.com",
        ways: &[by(&["braket:CreateJob"])],
    },
    Service {
        name: "omics.amazonaws.com",
        ways: &[by(&["omics:CreateWorkflow", "omics:StartRun"])],
    },
    Service {
        name: "gamelift.amazonaws.com",
        ways: &[by(&["gamelift:CreateBuild", "gamelift:CreateFleet"])],
    },
    Service {
        name: "kinesisanalytics.amazonaws.com",
        ways: &[by(&[
            "kinesisanalytics:CreateApplication",
            "kinesisanalytics:StartApplication",
        ])],
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
    let power = &power.asking_for(row);
    let source = Some(power.account.id.as_str());
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
            let may = power.may_all(way.actions, &keys)?;
            Some(may.also(way.besides))
        });
        let Some(runs) = ways.map(Some).fold(None, better) else {
            continue;
        };
        let Some(in_place) = instance_profile(power, service, row.in_instance_profile) else {
            continue;
        };
        let Some(trusts) = SERVICE_TRUST.lets_in(judge, service.name, role, source, detail) else {
            continue;
        };
        best = better(best, Some(passes.and(runs).and(in_place).and(trusts)));
        if is_certain(best.as_ref()) {
            break;
        }
    }
    Some(power.complete(best?))
}

/// The ways that lead into a role, by the services that it trusts.
fn ways_into<'w>(
    judge: &Judge<'w>,
    role: PrincipalIndex,
) -> impl Iterator<Item = (&'static Service, &'static Takeover)> + use<'w> {
    let row = judge.world().principal(role);
    let row = row.filter(|row| row.kind == PrincipalKind::Role);
    let trusts = &judge.world().trusts;
    let trusted = row.and_then(|row| match row.trust {
        Trust::Policy(trust) => Some(&trusts.get(&trust)?.services),
        Trust::NotApplicable | Trust::Unknown => None,
    });
    let services = SERVICES
        .iter()
        .filter(move |service| trusted.is_some_and(|trusted| trusted.contains(service.name)));
    services.flat_map(|service| service.ways.iter().map(move |way| (service, way)))
}

/// One request of a way: the first also passes the role.
fn step(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    role: PrincipalIndex,
    service: &Service,
    way: &Takeover,
    place: usize,
) -> Option<Judgement> {
    let action = way.actions.get(place)?;
    if !power.mentions(action) {
        return None;
    }
    if place > 0 {
        return Some(power.complete(power.may_somewhere(action, &power.keys())?));
    }
    let row = judge.world().principal(role)?;
    let power = &power.asking_for(row);
    let keys = power
        .keys_about(row)
        .fixed("iam:PassedToService", [service.name]);
    let passes = power.may(PASS, row.arn.as_str(), keys)?;
    let may = power.may_somewhere(action, &power.keys())?;
    let source = Some(power.account.id.as_str());
    let detail = power.detail();
    let trusts = SERVICE_TRUST.lets_in(judge, service.name, role, source, detail)?;
    let in_place = instance_profile(power, service, row.in_instance_profile)?;
    let all = passes.and(may).and(in_place).and(trusts).also(way.besides);
    Some(power.complete(all))
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
        ways.flat_map(|way| way.actions)
            .chain(PROFILE)
            .copied()
            .chain([PASS])
            .collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        rules.add_pairs(judge, &[PASS], |power, role| {
            judge_pair(judge, power, role, Detail::Certainty)
        });
        let actions = self.actions();
        for account in judge.world().account_indices() {
            let holders = rules.holders(judge, account, &actions);
            let mentioned: BTreeSet<&str> = actions
                .iter()
                .copied()
                .filter(|action| holders.iter().any(|(.., power)| power.mentions(action)))
                .collect();
            if !mentioned.contains(PASS) {
                continue;
            }
            for role in judge.world().principals_of(account) {
                for (service, way) in ways_into(judge, role) {
                    if way.actions.len() < 2
                        || !way.actions.iter().all(|one| mentioned.contains(one))
                    {
                        continue;
                    }
                    let steps: Vec<Vec<(Capability, Certainty)>> = (0..way.actions.len())
                        .map(|place| {
                            let able = holders.iter().filter_map(|(holder, own, power)| {
                                let may = step(judge, power, role, service, way, place)?;
                                (*own != role).then_some((*holder, may.certainty))
                            });
                            able.collect()
                        })
                        .collect();
                    rules.add_together(&steps, Capability::Principal(role));
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
            ([passer], Capability::Principal(role)) => {
                let power = Power::holding(judge, *passer, Detail::Full)?;
                judge_pair(judge, &power, role, Detail::Full)
            }
            (holders, Capability::Principal(role)) => {
                let powers = holders
                    .iter()
                    .map(|one| Power::holding(judge, *one, Detail::Full));
                let powers: Vec<Power<'_, '_>> = powers.collect::<Option<_>>()?;
                let ways = ways_into(judge, role).map(|(service, way)| {
                    (0..way.actions.len()).try_fold(Judgement::default(), |all, place| {
                        let able = powers.iter();
                        let able = able.map(|one| step(judge, one, role, service, way, place));
                        Some(all.and(able.fold(None, better)?))
                    })
                });
                ways.fold(None, better)
            }
            _ => None,
        }
    }
}
