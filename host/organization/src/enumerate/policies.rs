//! The organization's policies of all types, with their documents and targets.

use aws_sdk_organizations::types::{self, PolicyType};
use blastwall_aws::Failure;
use blastwall_model::resources::{Policy, PolicyKind};
use blastwall_model::{AccountId, Arn, Field, GLOBAL, Gap, GapKind, Kind};
use futures::{StreamExt, stream};

use super::listing::{CONCURRENCY, Connection, gap, reason};

const DESCRIBE: &str = "DescribePolicy";
const TARGETS: &str = "ListTargetsForPolicy";

/// All policies of the given types.
pub(super) async fn policies(
    connection: Connection<'_>,
    owner: &AccountId,
    types: &[PolicyType],
) -> (Vec<Policy>, Vec<Gap>) {
    let mut gaps = Vec::new();
    let mut summaries = Vec::new();
    for policy_type in types {
        let request = connection
            .client
            .list_policies()
            .filter(policy_type.clone());
        let listing = connection
            .pages(request.into_paginator().send(), |page| page.policies)
            .await;
        if let Some(failure) = listing.failure {
            let mut gap = gap(&[PolicyKind::TYPE], "ListPolicies", None, &failure);
            gap.answer = format!("{} (asked for {policy_type})", gap.answer);
            gaps.push(gap);
        }
        summaries.extend(listing.items);
    }
    let documents: Vec<(String, Policy)> = summaries
        .iter()
        .filter_map(|summary| Some((summary.id.clone()?, document(summary, owner)?)))
        .collect();
    let found: Vec<(Policy, Vec<Gap>)> = stream::iter(documents)
        .map(|(id, document)| complete(connection, id, document))
        .buffer_unordered(CONCURRENCY)
        .collect()
        .await;
    let mut policies = Vec::new();
    for (policy, more) in found {
        policies.push(policy);
        gaps.extend(more);
    }
    (policies, gaps)
}

/// What the list itself tells of a policy.
fn document(summary: &types::PolicySummary, owner: &AccountId) -> Option<Policy> {
    let arn: Arn = summary.arn.as_ref()?.parse().ok()?;
    let mut document = Policy::new(arn, owner.clone(), GLOBAL);
    document.config.id = summary.id.clone().into();
    document.config.name = summary.name.clone().into();
    document.config.policy_type = summary
        .r#type
        .as_ref()
        .map(|policy_type| policy_type.as_str().to_owned())
        .into();
    document.observed.aws_managed = summary.aws_managed.into();
    Some(document)
}

/// Adds content, targets and tags.
async fn complete(
    connection: Connection<'_>,
    id: String,
    mut document: Policy,
) -> (Policy, Vec<Gap>) {
    let describe = connection.client.describe_policy().policy_id(&id).send();
    let targets = connection.client.list_targets_for_policy().policy_id(&id);
    let (described, targets) = futures::join!(
        connection.session.call(describe),
        connection.pages(targets.into_paginator().send(), |page| page.targets),
    );
    let mut gaps = Vec::new();
    let mut missing = |operation: &str, path: &str, failure: &Failure| {
        gaps.push(gap(
            &[PolicyKind::TYPE],
            operation,
            Some(&document.arn),
            failure,
        ));
        Box::new(blastwall_model::Unknown {
            path: path.to_owned(),
            reason: reason(failure, operation),
        })
    };

    let content = described.and_then(|answer| {
        let policy = answer
            .policy
            .unwrap_or_else(|| types::Policy::builder().build());
        let text = policy.content.unwrap_or_default();
        serde_json::from_str(&text)
            .map_err(|error| Failure::new(GapKind::Malformed, "NotJson", &error.to_string()))
    });
    document.config.content = match content {
        Ok(content) => Field::Known(content),
        Err(failure) => Field::Unknown(missing(DESCRIBE, "config.Content", &failure)),
    };
    document.config.target_ids = match targets.failure {
        None => {
            let targets = targets.items.into_iter();
            let mut ids: Vec<String> = targets.filter_map(|target| target.target_id).collect();
            ids.sort();
            Field::Known(ids)
        }
        Some(failure) => Field::Unknown(missing(TARGETS, "config.TargetIds", &failure)),
    };
    // What AWS owns has no tags and refuses the question.
    if document.observed.aws_managed.known() != Some(&true) {
        let (tags, gap) = connection.tags(PolicyKind::TYPE, &document.arn, &id).await;
        document.tags = tags;
        gaps.extend(gap);
    }
    (document, gaps)
}
