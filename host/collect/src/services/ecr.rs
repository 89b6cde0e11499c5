//! Amazon ECR: `AWS::ECR::Repository`.
//!
//! Public repositories (`AWS::ECR::PublicRepository`) are another service.

use aws_sdk_ecr::Client;
use aws_sdk_ecr::types::Repository as Description;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::ecr::{EncryptionConfiguration, ImageScanningConfiguration};
use blastwall_model::resources::{Repository, RepositoryKind};
use blastwall_model::{Field, Kind, Tags};
use futures::{FutureExt, StreamExt, stream};

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{Policy, tags, text, time};
use crate::harvest::{About, Harvest, absent};
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "ecr",
    products: &[Product {
        kind: RepositoryKind::TYPE,
        calls: &[LIST, POLICY],
        tags: &[TAGS],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = call("DescribeRepositories", "ecr:DescribeRepositories");
const POLICY: Declaration = call("GetRepositoryPolicy", "ecr:GetRepositoryPolicy");
const TAGS: Declaration = call("ListTagsForResource", "ecr:ListTagsForResource");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "ECR",
        operation,
        action,
    }
}

/// The answer for a repository without a policy.
const NO_POLICY: [&str; 1] = ["RepositoryPolicyNotFoundException"];

/// How many repositories of a region are looked into side by side.
const REPOSITORIES_AT_ONCE: usize = 4;

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    const KIND: &str = RepositoryKind::TYPE;
    let ecr = client!(aws_sdk_ecr, context.session, region);
    let mut harvest = Harvest::default();
    let mut repositories = Vec::new();
    let stream = ecr
        .describe_repositories()
        .max_results(1000)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.repositories() {
            match repository(context, region, description) {
                Ok(repository) => repositories.push(repository),
                Err(failure) => harvest.listing(&[KIND], LIST, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], LIST, region, &failure);
    }
    let mut looked_into = stream::iter(repositories)
        .map(|repository| look_into(context, &ecr, repository))
        .buffered(REPOSITORIES_AT_ONCE)
        .boxed();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

fn repository(
    context: &Context<'_>,
    region: &str,
    description: &Description,
) -> Result<Repository, Failure> {
    let arn = parse_arn(description.repository_arn().unwrap_or_default())?;
    let mut repository = Repository::new(arn, context.session.account().clone(), region);
    let config = &mut repository.config;
    config.repository_name = text(description.repository_name()).into();
    let mutability = description.image_tag_mutability();
    config.image_tag_mutability = text(mutability.map(|it| it.as_str())).into();
    let scanning = description.image_scanning_configuration();
    config.image_scanning_configuration = scanning
        .map(|scanning| ImageScanningConfiguration {
            scan_on_push: scanning.scan_on_push(),
        })
        .into();
    let encryption = description.encryption_configuration();
    config.encryption_configuration = encryption
        .map(|encryption| EncryptionConfiguration {
            encryption_type: encryption.encryption_type().as_str().to_owned(),
            kms_key: text(encryption.kms_key()),
        })
        .into();
    let observed = &mut repository.observed;
    observed.repository_uri = text(description.repository_uri()).into();
    observed.created_at = description.created_at().and_then(time).into();
    Ok(repository)
}

/// The policy and tags of one repository.
async fn look_into(context: &Context<'_>, ecr: &Client, mut repository: Repository) -> Harvest {
    let mut harvest = Harvest::default();
    let about = About::resource(&repository);
    let name = repository.config.repository_name.known().cloned();
    let policy = ecr.get_repository_policy().set_repository_name(name);
    let arn = repository.arn.to_string();
    let (policy, tagging) = futures::join!(
        context.session.call(policy.send()),
        tagging(context, ecr, &arn),
    );
    let policy = absent(policy, &NO_POLICY).map(|answer| {
        let policy = answer.and_then(|answer| text(answer.policy_text()));
        policy.map(|text| Policy::plain(&text).document)
    });
    repository.config.repository_policy_text = harvest.field(&about, POLICY, policy);
    repository.tags = harvest.tags(&about, TAGS, tagging);
    harvest.add(&repository);
    harvest
}

/// The tags of one repository, if tags are wanted.
async fn tagging(
    context: &Context<'_>,
    ecr: &Client,
    arn: &str,
) -> Option<Result<Field<Tags>, Failure>> {
    if !context.tags {
        return None;
    }
    let request = ecr.list_tags_for_resource().resource_arn(arn);
    let answer = context.session.call(request.send()).await;
    Some(answer.map(|answer| {
        let own = answer.tags().iter();
        tags(own.map(|tag| (Some(tag.key()), Some(tag.value()))))
    }))
}
