//! Listings, page by page to the end.

use std::error::Error;

use aws_smithy_async::future::pagination_stream::PaginationStream;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use blastwall_aws::{Failure, Session};

/// Hands every page of a listing to `take`, each fetched within the session's budget.
///
/// # Errors
/// The failure of the first page that could not be fetched; the pages before it were handed over.
pub(crate) async fn pages<T, E>(
    session: &Session,
    mut stream: PaginationStream<Result<T, SdkError<E, HttpResponse>>>,
    mut take: impl FnMut(T),
) -> Result<(), Failure>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    while let Some(page) = session
        .call(async { stream.next().await.transpose() })
        .await?
    {
        take(page);
    }
    Ok(())
}
