//! Client configuration, from the places where every AWS tool looks.

use std::time::Duration;

use aws_config::default_provider::retry_config;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

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
/// Attempts a call: a scan makes thousands of calls, so a little more patience than the SDK's 3.
const MAX_ATTEMPTS: u32 = 5;

/// The HTTP client that all AWS clients of a program share: rustls with ring, which needs neither
/// a C++ compiler nor cmake to build.
#[must_use]
pub fn http_client() -> SharedHttpClient {
    Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

/// `AWS_MAX_ATTEMPTS`, `AWS_RETRY_MODE` or the profile's settings if there are any, else our own.
async fn retries(settings: &Settings) -> RetryConfig {
    let mut provider = retry_config::Builder::default();
    if let Some(profile) = &settings.profile {
        provider = provider.profile_name(profile);
    }
    let chosen = provider.retry_config().await;
    if chosen == RetryConfig::standard() {
        RetryConfig::adaptive().with_max_attempts(MAX_ATTEMPTS)
    } else {
        chosen
    }
}

/// Loads credentials, region and endpoint from settings, environment and configuration files.
///
/// Retries are adaptive: throttling slows down the one account, region and service that is
/// throttled (each client has its own retry partition).
pub async fn load(settings: &Settings) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .retry_config(retries(settings).await)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .build(),
        );
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
