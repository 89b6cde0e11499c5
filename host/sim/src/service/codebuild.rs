//! AWS CodeBuild: projects, without their variables.
//!
//! Source: AWS CodeBuild API Reference.

use serde_json::{Value, json};

use super::{epoch_seconds, tags};
use crate::document::{list, object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListProjects", "codebuild:ListProjects", list_projects),
    listing(
        "BatchGetProjects",
        "codebuild:BatchGetProjects",
        batch_get_projects,
    ),
];

const KIND: &str = "AWS::CodeBuild::Project";

/// No answer of the listing has more. Source: CodeBuild API Reference, "ListProjects".
const PROJECTS_A_PAGE: usize = 100;

fn list_projects(call: &Call<'_>) -> Result<Answer, Failure> {
    let projects = call.account()?.documents(KIND, call.region);
    let names = projects.map(|project| text(project, "/config/Name"));
    let limit = call.simulation.options.page_size.min(PROJECTS_A_PAGE);
    let page = page(names.collect(), call.input.get("nextToken"), limit)?;
    Ok(Answer::Json(
        json!({ "projects": page.items, "nextToken": page.next }),
    ))
}

fn batch_get_projects(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.input.list("names");
    let projects = call.account()?.documents(KIND, call.region);
    let projects: Result<Vec<Value>, Failure> = projects
        .filter(|project| asked.contains(&&*text(project, "/config/Name")))
        .map(project)
        .collect();
    Ok(Answer::Json(json!({ "projects": projects? })))
}

fn project(project: &Value) -> Result<Value, Failure> {
    let mut answer = object(
        project,
        &[
            ("/arn", "arn"),
            ("/config/Name", "name"),
            ("/config/ServiceRole", "serviceRole"),
            ("/config/EncryptionKey", "encryptionKey"),
            ("/config/Visibility", "projectVisibility"),
            ("/config/ResourceAccessRole", "resourceAccessRole"),
        ],
    );
    for (pointer, name, members) in [
        (
            "/config/Environment",
            "environment",
            &[
                ("/Type", "type"),
                ("/Image", "image"),
                ("/ComputeType", "computeType"),
                ("/PrivilegedMode", "privilegedMode"),
                ("/ImagePullCredentialsType", "imagePullCredentialsType"),
            ][..],
        ),
        (
            "/config/Source",
            "source",
            &[("/Type", "type"), ("/Location", "location")],
        ),
        (
            "/config/VpcConfig",
            "vpcConfig",
            &[
                ("/VpcId", "vpcId"),
                ("/Subnets", "subnets"),
                ("/SecurityGroupIds", "securityGroupIds"),
            ],
        ),
    ] {
        if let Some(part) = project.pointer(pointer) {
            let mut part = object(part, members);
            let variables = list(project, "/observed/VariableNames").iter();
            if name == "environment" {
                let variables = variables.map(|name| json!({ "name": name, "value": "a value" }));
                set(&mut part, "environmentVariables", variables.collect());
            }
            set(&mut answer, name, part);
        }
    }
    if project.pointer("/config/Triggers").is_some() {
        let groups = list(project, "/config/Triggers/FilterGroups").iter();
        let groups: Vec<Vec<Value>> = groups.map(filters).collect();
        set(&mut answer, "webhook", json!({ "filterGroups": groups }));
    }
    for (pointer, name) in [
        ("/observed/Created", "created"),
        ("/observed/LastModified", "lastModified"),
    ] {
        let time = text(project, pointer);
        if !time.is_empty() {
            set(&mut answer, name, epoch_seconds(&time)?);
        }
    }
    let own = tags(project).map(|(key, value)| json!({ "key": key, "value": value }));
    set(&mut answer, "tags", own.collect());
    Ok(answer)
}

fn filters(group: &Value) -> Vec<Value> {
    let filters = list(group, "").iter();
    filters
        .map(|filter| {
            object(
                filter,
                &[
                    ("/Type", "type"),
                    ("/Pattern", "pattern"),
                    ("/ExcludeMatchedPattern", "excludeMatchedPattern"),
                ],
            )
        })
        .collect()
}
