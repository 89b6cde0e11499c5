//! Credentials of an assumed role, renewed for as long as they are asked for.
//!
//! The SDK has a provider for this; ours sends through the caller's guarded and counted client,
//! and hands out first the credentials with which the account was entered, so that each account
//! costs one call.

use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_smithy_async::time::SharedTimeSource;

const NAME: &str = "BlastwallAssumedRole";

/// Credentials of one role in one account.
pub(super) struct AssumedRole {
    request: AssumeRoleFluentBuilder,
    first: Mutex<Option<Credentials>>,
    time: Option<SharedTimeSource>,
}

impl std::fmt::Debug for AssumedRole {
    // The credentials print themselves redacted; the request holds nothing that helps a reader.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct(NAME).finish_non_exhaustive()
    }
}

impl AssumedRole {
    /// A provider that hands out `first` once and then asks again with `request`.
    pub(super) fn new(
        request: AssumeRoleFluentBuilder,
        first: Credentials,
        time: Option<SharedTimeSource>,
    ) -> Self {
        Self {
            request,
            first: Mutex::new(Some(first)),
            time,
        }
    }

    fn take_first(&self) -> Option<Credentials> {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let credentials = first.take()?;
        let ended = match (credentials.expiry(), &self.time) {
            (Some(expiry), Some(time)) => expiry <= time.now(),
            _ => false,
        };
        (!ended).then_some(credentials)
    }

    async fn load(&self) -> provider::Result {
        if let Some(credentials) = self.take_first() {
            return Ok(credentials);
        }
        // Outside the scan's budget on purpose: the call that waits for these credentials holds a
        // part of it already, and calls that wait for each other would wait for ever.
        let answer = self.request.clone().send().await;
        let answer = answer.map_err(CredentialsError::provider_error)?;
        credentials(answer)
            .ok_or_else(|| CredentialsError::unhandled("the answer holds no credentials"))
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.load())
    }
}

/// The credentials in an answer; none if it holds none or they end at no time on the calendar.
pub(super) fn credentials(answer: AssumeRoleOutput) -> Option<Credentials> {
    let found = answer.credentials?;
    Some(
        Credentials::builder()
            .access_key_id(found.access_key_id)
            .secret_access_key(found.secret_access_key)
            .session_token(found.session_token)
            .expiry(SystemTime::try_from(found.expiration).ok()?)
            .provider_name(NAME)
            .build(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_config::{BehaviorVersion, Region, SdkConfig};
    use aws_smithy_async::time::StaticTimeSource;

    /// A provider whose first credentials end at second 1,000, asked at `now`. Nothing answers
    /// where it would ask for more.
    fn provider(now: u64) -> AssumedRole {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(blastwall_aws::http_client())
            .region(Region::new("eu-west-1"))
            .credentials_provider(provider::SharedCredentialsProvider::new(
                Credentials::from_keys("AKID", "secret", None),
            ))
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .endpoint_url("http://127.0.0.1:9")
            .build();
        let request = aws_sdk_sts::Client::new(&config).assume_role();
        let first = Credentials::builder()
            .access_key_id("FIRST")
            .secret_access_key("secret")
            .expiry(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000))
            .provider_name("test")
            .build();
        let time = SharedTimeSource::new(StaticTimeSource::from_secs(now));
        AssumedRole::new(request, first, Some(time))
    }

    #[tokio::test]
    async fn the_first_credentials_are_used_once() {
        let provider = provider(10);
        let first = provider.provide_credentials().await.unwrap();
        assert_eq!(first.access_key_id(), "FIRST");
        assert!(provider.provide_credentials().await.is_err());
    }

    #[tokio::test]
    async fn credentials_that_have_ended_are_not_used() {
        assert!(provider(1_000).provide_credentials().await.is_err());
    }

    #[test]
    fn nothing_secret_is_printed() {
        let text = format!("{:?}", provider(10));
        assert!(
            !text.contains("secret") && !text.contains("FIRST"),
            "{text}"
        );
    }
}
