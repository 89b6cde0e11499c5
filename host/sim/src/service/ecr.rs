//! Amazon ECR: repositories with their policies.
//!
//! Source: Amazon ECR API Reference.

use serde_json::{Value, json};

use super::{as_text, epoch_seconds, key_values};
use crate::document::{object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing(
        "DescribeRepositories",
        "ecr:DescribeRepositories",
        describe_repositories,
    ),
    of_resource(
        "GetRepositoryPolicy",
        "ecr:GetRepositoryPolicy",
        target,
        get_repository_policy,
    ),
    of_resource(
        "ListTagsForResource",
        "ecr:ListTagsForResource",
        target,
        list_tags,
    ),
];

const KIND: &str = "AWS::ECR::Repository";

/// By name or by ARN, as operations ask.
fn find<'a>(call: &Call<'a>) -> Result<&'a Value, Failure> {
    let (asked, pointer) = match call.input.get("resourceArn") {
        Some(arn) => (arn, "/arn"),
        None => (call.required("repositoryName")?, "/config/RepositoryName"),
    };
    let mut repositories = call.account()?.documents(KIND, call.region);
    let found = repositories.find(|repository| text(repository, pointer) == asked);
    found.ok_or_else(|| {
        Failure::new(
            400,
            "RepositoryNotFoundException",
            format!("The repository '{asked}' does not exist in the registry"),
        )
    })
}

fn target(call: &Call<'_>) -> Result<Target, Failure> {
    let repository = find(call)?;
    let arn = text(repository, "/arn")
        .parse()
        .map_err(|_| Failure::validation("the document of the repository has no ARN"))?;
    Ok(Target {
        policy: repository.pointer("/config/RepositoryPolicyText").cloned(),
        ..Target::resource(arn)
    })
}

fn describe_repositories(call: &Call<'_>) -> Result<Answer, Failure> {
    let repositories = call.account()?.documents(KIND, call.region);
    let repositories: Result<Vec<Value>, Failure> = repositories.map(repository).collect();
    let limit = call.page_size("maxResults");
    let page = page(repositories?, call.input.get("nextToken"), limit)?;
    Ok(Answer::Json(
        json!({ "repositories": page.items, "nextToken": page.next }),
    ))
}

fn repository(repository: &Value) -> Result<Value, Failure> {
    let mut answer = object(
        repository,
        &[
            ("/arn", "repositoryArn"),
            ("/account", "registryId"),
            ("/config/RepositoryName", "repositoryName"),
            ("/config/ImageTagMutability", "imageTagMutability"),
            ("/observed/RepositoryUri", "repositoryUri"),
        ],
    );
    for (pointer, name, members) in [
        (
            "/config/ImageScanningConfiguration",
            "imageScanningConfiguration",
            &[("/ScanOnPush", "scanOnPush")][..],
        ),
        (
            "/config/EncryptionConfiguration",
            "encryptionConfiguration",
            &[("/EncryptionType", "encryptionType"), ("/KmsKey", "kmsKey")],
        ),
    ] {
        if let Some(part) = repository.pointer(pointer) {
            set(&mut answer, name, object(part, members));
        }
    }
    let created = text(repository, "/observed/CreatedAt");
    if !created.is_empty() {
        set(&mut answer, "createdAt", epoch_seconds(&created)?);
    }
    Ok(answer)
}

fn get_repository_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let repository = find(call)?;
    let policy = repository.pointer("/config/RepositoryPolicyText");
    let policy = policy.ok_or_else(|| {
        Failure::new(
            400,
            "RepositoryPolicyNotFoundException",
            "Repository policy does not exist for the repository",
        )
    })?;
    Ok(Answer::Json(json!({ "policyText": as_text(policy) })))
}

fn list_tags(call: &Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::Json(json!({ "tags": key_values(find(call)?) })))
}
