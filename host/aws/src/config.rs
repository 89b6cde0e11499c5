//! Client configuration, from the places where every AWS tool looks.

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
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
use aws_types::os_shim_internal::{Env, Fs};

use crate::dns::Resolver;
use crate::profiles::{MAX_ATTEMPTS, Profiles, SettingsError};

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

/// Loads credentials, region and endpoint from settings, environment and configuration files.
///
/// A call that is throttled waits longer each time (each client has its own retry partition, so
/// that one account, region and service never uses up the retries of another). The SDK's adaptive
/// mode is not used: after the first throttled answer it sends one request in two seconds and is
/// slow to forget, so that two such answers cost a scan 46 seconds where this costs two.
///
/// A profile of the command line is where the credentials come from, as in the AWS CLI: it is not
/// mixed up with those that happen to be in the environment.
///
/// # Errors
/// If the profile does not exist, or a setting cannot be read.
pub async fn load(settings: &Settings) -> Result<SdkConfig, SettingsError> {
    let profiles = Profiles::load(Env::real(), &Fs::real(), settings.profile.as_deref()).await?;
    let http_client = http_client();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client.clone())
        .retry_config(profiles.retries()?)
        .timeout_config(timeouts());
    if let Some(profile) = &settings.profile {
        let region = settings.region.clone().or_else(|| profiles.region());
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(
                &ProviderConfig::default()
                    .with_http_client(http_client)
                    .with_region(region.map(Region::new)),
            )
            .profile_name(profile)
            .build();
        loader = loader.profile_name(profile).credentials_provider(provider);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &settings.endpoint_url {
        loader = loader.endpoint_url(endpoint);
    }
    Ok(loader.load().await)
}
