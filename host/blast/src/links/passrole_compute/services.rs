//! The table of services that run something new as a role that is passed to them, and of what it takes. The
//! combinations are those of <https://pathfinding.cloud> (Datadog, Apache-2.0), its class `new-passrole`.

/// A service that runs things as a role, and the actions, each list sufficient, that make it do so.
pub(super) struct Service {
    /// The principal that the role trusts.
    pub(super) name: &'static str,
    /// The principal that the role is passed to, as `iam:PassedToService` has it, where that may be another one.
    pub(super) passed_to: Option<&'static str>,
    pub(super) ways: &'static [Way],
}

/// One way to have a service run something of one's own as a role.
pub(super) struct Way {
    /// All of these are needed; the first also passes the role.
    pub(super) actions: &'static [&'static str],
    /// What must be the case besides; empty if nothing.
    pub(super) besides: &'static str,
    /// What of the account shows that it is the case.
    pub(super) shown_by: ShownBy,
}

/// What of an account shows that something besides the actions is the case.
pub(super) enum ShownBy {
    Nothing,
    /// A workload of this resource type, on which the actions are allowed.
    Workload(&'static str),
    /// A role that this service may take on and that may be passed to it.
    Role(&'static str),
}

const fn by(actions: &'static [&'static str]) -> Way {
    if_also(actions, "")
}

const fn if_also(actions: &'static [&'static str], besides: &'static str) -> Way {
    Way {
        actions,
        besides,
        shown_by: ShownBy::Nothing,
    }
}

const fn on(kind: &'static str, actions: &'static [&'static str], besides: &'static str) -> Way {
    Way {
        shown_by: ShownBy::Workload(kind),
        ..if_also(actions, besides)
    }
}

const fn with_role_for(
    service: &'static str,
    actions: &'static [&'static str],
    besides: &'static str,
) -> Way {
    Way {
        shown_by: ShownBy::Role(service),
        ..if_also(actions, besides)
    }
}

const ON_INSTANCE: &str =
    "there is an instance with the Systems Manager agent, which then has the role";

const EXECUTION: &str =
    "an execution role that allows what is wanted trusts the role, which is used for nothing else";
const OVERRIDE: &str = "there is a task definition, whose command and role are overridden";
const PIPELINE: &[&str] = &[
    "datapipeline:CreatePipeline",
    "datapipeline:PutPipelineDefinition",
    "datapipeline:ActivatePipeline",
];
const JOB: &str = "there is a job, which is given the role";

