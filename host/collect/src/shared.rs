//! What all accounts of a scan share: the policies that AWS owns are the same in each of them.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use blastwall_aws::Failure;
use blastwall_model::Arn;
use tokio::sync::OnceCell;

use crate::convert::Policy;

/// What all accounts of a scan share. Cheap to clone; clones share.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    aws_policies: Arc<Mutex<HashMap<Arn, Arc<AwsPolicy>>>>,
}

/// A policy that AWS owns. Each part is fetched by the first account that asks; the others wait
/// for it. A failure is not kept: another account may be allowed what this one is not.
#[derive(Debug, Default)]
pub(crate) struct AwsPolicy {
    head: OnceCell<Head>,
    document: OnceCell<Policy>,
}

/// What `GetPolicy` says of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) policy_id: String,
    pub(crate) default_version_id: String,
}

impl Shared {
    /// Nothing fetched yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The entry of a policy that AWS owns.
    pub(crate) fn aws_policy(&self, arn: &Arn) -> Arc<AwsPolicy> {
        let mut policies = self
            .aws_policies
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        policies.entry(arn.clone()).or_default().clone()
    }
}

impl AwsPolicy {
    /// Its id and default version, fetched if nobody has yet.
    pub(crate) async fn head<F>(&self, fetch: impl FnOnce() -> F) -> Result<&Head, Failure>
    where
        F: Future<Output = Result<Head, Failure>>,
    {
        self.head.get_or_try_init(fetch).await
    }

    /// Its document, fetched if nobody has yet.
    pub(crate) async fn document<F>(&self, fetch: impl FnOnce() -> F) -> Result<&Policy, Failure>
    where
        F: Future<Output = Result<Policy, Failure>>,
    {
        self.document.get_or_try_init(fetch).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn a_policy_is_fetched_once_and_failures_are_not_kept() {
        let shared = Shared::new();
        let arn: Arn = "arn:aws:iam::aws:policy/ReadOnlyAccess".parse().unwrap();
        let refused = shared
            .aws_policy(&arn)
            .document(|| async { Err(Failure::answered("AccessDenied", "no")) })
            .await
            .is_err();
        assert!(refused);

        let fetches = AtomicU32::new(0);
        let one = async || {
            let policy = shared.aws_policy(&arn);
            let document = policy
                .document(|| async {
                    fetches.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                    Ok(Policy::plain("{}"))
                })
                .await;
            document.unwrap().clone()
        };
        let documents = join_all((0..8).map(|_| one())).await;
        assert!(documents.iter().all(|policy| policy.readable));
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
    }
}
