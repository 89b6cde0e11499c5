//! Client configuration, from the places where every AWS tool looks.

use std::time::Duration;

use aws_config::default_provider::retry_config;
use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::dns::Resolver;

/// What the user may set on the command line; everything else comes from the environment and the
/// shared configuration files, as in the AWS CLI.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--region`: the region of the first calls.
    pub region: Option<String>,
    /// `--endpoint-url`.
    pub endpoint_url: Option<String>,
}

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one attempt of a call may take. The slowest answers that we ask for, pages of
/// `GetAccountAuthorizationDetails`, take a few seconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);
/// Attempts a call: a scan makes thousands of calls, so more patience than the SDK's 3. A call that
/// is throttled each time is given up after 16 seconds on average.
const MAX_ATTEMPTS: u32 = 6;

/// The HTTP client that all AWS clients of a program share: rustls with ring, which needs neither
/// a C++ compiler nor cmake to build; proxies from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
#[must_use]
pub fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder()
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(tls::Provider::Rustls(CryptoMode::Ring));
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.build_with_resolver(Resolver)
    })
}

/// A configuration that consults neither environment nor files: for a simulated AWS, which must
/// never be mixed up with the real one.
#[must_use]
pub fn isolated(endpoint_url: &str, region: &str, credentials: Credentials) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint_url)
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client())
        .identity_cache(IdentityCache::lazy().build())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SystemTimeSource::new())
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .timeout_config(timeouts())
        .build()
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build()
}

/// `AWS_MAX_ATTEMPTS`, `AWS_RETRY_MODE` or the profile's settings if there are any, else our own.
async fn retries(settings: &Settings) -> RetryConfig {
    let mut provider = retry_config::Builder::default();
    if let Some(profile) = &settings.profile {
        provider = provider.profile_name(profile);
    }
    let chosen = provider.retry_config().await;
    if chosen == RetryConfig::standard() {
        RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS)
    } else {
        chosen
    }
}

/// Loads credentials, region and endpoint from settings, environment and configuration files.
///
/// A call that is throttled waits longer each time (each client has its own retry partition, so
/// that one account, region and service never uses up the retries of another). The SDK's adaptive
/// mode is not used: after the first throttled answer it sends one request in two seconds and is
/// slow to forget, so that two such answers cost a scan 46 seconds where this costs two.
pub async fn load(settings: &Settings) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .retry_config(retries(settings).await)
        .timeout_config(timeouts());
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &settings.endpoint_url {
        loader = loader.endpoint_url(endpoint);
    }
    loader.load().await
}
