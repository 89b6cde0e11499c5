//! A session in one account: credentials, what may be sent with them, and what was sent.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::sync::{Arc, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::SdkConfig;
use blastwall_model::AccountId;
use tokio::sync::Semaphore;

use crate::guard::Calls;
use crate::{Declaration, Failure, Guard, Meter, Partition};

/// Bounds the number of calls in flight over the whole scan. Clones share the bound.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Semaphore>);

impl Budget {
    /// A budget of this many calls at once, at least one.
    #[must_use]
    pub fn new(calls: usize) -> Self {
        Self(Arc::new(Semaphore::new(calls.max(1))))
    }
}

/// A session in one account. Cheap to clone; clones count together.
#[derive(Clone, Debug)]
pub struct Session {
    account: AccountId,
    partition: Partition,
    config: SdkConfig,
    declared: Arc<[Declaration]>,
    meter: Meter,
    budget: Budget,
    calls: Calls,
}

impl Session {
    /// A session with the credentials in `config` that may send what is `declared`.
    pub fn new(
        account: AccountId,
        partition: Partition,
        config: SdkConfig,
        declared: Arc<[Declaration]>,
        meter: Meter,
        budget: Budget,
    ) -> Self {
        Self {
            account,
            partition,
            config,
            declared,
            meter,
            budget,
            calls: Calls::default(),
        }
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its partition.
    #[must_use]
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// Credentials, HTTP client, retries and endpoint.
    #[must_use]
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The same session with a count of calls of its own: for what is fetched once on behalf of all
    /// accounts. Which account comes first is chance, and must not show in what was asked of it.
    #[must_use]
    pub fn on_behalf_of_all(&self) -> Self {
        Self {
            calls: Calls::default(),
            ..self.clone()
        }
    }

    /// The guard for clients of a region; [`client!`](crate::client) puts it in place.
    #[must_use]
    pub fn guard(&self, region: &str) -> Guard {
        Guard {
            declared: self.declared.clone(),
            region: region.to_owned(),
            meter: self.meter.clone(),
            calls: self.calls.clone(),
        }
    }

    /// Awaits one SDK call within the budget.
    ///
    /// # Errors
    /// The call's failure as data.
    pub async fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        // The semaphore is never closed; should that change, a call without a permit is still right.
        let _permit = self.budget.0.acquire().await.ok();
        call.await.map_err(|error| Failure::from_sdk(&error))
    }

    /// How often each IAM action was used, by region and action.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<(String, &'static str), u64> {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
