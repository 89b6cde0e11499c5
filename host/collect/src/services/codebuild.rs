//! AWS CodeBuild: `AWS::CodeBuild::Project`.
//!
//! A call tells a hundred projects whole. Their build specifications are passed over, and of variables only
//! the names are kept: they may hold secrets.

use aws_sdk_codebuild::Client;
use aws_sdk_codebuild::types::{
    EnvironmentVariableType, Project as Description, ProjectEnvironment as EnvironmentAnswer,
    Webhook, WebhookFilter as Answer,
};
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::Kind;
use blastwall_model::resources::codebuild::{
    ProjectEnvironment, ProjectSource, ProjectTriggers, ProjectVpcConfig, WebhookFilter,
};
use blastwall_model::resources::{Project, ProjectKind};
use futures::FutureExt;

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, tags, text, time};
use crate::harvest::Harvest;
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "codebuild",
    products: &[Product {
        kind: ProjectKind::TYPE,
        calls: &[LIST, PROJECTS],
        tags: &[],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("ListProjects", "codebuild:ListProjects");
const PROJECTS: Declaration = call("BatchGetProjects", "codebuild:BatchGetProjects");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "CodeBuild",
        operation,
        action,
    }
}

/// The most that one call tells. Source: CodeBuild API Reference, "BatchGetProjects".
const PROJECTS_A_CALL: usize = 100;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    const KIND: &str = ProjectKind::TYPE;
    let codebuild = client!(aws_sdk_codebuild, context.session, region);
    let mut harvest = Harvest::default();
    let mut names = Vec::new();
    let stream = codebuild.list_projects().into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        names.extend_from_slice(page.projects());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], LIST, region, &failure);
    }
    for some in names.chunks(PROJECTS_A_CALL) {
        match described(context, &codebuild, some).await {
            Ok(descriptions) => {
                for description in descriptions {
                    match project(context, region, &description) {
                        Ok(project) => harvest.add(&project),
                        Err(failure) => harvest.listing(&[KIND], PROJECTS, region, &failure),
                    }
                }
            }
            Err(failure) => harvest.listing(&[KIND], PROJECTS, region, &failure),
        }
    }
    harvest
}

async fn described(
    context: &Context<'_>,
    codebuild: &Client,
    names: &[String],
) -> Result<Vec<Description>, Failure> {
    let request = codebuild.batch_get_projects();
    let request = request.set_names(Some(names.to_vec()));
    let answer = context.session.call(request.send()).await?;
    Ok(answer.projects.unwrap_or_default())
}

fn project(
    context: &Context<'_>,
    region: &str,
    description: &Description,
) -> Result<Project, Failure> {
    let arn = parse_arn(description.arn().unwrap_or_default())?;
    let mut project = Project::new(arn, context.session.account().clone(), region);
    project.tags = tags(
        description
            .tags()
            .iter()
            .map(|tag| (tag.key(), tag.value())),
    );
    let config = &mut project.config;
    config.name = text(description.name()).into();
    config.service_role = text(description.service_role()).into();
    config.environment = description.environment().map(environment).into();
    let source = description.source().map(|source| ProjectSource {
        source_type: source.r#type().as_str().to_owned(),
        location: text(source.location()),
    });
    config.source = source.into();
    config.encryption_key = text(description.encryption_key()).into();
    let network = description.vpc_config();
    config.vpc_config = network
        .filter(|network| text(network.vpc_id()).is_some())
        .map(|network| ProjectVpcConfig {
            vpc_id: text(network.vpc_id()),
            subnets: sorted(network.subnets().iter().cloned()),
            security_group_ids: sorted(network.security_group_ids().iter().cloned()),
        })
        .into();
    config.triggers = description.webhook().map(triggers).into();
    let visibility = description.project_visibility();
    config.visibility = text(visibility.map(|it| it.as_str())).into();
    config.resource_access_role = text(description.resource_access_role()).into();
    let observed = &mut project.observed;
    observed.created = description.created().and_then(time).into();
    observed.last_modified = description.last_modified().and_then(time).into();
    let variables = description
        .environment()
        .map(EnvironmentAnswer::environment_variables);
    let plain = variables.unwrap_or_default().iter().filter(|variable| {
        let kind = variable.r#type();
        kind.is_none_or(|kind| *kind == EnvironmentVariableType::Plaintext)
    });
    let names = sorted(plain.map(|variable| variable.name().to_owned()));
    observed.variable_names = Some(names).filter(|names| !names.is_empty()).into();
    Ok(project)
}

fn environment(environment: &EnvironmentAnswer) -> ProjectEnvironment {
    let puller = environment.image_pull_credentials_type();
    ProjectEnvironment {
        environment_type: environment.r#type().as_str().to_owned(),
        image: environment.image().to_owned(),
        compute_type: environment.compute_type().as_str().to_owned(),
        privileged_mode: environment.privileged_mode(),
        image_pull_credentials_type: text(puller.map(|it| it.as_str())),
    }
}

fn triggers(webhook: &Webhook) -> ProjectTriggers {
    let filter = |filter: &Answer| WebhookFilter {
        filter_type: filter.r#type().as_str().to_owned(),
        pattern: filter.pattern().to_owned(),
        exclude_matched_pattern: filter.exclude_matched_pattern(),
    };
    let groups = webhook.filter_groups().iter();
    ProjectTriggers {
        webhook: true,
        filter_groups: groups
            .map(|group| group.iter().map(filter).collect())
            .collect(),
    }
}
