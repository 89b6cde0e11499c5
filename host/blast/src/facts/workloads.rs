//! Things that run code as a role: instances, functions, builds, stacks.
//!
//! One table says for each resource type where its document names the role, and by which actions
//! somebody who may not pass roles makes the code one's own. The escalation paths are those of
//! <https://pathfinding.cloud> (Datadog, Apache-2.0), its classes `existing-passrole`.

use std::collections::BTreeMap;

use blastwall_model::{Arn, Document};
use serde_json::Value;

/// A way to run code of one's own in an existing workload.
#[derive(Debug)]
pub(crate) struct Takeover {
    /// All of these are needed, on the workload itself.
    pub(crate) actions: &'static [&'static str],
    /// What must be the case besides; empty if nothing.
    pub(crate) besides: &'static str,
}

/// A resource type that runs code as a role.
#[derive(Debug)]
pub(crate) struct WorkloadKind {
    /// The resource type.
    pub(crate) kind: &'static str,
    /// JSON pointers below `config` to the ARN or name of the role or of an instance profile.
    roles: &'static [&'static str],
    pub(crate) takeovers: &'static [Takeover],
}

const fn by(actions: &'static [&'static str]) -> Takeover {
    Takeover {
        actions,
        besides: "",
    }
}

const fn if_also(actions: &'static [&'static str], besides: &'static str) -> Takeover {
    Takeover { actions, besides }
}

const AGENT: &str = "the Systems Manager agent runs on the instance and may report to its service";

const KINDS: &[WorkloadKind] = &[
    WorkloadKind {
        kind: "AWS::EC2::Instance",
        roles: &["/IamInstanceProfile", "/IamInstanceProfile/Arn"],
        takeovers: &[
            if_also(&["ssm:SendCommand"], AGENT),
            if_also(&["ssm:StartSession"], AGENT),
            by(&[
                "ec2:ModifyInstanceAttribute",
                "ec2:StopInstances",
                "ec2:StartInstances",
            ]),
            if_also(
                &["ec2-instance-connect:SendSSHPublicKey"],
                "the attacker reaches port 22 of the instance",
            ),
        ],
    },
    WorkloadKind {
        kind: "AWS::Lambda::Function",
        roles: &["/Role"],
        takeovers: &[
            by(&["lambda:UpdateFunctionCode", "lambda:InvokeFunction"]),
            if_also(
                &["lambda:UpdateFunctionCode"],
                "something invokes the function",
            ),
            if_also(
                &["lambda:UpdateFunctionConfiguration"],
                "something invokes the function, which then runs a layer of the attacker",
            ),
        ],
    },
    WorkloadKind {
        kind: "AWS::ECS::TaskDefinition",
        roles: &["/TaskRoleArn"],
        takeovers: &[if_also(
            &["ecs:ExecuteCommand"],
            "a task of the definition runs with execute command enabled",
        )],
    },
    WorkloadKind {
        kind: "AWS::CodeBuild::Project",
        roles: &["/ServiceRole"],
        takeovers: &[
            by(&["codebuild:StartBuild"]),
            by(&["codebuild:StartBuildBatch"]),
            if_also(&["codebuild:UpdateProject"], "something starts a build"),
        ],
    },
    WorkloadKind {
        kind: "AWS::CloudFormation::Stack",
        roles: &["/RoleARN"],
        takeovers: &[
            by(&["cloudformation:UpdateStack"]),
            by(&[
                "cloudformation:CreateChangeSet",
                "cloudformation:ExecuteChangeSet",
            ]),
        ],
    },
    WorkloadKind {
        kind: "AWS::SageMaker::NotebookInstance",
        roles: &["/RoleArn"],
        takeovers: &[
            by(&["sagemaker:CreatePresignedNotebookInstanceUrl"]),
            by(&[
                "sagemaker:StopNotebookInstance",
                "sagemaker:UpdateNotebookInstance",
                "sagemaker:StartNotebookInstance",
            ]),
        ],
    },
    WorkloadKind {
        kind: "AWS::Glue::DevEndpoint",
        roles: &["/RoleArn"],
        takeovers: &[by(&["glue:UpdateDevEndpoint"])],
    },
    WorkloadKind {
        kind: "AWS::Glue::Job",
        roles: &["/Role"],
        takeovers: &[by(&["glue:UpdateJob", "glue:StartJobRun"])],
    },
    WorkloadKind {
        kind: "AWS::StepFunctions::StateMachine",
        roles: &["/RoleArn"],
        takeovers: &[by(&["states:UpdateStateMachine", "states:StartExecution"])],
    },
    WorkloadKind {
        kind: "AWS::CodePipeline::Pipeline",
        roles: &["/RoleArn"],
        takeovers: &[by(&[
            "codepipeline:UpdatePipeline",
            "codepipeline:StartPipelineExecution",
        ])],
    },
    WorkloadKind {
        kind: "AWS::AppRunner::Service",
        roles: &["/InstanceConfiguration/InstanceRoleArn"],
        takeovers: &[by(&["apprunner:UpdateService"])],
    },
    WorkloadKind {
        kind: "AWS::Batch::JobDefinition",
        roles: &["/ContainerProperties/JobRoleArn"],
        takeovers: &[by(&["batch:SubmitJob"])],
    },
    WorkloadKind {
        kind: "AWS::EC2::LaunchTemplate",
        roles: &[
            "/LaunchTemplateData/IamInstanceProfile/Arn",
            "/LaunchTemplateData/IamInstanceProfile/Name",
        ],
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

/// The types besides workloads that tell about them.
const CONTEXT: &[&str] = &["AWS::EC2::SecurityGroup", "AWS::IAM::InstanceProfile"];

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    KINDS
        .iter()
        .map(|kind| kind.kind)
        .chain(CONTEXT.iter().copied())
}

/// A workload of an account.
#[derive(Clone, Debug)]
pub(crate) struct WorkloadFacts {
    pub(crate) kind: &'static WorkloadKind,
    pub(crate) arn: Arn,
    /// The names or ARNs of its roles, instance profiles resolved.
    pub(crate) roles: Vec<String>,
    /// A public address and a security group that lets the world in, in words; none if it has none.
    pub(crate) exposed: Option<String>,
}

/// Reads the workloads of an account; those without a role run as nobody and are left out.
pub(super) fn read<'a>(
    documents: impl Iterator<Item = &'a Document> + Clone,
) -> Vec<WorkloadFacts> {
    let values = |kind: &'static str| {
        documents
            .clone()
            .filter(move |document| document.kind == kind)
            .filter_map(|document| {
                let value: Value = serde_json::from_str(document.json()).ok()?;
                Some((document, value))
            })
    };
    let profiles: BTreeMap<String, Vec<String>> = values("AWS::IAM::InstanceProfile")
        .map(|(document, value)| {
            (
                last(document.arn.as_str()).to_owned(),
                texts(&value, "/config/Roles"),
            )
        })
        .collect();
    let open: BTreeMap<String, String> = values("AWS::EC2::SecurityGroup")
        .filter_map(|(document, value)| {
            Some((last(document.arn.as_str()).to_owned(), opening(&value)?))
        })
        .collect();
    let mut workloads = Vec::new();
    for kind in KINDS {
        for (document, value) in values(kind.kind) {
            let named = kind
                .roles
                .iter()
                .filter_map(|pointer| value.pointer(&format!("/config{pointer}"))?.as_str());
            let roles: Vec<String> = named.flat_map(|name| role_names(name, &profiles)).collect();
            let state = value.pointer("/observed/State").and_then(Value::as_str);
            if roles.is_empty() || matches!(state, Some("terminated" | "shutting-down")) {
                continue;
            }
            workloads.push(WorkloadFacts {
                kind,
                arn: document.arn.clone(),
                roles,
                exposed: exposure(&value, &open),
            });
        }
    }
    workloads
}

