//! Amazon ECS: the latest task definition of each family.
//!
//! Source: Amazon ECS API Reference.

use serde_json::{Value, json};

use super::{epoch_seconds, tags};
use crate::document::{list, object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing(
        "ListTaskDefinitionFamilies",
        "ecs:ListTaskDefinitionFamilies",
        list_families,
    ),
    // Policies have no task definition to name here.
    // Source: Service Authorization Reference, "Amazon Elastic Container Service".
    listing(
        "DescribeTaskDefinition",
        "ecs:DescribeTaskDefinition",
        describe,
    ),
];

const KIND: &str = "AWS::ECS::TaskDefinition";

fn list_families(call: &Call<'_>) -> Result<Answer, Failure> {
    let definitions = call.account()?.documents(KIND, call.region);
    let mut families: Vec<String> = definitions
        .map(|definition| text(definition, "/config/Family"))
        .collect();
    families.sort();
    families.dedup();
    let limit = call.page_size("maxResults");
    let page = page(families, call.input.get("nextToken"), limit)?;
    Ok(Answer::Json(
        json!({ "families": page.items, "nextToken": page.next }),
    ))
}

/// By family, whose latest it is, or by ARN.
fn describe(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.required("taskDefinition")?;
    let definitions = call.account()?.documents(KIND, call.region);
    let found = definitions
        .filter(|definition| {
            text(definition, "/config/Family") == asked || text(definition, "/arn") == asked
        })
        .max_by_key(|definition| {
            let revision = definition.pointer("/observed/Revision");
            revision.and_then(Value::as_i64)
        });
    let definition = found.ok_or_else(|| {
        Failure::new(
            400,
            "ClientException",
            "Unable to describe task definition.",
        )
    })?;
    let mut answer = object(
        definition,
        &[
            ("/arn", "taskDefinitionArn"),
            ("/config/Family", "family"),
            ("/config/TaskRoleArn", "taskRoleArn"),
            ("/config/ExecutionRoleArn", "executionRoleArn"),
            ("/config/NetworkMode", "networkMode"),
            ("/config/PidMode", "pidMode"),
            ("/config/RequiresCompatibilities", "requiresCompatibilities"),
            ("/observed/Revision", "revision"),
            ("/observed/Status", "status"),
        ],
    );
    let containers = list(definition, "/config/ContainerDefinitions").iter();
    let mut containers: Vec<Value> = containers.map(container).collect();
    // Which container has them is not kept.
    if let Some(first) = containers.first_mut() {
        let variables = list(definition, "/observed/VariableNames").iter();
        let variables = variables.map(|name| json!({ "name": name, "value": "a value" }));
        set(first, "environment", variables.collect());
    }
    set(&mut answer, "containerDefinitions", containers.into());
    let registered = text(definition, "/observed/RegisteredAt");
    if !registered.is_empty() {
        set(&mut answer, "registeredAt", epoch_seconds(&registered)?);
    }
    let own = tags(definition).map(|(key, value)| json!({ "key": key, "value": value }));
    let own: Vec<Value> = own.collect();
    Ok(Answer::Json(
        json!({ "taskDefinition": answer, "tags": own }),
    ))
}

fn container(container: &Value) -> Value {
    let mut answer = object(
        container,
        &[
            ("/Name", "name"),
            ("/Image", "image"),
            ("/Privileged", "privileged"),
            ("/User", "user"),
            ("/ReadonlyRootFilesystem", "readonlyRootFilesystem"),
        ],
    );
    let ports = list(container, "/PortMappings").iter().map(|port| {
        object(
            port,
            &[
                ("/ContainerPort", "containerPort"),
                ("/HostPort", "hostPort"),
                ("/Protocol", "protocol"),
            ],
        )
    });
    set(&mut answer, "portMappings", ports.collect());
    let secrets = list(container, "/Secrets").iter();
    let secrets =
        secrets.map(|secret| object(secret, &[("/Name", "name"), ("/ValueFrom", "valueFrom")]));
    set(&mut answer, "secrets", secrets.collect());
    answer
}
