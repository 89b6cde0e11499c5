//! What the management account has handed over: to delegated administrators, and by the resource
//! policy of the organization.

use std::collections::BTreeMap;

use aws_sdk_organizations::types;
use aws_smithy_types::date_time::Format;
use blastwall_aws::Failure;
use blastwall_model::resources::organizations::{
    DelegatedAdministrator, DelegatedAdministratorKind, ResourcePolicy, ResourcePolicyKind,
};
use blastwall_model::{AccountId, Arn, Field, GLOBAL, Gap, GapKind, Kind};
use futures::{StreamExt, stream};

use super::listing::{CONCURRENCY, Connection, gap, reason};
use crate::Caller;

const LIST: &str = "ListDelegatedAdministrators";
const SERVICES: &str = "ListDelegatedServicesForAccount";
const RESOURCE_POLICY: &str = "DescribeResourcePolicy";

/// The answer of an organization without a resource policy.
const NO_POLICY: &str = "ResourcePolicyNotFoundException";

/// What was found, and what could not be seen.
#[derive(Default)]
pub(super) struct Delegation {
    pub(super) administrators: Vec<DelegatedAdministrator>,
    pub(super) resource_policy: Option<ResourcePolicy>,
    pub(super) gaps: Vec<Gap>,
}

pub(super) async fn delegation(
    connection: Connection<'_>,
    caller: &Caller,
    owner: &AccountId,
) -> Delegation {
    let (mut found, (policy, gaps)) = futures::join!(
        administrators(connection, caller, owner),
        resource_policy(connection, owner),
    );
    found.resource_policy = policy;
    found.gaps.extend(gaps);
    found
}

async fn administrators(
    connection: Connection<'_>,
    caller: &Caller,
    owner: &AccountId,
) -> Delegation {
    let mut found = Delegation::default();
    let request = connection.client.list_delegated_administrators();
    let listing = connection
        .pages(request.into_paginator().send(), |page| {
            page.delegated_administrators
        })
        .await;
    let types = [DelegatedAdministratorKind::TYPE];
    if let Some(failure) = listing.failure {
        found.gaps.push(gap(&types, LIST, None, &failure));
    }
    // An account is listed once, but nothing promises that over two pages.
    let by_id: BTreeMap<String, types::DelegatedAdministrator> = listing
        .items
        .into_iter()
        .filter_map(|administrator| Some((administrator.id.clone()?, administrator)))
        .collect();
    let mut completed = stream::iter(by_id)
        .map(|(id, administrator)| complete(connection, caller, owner, id, administrator))
        .buffer_unordered(CONCURRENCY)
        .boxed();
    while let Some((document, gap)) = completed.next().await {
        found.administrators.extend(document);
        found.gaps.extend(gap);
    }
    drop(completed);
    found
}

/// The document of one administrator, with its services.
async fn complete(
    connection: Connection<'_>,
    caller: &Caller,
    owner: &AccountId,
    id: String,
    administrator: types::DelegatedAdministrator,
) -> (Option<DelegatedAdministrator>, Option<Gap>) {
    let request = connection
        .client
        .list_delegated_services_for_account()
        .account_id(&id);
    let listing = connection
        .pages(request.into_paginator().send(), |page| {
            page.delegated_services
        })
        .await;
    let types = [DelegatedAdministratorKind::TYPE];
    let text = format!(
        "arn:{}:organizations::{owner}:delegated-administrator/{id}",
        caller.partition
    );
    let arn: Arn = match text.parse() {
        Ok(arn) => arn,
        Err(_) => {
            let failure = malformed(&format!("`{id}` is no account id"));
            return (None, Some(gap(&types, LIST, None, &failure)));
        }
    };
    let mut document = DelegatedAdministrator::new(arn, owner.clone(), GLOBAL);
    document.config.account_id = id.into();
    document.observed.delegation_enabled_date = administrator
        .delegation_enabled_date
        .and_then(|time| time.fmt(Format::DateTime).ok())
        .into();
    let gap = match listing.failure {
        None => {
            let services = listing.items.into_iter();
            let mut services: Vec<String> = services
                .filter_map(|service| service.service_principal)
                .collect();
            services.sort();
            document.config.service_principals = Field::Known(services);
            None
        }
        Some(failure) => {
            document.config.service_principals = Field::unknown("", reason(&failure, SERVICES));
            Some(gap(&types, SERVICES, Some(&document.arn), &failure))
        }
    };
    (Some(document), gap)
}

async fn resource_policy(
    connection: Connection<'_>,
    owner: &AccountId,
) -> (Option<ResourcePolicy>, Vec<Gap>) {
    let request = connection.client.describe_resource_policy();
    let answer = match connection.session.call(request.send()).await {
        Ok(answer) => answer,
        Err(failure) if failure.code == NO_POLICY => return (None, Vec::new()),
        Err(failure) => return (None, vec![missing(None, &failure)]),
    };
    let policy = answer.resource_policy;
    let summary = policy
        .as_ref()
        .and_then(|policy| policy.resource_policy_summary.as_ref());
    let arn = summary
        .and_then(|summary| summary.arn.as_ref())
        .and_then(|arn| arn.parse::<Arn>().ok());
    let Some(arn) = arn else {
        let failure = malformed("a resource policy without an ARN");
        return (None, vec![missing(None, &failure)]);
    };
    let mut document = ResourcePolicy::new(arn, owner.clone(), GLOBAL);
    document.config.id = summary.and_then(|summary| summary.id.clone()).into();
    let text = policy
        .as_ref()
        .and_then(|policy| policy.content.as_deref())
        .unwrap_or_default();
    let mut gaps = Vec::new();
    document.config.content = match serde_json::from_str(text) {
        Ok(content) => Field::Known(content),
        Err(error) => {
            let failure = malformed(&error.to_string());
            gaps.push(missing(Some(&document.arn), &failure));
            Field::unknown("", reason(&failure, RESOURCE_POLICY))
        }
    };
    // The answer has none, and a question of its own would bring what nobody reads.
    document.tags = Field::unknown("tags", "NotCollected: organizations:ListTagsForResource");
    (Some(document), gaps)
}

fn missing(resource: Option<&Arn>, failure: &Failure) -> Gap {
    gap(
        &[ResourcePolicyKind::TYPE],
        RESOURCE_POLICY,
        resource,
        failure,
    )
}

fn malformed(message: &str) -> Failure {
    Failure::new(GapKind::Malformed, "MalformedAnswer", message)
}
