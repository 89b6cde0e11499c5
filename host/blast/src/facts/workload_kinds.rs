//! The table of what runs code as a role: where its document names the role, and by which actions somebody who
//! may not pass roles makes the code one's own. The escalation paths are those of <https://pathfinding.cloud>
//! (Datadog, Apache-2.0), its classes `existing-passrole`.

/// A way to run code of one's own in an existing workload.
#[derive(Debug)]
pub(crate) struct Takeover {
    /// All of these are needed, on the workload itself.
    pub(crate) actions: &'static [&'static str],
    /// What must be the case besides; empty if nothing.
    pub(crate) besides: &'static str,
    /// Whether the actions are about something else than the workload, of whatever name.
    pub(crate) elsewhere: bool,
}

/// A resource type that runs code as a role.
#[derive(Debug)]
pub(crate) struct WorkloadKind {
    /// The resource type.
    pub(crate) kind: &'static str,
    /// The services that take on the role for it, any of which the role must trust. Source: Service Authorization
    /// Reference and the guide of each service, "service role".
    pub(crate) services: &'static [&'static str],
    /// JSON pointers below `config` to the ARN or name of the role or of an instance profile.
    pub(super) roles: &'static [&'static str],
    pub(crate) takeovers: &'static [Takeover],
    /// The action that tags it, where tags say who may take it over; empty if none does.
    pub(crate) tagging: &'static str,
    /// JSON pointers below `config` to what it is made of; `*` is every element of a list.
    pub(super) supplies: &'static [&'static str],
}

const fn by(actions: &'static [&'static str]) -> Takeover {
    Takeover {
        actions,
        besides: "",
        elsewhere: false,
    }
}

const fn if_also(actions: &'static [&'static str], besides: &'static str) -> Takeover {
    Takeover {
        actions,
        besides,
        elsewhere: false,
    }
}

const AGENT: &str = "the Systems Manager agent runs on the instance and may report to its service";

/// The type of clusters of EKS, whose roles other documents tell.
pub(crate) const CLUSTER: &str = "AWS::EKS::Cluster";

pub(crate) const PIPELINE: &str = "AWS::CodePipeline::Pipeline";