pub(super) const SERVICES: &[Service] = &[
    Service {
        name: "ec2.amazonaws.com",
        passed_to: None,
        ways: &[
            by(&["ec2:RunInstances"]),
            by(&["ec2:RequestSpotInstances"]),
            by(&[
                "ec2:CreateLaunchTemplate",
                "autoscaling:CreateAutoScalingGroup",
            ]),
            with_role_for(
                "elasticmapreduce.amazonaws.com",
                &["elasticmapreduce:RunJobFlow"],
                "a service role for EMR may be passed too",
            ),
            // Source: AWS Data Pipeline Developer Guide, "IAM Roles for AWS Data Pipeline": what runs on its
            // instances has the resource role.
            with_role_for(
                "datapipeline.amazonaws.com",
                PIPELINE,
                "a pipeline role may be passed too",
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
        passed_to: None,
        ways: &[
            by(&["lambda:CreateFunction", "lambda:InvokeFunction"]),
            by(&["lambda:CreateFunction", "lambda:AddPermission"]),
            if_also(
                &["lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
                "there is a queue or stream that the role may read, into which something comes",
            ),
            on(
                "AWS::Lambda::Function",
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
        passed_to: None,
        ways: &[
            by(&["cloudformation:CreateStack"]),
            by(&[
                "cloudformation:CreateChangeSet",
                "cloudformation:ExecuteChangeSet",
            ]),
            on(
                "AWS::CloudFormation::Stack",
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
        passed_to: None,
        ways: &[
            by(&["codebuild:CreateProject", "codebuild:StartBuild"]),
            by(&["codebuild:CreateProject", "codebuild:StartBuildBatch"]),
        ],
    },
    Service {
        name: "codepipeline.amazonaws.com",
        passed_to: None,
        ways: &[by(&["codepipeline:CreatePipeline"])],
    },
    Service {
        name: "ecs-tasks.amazonaws.com",
        passed_to: None,
        ways: &[
            by(&["ecs:RegisterTaskDefinition", "ecs:RunTask"]),
            by(&["ecs:RegisterTaskDefinition", "ecs:CreateService"]),
            by(&["ecs:RegisterTaskDefinition", "ecs:StartTask"]),
            by(&["batch:RegisterJobDefinition", "batch:SubmitJob"]),
            on("AWS::ECS::TaskDefinition", &["ecs:RunTask"], OVERRIDE),
            on("AWS::ECS::TaskDefinition", &["ecs:StartTask"], OVERRIDE),
        ],
    },
    Service {
        name: "glue.amazonaws.com",
        passed_to: None,
        ways: &[
            by(&["glue:CreateDevEndpoint"]),
            by(&["glue:CreateJob", "glue:StartJobRun"]),
            by(&["glue:CreateJob", "glue:CreateTrigger"]),
            on(
                "AWS::Glue::Job",
                &["glue:UpdateJob", "glue:StartJobRun"],
                JOB,
            ),
            if_also(&["glue:UpdateJob", "glue:CreateTrigger"], JOB),
            by(&["glue:CreateSession", "glue:RunStatement"]),
        ],
    },
    Service {
        name: "sagemaker.amazonaws.com",
        passed_to: None,
        ways: &[
            by(&[
                "sagemaker:CreateNotebookInstance",
                "sagemaker:CreatePresignedNotebookInstanceUrl",
            ]),
            // Its scripts run when a notebook is made.
            by(&[
                "sagemaker:CreateNotebookInstance",
                "sagemaker:CreateNotebookInstanceLifecycleConfig",
            ]),
            by(&["sagemaker:CreateTrainingJob"]),
            by(&["sagemaker:CreateProcessingJob"]),
        ],
    },
    Service {
        name: "datapipeline.amazonaws.com",
        passed_to: None,
        ways: &[if_also(
            PIPELINE,
            "what is wanted is a call that Data Pipeline makes as the role",
        )],
    },
    Service {
        name: "tasks.apprunner.amazonaws.com",
        // Source: AWS Managed Policy Reference, "AWSAppRunnerFullAccess".
        passed_to: Some("apprunner.amazonaws.com"),
        ways: &[by(&["apprunner:CreateService"])],
    },
    Service {
        name: "bedrock-agentcore.amazonaws.com",
        passed_to: None,
        ways: &[
            by(&[
                "bedrock-agentcore:CreateCodeInterpreter",
                "bedrock-agentcore:StartCodeInterpreterSession",
                "bedrock-agentcore:InvokeCodeInterpreter",
            ]),
            // Source: Amazon Bedrock AgentCore Developer Guide, "Security of credentials": whatever runs in the
            // machine of a browser has its role.
            by(&[
                "bedrock-agentcore:CreateBrowser",
                "bedrock-agentcore:StartBrowserSession",
                "bedrock-agentcore:ConnectBrowserAutomationStream",
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
        passed_to: None,
        ways: &[
            by(&["states:CreateStateMachine", "states:StartExecution"]),
            on(
                "AWS::StepFunctions::StateMachine",
                &["states:UpdateStateMachine", "states:StartExecution"],
                "there is a state machine, which is given the role",
            ),
        ],
    },
    Service {
        name: "ssm.amazonaws.com",
        passed_to: None,
        ways: &[
            by(&["ssm:StartAutomationExecution"]),
            // A machine of the attacker's own is registered, and is handed the role.
            by(&["ssm:CreateActivation"]),
        ],
    },
    Service {
        name: "rolesanywhere.amazonaws.com",
        passed_to: None,
        ways: &[by(&[
            "rolesanywhere:CreateTrustAnchor",
            "rolesanywhere:CreateProfile",
        ])],
    },
    Service {
        name: "apigateway.amazonaws.com",
        passed_to: None,
        ways: &[if_also(
            &["apigateway:POST", "apigateway:PUT"],
            "what is wanted is a call that API Gateway makes as the role",
        )],
    },
    Service {
        name: "amplify.amazonaws.com",
        passed_to: None,
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
        passed_to: None,
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
        passed_to: None,
        ways: &[by(&[
            "iot:CreateRoleAlias",
            "iot:CreateKeysAndCertificate",
            "iot:CreatePolicy",
            "iot:AttachPolicy",
        ])],
    },
    Service {
        name: "airflow-env.amazonaws.com",
        // Source: Service Authorization Reference, "Amazon Managed Workflows for Apache Airflow".
        passed_to: Some("airflow.amazonaws.com"),
        ways: &[if_also(
            &["airflow:CreateEnvironment"],
            "the role may read a bucket of the attacker's, and trusts airflow.amazonaws.com too",
        )],
    },
    Service {
        name: "scheduler.amazonaws.com",
        passed_to: None,
        ways: &[by(&["scheduler:CreateSchedule"])],
    },
    Service {
        name: "emr-serverless.amazonaws.com",
        passed_to: None,
        ways: &[by(&[
            "emr-serverless:CreateApplication",
            "emr-serverless:StartJobRun",
        ])],
    },
    Service {
        name: "braket.amazonaws.com",
        passed_to: None,
        ways: &[by(&["braket:CreateJob"])],
    },
    Service {
        name: "omics.amazonaws.com",
        passed_to: None,
        ways: &[by(&["omics:CreateWorkflow", "omics:StartRun"])],
    },
    Service {
        name: "gamelift.amazonaws.com",
        passed_to: None,
        ways: &[by(&["gamelift:CreateBuild", "gamelift:CreateFleet"])],
    },
    Service {
        name: "kinesisanalytics.amazonaws.com",
        passed_to: None,
        ways: &[by(&[
            "kinesisanalytics:CreateApplication",
            "kinesisanalytics:StartApplication",
        ])],
    },
];