/// The roles behind a name: those of an instance profile, or the role itself. A profile that was not
/// collected has, as a rule, the name of its role.
fn role_names(name: &str, profiles: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let last = last(name);
    if !name.contains(":role/")
        && let Some(roles) = profiles.get(last)
    {
        return roles.clone();
    }
    vec![last.to_owned()]
}

/// How a security group lets the world in, if it does.
fn opening(group: &Value) -> Option<String> {
    let rules = group.pointer("/config/SecurityGroupIngress")?.as_array()?;
    let rule = rules.iter().find(|rule| {
        let text = |name: &str| rule.get(name).and_then(Value::as_str);
        text("CidrIp") == Some("0.0.0.0/0") || text("CidrIpv6") == Some("::/0")
    })?;
    let port = |name: &str| rule.get(name).and_then(Value::as_i64);
    Some(match (port("FromPort"), port("ToPort")) {
        (Some(from), Some(to)) if from == to => format!("port {from}"),
        (Some(from), Some(to)) if from >= 0 => format!("ports {from} to {to}"),
        _ => "all ports".to_owned(),
    })
}

fn exposure(value: &Value, open: &BTreeMap<String, String>) -> Option<String> {
    let address = ["/observed/PublicIpAddress", "/observed/PublicIp"]
        .iter()
        .find_map(|pointer| value.pointer(pointer)?.as_str())?;
    let mut groups = texts(value, "/config/SecurityGroupIds");
    groups.extend(texts(value, "/observed/SecurityGroupIds"));
    let (group, ports) = groups.iter().find_map(|group| open.get_key_value(group))?;
    Some(format!(
        "{address} is public, and {group} opens {ports} to the world"
    ))
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|text| Some(text.as_str()?.to_owned()))
        .collect()
}

fn last(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or_default()
}
