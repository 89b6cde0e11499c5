//! What is not there to hold data, and in which credentials may lie: the environment of functions, containers
//! and builds, the user data of instances.
//!
//! A scan does not read them; names of variables, and what the collector made out in user data, tell where there
//! may be some.

use blastwall_model::SECRET_NAMES;
use serde_json::Value;

use super::{StoreKind, store, way};

/// The link by which they are had.
pub(crate) const LINK: &str = "stored-credential";

const FUNCTION: &str = "AWS::Lambda::Function";
const TASK: &str = "AWS::ECS::TaskDefinition";
const PROJECT: &str = "AWS::CodeBuild::Project";
const INSTANCE: &str = "AWS::EC2::Instance";
const TEMPLATE: &str = "AWS::EC2::LaunchTemplate";

pub(super) const KINDS: &[StoreKind] = &[
    // Source: Lambda Developer Guide, "Securing Lambda environment variables".
    StoreKind {
        keys: &["/KmsKeyArn"],
        via: "lambda",
        context: "kms:EncryptionContext:aws:lambda:FunctionArn",
        ..store(
            FUNCTION,
            LINK,
            &[
                way(&["lambda:GetFunctionConfiguration"]),
                way(&["lambda:GetFunction"]),
                way(&["lambda:ListFunctions"]),
            ],
            "",
        )
    },
    store(TASK, LINK, &[way(&["ecs:DescribeTaskDefinition"])], ""),
    store(PROJECT, LINK, &[way(&["codebuild:BatchGetProjects"])], ""),
    store(
        INSTANCE,
        LINK,
        &[way(&["ec2:DescribeInstanceAttribute"])],
        "",
    ),
    store(
        TEMPLATE,
        LINK,
        &[
            way(&["ec2:DescribeLaunchTemplateVersions"]),
            way(&["ec2:GetLaunchTemplateData"]),
        ],
        "",
    ),
];

/// Endings of names that say where a credential is kept instead.
const ELSEWHERE: [&str; 6] = ["_arn", "_name", "_id", "_path", "_url", "_parameter"];

/// Whether a document of one of these types tells of something that may be a credential; one of another type
/// needs not.
pub(in crate::facts) fn may_hold_credentials(kind: &StoreKind, value: &Value) -> bool {
    let list = |value: Option<&Value>| {
        let list = value.and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let variables = |value: Option<&Value>| {
        let variables = list(value).into_iter();
        // Builds take some of theirs from a secret or parameter.
        let plain = variables.filter(|one| {
            let kind = one.get("Type").and_then(Value::as_str);
            kind.is_none_or(|kind| kind == "PLAINTEXT")
        });
        plain
            .filter_map(|one| Some(one.get("Name")?.as_str()?.to_owned()))
            .any(|name| is_telling(&name))
    };
    let kept = list(value.pointer("/observed/VariableNames"));
    let mut kept = kept.iter().filter_map(Value::as_str);
    match kind.kind {
        FUNCTION | TASK | PROJECT if kept.any(is_telling) => true,
        FUNCTION => {
            let variables = value.pointer("/config/Environment/Variables");
            let variables = variables.and_then(Value::as_object);
            variables.is_some_and(|variables| variables.keys().any(|name| is_telling(name)))
        }
        TASK => list(value.pointer("/config/ContainerDefinitions"))
            .iter()
            .any(|container| variables(container.get("Environment"))),
        PROJECT => variables(value.pointer("/config/Environment/EnvironmentVariables")),
        INSTANCE | TEMPLATE => !list(value.pointer("/observed/UserData/Secrets")).is_empty(),
        _ => true,
    }
}

fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    SECRET_NAMES.iter().any(|part| name.contains(part))
        && !ELSEWHERE.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        for name in [
            "DB_PASSWORD",
            "GithubToken",
            "API-KEY",
            "AWS_SECRET_ACCESS_KEY",
        ] {
            assert!(is_telling(name), "{name}");
        }
        for name in [
            "STAGE",
            "SECRET_ARN",
            "TOKEN_URL",
            "AWS_ACCESS_KEY_ID",
            "TABLE",
        ] {
            assert!(!is_telling(name), "{name}");
        }
    }
}