pub(super) const KINDS: &[WorkloadKind] = &[
    WorkloadKind {
        kind: "AWS::EC2::Instance",
        services: &["ec2.amazonaws.com"],
        tagging: "ec2:CreateTags",
        roles: &["/IamInstanceProfile", "/IamInstanceProfile/Arn"],
        supplies: &["/ImageId"],
        takeovers: &[
            if_also(&["ssm:SendCommand"], AGENT),
            if_also(&["ssm:StartSession"], AGENT),
            if_also(&["ssm:CreateAssociation"], AGENT),
            by(&[
                "ec2:ModifyInstanceAttribute",
                "ec2:StopInstances",
                "ec2:StartInstances",
            ]),
            if_also(
                &["ec2-instance-connect:SendSSHPublicKey"],
                "the attacker reaches port 22 of the instance",
            ),
            Takeover {
                elsewhere: true,
                ..if_also(
                    &[
                        "codedeploy:RegisterApplicationRevision",
                        "codedeploy:CreateDeployment",
                    ],
                    "a deployment group of CodeDeploy, whose agent runs there, has the instance",
                )
            },
        ],
    },
    WorkloadKind {
        kind: "AWS::Lambda::Function",
        services: &["lambda.amazonaws.com", "edgelambda.amazonaws.com"],
        tagging: "lambda:TagResource",
        roles: &["/Role"],
        supplies: &[
            "/Code/ImageUri",
            "/Code/S3Bucket",
            "/Layers/*",
            "/Layers/*/Arn",
        ],
        takeovers: &[
            by(&["lambda:UpdateFunctionCode", "lambda:InvokeFunction"]),
            by(&["lambda:UpdateFunctionCode", "lambda:AddPermission"]),
            if_also(
                &["lambda:UpdateFunctionCode"],
                "something invokes the function",
            ),
            by(&[
                "lambda:UpdateFunctionConfiguration",
                "lambda:InvokeFunction",
            ]),
            by(&["lambda:UpdateFunctionConfiguration", "lambda:AddPermission"]),
            if_also(
                &["lambda:UpdateFunctionConfiguration"],
                "something invokes the function, which then runs a layer of the attacker",
            ),
        ],
    },
    WorkloadKind {
        kind: "AWS::ECS::TaskDefinition",
        services: &["ecs-tasks.amazonaws.com"],
        tagging: "",
        roles: &["/TaskRoleArn"],
        supplies: &["/ContainerDefinitions/*/Image"],
        takeovers: &[Takeover {
            elsewhere: true,
            ..if_also(
                &["ecs:ExecuteCommand"],
                "a task of the definition runs with execute command enabled",
            )
        }],
    },
    WorkloadKind {
        kind: "AWS::CodeBuild::Project",
        services: &["codebuild.amazonaws.com"],
        tagging: "",
        roles: &["/ServiceRole"],
        supplies: &["/Environment/Image"],
        takeovers: &[
            by(&["codebuild:StartBuild"]),
            if_also(
                &["codebuild:StartBuildBatch"],
                "the project builds in batches",
            ),
            if_also(&["codebuild:UpdateProject"], "something starts a build"),
        ],
    },
    WorkloadKind {
        kind: "AWS::CloudFormation::Stack",
        services: &["cloudformation.amazonaws.com"],
        tagging: "cloudformation:TagResource",
        roles: &["/RoleARN"],
        supplies: &[],
        takeovers: &[
            by(&["cloudformation:UpdateStack"]),
            by(&[
                "cloudformation:CreateChangeSet",
                "cloudformation:ExecuteChangeSet",
            ]),
        ],
    },
    WorkloadKind {
        kind: CLUSTER,
        services: &[
            "pods.eks.amazonaws.com",
            "ec2.amazonaws.com",
            "eks-fargate-pods.amazonaws.com",
        ],
        tagging: "",
        roles: &[],
        supplies: &[],
        takeovers: &[
            by(&["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"]),
            if_also(
                &["eks:AssociateAccessPolicy"],
                "the cluster has an access entry of the attacker's already",
            ),
        ],
    },
    WorkloadKind {
        kind: "AWS::SageMaker::NotebookInstance",
        services: &["sagemaker.amazonaws.com"],
        tagging: "sagemaker:AddTags",
        roles: &["/RoleArn"],
        supplies: &[],
        takeovers: &[
            by(&["sagemaker:CreatePresignedNotebookInstanceUrl"]),
            if_also(
                &[
                    "sagemaker:StopNotebookInstance",
                    "sagemaker:UpdateNotebookInstance",
                    "sagemaker:StartNotebookInstance",
                ],
                "there is, or may be made, a lifecycle configuration that runs the attacker's code",
            ),
        ],
    },
    WorkloadKind {
        kind: "AWS::Glue::DevEndpoint",
        services: &["glue.amazonaws.com"],
        tagging: "",
        roles: &["/RoleArn"],
        supplies: &[],
        takeovers: &[by(&["glue:UpdateDevEndpoint"])],
    },
    WorkloadKind {
        kind: "AWS::Glue::Job",
        services: &["glue.amazonaws.com"],
        tagging: "",
        roles: &["/Role"],
        supplies: &[
            "/Command/ScriptLocation",
            "/DefaultArguments/--extra-py-files",
            "/DefaultArguments/--extra-jars",
        ],
        // Changing a job names its role anew, which takes iam:PassRole.
        takeovers: &[],
    },
    WorkloadKind {
        kind: "AWS::StepFunctions::StateMachine",
        services: &["states.amazonaws.com"],
        tagging: "",
        roles: &["/RoleArn"],
        supplies: &[],
        takeovers: &[by(&["states:UpdateStateMachine", "states:StartExecution"])],
    },
    WorkloadKind {
        kind: PIPELINE,
        services: &["codepipeline.amazonaws.com"],
        tagging: "",
        roles: &["/RoleArn"],
        supplies: &[
            "/ArtifactStore/Location",
            "/ArtifactStores/*/ArtifactStore/Location",
        ],
        takeovers: &[by(&[
            "codepipeline:UpdatePipeline",
            "codepipeline:StartPipelineExecution",
        ])],
    },
    // Where Image Builder builds; what it builds there say recipes.
    WorkloadKind {
        kind: "AWS::ImageBuilder::InfrastructureConfiguration",
        services: &["ec2.amazonaws.com"],
        tagging: "",
        roles: &["/InstanceProfileName"],
        supplies: &[],
        takeovers: &[],
    },
    WorkloadKind {
        kind: "AWS::AppRunner::Service",
        services: &["tasks.apprunner.amazonaws.com"],
        tagging: "",
        roles: &["/InstanceConfiguration/InstanceRoleArn"],
        supplies: &["/SourceConfiguration/ImageRepository/ImageIdentifier"],
        takeovers: &[by(&["apprunner:UpdateService"])],
    },
    WorkloadKind {
        kind: "AWS::Batch::JobDefinition",
        services: &["ecs-tasks.amazonaws.com"],
        tagging: "",
        roles: &["/ContainerProperties/JobRoleArn"],
        supplies: &["/ContainerProperties/Image"],
        takeovers: &[by(&["batch:SubmitJob"])],
    },
    WorkloadKind {
        kind: "AWS::BedrockAgentCore::CodeInterpreterCustom",
        services: &["bedrock-agentcore.amazonaws.com"],
        tagging: "bedrock-agentcore:TagResource",
        roles: &["/ExecutionRoleArn"],
        supplies: &[],
        takeovers: &[by(&[
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ])],
    },
    WorkloadKind {
        kind: "AWS::BedrockAgentCore::BrowserCustom",
        services: &["bedrock-agentcore.amazonaws.com"],
        tagging: "bedrock-agentcore:TagResource",
        roles: &["/ExecutionRoleArn"],
        supplies: &[],
        takeovers: &[by(&[
            "bedrock-agentcore:StartBrowserSession",
            "bedrock-agentcore:ConnectBrowserAutomationStream",
        ])],
    },
    WorkloadKind {
        kind: "AWS::BedrockAgentCore::Harness",
        services: &["bedrock-agentcore.amazonaws.com"],
        tagging: "bedrock-agentcore:TagResource",
        roles: &["/ExecutionRoleArn"],
        supplies: &[],
        takeovers: &[if_also(
            &["bedrock-agentcore:InvokeAgentRuntimeCommand"],
            "the runtime behind the harness takes its callers by IAM, not by a token",
        )],
    },
    // Source: Amazon MWAA User Guide, "Adding or updating DAGs" and "Amazon MWAA execution role": what lies in
    // the bucket runs as the role, which must be able to read it.
    WorkloadKind {
        kind: "AWS::MWAA::Environment",
        services: &["airflow-env.amazonaws.com"],
        tagging: "airflow:TagResource",
        roles: &["/ExecutionRoleArn"],
        supplies: &["/SourceBucketArn"],
        takeovers: &[if_also(
            &["airflow:UpdateEnvironment"],
            "the role may read a bucket of the attacker's",
        )],
    },
    WorkloadKind {
        kind: "AWS::BedrockAgentCore::Runtime",
        services: &["bedrock-agentcore.amazonaws.com"],
        tagging: "bedrock-agentcore:TagResource",
        roles: &["/RoleArn"],
        supplies: &["/AgentRuntimeArtifact/ContainerConfiguration/ContainerUri"],
        takeovers: &[if_also(
            &["bedrock-agentcore:InvokeAgentRuntimeCommand"],
            "the runtime takes its callers by IAM, not by a token",
        )],
    },
    WorkloadKind {
        kind: "AWS::EMR::Cluster",
        services: &["ec2.amazonaws.com"],
        tagging: "elasticmapreduce:AddTags",
        roles: &["/JobFlowRole"],
        supplies: &[],
        // A step runs as the instances do, unless it names a role of its own, which takes iam:PassRole.
        takeovers: &[
            by(&["elasticmapreduce:AddJobFlowSteps"]),
            if_also(
                &["elasticmapreduce:GetClusterSessionCredentials"],
                "the cluster has a security configuration with runtime roles, and the attacker reaches it",
            ),
        ],
    },
    WorkloadKind {
        kind: "AWS::SageMaker::UserProfile",
        services: &["sagemaker.amazonaws.com"],
        tagging: "sagemaker:AddTags",
        roles: &["/UserSettings/ExecutionRole"],
        supplies: &[],
        takeovers: &[by(&["sagemaker:CreatePresignedDomainUrl"])],
    },
    WorkloadKind {
        kind: "AWS::SageMaker::Domain",
        services: &["sagemaker.amazonaws.com"],
        tagging: "",
        roles: &["/DefaultUserSettings/ExecutionRole"],
        supplies: &[],
        takeovers: &[Takeover {
            elsewhere: true,
            ..if_also(
                &["sagemaker:CreatePresignedDomainUrl"],
                "a user profile of the domain has no role of its own",
            )
        }],
    },
    WorkloadKind {
        kind: "AWS::Amplify::App",
        services: &["amplify.amazonaws.com"],
        tagging: "amplify:TagResource",
        roles: &["/IAMServiceRole", "/ComputeRoleArn"],
        supplies: &[],
        // Its build specification is changed without naming the role anew.
        takeovers: &[Takeover {
            elsewhere: true,
            ..if_also(
                &["amplify:UpdateApp", "amplify:StartJob"],
                "the app builds from a repository",
            )
        }],
    },
    WorkloadKind {
        kind: "AWS::IoT::RoleAlias",
        services: &["credentials.iot.amazonaws.com"],
        tagging: "",
        roles: &["/RoleArn"],
        supplies: &[],
        // A thing of the attacker's own asks for credentials by the alias. Source: IoT Core Developer Guide,
        // "Authorizing direct calls to AWS services using AWS IoT Core credential provider".
        takeovers: &[Takeover {
            elsewhere: true,
            ..by(&[
                "iot:CreateKeysAndCertificate",
                "iot:CreatePolicy",
                "iot:AttachPolicy",
            ])
        }],
    },
    WorkloadKind {
        kind: "AWS::EC2::LaunchTemplate",
        services: &["ec2.amazonaws.com"],
        tagging: "",
        roles: &[
            "/LaunchTemplateData/IamInstanceProfile/Arn",
            "/LaunchTemplateData/IamInstanceProfile/Name",
        ],
        supplies: &["/LaunchTemplateData/ImageId"],
        takeovers: &[if_also(
            &[
                "ec2:CreateLaunchTemplateVersion",
                "ec2:ModifyLaunchTemplate",
            ],
            "something launches an instance from the template's default version",
        )],
    },
];

/// The table.
pub(crate) fn workload_kinds() -> &'static [WorkloadKind] {
    KINDS
}
