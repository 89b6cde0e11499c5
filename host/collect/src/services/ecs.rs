//! Amazon ECS: `AWS::ECS::TaskDefinition`.
//!
//! Of each family the latest revision that is active: a family may have thousands, and what is started without a
//! revision is this one. Commands are passed over, and of environments only the names of variables are kept: they
//! may hold secrets.

use std::collections::BTreeSet;

use aws_sdk_ecs::Client;
use aws_sdk_ecs::operation::describe_task_definition::DescribeTaskDefinitionOutput;
use aws_sdk_ecs::types::{
    ContainerDefinition as ContainerAnswer, TaskDefinitionFamilyStatus, TaskDefinitionField,
};
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::Kind;
use blastwall_model::resources::ecs::{ContainerDefinition, ContainerSecret, PortMapping};
use blastwall_model::resources::{TaskDefinition, TaskDefinitionKind};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, tags, text, time};
use crate::harvest::{About, Harvest, malformed};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "ecs",
    products: &[Product {
        kind: TaskDefinitionKind::TYPE,
        calls: &[FAMILIES, DESCRIBE],
        // They come with the description.
        tags: &[],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const FAMILIES: Declaration = call(
    "ListTaskDefinitionFamilies",
    "ecs:ListTaskDefinitionFamilies",
);
const DESCRIBE: Declaration = call("DescribeTaskDefinition", "ecs:DescribeTaskDefinition");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "ECS",
        operation,
        action,
    }
}

/// How many task definitions of a region are asked for side by side.
const DEFINITIONS_AT_ONCE: usize = 4;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let ecs = client!(aws_sdk_ecs, context.session, region);
    let mut harvest = Harvest::default();
    let mut families = Vec::new();
    let stream = ecs
        .list_task_definition_families()
        .status(TaskDefinitionFamilyStatus::Active)
        .max_results(100)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        families.extend_from_slice(page.families());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[TaskDefinitionKind::TYPE], FAMILIES, region, &failure);
    }
    let mut described = stream::iter(families)
        .map(|family| describe(context, &ecs, region, family))
        .buffered(DEFINITIONS_AT_ONCE)
        .boxed();
    while let Some(found) = described.next().await {
        harvest.append(found);
    }
    harvest
}

/// The latest of a family. What is refused of it is missing: only the answer tells which revision that is.
async fn describe(context: &Context<'_>, ecs: &Client, region: &str, family: String) -> Harvest {
    let mut harvest = Harvest::default();
    let request = ecs
        .describe_task_definition()
        .task_definition(&family)
        .include(TaskDefinitionField::Tags);
    let answer = context.session.call(request.send()).await;
    match answer.and_then(|answer| definition(context, region, &answer)) {
        Ok(definition) => harvest.add(&definition),
        Err(failure) => {
            let types = vec![TaskDefinitionKind::TYPE];
            match context.arn("ecs", region, &format!("task-definition/{family}")) {
                Ok(arn) => {
                    let about = About::types(types, region, &arn);
                    harvest.incomplete(&about, DESCRIBE, &failure);
                }
                Err(_) => harvest.listing(&types, DESCRIBE, region, &failure),
            }
        }
    }
    harvest
}

fn definition(
    context: &Context<'_>,
    region: &str,
    answer: &DescribeTaskDefinitionOutput,
) -> Result<TaskDefinition, Failure> {
    let described = answer
        .task_definition()
        .ok_or_else(|| malformed("the answer describes no task definition"))?;
    let arn = parse_arn(described.task_definition_arn().unwrap_or_default())?;
    let mut definition = TaskDefinition::new(arn, context.session.account().clone(), region);
    definition.tags = tags(answer.tags().iter().map(|tag| (tag.key(), tag.value())));
    let config = &mut definition.config;
    config.family = text(described.family()).into();
    config.task_role_arn = text(described.task_role_arn()).into();
    config.execution_role_arn = text(described.execution_role_arn()).into();
    config.network_mode = text(described.network_mode().map(|it| it.as_str())).into();
    config.pid_mode = text(described.pid_mode().map(|it| it.as_str())).into();
    let runs_on = described.requires_compatibilities().iter();
    let runs_on = sorted(runs_on.map(|it| it.as_str().to_owned()));
    config.requires_compatibilities = Some(runs_on).filter(|list| !list.is_empty()).into();
    let containers = described.container_definitions().iter().map(container);
    config.container_definitions = Some(containers.collect::<Vec<_>>()).into();
    let observed = &mut definition.observed;
    observed.revision = Some(described.revision()).into();
    observed.status = text(described.status().map(|it| it.as_str())).into();
    observed.registered_at = described.registered_at().and_then(time).into();
    let containers = described.container_definitions().iter();
    let variables = containers.flat_map(|container| container.environment());
    let names: BTreeSet<String> = variables
        .filter_map(|variable| text(variable.name()))
        .collect();
    observed.variable_names = Some(sorted(names)).filter(|names| !names.is_empty()).into();
    Ok(definition)
}

fn container(answer: &ContainerAnswer) -> ContainerDefinition {
    let ports = answer.port_mappings().iter().map(|port| PortMapping {
        container_port: port.container_port(),
        host_port: port.host_port(),
        protocol: text(port.protocol().map(|it| it.as_str())),
    });
    let secrets = answer.secrets().iter().map(|secret| ContainerSecret {
        name: secret.name().to_owned(),
        value_from: secret.value_from().to_owned(),
    });
    ContainerDefinition {
        name: text(answer.name()).unwrap_or_default(),
        image: text(answer.image()).unwrap_or_default(),
        privileged: answer.privileged(),
        user: text(answer.user()),
        readonly_root_filesystem: answer.readonly_root_filesystem(),
        port_mappings: ports.collect(),
        secrets: secrets.collect(),
    }
}
