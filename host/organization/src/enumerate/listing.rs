//! Calls to AWS Organizations with their failures kept as data.

use std::error::Error;

use aws_sdk_organizations::Client;
use aws_smithy_async::future::pagination_stream::PaginationStream;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use blastwall_aws::{Failure, Session};
use blastwall_model::{Arn, Field, GLOBAL, Gap, Kind, Resource, Tags};
use futures::{StreamExt, stream};

/// Calls in flight at once, within one enumeration. AWS Organizations allows few requests a
/// second (most lists about 8, `ListTagsForResource` 10), so that more would only be throttled.
/// Source: Organizations User Guide, "Quotas and service limits".
pub(super) const CONCURRENCY: usize = 8;

/// A client of AWS Organizations, with the session that it sends through.
#[derive(Clone, Copy)]
pub(super) struct Connection<'a> {
    pub(super) client: &'a Client,
    pub(super) session: &'a Session,
}

/// What a paginated call brought until its end or until it failed.
pub(super) struct Listing<T> {
    pub(super) items: Vec<T>,
    pub(super) failure: Option<Failure>,
}

impl Connection<'_> {
    /// Reads all pages.
    pub(super) async fn pages<P, T, E>(
        &self,
        mut stream: PaginationStream<Result<P, SdkError<E, HttpResponse>>>,
        items_of: impl Fn(P) -> Option<Vec<T>>,
    ) -> Listing<T>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let mut items = Vec::new();
        loop {
            match self.session.call(stream.try_next()).await {
                Ok(Some(page)) => items.extend(items_of(page).unwrap_or_default()),
                Ok(None) => {
                    return Listing {
                        items,
                        failure: None,
                    };
                }
                Err(failure) => {
                    return Listing {
                        items,
                        failure: Some(failure),
                    };
                }
            }
        }
    }

    /// Adds the tags of accounts or units to their documents; each comes with the id to ask by.
    pub(super) async fn with_tags<K: Kind>(
        self,
        documents: Vec<(String, Resource<K>)>,
    ) -> Vec<(Resource<K>, Option<Gap>)> {
        stream::iter(documents)
            .map(async |(id, mut document)| {
                let (tags, gap) = self.tags(K::TYPE, &document.arn, &id).await;
                document.tags = tags;
                (document, gap)
            })
            .buffer_unordered(CONCURRENCY)
            .collect()
            .await
    }

    /// The tags of an account, unit or policy, known or unknown.
    pub(super) async fn tags(&self, kind: &str, arn: &Arn, id: &str) -> (Field<Tags>, Option<Gap>) {
        let request = self.client.list_tags_for_resource().resource_id(id);
        let listing = self
            .pages(request.into_paginator().send(), |page| page.tags)
            .await;
        match listing.failure {
            None => {
                let tags = listing.items.into_iter().map(|tag| (tag.key, tag.value));
                (Field::Known(tags.collect()), None)
            }
            Some(failure) => {
                let operation = "ListTagsForResource";
                (
                    Field::unknown("tags", reason(&failure, operation)),
                    Some(gap(&[kind], operation, Some(arn), &failure)),
                )
            }
        }
    }
}

/// The gap that a failed operation of AWS Organizations leaves.
pub(super) fn gap(
    types: &[&str],
    operation: &str,
    resource: Option<&Arn>,
    failure: &Failure,
) -> Gap {
    gap_of(types, action(operation), resource, failure)
}

/// The gap that a call leaves that failed, by its IAM action.
pub(super) fn gap_of(
    types: &[&str],
    action: String,
    resource: Option<&Arn>,
    failure: &Failure,
) -> Gap {
    Gap {
        types: types.iter().map(|kind| (*kind).to_owned()).collect(),
        action,
        region: GLOBAL.to_owned(),
        resource: resource.cloned(),
        kind: failure.kind,
        answer: failure.answer(),
    }
}

/// The reason of a path that is unknown because an operation failed.
pub(super) fn reason(failure: &Failure, operation: &str) -> String {
    format!("{}: {}", failure.code, action(operation))
}

/// The IAM action of an operation; in this service they are always called the same.
fn action(operation: &str) -> String {
    format!("organizations:{operation}")
}
